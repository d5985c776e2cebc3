//! The relying party: the domain that the passkeys of a pool belong to, and the origins that may use them.

use cognito_api::wire;

use super::PasskeyError;
use super::authenticator_data::AuthenticatorData;
use crate::pool::Pool;
use crate::secret;

/// Who asks for a passkey.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RelyingParty {
    /// The RP id: a domain. A passkey works on it and on its subdomains.
    pub id: String,
    /// Whether the authenticator must have verified the user, by fingerprint or PIN for example.
    pub verification: wire::UserVerificationType,
}

/// Why a pool has no passkeys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotOffered {
    /// WEB_AUTHN is not among the allowed first factors.
    #[error("passkeys are not an allowed first factor")]
    NotEnabled,
    /// Neither WebAuthnConfiguration nor a domain names the relying party.
    #[error("no relying party")]
    NoRelyingParty,
}

impl RelyingParty {
    /// The relying party of a pool: as configured, else its custom domain, else its prefix domain.
    ///
    /// # Errors
    /// [`NotOffered`]
    pub fn of(pool: &Pool) -> Result<Self, NotOffered> {
        let policy = pool.settings.policies.sign_in_policy.as_ref();
        let factors = policy.and_then(|policy| policy.allowed_first_auth_factors.as_deref());
        if !factors.unwrap_or_default().contains(&wire::AuthFactorType::WebAuthn) {
            return Err(NotOffered::NotEnabled);
        }
        let configuration = pool.factors.web_authn.as_ref();
        let configured = configuration.and_then(|configuration| configuration.relying_party_id.clone());
        let id = configured.or_else(|| pool.custom_domain.clone()).or_else(|| prefix_host(pool));
        let verification = configuration.and_then(|configuration| configuration.user_verification);
        Ok(Self {
            id: id.ok_or(NotOffered::NoRelyingParty)?,
            verification: verification.unwrap_or(wire::UserVerificationType::Preferred),
        })
    }

    /// Whether a page of that origin may use the passkeys: one of the RP id or of a subdomain, on any port.
    ///
    /// Browsers treat `localhost` and what is below it as secure without TLS, and nothing else; so do we.
    pub fn allows(&self, origin: &str) -> bool {
        let Some((scheme, authority)) = origin.split_once("://") else { return false };
        let local = self.id == "localhost" || self.id.ends_with(".localhost");
        let secure = scheme == "https" || scheme == "http" && local;
        let (host, port) = authority.split_once(':').unwrap_or((authority, "443"));
        let is_host = host.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'.');
        let is_port = port.bytes().all(|b| b.is_ascii_digit()) && port.parse::<u16>().is_ok();
        let inside = host
            .strip_suffix(&self.id)
            .is_some_and(|rest| rest.is_empty() || rest.len() > 1 && rest.ends_with('.'));
        secure && is_host && is_port && inside
    }

    /// Checks what the authenticator says of the relying party and of the user in front of it.
    pub(super) fn check(&self, data: &AuthenticatorData) -> Result<(), PasskeyError> {
        if data.rp_id_hash != secret::sha256(self.id.as_bytes()) {
            return Err(PasskeyError::RelyingParty);
        }
        if !data.user_present {
            return Err(PasskeyError::NotPresent);
        }
        if self.verification == wire::UserVerificationType::Required && !data.user_verified {
            return Err(PasskeyError::NotVerified);
        }
        Ok(())
    }
}

/// The host of a prefix domain, as this server answers to it.
fn prefix_host(pool: &Pool) -> Option<String> {
    pool.domain.as_ref().map(|prefix| format!("{prefix}.auth.{}.localhost", pool.region))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::time::Time;

    #[test]
    fn relying_parties_of_pools() {
        let pool = |factors: Value, configuration: Value, custom: Option<&str>, prefix: Option<&str>| {
            let request = json!({
                "PoolName": "pool", "Policies": { "SignInPolicy": { "AllowedFirstAuthFactors": factors } },
            });
            let request = serde_json::from_value(request).unwrap();
            let (id, account) = ("eu-west-1_AbCdEf123", "000000000000");
            let mut pool =
                Pool::new(id.to_owned(), account.to_owned(), "eu-west-1".to_owned(), request, Time(0))
                    .unwrap();
            pool.factors.web_authn = serde_json::from_value(configuration).unwrap();
            pool.custom_domain = custom.map(str::to_owned);
            pool.domain = prefix.map(str::to_owned);
            RelyingParty::of(&pool).map(|party| (party.id, party.verification.as_str()))
        };
        let check = |configuration: Value, custom, prefix, expected: Result<(&str, &str), NotOffered>| {
            let expected = expected.map(|(id, verification)| (id.to_owned(), verification));
            assert_eq!(pool(json!(["PASSWORD", "WEB_AUTHN"]), configuration, custom, prefix), expected);
        };
        let configured = json!({ "RelyingPartyId": "example.com", "UserVerification": "required" });
        let custom = Some("login.example.com");
        check(configured.clone(), custom, Some("shop"), Ok(("example.com", "required")));
        check(json!({ "UserVerification": "required" }), custom, None, Ok(("login.example.com", "required")));
        check(Value::Null, custom, Some("shop"), Ok(("login.example.com", "preferred")));
        check(Value::Null, None, Some("shop"), Ok(("shop.auth.eu-west-1.localhost", "preferred")));
        check(json!({}), None, None, Err(NotOffered::NoRelyingParty));
        let disabled = pool(json!(["PASSWORD"]), configured.clone(), custom, None);
        assert_eq!(disabled, Err(NotOffered::NotEnabled));
        assert_eq!(pool(Value::Null, configured, custom, None), Err(NotOffered::NotEnabled));
    }

    #[test]
    fn origins() {
        let check = |id: &str, origin: &str, expected: bool| {
            let party = RelyingParty { id: id.into(), verification: wire::UserVerificationType::Preferred };
            assert_eq!(party.allows(origin), expected, "{origin} for {id}");
        };
        check("example.com", "https://example.com", true);
        check("example.com", "https://example.com:8443", true);
        check("example.com", "https://auth.shop.example.com", true);
        check("example.com", "http://example.com", false);
        check("example.com", "https://example.com.evil.net", false);
        check("example.com", "https://badexample.com", false);
        check("example.com", "https://.example.com", false);
        check("example.com", "https://com", false);
        check("example.com", "https://user@example.com", false);
        check("example.com", "https://evil.net/.example.com", false);
        check("example.com", "https://evil.net:1/.example.com", false);
        check("example.com", "https://example.com:", false);
        check("example.com", "https://example.com:65536", false);
        check("example.com", "https://example.com:+1", false);
        check("example.com", "https://example.com/", false);
        check("example.com", "ftp://example.com", false);
        check("example.com", "android:apk-key-hash:abc", false);
        check("example.com", "null", false);
        check("example.com", "", false);
        check("auth.example.com", "https://example.com", false);
        check("localhost", "http://localhost:3000", true);
        check("localhost", "http://localhost", true);
        check("localhost", "https://localhost:3000", true);
        check("localhost", "http://app.localhost:3000", true);
        check("localhost", "http://127.0.0.1:3000", false);
        check("localhost", "http://notlocalhost:3000", false);
        check("localhost", "http://localhost.evil.net", false);
        check("shop.auth.us-east-1.localhost", "http://shop.auth.us-east-1.localhost:4566", true);
        check("shop.auth.us-east-1.localhost", "http://localhost:4566", false);
    }
}
