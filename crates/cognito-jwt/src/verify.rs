//! Strict verification of compact tokens (RFC 7515 section 5.2, RFC 8725).
//!
//! The keys decide on the algorithm; of the header only the name of the key is believed, and one of the three hashes
//! where the key leaves it open.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};

use crate::algorithm::Algorithm;
use crate::{KeySet, json};

/// The largest token that is looked at, in bytes.
const TOKEN_BYTES: usize = 64 * 1024;

/// The largest encoded header, in bytes. Cognito's has 107.
const HEADER_BYTES: usize = 2 * 1024;

/// The part of a token's header that may be believed before the signature is checked.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Header {
    /// The name of the key that the token claims to be signed with.
    pub kid: String,
    algorithm: Algorithm,
}

/// Why a token was refused.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum VerifyError {
    /// It is no compact JWS over a JSON object, or not a strictly encoded one.
    #[error("the token is malformed")]
    Malformed,
    /// Its `kid` is missing or not in the set.
    #[error("the token's key is unknown")]
    UnknownKey,
    /// Its header names an algorithm that is not accepted, or another one than its key is for.
    #[error("the token's algorithm is not the one of its key")]
    Algorithm,
    /// The signature is not the one of the named key.
    #[error("the token's signature does not match")]
    Signature,
}

/// Verifies the form and the RSA signature of a token and returns its claims.
///
/// Expiry, issuer, audience and use are the caller's to check.
pub fn verify(token: &str, keys: &KeySet) -> Result<Map<String, Value>, VerifyError> {
    verify_by(Algorithm::is_rsa, token, keys)
}

/// The same, with RSA or ECDSA: what identity providers elsewhere sign with.
pub fn verify_any(token: &str, keys: &KeySet) -> Result<Map<String, Value>, VerifyError> {
    verify_by(|_| true, token, keys)
}

fn verify_by(
    accepted: impl Fn(Algorithm) -> bool,
    token: &str,
    keys: &KeySet,
) -> Result<Map<String, Value>, VerifyError> {
    let parts = Parts::split(token)?;
    let header = parts.header()?;
    if !accepted(header.algorithm) {
        return Err(VerifyError::Algorithm);
    }
    let signature = decode(parts.signature)?;
    let mut named = keys.iter().filter(|key| key.kid() == header.kid).peekable();
    named.peek().ok_or(VerifyError::UnknownKey)?;
    match named.find_map(|key| key.accepts(header.algorithm, parts.signed.as_bytes(), &signature)) {
        Some(true) => parts.claims(),
        Some(false) => Err(VerifyError::Signature),
        None => Err(VerifyError::Algorithm),
    }
}

/// Reads a token's header WITHOUT checking the signature: good for finding the key that it names.
pub fn unverified_header(token: &str) -> Result<Header, VerifyError> {
    Parts::split(token)?.header()
}

/// Reads a token's header and claims WITHOUT checking the signature.
///
/// Only good for finding out which pool's keys to verify the token with. The form is checked as strictly as
/// [`verify`] does.
pub fn unverified_claims(token: &str) -> Result<(Header, Map<String, Value>), VerifyError> {
    let parts = Parts::split(token)?;
    decode(parts.signature)?;
    Ok((parts.header()?, parts.claims()?))
}

/// The three segments, still encoded.
struct Parts<'a> {
    /// Header and payload with the full stop between them: what the signature is over.
    signed: &'a str,
    header: &'a str,
    payload: &'a str,
    signature: &'a str,
}

impl<'a> Parts<'a> {
    fn split(token: &'a str) -> Result<Self, VerifyError> {
        if token.len() > TOKEN_BYTES {
            return Err(VerifyError::Malformed);
        }
        let (signed, signature) = token.rsplit_once('.').ok_or(VerifyError::Malformed)?;
        let (header, payload) = signed.split_once('.').ok_or(VerifyError::Malformed)?;
        if payload.contains('.') || header.len() > HEADER_BYTES {
            return Err(VerifyError::Malformed);
        }
        Ok(Self { signed, header, payload, signature })
    }

    fn header(&self) -> Result<Header, VerifyError> {
        let header = json::object(&decode(self.header)?).ok_or(VerifyError::Malformed)?;
        let algorithm = header.get("alg").and_then(Algorithm::named).ok_or(VerifyError::Algorithm)?;
        // RFC 7515 section 4.1.11: whoever does not know a critical extension refuses, and we know none.
        if header.contains_key("crit") {
            return Err(VerifyError::Malformed);
        }
        match header.get("kid") {
            Some(Value::String(kid)) => Ok(Header { kid: kid.clone(), algorithm }),
            _ => Err(VerifyError::UnknownKey),
        }
    }

    fn claims(&self) -> Result<Map<String, Value>, VerifyError> {
        json::object(&decode(self.payload)?).ok_or(VerifyError::Malformed)
    }
}

/// Base64url without padding, blanks or stray trailing bits: every byte string has one encoding.
fn decode(segment: &str) -> Result<Vec<u8>, VerifyError> {
    URL_SAFE_NO_PAD.decode(segment).map_err(|_| VerifyError::Malformed)
}

#[cfg(test)]
#[path = "verify_tests.rs"]
mod tests;
