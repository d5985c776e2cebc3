//! SMS_MFA, EMAIL_OTP, SMS_OTP: a code that was sent. SOFTWARE_TOKEN_MFA: one of an authenticator app.

use cognito_core::attempts::Attempts;
use cognito_core::auth::{Event, State};
use cognito_core::code::CodeError;
use cognito_core::mfa::Factor;
use cognito_core::session::Material;
use cognito_core::totp::TotpError;
use cognito_store::Txn;

use super::answer::Answer;
use super::respond::Respond;
use super::turn::{self, Provisions, Room, Turn};
use crate::prelude::*;

/// Takes a code that was sent by e-mail or SMS. A wrong one leaves the session as it was, but for the count.
pub(super) async fn answer(ctx: &Ctx<'_>, room: &Room<'_>, answer: &Respond<'_>) -> Reply<Answer> {
    let code = answer.responses.require(&format!("{}_CODE", answer.challenge.as_str()))?;
    take(ctx, room, answer, async |txn, turn| redeem_sent(txn, turn, code).await).await
}

/// Takes a code of the authenticator app.
pub(super) async fn answer_software_token(
    ctx: &Ctx<'_>,
    room: &Room<'_>,
    answer: &Respond<'_>,
) -> Reply<Answer> {
    let code = answer.responses.require("SOFTWARE_TOKEN_MFA_CODE")?;
    take(ctx, room, answer, async |txn, turn| redeem_software_token(txn, turn, code).await).await
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

async fn redeem_sent(txn: &mut Txn, turn: &mut Turn, guess: &str) -> Reply<turn::Result<Event>> {
    let attempts = lock(txn, turn).await?;
    if attempts.as_ref().is_some_and(|attempts| attempts.is_locked(txn.now())) {
        return Ok(Err(errors::code_attempts_exceeded()));
    }
    let now = txn.now();
    let session = turn.session.as_mut().ok_or_else(errors::invalid_session)?;
    let Material::Code(code) = &mut session.material else { return Err(errors::invalid_session()) };
    let checked = code.check(guess, now);
    if checked == Err(CodeError::Mismatch) {
        txn.save(session);
        count(txn, attempts);
    }
    Ok(match checked {
        // What is sent to nobody is guessed by nobody.
        Ok(()) if turn.exists => Ok(Event::Code),
        Ok(()) | Err(CodeError::Mismatch) => Err(errors::sign_in_code_mismatch()),
        Err(CodeError::Expired) => Err(errors::session_expired()),
        Err(CodeError::Limit) => Err(errors::code_attempts_exceeded()),
    })
}

async fn redeem_software_token(txn: &mut Txn, turn: &mut Turn, guess: &str) -> Reply<turn::Result<Event>> {
    let attempts = lock(txn, turn).await?;
    if attempts.as_ref().is_some_and(|attempts| attempts.is_locked(txn.now())) {
        return Ok(Err(errors::code_attempts_exceeded()));
    }
    let now = txn.now();
    let Some(token) = &mut turn.user.mfa.software_token else {
        return Ok(Err(errors::software_token_not_enabled()));
    };
    Ok(match token.redeem(guess, now) {
        Ok(()) => Ok(Event::Code),
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

fn count(txn: &mut Txn, attempts: Option<Attempts>) {
    if let Some(mut attempts) = attempts {
        attempts.fail(txn.now());
        txn.save(&attempts);
    }
}
