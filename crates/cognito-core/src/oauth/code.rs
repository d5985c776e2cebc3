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

    /// Checks a claim. Only who could have redeemed the code is told that it was used before, which ends what it began:
    /// then one of two has stolen it, and nobody knows which (RFC 6749, section 4.1.2). Others may have found a used code
    /// in a log or in a history; without the client's authentication, the redirect URI and the proof of the challenge it
    /// was never worth anything, and so they cannot sign the user out with it.
    ///
    /// # Errors
    /// [`CodeError`]
    pub fn check(&self, claim: Claim<'_>, now: Time) -> Result<(), CodeError> {
        let proven = match (&self.challenge, claim.verifier) {
            (Some(challenge), Some(verifier)) => pkce::proves(verifier, challenge),
            (None, None) => true,
            // A verifier without a challenge: somebody took the challenge out of the request (RFC 9700, section 4.8.2).
            _ => false,
        };
        if !proven || self.client_id != claim.client_id || self.redirect_uri != claim.redirect_uri {
            return Err(CodeError::Foreign);
        }
        match &self.family {
            Some(family) => Err(CodeError::Used(family.clone())),
            None if now >= self.expires => Err(CodeError::Expired),
            None => Ok(()),
        }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;

    const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    const OTHER: &str = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

    fn code(challenged: bool, used: bool) -> AuthorizationCode {
        AuthorizationCode {
            pool_id: "us-east-1_AbCdEf123".to_owned(),
            hash: "hash".to_owned(),
            client_id: "app".to_owned(),
            redirect_uri: "https://app.example/cb".to_owned(),
            challenge: challenged.then(|| pkce::challenge_of(VERIFIER)),
            granted: Granted::default(),
            nonce: None,
            owner: Owner::of(&testing::user()),
            session: "session".to_owned(),
            auth_time: Time(0),
            methods: Vec::new(),
            event: None,
            acr: None,
            expires: Time(0) + VALIDITY,
            family: used.then(|| "family".to_owned()),
        }
    }

    #[test]
    fn claims() {
        let check = |client_id: &str, redirect_uri: &str, verifier: Option<&str>, minutes: i64| {
            [false, true].map(|used| {
                let claim = Claim { client_id, redirect_uri, verifier };
                let checked = code(true, used).check(claim, Time(0) + Span::minutes(minutes));
                checked.map_or_else(|error| error.to_string(), |()| "good".to_owned())
            })
        };
        let (foreign, used) = (CodeError::Foreign.to_string(), CodeError::Used(String::new()).to_string());
        let uri = "https://app.example/cb";
        assert_eq!(check("app", uri, Some(VERIFIER), 4), ["good", used.as_str()]);
        assert_eq!(check("app", uri, Some(VERIFIER), 5), [CodeError::Expired.to_string(), used]);
        for (client_id, redirect_uri, verifier) in [
            ("other", uri, Some(VERIFIER)),
            ("app", "https://app.example/other", Some(VERIFIER)),
            ("app", uri, Some(OTHER)),
            ("app", uri, None),
        ] {
            assert_eq!(check(client_id, redirect_uri, verifier, 4), [foreign.as_str(), foreign.as_str()]);
        }
        let claim = Claim { client_id: "app", redirect_uri: uri, verifier: Some(VERIFIER) };
        assert_eq!(
            code(false, false).check(claim, Time(0)),
            Err(CodeError::Foreign),
            "there is no challenge"
        );
    }
}
