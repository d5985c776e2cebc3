//! What threat protection makes of a sign-in. Only pools that have it come here.

use cognito_core::Time;
use cognito_core::auth::{Outcome, Subject, has_second_factor, second_look};
use cognito_core::pool::Pool;
use cognito_core::threat::{AuthEvent, Protection, Sight};
use cognito_store::Txn;

use super::parameters::Parameters;
use super::turn::{self, Room, Turn};
use crate::prelude::*;
use crate::service::auth_events::{self, Deed};
use crate::service::log_delivery::{Activity, Line};
use crate::service::notices::Notice;

/// Refuses what comes from a blocked address.
pub(super) async fn admit(ctx: &Ctx<'_>, room: &Room<'_>, parameters: &Parameters) -> Reply<()> {
    let sight = auth_events::sight(ctx, room.client, room.door.told()).await?;
    if room.pool.protection() != Protection::Enforced || !sight.is_blocked() {
        return Ok(());
    }
    if let Some(name) = parameters.get("USERNAME") {
        deed(room, name).record_refusal(ctx, AuthEvent::block).await?;
    }
    Err(errors::request_not_allowed())
}

/// A sign-in that is refused before it begins.
pub(super) fn deed<'a>(room: &Room<'a>, name: &'a str) -> Deed<'a> {
    let Room { door, pool, client, .. } = *room;
    Deed { pool, client, name, kind: wire::EventType::SignIn, told: door.told(), password: None }
}

/// Refuses a compromised password in the place of a temporary one.
pub(super) async fn check_new_password(ctx: &Ctx<'_>, room: &Room<'_>, password: &str) -> Reply<()> {
    let sight = auth_events::sight(ctx, room.client, room.door.told()).await?;
    let refused = room.pool.protection() == Protection::Enforced
        && sight.refuses_compromised()
        && sight.sees_compromised(password, wire::EventFilterType::PasswordChange);
    if refused { Err(errors::password_compromised()) } else { Ok(()) }
}

/// Whether a password that was typed is known to others. Proofs of passwords say nothing of that.
pub(super) async fn sees_compromised(ctx: &Ctx<'_>, room: &Room<'_>, password: &str) -> Reply<bool> {
    let sight = auth_events::sight(ctx, room.client, room.door.told()).await?;
    Ok(sight.sees_compromised(password, wire::EventFilterType::SignIn))
}

/// What is made of a turn, and what is told of it.
pub(super) type Judgement = (turn::Result<Outcome>, Sequel);

/// What is told of a turn, outside the write that judged it.
#[derive(Default)]
pub(super) struct Sequel {
    notice: Option<Box<Notice>>,
    line: Option<Line>,
}

impl Sequel {
    /// Tells it.
    pub(super) async fn tell(self, ctx: &Ctx<'_>, pool: &Pool) -> Reply<()> {
        if let Some(line) = self.line {
            line.write();
        }
        match self.notice {
            Some(notice) => notice.send(ctx, pool).await,
            None => Ok(()),
        }
    }
}

/// Judges a turn of a sign-in, and records it in its event, which the first turn begins. What was refused stays so; what
/// was let through may be refused, or asked for a second factor.
pub(super) async fn judge(
    ctx: &Ctx<'_>,
    txn: &mut Txn,
    room: &Room<'_>,
    turn: &mut Turn,
    outcome: turn::Result<Outcome>,
) -> Reply<Judgement> {
    if !turn.exists {
        let mut event = nobodys(ctx, room, turn);
        event.response = response(&outcome);
        auth_events::save(txn, &event).await?;
        return Ok((outcome, Sequel { notice: None, line: line(ctx, room, turn, &event) }));
    }
    let sight = auth_events::sight(ctx, room.client, room.door.told()).await?;
    let mut event = begun(ctx, txn, room, turn, &sight).await?;
    event.answered(&turn.state, outcome.is_ok());
    if turn.compromised {
        event.compromise();
    }
    let enforced = room.pool.protection_of(turn.journey.flow) == Protection::Enforced;
    let mut notice = None;
    let outcome = match outcome {
        Ok(outcome) if enforced && is_proven(turn, &outcome) => {
            notice = notice_of(turn, &sight, &mut event);
            answered(room, turn, &sight, &mut event, outcome)
        }
        outcome => outcome,
    };
    event.response = response(&outcome);
    auth_events::save(txn, &event).await?;
    Ok((outcome, Sequel { notice, line: line(ctx, room, turn, &event) }))
}

