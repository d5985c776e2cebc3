//! The session of a browser with a pool, behind the `cognito` cookie: who has it is signed in without being asked.

use serde::{Deserialize, Serialize};

use crate::auth::Method;
use crate::client::Client;
use crate::entity::{Entity, IndexEntry, Kind};
use crate::saml::SamlSession;
use crate::time::{Span, Time};
use crate::tracking::{Activity, SSO_MINUTES, longest_sso, session_id};
use crate::user::User;

/// The index of the browser sessions of a user, the latest sign-in first.
pub const BY_USER: &str = "browser_session.user";

/// A browser that a user has signed in with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BrowserSession {
    /// The pool.
    pub pool_id: String,
    /// SHA-256 of the cookie in hexadecimal.
    pub hash: String,
    /// The record key of the user.
    pub user: String,
    /// The subject, so that a later user of the same name is not taken for this one.
    pub sub: String,
    /// The client that it began with.
    #[serde(default)]
    pub client_id: String,
    /// The sign-in, or the latest grant of tokens.
    #[serde(default)]
    pub last: Activity,
    /// When the user signed in. Silent reuse does not prolong a session.
    pub auth_time: Time,
    /// How long it lives from then on, in minutes: as long as a client of the pool could take it for a sign-in. A client
    /// that is given a longer time afterwards finds those that begin from then on.
    #[serde(default = "longest_sso")]
    pub minutes: i32,
    /// What the user proved.
    pub methods: Vec<Method>,
    /// The `acr` that the identity provider asserted. What other sign-ins are worth, their methods say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acr: Option<String>,
    /// The identity provider, if one signed the user in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider: Option<String>,
    /// The session at that provider, if it speaks SAML.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub saml: Option<SamlSession>,
}

impl BrowserSession {
    /// The record key.
    pub fn key_of(pool_id: &str, hash: &str) -> String {
        format!("{pool_id}/{hash}")
    }

    /// The beginning of the values of [`BY_USER`] for a user.
    pub fn user_prefix(user: &User) -> String {
        format!("{}/{}/", user.pool_id, user.sub)
    }

    /// The id of the session with that hash.
    pub fn id_of(hash: &str) -> String {
        session_id("sso", hash)
    }

    /// Whether it is listed: as long as the client that it began with takes it for a sign-in, and at least for the time
    /// that is the default. For how long AWS lists one is not documented.
    pub fn is_active(&self, client: Option<&Client>, now: Time) -> bool {
        let minutes = client.map_or(0, |client| client.sso_minutes).max(SSO_MINUTES);
        now < self.auth_time + Span::minutes(i64::from(minutes))
    }

    /// Whether a client takes it for a sign-in of this user: one that the client itself could have asked for. Signing out
    /// everywhere ends tokens and leaves it, as at AWS.
    pub fn is_good(&self, client: &Client, user: &User, now: Time) -> bool {
        let until = self.auth_time + Span::minutes(i64::from(client.sso_minutes));
        now < until
            && client.offers(self.provider.as_deref())
            && user.enabled
            && user.sub == self.sub
            && user.key() == self.user
    }
}

impl Entity for BrowserSession {
    const KIND: Kind = Kind::BrowserSession;

    fn key(&self) -> String {
        Self::key_of(&self.pool_id, &self.hash)
    }

    fn index(&self) -> Vec<IndexEntry> {
        let value = format!("{}/{}/{:016x}", self.pool_id, self.sub, i64::MAX - self.auth_time.0);
        vec![IndexEntry::shared(BY_USER, value)]
    }

    fn expires(&self) -> Option<Time> {
        Some(self.auth_time + Span::minutes(i64::from(self.minutes)))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::testing;

    /// A store of a version that knew neither client nor activity is read on: browsers have their cookies still.
    #[test]
    fn sessions_of_before() {
        let stored = json!({
            "pool_id": "us-east-1_AbCdEf123", "hash": "hash", "user": "key", "sub": "sub", "auth_time": 7, "methods": [],
        });
        let session: BrowserSession = serde_json::from_value(stored).unwrap();
        assert_eq!((session.client_id.as_str(), session.auth_time), ("", Time(7)));
        assert_eq!(session.expires(), Some(Time(7) + Span::days(90)), "as it was then");
    }

    #[test]
    fn reuse() {
        let pool = testing::pool(json!({}));
        let session = |provider: Option<&str>| BrowserSession {
            pool_id: pool.id.clone(),
            hash: "hash".to_owned(),
            user: testing::user().key(),
            sub: testing::user().sub,
            client_id: "client".to_owned(),
            last: Activity::default(),
            auth_time: Time(0),
            minutes: SSO_MINUTES,
            methods: Vec::new(),
            acr: None,
            provider: provider.map(str::to_owned),
            saml: None,
        };
        let check = |listed: Option<&[&str]>, provider: Option<&str>, minutes: i64, expected: bool| {
            let mut client = testing::client(&pool);
            let listed = listed.map(|names| names.iter().map(|name| (*name).to_owned()).collect());
            client.settings.supported_identity_providers = listed;
            let now = Time(0) + Span::minutes(minutes);
            let good = session(provider).is_good(&client, &testing::user(), now);
            assert_eq!(good, expected, "{:?} {provider:?}", client.settings.supported_identity_providers);
        };
        check(None, None, 59, true);
        check(None, None, 60, false);
        check(Some(&[]), None, 0, true);
        check(Some(&["COGNITO"]), None, 0, true);
        check(Some(&["Okta"]), None, 0, false);
        check(Some(&["COGNITO", "Okta"]), Some("Okta"), 0, true);
        check(Some(&["COGNITO"]), Some("Okta"), 0, false);
        check(None, Some("Okta"), 0, false);
        let other = User { enabled: false, ..testing::user() };
        assert!(!session(None).is_good(&testing::client(&pool), &other, Time(0)));
        let other = User { sub: "another".to_owned(), ..testing::user() };
        assert!(!session(None).is_good(&testing::client(&pool), &other, Time(0)), "a later user of the name");
    }
}
