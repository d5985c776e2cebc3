//! Dynamic client registration (RFC 7591): what an app may register for itself.
//! <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_DcrConfigurationType.html>

use cognito_api::wire::{DcrConfigurationType, OAuthFlowType};
use serde_json::{Map, Value};

use crate::client::{SCOPES, check_url};

/// The scope of access tokens that open the registration.
pub const SCOPE: &str = "aws.cognito/dcr/register";

/// How the registration was called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Door {
    /// Without a token.
    Open,
    /// With an access token that has [`SCOPE`].
    Authenticated,
}

/// Why nothing is registered (RFC 7591, section 3.2.2).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RegistrationError {
    /// The pool registers nobody, or nobody by this door.
    #[error("access_denied")]
    Closed,
    /// `redirect_uris`
    #[error("invalid_redirect_uri")]
    RedirectUri,
    /// Another member, which is named.
    #[error("invalid_client_metadata")]
    Metadata(&'static str),
}

/// What an app registers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registration {
    /// `client_name`
    pub name: String,
    /// `redirect_uris`
    pub redirect_uris: Vec<String>,
    /// `grant_types` without `refresh_token`, which comes with codes.
    pub flow: OAuthFlowType,
    /// `token_endpoint_auth_method`; with `none` there is no secret.
    pub method: String,
    /// `scope`
    pub scopes: Vec<String>,
}

impl Registration {
    /// Reads a request.
    ///
    /// # Errors
    /// [`RegistrationError`]
    pub fn read(
        configuration: &DcrConfigurationType,
        door: Door,
        request: &Map<String, Value>,
    ) -> Result<Self, RegistrationError> {
        let flow = flow(request)?;
        if !flows(configuration, door)?.contains(&flow) {
            return Err(RegistrationError::Metadata("grant_types"));
        }
        let method = text(request, "token_endpoint_auth_method")?.unwrap_or("client_secret_basic");
        let known = ["client_secret_basic", "client_secret_post", "none"].contains(&method);
        if !known || (method == "none" && flow == OAuthFlowType::ClientCredentials) {
            return Err(RegistrationError::Metadata("token_endpoint_auth_method"));
        }
        let redirect_uris = list(request, "redirect_uris").ok_or(RegistrationError::RedirectUri)?;
        let wrong = redirect_uris.iter().any(|uri| check_url(uri).is_err());
        if wrong || (redirect_uris.is_empty() && flow == OAuthFlowType::Code) {
            return Err(RegistrationError::RedirectUri);
        }
        let name = text(request, "client_name")?.unwrap_or("Registered client").to_owned();
        Ok(Self {
            name,
            redirect_uris,
            flow,
            method: method.to_owned(),
            scopes: scopes(configuration, flow, text(request, "scope")?)?,
        })
    }

    /// Whether it gets a secret.
    pub fn is_confidential(&self) -> bool {
        self.method != "none"
    }

    /// `grant_types` and `response_types` as the answer tells them.
    pub fn types(&self) -> (&'static [&'static str], &'static [&'static str]) {
        match self.flow {
            OAuthFlowType::ClientCredentials => (&["client_credentials"], &[]),
            OAuthFlowType::Code | OAuthFlowType::Implicit => {
                (&["authorization_code", "refresh_token"], &["code"])
            }
        }
    }
}

/// The flows that may be registered by a door; a door without any is closed.
fn flows(configuration: &DcrConfigurationType, door: Door) -> Result<Vec<OAuthFlowType>, RegistrationError> {
    let (flows, default) = match door {
        Door::Open if configuration.open_dcr_enabled != Some(true) => return Err(RegistrationError::Closed),
        Door::Open => (&configuration.open_dcr_grant_types, vec![OAuthFlowType::Code]),
        Door::Authenticated => (
            &configuration.authenticated_grant_types,
            vec![OAuthFlowType::Code, OAuthFlowType::ClientCredentials],
        ),
    };
    let flows = flows.clone().unwrap_or(default);
    if flows.is_empty() { Err(RegistrationError::Closed) } else { Ok(flows) }
}

/// A client of user pools has either codes or `client_credentials`. `implicit` cannot be registered.
fn flow(request: &Map<String, Value>) -> Result<OAuthFlowType, RegistrationError> {
    let wrong = || RegistrationError::Metadata("grant_types");
    let types = list(request, "grant_types").ok_or_else(wrong)?;
    let types: Vec<&str> = types.iter().map(String::as_str).filter(|kind| *kind != "refresh_token").collect();
    let flow = match types[..] {
        [] | ["authorization_code"] => OAuthFlowType::Code,
        ["client_credentials"] => OAuthFlowType::ClientCredentials,
        _ => return Err(wrong()),
    };
    let responses = list(request, "response_types").ok_or(RegistrationError::Metadata("response_types"))?;
    match responses.iter().all(|kind| kind == "code" && flow == OAuthFlowType::Code) {
        true => Ok(flow),
        false => Err(RegistrationError::Metadata("response_types")),
    }
}

