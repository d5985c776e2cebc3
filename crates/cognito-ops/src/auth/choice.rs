//! USER_AUTH: the user chooses the first factor, or the client does with PREFERRED_CHALLENGE.

use std::sync::Arc;

use cognito_core::auth::{self, Event, First, Flow, Journey, Outcome, State, Subject};
use cognito_core::pool::Pool;
use cognito_core::session::Session;
use cognito_core::user::User;
use cognito_store::Txn;

use super::answer::{self, Answer};
use super::level;
use super::respond::Respond;
use super::sessions;
use super::start::{Start, find_or_migrate, find_user};
use super::turn::{self, Provisions, Room, Turn};
use super::{password, srp};
use crate::prelude::*;
use crate::service::passkeys;
use crate::triggers::pre_authentication;

/// Begins with the preferred first factor, or with the choice.
pub(super) async fn begin(ctx: &Ctx<'_>, room: &Room<'_>, start: &Start<'_>) -> Reply<Answer> {
    let name = start.name(room.client)?;
    if let Some(session) = start.session {
        return after_sign_up(ctx, room, start, name, session).await;
    }
    let preferred = start.parameters.get("PREFERRED_CHALLENGE").map(preferred).transpose()?;
    let password = start.parameters.get("PASSWORD").filter(|_| preferred == Some(First::Password));
    let user = match password {
        Some(password) => find_or_migrate(ctx, room, name, password, start.metadata).await?,
        None => find_user(ctx, room, name).await?,
    };
    let mut journey = Journey::new(Flow::Choice);
    start.name_device(ctx, room, user.as_deref(), &mut journey).await?;
    let mut turn = Turn::begin(ctx, room.pool, name, user, journey);
    pre_authentication::call(ctx, turn.about(room), start.metadata).await?;

    let offer = offer(ctx, room, &turn).await?;
    if let Some(target) = level::target(ctx, room, start, &turn, &offer).await? {
        turn.journey.target = Some(target.level);
        turn.journey.methods = target.credit;
        if !turn.journey.methods.is_empty() {
            return step_up(ctx, room, turn).await;
        }
    }
    let subject = Subject { pool: room.pool, client: room.client };
    let state = auth::begin_choice(subject, &turn.user, &mut turn.journey, offer, preferred);
    let state = state.map_err(|refused| turn::refusal(room.client, refused))?;
    match (&state, password, start.parameters.get("SRP_A")) {
        (State::First(First::Password), Some(password), _) => {
            let user = turn.exists.then(|| Arc::new(turn.user.clone()));
            let compared = password::compare(ctx, room, user, name, password).await?;
            let load = async |txn: &mut Txn, pool: &_| reload(ctx, txn, pool, name, &turn).await;
            let provisions = Provisions::default();
            turn::take(ctx, room, &provisions, load, async |txn, turn| compared.count(txn, turn).await).await
        }
        (State::First(First::PasswordSrp), _, Some(a)) => {
            let offer = srp::offer_password(ctx, room, &turn, srp::public_value(a)?).await?;
            answer::verifier(ctx, room, &turn, &offer)
        }
        _ => ask(ctx, room, turn, state).await,
    }
}

/// What may be chosen from. For one who does not exist, what most users have.
async fn offer(ctx: &Ctx<'_>, room: &Room<'_>, turn: &Turn) -> Reply<Vec<First>> {
    let user = turn.exists.then_some(&turn.user);
    let passkeys = passkeys::can_sign_in(ctx, &mut ctx.read(), room.pool, user, &turn.user.username).await?;
    Ok(match user {
        Some(user) => auth::offered(room.pool, user, passkeys),
        None => auth::plausible(room.pool, passkeys),
    })
}

fn preferred(name: &str) -> Reply<First> {
    First::named(name).ok_or_else(|| errors::preferred_challenge_unknown(name))
}

