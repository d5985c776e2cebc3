//! Identity providers: whom a pool trusts to say who a user is, and what it takes over from them.
//! Source: `oauth-and-managed-login` 6.9 of the specification.

use std::collections::{BTreeMap, BTreeSet};

use cognito_api::wire::{self, IdentityProviderTypeType as Type};
use serde::{Deserialize, Serialize};

use crate::entity::{Entity, IndexEntry, Kind};
use crate::pool::Pool;
use crate::time::Time;

mod details;
mod id_token;
mod mapping;

pub use details::{DetailsError, Endpoints, Lookup};
pub use id_token::IdTokenError;
pub use mapping::TooLong;

/// The index of the providers of a pool, by name.
pub const BY_NAME: &str = "identity_provider.name";
/// The index of the identifiers that stand for a provider at `/oauth2/authorize`.
pub const BY_IDENTIFIER: &str = "identity_provider.identifier";

/// The most providers of a pool.
pub const MAX_PROVIDERS: usize = 300;

/// What SupportedIdentityProviders calls the pool itself.
pub const POOL_ITSELF: &str = "COGNITO";

/// The key of an attribute mapping that names the claim with the subject.
pub const USERNAME: &str = "username";

/// The keys of AcrMapping.
const LEVELS: [&str; 4] = ["Level1", "Level2", "Level3", "Level4"];

/// A provider that a pool trusts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct IdentityProvider {
    /// The pool.
    pub pool_id: String,
    /// Its name: unique in the pool.
    pub name: String,
    /// Of which type it is.
    pub kind: Type,
    /// ProviderDetails as they are read back, secrets among them.
    pub details: BTreeMap<String, wire::Sensitive<String>>,
    /// What was found out by [`Lookup`], and is not read back.
    #[serde(default, skip_serializing_if = "Endpoints::is_empty")]
    pub found: Endpoints,
    /// AttributeMapping: the pool's attribute, and the claim that it comes from.
    pub mapping: Option<BTreeMap<String, String>>,
    /// IdpIdentifiers
    pub identifiers: Option<Vec<String>>,
    /// AcrMapping
    pub acr: Option<BTreeMap<String, String>>,
    /// When it was made.
    pub created: Time,
    /// When it was last changed.
    pub modified: Time,
}

/// Why a provider cannot be so.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProviderError {
    /// Social providers are named after their type, and no others are.
    #[error("the name {name} does not go with the type {kind}")]
    NameOfType {
        /// The name.
        name: String,
        /// The type.
        kind: &'static str,
    },
    /// The details are refused.
    #[error(transparent)]
    Details(#[from] DetailsError),
    /// The mapping names an attribute that the pool does not have.
    #[error("no attribute {0}")]
    Attribute(String),
    /// An identifier is given twice.
    #[error("two identifiers {0}")]
    RepeatedIdentifier(String),
    /// Only OpenID Connect knows levels of authentication.
    #[error("levels of a provider that is not OIDC")]
    LevelsOfOthers,
    /// There are only four levels.
    #[error("no level {0}")]
    Level(String),
}

/// What a request says of a provider beside its name: what is absent stays as it was.
#[derive(Clone, Debug, Default)]
pub struct ProviderSettings {
    /// AttributeMapping
    pub mapping: Option<BTreeMap<String, String>>,
    /// IdpIdentifiers
    pub identifiers: Option<Vec<String>>,
    /// AcrMapping
    pub acr: Option<BTreeMap<String, String>>,
}

impl IdentityProvider {
    /// A new provider with checked details.
    ///
    /// # Errors
    /// [`ProviderError`]
    pub fn new(
        pool: &Pool,
        name: &str,
        kind: Type,
        details: BTreeMap<String, String>,
        settings: ProviderSettings,
        now: Time,
    ) -> Result<Self, ProviderError> {
        let social = [Type::Facebook, Type::Google, Type::LoginWithAmazon, Type::SignInWithApple];
        let fits = match social.iter().find(|social| social.as_str() == name) {
            Some(social) => kind == *social,
            None => !social.contains(&kind) && !name.eq_ignore_ascii_case(POOL_ITSELF),
        };
        if !fits {
            return Err(ProviderError::NameOfType { name: name.to_owned(), kind: kind.as_str() });
        }
        let mut provider = Self {
            pool_id: pool.id.clone(),
            name: name.to_owned(),
            kind,
            details: details::completed(kind, details)?,
            found: Endpoints::default(),
            mapping: subject_claim(kind)
                .map(|claim| BTreeMap::from([(USERNAME.to_owned(), claim.to_owned())])),
            identifiers: None,
            acr: None,
            created: now,
            modified: now,
        };
        provider.set(pool, settings, now)?;
        Ok(provider)
    }

