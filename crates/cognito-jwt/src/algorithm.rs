//! How a token may be signed (RFC 7518, section 3.1): RSA and ECDSA, never HMAC or `none`.

use josekit::JoseError;
use josekit::jwk::Jwk;
use josekit::jws::{ES256, ES384, ES512, JwsVerifier, RS256, RS384, RS512};
use serde_json::Value;

/// An algorithm of signatures.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Algorithm {
    Rs256,
    Rs384,
    Rs512,
    Es256,
    Es384,
    Es512,
}

impl Algorithm {
    /// RSASSA-PKCS1-v1_5 with the three hashes.
    pub(crate) const RSA: [Self; 3] = [Self::Rs256, Self::Rs384, Self::Rs512];

    const ECDSA: [Self; 3] = [Self::Es256, Self::Es384, Self::Es512];

    /// The algorithm of this name.
    pub(crate) fn named(name: &Value) -> Option<Self> {
        Self::RSA.into_iter().chain(Self::ECDSA).find(|algorithm| name == algorithm.name())
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Rs384 => "RS384",
            Self::Rs512 => "RS512",
            Self::Es256 => "ES256",
            Self::Es384 => "ES384",
            Self::Es512 => "ES512",
        }
    }

    pub(crate) fn is_rsa(self) -> bool {
        Self::RSA.contains(&self)
    }

    /// What verifies its signatures with a key.
    pub(crate) fn verifier(self, jwk: &Jwk) -> Result<Box<dyn JwsVerifier>, JoseError> {
        Ok(match self {
            Self::Rs256 => Box::new(RS256.verifier_from_jwk(jwk)?),
            Self::Rs384 => Box::new(RS384.verifier_from_jwk(jwk)?),
            Self::Rs512 => Box::new(RS512.verifier_from_jwk(jwk)?),
            Self::Es256 => Box::new(ES256.verifier_from_jwk(jwk)?),
            Self::Es384 => Box::new(ES384.verifier_from_jwk(jwk)?),
            Self::Es512 => Box::new(ES512.verifier_from_jwk(jwk)?),
        })
    }
}
