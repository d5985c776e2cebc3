//! WEB_AUTHN: a passkey as the first factor.

use cognito_core::auth::Event;
use cognito_core::session::Material;
use cognito_store::Txn;

use super::answer::Answer;
use super::respond::Respond;
use super::turn::{self, Provisions, Room, Turn};
use crate::prelude::*;
use crate::service::passkeys;

/// Takes the credential. A wrong one uses the session up: each challenge is answered once.
pub(super) async fn answer(ctx: &Ctx<'_>, room: &Room<'_>, answer: &Respond<'_>) -> Reply<Answer> {
    let credential = answer.responses.require("CREDENTIAL")?;
    let load = async |txn: &mut Txn, pool: &_| Turn::load(ctx, txn, pool, answer).await;
    let decide = async |txn: &mut Txn, turn: &mut Turn| {
        let session = turn.session.as_mut().ok_or_else(errors::invalid_session)?;
        let Material::Passkey(challenge) = &session.material else { return Err(errors::invalid_session()) };
        if !turn.exists {
            return Ok(Err(errors::passkey_refused()));
        }
        match passkeys::verify(txn, room.pool, &turn.user, challenge, credential).await? {
            Ok(asserted) => {
                txn.save(&asserted.passkey);
                let roaming = asserted.passkey.attachment.as_deref() == Some("cross-platform");
                Ok(Ok(Event::Passkey { roaming, user_verified: asserted.user_verified }))
            }
            Err(error) => {
                session.used = true;
                txn.save(session);
                Ok(Err(errors::passkey_refused().because(error)))
            }
        }
    };
    turn::take(ctx, room, &Provisions::default(), load, decide).await
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use testkit::World;
    use testkit::authenticator::{Authenticator, USER_PRESENT, USER_VERIFIED};
    use testkit::world::{merged, text};

    const PAGE: &str = "http://localhost:3000";
    const PASSWORD: &str = "Abcdef1!";
    const REFUSED: &str = "NotAuthorizedException: The passkey could not be verified.";

    /// A pool for `localhost` with a client and a user, alice.
    struct Scene {
        world: World,
        pool: String,
        client: String,
    }

    impl Scene {
        async fn new(configuration: Value) -> Self {
            let world = World::new().await;
            let here = json!({ "RelyingPartyId": "localhost" });
            let pool = world.passkey_pool(merged(here, configuration)).await;
            let flows = json!({ "ExplicitAuthFlows": ["ALLOW_USER_AUTH", "ALLOW_USER_PASSWORD_AUTH"] });
            let client = world.client(&pool, flows).await;
            world.user(&pool, "alice", PASSWORD).await;
            Self { world, pool, client }
        }

        async fn register(&self, name: &str, authenticator: &mut Authenticator) {
            let token = self.world.sign_in(&self.client, name, PASSWORD).await["AccessToken"].clone();
            self.world.register_passkey(&token, authenticator).await.expect("a passkey is registered");
        }

        /// Asks for a passkey of alice: the answer and the options in it.
        async fn ask(&self) -> (Value, Value) {
            let parameters = json!({ "USERNAME": "alice", "PREFERRED_CHALLENGE": "WEB_AUTHN" });
            let input =
                json!({ "ClientId": self.client, "AuthFlow": "USER_AUTH", "AuthParameters": parameters });
            let asked = self.world.ok("InitiateAuth", input).await;
            let options = text(&asked["ChallengeParameters"]["CREDENTIAL_REQUEST_OPTIONS"]);
            let options = serde_json::from_str(&options).expect("the options are JSON");
            (asked, options)
        }

        fn answer(&self, asked: &Value, credential: &Value) -> Value {
            json!({
                "ClientId": self.client,
                "ChallengeName": "WEB_AUTHN",
                "Session": asked["Session"],
                "ChallengeResponses": { "USERNAME": "alice", "CREDENTIAL": credential.to_string() },
            })
        }

        /// What is answered to a credential for a challenge of its own: nothing if it signs alice in.
        async fn sign_in(&self, authenticator: &mut Authenticator) -> Option<String> {
            let (asked, options) = self.ask().await;
            let credential = authenticator.get(&options);
            match self.world.call("RespondToAuthChallenge", self.answer(&asked, &credential)).await {
                Ok(answer) => {
                    let token = json!({ "AccessToken": answer["AuthenticationResult"]["AccessToken"] });
                    assert_eq!(self.world.ok("GetUser", token).await["Username"], "alice");
                    None
                }
                Err(failure) => Some(format!("{}: {}", failure.code, failure.message)),
            }
        }
    }

    #[tokio::test]
    async fn signs_in_with_keys_of_both_algorithms() {
        let scene = Scene::new(json!({ "UserVerification": "required" })).await;
        let mut authenticators = [Authenticator::es256(PAGE), Authenticator::rs256(PAGE, 2048)];
        for authenticator in &mut authenticators {
            scene.register("alice", authenticator).await;
        }
        let allowed = authenticators
            .each_ref()
            .map(|it| json!({ "id": it.id(), "type": "public-key", "transports": ["internal"] }));
        let (_, options) = scene.ask().await;
        let expected = json!({
            "challenge": options["challenge"],
            "timeout": 180_000,
            "rpId": "localhost",
            "allowCredentials": allowed,
            "userVerification": "required",
        });
        // Registered in the same millisecond, they stand in any order.
        let sorted = |options: &Value| {
            let mut allowed = options["allowCredentials"].as_array().cloned().unwrap_or_default();
            allowed.sort_by_key(|credential| text(&credential["id"]));
            merged(options.clone(), json!({ "allowCredentials": allowed }))
        };
        assert_eq!(sorted(&options), sorted(&expected));
        for authenticator in &mut authenticators {
            for origin in [PAGE, "http://app.localhost:3000", "https://localhost"] {
                authenticator.origin = origin.to_owned();
                assert_eq!(scene.sign_in(authenticator).await, None);
            }
        }
    }

    #[tokio::test]
    async fn refuses_every_lie() {
        let scene = Scene::new(json!({})).await;
        let check = async |lie: fn(&mut Authenticator)| {
            let mut authenticator = Authenticator::es256(PAGE);
            scene.register("alice", &mut authenticator).await;
            lie(&mut authenticator);
            assert_eq!(scene.sign_in(&mut authenticator).await.as_deref(), Some(REFUSED));
        };
        check(|it| it.origin = "https://evil.example".into()).await;
        check(|it| it.origin = "https://localhost.evil.example".into()).await;
        check(|it| it.origin = "http://notlocalhost".into()).await;
        check(|it| it.rp_id = Some("evil.example".into())).await;
        check(|it| it.rp_id = Some("app.localhost".into())).await;
        check(|it| it.challenge = Some("AAAA".into())).await;
        check(|it| it.ceremony = Some("webauthn.create")).await;
        check(|it| it.flags = USER_VERIFIED).await;
        check(|it| it.user_handle = Some("AAAA".into())).await;
        check(|it| it.credential = vec![1; 32]).await;
        let forged = |mut other: Authenticator, it: &Authenticator| {
            other.credential.clone_from(&it.credential);
            other.user_handle.clone_from(&it.user_handle);
            other
        };
        let mut own = Authenticator::es256(PAGE);
        scene.register("alice", &mut own).await;
        for other in
            [Authenticator::es256(PAGE), Authenticator::rs256(PAGE, 2048), Authenticator::ed25519(PAGE)]
        {
            assert_eq!(scene.sign_in(&mut forged(other, &own)).await.as_deref(), Some(REFUSED));
        }
        assert_eq!(scene.sign_in(&mut own).await, None, "and the truth is still believed");
    }

    #[tokio::test]
    async fn user_verification_is_asked_for_where_it_is_required() {
        for (configured, expected) in [("preferred", None), ("required", Some(REFUSED))] {
            let scene = Scene::new(json!({ "UserVerification": configured })).await;
            let mut authenticator = Authenticator::es256(PAGE);
            scene.register("alice", &mut authenticator).await;
            authenticator.flags = USER_PRESENT;
            assert_eq!(scene.sign_in(&mut authenticator).await.as_deref(), expected, "{configured}");
        }
    }

    #[tokio::test]
    async fn the_counter_only_grows() {
        let scene = Scene::new(json!({})).await;
        let mut authenticator = Authenticator::es256(PAGE);
        scene.register("alice", &mut authenticator).await;
        // What it counted before the sign-in, and what comes of the next number.
        for (before, expected) in [
            (0, None),
            (0, None),
            (6, None),
            (7, None),
            (7, Some(REFUSED)),
            (3, Some(REFUSED)),
            (0, Some(REFUSED)),
            (8, None),
        ] {
            authenticator.sign_count = before;
            assert_eq!(scene.sign_in(&mut authenticator).await.as_deref(), expected, "{before}");
        }
    }

    #[tokio::test]
    async fn a_passkey_of_another_user() {
        let scene = Scene::new(json!({})).await;
        scene.world.user(&scene.pool, "bob", PASSWORD).await;
        let (mut of_alice, mut of_bob) = (Authenticator::es256(PAGE), Authenticator::es256(PAGE));
        scene.register("alice", &mut of_alice).await;
        scene.register("bob", &mut of_bob).await;
        assert_eq!(scene.sign_in(&mut of_bob).await.as_deref(), Some(REFUSED));
        of_bob.user_handle.clone_from(&of_alice.user_handle);
        assert_eq!(scene.sign_in(&mut of_bob).await.as_deref(), Some(REFUSED));
        of_bob.user_handle = None;
        assert_eq!(scene.sign_in(&mut of_bob).await.as_deref(), Some(REFUSED));
        assert_eq!(scene.sign_in(&mut of_alice).await, None);
    }

    #[tokio::test]
    async fn an_assertion_is_good_once() {
        let scene = Scene::new(json!({})).await;
        let mut authenticator = Authenticator::es256(PAGE);
        scene.register("alice", &mut authenticator).await;
        let (asked, options) = scene.ask().await;
        let credential = authenticator.get(&options);
        let answers =
            scene.world.at_once("RespondToAuthChallenge", vec![scene.answer(&asked, &credential); 4]);
        assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1);
        let (later, _) = scene.ask().await;
        let replayed = scene.world.fails("RespondToAuthChallenge", scene.answer(&later, &credential)).await;
        assert_eq!(replayed, REFUSED);
        for text in [json!({}), json!([]), json!(null)] {
            let (asked, _) = scene.ask().await;
            let failure = scene.world.fails("RespondToAuthChallenge", scene.answer(&asked, &text)).await;
            assert_eq!(failure, REFUSED);
        }
    }
}
