//! SAML sign-ins: what outlives a message. The messages themselves are `cognito-saml`'s.
//! Source: `oauth-and-managed-login` 6.9 of the specification.

use serde::{Deserialize, Serialize};

use crate::entity::{Entity, Kind};
use crate::secret::digest;
use crate::time::{Span, Time};

/// How long an identity provider has to answer a logout request.
const LOGOUT: Span = Span::minutes(5);

/// The name of a pool as a service provider.
pub fn entity_id(pool_id: &str) -> String {
    format!("urn:amazon:cognito:sp:{pool_id}")
}

/// The ID of the request that belongs to a RelayState. A response names it, so that the one that comes back can be
/// held against the browser's own state without keeping more than that.
pub fn request_id(relay_state: &str) -> String {
    format!("_{}", digest(relay_state))
}

/// The session at an identity provider that a sign-in came from: what a logout request must name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SamlSession {
    /// The provider's name.
    pub provider: String,
    /// The subject, as the assertion named it.
    pub name_id: String,
    /// The `Format` of the NameID.
    pub format: Option<String>,
    /// The `NameQualifier` of the NameID.
    pub name_qualifier: Option<String>,
    /// The `SPNameQualifier` of the NameID.
    pub sp_name_qualifier: Option<String>,
    /// The `SessionIndex` of the assertion.
    pub session_index: Option<String>,
}

/// An assertion that somebody signed in with. It exists until the assertion is refused for its age.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UsedAssertion {
    /// The pool.
    pub pool_id: String,
    /// SHA-256 over the issuer and the assertion's ID, in hexadecimal: both may be long.
    pub hash: String,
    /// When it may be forgotten.
    pub expires: Time,
}

impl UsedAssertion {
    /// The use of an assertion. It is its issuer's, by whatever name a pool trusts that: two providers with the same
    /// metadata are one.
    pub fn new(pool_id: &str, issuer: &str, assertion_id: &str, expires: Time) -> Self {
        let hash = digest(format!("{}/{issuer}/{assertion_id}", issuer.len()));
        Self { pool_id: pool_id.to_owned(), hash, expires }
    }
}

impl Entity for UsedAssertion {
    const KIND: Kind = Kind::UsedAssertion;

    fn key(&self) -> String {
        format!("{}/{}", self.pool_id, self.hash)
    }

    fn expires(&self) -> Option<Time> {
        Some(self.expires)
    }
}

/// Where a browser goes that was signed out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Next {
    /// To one of the client's logout URLs.
    Away(String),
    /// To a new sign-in with this query.
    SignIn(String),
}

/// A logout request that waits for its answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SamlLogout {
    /// The pool.
    pub pool_id: String,
    /// SHA-256 of the RelayState in hexadecimal.
    pub hash: String,
    /// The provider that was asked.
    pub provider: String,
    /// Where the browser goes afterwards: checked before the request was made.
    pub next: Next,
    /// When it ends.
    pub expires: Time,
}

impl SamlLogout {
    /// A logout under way.
    pub fn new(pool_id: &str, relay_state: &str, provider: &str, next: Next, now: Time) -> Self {
        Self {
            pool_id: pool_id.to_owned(),
            hash: digest(relay_state),
            provider: provider.to_owned(),
            next,
            expires: now + LOGOUT,
        }
    }

    /// The record key of the one with a RelayState, which carries the pool in front: `<pool id>.<random>`.
    pub fn key_of(relay_state: &str) -> Option<String> {
        let (pool_id, _) = relay_state.split_once('.')?;
        Some(format!("{pool_id}/{}", digest(relay_state)))
    }
}

impl Entity for SamlLogout {
    const KIND: Kind = Kind::SamlLogout;

    fn key(&self) -> String {
        format!("{}/{}", self.pool_id, self.hash)
    }

    fn expires(&self) -> Option<Time> {
        Some(self.expires)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        assert_eq!(entity_id("us-east-1_AbCdEf123"), "urn:amazon:cognito:sp:us-east-1_AbCdEf123");
        let id = request_id("state");
        assert!(id.starts_with('_') && id.len() == 65, "an NCName: {id}");
        assert_eq!(id, request_id("state"));
        assert_ne!(id, request_id("stat"));
    }

    #[test]
    fn an_assertion_is_one_of_its_issuer() {
        let key = |issuer, id| UsedAssertion::new("p_1", issuer, id, Time(0)).key();
        assert_eq!(key("idp", "_1"), key("idp", "_1"));
        assert_ne!(key("idp", "_1"), key("idp", "_2"));
        assert_ne!(key("idp", "_1"), key("other", "_1"));
        assert_ne!(key("a", "b/c"), key("a/b", "c"));
        assert!(key("idp", &"x".repeat(100_000)).len() < 100);
    }

    #[test]
    fn a_logout_is_found_by_its_relay_state() {
        let logout = SamlLogout::new("p_1", "p_1.abc", "idp", Next::SignIn(String::new()), Time(0));
        assert_eq!(SamlLogout::key_of("p_1.abc"), Some(logout.key()));
        assert_ne!(SamlLogout::key_of("p_1.abd"), Some(logout.key()));
        assert_eq!(SamlLogout::key_of("abc"), None);
        assert_eq!(logout.expires, Time(300_000));
    }
}
