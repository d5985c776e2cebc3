//! Token families: what one sign-in started. Refresh, revocation and session lists hang on them.
//! Source: `tokens` 5.5 and 5.6 of the specification.

use serde::{Deserialize, Serialize};

use crate::auth::Method;
use crate::device::Device;
use crate::entity::{Entity, IndexEntry, Kind};
use crate::oauth::Granted;
use crate::secret;
use crate::time::{Span, Time};
use crate::tracking::{Activity, session_id};
use crate::user::User;

/// The index of the families of a user that were not revoked, by time of sign-in.
pub const BY_USER: &str = "family.user";

/// How many spent refresh tokens a family remembers in order to tell reuse from nonsense.
const MAX_SPENT: usize = 32;

/// One sign-in of one user through one client.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Family {
    /// The pool.
    pub pool_id: String,
    /// The `origin_jti` of its tokens: a UUID.
    pub id: String,
    /// The `event_id` of its tokens: a UUID.
    pub event_id: String,
    /// The app client.
    pub client_id: String,
    /// The record key of the user.
    pub user: String,
    /// The subject, so that a later user of the same name is not taken for this one.
    pub sub: String,
    /// [`crate::user::User::sign_outs`] at the sign-in.
    pub sign_outs: u32,
    /// The `auth_time` of its tokens.
    pub auth_time: Time,
    /// The device that signed in, where the pool tracks devices: a confirmed one, or one that the sign-in was offered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device_key: Option<String>,
    /// The group key of the device that was offered, until the offer is taken up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device_offer: Option<String>,
    /// What the user proved.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub methods: Vec<Method>,
    /// The `acr` of its tokens, if a level was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acr: Option<String>,
    /// What was granted at the OAuth endpoints; `None` for a sign-in by the API.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub granted: Option<Granted>,
    /// The session of the browser that it came through, by the hash in its record key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<String>,
    /// The sign-in or the latest refresh. Refreshes are recorded where the pool tracks sessions.
    pub last: Activity,
    /// When the refresh token expires, or the last token of a sign-in without one.
    pub expires: Time,
    /// When the last token of the family expires; then it may be swept.
    pub ends: Time,
    /// Whether RevokeToken or reuse of a spent refresh token ended it.
    pub revoked: bool,
    /// SHA-256 of the present refresh token.
    #[serde(with = "crate::bytes")]
    refresh: Vec<u8>,
    /// SHA-256 of the last refresh token, and until when it is still good.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    grace: Option<Spent>,
    /// SHA-256 of refresh tokens that are good no more, newest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    spent: Vec<Spent>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Spent {
    #[serde(with = "crate::bytes")]
    hash: Vec<u8>,
    until: Time,
}

/// Why a refresh token was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RefreshError {
    /// Not a refresh token of this family.
    #[error("refresh token is unknown")]
    Unknown,
    /// The family was revoked.
    #[error("refresh token is revoked")]
    Revoked,
    /// It has expired.
    #[error("refresh token has expired")]
    Expired,
    /// It was rotated out: the family must be revoked.
    #[error("refresh token was used before")]
    Reused,
    /// It came without the device that signed in.
    #[error("refresh token of another device")]
    Device,
}

impl Family {
    /// The record key.
    pub fn key_of(pool_id: &str, id: &str) -> String {
        format!("{pool_id}/{id}")
    }

    /// The value of [`BY_USER`] up to the moment of the sign-in. A sign-out everywhere leaves what was before it behind.
    pub fn user_prefix(user: &User) -> String {
        Self::prefix(&user.pool_id, &user.sub, user.sign_outs)
    }

    fn prefix(pool_id: &str, sub: &str, sign_outs: u32) -> String {
        format!("{pool_id}/{sub}/{sign_outs:08x}/")
    }

    /// Sets the first refresh token, by its SHA-256.
    #[must_use]
    pub fn with_refresh(mut self, hash: [u8; 32], expires: Time) -> Self {
        self.refresh = hash.to_vec();
        self.expires = expires;
        self
    }

    /// Makes a family without a refresh token.
    pub fn new(pool_id: &str, id: String, event_id: String, client_id: &str, user: &User, now: Time) -> Self {
        Self {
            pool_id: pool_id.to_owned(),
            id,
            event_id,
            client_id: client_id.to_owned(),
            user: user.key(),
            sub: user.sub.clone(),
            sign_outs: user.sign_outs,
            auth_time: now,
            device_key: None,
            device_offer: None,
            methods: Vec::new(),
            acr: None,
            granted: None,
            origin: None,
            last: Activity::new(now, None, None),
            expires: now,
            ends: now,
            revoked: false,
            refresh: Vec::new(),
            grace: None,
            spent: Vec::new(),
        }
    }

