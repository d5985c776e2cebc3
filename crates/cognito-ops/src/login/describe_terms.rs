//! DescribeTerms: terms documents by their id.
//! <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_DescribeTerms.html>

use crate::prelude::*;

pub(crate) async fn handle(
    ctx: &Ctx<'_>,
    input: wire::DescribeTermsRequest,
) -> Reply<wire::DescribeTermsResponse> {
    let mut txn = ctx.read();
    let pool = txn.pool(&input.user_pool_id).await?;
    let terms = txn.terms(&pool, &input.terms_id).await?;
    Ok(wire::DescribeTermsResponse { terms: Some(views::terms(&terms)) })
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use testkit::World;
    use testkit::world::text;

    #[tokio::test]
    async fn gives_the_terms_of_the_pool() {
        let world = World::new().await;
        let (pool, other) = (world.pool(json!({})).await, world.pool(json!({})).await);
        let client = world.client(&pool, json!({})).await;
        let create = json!({
            "UserPoolId": pool, "ClientId": client, "TermsName": "terms-of-use", "TermsSource": "LINK",
            "Enforcement": "NONE", "Links": { "cognito:default": "https://example.com" },
        });
        let created = world.ok("CreateTerms", create).await;
        let id = text(&created["Terms"]["TermsId"]);
        let which = |pool: &str, id: &str| json!({ "UserPoolId": pool, "TermsId": id });
        assert_eq!(world.ok("DescribeTerms", which(&pool, &id)).await, created);
        for (pool, id) in [(&other, id.as_str()), (&pool, "3e2f7d1c-0a1b-4c2d-8e3f-0123456789ab")] {
            assert_eq!(
                world.fails("DescribeTerms", which(pool, id)).await,
                format!("ResourceNotFoundException: Terms {id} do not exist.")
            );
        }
        assert_eq!(
            world.fails("DescribeTerms", which("us-east-1_none", &id)).await,
            "ResourceNotFoundException: User pool us-east-1_none does not exist."
        );
    }
}
