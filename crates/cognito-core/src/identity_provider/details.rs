//! ProviderDetails: what each type must have, and what Cognito adds.

use std::collections::BTreeMap;

use cognito_api::wire::{IdentityProviderTypeType as Type, Sensitive};
use serde::{Deserialize, Serialize};

use super::IdentityProvider;
use crate::time::Time;

/// The Graph API's version unless the details say.
const FACEBOOK_VERSION: &str = "v17.0";

/// Details that are URLs of an OpenID Connect provider: either all of them are given, or they are looked up.
const URLS: [&str; 4] = ["authorize_url", "token_url", "attributes_url", "jwks_uri"];

/// When what was found out is to be fetched anew.
const DUE: &str = "due";

/// What was found out of a provider that gives its issuer with each answer (RFC 9207).
pub(super) const NAMES_ITSELF: &str = "authorization_response_iss_parameter_supported";

/// Why details are refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DetailsError {
    /// Something that the type needs is not there.
    #[error("{0} is missing")]
    Missing(&'static str),
    /// Something has a value that it cannot have.
    #[error("{0} has no such value")]
    Value(String),
    /// The document that was looked up does not say what it must.
    #[error("the document that was looked up is unusable")]
    Document,
}

/// What was found out about a provider: names as in ProviderDetails.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Endpoints(BTreeMap<String, String>);

impl Endpoints {
    /// Whether nothing was.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// One of them.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// Metadata of SAML that were fetched: what `MetadataFile` would have said.
    pub fn of_metadata(text: String) -> Self {
        Self(BTreeMap::from([("MetadataFile".to_owned(), text)]))
    }

    /// Sets when it is to be fetched anew.
    pub fn set_due(&mut self, due: Time) {
        self.0.insert(DUE.to_owned(), due.0.to_string());
    }

    fn due(&self) -> Option<Time> {
        self.get(DUE)?.parse().ok().map(Time)
    }

    /// What a discovery document says (OpenID Connect Discovery 1.0, section 3). The issuer must be the one that was
    /// asked (section 4.3).
    ///
    /// # Errors
    /// [`DetailsError::Document`]
    pub fn from_discovery(issuer: &str, document: &[u8]) -> Result<Self, DetailsError> {
        #[derive(Deserialize)]
        struct Document {
            issuer: String,
            authorization_endpoint: String,
            token_endpoint: String,
            userinfo_endpoint: Option<String>,
            jwks_uri: String,
            #[serde(default)]
            authorization_response_iss_parameter_supported: bool,
        }
        let document: Document = serde_json::from_slice(document).map_err(|_| DetailsError::Document)?;
        if document.issuer.trim_end_matches('/') != issuer.trim_end_matches('/') {
            return Err(DetailsError::Document);
        }
        let mut endpoints = BTreeMap::new();
        // The issuer as the provider writes it is what its tokens say.
        endpoints.insert("issuer".to_owned(), document.issuer);
        if document.authorization_response_iss_parameter_supported {
            endpoints.insert(NAMES_ITSELF.to_owned(), "true".to_owned());
        }
        let mut put = |name: &str, url: String| match is_url(&url) {
            true => Ok(endpoints.insert(name.to_owned(), url)),
            false => Err(DetailsError::Document),
        };
        put("authorize_url", document.authorization_endpoint)?;
        put("token_url", document.token_endpoint)?;
        put("jwks_uri", document.jwks_uri)?;
        if let Some(url) = document.userinfo_endpoint {
            put("attributes_url", url)?;
        }
        Ok(Self(endpoints))
    }
}

/// What must be fetched before a provider can be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lookup {
    /// The discovery document of this issuer.
    Discovery {
        /// The issuer, as the details name it.
        issuer: String,
    },
    /// Metadata of SAML behind this URL.
    Metadata {
        /// MetadataURL
        url: String,
    },
}

impl Lookup {
    /// What is fetched.
    pub fn url(&self) -> String {
        match self {
            Self::Discovery { issuer } => {
                format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'))
            }
            Self::Metadata { url } => url.clone(),
        }
    }
}

impl IdentityProvider {
    /// What the details leave out and must be looked up.
    pub fn lookup(&self) -> Option<Lookup> {
        let detail = |name: &str| self.details.get(name).map(|value| value.as_str().to_owned());
        match self.kind {
            Type::Oidc if !URLS.iter().all(|url| self.details.contains_key(*url)) => {
                Some(Lookup::Discovery { issuer: detail("oidc_issuer")? })
            }
            Type::Saml => detail("MetadataURL").map(|url| Lookup::Metadata { url }),
            _ => None,
        }
    }

