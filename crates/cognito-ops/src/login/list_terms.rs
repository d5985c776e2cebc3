//! ListTerms: the terms documents of the clients of a pool, in the order in which they were made.
//! <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_ListTerms.html>

use cognito_core::Kind;
use cognito_core::terms::{BY_CREATION, Terms};
use cognito_store::IndexRange;

use crate::prelude::*;
use crate::service::pages;

/// The longest page.
const MOST: usize = 60;

pub(crate) async fn handle(ctx: &Ctx<'_>, input: wire::ListTermsRequest) -> Reply<wire::ListTermsResponse> {
    let mut txn = ctx.read();
    let pool = txn.pool(&input.user_pool_id).await?;
    let list = ["ListTerms", pool.id.as_str()];
    let after = pages::cursor(ctx, &list, input.next_token.as_deref())?;
    let range = IndexRange::prefix(Kind::Terms, BY_CREATION, format!("{}/", pool.id)).after(after);
    let (terms, next) = txn.scan::<Terms>(range, pages::size(input.max_results, MOST)).await?;
    Ok(wire::ListTermsResponse {
        terms: terms.iter().map(|terms| views::terms_description(terms)).collect(),
        next_token: pages::token(ctx, &list, next)?,
    })
}

#[cfg(test)]
mod tests {
    use cognito_core::Span;
    use serde_json::{Value, json};
    use testkit::World;
    use testkit::world::merged;

    #[tokio::test]
    async fn pages_in_the_order_of_creation() {
        let world = World::new().await;
        let (pool, other) = (world.pool(json!({})).await, world.pool(json!({})).await);
        let input = json!({ "UserPoolId": pool, "MaxResults": 2 });
        assert_eq!(world.ok("ListTerms", input.clone()).await, json!({ "Terms": [] }));
        let create = async |pool: &str, name: &str| {
            let client = world.client(pool, json!({})).await;
            let terms = json!({
                "UserPoolId": pool, "ClientId": client, "TermsName": name, "TermsSource": "LINK",
                "Enforcement": "NONE", "Links": { "cognito:default": "https://example.com" },
            });
            world.advance(Span::seconds(1));
            let mut created = world.ok("CreateTerms", terms).await["Terms"].clone();
            let members = created.as_object_mut().expect("an object");
            for member in ["UserPoolId", "ClientId", "TermsSource", "Links"] {
                members.remove(member).expect("a member");
            }
            created
        };
        let mut expected = Vec::new();
        for name in ["terms-of-use", "privacy-policy", "terms-of-use"] {
            expected.push(create(&pool, name).await);
        }
        create(&other, "terms-of-use").await;
        let all = world.ok("ListTerms", json!({ "UserPoolId": pool })).await;
        assert_eq!(all, json!({ "Terms": expected }));
        let page = world.ok("ListTerms", input.clone()).await;
        assert_eq!(page["Terms"], Value::from(&expected[..2]));
        let token = json!({ "NextToken": page["NextToken"] });
        let rest = world.ok("ListTerms", merged(input, token.clone())).await;
        assert_eq!(rest, json!({ "Terms": expected[2..] }));
        let foreign = world.fails("ListTerms", merged(json!({ "UserPoolId": other }), token)).await;
        assert_eq!(foreign, "InvalidParameterException: Invalid pagination token.");
    }
}
