//! USER_SRP_AUTH and PASSWORD_VERIFIER: the proof of a password by SRP-6a.
//!
//! What the server must know between the two calls travels in the SECRET_BLOCK, sealed: PASSWORD_VERIFIER works without
//! `Session`, on every replica, and nothing is stored before the proof.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cognito_core::auth::{Flow, Journey, Proof, State};
use cognito_core::pool::Pool;
use cognito_core::session::{Material, Session};
use cognito_core::user::User;
use cognito_core::{Time, ids, srp};
use cognito_store::Txn;
use serde::{Deserialize, Serialize};

use super::answer::{self, Answer};
use super::password::{self, Compared};
use super::respond::Respond;
use super::start::{Start, find_user};
use super::turn::{self, Provisions, Resumed, Room, Turn};
use crate::prelude::*;
use crate::service::{decoys, sealed};
use crate::triggers::pre_authentication;

/// What the blocks of PASSWORD_VERIFIER are sealed for.
pub(super) const PASSWORD: &str = "srp";
/// What those of DEVICE_PASSWORD_VERIFIER are sealed for.
pub(super) const DEVICE: &str = "device-srp";

/// The server's half of an exchange, and what a client is told of it.
pub(super) struct Offer {
    salt: Vec<u8>,
    a: Vec<u8>,
    b: [u8; 32],
    public: Vec<u8>,
}

/// What a SECRET_BLOCK holds.
#[derive(Serialize, Deserialize)]
pub(super) struct Block {
    pool_id: String,
    client_id: String,
    admin: bool,
    /// The hash of the `Session` that goes along: the name under which the block is remembered once it was used.
    session: String,
    /// The record key of the user.
    user: String,
    sub: String,
    sign_outs: u32,
    journey: Journey,
    until: Time,
    #[serde(with = "cognito_core::bytes")]
    a: Vec<u8>,
    #[serde(with = "cognito_core::bytes")]
    b: Vec<u8>,
    #[serde(with = "cognito_core::bytes")]
    public: Vec<u8>,
}

impl Block {
    fn resumed(&self) -> Resumed<'_> {
        let Self { user, sub, sign_outs, journey, .. } = self;
        Resumed { user, sub, sign_outs: *sign_outs, state: &State::Verifier, journey }
    }

    /// The run of the protocol that it began.
    pub(super) fn exchange<'a>(
        &'a self,
        pool_name: &'a str,
        user_id: &'a str,
        verifier: &'a [u8],
    ) -> srp::Exchange<'a> {
        srp::Exchange { pool_name, user_id, verifier, a: &self.a, b: &self.b, public: &self.public }
    }
}

/// Reads SRP_A.
pub(super) fn public_value(hex: &str) -> Reply<Vec<u8>> {
    srp::client_public_value(hex).map_err(|_| errors::incorrect_username_or_password())
}

impl Offer {
    /// Begins an exchange over a verifier. One exponentiation.
    pub(super) fn new(ctx: &Ctx<'_>, a: Vec<u8>, salt: &[u8], verifier: &[u8]) -> Reply<Self> {
        let b = ctx.bytes();
        let public = srp::server_public_value(verifier, &b)?;
        Ok(Self { salt: salt.to_vec(), a, b, public })
    }

    /// SALT and SRP_B.
    fn parameters(&self) -> BTreeMap<String, String> {
        BTreeMap::from([("SALT".to_owned(), hex(&self.salt)), ("SRP_B".to_owned(), hex(&self.public))])
    }

