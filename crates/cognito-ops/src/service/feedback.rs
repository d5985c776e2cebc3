//! What is said of events afterwards.

use cognito_api::wire;
use cognito_core::threat::{AuthEvent, Feedback, Provider};
use cognito_core::user::User;
use cognito_store::Txn;

use crate::errors::{self, Reply};

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
