//! ListIdentityProviders: the identity providers of a pool, by name.
//! <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_ListIdentityProviders.html>

use cognito_core::Kind;
use cognito_core::identity_provider::{BY_NAME, IdentityProvider};
use cognito_store::IndexRange;

use crate::prelude::*;
use crate::service::pages;

/// The longest page.
const MOST: usize = 60;

pub(crate) async fn handle(
    ctx: &Ctx<'_>,
    input: wire::ListIdentityProvidersRequest,
) -> Reply<wire::ListIdentityProvidersResponse> {
    let mut txn = ctx.read();
    let pool = txn.pool(&input.user_pool_id).await?;
    let list = ["ListIdentityProviders", pool.id.as_str()];
    let after = pages::cursor(ctx, &list, input.next_token.as_deref())?;
    let range = IndexRange::prefix(Kind::IdentityProvider, BY_NAME, format!("{}/", pool.id)).after(after);
    let (providers, next) = txn.scan::<IdentityProvider>(range, pages::size(input.max_results, MOST)).await?;
    Ok(wire::ListIdentityProvidersResponse {
        providers: providers.iter().map(|provider| views::provider_description(provider)).collect(),
        next_token: pages::token(ctx, &list, next)?,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use testkit::World;
    use testkit::world::merged;

    fn names(answer: &Value) -> Vec<&str> {
        let providers = answer["Providers"].as_array().expect("a list");
        providers.iter().map(|provider| provider["ProviderName"].as_str().expect("a name")).collect()
    }

    #[tokio::test]
    async fn pages_by_name() {
        let world = World::new().await;
        let (pool, other) = (world.pool(json!({})).await, world.pool(json!({})).await);
        let input = json!({ "UserPoolId": pool, "MaxResults": 2 });
        assert_eq!(world.ok("ListIdentityProviders", input.clone()).await, json!({ "Providers": [] }));
        let details = json!({ "client_id": "id", "client_secret": "s", "authorize_scopes": "email" });
        for (pool, kind) in
            [(&pool, "LoginWithAmazon"), (&pool, "Facebook"), (&pool, "Google"), (&other, "Google")]
        {
            let input = json!({ "UserPoolId": pool, "ProviderName": kind, "ProviderType": kind, "ProviderDetails": details });
            world.ok("CreateIdentityProvider", input).await;
        }
        let page = world.ok("ListIdentityProviders", input.clone()).await;
        assert_eq!(names(&page), ["Facebook", "Google"]);
        let now = world.now().seconds();
        let first = json!({
            "ProviderName": "Facebook", "ProviderType": "Facebook", "CreationDate": now, "LastModifiedDate": now,
        });
        assert_eq!(page["Providers"][0], first);
        let token = json!({ "NextToken": page["NextToken"] });
        let page = world.ok("ListIdentityProviders", merged(input, token.clone())).await;
        assert_eq!((names(&page), page.get("NextToken")), (vec!["LoginWithAmazon"], None));
        let foreign = merged(json!({ "UserPoolId": other }), token);
        assert_eq!(
            world.fails("ListIdentityProviders", foreign).await,
            "InvalidParameterException: Invalid pagination token."
        );
    }
}
