//! SMS_MFA, EMAIL_OTP, SMS_OTP: a code that was sent. SOFTWARE_TOKEN_MFA: one of an authenticator app.

use cognito_core::attempts::Attempts;
use cognito_core::auth::{Event, State};
use cognito_core::code::CodeError;
use cognito_core::mfa::Factor;
use cognito_core::session::Material;
use cognito_core::totp::TotpError;
use cognito_store::Txn;

use super::answer::{self, Answer};
use super::respond::Respond;
use super::turn::{self, Provisions, Room, Turn};
use crate::prelude::*;

/// Takes a code that was sent by e-mail or SMS. A wrong one leaves the session as it was, but for the count.
pub(super) async fn answer(ctx: &Ctx<'_>, room: &Room<'_>, answer: &Respond<'_>) -> Reply<Answer> {
    let code = answer.responses.require(&format!("{}_CODE", answer.challenge.as_str()))?;
    take(ctx, room, answer, async |txn, turn| redeem_sent(ctx, room, txn, turn, code).await).await
}

/// Takes a code of the authenticator app.
pub(super) async fn answer_software_token(
    ctx: &Ctx<'_>,
    room: &Room<'_>,
    answer: &Respond<'_>,
) -> Reply<Answer> {
    let code = answer.responses.require("SOFTWARE_TOKEN_MFA_CODE")?;
    take(ctx, room, answer, async |txn, turn| redeem_software_token(ctx, txn, turn, code).await).await
}

