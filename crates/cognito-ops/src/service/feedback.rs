//! What is said of events afterwards, and the tokens by which users may say it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use cognito_api::wire;
use cognito_core::threat::{AuthEvent, Feedback, Provider};
use cognito_core::user::User;
use cognito_core::{Span, Time};
use cognito_store::Txn;
use serde::{Deserialize, Serialize};

use crate::ctx::Ctx;
use crate::errors::{self, ApiError, Reply};
use crate::service::sealed;

/// What feedback tokens are sealed for.
const PURPOSE: &str = "feedback";
/// How long a link of a notification is good. Our own limit.
const GOOD: Span = Span::days(7);

/// What a feedback token is good for: to say this of that event, and nothing else.
#[derive(PartialEq, Serialize, Deserialize)]
pub(crate) struct Ticket {
    pool_id: String,
    sub: String,
    event: String,
    value: wire::FeedbackValueType,
}

#[derive(Serialize, Deserialize)]
struct Dated {
    ticket: Ticket,
    until: Time,
}

impl Ticket {
    pub(crate) fn new(user: &User, event: &str, value: wire::FeedbackValueType) -> Self {
        Self { pool_id: user.pool_id.clone(), sub: user.sub.clone(), event: event.to_owned(), value }
    }

    /// The token.
    pub(crate) fn token(self, ctx: &Ctx<'_>) -> Reply<String> {
        let dated = Dated { ticket: self, until: ctx.now() + GOOD };
        let bytes = serde_json::to_vec(&dated).map_err(|error| ApiError::internal().because(error))?;
        Ok(URL_SAFE_NO_PAD.encode(sealed::seal(ctx, PURPOSE, &bytes)?))
    }

    /// Checks that a token is good for it.
    pub(crate) fn check(&self, ctx: &Ctx<'_>, token: &str) -> Reply<()> {
        let sealed = URL_SAFE_NO_PAD.decode(token).map_err(|_| errors::invalid_feedback_token())?;
        let opened = sealed::open(ctx, PURPOSE, &sealed)?.ok_or_else(errors::invalid_feedback_token)?;
        let dated: Dated = serde_json::from_slice(&opened).map_err(|_| errors::invalid_feedback_token())?;
        if dated.ticket != *self {
            return Err(errors::invalid_feedback_token());
        }
        if ctx.now() >= dated.until { Err(errors::feedback_token_expired()) } else { Ok(()) }
    }
}

/// Says of an event of a user what it was, over what was said before. To be called inside the write.
pub(crate) async fn give(
    txn: &mut Txn,
    user: &User,
    event: &str,
    provider: Provider,
    value: wire::FeedbackValueType,
) -> Reply<()> {
    let event = txn.get::<AuthEvent>(&AuthEvent::key_of(&user.pool_id, event)).await?;
    let event = event.filter(|event| event.sub == user.sub).ok_or_else(errors::auth_event_not_found)?;
    let mut event = (*event).clone();
    event.feedback = Some(Feedback { value, provider, date: txn.now() });
    txn.save(&event);
    Ok(())
}
