//! USER_SRP_AUTH and PASSWORD_VERIFIER: the proof of a password by SRP-6a.
//!
//! What the server must know between the two calls travels in the SECRET_BLOCK, sealed: PASSWORD_VERIFIER works without
//! `Session`, on every replica, and nothing is stored before the proof.

use cognito_core::auth::{Flow, Journey, Proof};
use cognito_core::pool::Pool;
use cognito_core::session::Owner;
use cognito_core::user::User;
use cognito_core::{ids, srp};
use cognito_store::Txn;

use super::answer::{self, Answer};
use super::password::{self, Compared};
use super::respond::Respond;
use super::secret_block::{self, Claim, Offer};
use super::start::{Start, find_user};
use super::turn::{self, Provisions, Room, Turn};
use crate::prelude::*;
use crate::service::decoys;
use crate::triggers::pre_authentication;

/// Reads SRP_A.
pub(super) fn public_value(hex: &str) -> Reply<Vec<u8>> {
    srp::client_public_value(hex).map_err(|_| errors::incorrect_username_or_password())
}

/// An exchange over the password of a user; over a decoy of one who is not there, or has none.
pub(super) async fn offer_password(ctx: &Ctx<'_>, room: &Room<'_>, turn: &Turn, a: Vec<u8>) -> Reply<Offer> {
    let secret = Secret::of(ctx, room.pool, turn.exists.then_some(&turn.user), &turn.user.sub);
    Offer::new(ctx, a, &secret.salt, &secret.verifier).await
}

/// Salt and verifier of a user.
struct Secret {
    salt: Vec<u8>,
    verifier: Vec<u8>,
}

impl Secret {
    /// What is stored of the password; for one who has none the same decoy each time.
    fn of(ctx: &Ctx<'_>, pool: &Pool, user: Option<&User>, sub: &str) -> Self {
        match user.and_then(|user| user.password.as_ref()) {
            Some(password) => Self { salt: password.salt().to_vec(), verifier: password.verifier().to_vec() },
            None => Self { salt: decoys::salt(ctx, pool, sub), verifier: decoys::verifier(ctx, pool, sub) },
        }
    }
}

/// Answers with PASSWORD_VERIFIER.
pub(super) async fn begin(ctx: &Ctx<'_>, room: &Room<'_>, start: &Start<'_>) -> Reply<Answer> {
    let name = start.name(room.client)?;
    let a = start.parameters.require("SRP_A")?;
    let a = public_value(a)?;
    let user = find_user(ctx, room, name).await?;
    let mut journey = Journey::new(Flow::Password);
    start.name_device(ctx, room, user.as_deref(), &mut journey).await?;
    let turn = Turn::begin(ctx, room.pool, name, user, journey);
    pre_authentication::call(ctx, turn.about(room), start.metadata).await?;
    let offer = offer_password(ctx, room, &turn, a).await?;
    answer::verifier(ctx, room, &turn, &offer)
}

/// Takes SRP_A as the answer to PASSWORD_SRP, or to SELECT_CHALLENGE, and answers with PASSWORD_VERIFIER.
pub(super) async fn answer_srp_a(ctx: &Ctx<'_>, room: &Room<'_>, answer: &Respond<'_>) -> Reply<Answer> {
    let a = public_value(answer.responses.require("SRP_A")?)?;
    let turn = ctx
        .write(async |txn| {
            let mut turn = Turn::load(ctx, txn, room.pool, answer).await?;
            turn.use_up(txn);
            Ok(turn)
        })
        .await?;
    let offer = offer_password(ctx, room, &turn, a).await?;
    answer::verifier(ctx, room, &turn, &offer)
}

