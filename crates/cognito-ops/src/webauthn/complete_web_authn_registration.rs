//! CompleteWebAuthnRegistration: registers the passkey that an authenticator made for the caller.
//! <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CompleteWebAuthnRegistration.html>

use crate::prelude::*;
use crate::service::access::{self, Signed};
use crate::service::passkeys;

pub(crate) async fn handle(
    ctx: &Ctx<'_>,
    input: wire::CompleteWebAuthnRegistrationRequest,
) -> Reply<wire::CompleteWebAuthnRegistrationResponse> {
    let token = access::verify(ctx, &input.access_token).await?;
    ctx.write(async |txn| {
        let Signed { pool, client, user, .. } =
            access::signed(txn, &token).await.map_err(access::gone_is_revoked)?;
        passkeys::register(ctx, txn, &pool, &client.id, &user, &input.credential).await
    })
    .await?;
    Ok(wire::CompleteWebAuthnRegistrationResponse {})
}

#[cfg(test)]
mod tests {
    use cognito_core::Span;
    use serde_json::{Value, json};
    use testkit::World;
    use testkit::authenticator::{Authenticator, USER_PRESENT, USER_VERIFIED};
    use testkit::world::merged;

    const PAGE: &str = "http://localhost:3000";

    /// A pool for `localhost`, and a user of it with an access token.
    async fn world(configuration: Value) -> (World, String, Value) {
        let world = World::new().await;
        let here = json!({ "RelyingPartyId": "localhost" });
        let pool = world.passkey_pool(merged(here, configuration)).await;
        let token = token(&world, &pool, "alice").await;
        (world, pool, token)
    }

    async fn token(world: &World, pool: &str, name: &str) -> Value {
        let client = world.client(pool, json!({})).await;
        world.user(pool, name, "Abcdef1!").await;
        world.sign_in(&client, name, "Abcdef1!").await["AccessToken"].clone()
    }

    async fn start(world: &World, token: &Value) -> Value {
        let answer = world.ok("StartWebAuthnRegistration", json!({ "AccessToken": token })).await;
        answer["CredentialCreationOptions"].clone()
    }

    fn complete(token: &Value, credential: &Value) -> Value {
        json!({ "AccessToken": token, "Credential": credential })
    }

    async fn count(world: &World, token: &Value) -> usize {
        let answer = world.ok("ListWebAuthnCredentials", json!({ "AccessToken": token })).await;
        answer["Credentials"].as_array().map_or(0, Vec::len)
    }

    #[tokio::test]
    async fn wants_a_pool_with_a_relying_party() {
        let world = World::new().await;
        let policies = json!({ "SignInPolicy": { "AllowedFirstAuthFactors": ["PASSWORD", "WEB_AUTHN"] } });
        let pool = world.pool(json!({ "Policies": policies })).await;
        let token = token(&world, &pool, "alice").await;
        let failure = world.fails("CompleteWebAuthnRegistration", complete(&token, &json!({}))).await;
        assert!(failure.starts_with("WebAuthnNotEnabledException: "), "{failure}");
    }

    #[tokio::test]
    async fn registers_keys_of_both_algorithms() {
        let (world, _, token) = world(json!({ "UserVerification": "required" })).await;
        for mut authenticator in [Authenticator::es256(PAGE), Authenticator::rs256(PAGE, 2048)] {
            let answer = world.register_passkey(&token, &mut authenticator).await;
            assert_eq!(answer, Ok(json!({})));
        }
        assert_eq!(count(&world, &token).await, 2);
    }

    #[tokio::test]
    async fn refuses_every_lie() {
        let (world, _, token) = world(json!({})).await;
        let check = async |lie: fn(&mut Authenticator), expected: &str| {
            let mut authenticator = Authenticator::es256(PAGE);
            lie(&mut authenticator);
            let failure = world.register_passkey(&token, &mut authenticator).await.unwrap_err();
            assert_eq!(failure.code, expected);
            assert_eq!(count(&world, &token).await, 0);
        };
        let origin = "WebAuthnOriginNotAllowedException";
        check(|it| it.origin = "https://evil.example".into(), origin).await;
        check(|it| it.origin = "https://localhost.evil.example".into(), origin).await;
        check(|it| it.origin = "http://notlocalhost".into(), origin).await;
        let party = "WebAuthnRelyingPartyMismatchException";
        check(|it| it.rp_id = Some("evil.example".into()), party).await;
        check(|it| it.rp_id = Some("app.localhost".into()), party).await;
        check(|it| it.rp_id = Some("ocalhost".into()), party).await;
        check(|it| it.challenge = Some("AAAA".into()), "WebAuthnChallengeNotFoundException").await;
        check(|it| it.ceremony = Some("webauthn.get"), "InvalidParameterException").await;
        check(|it| it.cut = 1, "InvalidParameterException").await;
        let unsupported = "WebAuthnCredentialNotSupportedException";
        check(|it| it.flags = USER_VERIFIED, unsupported).await;
        check(|it| it.algorithm = 0, unsupported).await;
        check(|it| it.algorithm = -8, unsupported).await;
        check(|it| it.algorithm = -257, unsupported).await;
        check(|it| *it = Authenticator::ed25519(PAGE), unsupported).await;
        check(|it| *it = Authenticator::rs256(PAGE, 1024), unsupported).await;
    }

