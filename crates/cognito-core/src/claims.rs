//! The claims of ID and access tokens. Source: `tokens` 5.2 and 5.3 of the specification.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value, json};

use crate::auth;
use crate::client::Client;
use crate::family::Family;
use crate::group::{self, Group};
use crate::secret;
use crate::time::Time;
use crate::user::User;

mod overrides;

pub use overrides::{Changes, Groups, Overrides, OverridesError};

/// The scope of every access token that the API gives.
pub const ADMIN_SCOPE: &str = "aws.cognito.signin.user.admin";

/// What both tokens are made of.
#[derive(Clone, Copy)]
pub struct Input<'a> {
    /// The `iss` of the pool.
    pub issuer: &'a str,
    /// The app client.
    pub client: &'a Client,
    /// The user.
    pub user: &'a User,
    /// The user's groups, in the order of their precedence.
    pub groups: &'a [Group],
    /// The token family.
    pub family: &'a Family,
    /// Now: the `iat`.
    pub now: Time,
}

impl Input<'_> {
    fn group_names(&self) -> Option<Value> {
        let names: Vec<&str> = self.groups.iter().map(|group| group.name.as_str()).collect();
        (!names.is_empty()).then(|| json!(names))
    }

    /// `origin_jti`, which tokens have only if they can be revoked.
    fn origin_jti(&self) -> Option<&str> {
        self.client.settings.enable_token_revocation.then_some(self.family.id.as_str())
    }
}

/// The claims of the access token of a client itself: of no user, and of no sign-in. `sub` is the id of the client that
/// it stands for, `client` the one that asks for it.
pub fn machine(
    issuer: &str,
    sub: &str,
    client: &Client,
    scopes: &[String],
    jti: &str,
    now: Time,
) -> Map<String, Value> {
    let mut claims = Map::new();
    let mut put = |name: &str, value: Value| claims.insert(name.to_owned(), value);
    put("sub", json!(sub));
    put("token_use", json!("access"));
    if !scopes.is_empty() {
        put("scope", json!(scopes.join(" ")));
    }
    put("auth_time", json!(now.seconds()));
    put("iss", json!(issuer));
    put("exp", json!((now + client.access_validity()).seconds()));
    put("iat", json!(now.seconds()));
    put("version", json!(2));
    put("jti", json!(jti));
    put("client_id", json!(client.id));
    claims
}

/// The claims of an access token. `jti` is a fresh UUID, `scope` the granted scopes, if there are any.
pub fn access(input: Input<'_>, scope: &str, jti: &str) -> Map<String, Value> {
    let Input { issuer, client, user, family, now, .. } = input;
    let mut claims = Map::new();
    let mut put = |name: &str, value: Value| claims.insert(name.to_owned(), value);
    put("sub", json!(user.sub));
    if let Some(device) = &family.device_key {
        put("device_key", json!(device));
    }
    if let Some(groups) = input.group_names() {
        put("cognito:groups", groups);
    }
    put("iss", json!(issuer));
    if let Some(granted) = &family.granted {
        put("version", json!(2));
        if let Some(resource) = &granted.resource {
            put("aud", json!(resource));
        }
    }
    put("client_id", json!(client.id));
    if let Some(origin_jti) = input.origin_jti() {
        put("origin_jti", json!(origin_jti));
    }
    put("event_id", json!(family.event_id));
    put("token_use", json!("access"));
    if !scope.is_empty() {
        put("scope", json!(scope));
    }
    put("auth_time", json!(family.auth_time.seconds()));
    put("exp", json!((now + client.access_validity()).seconds()));
    put("iat", json!(now.seconds()));
    put("jti", json!(jti));
    put("username", json!(user.username));
    put_level(&mut claims, family);
    claims
}

/// `acr` and `amr`, which tokens have only if a level was asked for.
/// <https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-step-up-authentication.html>
fn put_level(claims: &mut Map<String, Value>, family: &Family) {
    if let Some(acr) = &family.acr {
        claims.insert("acr".to_owned(), json!(acr));
        claims.insert("amr".to_owned(), json!(auth::amr(&family.methods)));
    }
}

/// The claims of an ID token. `jti` is a fresh UUID.
pub fn id(input: Input<'_>, jti: &str) -> Map<String, Value> {
    let Input { issuer, client, user, groups, family, now } = input;
    let mut claims = Map::new();
    let mut put = |name: &str, value: Value| claims.insert(name.to_owned(), value);
    put("sub", json!(user.sub));
    if let Some(groups) = input.group_names() {
        put("cognito:groups", groups);
    }
    if let Some(role) = group::preferred_role(groups) {
        put("cognito:preferred_role", json!(role));
    }
    put("iss", json!(issuer));
    put("cognito:username", json!(user.username));
    let roles: Vec<&str> = groups.iter().filter_map(|group| group.role_arn.as_deref()).collect();
    if !roles.is_empty() {
        put("cognito:roles", json!(roles));
    }
    if let Some(origin_jti) = input.origin_jti() {
        put("origin_jti", json!(origin_jti));
    }
    put("aud", json!(client.id));
    put("event_id", json!(family.event_id));
    put("token_use", json!("id"));
    put("auth_time", json!(family.auth_time.seconds()));
    put("exp", json!((now + client.id_validity()).seconds()));
    put("iat", json!(now.seconds()));
    if client.settings.enable_token_revocation {
        put("jti", json!(jti));
    }
    for (name, value) in &user.attributes {
        if client.can_read(name)
            && family.granted.as_ref().is_none_or(|granted| granted.tells(name))
            && let Some(value) = attribute(name, value)
        {
            put(name, value);
        }
    }
    put_level(&mut claims, family);
    claims
}

/// Binds an ID token to the request that it answers and to the access token that comes with it (OpenID Connect Core
/// 1.0, section 3.1.3.6). Tokens of the API have neither claim.
pub fn bind_id(claims: &mut Map<String, Value>, nonce: Option<&str>, access_token: &str) {
    if let Some(nonce) = nonce {
        claims.insert("nonce".to_owned(), json!(nonce));
    }
    let hash = secret::sha256(access_token.as_bytes());
    claims.insert("at_hash".to_owned(), json!(URL_SAFE_NO_PAD.encode(&hash[..16])));
}

/// The claim of an attribute: flags are booleans, `updated_at` a number, `address` an object, all else text.
pub fn attribute(name: &str, value: &str) -> Option<Value> {
    match name {
        "email_verified" | "phone_number_verified" => Some(json!(value.eq_ignore_ascii_case("true"))),
        "updated_at" => value.parse::<i64>().ok().map(|seconds| json!(seconds)),
        "address" => Some(json!({ "formatted": value })),
        "identities" => crate::identity::claim(value),
        _ => Some(json!(value)),
    }
}