    /// The parameters of a challenge, with the SECRET_BLOCK that the session named by its hash belongs to.
    pub(super) fn challenge(
        &self,
        ctx: &Ctx<'_>,
        purpose: &str,
        room: &Room<'_>,
        turn: &Turn,
        session: &str,
    ) -> Reply<BTreeMap<String, String>> {
        let block = Block {
            pool_id: room.pool.id.clone(),
            client_id: room.client.id.clone(),
            admin: room.door.is_admin(),
            session: session.to_owned(),
            user: turn.user.key(),
            sub: turn.user.sub.clone(),
            sign_outs: turn.user.sign_outs,
            journey: turn.journey.clone(),
            until: ctx.now() + room.client.session_validity(),
            a: self.a.clone(),
            b: self.b.to_vec(),
            public: self.public.clone(),
        };
        let block = serde_json::to_vec(&block).map_err(|error| ApiError::internal().because(error))?;
        let mut parameters = self.parameters();
        parameters.insert("SECRET_BLOCK".to_owned(), STANDARD.encode(sealed::seal(ctx, purpose, &block)?));
        Ok(parameters)
    }
}

/// An exchange over the password of a user; over a decoy of one who is not there, or has none.
pub(super) fn offer_password(ctx: &Ctx<'_>, room: &Room<'_>, turn: &Turn, a: Vec<u8>) -> Reply<Offer> {
    let secret = Secret::of(ctx, room.pool, turn.exists.then_some(&turn.user), &turn.user.sub)?;
    Offer::new(ctx, a, &secret.salt, &secret.verifier)
}

/// Salt and verifier of a user.
struct Secret {
    salt: Vec<u8>,
    verifier: Vec<u8>,
}

impl Secret {
    /// What is stored of the password; for one who has none the same decoy each time.
    fn of(ctx: &Ctx<'_>, pool: &Pool, user: Option<&User>, sub: &str) -> Reply<Self> {
        match user.and_then(|user| user.password.as_ref()) {
            Some(password) => {
                Ok(Self { salt: password.salt().to_vec(), verifier: password.verifier().to_vec() })
            }
            None => {
                Ok(Self { salt: decoys::salt(ctx, pool, sub)?, verifier: decoys::verifier(ctx, pool, sub)? })
            }
        }
    }
}

/// Answers with PASSWORD_VERIFIER.
pub(super) async fn begin(ctx: &Ctx<'_>, room: &Room<'_>, start: &Start<'_>) -> Reply<Answer> {
    let name = start.name(room.client)?;
    let a = start.parameters.require("SRP_A")?;
    let a = public_value(a)?;
    let user = find_user(ctx, room, name).await?;
    let mut journey = Journey::new(Flow::Password);
    start.name_device(ctx, room, user.as_deref(), &mut journey).await?;
    let turn = Turn::begin(ctx, room.pool, name, user, journey)?;
    pre_authentication::call(ctx, turn.about(room), start.metadata).await?;
    let offer = offer_password(ctx, room, &turn, a)?;
    answer::verifier(ctx, room, &turn, &offer)
}

/// Takes SRP_A as the answer to PASSWORD_SRP, or to SELECT_CHALLENGE, and answers with PASSWORD_VERIFIER.
pub(super) async fn answer_srp_a(ctx: &Ctx<'_>, room: &Room<'_>, answer: &Respond<'_>) -> Reply<Answer> {
    let a = public_value(answer.responses.require("SRP_A")?)?;
    let turn = ctx
        .write(async |txn| {
            let mut turn = Turn::load(ctx, txn, room.pool, answer).await?;
            if let Some(session) = &mut turn.session {
                session.used = true;
                txn.save(session);
            }
            Ok(turn)
        })
        .await?;
    let offer = offer_password(ctx, room, &turn, a)?;
    answer::verifier(ctx, room, &turn, &offer)
}

