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
        let Some(Material::Passkey(challenge)) = turn.session.as_ref().map(|session| &session.material)
        else {
            return Err(errors::invalid_session());
        };
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
                turn.use_up(txn);
                Ok(Err(errors::passkey_refused().because(error)))
            }
        }
    };
    turn::take(ctx, room, &Provisions::default(), load, decide).await
}

#[cfg(test)]
mod tests {
    use cognito_core::Span;
    use serde_json::{Value, json};
    use testkit::World;
    use testkit::authenticator::{Authenticator, USER_PRESENT, USER_VERIFIED};
    use testkit::world::{merged, text};

    use crate::auth::testing::{PASSWORD, Scene, USED_SESSION, is_signed_in};

    const PAGE: &str = "http://localhost:3000";
    const REFUSED: &str = "NotAuthorizedException: The passkey could not be verified.";

    /// A pool for `localhost`.
    async fn scene(configuration: Value, client: Value) -> Scene {
        let world = World::new().await;
        let here = json!({ "RelyingPartyId": "localhost" });
        let pool = world.passkey_pool(merged(here, configuration)).await;
        Scene::of(world, pool, client).await
    }

    async fn register(scene: &Scene, name: &str, authenticator: &mut Authenticator) {
        let token = scene.world.sign_in(&scene.client, name, PASSWORD).await["AccessToken"].clone();
        scene.world.register_passkey(&token, authenticator).await.expect("a passkey is registered");
    }

    async fn ask(scene: &Scene, name: &str) -> Value {
        scene.initiate("USER_AUTH", json!({ "USERNAME": name, "PREFERRED_CHALLENGE": "WEB_AUTHN" })).await
    }

    fn options(asked: &Value) -> Value {
        let options = text(&asked["ChallengeParameters"]["CREDENTIAL_REQUEST_OPTIONS"]);
        serde_json::from_str(&options).expect("the options are JSON")
    }

    fn answer(scene: &Scene, asked: &Value, credential: &Value) -> Value {
        scene.answer(asked, json!({ "CREDENTIAL": credential.to_string() }))
    }

    /// What is answered to alice's credential for a challenge of its own: nothing if it signs her in.
    async fn sign_in(scene: &Scene, authenticator: &mut Authenticator) -> Option<String> {
        let asked = ask(scene, "alice").await;
        let credential = authenticator.get(&options(&asked));
        match scene.world.call("RespondToAuthChallenge", answer(scene, &asked, &credential)).await {
            Ok(answer) => {
                assert!(is_signed_in(&answer), "{answer}");
                None
            }
            Err(failure) => Some(format!("{}: {}", failure.code, failure.message)),
        }
    }

    #[tokio::test]
    async fn signs_in_with_keys_of_both_algorithms() {
        let scene = scene(json!({ "UserVerification": "required" }), json!({})).await;
        let mut authenticators = [Authenticator::es256(PAGE), Authenticator::rs256(PAGE, 2048)];
        for authenticator in &mut authenticators {
            register(&scene, "alice", authenticator).await;
            scene.world.advance(Span::seconds(1));
        }
        let allowed = authenticators
            .each_ref()
            .map(|it| json!({ "id": it.id(), "type": "public-key", "transports": ["internal"] }));
        let options = options(&ask(&scene, "alice").await);
        let expected = json!({
            "challenge": options["challenge"],
            "timeout": 180_000,
            "rpId": "localhost",
            "allowCredentials": allowed,
            "userVerification": "required",
        });
        assert_eq!(options, expected);
        for authenticator in &mut authenticators {
            for origin in [PAGE, "http://app.localhost:3000", "https://localhost"] {
                authenticator.origin = origin.to_owned();
                assert_eq!(sign_in(&scene, authenticator).await, None);
            }
        }
    }

    #[tokio::test]
    async fn refuses_every_lie() {
        let scene = scene(json!({}), json!({})).await;
        let check = async |lie: fn(&mut Authenticator)| {
            let mut authenticator = Authenticator::es256(PAGE);
            register(&scene, "alice", &mut authenticator).await;
            lie(&mut authenticator);
            assert_eq!(sign_in(&scene, &mut authenticator).await.as_deref(), Some(REFUSED));
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
        register(&scene, "alice", &mut own).await;
        for other in
            [Authenticator::es256(PAGE), Authenticator::rs256(PAGE, 2048), Authenticator::ed25519(PAGE)]
        {
            assert_eq!(sign_in(&scene, &mut forged(other, &own)).await.as_deref(), Some(REFUSED));
        }
        assert_eq!(sign_in(&scene, &mut own).await, None, "and the truth is still believed");
    }

    #[tokio::test]
    async fn user_verification_is_asked_for_where_it_is_required() {
        for (configured, expected) in [("preferred", None), ("required", Some(REFUSED))] {
            let scene = scene(json!({ "UserVerification": configured }), json!({})).await;
            let mut authenticator = Authenticator::es256(PAGE);
            register(&scene, "alice", &mut authenticator).await;
            authenticator.flags = USER_PRESENT;
            assert_eq!(sign_in(&scene, &mut authenticator).await.as_deref(), expected, "{configured}");
        }
    }

    #[tokio::test]
    async fn the_counter_only_grows() {
        let scene = scene(json!({}), json!({})).await;
        let mut authenticator = Authenticator::es256(PAGE);
        register(&scene, "alice", &mut authenticator).await;
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
            assert_eq!(sign_in(&scene, &mut authenticator).await.as_deref(), expected, "{before}");
        }
    }

