//! What the PreTokenGeneration trigger changes about tokens. Source: `tokens` 5.7 of the specification.
//! <https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-pre-token-generation.html>

use serde_json::{Map, Value, json};

/// The most changes of one answer.
const MAX_CHANGES: usize = 5_000;
/// Claims that stay as they are, beside `aud` and those of Cognito's own namespace. Scopes have changes of their own.
const FIXED: [&str; 21] = [
    "acr",
    "amr",
    "at_hash",
    "auth_time",
    "azp",
    "client_id",
    "device_key",
    "event_id",
    "exp",
    "iat",
    "identities",
    "iss",
    "jti",
    "nbf",
    "nonce",
    "origin_jti",
    "scope",
    "sub",
    "token_use",
    "username",
    "version",
];
/// Claims of the ID token that are neither lists nor objects.
const SIMPLE: [&str; 4] = ["address", "email_verified", "phone_number_verified", "updated_at"];

/// The changes of a function's answer.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Overrides {
    /// Of the ID token.
    pub id: Changes,
    /// Of the access token.
    pub access: Changes,
    /// Scopes that the access token gets in addition.
    pub scopes_to_add: Vec<String>,
    /// Scopes that it loses.
    pub scopes_to_suppress: Vec<String>,
    /// The groups in the place of the user's, if the answer speaks of them.
    pub groups: Option<Groups>,
}

/// Changes of one token. What is both added and suppressed is suppressed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Changes {
    /// Claims with their new values.
    pub add: Map<String, Value>,
    /// Claims that are left out.
    pub suppress: Vec<String>,
}

/// Groups and roles. What is empty has no claim.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Groups {
    /// `cognito:groups` of both tokens.
    pub groups: Vec<String>,
    /// `cognito:roles` of the ID token.
    pub roles: Vec<String>,
    /// `cognito:preferred_role` of the ID token.
    pub preferred_role: Option<String>,
}

/// Why an answer cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OverridesError {
    /// More than 5,000 changes.
    #[error("too many changes")]
    TooMany,
    /// A scope is empty or has a blank.
    #[error("a scope with a blank")]
    Scope,
    /// A claim that is a plain value would be a list or an object.
    #[error("a list or an object as {0}")]
    Complex(&'static str),
}

impl Overrides {
    /// Checks that the changes can be made. Changes of claims that are fixed are no error: nothing comes of them.
    ///
    /// # Errors
    /// [`OverridesError`]
    pub fn check(self) -> Result<Self, OverridesError> {
        let claims = self.id.count() + self.access.count();
        if claims + self.scopes_to_add.len() + self.scopes_to_suppress.len() > MAX_CHANGES {
            return Err(OverridesError::TooMany);
        }
        if self.scopes_to_add.iter().any(|scope| scope.is_empty() || scope.contains(char::is_whitespace)) {
            return Err(OverridesError::Scope);
        }
        let is_complex =
            |name: &&str| matches!(self.id.add.get(*name), Some(Value::Array(_) | Value::Object(_)));
        match SIMPLE.into_iter().find(is_complex) {
            Some(name) => Err(OverridesError::Complex(name)),
            None => Ok(self),
        }
    }

    /// Changes the claims of an ID token.
    pub fn change_id(&self, claims: &mut Map<String, Value>) {
        if let Some(groups) = &self.groups {
            put(claims, "cognito:groups", list(&groups.groups));
            put(claims, "cognito:roles", list(&groups.roles));
            put(claims, "cognito:preferred_role", groups.preferred_role.as_ref().map(|role| json!(role)));
        }
        self.id.make(claims, None);
    }

    /// Changes the claims of an access token, whose `aud` may be the client and nothing else.
    pub fn change_access(&self, claims: &mut Map<String, Value>, client_id: &str) {
        if let Some(groups) = &self.groups {
            put(claims, "cognito:groups", list(&groups.groups));
        }
        self.access.make(claims, Some(client_id));
        let scope = claims.get("scope").and_then(Value::as_str).unwrap_or_default();
        let scope = self.scope(scope);
        put(claims, "scope", (!scope.is_empty()).then(|| json!(scope)));
    }