    /// As it is once it was revoked.
    #[must_use]
    pub fn ended(&self) -> Self {
        Self { revoked: true, ..self.clone() }
    }

    /// Whether its access tokens are good for Cognito's own operations.
    pub fn is_live(&self, user: &User) -> bool {
        !self.revoked && self.sub == user.sub && self.sign_outs == user.sign_outs
    }

    /// Whether it is a session that goes on: it is live, and its refresh token is good.
    pub fn is_active(&self, user: &User, now: Time) -> bool {
        self.is_live(user) && now < self.expires
    }

    /// The id of the session.
    pub fn session_id(&self) -> String {
        session_id("tkn", &self.id)
    }

    /// Checks a refresh token by its SHA-256, in constant time.
    ///
    /// # Errors
    /// [`RefreshError`]. After [`RefreshError::Reused`] the caller revokes the family (RFC 9700, section 4.14).
    pub fn check(&self, hash: [u8; 32], now: Time) -> Result<(), RefreshError> {
        let present = !self.refresh.is_empty() && secret::equal(&self.refresh, &hash);
        let known = |spent: &Spent| secret::equal(&spent.hash, &hash);
        let in_grace = self.grace.as_ref().filter(|grace| known(grace));
        let spent = self.spent.iter().any(known) || in_grace.is_some_and(|grace| now >= grace.until);
        if !present && in_grace.is_none() && !spent {
            return Err(RefreshError::Unknown);
        }
        if self.revoked {
            return Err(RefreshError::Revoked);
        }
        if spent {
            return Err(RefreshError::Reused);
        }
        if now >= self.expires { Err(RefreshError::Expired) } else { Ok(()) }
    }

    /// Whether a refresh token, by its SHA-256, is or was one of this family.
    pub fn knows(&self, hash: [u8; 32]) -> bool {
        self.check(hash, self.auth_time) != Err(RefreshError::Unknown)
    }

    /// Takes up the offer of the device of that key, and gives its group key. An offer is good once.
    pub fn take_device_offer(&mut self, key: &str) -> Option<String> {
        self.device_offer.take_if(|_| self.device_key.as_deref() == Some(key))
    }

    /// Checks the device that a refresh names, for a pool that tracks devices. `device` is what became of the one that
    /// signed in: a sign-in without one is not refreshed, nor is one whose device was not confirmed, or is forgotten.
    /// <https://repost.aws/knowledge-center/cognito-invalid-refresh-token-error>
    ///
    /// # Errors
    /// [`RefreshError::Device`]
    pub fn check_device(&self, named: Option<&str>, device: Option<&Device>) -> Result<(), RefreshError> {
        let own = self.device_key.as_deref();
        let same = device.is_some_and(|device| own == Some(device.key.as_str()) && named == own);
        if same { Ok(()) } else { Err(RefreshError::Device) }
    }

    /// Replaces the refresh token. The present one stays good for the grace period; one that was in its grace
    /// period is spent, unless it is the one just presented.
    pub fn rotate(&mut self, presented: [u8; 32], next: [u8; 32], grace: Span, now: Time) {
        let present = std::mem::replace(&mut self.refresh, next.to_vec());
        let until = now + grace;
        match self.grace.take() {
            // A second use within the grace period: the token that the first use brought is spent,
            // so that one lineage goes on.
            Some(old) if secret::equal(&old.hash, &presented) => {
                self.spent.insert(0, Spent { hash: present, until: now });
                self.grace = Some(old);
            }
            old => {
                self.spent.splice(0..0, old);
                self.grace = Some(Spent { hash: present, until });
            }
        }
        self.spent.truncate(MAX_SPENT);
    }
}

impl Entity for Family {
    const KIND: Kind = Kind::Family;

    fn key(&self) -> String {
        Self::key_of(&self.pool_id, &self.id)
    }

    fn index(&self) -> Vec<IndexEntry> {
        if self.revoked {
            return Vec::new();
        }
        let prefix = Self::prefix(&self.pool_id, &self.sub, self.sign_outs);
        vec![IndexEntry::shared(BY_USER, format!("{prefix}{:016x}", self.auth_time.0))]
    }

