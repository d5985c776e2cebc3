//! DeleteTerms: takes terms documents from an app client.
//! <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_DeleteTerms.html>

use crate::prelude::*;

pub(crate) async fn handle(ctx: &Ctx<'_>, input: wire::DeleteTermsRequest) -> Reply<wire::NoOutput> {
    ctx.write(async |txn| {
        let pool = txn.pool(&input.user_pool_id).await?;
        let terms = txn.terms(&pool, &input.terms_id).await?;
        txn.delete(&*terms);
        Ok(())
    })
    .await?;
    Ok(wire::NoOutput {})
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use testkit::World;
    use testkit::world::text;

    fn terms(pool: &str, client: &str, name: &str) -> Value {
        json!({
            "UserPoolId": pool, "ClientId": client, "TermsName": name, "TermsSource": "LINK",
            "Enforcement": "NONE",
        })
    }

    #[tokio::test]
    async fn the_name_is_free_again() {
        let world = World::new().await;
        let pool = world.pool(json!({})).await;
        let client = world.client(&pool, json!({})).await;
        let create = terms(&pool, &client, "terms-of-use");
        let id = text(&world.ok("CreateTerms", create.clone()).await["Terms"]["TermsId"]);
        let which = json!({ "UserPoolId": pool, "TermsId": id });
        assert_eq!(world.ok("DeleteTerms", which.clone()).await, Value::Null);
        assert_eq!(
            world.fails("DeleteTerms", which).await,
            format!("ResourceNotFoundException: Terms {id} do not exist.")
        );
        assert_ne!(world.ok("CreateTerms", create).await["Terms"]["TermsId"], id);
    }

    #[tokio::test]
    async fn terms_go_with_their_client() {
        let world = World::new().await;
        let pool = world.pool(json!({})).await;
        let client = world.client(&pool, json!({ "ClientName": "_custom_id_:app" })).await;
        let second = world.client(&pool, json!({ "ClientName": "_custom_id_:app2" })).await;
        for name in ["terms-of-use", "privacy-policy"] {
            world.ok("CreateTerms", terms(&pool, &client, name)).await;
        }
        let kept = world.ok("CreateTerms", terms(&pool, &second, "terms-of-use")).await;
        world.ok("DeleteUserPoolClient", json!({ "UserPoolId": pool, "ClientId": client })).await;
        let list = world.ok("ListTerms", json!({ "UserPoolId": pool })).await;
        let ids: Vec<_> =
            list["Terms"].as_array().expect("a list").iter().map(|terms| &terms["TermsId"]).collect();
        assert_eq!(ids, [&kept["Terms"]["TermsId"]]);
    }
}
