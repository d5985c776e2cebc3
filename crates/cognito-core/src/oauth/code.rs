//! Authorization codes: single use, five minutes, bound to client, redirect URI and challenge (RFC 6749, section 4.1.2).

use serde::{Deserialize, Serialize};

use super::grant::Granted;
use super::pkce;
use crate::auth::Method;
use crate::entity::{Entity, Kind};
use crate::session::Owner;
use crate::time::{Span, Time};

/// How long a code lives.
pub const VALIDITY: Span = Span::minutes(5);
/// How long a used code is remembered, so that a replay is recognised.
const REMEMBERED: Span = Span::hours(1);

/// What a code stands for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AuthorizationCode {
    /// The pool.
    pub pool_id: String,
    /// SHA-256 of the code in hexadecimal: who reads the store cannot redeem it.
    pub hash: String,
    /// The client that it was made for.
    pub client_id: String,
    /// The redirect URI of the request.
    pub redirect_uri: String,
    /// The PKCE challenge of the request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub challenge: Option<String>,
    /// What was granted.
    pub granted: Granted,
    /// The `nonce` of the request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nonce: Option<String>,
    /// Whose it is.
    pub owner: Owner,
    /// The session of the browser that it came through, by the hash in its record key.
    pub session: String,
    /// When the user signed in.
    pub auth_time: Time,
    /// What the user proved.
    pub methods: Vec<Method>,
    /// The id of the event that the sign-in was recorded as, if the code is the first that it led to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event: Option<String>,
    /// The `acr`, if a level was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acr: Option<String>,
    /// When it ends.
    pub expires: Time,
    /// The id of the family that it began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub family: Option<String>,
}

/// What a client shows to redeem a code.
#[derive(Clone, Copy, Debug)]
pub struct Claim<'a> {
    /// The client, which was authenticated.
    pub client_id: &'a str,
    /// The redirect URI, the same as in the request.
    pub redirect_uri: &'a str,
    /// The PKCE verifier.
    pub verifier: Option<&'a str>,
}

/// Why a code is not redeemed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CodeError {
    /// It was redeemed before, for this family, which is to be revoked.
    #[error("code was used before")]
    Used(String),
    /// It has expired.
    #[error("code has expired")]
    Expired,
    /// It was made for something else.
    #[error("code belongs to another client or request")]
    Foreign,
}

impl AuthorizationCode {
    /// The record key.
    pub fn key_of(pool_id: &str, hash: &str) -> String {
        format!("{pool_id}/{hash}")
    }

    /// Checks a claim. Another client learns nothing of a code, nor does it end what the code began.
    ///
    /// # Errors
    /// [`CodeError`]
    pub fn check(&self, claim: Claim<'_>, now: Time) -> Result<(), CodeError> {
        if self.client_id != claim.client_id {
            return Err(CodeError::Foreign);
        }
        if let Some(family) = &self.family {
            return Err(CodeError::Used(family.clone()));
        }
        if now >= self.expires {
            return Err(CodeError::Expired);
        }
        let proven = match (&self.challenge, claim.verifier) {
            (Some(challenge), Some(verifier)) => pkce::proves(verifier, challenge),
            (None, None) => true,
            // A verifier without a challenge: somebody took the challenge out of the request (RFC 9700, section 4.8.2).
            _ => false,
        };
        if proven && self.redirect_uri == claim.redirect_uri { Ok(()) } else { Err(CodeError::Foreign) }
    }
}

impl Entity for AuthorizationCode {
    const KIND: Kind = Kind::AuthorizationCode;

    fn key(&self) -> String {
        Self::key_of(&self.pool_id, &self.hash)
    }

    fn expires(&self) -> Option<Time> {
        Some(self.expires + REMEMBERED)
    }
}