/// Takes the answer to PASSWORD_VERIFIER: the proof of the password.
pub(super) async fn verify(ctx: &Ctx<'_>, room: &Room<'_>, answer: &Respond<'_>) -> Reply<Answer> {
    let name = answer.responses.require("USERNAME")?;
    let claim = Claim::read(answer)?;
    let block = secret_block::open(ctx, secret_block::PASSWORD, room, answer, &claim)?;
    let Owner { key, sub, .. } = block.owner();
    let found = turn::named(ctx, &mut ctx.read(), room.pool, name, block.owner()).await;
    let user = found.map_err(|_| errors::incorrect_username_or_password())?;
    // Of one who does not exist the name that was typed at the beginning is locked, as of one who does.
    let name = key.strip_prefix(&format!("{}/", room.pool.id)).unwrap_or(name);
    password::check_lock(ctx, room, user.as_deref(), name).await?;
    let secret = Secret::of(ctx, room.pool, user.as_deref(), sub);
    let user_id = user.as_ref().map_or(sub, |user| &user.username);
    let exchange = block.exchange(ids::pool_name(&room.pool.id), user_id, &secret.verifier);
    let proof = claim.prove(ctx, &exchange).await?;
    let compared = Compared::new(ctx, room.pool, user, name, proof);

    let load = async |txn: &mut Txn, pool: &Pool| Turn::resume(ctx, txn, pool, answer, block.resumed()).await;
    let decide = async |txn: &mut Txn, turn: &mut Turn| {
        secret_block::spend(txn, &block).await?;
        compared.count(txn, turn).await
    };
    let judged = match proof {
        Proof::Right => turn::rehearse(ctx, room, load, &decide).await?,
        Proof::Wrong => None,
    };
    let provisions = Provisions { judged, ..Provisions::default() };
    turn::take(ctx, room, &provisions, load, decide).await
}

#[cfg(test)]
mod tests {
    use cognito_core::Span;
    use serde_json::{Value, json};
    use testkit::srp::{Client, timestamp};
    use testkit::world::{merged, text};

    use crate::auth::testing::{PASSWORD, Scene, USED_SESSION, WRONG, is_signed_in};

    fn client() -> Client {
        Client::new(&[0x5a; 32])
    }

    async fn asked(scene: &Scene, username: &str) -> Value {
        let parameters = json!({ "USERNAME": username, "SRP_A": client().srp_a() });
        scene.initiate("USER_SRP_AUTH", parameters).await
    }

    /// The answer to PASSWORD_VERIFIER of one who knows a password.
    fn proof(scene: &Scene, asked: &Value, password: &str) -> Value {
        let (_, pool_name) = scene.pool.split_once('_').unwrap();
        let parameters = &asked["ChallengeParameters"];
        let user_id = text(&parameters["USER_ID_FOR_SRP"]);
        let now = timestamp(scene.world.now());
        json!({
            "USERNAME": user_id,
            "TIMESTAMP": now,
            "PASSWORD_CLAIM_SECRET_BLOCK": parameters["SECRET_BLOCK"],
            "PASSWORD_CLAIM_SIGNATURE": client().answer(pool_name, &user_id, password, parameters, &now),
        })
    }

    fn without_session(scene: &Scene, asked: &Value, responses: Value) -> Value {
        let mut input = scene.answer(asked, responses);
        input.as_object_mut().unwrap().remove("Session");
        input
    }

    #[tokio::test]
    async fn the_proof_of_the_password_signs_in_once() {
        let scene = Scene::new(json!({}), json!({})).await;
        let asked = asked(&scene, "alice").await;
        assert_eq!(asked["ChallengeName"], "PASSWORD_VERIFIER");
        let parameters = &asked["ChallengeParameters"];
        assert_eq!(
            (&parameters["USERNAME"], &parameters["USER_ID_FOR_SRP"]),
            (&json!("alice"), &json!("alice"))
        );
        let proof = proof(&scene, &asked, PASSWORD);
        assert!(is_signed_in(&scene.respond(&asked, proof.clone()).await));
        assert_eq!(scene.refuses(&asked, proof.clone()).await, WRONG, "a block is good once");
        let again = without_session(&scene, &asked, proof);
        assert_eq!(scene.world.fails("RespondToAuthChallenge", again).await, WRONG);
    }