fn response(outcome: &turn::Result<Outcome>) -> wire::EventResponseType {
    match outcome {
        Ok(Outcome::SignedIn) => wire::EventResponseType::Pass,
        Ok(Outcome::Challenge(_) | Outcome::Define) => wire::EventResponseType::InProgress,
        Err(_) => wire::EventResponseType::Fail,
    }
}

fn line(ctx: &Ctx<'_>, room: &Room<'_>, turn: &Turn, event: &AuthEvent) -> Option<Line> {
    let Room { door, pool, client, .. } = *room;
    Activity { pool, client, event, user: turn.exists.then_some(&turn.user), told: door.told() }.line(ctx)
}

/// As much is written of nobody as of a user, so that the clock tells nothing. It had expired before it was written.
fn nobodys(ctx: &Ctx<'_>, room: &Room<'_>, turn: &Turn) -> AuthEvent {
    let (kind, context) = (wire::EventType::SignIn, room.door.told().context(ctx, room.client));
    AuthEvent::new(&room.pool.id, &turn.user.sub, ctx.uuid(), kind, context, Time(0))
}

/// The event of a sign-in.
async fn begun(
    ctx: &Ctx<'_>,
    txn: &mut Txn,
    room: &Room<'_>,
    turn: &mut Turn,
    sight: &Sight<'_>,
) -> Reply<AuthEvent> {
    let Turn { user, journey, .. } = turn;
    let id = journey.event.get_or_insert_with(|| ctx.uuid());
    if let Some(event) = txn.get::<AuthEvent>(&AuthEvent::key_of(&user.pool_id, id)).await? {
        return Ok((*event).clone());
    }
    let (kind, context) = (wire::EventType::SignIn, room.door.told().context(ctx, room.client));
    let mut event = AuthEvent::new(&user.pool_id, &user.sub, id.clone(), kind, context, ctx.now());
    event.assess(sight.level());
    Ok(event)
}

/// What the user is told, once a sign-in.
fn notice_of(turn: &Turn, sight: &Sight<'_>, event: &mut AuthEvent) -> Option<Box<Notice>> {
    let level = event.risk.risk_level.filter(|_| !event.notified)?;
    let configuration = sight.notifies(level)?.clone();
    let action = sight.action(level)?.event_action;
    event.notified = true;
    Some(Box::new(Notice { user: turn.user.clone(), event: event.clone(), configuration, action }))
}

/// Whoever has proven nothing learns nothing of risks.
fn is_proven(turn: &Turn, outcome: &Outcome) -> bool {
    *outcome == Outcome::SignedIn || !turn.journey.methods.is_empty()
}

/// What the risk configuration makes of an outcome.
fn answered(
    room: &Room<'_>,
    turn: &Turn,
    sight: &Sight<'_>,
    event: &mut AuthEvent,
    outcome: Outcome,
) -> turn::Result<Outcome> {
    use wire::AccountTakeoverEventActionType as Action;
    let action =
        event.risk.risk_level.and_then(|level| sight.action(level)).map(|action| action.event_action);
    let mut block = || {
        event.block();
        Err(errors::sign_in_not_allowed())
    };
    if turn.compromised && sight.refuses_compromised() {
        return block();
    }
    match action {
        Some(Action::Block) => block(),
        Some(Action::MfaIfConfigured | Action::MfaRequired) if outcome == Outcome::SignedIn => {
            let subject = Subject { pool: room.pool, client: room.client };
            match second_look(subject, &turn.user, &turn.journey) {
                Some(challenge) => Ok(challenge),
                None if action == Some(Action::MfaRequired) && !has_second_factor(&turn.journey) => block(),
                None => Ok(outcome),
            }
        }
        _ => Ok(outcome),
    }
}

#[cfg(test)]
mod tests;
