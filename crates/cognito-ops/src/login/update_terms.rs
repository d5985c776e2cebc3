//! UpdateTerms: changes the name or the links of terms documents; what is left out stays.
//! <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UpdateTerms.html>

use crate::prelude::*;

pub(crate) async fn handle(
    ctx: &Ctx<'_>,
    input: wire::UpdateTermsRequest,
) -> Reply<wire::UpdateTermsResponse> {
    let terms = ctx
        .write(async |txn| {
            let pool = txn.pool(&input.user_pool_id).await?;
            let old = txn.terms(&pool, &input.terms_id).await?;
            let terms = (*old).clone().update(input.clone(), ctx.now())?;
            if terms.name != old.name {
                let client = txn.client(&pool, &terms.client_id).await?;
                if txn.terms_of_client(&client, &terms.name).await?.is_some() {
                    return Err(errors::terms_exist(&terms.name));
                }
            }
            txn.save(&terms);
            Ok(terms)
        })
        .await?;
    Ok(wire::UpdateTermsResponse { terms: Some(views::terms(&terms)) })
}

#[cfg(test)]
mod tests {
    use cognito_core::Span;
    use serde_json::{Value, json};
    use testkit::World;
    use testkit::world::{merged, text};

    #[tokio::test]
    async fn what_is_left_out_stays() {
        let world = World::new().await;
        let pool = world.pool(json!({})).await;
        let client = world.client(&pool, json!({})).await;
        let create = |name: &str| {
            json!({
                "UserPoolId": pool, "ClientId": client, "TermsName": name, "TermsSource": "LINK",
                "Enforcement": "NONE",
                "Links": { "cognito:default": "https://example.com", "cognito:french": "https://example.fr" },
            })
        };
        let created = world.ok("CreateTerms", create("terms-of-use")).await["Terms"].clone();
        let id = text(&created["TermsId"]);
        let update = |more: Value| merged(json!({ "UserPoolId": pool, "TermsId": id }), more);
        world.advance(Span::seconds(5));
        let now = json!({ "LastModifiedDate": world.now().seconds() });
        let links = json!({ "Links": { "cognito:default": "https://example.org" } });
        let renamed = json!({ "TermsName": "privacy-policy" });
        let mut expected = merged(created, now);
        for change in [json!({}), links, renamed, json!({ "TermsSource": "LINK", "Enforcement": "NONE" })] {
            expected = merged(expected, change.clone());
            let answer = world.ok("UpdateTerms", update(change)).await;
            assert_eq!(answer, json!({ "Terms": expected }));
            assert_eq!(world.ok("DescribeTerms", update(json!({}))).await, answer);
        }
        // The old name is free, the new one is not.
        world.ok("CreateTerms", create("terms-of-use")).await;
        assert_eq!(
            world.fails("UpdateTerms", update(json!({ "TermsName": "terms-of-use" }))).await,
            "TermsExistsException: The app client has terms documents of the name terms-of-use already."
        );
        let script = json!({ "Links": { "cognito:default": "http://example.com" } });
        assert_eq!(
            world.fails("UpdateTerms", update(script)).await,
            "InvalidParameterException: http://example.com is not a link to a page by HTTPS."
        );
        assert_eq!(world.ok("DescribeTerms", update(json!({}))).await, json!({ "Terms": expected }));
        let unknown = json!({ "TermsId": "3e2f7d1c-0a1b-4c2d-8e3f-0123456789ab" });
        assert_eq!(
            world.fails("UpdateTerms", update(unknown)).await,
            "ResourceNotFoundException: Terms 3e2f7d1c-0a1b-4c2d-8e3f-0123456789ab do not exist."
        );
    }
}