    #[tokio::test]
    async fn user_verification_is_asked_for_where_it_is_required() {
        for (configured, expected) in
            [("preferred", None), ("required", Some("WebAuthnCredentialNotSupportedException"))]
        {
            let (world, _, token) = world(json!({ "UserVerification": configured })).await;
            let mut authenticator = Authenticator::es256(PAGE);
            authenticator.flags = USER_PRESENT;
            let answer = world.register_passkey(&token, &mut authenticator).await;
            assert_eq!(answer.err().map(|failure| failure.code).as_deref(), expected, "{configured}");
        }
    }

    #[tokio::test]
    async fn a_challenge_is_good_once_and_for_one_user() {
        let (world, pool, alice) = world(json!({})).await;
        let bob = token(&world, &pool, "bob").await;
        let missing =
            "WebAuthnChallengeNotFoundException: No registration of a passkey waits for this challenge.";
        let fails = async |token: &Value, credential: &Value| {
            let failure = world.fails("CompleteWebAuthnRegistration", complete(token, credential)).await;
            assert_eq!(failure, missing);
        };
        let credential =
            Authenticator::es256(PAGE).create(&json!({ "rp": { "id": "localhost" }, "challenge": "AAAA" }));
        fails(&alice, &credential).await;

        let credential = Authenticator::es256(PAGE).create(&start(&world, &alice).await);
        fails(&bob, &credential).await;
        start(&world, &bob).await;
        fails(&bob, &credential).await;
        world.ok("CompleteWebAuthnRegistration", complete(&alice, &credential)).await;
        fails(&alice, &credential).await;
        start(&world, &alice).await;
        fails(&alice, &credential).await;

        let late = Authenticator::es256(PAGE).create(&start(&world, &alice).await);
        world.advance(Span::minutes(5));
        fails(&alice, &late).await;
        let replaced = Authenticator::es256(PAGE).create(&start(&world, &alice).await);
        let present = Authenticator::es256(PAGE).create(&start(&world, &alice).await);
        fails(&alice, &replaced).await;
        world.ok("CompleteWebAuthnRegistration", complete(&alice, &present)).await;
        assert_eq!((count(&world, &alice).await, count(&world, &bob).await), (2, 0));
    }

    #[tokio::test]
    async fn another_client_cannot_complete_it() {
        let (world, pool, token) = world(json!({})).await;
        let credential = Authenticator::es256(PAGE).create(&start(&world, &token).await);
        let client = world.client(&pool, json!({})).await;
        let other = world.sign_in(&client, "alice", "Abcdef1!").await["AccessToken"].clone();
        let failure =
            world.call("CompleteWebAuthnRegistration", complete(&other, &credential)).await.unwrap_err();
        assert_eq!(failure.code, "WebAuthnClientMismatchException");
        world.ok("CompleteWebAuthnRegistration", complete(&token, &credential)).await;
    }

    #[tokio::test]
    async fn a_credential_id_is_registered_once_in_a_pool() {
        let (world, pool, alice) = world(json!({})).await;
        let bob = token(&world, &pool, "bob").await;
        let mut authenticator = Authenticator::es256(PAGE);
        world.register_passkey(&alice, &mut authenticator).await.expect("a passkey is registered");
        let mut stolen = Authenticator::es256(PAGE);
        stolen.credential = authenticator.credential.clone();
        for token in [&alice, &bob] {
            let failure = world.register_passkey(token, &mut stolen).await.unwrap_err();
            assert_eq!(failure.code, "NotAuthorizedException");
        }
        let delete = json!({ "UserPoolId": pool, "Username": "alice" });
        world.ok("AdminDeleteUser", delete).await;
        world.register_passkey(&bob, &mut stolen).await.expect("passkeys go with their user");
    }

    #[tokio::test]
    async fn a_user_has_at_most_20() {
        let (world, _, token) = world(json!({})).await;
        for _ in 0..20 {
            let registered = world.register_passkey(&token, &mut Authenticator::es256(PAGE)).await;
            registered.expect("a passkey is registered");
        }
        let failure = world.fails("StartWebAuthnRegistration", json!({ "AccessToken": token })).await;
        assert_eq!(failure, "LimitExceededException: The user has the maximum number of passkeys.");
        assert_eq!(count(&world, &token).await, 20);
    }

    #[tokio::test]
    async fn the_same_answer_several_times_at_once() {
        let (world, _, token) = world(json!({})).await;
        let credential = Authenticator::es256(PAGE).create(&start(&world, &token).await);
        let answers = world.at_once("CompleteWebAuthnRegistration", vec![complete(&token, &credential); 4]);
        assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1);
        // The losers find the registration gone or the passkey there, whichever they look for first.
        let expected = ["WebAuthnChallengeNotFoundException", "NotAuthorizedException"];
        for failure in answers.iter().filter_map(|answer| answer.as_ref().err()) {
            assert!(expected.contains(&failure.code.as_str()), "{failure:?}");
        }
        assert_eq!(count(&world, &token).await, 1);
    }

    #[tokio::test]
    async fn a_document_of_another_form() {
        let (world, _, token) = world(json!({})).await;
        let good = Authenticator::es256(PAGE).create(&start(&world, &token).await);
        let mut bad = vec![json!({}), json!([]), json!("text"), json!(good.to_string())];
        for member in ["id", "type", "response"] {
            let mut credential = good.clone();
            credential[member] = json!(null);
            bad.push(credential);
        }
        for credential in bad {
            let failure = world.fails("CompleteWebAuthnRegistration", complete(&token, &credential)).await;
            assert!(failure.starts_with("InvalidParameterException: "), "{credential}: {failure}");
        }
        world.ok("CompleteWebAuthnRegistration", complete(&token, &good)).await;
    }
}
