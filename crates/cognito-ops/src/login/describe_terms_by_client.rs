//! DescribeTermsByClient: the terms of use or the privacy policy of an app client.
//! <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_DescribeTermsByClient.html>

use crate::prelude::*;

pub(crate) async fn handle(
    ctx: &Ctx<'_>,
    input: wire::DescribeTermsByClientRequest,
) -> Reply<wire::DescribeTermsByClientResponse> {
    let mut txn = ctx.read();
    let pool = txn.pool(&input.user_pool_id).await?;
    let client = txn.client(&pool, &input.client_id).await?;
    let terms = txn.terms_of_client(&client, &input.terms_name).await?;
    let terms = terms.ok_or_else(|| errors::terms_not_found(&input.terms_name))?;
    Ok(wire::DescribeTermsByClientResponse { terms: Some(views::terms(&terms)) })
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use testkit::World;

    #[tokio::test]
    async fn by_client_and_name() {
        let world = World::new().await;
        let pool = world.pool(json!({})).await;
        let client = world.client(&pool, json!({})).await;
        let second = world.client(&pool, json!({})).await;
        let mut created = Vec::new();
        for name in ["terms-of-use", "privacy-policy"] {
            let create = json!({
                "UserPoolId": pool, "ClientId": client, "TermsName": name, "TermsSource": "LINK",
                "Enforcement": "NONE", "Links": { "cognito:default": format!("https://example.com/{name}") },
            });
            created.push((name, world.ok("CreateTerms", create).await));
        }
        let which =
            |client: &str, name: &str| json!({ "UserPoolId": pool, "ClientId": client, "TermsName": name });
        for (name, terms) in created {
            assert_eq!(world.ok("DescribeTermsByClient", which(&client, name)).await, terms);
            assert_eq!(
                world.fails("DescribeTermsByClient", which(&second, name)).await,
                format!("ResourceNotFoundException: Terms {name} do not exist.")
            );
        }
        assert_eq!(
            world.fails("DescribeTermsByClient", which("none", "terms-of-use")).await,
            "ResourceNotFoundException: User pool client none does not exist."
        );
    }
}