async fn reload(ctx: &Ctx<'_>, txn: &mut Txn, pool: &Pool, name: &str, turn: &Turn) -> Reply<Turn> {
    let user = txn.user_if_any(pool, name).await?;
    Ok(Turn::begin(ctx, pool, name, user, turn.journey.clone()))
}

/// Asks a first factor, or which one.
async fn ask(ctx: &Ctx<'_>, room: &Room<'_>, turn: Turn, state: State) -> Reply<Answer> {
    let provisions = provisions(ctx, room, &turn, &state).await?;
    let concluded = ctx
        .write(async |txn| {
            let outcome = Outcome::Challenge(state.clone());
            answer::conclude(ctx, txn, room, &provisions, turn.clone(), outcome).await
        })
        .await?;
    answer::finish(ctx, room, concluded).await
}

async fn provisions(ctx: &Ctx<'_>, room: &Room<'_>, turn: &Turn, state: &State) -> Reply<Provisions> {
    let passkey = match state {
        State::First(First::WebAuthn) => {
            let user = turn.exists.then_some(&turn.user);
            let mut txn = ctx.read();
            Some(passkeys::request(ctx, &mut txn, room.pool, user, &turn.user.username).await?)
        }
        _ => None,
    };
    Ok(Provisions { passkey, ..Provisions::default() })
}

/// Takes the answer to SELECT_CHALLENGE: a factor, and what it needs if that came along.
pub(super) async fn select(ctx: &Ctx<'_>, room: &Room<'_>, answer: &Respond<'_>) -> Reply<Answer> {
    let name = answer.responses.require("ANSWER")?;
    let first = First::named(name).ok_or_else(|| errors::challenge_not_offered(name))?;
    let turn = Turn::load(ctx, &mut ctx.read(), room.pool, answer).await?;
    match first {
        First::Password if answer.responses.get("PASSWORD").is_some() => {
            return password::answer(ctx, room, answer).await;
        }
        First::PasswordSrp if answer.responses.get("SRP_A").is_some() => {
            if !turn.journey.offer.contains(&first) {
                return Err(errors::challenge_not_offered(name));
            }
            return srp::answer_srp_a(ctx, room, answer).await;
        }
        _ => {}
    }
    let provisions = provisions(ctx, room, &turn, &State::First(first)).await?;
    let load = async |txn: &mut Txn, pool: &_| Turn::load(ctx, txn, pool, answer).await;
    turn::take(ctx, room, &provisions, load, async |_, _| Ok(Ok(Event::Chosen(first)))).await
}

/// Signs a user in who has just confirmed a sign-up: the code of that was the first factor. Good once, and only for the
/// session of ConfirmSignUp.
async fn after_sign_up(
    ctx: &Ctx<'_>,
    room: &Room<'_>,
    start: &Start<'_>,
    name: &str,
    session: &str,
) -> Reply<Answer> {
    let key = Session::key_of(&room.pool.id, &sessions::hash(session));
    let load = async |txn: &mut Txn, pool: &Pool| {
        let session = txn.get::<Session>(&key).await?.ok_or_else(errors::invalid_session)?;
        session.check(start.client_id, start.door.is_admin(), txn.now())?;
        let user = txn.user_if_any(pool, name).await?;
        let user = user.filter(|user| session.owner.is(user) && session.state == State::Confirmed);
        let user = user.ok_or_else(errors::invalid_session)?;
        let turn = Turn::begin(ctx, pool, name, Some(user), session.journey.clone());
        Ok(Turn { state: State::Confirmed, session: Some((*session).clone()), ..turn })
    };
    let turn = load(&mut ctx.read(), room.pool).await?;
    pre_authentication::call(ctx, turn.about(room), start.metadata).await?;
    turn::take(ctx, room, &Provisions::default(), load, async |_, _| Ok(Ok(Event::Resumed))).await
}