    /// Whether its metadata are behind a URL, and so old that they are to be fetched anew.
    pub fn is_stale(&self, now: Time) -> bool {
        matches!(self.lookup(), Some(Lookup::Metadata { .. }))
            && self.found.due().is_none_or(|due| now >= due)
    }

    /// The `iss` of its ID tokens. Facebook and Amazon give none.
    pub fn issuer(&self) -> Option<&str> {
        self.found.get("issuer").or_else(|| self.detail("oidc_issuer"))
    }

    /// Where its public keys are.
    pub fn jwks_uri(&self) -> Option<&str> {
        self.detail("jwks_uri").or(match self.kind {
            Type::Google => Some("https://www.googleapis.com/oauth2/v3/certs"),
            Type::SignInWithApple => Some("https://appleid.apple.com/auth/keys"),
            _ => None,
        })
    }
}

/// The details as they are read back: with what Cognito adds to those of the type. What is given stays.
/// Source: the samples of CreateIdentityProvider in [M].
pub(super) fn completed(
    kind: Type,
    mut details: BTreeMap<String, String>,
) -> Result<BTreeMap<String, Sensitive<String>>, DetailsError> {
    for name in required(kind) {
        if details.get(*name).is_none_or(|value| value.trim().is_empty()) {
            return Err(DetailsError::Missing(name));
        }
    }
    if kind == Type::Saml && !["MetadataURL", "MetadataFile"].iter().any(|name| details.contains_key(*name)) {
        return Err(DetailsError::Missing("MetadataURL or MetadataFile"));
    }
    let one_of = |name: &str, values: &[&str]| match details.get(name) {
        Some(value) if !values.contains(&value.as_str()) => Err(DetailsError::Value(name.to_owned())),
        _ => Ok(()),
    };
    one_of("attributes_request_method", &["GET", "POST"])?;
    one_of("token_request_method", &["GET", "POST"])?;
    one_of("RequestSigningAlgorithm", &["rsa-sha256"])?;
    let urls = URLS.iter().chain(&["oidc_issuer", "MetadataURL"]);
    for name in urls {
        if details.get(*name).is_some_and(|url| !is_url(url)) {
            return Err(DetailsError::Value((*name).to_owned()));
        }
    }
    let version = details.get("api_version").cloned().unwrap_or_else(|| FACEBOOK_VERSION.to_owned());
    for (name, value) in added(kind, &version) {
        details.entry(name.to_owned()).or_insert(value);
    }
    Ok(details.into_iter().map(|(name, value)| (name, Sensitive::new(value))).collect())
}

fn required(kind: Type) -> &'static [&'static str] {
    match kind {
        Type::Saml => &[],
        Type::Facebook | Type::Google | Type::LoginWithAmazon => {
            &["client_id", "client_secret", "authorize_scopes"]
        }
        Type::SignInWithApple => &["client_id", "team_id", "key_id", "private_key", "authorize_scopes"],
        Type::Oidc => {
            &["client_id", "client_secret", "attributes_request_method", "oidc_issuer", "authorize_scopes"]
        }
    }
}

fn added(kind: Type, version: &str) -> Vec<(&'static str, String)> {
    let graph = |path: &str| format!("https://graph.facebook.com/{version}/{path}");
    let fixed: &[(&str, &str)] = match kind {
        Type::Saml => &[],
        Type::Oidc => &[("attributes_url_add_attributes", "false")],
        Type::Facebook => {
            return vec![
                ("api_version", version.to_owned()),
                ("attributes_url", graph("me?fields=")),
                ("attributes_url_add_attributes", "true".to_owned()),
                ("authorize_url", format!("https://www.facebook.com/{version}/dialog/oauth")),
                ("token_request_method", "GET".to_owned()),
                ("token_url", graph("oauth/access_token")),
            ];
        }
        Type::Google => &[
            ("attributes_url", "https://people.googleapis.com/v1/people/me?personFields="),
            ("attributes_url_add_attributes", "true"),
            ("authorize_url", "https://accounts.google.com/o/oauth2/v2/auth"),
            ("oidc_issuer", "https://accounts.google.com"),
            ("token_request_method", "POST"),
            ("token_url", "https://www.googleapis.com/oauth2/v4/token"),
        ],
        Type::LoginWithAmazon => &[
            ("attributes_url", "https://api.amazon.com/user/profile"),
            ("attributes_url_add_attributes", "false"),
            ("authorize_url", "https://www.amazon.com/ap/oa"),
            ("token_request_method", "POST"),
            ("token_url", "https://api.amazon.com/auth/o2/token"),
        ],
        Type::SignInWithApple => &[
            ("attributes_url_add_attributes", "false"),
            ("authorize_url", "https://appleid.apple.com/auth/authorize"),
            ("oidc_issuer", "https://appleid.apple.com"),
            ("token_request_method", "POST"),
            ("token_url", "https://appleid.apple.com/auth/token"),
        ],
    };
    fixed.iter().map(|(name, value)| (*name, (*value).to_owned())).collect()
}

