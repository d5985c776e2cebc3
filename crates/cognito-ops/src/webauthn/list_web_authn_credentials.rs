//! ListWebAuthnCredentials: the passkeys of the caller, in the order of their registration.
//! <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_ListWebAuthnCredentials.html>

use cognito_core::Kind;
use cognito_core::webauthn::{BY_USER, MAX_PASSKEYS, Passkey};
use cognito_store::IndexRange;

use crate::prelude::*;
use crate::service::{access, pages};

pub(crate) async fn handle(
    ctx: &Ctx<'_>,
    input: wire::ListWebAuthnCredentialsRequest,
) -> Reply<wire::ListWebAuthnCredentialsResponse> {
    let caller = access::caller(ctx, &input.access_token).await;
    let user = caller.map_err(access::gone_is_revoked)?.user;
    let list = ["ListWebAuthnCredentials", &user.pool_id, &user.sub];
    let after = pages::cursor(ctx, &list, input.next_token.as_deref())?;
    let prefix = Passkey::user_prefix(&user.pool_id, &user.sub);
    let range = IndexRange::prefix(Kind::Passkey, BY_USER, prefix).after(after);
    let size = pages::size(input.max_results, MAX_PASSKEYS);
    let (passkeys, next) = ctx.read().scan::<Passkey>(range, size).await?;
    Ok(wire::ListWebAuthnCredentialsResponse {
        credentials: passkeys.iter().map(|passkey| views::passkey(passkey)).collect(),
        next_token: pages::token(ctx, &list, next)?,
    })
}

#[cfg(test)]
mod tests {
    use cognito_core::Span;
    use serde_json::{Value, json};
    use testkit::World;
    use testkit::authenticator::Authenticator;
    use testkit::world::merged;

    #[tokio::test]
    async fn pages_in_the_order_of_registration() {
        let world = World::new().await;
        let pool = world.passkey_pool(json!({ "RelyingPartyId": "localhost" })).await;
        let client = world.client(&pool, json!({})).await;
        let token = async |name: &str| {
            world.user(&pool, name, "Abcdef1!").await;
            world.sign_in(&client, name, "Abcdef1!").await["AccessToken"].clone()
        };
        let (alice, bob) = (token("alice").await, token("bob").await);
        let list = async |more: Value| {
            let input = merged(json!({ "AccessToken": alice }), more);
            world.ok("ListWebAuthnCredentials", input).await
        };
        assert_eq!(list(json!({})).await, json!({ "Credentials": [] }));

        let mut expected = Vec::new();
        for (attachment, name) in [
            (json!("cross-platform"), "Roaming passkey"),
            (json!("platform"), "Platform passkey"),
            (json!(null), "Passkey"),
        ] {
            let mut authenticator = Authenticator::es256("http://localhost:3000");
            authenticator.attachment = attachment.clone();
            authenticator.transports = json!(["usb"]);
            world.register_passkey(&alice, &mut authenticator).await.expect("a passkey is registered");
            let mut credential = json!({
                "CredentialId": authenticator.id(),
                "FriendlyCredentialName": name,
                "RelyingPartyId": "localhost",
                "AuthenticatorAttachment": attachment,
                "AuthenticatorTransports": ["usb"],
                "CreatedAt": world.now().seconds(),
            });
            if attachment.is_null() {
                credential.as_object_mut().expect("an object").remove("AuthenticatorAttachment");
            }
            expected.push(credential);
            world.advance(Span::seconds(1));
        }
        let mut other = Authenticator::es256("http://localhost:3000");
        world.register_passkey(&bob, &mut other).await.expect("a passkey is registered");

        assert_eq!(list(json!({ "MaxResults": 0 })).await, json!({ "Credentials": expected }));
        let first = list(json!({ "MaxResults": 2 })).await;
        assert_eq!(first["Credentials"], json!(expected[..2]));
        let token = json!({ "NextToken": first["NextToken"] });
        assert_eq!(list(token.clone()).await, json!({ "Credentials": expected[2..] }));

        let invalid = "InvalidParameterException: Invalid pagination token.";
        let foreign = merged(json!({ "AccessToken": bob }), token);
        assert_eq!(world.fails("ListWebAuthnCredentials", foreign).await, invalid);
        let many = json!({ "AccessToken": alice, "MaxResults": 21 });
        let failure = world.call("ListWebAuthnCredentials", many).await.unwrap_err();
        assert_eq!(failure.code, "InvalidParameterException");
    }
}