/// The scopes that are asked for, else all that may be: those of OpenID Connect for users, those of AllowedScopes for
/// both.
fn scopes(
    configuration: &DcrConfigurationType,
    flow: OAuthFlowType,
    asked: Option<&str>,
) -> Result<Vec<String>, RegistrationError> {
    let machine = flow == OAuthFlowType::ClientCredentials;
    let openid = SCOPES.iter().take(4).filter(|_| !machine).map(|scope| (*scope).to_owned());
    let more = configuration.allowed_scopes.iter().flatten().cloned();
    let of_users = |scope: &String| SCOPES.contains(&scope.as_str());
    let more = more.filter(|scope| scope != SCOPE && !(machine && of_users(scope)));
    let allowed: Vec<String> = openid.chain(more).collect();
    let Some(asked) = asked else { return Ok(allowed) };
    let asked: Vec<String> = asked.split_whitespace().map(str::to_owned).collect();
    match asked.iter().all(|scope| allowed.contains(scope)) {
        true => Ok(asked),
        false => Err(RegistrationError::Metadata("scope")),
    }
}

fn text<'a>(
    request: &'a Map<String, Value>,
    name: &'static str,
) -> Result<Option<&'a str>, RegistrationError> {
    match request.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(RegistrationError::Metadata(name)),
    }
}

/// A list of texts, empty if it is not there; `None` if it is something else.
fn list(request: &Map<String, Value>, name: &str) -> Option<Vec<String>> {
    match request.get(name) {
        None | Some(Value::Null) => Some(Vec::new()),
        Some(Value::Array(items)) => items.iter().map(|item| item.as_str().map(str::to_owned)).collect(),
        Some(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(configuration: Value, door: Door, request: Value) -> Result<Registration, String> {
        let configuration = serde_json::from_value(configuration).unwrap();
        let Value::Object(request) = request else { panic!("{request} is no object") };
        Registration::read(&configuration, door, &request).map_err(|error| match error {
            RegistrationError::Metadata(name) => name.to_owned(),
            error => error.to_string(),
        })
    }

    #[test]
    fn doors() {
        let uris = json!({ "redirect_uris": ["https://a.example/cb"] });
        let check = |configuration: Value, open: bool, authenticated: bool| {
            assert_eq!(read(configuration.clone(), Door::Open, uris.clone()).is_ok(), open);
            assert_eq!(read(configuration, Door::Authenticated, uris.clone()).is_ok(), authenticated);
        };
        check(json!({}), false, true);
        check(json!({ "OpenDcrEnabled": true }), true, true);
        check(json!({ "OpenDcrEnabled": true, "OpenDcrGrantTypes": [] }), false, true);
        check(json!({ "AuthenticatedGrantTypes": [] }), false, false);
        check(json!({ "AuthenticatedGrantTypes": ["client_credentials"] }), false, false);
    }

    #[test]
    fn requests() {
        let configuration =
            json!({ "AllowedScopes": ["orders/read", SCOPE, "aws.cognito.signin.user.admin"] });
        let check = |more: Value, expected: &str| {
            let mut request = json!({ "redirect_uris": ["https://a.example/cb"] });
            request.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            let found = match read(configuration.clone(), Door::Authenticated, request) {
                Ok(found) => format!("{} {}", found.method, found.scopes.join(" ")),
                Err(error) => format!("error: {error}"),
            };
            assert_eq!(found, expected, "{more}");
        };
        let all = "openid email phone profile orders/read aws.cognito.signin.user.admin";
        check(json!({}), &format!("client_secret_basic {all}"));
        check(json!({ "scope": "openid", "token_endpoint_auth_method": "none" }), "none openid");
        check(json!({ "grant_types": ["client_credentials"] }), "client_secret_basic orders/read");
        check(json!({ "grant_types": ["implicit"] }), "error: grant_types");
        check(json!({ "grant_types": ["client_credentials", "authorization_code"] }), "error: grant_types");
        check(json!({ "grant_types": "code" }), "error: grant_types");
        check(json!({ "response_types": ["token"] }), "error: response_types");
        check(json!({ "scope": SCOPE }), "error: scope");
        check(json!({ "scope": "orders/write" }), "error: scope");
        check(
            json!({ "token_endpoint_auth_method": "private_key_jwt" }),
            "error: token_endpoint_auth_method",
        );
        check(json!({ "redirect_uris": [] }), "error: invalid_redirect_uri");
        check(json!({ "redirect_uris": [1] }), "error: invalid_redirect_uri");
        check(json!({ "redirect_uris": ["http://a.example/cb"] }), "error: invalid_redirect_uri");
        check(json!({ "client_name": 1 }), "error: client_name");
    }
}