/// Asks the second factor that is missing.
async fn step_up(ctx: &Ctx<'_>, room: &Room<'_>, turn: Turn) -> Reply<Answer> {
    let load = async |txn: &mut Txn, pool: &Pool| {
        let user = txn.get::<User>(&turn.user.key()).await?.filter(|user| user.sub == turn.user.sub);
        let next = Turn::begin(ctx, pool, &turn.user.username, user, turn.journey.clone());
        Ok(Turn { state: State::Confirmed, ..next })
    };
    turn::take(ctx, room, &Provisions::default(), load, async |_, _| Ok(Ok(Event::Resumed))).await
}

#[cfg(test)]
mod tests {
    use cognito_core::Span;
    use serde_json::{Value, json};
    use testkit::world::text;

    use crate::auth::testing::{INVALID_SESSION, PASSWORD, Scene, USED_SESSION, WRONG, is_signed_in};

    fn pool() -> Value {
        let factors = ["PASSWORD", "EMAIL_OTP", "SMS_OTP"];
        json!({
            "Policies": { "SignInPolicy": { "AllowedFirstAuthFactors": factors } },
            "AutoVerifiedAttributes": ["email"],
        })
    }

    async fn scene() -> Scene {
        let scene = Scene::new(pool(), json!({})).await;
        scene.attributes(json!({ "email": "alice@example.com", "email_verified": "true" })).await;
        scene
    }

    async fn asked(scene: &Scene, more: Value) -> Value {
        let parameters = testkit::world::merged(json!({ "USERNAME": "alice" }), more);
        scene.initiate("USER_AUTH", parameters).await
    }

    #[tokio::test]
    async fn the_user_chooses() {
        let scene = scene().await;
        let offer = json!(["PASSWORD_SRP", "PASSWORD", "EMAIL_OTP"]);
        let first = asked(&scene, json!({})).await;
        assert_eq!(first["ChallengeName"], "SELECT_CHALLENGE");
        assert_eq!(first["AvailableChallenges"], offer);
        let unavailable = asked(&scene, json!({ "PREFERRED_CHALLENGE": "SMS_OTP" })).await;
        assert_eq!(unavailable["ChallengeName"], "SELECT_CHALLENGE");

        let next = scene.respond(&first, json!({ "ANSWER": "EMAIL_OTP" })).await;
        assert_eq!((&next["ChallengeName"], &next["AvailableChallenges"]), (&json!("EMAIL_OTP"), &offer));
        let expected = json!({
            "CODE_DELIVERY_DELIVERY_MEDIUM": "EMAIL", "CODE_DELIVERY_DESTINATION": "a***@e***",
        });
        assert_eq!(next["ChallengeParameters"], expected);
        let code = scene.code().await;
        assert_eq!(code.len(), 8);
        assert!(is_signed_in(&scene.respond(&next, json!({ "EMAIL_OTP_CODE": code })).await));
    }

    #[tokio::test]
    async fn the_password_may_come_along() {
        let scene = scene().await;
        let password = json!({ "PREFERRED_CHALLENGE": "PASSWORD", "PASSWORD": PASSWORD });
        assert!(is_signed_in(&asked(&scene, password).await));
        let without = asked(&scene, json!({ "PREFERRED_CHALLENGE": "PASSWORD" })).await;
        assert_eq!(without["ChallengeName"], "PASSWORD");
        assert!(is_signed_in(&scene.respond(&without, json!({ "PASSWORD": PASSWORD })).await));
        let select = asked(&scene, json!({})).await;
        assert_eq!(
            scene.refuses(&select, json!({ "ANSWER": "PASSWORD", "PASSWORD": "Wrong1!x" })).await,
            WRONG
        );
        let right = json!({ "ANSWER": "PASSWORD", "PASSWORD": PASSWORD });
        assert!(is_signed_in(&scene.respond(&select, right).await));
        assert_eq!(scene.refuses(&select, json!({ "ANSWER": "WEB_AUTHN" })).await, USED_SESSION,);
        let unknown =
            scene.start("USER_AUTH", json!({ "USERNAME": "alice", "PREFERRED_CHALLENGE": "COFFEE" }));
        assert_eq!(
            scene.world.fails("InitiateAuth", unknown).await,
            "InvalidParameterException: COFFEE is no challenge that can be preferred."
        );
    }