    /// Replaces the details; what was found out with the old ones is forgotten.
    ///
    /// # Errors
    /// [`DetailsError`]
    pub fn set_details(&mut self, details: BTreeMap<String, String>) -> Result<(), ProviderError> {
        self.details = details::completed(self.kind, details)?;
        self.found = Endpoints::default();
        Ok(())
    }

    /// Replaces what is given.
    ///
    /// # Errors
    /// [`ProviderError`]
    pub fn set(&mut self, pool: &Pool, settings: ProviderSettings, now: Time) -> Result<(), ProviderError> {
        let ProviderSettings { mapping, identifiers, acr } = settings;
        let known = |name: &&String| *name != USERNAME && pool.schema.get(name).is_none();
        if let Some(unknown) = mapping.iter().flat_map(BTreeMap::keys).find(known) {
            return Err(ProviderError::Attribute(unknown.clone()));
        }
        let mut seen = BTreeSet::new();
        if let Some(twice) = identifiers.iter().flatten().find(|identifier| !seen.insert(*identifier)) {
            return Err(ProviderError::RepeatedIdentifier(twice.clone()));
        }
        if acr.as_ref().is_some_and(|levels| !levels.is_empty()) && self.kind != Type::Oidc {
            return Err(ProviderError::LevelsOfOthers);
        }
        let unknown = |level: &&String| !LEVELS.contains(&level.as_str());
        if let Some(level) = acr.iter().flat_map(BTreeMap::keys).find(unknown) {
            return Err(ProviderError::Level(level.clone()));
        }
        self.mapping = mapping.or_else(|| self.mapping.take());
        self.identifiers = identifiers.or_else(|| self.identifiers.take());
        self.acr = acr.or_else(|| self.acr.take());
        self.modified = now;
        Ok(())
    }

    /// The record key.
    pub fn key_of(pool_id: &str, name: &str) -> String {
        format!("{pool_id}/{name}")
    }

    /// The value of [`BY_IDENTIFIER`].
    pub fn identifier_value(pool_id: &str, identifier: &str) -> String {
        format!("{pool_id}/{identifier}")
    }

    /// A member of the details, or what was found out in its place.
    pub fn detail(&self, name: &str) -> Option<&str> {
        self.details.get(name).map(wire::Sensitive::as_str).or_else(|| self.found.get(name))
    }

    /// The claim that names the user at the provider; that of SAML is the NameID, which is no claim.
    pub fn subject_claim(&self) -> Option<&str> {
        let mapped = self.mapping.as_ref().and_then(|mapping| mapping.get(USERNAME));
        mapped.map(String::as_str).or(subject_claim(self.kind))
    }

    /// Each attribute of the pool that is taken over, and the claim that it comes from.
    pub fn mapped(&self) -> impl Iterator<Item = (&str, &str)> {
        let pairs = self.mapping.iter().flatten().map(|(name, claim)| (name.as_str(), claim.as_str()));
        pairs.filter(|(name, _)| *name != USERNAME)
    }

    /// The level of the pool that an ACR value of the provider stands for: the lowest if it stands for none. `None`
    /// without a mapping.
    pub fn level(&self, acr: &str) -> Option<&str> {
        let levels = self.acr.as_ref().filter(|levels| !levels.is_empty())?;
        Some(levels.iter().find(|(_, value)| *value == acr).map_or(LEVELS[0], |(level, _)| level))
    }

    /// The ACR value of the provider for a level of the pool.
    pub fn acr_value(&self, level: &str) -> Option<&str> {
        self.acr.as_ref()?.get(level).map(String::as_str)
    }
}

/// Where each type names the user. Source: `verified-on-aws` for Google, [M] AdminLinkProviderForUser for the others.
fn subject_claim(kind: Type) -> Option<&'static str> {
    match kind {
        Type::Saml => None,
        Type::Facebook => Some("id"),
        Type::LoginWithAmazon => Some("user_id"),
        Type::Google | Type::SignInWithApple | Type::Oidc => Some("sub"),
    }
}

impl Entity for IdentityProvider {
    const KIND: Kind = Kind::IdentityProvider;

    fn key(&self) -> String {
        Self::key_of(&self.pool_id, &self.name)
    }

    fn index(&self) -> Vec<IndexEntry> {
        let identifier = |identifier: &String| {
            IndexEntry::unique(BY_IDENTIFIER, Self::identifier_value(&self.pool_id, identifier))
        };
        let identifiers = self.identifiers.iter().flatten().map(identifier);
        std::iter::once(IndexEntry::shared(BY_NAME, self.key())).chain(identifiers).collect()
    }
}

/// The key and the certificate with which a pool signs its SAML requests, and to which assertions are encrypted.
#[derive(Clone, Serialize, Deserialize)]
pub struct SigningCertificate {
    /// The pool.
    pub pool_id: String,
    /// The private key: RSA-2048, PKCS #8 in DER.
    #[serde(with = "crate::bytes")]
    pub key: Vec<u8>,
    /// The X.509 certificate in DER.
    #[serde(with = "crate::bytes")]
    pub certificate: Vec<u8>,
}

