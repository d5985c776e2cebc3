//! GetIdentityProviderByIdentifier: the identity provider that an identifier stands for.
//! <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_GetIdentityProviderByIdentifier.html>

use crate::prelude::*;

pub(crate) async fn handle(
    ctx: &Ctx<'_>,
    input: wire::GetIdentityProviderByIdentifierRequest,
) -> Reply<wire::GetIdentityProviderByIdentifierResponse> {
    let mut txn = ctx.read();
    let pool = txn.pool(&input.user_pool_id).await?;
    let provider = txn.provider_by_identifier(&pool, &input.idp_identifier).await?;
    let provider = provider.ok_or_else(|| errors::provider_not_found(&input.idp_identifier))?;
    Ok(wire::GetIdentityProviderByIdentifierResponse {
        identity_provider: views::identity_provider(&provider),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use testkit::World;

    #[tokio::test]
    async fn by_identifier_until_it_is_taken_away() {
        let world = World::new().await;
        let pool = world.pool(json!({})).await;
        let details = json!({ "client_id": "id", "client_secret": "s", "authorize_scopes": "email" });
        let google = json!({
            "UserPoolId": pool, "ProviderName": "Google", "ProviderType": "Google", "ProviderDetails": details,
            "IdpIdentifiers": ["example.com"],
        });
        let created = world.ok("CreateIdentityProvider", google).await;
        let which = json!({ "UserPoolId": pool, "IdpIdentifier": "example.com" });
        assert_eq!(world.ok("GetIdentityProviderByIdentifier", which.clone()).await, created);
        let update = json!({ "UserPoolId": pool, "ProviderName": "Google", "IdpIdentifiers": ["other"] });
        world.ok("UpdateIdentityProvider", update).await;
        assert_eq!(
            world.fails("GetIdentityProviderByIdentifier", which).await,
            "ResourceNotFoundException: Identity provider example.com does not exist."
        );
    }
}
