//! Authenticator apps: time-based one-time passwords (RFC 6238) with SHA-1, six digits and steps of 30 seconds.

use openssl::error::ErrorStack;
use openssl::hash::MessageDigest;
use openssl::pkey::PKey;
use openssl::sign::Signer;
use serde::{Deserialize, Serialize};

use crate::secret;
use crate::time::Time;

/// The length of a secret in bytes.
pub const SECRET: usize = 32;

/// A step in seconds.
const STEP: i64 = 30;
/// How many steps a code may be off.
const TOLERANCE: i64 = 1;

/// An authenticator app that shares a secret with us.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SoftwareToken {
    #[serde(with = "crate::bytes")]
    secret: Vec<u8>,
    /// The step of the last code that was right: no code of it or before is taken again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    used: Option<i64>,
    /// FriendlyDeviceName
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

impl std::fmt::Debug for SoftwareToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SoftwareToken").field("name", &self.name).finish_non_exhaustive()
    }
}

/// Why a code is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TotpError {
    /// It is not the code of now.
    #[error("code does not match")]
    Mismatch,
    /// It was used before.
    #[error("code was used before")]
    Used,
}

impl SoftwareToken {
    /// Makes one of a fresh secret.
    pub fn new(secret: [u8; SECRET]) -> Self {
        Self { secret: secret.to_vec(), used: None, name: None }
    }

    /// Whether it is the same app, whatever it was used for meanwhile.
    pub fn is(&self, other: &Self) -> bool {
        secret::equal(&self.secret, &other.secret)
    }

    /// The secret as an app takes it: Base32 (RFC 4648, section 6) without padding.
    pub fn secret_code(&self) -> String {
        base32(&self.secret)
    }

    /// Checks a code and uses it up: the token must then be saved.
    ///
    /// # Errors
    /// [`TotpError`]
    pub fn redeem(&mut self, code: &str, now: Time) -> Result<(), TotpError> {
        let present = now.seconds().div_euclid(STEP);
        let mut found = None;
        // Every step is looked at, so that the time does not tell which one it was.
        for step in present - TOLERANCE..=present + TOLERANCE {
            let right = self.code(step).is_ok_and(|own| secret::equal(own.as_bytes(), code.as_bytes()));
            found = if right { Some(step) } else { found };
        }
        match (found, self.used) {
            (None, _) => Err(TotpError::Mismatch),
            (Some(step), Some(used)) if step <= used => Err(TotpError::Used),
            (Some(step), _) => {
                self.used = Some(step);
                Ok(())
            }
        }
    }

    /// The code of a step (RFC 4226, section 5.3).
    fn code(&self, step: i64) -> Result<String, ErrorStack> {
        let key = PKey::hmac(&self.secret)?;
        let mut signer = Signer::new(MessageDigest::sha1(), &key)?;
        signer.update(&step.to_be_bytes())?;
        let mut mac = [0; 20];
        signer.sign(&mut mac)?;
        let at = usize::from(mac[19] & 0x0f);
        let word = u32::from_be_bytes([mac[at] & 0x7f, mac[at + 1], mac[at + 2], mac[at + 3]]);
        Ok(format!("{:06}", word % 1_000_000))
    }
}

fn base32(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let group = |chunk: &[u8]| {
        let mut bits = [0; 8];
        bits[3..3 + chunk.len()].copy_from_slice(chunk);
        let bits = u64::from_be_bytes(bits);
        let digits = (chunk.len() * 8).div_ceil(5);
        (0..digits).map(move |i| char::from(ALPHABET[(bits >> (35 - 5 * i)) as usize & 31]))
    };
    bytes.chunks(5).flat_map(group).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238, appendix B, with its 20-byte secret.
    fn rfc() -> SoftwareToken {
        SoftwareToken { secret: b"12345678901234567890".to_vec(), used: None, name: None }
    }

    #[test]
    fn codes_of_the_rfc() {
        let check = |seconds: i64, code: &str| assert_eq!(rfc().code(seconds / 30).unwrap(), code);
        check(59, "287082");
        check(1_111_111_109, "081804");
        check(1_234_567_890, "005924");
        check(20_000_000_000, "353130");
    }

    #[test]
    fn a_code_is_good_for_a_step_either_way_and_once() {
        let check = |seconds: i64, expected: Result<(), TotpError>| {
            assert_eq!(rfc().redeem("287082", Time::from_seconds(seconds)), expected, "at {seconds}");
        };
        check(59, Ok(()));
        check(29, Ok(()));
        check(89, Ok(()));
        check(-1, Err(TotpError::Mismatch));
        check(90, Err(TotpError::Mismatch));

        let mut token = rfc();
        assert_eq!(token.redeem("287082", Time::from_seconds(59)), Ok(()));
        assert_eq!(token.redeem("287082", Time::from_seconds(60)), Err(TotpError::Used));
        assert_eq!(token.redeem("", Time::from_seconds(60)), Err(TotpError::Mismatch));
        let earlier = token.code(0).unwrap();
        assert_eq!(token.redeem(&earlier, Time::from_seconds(59)), Err(TotpError::Used));
        let next = token.code(2).unwrap();
        assert_eq!(token.redeem(&next, Time::from_seconds(61)), Ok(()));
    }

    #[test]
    fn secrets_are_base32() {
        let check = |bytes: &[u8], text: &str| assert_eq!(base32(bytes), text);
        check(b"", "");
        check(b"f", "MY");
        check(b"fo", "MZXQ");
        check(b"foobar", "MZXW6YTBOI");
        assert_eq!(SoftwareToken::new([7; SECRET]).secret_code().len(), 52);
    }
}
