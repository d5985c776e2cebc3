//! SELECT_MFA_TYPE and MFA_SETUP: which second factor, and one that is new.

use cognito_core::auth::Event;
use cognito_core::mfa::Factor;
use cognito_core::schema;
use cognito_core::session::Material;
use cognito_store::Txn;

use super::answer::Answer;
use super::respond::Respond;
use super::turn::{self, Provisions, Room, Turn};
use crate::prelude::*;

/// Takes the answer to SELECT_MFA_TYPE.
pub(super) async fn select(ctx: &Ctx<'_>, room: &Room<'_>, answer: &Respond<'_>) -> Reply<Answer> {
    let name = answer.responses.require("ANSWER")?;
    let factor = Factor::named(name).ok_or_else(|| errors::challenge_not_offered(name))?;
    take(ctx, room, answer, Event::Factor(factor)).await
}

/// Takes the answer to MFA_SETUP: a session that VerifySoftwareToken gave, or an address for codes.
pub(super) async fn set_up(ctx: &Ctx<'_>, room: &Room<'_>, answer: &Respond<'_>) -> Reply<Answer> {
    if let Some(address) = answer.responses.get("EMAIL") {
        if !schema::is_email(address) {
            return Err(errors::invalid_email());
        }
        return take(ctx, room, answer, Event::Email(address.to_owned())).await;
    }
    let turn = Turn::load(ctx, &mut ctx.read(), room.pool, answer).await?;
    match turn.session.as_ref().map(|session| &session.material) {
        Some(Material::Token { verified: true, .. }) => take(ctx, room, answer, Event::Enrolled).await,
        _ => Err(errors::factor_not_set_up()),
    }
}

async fn take(ctx: &Ctx<'_>, room: &Room<'_>, answer: &Respond<'_>, event: Event) -> Reply<Answer> {
    let load = async |txn: &mut Txn, pool: &_| Turn::load(ctx, txn, pool, answer).await;
    turn::take(ctx, room, &Provisions::default(), load, async |_, _| Ok(Ok(event.clone()))).await
}
