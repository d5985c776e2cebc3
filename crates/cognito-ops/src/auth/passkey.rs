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
        let session = turn.session.as_mut().ok_or_else(errors::invalid_session)?;
        let Material::Passkey(challenge) = &session.material else { return Err(errors::invalid_session()) };
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
                session.used = true;
                txn.save(session);
                Ok(Err(errors::passkey_refused().because(error)))
            }
        }
    };
    turn::take(ctx, room, &Provisions::default(), load, decide).await
}
