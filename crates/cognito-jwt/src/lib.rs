//! RSA keys, signing, verifying and JWKS of a user pool; the only crate that names josekit.
//!
//! Everything here is about signatures. What the claims mean, and whether a token has expired or comes from
//! the right issuer, is the caller's business.

mod algorithm;
mod certificate;
mod client_assertion;
mod json;
mod key_set;
mod reserve;
mod signing;
mod verify;
mod verifying;

pub use certificate::CertificateOf;
pub use client_assertion::sign_es256;
pub use key_set::{KeySet, KeySetLimits};
pub use reserve::KeyReserve;
pub use signing::{JwtError, KeyError, SigningKey};
pub use verify::{Header, VerifyError, unverified_claims, unverified_header, verify, verify_any};
pub use verifying::VerifyingKey;
