//! CreateTerms: links the terms of use or the privacy policy on the sign-up page of an app client.
//! <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CreateTerms.html>

use cognito_core::Kind;
use cognito_core::terms::{BY_CREATION, MAX_TERMS, Terms};
use cognito_store::IndexRange;

use crate::prelude::*;

pub(crate) async fn handle(
    ctx: &Ctx<'_>,
    input: wire::CreateTermsRequest,
) -> Reply<wire::CreateTermsResponse> {
    let id = ctx.uuid();
    let terms = ctx
        .write(async |txn| {
            let pool = txn.pool(&input.user_pool_id).await?;
            let client = txn.client(&pool, &input.client_id).await?;
            let terms = Terms::new(id.clone(), input.clone(), ctx.now())?;
            if txn.terms_of_client(&client, &terms.name).await?.is_some() {
                return Err(errors::terms_exist(&terms.name));
            }
            let all = IndexRange::prefix(Kind::Terms, BY_CREATION, format!("{}/", pool.id));
            if txn.scan::<Terms>(all, MAX_TERMS).await?.0.len() >= MAX_TERMS {
                return Err(errors::limit_exceeded(
                    "The user pool has reached its number of terms documents.",
                ));
            }
            txn.save(&terms);
            Ok(terms)
        })
        .await?;
    Ok(wire::CreateTermsResponse { terms: Some(views::terms(&terms)) })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use testkit::World;
    use testkit::world::{merged, text};

    fn terms(pool: &str, client: &str, more: Value) -> Value {
        let base = json!({
            "UserPoolId": pool, "ClientId": client, "TermsName": "terms-of-use", "TermsSource": "LINK",
            "Enforcement": "NONE",
        });
        merged(base, more)
    }

    #[tokio::test]
    async fn what_is_set_is_read_back() {
        let world = World::new().await;
        let pool = world.pool(json!({})).await;
        let client = world.client(&pool, json!({})).await;
        let links = json!({ "Links": {
            "cognito:default": "https://example.com/terms", "cognito:chinese-traditional": "https://example.com/zh",
        } });
        let input = terms(&pool, &client, links);
        let created = world.ok("CreateTerms", input.clone()).await;
        let id = text(&created["Terms"]["TermsId"]);
        let now = world.now().seconds();
        let expected = merged(input, json!({ "TermsId": id, "CreationDate": now, "LastModifiedDate": now }));
        assert_eq!(created, json!({ "Terms": expected }));
        assert_eq!(world.ok("DescribeTerms", json!({ "UserPoolId": pool, "TermsId": id })).await, created);
        // TermsType has links always.
        let bare = terms(&pool, &client, json!({ "TermsName": "privacy-policy" }));
        assert_eq!(world.ok("CreateTerms", bare).await["Terms"]["Links"], json!({}));
    }

    #[tokio::test]
    async fn refusals() {
        let world = World::new().await;
        let (pool, other) = (world.pool(json!({})).await, world.pool(json!({})).await);
        let client = world.client(&pool, json!({})).await;
        let second = world.client(&pool, json!({})).await;
        world.ok("CreateTerms", terms(&pool, &client, json!({}))).await;
        let check = async |input: Value, expected: &str| {
            assert_eq!(world.fails("CreateTerms", input).await, expected);
        };
        check(
            terms(&pool, &client, json!({})),
            "TermsExistsException: The app client has terms documents of the name terms-of-use already.",
        )
        .await;
        let script = json!({ "Links": { "cognito:default": "javascript:alert(1)" } });
        check(
            terms(&pool, &second, script),
            "InvalidParameterException: javascript:alert(1) is not a link to a page by HTTPS.",
        )
        .await;
        check(
            terms(&other, &client, json!({})),
            &format!("ResourceNotFoundException: User pool client {client} does not exist."),
        )
        .await;
        check(
            terms("us-east-1_none", &client, json!({})),
            "ResourceNotFoundException: User pool us-east-1_none does not exist.",
        )
        .await;
        world.ok("CreateTerms", terms(&pool, &second, json!({}))).await;
    }

    #[tokio::test]
    async fn forty_in_a_pool() {
        let world = World::new().await;
        let pool = world.pool(json!({})).await;
        for _ in 0..20 {
            let client = world.client(&pool, json!({})).await;
            for name in ["terms-of-use", "privacy-policy"] {
                world.ok("CreateTerms", terms(&pool, &client, json!({ "TermsName": name }))).await;
            }
        }
        let client = world.client(&pool, json!({})).await;
        assert_eq!(
            world.fails("CreateTerms", terms(&pool, &client, json!({}))).await,
            "LimitExceededException: The user pool has reached its number of terms documents."
        );
    }

    #[tokio::test]
    async fn one_of_two_at_once() {
        let world = World::new().await;
        let pool = world.pool(json!({})).await;
        let client = world.client(&pool, json!({})).await;
        let answers = world.at_once("CreateTerms", vec![terms(&pool, &client, json!({})); 2]);
        let failures: Vec<_> = answers.into_iter().filter_map(Result::err).collect();
        assert_eq!(failures.len(), 1);
        assert_eq!(failures[0].code, "TermsExistsException");
    }
}