    /// [CAP-moto]
    #[tokio::test]
    async fn the_session_may_be_left_out_but_not_be_another() {
        let scene = Scene::new(json!({}), json!({})).await;
        let (first, second) = (asked(&scene, "alice").await, asked(&scene, "alice").await);
        let mut mixed = first.clone();
        mixed["Session"] = second["Session"].clone();
        let proof = proof(&scene, &first, PASSWORD);
        assert_eq!(
            scene.refuses(&mixed, proof.clone()).await,
            "NotAuthorizedException: Invalid session for the user."
        );
        let input = without_session(&scene, &first, proof);
        assert!(is_signed_in(&scene.world.ok("RespondToAuthChallenge", input).await));
    }

    #[tokio::test]
    async fn forged_proofs() {
        let scene = Scene::new(json!({}), json!({})).await;
        scene.world.user(&scene.pool, "bob", PASSWORD).await;
        let old = || timestamp(scene.world.now() - Span::minutes(6));
        let flipped = |block: &Value| {
            let block = text(block);
            format!("{}{}", if block.starts_with('A') { "B" } else { "A" }, &block[1..])
        };
        // What is changed of alice's right answer, which bob's may stand in for.
        type Forge<'a> = &'a dyn Fn(&Value, &Value) -> Value;
        let forgeries: [(&str, Forge<'_>); 9] = [
            ("PASSWORD_CLAIM_SIGNATURE", &|_, bob| bob["PASSWORD_CLAIM_SIGNATURE"].clone()),
            ("PASSWORD_CLAIM_SECRET_BLOCK", &|_, bob| bob["PASSWORD_CLAIM_SECRET_BLOCK"].clone()),
            ("USERNAME", &|_, _| json!("bob")),
            ("PASSWORD_CLAIM_SECRET_BLOCK", &|own, _| json!(flipped(&own["PASSWORD_CLAIM_SECRET_BLOCK"]))),
            ("PASSWORD_CLAIM_SECRET_BLOCK", &|_, _| json!("")),
            ("PASSWORD_CLAIM_SIGNATURE", &|_, _| json!("")),
            ("PASSWORD_CLAIM_SIGNATURE", &|_, _| json!("?")),
            ("TIMESTAMP", &|_, _| json!(old())),
            ("TIMESTAMP", &|_, _| json!("soon")),
        ];
        for (name, forge) in forgeries {
            let of_bob = proof(&scene, &asked(&scene, "bob").await, PASSWORD);
            let asked = asked(&scene, "alice").await;
            let mut forged = proof(&scene, &asked, PASSWORD);
            forged[name] = forge(&forged, &of_bob);
            let input = without_session(&scene, &asked, forged.clone());
            assert_eq!(
                scene.world.fails("RespondToAuthChallenge", input).await,
                WRONG,
                "{name} {}",
                forged[name]
            );
            // The lock is another test's.
            scene.world.advance(Span::minutes(16));
        }
        let asked = asked(&scene, "alice").await;
        let wrong = proof(&scene, &asked, "Abcdef1?");
        assert_eq!(scene.refuses(&asked, wrong).await, WRONG);
    }

    #[tokio::test]
    async fn public_values_that_give_the_key_away() {
        let scene = Scene::new(json!({}), json!({})).await;
        let n = cognito_core::srp::group().n.to_hex_str().unwrap().to_string();
        for a in ["0", "00", &n, &n.to_lowercase(), &format!("00{n}"), "zz", &"f".repeat(10_000)] {
            let input = scene.start("USER_SRP_AUTH", json!({ "USERNAME": "alice", "SRP_A": a }));
            assert_eq!(scene.world.fails("InitiateAuth", input).await, WRONG, "{a}");
        }
    }

    #[tokio::test]
    async fn a_block_is_of_its_client_and_of_its_time() {
        let scene = Scene::new(json!({}), json!({})).await;
        let other = scene.world.client(&scene.pool, json!({})).await;
        let asked = asked(&scene, "alice").await;
        let mut input = without_session(&scene, &asked, proof(&scene, &asked, PASSWORD));
        input["ClientId"] = json!(other);
        assert_eq!(scene.world.fails("RespondToAuthChallenge", input).await, WRONG);
        scene.world.advance(Span::minutes(3));
        assert_eq!(
            scene.refuses(&asked, proof(&scene, &asked, PASSWORD)).await,
            "NotAuthorizedException: Invalid session for the user, session is expired."
        );
    }

    #[tokio::test]
    async fn wrong_proofs_lock_as_wrong_passwords_do() {
        let scene = Scene::new(json!({}), json!({})).await;
        for _ in 0..5 {
            let asked = asked(&scene, "alice").await;
            assert_eq!(scene.refuses(&asked, proof(&scene, &asked, "wrong")).await, WRONG);
        }
        let asked = asked(&scene, "alice").await;
        let right = proof(&scene, &asked, PASSWORD);
        assert_eq!(scene.refuses(&asked, right).await, "NotAuthorizedException: Password attempts exceeded");
    }

    #[tokio::test]
    async fn a_user_who_does_not_exist() {
        let scene = Scene::new(json!({}), json!({})).await;
        let parameters = json!({ "USERNAME": "nobody", "SRP_A": client().srp_a() });
        let input = scene.start("USER_SRP_AUTH", parameters);
        let missing = "UserNotFoundException: User does not exist.";
        assert_eq!(scene.world.fails("InitiateAuth", input).await, missing);

        let hiding = Scene::new(json!({}), json!({ "PreventUserExistenceErrors": "ENABLED" })).await;
        let (first, second) = (asked(&hiding, "nobody").await, asked(&hiding, "nobody").await);
        let alice = asked(&hiding, "alice").await;
        for name in ["SALT", "USER_ID_FOR_SRP"] {
            assert_eq!(first["ChallengeParameters"][name], second["ChallengeParameters"][name], "{name}");
        }
        let keys = |asked: &Value| {
            asked["ChallengeParameters"].as_object().unwrap().keys().cloned().collect::<Vec<_>>()
        };
        assert_eq!(keys(&first), keys(&alice));
        let length = |asked: &Value| text(&asked["ChallengeParameters"]["SALT"]).len();
        assert_eq!(length(&first), length(&alice));
        assert_eq!(hiding.refuses(&first, proof(&hiding, &first, PASSWORD)).await, WRONG);
    }

    #[tokio::test]
    async fn users_who_sign_in_by_email_prove_it_with_their_sub() {
        let scene = Scene::new(json!({ "AliasAttributes": ["email"] }), json!({})).await;
        scene.attributes(json!({ "email": "alice@example.com", "email_verified": "true" })).await;
        let asked = asked(&scene, "alice@example.com").await;
        assert_eq!(asked["ChallengeParameters"]["USER_ID_FOR_SRP"], "alice");
        let mut answer = proof(&scene, &asked, PASSWORD);
        answer["USERNAME"] = json!("alice@example.com");
        assert!(is_signed_in(&scene.respond(&asked, answer).await));
    }

    #[tokio::test]
    async fn a_second_factor_comes_after_the_proof() {
        let scene = Scene::with_mfa("ON").await;
        scene.attributes(json!({ "email": "alice@example.com" })).await;
        let asked = asked(&scene, "alice").await;
        let next = scene.respond(&asked, proof(&scene, &asked, PASSWORD)).await;
        assert_eq!(next["ChallengeName"], "EMAIL_OTP");
        assert!(next.get("AuthenticationResult").is_none());
        let code = scene.code().await;
        assert!(is_signed_in(&scene.respond(&next, json!({ "EMAIL_OTP_CODE": code })).await));
        assert_eq!(scene.refuses(&next, json!({ "EMAIL_OTP_CODE": code })).await, USED_SESSION);
    }

    #[tokio::test]
    async fn an_administrator_may_use_it_too() {
        let scene = Scene::new(json!({}), json!({})).await;
        let start = merged(
            scene.start("USER_SRP_AUTH", json!({ "USERNAME": "alice", "SRP_A": client().srp_a() })),
            json!({ "UserPoolId": scene.pool }),
        );
        let asked = scene.world.ok("AdminInitiateAuth", start).await;
        let answer = scene.answer(&asked, proof(&scene, &asked, PASSWORD));
        assert_eq!(scene.world.fails("RespondToAuthChallenge", answer.clone()).await, WRONG);
        let answer = merged(answer, json!({ "UserPoolId": scene.pool }));
        assert!(is_signed_in(&scene.world.ok("AdminRespondToAuthChallenge", answer).await));
    }
}