    #[tokio::test]
    async fn the_proof_may_be_by_srp() {
        let scene = scene().await;
        let client = testkit::srp::Client::new(&[0x77; 32]);
        let check = async |asked: Value| {
            assert_eq!(asked["ChallengeName"], "PASSWORD_VERIFIER");
            let (_, pool_name) = scene.pool.split_once('_').unwrap();
            let now = testkit::srp::timestamp(scene.world.now());
            let signature = client.answer(pool_name, "alice", PASSWORD, &asked["ChallengeParameters"], &now);
            let proof = json!({
                "TIMESTAMP": now,
                "PASSWORD_CLAIM_SECRET_BLOCK": asked["ChallengeParameters"]["SECRET_BLOCK"],
                "PASSWORD_CLAIM_SIGNATURE": signature,
            });
            assert!(is_signed_in(&scene.respond(&asked, proof).await));
        };
        check(asked(&scene, json!({ "PREFERRED_CHALLENGE": "PASSWORD_SRP", "SRP_A": client.srp_a() })).await)
            .await;
        let select = asked(&scene, json!({})).await;
        let answer = json!({ "ANSWER": "PASSWORD_SRP", "SRP_A": client.srp_a() });
        check(scene.respond(&select, answer).await).await;
        let bare = asked(&scene, json!({ "PREFERRED_CHALLENGE": "PASSWORD_SRP" })).await;
        assert_eq!(bare["ChallengeName"], "PASSWORD_SRP");
        check(scene.respond(&bare, json!({ "SRP_A": client.srp_a() })).await).await;
    }

    /// [CAP-prms]
    #[tokio::test]
    async fn one_who_does_not_exist_is_asked_for_a_code() {
        let hiding = json!({ "PreventUserExistenceErrors": "ENABLED" });
        let scene = Scene::new(pool(), hiding).await;
        let parameters = json!({ "USERNAME": "nobody", "PREFERRED_CHALLENGE": "EMAIL_OTP" });
        let first = scene.initiate("USER_AUTH", parameters.clone()).await;
        let second = scene.initiate("USER_AUTH", parameters).await;
        assert_eq!(first["ChallengeName"], "EMAIL_OTP");
        assert_eq!(first["ChallengeParameters"], second["ChallengeParameters"]);
        for _ in 0..6 {
            let input = scene.answer(&first, json!({ "USERNAME": "nobody", "EMAIL_OTP_CODE": "12345678" }));
            assert_eq!(
                scene.world.fails("RespondToAuthChallenge", input).await,
                "CodeMismatchException: Invalid code or auth state for the user."
            );
        }
        let as_alice = scene.answer(&first, json!({ "EMAIL_OTP_CODE": "12345678" }));
        assert_eq!(scene.world.fails("RespondToAuthChallenge", as_alice).await, INVALID_SESSION);
        assert!(scene.world.messages(&scene.pool, "nobody").await.is_empty());
        let password =
            json!({ "USERNAME": "nobody", "PREFERRED_CHALLENGE": "PASSWORD", "PASSWORD": PASSWORD });
        assert_eq!(scene.world.fails("InitiateAuth", scene.start("USER_AUTH", password)).await, WRONG);
    }

    async fn signed_up(scene: &Scene, more: Value) -> Value {
        let input = json!({
            "ClientId": scene.client, "Username": "bob",
            "UserAttributes": [{ "Name": "email", "Value": "bob@example.com" }],
        });
        scene.world.ok("SignUp", testkit::world::merged(input, more)).await
    }

    fn confirm(scene: &Scene, code: &str, session: &Value) -> Value {
        json!({ "ClientId": scene.client, "Username": "bob", "ConfirmationCode": code, "Session": session })
    }

