//! DeleteWebAuthnCredential: deletes a passkey of the caller.
//! <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_DeleteWebAuthnCredential.html>

use cognito_core::webauthn::Passkey;

use crate::prelude::*;
use crate::service::access::{self, Signed};

pub(crate) async fn handle(
    ctx: &Ctx<'_>,
    input: wire::DeleteWebAuthnCredentialRequest,
) -> Reply<wire::DeleteWebAuthnCredentialResponse> {
    let token = access::verify(ctx, &input.access_token).await?;
    let id = Passkey::id_of_text(&input.credential_id);
    ctx.write(async |txn| {
        let Signed { pool, user, .. } = access::signed(txn, &token).await.map_err(access::gone_is_revoked)?;
        let id = id.as_deref().ok_or_else(errors::passkey_not_found)?;
        let passkey = txn.get::<Passkey>(&Passkey::key_of(&pool.id, id)).await?;
        let passkey = passkey.filter(|passkey| passkey.sub == user.sub);
        txn.delete(&*passkey.ok_or_else(errors::passkey_not_found)?);
        Ok(())
    })
    .await?;
    Ok(wire::DeleteWebAuthnCredentialResponse {})
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use testkit::World;
    use testkit::authenticator::Authenticator;

    #[tokio::test]
    async fn deletes_own_passkeys() {
        let world = World::new().await;
        let pool = world.passkey_pool(json!({ "RelyingPartyId": "localhost" })).await;
        let client = world.client(&pool, json!({})).await;
        let token = async |name: &str| {
            world.user(&pool, name, "Abcdef1!").await;
            world.sign_in(&client, name, "Abcdef1!").await["AccessToken"].clone()
        };
        let (alice, bob) = (token("alice").await, token("bob").await);
        let count = async |token: &Value| {
            let answer = world.ok("ListWebAuthnCredentials", json!({ "AccessToken": token })).await;
            answer["Credentials"].as_array().map(Vec::len)
        };
        let mut authenticator = Authenticator::es256("http://localhost:3000");
        world.register_passkey(&alice, &mut authenticator).await.expect("a passkey is registered");

        let delete = |token: &Value, id: &str| json!({ "AccessToken": token, "CredentialId": id });
        let missing = "ResourceNotFoundException: Passkey does not exist.";
        let id = authenticator.id();
        for (token, id) in [(&bob, id.as_str()), (&alice, "AAAA"), (&alice, "?"), (&alice, "")] {
            assert_eq!(world.fails("DeleteWebAuthnCredential", delete(token, id)).await, missing);
        }
        assert_eq!(count(&alice).await, Some(1));
        assert_eq!(world.ok("DeleteWebAuthnCredential", delete(&alice, &id)).await, json!({}));
        assert_eq!(count(&alice).await, Some(0));
        assert_eq!(world.fails("DeleteWebAuthnCredential", delete(&alice, &id)).await, missing);
        world.register_passkey(&bob, &mut authenticator).await.expect("the credential id is free again");
    }
}
