//! DeleteIdentityProvider: a pool trusts an identity provider no more. Its users stay, and so do the names of it in
//! app clients, which nobody can sign in with any more.
//! <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_DeleteIdentityProvider.html>

use cognito_core::identity_provider::POOL_ITSELF;

use crate::prelude::*;

pub(crate) async fn handle(
    ctx: &Ctx<'_>,
    input: wire::DeleteIdentityProviderRequest,
) -> Reply<wire::NoOutput> {
    ctx.write(async |txn| {
        let pool = txn.pool(&input.user_pool_id).await?;
        if input.provider_name.eq_ignore_ascii_case(POOL_ITSELF) {
            return Err(errors::unsupported_provider(&input.provider_name));
        }
        let provider = txn.provider(&pool, &input.provider_name).await?;
        txn.delete(&*provider);
        Ok(())
    })
    .await?;
    Ok(wire::NoOutput {})
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use testkit::World;
    use testkit::world::merged;

    #[tokio::test]
    async fn its_name_and_identifiers_are_free_again() {
        let world = World::new().await;
        let pool = world.pool(json!({ "UserPoolTags": { "_custom_id_": "gone" } })).await;
        let which = json!({ "UserPoolId": pool, "ProviderName": "Google" });
        let details = json!({ "client_id": "id", "client_secret": "s", "authorize_scopes": "email" });
        let google = merged(
            which.clone(),
            json!({
                "ProviderType": "Google", "ProviderDetails": details, "IdpIdentifiers": ["example.com"],
            }),
        );
        world.ok("CreateIdentityProvider", google.clone()).await;
        assert_eq!(world.ok("DeleteIdentityProvider", which.clone()).await, Value::Null);
        assert_eq!(
            world.fails("DeleteIdentityProvider", which).await,
            "ResourceNotFoundException: Identity provider Google does not exist."
        );
        assert_eq!(
            world
                .fails("DeleteIdentityProvider", json!({ "UserPoolId": pool, "ProviderName": "COGNITO" }))
                .await,
            "UnsupportedIdentityProviderException: COGNITO is no identity provider that can be changed."
        );
        world.ok("CreateIdentityProvider", google.clone()).await;
        // A pool takes its providers with it.
        world.ok("DeleteUserPool", json!({ "UserPoolId": pool })).await;
        world.pool(json!({ "UserPoolTags": { "_custom_id_": "gone" } })).await;
        world.ok("CreateIdentityProvider", google).await;
    }
}