impl SigningCertificate {
    /// The record key.
    pub fn key_of(pool_id: &str) -> String {
        format!("{pool_id}/signing-certificate")
    }
}

impl Entity for SigningCertificate {
    const KIND: Kind = Kind::SigningCertificate;

    fn key(&self) -> String {
        Self::key_of(&self.pool_id)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn pool() -> Pool {
        let request = json!({ "PoolName": "pool", "Schema": [{ "Name": "team" }] });
        let request = serde_json::from_value(request).unwrap();
        let (id, account, region) = ("us-east-1_AbCdEf123", "000000000000", "us-east-1");
        Pool::new(id.to_owned(), account.to_owned(), region.to_owned(), request, Time(0)).unwrap()
    }

    fn map(value: Value) -> BTreeMap<String, String> {
        serde_json::from_value(value).unwrap()
    }

    fn google(settings: ProviderSettings) -> Result<IdentityProvider, ProviderError> {
        let details = map(json!({ "client_id": "id", "client_secret": "s", "authorize_scopes": "openid" }));
        IdentityProvider::new(&pool(), "Google", Type::Google, details, settings, Time(0))
    }

    /// Google with a mapping.
    pub(super) fn google_with(mapping: Value) -> IdentityProvider {
        google(ProviderSettings { mapping: Some(map(mapping)), ..Default::default() }).unwrap()
    }

    fn oidc(name: &str, settings: ProviderSettings) -> Result<IdentityProvider, ProviderError> {
        let details = map(json!({
            "client_id": "id", "client_secret": "s", "authorize_scopes": "openid",
            "attributes_request_method": "GET", "oidc_issuer": "https://idp.example.com",
        }));
        IdentityProvider::new(&pool(), name, Type::Oidc, details, settings, Time(0))
    }

    #[test]
    fn names_go_with_types() {
        let check = |name: &str, expected: bool| {
            assert_eq!(oidc(name, ProviderSettings::default()).is_ok(), expected, "{name}");
        };
        check("Okta", true);
        check("google", true);
        check("Google", false);
        check("SignInWithApple", false);
        check("COGNITO", false);
        check("Cognito", false);
        let refused =
            IdentityProvider::new(&pool(), "G", Type::Google, map(json!({})), Default::default(), Time(0));
        let error = ProviderError::NameOfType { name: "G".into(), kind: "Google" };
        assert_eq!(refused.unwrap_err(), error);
    }

    #[test]
    fn mappings_name_attributes_of_the_pool() {
        let check = |mapping: Value, expected: Result<Value, &str>| {
            let settings = ProviderSettings { mapping: Some(map(mapping)), ..Default::default() };
            let outcome = google(settings).map(|provider| json!(provider.mapping));
            assert_eq!(outcome, expected.map_err(|name| ProviderError::Attribute(name.to_owned())));
        };
        check(json!({ "email": "email" }), Ok(json!({ "email": "email" })));
        check(
            json!({ "username": "sub", "custom:team": "hd" }),
            Ok(json!({ "username": "sub", "custom:team": "hd" })),
        );
        check(json!({ "team": "hd" }), Err("team"));
        check(json!({ "identities": "sub" }), Err("identities"));
        let default = google(ProviderSettings::default()).unwrap();
        assert_eq!(json!(default.mapping), json!({ "username": "sub" }));
        assert_eq!((default.subject_claim(), default.mapped().count()), (Some("sub"), 0));
    }

    #[test]
    fn levels() {
        let levels = |levels: Value| ProviderSettings { acr: Some(map(levels)), ..Default::default() };
        let three = json!({ "Level2": "b", "Level3": "c" });
        assert_eq!(google(levels(three.clone())), Err(ProviderError::LevelsOfOthers));
        assert_eq!(oidc("x1y", levels(json!({ "Level5": "e" }))), Err(ProviderError::Level("Level5".into())));
        let provider = oidc("idp", levels(three)).unwrap();
        assert_eq!((provider.level("c"), provider.level("other")), (Some("Level3"), Some("Level1")));
        assert_eq!((provider.acr_value("Level2"), provider.acr_value("Level4")), (Some("b"), None));
        assert_eq!(oidc("idp", ProviderSettings::default()).unwrap().level("c"), None);
    }

    #[test]
    fn identifiers() {
        let twice =
            ProviderSettings { identifiers: Some(vec!["a".into(), "a".into()]), ..Default::default() };
        assert_eq!(google(twice), Err(ProviderError::RepeatedIdentifier("a".into())));
        let mut provider =
            google(ProviderSettings { identifiers: Some(vec!["a".into()]), ..Default::default() }).unwrap();
        provider.set(&pool(), ProviderSettings::default(), Time(5)).unwrap();
        assert_eq!((provider.identifiers, provider.modified), (Some(vec!["a".into()]), Time(5)));
    }
}