/// Takes the answer to PASSWORD_VERIFIER: the proof of the password.
pub(super) async fn verify(ctx: &Ctx<'_>, room: &Room<'_>, answer: &Respond<'_>) -> Reply<Answer> {
    let name = answer.responses.require("USERNAME")?;
    let claim = Claim::read(answer)?;
    let block = open(ctx, PASSWORD, room, answer, &claim)?;
    let found = turn::named(ctx, &mut ctx.read(), room.pool, name, &block.user, &block.sub).await;
    let user = found.map_err(|_| errors::incorrect_username_or_password())?;
    password::check_lock(ctx, room.pool, user.as_deref(), name).await?;
    let secret = Secret::of(ctx, room.pool, user.as_deref(), &block.sub)?;
    let user_id = user.as_ref().map_or(&block.sub, |user| &user.username);
    let exchange = block.exchange(ids::pool_name(&room.pool.id), user_id, &secret.verifier);
    let proof = claim.prove(ctx, &exchange)?;
    let compared = Compared::new(room.pool, user, name, proof);

    let load = async |txn: &mut Txn, pool: &Pool| Turn::resume(ctx, txn, pool, answer, block.resumed()).await;
    let decide = async |txn: &mut Txn, turn: &mut Turn| compared.count(txn, turn).await;
    let judged = match proof {
        Proof::Right => turn::rehearse(ctx, room, load, decide).await?,
        Proof::Wrong => None,
    };
    let provisions = Provisions { judged, ..Provisions::default() };
    turn::take(ctx, room, &provisions, load, async |txn, turn| {
        spend(txn, &block).await?;
        decide(txn, turn).await
    })
    .await
}

/// The three parts of a proof.
pub(super) struct Claim<'a> {
    block: Vec<u8>,
    signature: Vec<u8>,
    timestamp: &'a str,
}

impl<'a> Claim<'a> {
    pub(super) fn read(answer: &'a Respond<'_>) -> Reply<Self> {
        let decoded = |name: &str| Ok::<_, ApiError>(STANDARD.decode(answer.responses.require(name)?).ok());
        let block = decoded("PASSWORD_CLAIM_SECRET_BLOCK")?;
        let signature = decoded("PASSWORD_CLAIM_SIGNATURE")?;
        let timestamp = answer.responses.require("TIMESTAMP")?;
        let (block, signature) = block.zip(signature).ok_or_else(errors::incorrect_username_or_password)?;
        Ok(Self { block, signature, timestamp })
    }

    /// Whether it proves the password, and in time. Two exponentiations, for everybody.
    pub(super) fn prove(&self, ctx: &Ctx<'_>, exchange: &srp::Exchange<'_>) -> Reply<Proof> {
        let proven = exchange.proves(&self.signature, &self.block, self.timestamp)?;
        let timely = srp::is_timely(self.timestamp, ctx.now());
        Ok(if proven && timely { Proof::Right } else { Proof::Wrong })
    }
}

/// Opens a block, which must be of this pool, client and door, and of the session that came along if one did.
pub(super) fn open(
    ctx: &Ctx<'_>,
    purpose: &str,
    room: &Room<'_>,
    answer: &Respond<'_>,
    claim: &Claim<'_>,
) -> Reply<Block> {
    let opened = sealed::open(ctx, purpose, &claim.block)?;
    let block: Option<Block> = opened.and_then(|block| serde_json::from_slice(&block).ok());
    let block = block.filter(|block| {
        block.pool_id == room.pool.id
            && block.client_id == room.client.id
            && block.admin == room.door.is_admin()
    });
    let block = block.ok_or_else(errors::incorrect_username_or_password)?;
    if answer.session.is_some_and(|session| answer::session_hash(session) != block.session) {
        return Err(errors::invalid_session());
    }
    if ctx.now() >= block.until {
        return Err(errors::session_expired());
    }
    Ok(block)
}

/// Remembers that the block was used. A second use is refused, whatever it proves.
async fn spend(txn: &mut Txn, block: &Block) -> Reply<()> {
    if txn.get::<Session>(&Session::key_of(&block.pool_id, &block.session)).await?.is_some() {
        return Err(errors::incorrect_username_or_password());
    }
    txn.save(&Session {
        pool_id: block.pool_id.clone(),
        hash: block.session.clone(),
        client_id: block.client_id.clone(),
        user: block.user.clone(),
        sub: block.sub.clone(),
        sign_outs: block.sign_outs,
        admin: block.admin,
        state: State::Verifier,
        journey: block.journey.clone(),
        material: Material::None,
        used: true,
        expires: block.until,
    });
    Ok(())
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
