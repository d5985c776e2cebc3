//! What threat protection makes of a sign-in. Only pools that have it come here.

use cognito_core::auth::Outcome;
use cognito_core::threat::AuthEvent;
use cognito_store::Txn;

use super::turn::{Room, Turn};
use crate::prelude::*;
use crate::service::auth_events;

/// Records a turn of a sign-in in its event, which the first turn begins. No outcome is a refusal.
pub(super) async fn record(
    ctx: &Ctx<'_>,
    txn: &mut Txn,
    room: &Room<'_>,
    turn: &mut Turn,
    outcome: Option<&Outcome>,
) -> Reply<()> {
    if !turn.exists {
        return Ok(());
    }
    let Turn { user, state, journey, .. } = turn;
    let id = journey.event.get_or_insert_with(|| ctx.uuid());
    let mut event = match txn.get::<AuthEvent>(&AuthEvent::key_of(&user.pool_id, id)).await? {
        Some(event) => (*event).clone(),
        None => {
            let context = room.door.told().context(ctx, room.client);
            AuthEvent::new(&user.pool_id, &user.sub, id.clone(), wire::EventType::SignIn, context, ctx.now())
        }
    };
    event.answered(state, outcome.is_some());
    event.response = match outcome {
        Some(Outcome::SignedIn) => wire::EventResponseType::Pass,
        Some(Outcome::Challenge(_) | Outcome::Define) => wire::EventResponseType::InProgress,
        None => wire::EventResponseType::Fail,
    };
    auth_events::save(txn, &event).await
}
