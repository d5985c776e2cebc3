//! UpdateIdentityProvider: changes what a pool knows of an identity provider; what is left out stays as it is.
//! <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UpdateIdentityProvider.html>

use cognito_core::identity_provider::{POOL_ITSELF, ProviderSettings};

use super::create_identity_provider::check_identifiers;
use super::look_up::look_up;
use crate::prelude::*;

pub(crate) async fn handle(
    ctx: &Ctx<'_>,
    input: wire::UpdateIdentityProviderRequest,
) -> Reply<wire::UpdateIdentityProviderResponse> {
    let name = &input.provider_name;
    let mut txn = ctx.read();
    let pool = txn.pool(&input.user_pool_id).await?;
    if name.eq_ignore_ascii_case(POOL_ITSELF) {
        return Err(errors::unsupported_provider(name));
    }
    let before = txn.provider(&pool, name).await?;
    let mut changed = (*before).clone();
    let settings = ProviderSettings {
        mapping: input.attribute_mapping,
        identifiers: input.idp_identifiers,
        acr: input.acr_mapping,
    };
    changed.set(&pool, settings, ctx.now())?;
    if let Some(details) = input.provider_details {
        changed.set_details(details)?;
        look_up(ctx, &pool, &mut changed).await?;
    }
    ctx.write(async |txn| {
        let pool = txn.pool(&input.user_pool_id).await?;
        // What was looked up belongs to what it was looked up for.
        if *txn.provider(&pool, name).await? != *before {
            return Err(errors::concurrent_modification());
        }
        check_identifiers(txn, &pool, &changed).await?;
        txn.save(&changed);
        Ok(())
    })
    .await?;
    Ok(wire::UpdateIdentityProviderResponse { identity_provider: views::identity_provider(&changed) })
}

#[cfg(test)]
mod tests {
    use cognito_core::Span;
    use serde_json::json;
    use testkit::World;
    use testkit::world::merged;

    #[tokio::test]
    async fn what_is_left_out_stays() {
        let world = World::new().await;
        let pool = world.pool(json!({})).await;
        let which = json!({ "UserPoolId": pool, "ProviderName": "LoginWithAmazon" });
        let details = json!({ "client_id": "id", "client_secret": "s", "authorize_scopes": "profile" });
        let create = json!({
            "ProviderType": "LoginWithAmazon", "ProviderDetails": details,
            "AttributeMapping": { "email": "email" }, "IdpIdentifiers": ["a"],
        });
        let created = world.ok("CreateIdentityProvider", merged(which.clone(), create)).await;
        world.advance(Span::seconds(3));
        let mut expected = created["IdentityProvider"].clone();
        expected["LastModifiedDate"] = json!(world.now().seconds());
        for (change, member) in [
            (json!({}), "ProviderType"),
            (json!({ "AttributeMapping": { "name": "name" } }), "AttributeMapping"),
            (json!({ "IdpIdentifiers": [] }), "IdpIdentifiers"),
        ] {
            if let Some(value) = change.get(member) {
                expected[member] = value.clone();
            }
            let updated = world.ok("UpdateIdentityProvider", merged(which.clone(), change)).await;
            assert_eq!(updated["IdentityProvider"], expected);
            assert_eq!(world.ok("DescribeIdentityProvider", which.clone()).await, updated);
        }
        let new = json!({
            "client_id": "id2", "client_secret": "s", "authorize_scopes": "profile", "token_url": "http://localhost/t",
        });
        let updated = world
            .ok("UpdateIdentityProvider", merged(which.clone(), json!({ "ProviderDetails": new })))
            .await;
        let details = &updated["IdentityProvider"]["ProviderDetails"];
        assert_eq!(
            (&details["client_id"], &details["token_url"]),
            (&json!("id2"), &json!("http://localhost/t"))
        );
        assert_eq!(details["authorize_url"], "https://www.amazon.com/ap/oa");
    }

    #[tokio::test]
    async fn refusals() {
        let world = World::new().await;
        let pool = world.pool(json!({})).await;
        let update = |name: &str| json!({ "UserPoolId": pool, "ProviderName": name });
        assert_eq!(
            world.fails("UpdateIdentityProvider", update("Google")).await,
            "ResourceNotFoundException: Identity provider Google does not exist."
        );
        assert_eq!(
            world.fails("UpdateIdentityProvider", update("COGNITO")).await,
            "UnsupportedIdentityProviderException: COGNITO is no identity provider that can be changed."
        );
    }
}
