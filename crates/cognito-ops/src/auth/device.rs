//! DEVICE_SRP_AUTH and DEVICE_PASSWORD_VERIFIER: a device proves the password that it made when it was confirmed.
//! Source: `auth-flows` 4.5 of the specification.

use std::sync::Arc;

use cognito_core::auth::{Event, Proof, State};
use cognito_core::device::Device;
use cognito_core::session::Material;
use cognito_store::Txn;

use super::answer::{self, Answer};
use super::describe::Described;
use super::respond::Respond;
use super::sessions;
use super::srp::{self as exchange, Claim, Offer};
use super::turn::{self, Provisions, Room, Turn};
use crate::prelude::*;

/// Takes SRP_A, and answers with DEVICE_PASSWORD_VERIFIER.
pub(super) async fn begin(ctx: &Ctx<'_>, room: &Room<'_>, answer: &Respond<'_>) -> Reply<Answer> {
    let a = exchange::public_value(answer.responses.require("SRP_A")?)?;
    let mut read = ctx.read();
    let turn = Turn::load(ctx, &mut read, room.pool, answer).await?;
    let device = find(&mut read, &turn, answer).await?;
    let offer = Offer::new(ctx, a, &device.salt, &device.verifier)?;
    let session = ctx
        .write(async |txn| {
            let mut turn = Turn::load(ctx, txn, room.pool, answer).await?;
            if let Some(session) = &mut turn.session {
                session.used = true;
                txn.save(session);
            }
            Ok(answer::open_session(ctx, txn, room, &turn, State::DeviceVerifier, Material::None))
        })
        .await?;
    let hash = sessions::hash(&session);
    let mut parameters = offer.challenge(ctx, exchange::DEVICE, room, &turn, &hash)?;
    parameters.insert("DEVICE_KEY".to_owned(), device.key.clone());
    let name = wire::ChallengeNameType::DevicePasswordVerifier;
    Ok(Answer::challenge(Described { name, parameters, available: None }, session))
}

/// Takes the proof. A wrong one uses the session up.
pub(super) async fn verify(ctx: &Ctx<'_>, room: &Room<'_>, answer: &Respond<'_>) -> Reply<Answer> {
    let claim = Claim::read(answer)?;
    let block = exchange::open(ctx, exchange::DEVICE, room, answer, &claim)?;
    let mut read = ctx.read();
    let turn = Turn::load(ctx, &mut read, room.pool, answer).await?;
    let device = find(&mut read, &turn, answer).await?;
    let run = block.exchange(&device.group_key, &device.key, &device.verifier);
    let proof = claim.prove(ctx, &run)?;
    let load = async |txn: &mut Txn, pool: &_| Turn::load(ctx, txn, pool, answer).await;
    let decide = async |txn: &mut Txn, turn: &mut Turn| {
        let same = find(txn, turn, answer).await?.verifier == device.verifier;
        if same && proof == Proof::Right {
            return Ok(Ok(Event::Device));
        }
        if let Some(session) = &mut turn.session {
            session.used = true;
            txn.save(session);
        }
        Ok(Err(errors::incorrect_username_or_password()))
    };
    turn::take(ctx, room, &Provisions::default(), load, decide).await
}

/// The device of the sign-in, which must be the one that the answer names.
async fn find(txn: &mut Txn, turn: &Turn, answer: &Respond<'_>) -> Reply<Arc<Device>> {
    let key = answer.responses.require("DEVICE_KEY")?;
    let known = turn.journey.device.as_ref().filter(|device| device.key == key);
    let known = known.ok_or_else(errors::device_not_found)?;
    let key = Device::key_of(&turn.user.pool_id, &turn.user.sub, &known.key);
    txn.get::<Device>(&key).await?.ok_or_else(errors::device_not_found)
}