    fn scope(&self, granted: &str) -> String {
        let mut scopes: Vec<&str> = Vec::new();
        for scope in granted.split_whitespace().chain(self.scopes_to_add.iter().map(String::as_str)) {
            if !self.scopes_to_suppress.iter().any(|gone| gone == scope) && !scopes.contains(&scope) {
                scopes.push(scope);
            }
        }
        scopes.join(" ")
    }
}

impl Changes {
    fn count(&self) -> usize {
        self.add.len() + self.suppress.len()
    }

    /// `audience` is the only value that `aud` may get.
    fn make(&self, claims: &mut Map<String, Value>, audience: Option<&str>) {
        for (name, value) in &self.add {
            let allowed = match name.as_str() {
                "aud" => value.as_str().is_some_and(|value| Some(value) == audience),
                name => !is_fixed(name) && !name.starts_with("dev:"),
            };
            if allowed {
                claims.insert(name.clone(), value.clone());
            }
        }
        for name in &self.suppress {
            // Who suppresses the groups keeps the roles.
            if name == "cognito:groups" || (name != "aud" && !is_fixed(name)) {
                claims.shift_remove(name);
            }
        }
    }
}

fn is_fixed(name: &str) -> bool {
    FIXED.contains(&name) || name.starts_with("cognito:")
}

fn list(names: &[String]) -> Option<Value> {
    (!names.is_empty()).then(|| json!(names))
}

