//! The SECRET_BLOCK of an SRP exchange: what the server must know between its two calls, sealed, in the client's hands.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cognito_core::auth::{Journey, Proof, State};
use cognito_core::session::{Material, Owner, Session};
use cognito_core::{Time, srp};
use cognito_store::Txn;
use serde::{Deserialize, Serialize};

use super::respond::Respond;
use super::sessions;
use super::turn::{Resumed, Room, Turn};
use crate::prelude::*;
use crate::service::heavy::heavy;
use crate::service::sealed;

/// What the blocks of PASSWORD_VERIFIER are sealed for.
pub(super) const PASSWORD: &str = "srp";
/// What those of DEVICE_PASSWORD_VERIFIER are sealed for.
pub(super) const DEVICE: &str = "device-srp";

/// Blocks are filled with blanks to a multiple of so many bytes.
const BLOCK: usize = 1024;

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
    owner: Owner,
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
    pub(super) fn resumed(&self) -> Resumed<'_> {
        Resumed { owner: &self.owner, state: &State::Verifier, journey: &self.journey }
    }

    /// Whose password it is about.
    pub(super) fn owner(&self) -> &Owner {
        &self.owner
    }

    /// The hash of the session that goes along.
    pub(super) fn session(&self) -> &str {
        &self.session
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

impl Offer {
    /// Begins an exchange over a verifier. One exponentiation.
    pub(super) async fn new(ctx: &Ctx<'_>, a: Vec<u8>, salt: &[u8], verifier: &[u8]) -> Reply<Self> {
        let b = ctx.bytes();
        let public = heavy(|| srp::server_public_value(verifier, &b)).await?;
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
            owner: Owner::of(&turn.user),
            journey: turn.journey.clone(),
            until: ctx.now() + room.client.session_validity(),
            a: self.a.clone(),
            b: self.b.to_vec(),
            public: self.public.clone(),
        };
        let mut block = serde_json::to_vec(&block).map_err(|error| ApiError::internal().because(error))?;
        // Its length must not tell who has what name.
        block.resize(block.len().next_multiple_of(BLOCK), b' ');
        let mut parameters = self.parameters();
        parameters.insert("SECRET_BLOCK".to_owned(), STANDARD.encode(sealed::seal(ctx, purpose, &block)?));
        Ok(parameters)
    }
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
    pub(super) async fn prove(&self, ctx: &Ctx<'_>, exchange: &srp::Exchange<'_>) -> Reply<Proof> {
        let proven = heavy(|| exchange.proves(&self.signature, &self.block, self.timestamp)).await?;
        let timely = srp::is_timely(self.timestamp, ctx.client_now());
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
    if answer.session.is_some_and(|session| sessions::hash(session) != block.session) {
        return Err(errors::invalid_session());
    }
    if ctx.now() >= block.until {
        return Err(errors::session_expired());
    }
    Ok(block)
}

/// Remembers that the block was used. A second use is refused, whatever it proves.
pub(super) async fn spend(txn: &mut Txn, block: &Block) -> Reply<()> {
    if txn.get::<Session>(&Session::key_of(&block.pool_id, &block.session)).await?.is_some() {
        return Err(errors::incorrect_username_or_password());
    }
    txn.save(&Session {
        pool_id: block.pool_id.clone(),
        hash: block.session.clone(),
        client_id: block.client_id.clone(),
        owner: block.owner.clone(),
        admin: block.admin,
        state: State::Verifier,
        journey: block.journey.clone(),
        material: Material::None,
        used: true,
        expires: block.until,
    });
    Ok(())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