    #[tokio::test]
    async fn a_sign_up_goes_on_to_a_sign_in_once() {
        let scene = scene().await;
        let registered = signed_up(&scene, json!({ "Password": PASSWORD })).await;
        let start = |session: &Value| {
            let mut input = scene.start("USER_AUTH", json!({ "USERNAME": "bob" }));
            input["Session"] = session.clone();
            input
        };
        assert_eq!(
            scene.world.fails("InitiateAuth", start(&registered["Session"])).await,
            INVALID_SESSION,
            "the sign-up is not confirmed"
        );
        let code = scene.world.code(&scene.pool, "bob").await;
        let confirmed = scene.world.ok("ConfirmSignUp", confirm(&scene, &code, &registered["Session"])).await;
        let mut as_alice = start(&confirmed["Session"]);
        as_alice["AuthParameters"]["USERNAME"] = json!("alice");
        assert_eq!(scene.world.fails("InitiateAuth", as_alice).await, INVALID_SESSION);
        let answer = scene.world.ok("InitiateAuth", start(&confirmed["Session"])).await;
        assert!(is_signed_in(&answer), "{answer}");
        assert_eq!(scene.world.fails("InitiateAuth", start(&confirmed["Session"])).await, USED_SESSION);
    }

    #[tokio::test]
    async fn the_session_of_a_sign_up_is_of_its_user_and_time() {
        let scene = scene().await;
        let registered = signed_up(&scene, json!({ "Password": PASSWORD })).await;
        let code = scene.world.code(&scene.pool, "bob").await;
        let flipped = format!("{}A", &text(&registered["Session"])[1..]);
        assert_eq!(
            scene.world.fails("ConfirmSignUp", confirm(&scene, &code, &json!(flipped))).await,
            INVALID_SESSION
        );
        scene.world.advance(Span::minutes(3));
        assert_eq!(
            scene.world.fails("ConfirmSignUp", confirm(&scene, &code, &registered["Session"])).await,
            "NotAuthorizedException: Invalid session for the user, session is expired."
        );
    }

    /// [AMP]
    #[tokio::test]
    async fn a_sign_up_goes_on_without_its_session() {
        let scene = scene().await;
        signed_up(&scene, json!({ "Password": PASSWORD })).await;
        let code = scene.world.code(&scene.pool, "bob").await;
        let without = json!({ "ClientId": scene.client, "Username": "bob", "ConfirmationCode": code });
        let confirmed = scene.world.ok("ConfirmSignUp", without).await;
        let mut start = scene.start("USER_AUTH", json!({ "USERNAME": "bob" }));
        start["Session"] = confirmed["Session"].clone();
        assert!(is_signed_in(&scene.world.ok("InitiateAuth", start.clone()).await));
        assert_eq!(scene.world.fails("InitiateAuth", start).await, USED_SESSION);
    }

    #[tokio::test]
    async fn a_user_without_a_password_is_confirmed_by_the_first_code() {
        let scene = scene().await;
        signed_up(&scene, json!({})).await;
        let parameters = json!({ "USERNAME": "bob", "PREFERRED_CHALLENGE": "EMAIL_OTP" });
        let first = scene.initiate("USER_AUTH", parameters).await;
        assert_eq!(
            (&first["ChallengeName"], &first["AvailableChallenges"]),
            (&json!("EMAIL_OTP"), &json!(["EMAIL_OTP"]))
        );
        let code = scene.world.code(&scene.pool, "bob").await;
        let answer = scene.respond(&first, json!({ "USERNAME": "bob", "EMAIL_OTP_CODE": code })).await;
        assert!(is_signed_in(&answer));
        let user =
            scene.world.ok("AdminGetUser", json!({ "UserPoolId": scene.pool, "Username": "bob" })).await;
        assert_eq!(user["UserStatus"], "CONFIRMED");
    }
}
