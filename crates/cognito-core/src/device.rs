//! Devices that a user's sign-ins come from. Source: `auth-flows` 4.5 of the specification.

use serde::{Deserialize, Serialize};

use crate::entity::{Entity, IndexEntry, Kind};
use crate::time::Time;

/// The index of the devices of a user, in the order of their confirmation.
pub const BY_USER: &str = "device.user";

/// A device that was confirmed (ConfirmDevice).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Device {
    /// The pool.
    pub pool_id: String,
    /// Whose it is, by `sub`.
    pub sub: String,
    /// `<region>_<uuid>`
    pub key: String,
    /// What stands for the pool's name in the device's SRP.
    pub group_key: String,
    /// DeviceName
    pub name: Option<String>,
    /// The address of its last sign-in.
    pub last_ip: Option<String>,
    /// The salt of its SRP verifier.
    #[serde(with = "crate::bytes")]
    pub salt: Vec<u8>,
    /// Its SRP verifier: x is of group key, device key and device password.
    #[serde(with = "crate::bytes")]
    pub verifier: Vec<u8>,
    /// Whether it is remembered: it may stand for a second factor.
    pub remembered: bool,
    /// When it was confirmed.
    pub created: Time,
    /// When it was last changed.
    pub modified: Time,
    /// When it last signed in.
    pub last_authenticated: Time,
}

impl Device {
    /// The record key.
    pub fn key_of(pool_id: &str, sub: &str, key: &str) -> String {
        format!("{pool_id}/{sub}/{key}")
    }

    /// The value of [`BY_USER`] up to the moment of confirmation.
    pub fn user_prefix(pool_id: &str, sub: &str) -> String {
        format!("{pool_id}/{sub}/")
    }
}

impl Entity for Device {
    const KIND: Kind = Kind::Device;

    fn key(&self) -> String {
        Self::key_of(&self.pool_id, &self.sub, &self.key)
    }

    fn index(&self) -> Vec<IndexEntry> {
        let user = format!("{}{:016x}", Self::user_prefix(&self.pool_id, &self.sub), self.created.0);
        vec![IndexEntry::shared(BY_USER, user)]
    }
}
