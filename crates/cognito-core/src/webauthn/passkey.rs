//! Passkeys of users. Source: `auth-flows` 4.6 of the specification.

use base64::Engine as _;
use serde::{Deserialize, Serialize};

use super::credential::BASE64URL;
use crate::entity::{Entity, IndexEntry, Kind};
use crate::secret;
use crate::time::Time;

/// The index of the passkeys of a user, in the order of their registration.
pub const BY_USER: &str = "passkey.user";
/// How many passkeys a user may have.
pub const MAX_PASSKEYS: usize = 20;

/// A passkey that was registered. Its credential id is unique in the pool.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Passkey {
    /// The pool.
    pub pool_id: String,
    /// Whose it is, by `sub`.
    pub sub: String,
    /// The credential id.
    #[serde(with = "crate::bytes")]
    pub id: Vec<u8>,
    /// The public key, as SubjectPublicKeyInfo in DER.
    #[serde(with = "crate::bytes")]
    pub public_key: Vec<u8>,
    /// How often the authenticator has signed, as it says; 0 if it does not count.
    pub sign_count: u32,
    /// The RP id that it was registered for.
    pub relying_party: String,
    /// How the authenticator can be reached, as the browser said.
    pub transports: Vec<String>,
    /// Whether the authenticator is part of the device (`platform`) or not (`cross-platform`), if the browser said.
    pub attachment: Option<String>,
    /// When it was registered.
    pub created: Time,
}

impl Passkey {
    /// The record key of a credential id, which may be long.
    pub fn key_of(pool_id: &str, id: &[u8]) -> String {
        let hash = secret::digest(id);
        format!("{pool_id}/{hash}")
    }

    /// The value of [`BY_USER`] up to the moment of registration.
    pub fn user_prefix(pool_id: &str, sub: &str) -> String {
        format!("{pool_id}/{sub}/")
    }

    /// The credential id as text.
    pub fn id_text(&self) -> String {
        BASE64URL.encode(&self.id)
    }

    /// The bytes of a credential id in text.
    pub fn id_of_text(text: &str) -> Option<Vec<u8>> {
        BASE64URL.decode(text).ok()
    }

    /// What it is called in lists. `Roaming passkey` is AWS's ([CLI list-web-authn-credentials]), the others are
    /// ours.
    pub fn friendly_name(&self) -> &'static str {
        match self.attachment.as_deref() {
            Some("cross-platform") => "Roaming passkey",
            Some("platform") => "Platform passkey",
            _ => "Passkey",
        }
    }
}

impl Entity for Passkey {
    const KIND: Kind = Kind::Passkey;

    fn key(&self) -> String {
        Self::key_of(&self.pool_id, &self.id)
    }

    fn index(&self) -> Vec<IndexEntry> {
        let user = format!("{}{:016x}", Self::user_prefix(&self.pool_id, &self.sub), self.created.0);
        vec![IndexEntry::shared(BY_USER, user)]
    }
}