/// Whether a text can be fetched at all; where it may lead is the guard's to say that fetches it.
fn is_url(text: &str) -> bool {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    rest.is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/'))
        && text.bytes().all(|byte| byte.is_ascii_graphic())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn check(kind: Type, given: Value, expected: Result<Value, DetailsError>) {
        let details = completed(kind, serde_json::from_value(given.clone()).unwrap());
        assert_eq!(details.map(|details| json!(details)), expected, "{given}");
    }

    #[test]
    fn what_must_be_there() {
        let missing = |kind, given, name| check(kind, given, Err(DetailsError::Missing(name)));
        missing(Type::Google, json!({ "client_id": "x", "client_secret": "y" }), "authorize_scopes");
        missing(Type::Facebook, json!({ "client_id": " " }), "client_id");
        missing(Type::SignInWithApple, json!({ "client_id": "x", "client_secret": "y" }), "team_id");
        missing(Type::Saml, json!({}), "MetadataURL or MetadataFile");
        let mut oidc = json!({
            "client_id": "x", "client_secret": "y", "attributes_request_method": "GET", "authorize_scopes": "openid",
        });
        missing(Type::Oidc, oidc.clone(), "oidc_issuer");
        for (name, value) in [
            ("oidc_issuer", "idp.example.com"),
            ("jwks_uri", "file:///etc/passwd"),
            ("token_url", "https:///x"),
            ("attributes_request_method", "PUT"),
        ] {
            let mut details = oidc.clone();
            details["oidc_issuer"] = json!("https://idp.example.com");
            details[name] = json!(value);
            check(Type::Oidc, details, Err(DetailsError::Value(name.to_owned())));
        }
        oidc["oidc_issuer"] = json!("https://idp.example.com");
        let mut read_back = oidc.clone();
        read_back["attributes_url_add_attributes"] = json!("false");
        check(Type::Oidc, oidc, Ok(read_back));
    }

    #[test]
    fn what_is_added_and_what_stays() {
        let given = json!({
            "client_id": "x", "client_secret": "y", "authorize_scopes": "email", "api_version": "v21.0",
            "token_url": "http://localhost:9000/token",
        });
        let mut expected = given.clone();
        expected["attributes_url"] = json!("https://graph.facebook.com/v21.0/me?fields=");
        expected["attributes_url_add_attributes"] = json!("true");
        expected["authorize_url"] = json!("https://www.facebook.com/v21.0/dialog/oauth");
        expected["token_request_method"] = json!("GET");
        check(Type::Facebook, given, Ok(expected));
        let file = json!({ "MetadataFile": "<x/>", "IDPSignout": "true" });
        check(Type::Saml, file.clone(), Ok(file));
    }

    #[test]
    fn discovery() {
        let document = |issuer: &str| {
            json!({
                "issuer": issuer, "authorization_endpoint": "https://a.example/auth",
                "token_endpoint": "https://a.example/token", "jwks_uri": "https://a.example/jwks",
            })
        };
        let read = |issuer: &str, document: Value| {
            Endpoints::from_discovery(issuer, document.to_string().as_bytes()).map(|found| json!(found))
        };
        let mut found = read("https://a.example", document("https://a.example/")).unwrap();
        assert_eq!(found["issuer"].take(), "https://a.example/");
        assert_eq!(found["authorize_url"].take(), "https://a.example/auth");
        assert_eq!(read("https://a.example", document("https://b.example")), Err(DetailsError::Document));
        let mut file = document("https://a.example");
        file["jwks_uri"] = json!("file:///etc/passwd");
        assert_eq!(read("https://a.example", file), Err(DetailsError::Document));
        assert_eq!(read("https://a.example", json!({})), Err(DetailsError::Document));
    }
}