fn put(claims: &mut Map<String, Value>, name: &str, value: Option<Value>) {
    match value {
        Some(value) => claims.insert(name.to_owned(), value),
        None => claims.shift_remove(name),
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(value: Value) -> Map<String, Value> {
        let Value::Object(object) = value else { panic!("{value} is no object") };
        object
    }

    fn changes(add: Value, suppress: &[&str]) -> Changes {
        Changes { add: object(add), suppress: suppress.iter().map(|&name| name.to_owned()).collect() }
    }

    #[test]
    fn claims() {
        let check = |add: Value, suppress: &[&str], id: Value, access: Value| {
            let shown = format!("{add} {suppress:?}");
            let both = changes(add, suppress);
            let overrides = Overrides { id: both.clone(), access: both, ..Overrides::default() };
            let mut claims = object(json!({ "aud": "client", "sub": "s", "email": "a@x.com" }));
            overrides.change_id(&mut claims);
            assert_eq!(Value::Object(claims), id, "ID token, {shown}");
            let mut claims = object(json!({ "client_id": "client", "sub": "s", "scope": "a" }));
            overrides.change_access(&mut claims, "client");
            assert_eq!(Value::Object(claims), access, "access token, {shown}");
        };
        let id = json!({ "aud": "client", "sub": "s", "email": "a@x.com" });
        let access = json!({ "client_id": "client", "sub": "s", "scope": "a" });
        let with = |base: &Value, more: Value| {
            let mut base = object(base.clone());
            base.extend(object(more));
            Value::Object(base)
        };
        let more = json!({ "tenant": "t", "n": 1, "yes": true, "list": [1], "map": { "a": [] } });
        check(more.clone(), &[], with(&id, more.clone()), with(&access, more));
        let email = json!({ "email": "b@x.com" });
        check(email.clone(), &[], with(&id, email.clone()), with(&access, email.clone()));
        let without = json!({ "aud": "client", "sub": "s" });
        check(email, &["email", "nothing"], without, access.clone());
        for fixed in FIXED.into_iter().chain(["cognito:username", "cognito:groups", "dev:custom:x"]) {
            check(json!({ fixed: "forged" }), &[], id.clone(), access.clone());
        }
        check(json!({}), &["aud", "sub", "client_id", "scope"], id.clone(), access.clone());
        check(json!({ "aud": "other" }), &[], id.clone(), access.clone());
        check(json!({ "aud": ["client"] }), &[], id.clone(), access.clone());
        check(json!({ "aud": "client" }), &[], id, with(&access, json!({ "aud": "client" })));
    }

    #[test]
    fn attributes_of_developers_are_only_suppressed() {
        let mut claims = object(json!({ "dev:custom:x": "1" }));
        let id = changes(json!({ "dev:custom:x": "2" }), &[]);
        Overrides { id, ..Overrides::default() }.change_id(&mut claims);
        assert_eq!(claims["dev:custom:x"], "1");
        let id = changes(json!({}), &["dev:custom:x"]);
        Overrides { id, ..Overrides::default() }.change_id(&mut claims);
        assert_eq!(claims.get("dev:custom:x"), None);
    }

    #[test]
    fn scopes() {
        let check = |add: &[&str], suppress: &[&str], expected: &str| {
            let owned = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect();
            let overrides = Overrides {
                scopes_to_add: owned(add),
                scopes_to_suppress: owned(suppress),
                ..Overrides::default()
            };
            let mut claims = object(json!({ "scope": "openid email" }));
            overrides.change_access(&mut claims, "client");
            let scope = claims.get("scope").and_then(Value::as_str).unwrap_or_default();
            assert_eq!(scope, expected, "+{add:?} -{suppress:?}");
        };
        check(&[], &[], "openid email");
        check(&["api/read", "email"], &["openid", "phone"], "email api/read");
        check(&["api/read"], &["api/read"], "openid email");
        check(&[], &["openid", "email"], "");
        let mut claims = Map::new();
        Overrides::default().change_access(&mut claims, "client");
        assert_eq!(claims.get("scope"), None, "a token without scopes has no such claim");
        let more = Overrides { scopes_to_add: vec!["api/read".to_owned()], ..Overrides::default() };
        more.change_access(&mut claims, "client");
        assert_eq!(claims["scope"], "api/read");
    }

    #[test]
    fn groups() {
        let check = |groups: Option<Groups>, suppress: &[&str], id: Value, access: Value| {
            let shown = format!("{groups:?} {suppress:?}");
            let id_changes = changes(json!({}), suppress);
            let overrides = Overrides { id: id_changes, groups, ..Overrides::default() };
            let base =
                json!({ "cognito:groups": ["a"], "cognito:roles": ["r"], "cognito:preferred_role": "r" });
            let mut claims = object(base);
            overrides.change_id(&mut claims);
            assert_eq!(Value::Object(claims), id, "ID token, {shown}");
            let mut claims = object(json!({ "cognito:groups": ["a"] }));
            overrides.change_access(&mut claims, "client");
            assert_eq!(Value::Object(claims), access, "access token, {shown}");
        };
        let same = json!({ "cognito:groups": ["a"], "cognito:roles": ["r"], "cognito:preferred_role": "r" });
        let access = json!({ "cognito:groups": ["a"] });
        check(None, &[], same.clone(), access.clone());
        check(None, &["cognito:roles"], same, access.clone());
        let roles = json!({ "cognito:roles": ["r"], "cognito:preferred_role": "r" });
        check(None, &["cognito:groups"], roles, access);
        check(Some(Groups::default()), &[], json!({}), json!({}));
        let other =
            Groups { groups: vec!["b".into()], roles: vec!["s".into()], preferred_role: Some("s".into()) };
        let expected =
            json!({ "cognito:groups": ["b"], "cognito:roles": ["s"], "cognito:preferred_role": "s" });
        check(Some(other), &[], expected, json!({ "cognito:groups": ["b"] }));
    }

    #[test]
    fn limits() {
        let check = |overrides: Overrides, expected: &str| {
            let result = overrides.check().map_or_else(|error| error.to_string(), |_| "ok".to_owned());
            assert_eq!(result, expected);
        };
        let many = |count: usize| changes(json!({ "a": 1 }), &vec!["b"; count - 1]);
        let none = Changes::default;
        check(Overrides { id: many(2_500), access: many(2_500), ..Overrides::default() }, "ok");
        check(Overrides { id: many(2_500), access: many(2_501), ..Overrides::default() }, "too many changes");
        let scope = |scope: &str| Overrides { scopes_to_add: vec![scope.to_owned()], ..Overrides::default() };
        check(scope("a/b"), "ok");
        check(scope("a b"), "a scope with a blank");
        check(scope(""), "a scope with a blank");
        let address = changes(json!({ "address": {} }), &[]);
        check(Overrides { id: address.clone(), ..Overrides::default() }, "a list or an object as address");
        check(Overrides { id: none(), access: address, ..Overrides::default() }, "ok");
    }
}