    fn expires(&self) -> Option<Time> {
        Some(self.ends)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn family() -> Family {
        Family {
            pool_id: "us-east-1_A".into(),
            id: "f".into(),
            event_id: "e".into(),
            client_id: "c".into(),
            user: "us-east-1_A/alice".into(),
            sub: "s".into(),
            sign_outs: 0,
            auth_time: Time(0),
            device_key: None,
            device_offer: None,
            methods: Vec::new(),
            acr: None,
            granted: None,
            origin: None,
            last: Activity::default(),
            expires: Time(100_000),
            ends: Time(200_000),
            revoked: false,
            refresh: vec![1; 32],
            grace: None,
            spent: Vec::new(),
        }
    }

    #[test]
    fn refresh_tokens() {
        let mut family = family();
        assert_eq!(family.check([1; 32], Time(0)), Ok(()));
        assert_eq!(family.check([2; 32], Time(0)), Err(RefreshError::Unknown));
        assert_eq!(family.check([1; 32], Time(100_000)), Err(RefreshError::Expired));
        family.revoked = true;
        assert_eq!(family.check([1; 32], Time(0)), Err(RefreshError::Revoked));
        assert_eq!(family.check([2; 32], Time(0)), Err(RefreshError::Unknown));
    }

    #[test]
    fn rotation_without_grace() {
        let mut family = family();
        family.rotate([1; 32], [2; 32], Span(0), Time(10));
        assert_eq!(family.check([1; 32], Time(10)), Err(RefreshError::Reused));
        assert_eq!(family.check([2; 32], Time(10)), Ok(()));
        family.rotate([2; 32], [3; 32], Span(0), Time(11));
        assert_eq!(family.check([1; 32], Time(11)), Err(RefreshError::Reused));
        assert_eq!(family.check([2; 32], Time(11)), Err(RefreshError::Reused));
    }

    #[test]
    fn rotation_with_grace_keeps_one_lineage() {
        let mut family = family();
        let grace = Span::seconds(60);
        family.rotate([1; 32], [2; 32], grace, Time(0));
        assert_eq!(family.check([1; 32], Time(59_999)), Ok(()));
        family.rotate([1; 32], [3; 32], grace, Time(1_000));
        assert_eq!(family.check([2; 32], Time(1_000)), Err(RefreshError::Reused));
        assert_eq!(family.check([3; 32], Time(1_000)), Ok(()));
        assert_eq!(
            family.check([1; 32], Time(60_000)),
            Err(RefreshError::Reused),
            "the grace is not prolonged"
        );
    }

    #[test]
    fn session_ids() {
        let id = |id: &str| Family { id: id.to_owned(), ..family() }.session_id();
        assert_eq!(id("f"), id("f"));
        assert_ne!(id("f"), id("g"));
        for n in 0..100 {
            let id = id(&n.to_string());
            let (prefix, digits) = id.split_at(3);
            let form = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
            assert!(prefix == "tkn" && digits.len() == 25 && digits.bytes().all(form), "{id}");
        }
    }

    #[test]
    fn an_empty_refresh_token_is_never_right() {
        let mut family = family();
        family.refresh.clear();
        assert_eq!(family.check([0; 32], Time(0)), Err(RefreshError::Unknown));
    }

    #[test]
    fn an_offered_device_is_taken_once() {
        let mut family = family();
        assert_eq!(family.take_device_offer("k"), None, "nothing was offered");
        family.device_key = Some("k".into());
        family.device_offer = Some("g".into());
        assert_eq!(family.take_device_offer("other"), None);
        assert_eq!(family.take_device_offer("k").as_deref(), Some("g"));
        assert_eq!(family.take_device_offer("k"), None);
    }

    #[test]
    fn devices_of_refreshes() {
        let check = |own: Option<&str>, named: Option<&str>, confirmed: bool, good: bool| {
            let family = Family { device_key: own.map(str::to_owned), ..family() };
            let device = confirmed.then(|| device(own.unwrap_or("other")));
            let expected = if good { Ok(()) } else { Err(RefreshError::Device) };
            assert_eq!(
                family.check_device(named, device.as_ref()),
                expected,
                "{own:?} {named:?} {confirmed}"
            );
        };
        check(Some("k"), Some("k"), true, true);
        check(Some("k"), Some("k"), false, false);
        check(Some("k"), Some("other"), true, false);
        check(Some("k"), None, true, false);
        check(None, None, false, false);
        check(None, Some("other"), true, false);
    }

    fn device(key: &str) -> Device {
        Device {
            pool_id: "us-east-1_A".into(),
            sub: "s".into(),
            key: key.into(),
            group_key: "g".into(),
            name: None,
            last_ip: None,
            salt: vec![1],
            verifier: vec![2],
            remembered: false,
            created: Time(0),
            modified: Time(0),
            last_authenticated: Time(0),
        }
    }
}
