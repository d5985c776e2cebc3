//! Devices that a user's sign-ins come from. Source: `auth-flows` 4.5 of the specification.

use std::cmp::Ordering;

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use openssl::bn::BigNum;
use serde::{Deserialize, Serialize};

use crate::entity::{Entity, IndexEntry, Kind};
use crate::family::Family;
use crate::pool::Pool;
use crate::srp;
use crate::time::Time;

/// The index of the devices of a user, in the order of their confirmation.
pub const BY_USER: &str = "device.user";
/// The index of those of them that are remembered.
pub const REMEMBERED: &str = "device.remembered";

/// The longest salt in bytes. Clients make 16. unverified
const MAX_SALT: usize = 256;

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

/// What a device proves its password by: salt and verifier, both sound.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Secret {
    salt: Vec<u8>,
    verifier: Vec<u8>,
}

/// Why DeviceSecretVerifierConfig is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SecretError {
    /// No Base64, empty, or longer than any client makes it.
    #[error("salt of a device")]
    Salt,
    /// No Base64, or no number between 1 and N: anybody could prove the password of 0 and 1.
    #[error("verifier of a device")]
    Verifier,
}

/// What a client says of a device when it confirms it.
#[derive(Clone, Debug)]
pub struct Confirmation<'a> {
    /// DeviceKey
    pub key: &'a str,
    /// DeviceName
    pub name: Option<String>,
    /// DeviceSecretVerifierConfig
    pub secret: Secret,
    /// The address that it comes from.
    pub ip: Option<&'a str>,
}

/// The sign-in was not offered a device of that key, or the offer was taken up before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("device was not offered")]
pub struct ForeignDevice;

impl Secret {
    /// Reads PasswordVerifier and Salt. The padding of their Base64 may be missing.
    ///
    /// # Errors
    /// [`SecretError`]
    pub fn parse(verifier: &str, salt: &str) -> Result<Self, SecretError> {
        const LENIENT: GeneralPurposeConfig =
            GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
        let base64 = GeneralPurpose::new(&alphabet::STANDARD, LENIENT);
        let verifier = base64.decode(verifier).map_err(|_| SecretError::Verifier)?;
        let verifier = BigNum::from_slice(&verifier).map_err(|_| SecretError::Verifier)?;
        if verifier.num_bits() < 2 || verifier.ucmp(&srp::group().n) != Ordering::Less {
            return Err(SecretError::Verifier);
        }
        let salt = base64.decode(salt).map_err(|_| SecretError::Salt)?;
        if salt.is_empty() || salt.len() > MAX_SALT {
            return Err(SecretError::Salt);
        }
        Ok(Self { salt, verifier: verifier.to_vec() })
    }
}

impl Device {
    /// Confirms the device that a sign-in was offered. It is remembered at once, unless the pool leaves that to the user.
    ///
    /// # Errors
    /// [`ForeignDevice`]
    pub fn confirm(
        family: &mut Family,
        pool: &Pool,
        confirmation: Confirmation<'_>,
        now: Time,
    ) -> Result<Self, ForeignDevice> {
        let Confirmation { key, name, secret: Secret { salt, verifier }, ip } = confirmation;
        let group_key = family.take_device_offer(key).ok_or(ForeignDevice)?;
        Ok(Self {
            pool_id: pool.id.clone(),
            sub: family.sub.clone(),
            key: key.to_owned(),
            group_key,
            name,
            last_ip: ip.map(str::to_owned),
            salt,
            verifier,
            remembered: !pool.remembers_on_prompt(),
            created: now,
            modified: now,
            last_authenticated: now,
        })
    }

    /// Notes a sign-in.
    pub fn signed_in(&mut self, ip: Option<&str>, now: Time) {
        self.last_ip = ip.map(str::to_owned);
        self.last_authenticated = now;
        self.modified = now;
    }

    /// Remembers it, or does so no longer.
    pub fn remember(&mut self, remembered: bool, now: Time) {
        self.remembered = remembered;
        self.modified = now;
    }

    /// The record key.
    pub fn key_of(pool_id: &str, sub: &str, key: &str) -> String {
        format!("{pool_id}/{sub}/{key}")
    }

    /// The value of both indexes up to the moment of confirmation.
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
        let remembered = self.remembered.then(|| IndexEntry::shared(REMEMBERED, user.clone()));
        [IndexEntry::shared(BY_USER, user)].into_iter().chain(remembered).collect()
    }
}

#[cfg(test)]
mod tests {
    use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};

    use super::*;

    /// N and its neighbours, with leading zeros as clients may send them.
    fn modulus(add: u32, subtract: u32) -> Vec<u8> {
        let mut n = srp::group().n.to_owned().unwrap();
        n.add_word(add).unwrap();
        n.sub_word(subtract).unwrap();
        [vec![0, 0], n.to_vec()].concat()
    }

    #[test]
    fn verifiers() {
        let check = |verifier: &[u8], expected: Result<(), SecretError>| {
            let secret = Secret::parse(&STANDARD.encode(verifier), "c2FsdA==");
            assert_eq!(secret.map(drop), expected, "{verifier:?}");
        };
        check(&[], Err(SecretError::Verifier));
        check(&[0; 384], Err(SecretError::Verifier));
        check(&[0, 1], Err(SecretError::Verifier));
        check(&[2], Ok(()));
        check(&[0xff; 383], Ok(()));
        check(&modulus(0, 1), Ok(()));
        check(&modulus(0, 0), Err(SecretError::Verifier));
        check(&modulus(1, 0), Err(SecretError::Verifier));
        check(&[1; 385], Err(SecretError::Verifier));
    }

    #[test]
    fn texts_of_secrets() {
        let check = |verifier: &str, salt: &str, expected: Result<(&[u8], &[u8]), SecretError>| {
            let secret = Secret::parse(verifier, salt);
            let secret = secret.as_ref().map(|secret| (&*secret.verifier, &*secret.salt));
            assert_eq!(secret.map_err(|&error| error), expected, "{verifier} {salt}");
        };
        check("AAID", "c2FsdA==", Ok((&[2, 3], b"salt")));
        check("AgM", "c2FsdA", Ok((&[2, 3], b"salt")));
        check("%", "c2FsdA==", Err(SecretError::Verifier));
        check("AgM=", "%", Err(SecretError::Salt));
        check("AgM=", "", Err(SecretError::Salt));
        check("AgM=", &STANDARD_NO_PAD.encode([7; MAX_SALT + 1]), Err(SecretError::Salt));
    }
}
