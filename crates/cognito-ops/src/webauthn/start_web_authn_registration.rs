//! StartWebAuthnRegistration: what the browser must be asked with to make a passkey for the caller.
//! <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_StartWebAuthnRegistration.html>

use crate::prelude::*;
use crate::service::access::{self, Signed};
use crate::service::passkeys;

pub(crate) async fn handle(
    ctx: &Ctx<'_>,
    input: wire::StartWebAuthnRegistrationRequest,
) -> Reply<wire::StartWebAuthnRegistrationResponse> {
    let token = access::verify(ctx, &input.access_token).await?;
    let challenge = ctx.bytes::<32>();
    let credential_creation_options = ctx
        .write(async |txn| {
            let Signed { pool, client, user, .. } =
                access::signed(txn, &token).await.map_err(access::gone_is_revoked)?;
            passkeys::begin_registration(ctx, txn, &pool, &client.id, &user, &challenge).await
        })
        .await?;
    Ok(wire::StartWebAuthnRegistrationResponse { credential_creation_options })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use testkit::World;
    use testkit::authenticator::Authenticator;
    use testkit::world::merged;

    #[tokio::test]
    async fn options() {
        let world = World::new().await;
        let pool = world.passkey_pool(json!({ "RelyingPartyId": "localhost" })).await;
        let client = world.client(&pool, json!({})).await;
        world.user(&pool, "alice", "Abcdef1!").await;
        let token = world.sign_in(&client, "alice", "Abcdef1!").await["AccessToken"].clone();
        let start = async || {
            let answer = world.ok("StartWebAuthnRegistration", json!({ "AccessToken": token })).await;
            answer["CredentialCreationOptions"].clone()
        };
        let sub = testkit::world::claims(&token)["sub"].clone();
        let expected = |challenge: &Value, exclude: Value| {
            json!({
                "authenticatorSelection": {
                    "requireResidentKey": true, "residentKey": "required", "userVerification": "preferred",
                },
                "challenge": challenge,
                "excludeCredentials": exclude,
                "pubKeyCredParams": [
                    { "alg": -7, "type": "public-key" }, { "alg": -257, "type": "public-key" },
                ],
                "rp": { "id": "localhost", "name": "localhost" },
                "timeout": 60_000,
                "user": {
                    "displayName": "alice",
                    "id": testkit::authenticator::base64url(sub.as_str().expect("a subject").as_bytes()),
                    "name": "alice",
                },
            })
        };
        let (first, second) = (start().await, start().await);
        assert_eq!(first, expected(&first["challenge"], json!([])));
        assert_ne!(first["challenge"], second["challenge"]);
        assert_eq!(first["challenge"].as_str().map(str::len), Some(43));

        let mut authenticator = Authenticator::es256("http://localhost:3000");
        let id = authenticator.id();
        world.register_passkey(&token, &mut authenticator).await.expect("a passkey is registered");
        let third = start().await;
        let exclude = json!([{ "id": id, "type": "public-key" }]);
        assert_eq!(third, expected(&third["challenge"], exclude));
    }

    #[tokio::test]
    async fn what_the_pool_must_have() {
        let world = World::new().await;
        let check = async |first_factors: Value, configuration: Value, expected: &str| {
            let policies = json!({ "SignInPolicy": { "AllowedFirstAuthFactors": first_factors } });
            let pool = world.pool(json!({ "Policies": policies })).await;
            let mfa = json!({ "UserPoolId": pool, "WebAuthnConfiguration": configuration });
            world.ok("SetUserPoolMfaConfig", merged(mfa, json!({ "MfaConfiguration": "OFF" }))).await;
            let client = world.client(&pool, json!({})).await;
            world.user(&pool, "alice", "Abcdef1!").await;
            let token = world.sign_in(&client, "alice", "Abcdef1!").await["AccessToken"].clone();
            match world.call("StartWebAuthnRegistration", json!({ "AccessToken": token })).await {
                Ok(answer) => {
                    let options = &answer["CredentialCreationOptions"];
                    assert_eq!(options["authenticatorSelection"]["userVerification"], expected);
                }
                Err(failure) => assert_eq!(failure.code, expected),
            }
        };
        let here = json!({ "RelyingPartyId": "localhost" });
        check(json!(["PASSWORD", "WEB_AUTHN"]), here.clone(), "preferred").await;
        let required = merged(here.clone(), json!({ "UserVerification": "required" }));
        check(json!(["PASSWORD", "WEB_AUTHN"]), required, "required").await;
        check(json!(["PASSWORD"]), here, "WebAuthnNotEnabledException").await;
        check(json!(["PASSWORD", "WEB_AUTHN"]), json!({}), "WebAuthnConfigurationMissingException").await;
    }

    #[tokio::test]
    async fn wants_the_access_token_of_somebody() {
        let world = World::new().await;
        let pool = world.passkey_pool(json!({ "RelyingPartyId": "localhost" })).await;
        let client = world.client(&pool, json!({})).await;
        world.user(&pool, "alice", "Abcdef1!").await;
        let gone = world.sign_in(&client, "alice", "Abcdef1!").await["AccessToken"].clone();
        world.ok("AdminDeleteUser", json!({ "UserPoolId": pool, "Username": "alice" })).await;
        for operation in [
            "StartWebAuthnRegistration",
            "CompleteWebAuthnRegistration",
            "ListWebAuthnCredentials",
            "DeleteWebAuthnCredential",
        ] {
            let fails = async |token: &Value| {
                let input = json!({ "AccessToken": token, "Credential": {}, "CredentialId": "AAAA" });
                world.fails(operation, input).await
            };
            assert_eq!(fails(&json!("abc")).await, "NotAuthorizedException: Invalid Access Token");
            assert_eq!(fails(&gone).await, "NotAuthorizedException: Access Token has been revoked");
        }
    }
}