async fn take<D>(ctx: &Ctx<'_>, room: &Room<'_>, answer: &Respond<'_>, decide: D) -> Reply<Answer>
where
    D: AsyncFn(&mut Txn, &mut Turn) -> Reply<turn::Result<Event>>,
{
    let load = async |txn: &mut Txn, pool: &_| Turn::load(ctx, txn, pool, answer).await;
    let judged = turn::rehearse(ctx, room, load, &decide).await?;
    let provisions = Provisions { judged, ..Provisions::default() };
    turn::take(ctx, room, &provisions, load, decide).await
}

async fn redeem_sent(
    ctx: &Ctx<'_>,
    room: &Room<'_>,
    txn: &mut Txn,
    turn: &mut Turn,
    guess: &str,
) -> Reply<turn::Result<Event>> {
    let present = answer::sent_to(ctx, room.pool, turn, &turn.state)?;
    let attempts = lock(txn, turn).await?;
    if attempts.as_ref().is_some_and(|attempts| attempts.is_locked(txn.now())) {
        return Ok(Err(errors::code_attempts_exceeded()));
    }
    let now = txn.now();
    let session = turn.session.as_mut().ok_or_else(errors::invalid_session)?;
    let Material::Code { code, address } = &mut session.material else {
        return Err(errors::invalid_session());
    };
    // A right code would verify an address that it was not sent to.
    if present.is_none_or(|present| present.address != *address) {
        return Err(errors::invalid_session());
    }
    let checked = code.check(guess, now);
    match checked {
        Ok(()) => forget(txn, attempts),
        Err(CodeError::Mismatch) => {
            txn.save(session);
            count(txn, attempts);
        }
        Err(CodeError::Expired | CodeError::Limit) => {}
    }
    Ok(match checked {
        // What is sent to nobody is guessed by nobody.
        Ok(()) if turn.exists => Ok(Event::Code),
        Ok(()) | Err(CodeError::Mismatch) => Err(errors::sign_in_code_mismatch()),
        Err(CodeError::Expired) => Err(errors::session_expired()),
        Err(CodeError::Limit) => Err(errors::code_attempts_exceeded()),
    })
}

async fn redeem_software_token(
    ctx: &Ctx<'_>,
    txn: &mut Txn,
    turn: &mut Turn,
    guess: &str,
) -> Reply<turn::Result<Event>> {
    let attempts = lock(txn, turn).await?;
    if attempts.as_ref().is_some_and(|attempts| attempts.is_locked(txn.now())) {
        return Ok(Err(errors::code_attempts_exceeded()));
    }
    let Some(token) = &mut turn.user.mfa.software_token else {
        return Ok(Err(errors::software_token_not_enabled()));
    };
    Ok(match token.redeem(guess, ctx.client_now()) {
        Ok(()) => {
            forget(txn, attempts);
            Ok(Event::Code)
        }
        Err(TotpError::Used) => Err(errors::software_token_used()),
        Err(TotpError::Mismatch) => {
            count(txn, attempts);
            Err(errors::software_token_mismatch())
        }
    })
}

/// The wrong codes of the user, if the code is a second factor. Codes that are the first factor lock nobody out: the
/// name is all that an attacker needs to have them sent ([CAP-prms]).
async fn lock(txn: &mut Txn, turn: &Turn) -> Reply<Option<Attempts>> {
    if !matches!(turn.state, State::Mfa(Factor::Sms | Factor::Email | Factor::SoftwareToken)) {
        return Ok(None);
    }
    let key = Attempts::factor_key(&turn.user.pool_id, &turn.user.sub);
    let stored = txn.get::<Attempts>(&key).await?;
    Ok(Some(stored.map_or_else(|| Attempts::none(key), |attempts| (*attempts).clone())))
}

fn forget(txn: &mut Txn, attempts: Option<Attempts>) {
    if let Some(attempts) = attempts.filter(|attempts| attempts.failures > 0) {
        txn.delete(&attempts);
    }
}

fn count(txn: &mut Txn, attempts: Option<Attempts>) {
    if let Some(mut attempts) = attempts {
        attempts.fail(txn.now());
        txn.save(&attempts);
    }
}

#[cfg(test)]
mod tests {
    use cognito_core::Span;
    use serde_json::{Value, json};
    use testkit::world::text;

    use crate::auth::testing::{
        EXPIRED_SESSION, INVALID_SESSION, PASSWORD, Scene, USED_SESSION, is_signed_in,
    };

    const MISMATCH: &str = "CodeMismatchException: Invalid code or auth state for the user.";
    const LOCKED: &str = "NotAuthorizedException: Code attempts exceeded";

    async fn asked(scene: &Scene) -> Value {
        scene.initiate("USER_PASSWORD_AUTH", json!({ "USERNAME": "alice", "PASSWORD": PASSWORD })).await
    }

    #[tokio::test]
    async fn a_code_by_sms() {
        let scene = Scene::with_mfa("OPTIONAL").await;
        scene.attributes(json!({ "phone_number": "+12065550100" })).await;
        assert!(is_signed_in(&asked(&scene).await), "nothing is switched on");
        scene.admin("AdminSetUserMFAPreference", json!({ "SMSMfaSettings": { "Enabled": true } })).await;
        let asked = asked(&scene).await;
        assert_eq!(asked["ChallengeName"], "SMS_MFA");
        let expected = json!({
            "CODE_DELIVERY_DELIVERY_MEDIUM": "SMS",
            "CODE_DELIVERY_DESTINATION": "+*******0100",
            "USER_ID_FOR_SRP": "alice",
        });
        assert_eq!(asked["ChallengeParameters"], expected);
        let code = scene.code().await;
        assert_eq!(code.len(), 6);
        assert!(is_signed_in(&scene.respond(&asked, json!({ "SMS_MFA_CODE": code })).await));
        let user = scene.admin("AdminGetUser", json!({})).await;
        let verified = json!({ "Name": "phone_number_verified", "Value": "true" });
        assert!(user["UserAttributes"].as_array().unwrap().contains(&verified));
    }

    #[tokio::test]
    async fn wrong_codes_are_counted_and_leave_the_session() {
        let scene = Scene::with_mfa("ON").await;
        scene.attributes(json!({ "email": "alice@example.com" })).await;
        let first = asked(&scene).await;
        let right = scene.code().await;
        assert_eq!(right.len(), 8);
        let wrong = if right == "00000000" { "00000001" } else { "00000000" };
        for _ in 0..4 {
            assert_eq!(scene.refuses(&first, json!({ "EMAIL_OTP_CODE": wrong })).await, MISMATCH);
        }
        assert!(is_signed_in(&scene.respond(&first, json!({ "EMAIL_OTP_CODE": right })).await));

        scene.world.advance(Span::seconds(1));
        let second = asked(&scene).await;
        let right = scene.code().await;
        for _ in 0..5 {
            assert_eq!(scene.refuses(&second, json!({ "EMAIL_OTP_CODE": wrong })).await, MISMATCH);
        }
        assert_eq!(scene.refuses(&second, json!({ "EMAIL_OTP_CODE": right })).await, LOCKED);
        scene.world.advance(Span::seconds(1));
        assert!(is_signed_in(&scene.respond(&second, json!({ "EMAIL_OTP_CODE": right })).await));
    }

    #[tokio::test]
    async fn sessions_are_single_use_and_of_their_challenge_user_client_and_time() {
        let scene = Scene::with_mfa("ON").await;
        scene.attributes(json!({ "email": "alice@example.com" })).await;
        scene.world.user(&scene.pool, "bob", PASSWORD).await;
        let first = asked(&scene).await;
        let code = scene.code().await;
        let good = scene.answer(&first, json!({ "EMAIL_OTP_CODE": code }));
        let changed = |change: &dyn Fn(&mut Value)| {
            let mut input = good.clone();
            change(&mut input);
            input
        };
        let other = scene.world.client(&scene.pool, json!({})).await;
        let session = text(&first["Session"]);
        let flipped =
            format!("{}{}", &session[..session.len() - 1], if session.ends_with('A') { "B" } else { "A" });
        let refused = [
            changed(&|input| input["ChallengeResponses"]["USERNAME"] = json!("bob")),
            changed(&|input| input["ClientId"] = json!(other)),
            changed(&|input| input["Session"] = json!(flipped)),
            changed(&|input| {
                input["ChallengeName"] = json!("SOFTWARE_TOKEN_MFA");
                input["ChallengeResponses"]["SOFTWARE_TOKEN_MFA_CODE"] = json!("123456");
            }),
            changed(&|input| {
                input["ChallengeName"] = json!("NEW_PASSWORD_REQUIRED");
                input["ChallengeResponses"]["NEW_PASSWORD"] = json!("Xyzabc1!");
            }),
            changed(&|input| {
                input["ChallengeName"] = json!("SMS_MFA");
                input["ChallengeResponses"]["SMS_MFA_CODE"] = json!(code);
            }),
        ];
        for input in refused {
            assert_eq!(
                scene.world.fails("RespondToAuthChallenge", input.clone()).await,
                INVALID_SESSION,
                "{input}"
            );
        }
        scene.world.ok("RespondToAuthChallenge", good.clone()).await;
        assert_eq!(scene.world.fails("RespondToAuthChallenge", good).await, USED_SESSION);
        let late = asked(&scene).await;
        scene.world.advance(Span::minutes(3));
        let code = scene.code().await;
        assert_eq!(scene.refuses(&late, json!({ "EMAIL_OTP_CODE": code })).await, EXPIRED_SESSION);
    }

    #[tokio::test]
    async fn wrong_codes_of_an_app_lock() {
        let scene = Scene::with_mfa("OPTIONAL").await;
        let tokens = asked(&scene).await["AuthenticationResult"].clone();
        let app = scene.world.enrol(&tokens["AccessToken"]).await;
        let prefer = json!({ "SoftwareTokenMfaSettings": { "Enabled": true, "PreferredMfa": true } });
        scene.admin("AdminSetUserMFAPreference", prefer).await;
        scene.world.advance(Span::minutes(1));
        let first = asked(&scene).await;
        assert_eq!(first["ChallengeName"], "SOFTWARE_TOKEN_MFA");
        let right = app.code(scene.world.now());
        let wrong = if right == "000000" { "000001" } else { "000000" };
        for _ in 0..5 {
            assert_eq!(
                scene.refuses(&first, json!({ "SOFTWARE_TOKEN_MFA_CODE": wrong })).await,
                "CodeMismatchException: Invalid code received for user"
            );
        }
        let code = || json!({ "SOFTWARE_TOKEN_MFA_CODE": right });
        assert_eq!(scene.refuses(&first, code()).await, LOCKED);
        scene.world.advance(Span::seconds(2));
        assert!(is_signed_in(&scene.respond(&first, code()).await));
        let second = asked(&scene).await;
        assert_eq!(
            scene.refuses(&second, code()).await,
            "ExpiredCodeException: Your software token has already been used once."
        );
    }

    #[tokio::test]
    async fn of_two_answers_at_once_one_signs_in() {
        let scene = Scene::with_mfa("ON").await;
        scene.attributes(json!({ "email": "alice@example.com" })).await;
        let asked = asked(&scene).await;
        let code = scene.code().await;
        let input = scene.answer(&asked, json!({ "EMAIL_OTP_CODE": code }));
        let answers = scene.world.at_once("RespondToAuthChallenge", vec![input; 4]);
        assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1, "{answers:?}");
    }
}
