//! Authentication sessions: what is behind the `Session` of a challenge.
//! Single use, expiring, bound to pool, client and user.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::auth::{Journey, State};
use crate::code::OneTimeCode;
use crate::entity::{Entity, IndexEntry, Kind};
use crate::time::Time;
use crate::totp::SoftwareToken;
use crate::user::User;

/// Whose a sign-in under way is: the user as of its beginning. It ends when the user is gone, signs out everywhere or
/// gets another password.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Owner {
    /// The record key of the user.
    pub key: String,
    /// The user's subject.
    pub sub: String,
    /// [`User::sign_outs`]
    sign_outs: u32,
    /// The salt of the password: no two have the same.
    #[serde(with = "crate::bytes")]
    salt: Vec<u8>,
}

impl Owner {
    /// The user as of now.
    pub fn of(user: &User) -> Self {
        // An imported password keeps its salt when it is used for the first time.
        let imported = || user.imported.as_ref().map(|imported| imported.salt());
        let salt = user.password.as_ref().map(|password| password.salt()).or_else(imported);
        let salt = salt.map(<[u8]>::to_vec).unwrap_or_default();
        Self { key: user.key(), sub: user.sub.clone(), sign_outs: user.sign_outs, salt }
    }

    /// Whether the sign-in may go on as this user's.
    pub fn is(&self, user: &User) -> bool {
        *self == Self::of(user)
    }
}

/// The index of the sessions that wait for a device, in the order in which they end.
pub const BY_DEVICE: &str = "session.device";

/// The state of a sign-in that waits for the answer to a challenge.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Session {
    /// The pool.
    pub pool_id: String,
    /// SHA-256 of the `Session` text in hexadecimal: who reads the store cannot go on with a sign-in.
    pub hash: String,
    /// The app client that began.
    pub client_id: String,
    /// Whose it is.
    pub owner: Owner,
    /// Whether it was begun by AdminInitiateAuth.
    pub admin: bool,
    /// What is asked.
    pub state: State,
    /// What the sign-in has behind it.
    pub journey: Journey,
    /// What the answer is compared with.
    pub material: Material,
    /// Whether it was answered. It is kept until it expires, to tell a second use from nonsense.
    pub used: bool,
    /// When it ends.
    pub expires: Time,
}

/// What the answer to a challenge is compared with.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub enum Material {
    /// Nothing of the session's own.
    #[default]
    None,
    /// A code that was sent.
    Code {
        /// The code.
        code: OneTimeCode,
        /// Where it was sent: it is good for that address and no later one.
        address: String,
    },
    /// The challenge of a passkey.
    Passkey(#[serde(with = "crate::bytes")] Vec<u8>),
    /// An authenticator app that is being registered.
    Token {
        /// The app.
        token: SoftwareToken,
        /// Whether VerifySoftwareToken saw a right code of it.
        verified: bool,
    },
    /// What CreateAuthChallenge keeps for VerifyAuthChallengeResponse.
    Private {
        /// `privateChallengeParameters`
        parameters: BTreeMap<String, String>,
        /// `challengeMetadata`
        metadata: Option<String>,
    },
}

/// Why a session cannot be gone on with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SessionError {
    /// It was answered before.
    #[error("session was used before")]
    Used,
    /// It has expired.
    #[error("session has expired")]
    Expired,
    /// It belongs to something else.
    #[error("session belongs to another client or challenge")]
    Foreign,
}

impl Session {
    /// The record key.
    pub fn key_of(pool_id: &str, hash: &str) -> String {
        format!("{pool_id}/{hash}")
    }

    /// The value of [`BY_DEVICE`] up to the moment of its end.
    pub fn device_prefix(pool_id: &str, client_id: &str, sub: &str, device_key: &str) -> String {
        format!("{pool_id}/{client_id}/{sub}/{device_key}/")
    }

    /// Whether a client may answer it now.
    ///
    /// # Errors
    /// [`SessionError`].
    pub fn check(&self, client_id: &str, admin: bool, now: Time) -> Result<(), SessionError> {
        if self.client_id != client_id || self.admin != admin {
            return Err(SessionError::Foreign);
        }
        self.check_live(now)
    }

    /// Whether it can be answered at all now.
    ///
    /// # Errors
    /// [`SessionError`].
    pub fn check_live(&self, now: Time) -> Result<(), SessionError> {
        if self.used {
            Err(SessionError::Used)
        } else if now >= self.expires {
            Err(SessionError::Expired)
        } else {
            Ok(())
        }
    }
}

impl Entity for Session {
    const KIND: Kind = Kind::Session;

    fn key(&self) -> String {
        Self::key_of(&self.pool_id, &self.hash)
    }

    fn index(&self) -> Vec<IndexEntry> {
        match (&self.state, &self.journey.device) {
            (State::Device, Some(device)) if !self.used => {
                let prefix =
                    Self::device_prefix(&self.pool_id, &self.client_id, &self.owner.sub, &device.key);
                vec![IndexEntry::shared(BY_DEVICE, format!("{prefix}{:016x}", self.expires.0))]
            }
            _ => Vec::new(),
        }
    }

    /// An hour after its end, so that a late answer is told from nonsense.
    fn expires(&self) -> Option<Time> {
        Some(self.expires + crate::time::Span::hours(1))
    }
}