    #[tokio::test]
    async fn a_passkey_of_another_user() {
        let scene = scene(json!({}), json!({})).await;
        scene.world.user(&scene.pool, "bob", PASSWORD).await;
        let (mut of_alice, mut of_bob) = (Authenticator::es256(PAGE), Authenticator::es256(PAGE));
        register(&scene, "alice", &mut of_alice).await;
        register(&scene, "bob", &mut of_bob).await;
        assert_eq!(sign_in(&scene, &mut of_bob).await.as_deref(), Some(REFUSED));
        of_bob.user_handle.clone_from(&of_alice.user_handle);
        assert_eq!(sign_in(&scene, &mut of_bob).await.as_deref(), Some(REFUSED));
        of_bob.user_handle = None;
        assert_eq!(sign_in(&scene, &mut of_bob).await.as_deref(), Some(REFUSED));
        assert_eq!(sign_in(&scene, &mut of_alice).await, None);
    }

    #[tokio::test]
    async fn an_assertion_is_good_once() {
        let scene = scene(json!({}), json!({})).await;
        let mut authenticator = Authenticator::es256(PAGE);
        register(&scene, "alice", &mut authenticator).await;
        let asked = ask(&scene, "alice").await;
        let credential = authenticator.get(&options(&asked));
        let answers =
            scene.world.at_once("RespondToAuthChallenge", vec![answer(&scene, &asked, &credential); 4]);
        assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1);
        let later = ask(&scene, "alice").await;
        let replayed = scene.world.fails("RespondToAuthChallenge", answer(&scene, &later, &credential)).await;
        assert_eq!(replayed, REFUSED);
        for text in [json!({}), json!([]), json!(null)] {
            let asked = ask(&scene, "alice").await;
            let failure = scene.world.fails("RespondToAuthChallenge", answer(&scene, &asked, &text)).await;
            assert_eq!(failure, REFUSED);
        }
    }
    #[tokio::test]
    async fn a_passkey_that_was_chosen() {
        let scene = scene(json!({}), json!({})).await;
        let mut authenticator = Authenticator::es256(PAGE);
        register(&scene, "alice", &mut authenticator).await;
        let select = scene.initiate("USER_AUTH", json!({ "USERNAME": "alice" })).await;
        assert_eq!(select["AvailableChallenges"], json!(["PASSWORD_SRP", "PASSWORD", "WEB_AUTHN"]));
        let asked = scene.respond(&select, json!({ "ANSWER": "WEB_AUTHN" })).await;
        let right = authenticator.get(&options(&asked));
        authenticator.challenge = Some("AAAA".to_owned());
        let wrong = authenticator.get(&options(&asked));
        let respond = |credential: &Value| answer(&scene, &asked, credential);
        assert_eq!(scene.world.fails("RespondToAuthChallenge", respond(&wrong)).await, REFUSED);
        assert_eq!(scene.world.fails("RespondToAuthChallenge", respond(&right)).await, USED_SESSION);
    }

    #[tokio::test]
    async fn nobody_learns_who_is_there() {
        let scene = scene(json!({}), json!({ "PreventUserExistenceErrors": "ENABLED" })).await;
        let mut authenticator = Authenticator::es256(PAGE);
        authenticator.transports = json!(["internal", "hybrid"]);
        register(&scene, "alice", &mut authenticator).await;
        scene.world.user(&scene.pool, "bob", PASSWORD).await;
        // A body without what is random in it.
        let shape = |asked: &Value, name: &str| -> Value {
            let mut asked = merged(asked.clone(), json!({ "Session": "" }));
            if asked["ChallengeName"] == "WEB_AUTHN" {
                let mut options = merged(options(&asked), json!({ "challenge": "" }));
                let id = text(&options["allowCredentials"][0]["id"]);
                assert_eq!(id.len(), 43);
                options["allowCredentials"][0]["id"] = json!("");
                asked["ChallengeParameters"]["CREDENTIAL_REQUEST_OPTIONS"] = options;
            }
            serde_json::from_str(&asked.to_string().replace(name, "somebody")).expect("JSON")
        };
        let with = shape(&ask(&scene, "alice").await, "alice");
        let without = shape(&ask(&scene, "bob").await, "bob");
        assert_eq!(
            (with["ChallengeName"].as_str(), without["ChallengeName"].as_str()),
            (Some("WEB_AUTHN"), Some("SELECT_CHALLENGE"))
        );
        let mut seen = [0; 2];
        for number in 0..20 {
            let ghost = format!("ghost-{number}");
            let asked = ask(&scene, &ghost).await;
            let has_passkey = asked["ChallengeName"] == "WEB_AUTHN";
            assert_eq!(shape(&asked, &ghost), if has_passkey { with.clone() } else { without.clone() });
            seen[usize::from(has_passkey)] += 1;
            if has_passkey {
                let again = options(&ask(&scene, &ghost).await);
                assert_eq!(again["allowCredentials"], options(&asked)["allowCredentials"]);
                let credential = authenticator.get(&options(&asked));
                let mut answer = answer(&scene, &asked, &credential);
                answer["ChallengeResponses"]["USERNAME"] = json!(ghost);
                assert_eq!(scene.world.fails("RespondToAuthChallenge", answer).await, REFUSED);
            }
        }
        assert!(seen.iter().all(|count| *count > 3), "{seen:?}");
    }
}
