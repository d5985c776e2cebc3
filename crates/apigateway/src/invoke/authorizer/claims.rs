//! What the claims of a token must say.

use cognito_core::Time;
use cognito_jwt::VerifyError;
use serde_json::{Map, Value};

use crate::model::Authorizer;

/// Why a token does not pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Problem {
    Segments,
    Malformed,
    NoKeys,
    UnknownKey,
    Algorithm,
    Signature,
    Issuer,
    Audience,
    Expired,
    NotYet,
    FromTheFuture,
}

impl Problem {
    /// What the caller is told. The first two are known of AWS; the others are unverified.
    pub(crate) fn text(self) -> &'static str {
        match self {
            Self::Segments => "token contains an invalid number of segments",
            Self::Audience => "the token does not have a valid audience",
            Self::Malformed => "the token is malformed",
            Self::NoKeys => "the keys of the issuer cannot be had",
            Self::UnknownKey => "the token is signed with an unknown key",
            Self::Algorithm => "the token does not have a valid algorithm",
            Self::Signature => "the token does not have a valid signature",
            Self::Issuer => "the token does not have a valid issuer",
            Self::Expired => "the token has expired",
            Self::NotYet => "the token is not valid yet",
            Self::FromTheFuture => "the token was issued in the future",
        }
    }
}

impl From<VerifyError> for Problem {
    fn from(error: VerifyError) -> Self {
        match error {
            VerifyError::Malformed => Self::Malformed,
            VerifyError::UnknownKey => Self::UnknownKey,
            VerifyError::Algorithm => Self::Algorithm,
            VerifyError::Signature => Self::Signature,
        }
    }
}

/// Whether the claims of a token, whose signature is the issuer's, let it pass. No skew of clocks is forgiven.
pub(super) fn check(claims: &Map<String, Value>, authorizer: &Authorizer, now: Time) -> Result<(), Problem> {
    if claims.get("iss").and_then(Value::as_str) != Some(authorizer.issuer.as_str()) {
        return Err(Problem::Issuer);
    }
    if !is_for(claims, &authorizer.audience) {
        return Err(Problem::Audience);
    }
    in_time(claims, now)
}

/// Whether the claims of a token are good at a moment.
pub(crate) fn in_time(claims: &Map<String, Value>, now: Time) -> Result<(), Problem> {
    // NumericDate (RFC 7519, section 2) may have fractions. What is no number is no date, and refuses.
    let date = |name| claims.get(name).map(|value| value.as_f64().map(|seconds| seconds * 1000.0));
    #[expect(clippy::cast_precision_loss, reason = "milliseconds stay below 2^53 for 285,000 years")]
    let now = now.0 as f64;
    let holds = |date: Option<Option<f64>>, rule: fn(f64, f64) -> bool| match date {
        Some(Some(date)) => rule(date, now),
        Some(None) => false,
        None => true,
    };
    if !claims.contains_key("exp") || !holds(date("exp"), |exp, now| now < exp) {
        return Err(Problem::Expired);
    }
    if !holds(date("nbf"), |nbf, now| nbf <= now) {
        return Err(Problem::NotYet);
    }
    if !holds(date("iat"), |iat, now| iat <= now) {
        return Err(Problem::FromTheFuture);
    }
    Ok(())
}

/// `aud` decides where there is one, whatever it holds; only without it does `client_id`.
fn is_for(claims: &Map<String, Value>, audience: &[String]) -> bool {
    let known =
        |value: &Value| value.as_str().is_some_and(|value| audience.iter().any(|known| known == value));
    match claims.get("aud") {
        Some(Value::Array(values)) => values.iter().any(known),
        Some(value) => known(value),
        None => claims.get("client_id").is_some_and(known),
    }
}

/// The scopes of a token: `scp` where there is one, else `scope`; a list, or names with blanks between them.
pub(crate) fn scopes(claims: &Map<String, Value>) -> Vec<String> {
    match claims.get("scp").or_else(|| claims.get("scope")) {
        Some(Value::Array(scopes)) => scopes.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        Some(Value::String(scopes)) => scopes.split_ascii_whitespace().map(str::to_owned).collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn object(value: Value) -> Map<String, Value> {
        value.as_object().cloned().expect("an object")
    }

    #[test]
    fn rules() {
        let authorizer = Authorizer {
            api_id: "api".to_owned(),
            id: "id".to_owned(),
            name: "name".to_owned(),
            identity_source: "$request.header.Authorization".to_owned(),
            issuer: "https://issuer.example.com/a".to_owned(),
            audience: vec!["one".to_owned(), "two".to_owned()],
        };
        let good = json!({ "iss": "https://issuer.example.com/a", "aud": "one", "exp": 1001, "iat": 1000, "nbf": 1000 });
        let check = |changes: Value, expected: Result<(), Problem>| {
            let mut claims = object(good.clone());
            for (name, value) in object(changes.clone()) {
                match value == json!("absent") {
                    true => claims.remove(&name),
                    false => claims.insert(name, value),
                };
            }
            assert_eq!(check(&claims, &authorizer, Time(1_000_000)), expected, "{changes}");
        };
        check(json!({}), Ok(()));
        for issuer in [
            json!("absent"),
            json!(null),
            json!("https://issuer.example.com/a/"),
            json!("https://issuer.example.com/A"),
            json!("https://issuer.example.com"),
            json!(["https://issuer.example.com/a"]),
        ] {
            check(json!({ "iss": issuer }), Err(Problem::Issuer));
        }
        check(json!({ "aud": ["three", "two"] }), Ok(()));
        for audience in [json!("three"), json!(["three"]), json!([]), json!(null), json!(1), json!("one two")]
        {
            // A client id that is right is of no account where there is an audience.
            check(json!({ "aud": audience, "client_id": "one" }), Err(Problem::Audience));
        }
        check(json!({ "aud": "absent" }), Err(Problem::Audience));
        check(json!({ "aud": "absent", "client_id": "two" }), Ok(()));
        check(json!({ "aud": "absent", "client_id": "three" }), Err(Problem::Audience));
        check(json!({ "aud": "absent", "client_id": ["two"] }), Err(Problem::Audience));
        for expired in [json!("absent"), json!(null), json!("1001"), json!(1000), json!(999.9), json!(-1)] {
            check(json!({ "exp": expired }), Err(Problem::Expired));
        }
        check(json!({ "exp": 1000.001 }), Ok(()));
        for later in [json!(1000.1), json!("1000"), json!(null), json!(1e300)] {
            check(json!({ "nbf": later }), Err(Problem::NotYet));
            check(json!({ "iat": later }), Err(Problem::FromTheFuture));
        }
        check(json!({ "nbf": "absent", "iat": "absent" }), Ok(()));
    }

    #[test]
    fn scopes_of_tokens() {
        let check = |claims: Value, expected: &[&str]| assert_eq!(scopes(&object(claims)), expected);
        check(json!({}), &[]);
        check(json!({ "scope": "a/read a/write" }), &["a/read", "a/write"]);
        check(json!({ "scope": "a/readwrite" }), &["a/readwrite"]);
        check(json!({ "scp": ["a", "b"], "scope": "c" }), &["a", "b"]);
        check(json!({ "scp": "a b" }), &["a", "b"]);
        check(json!({ "scp": ["a b", 1, null] }), &["a b"]);
        check(json!({ "scp": null, "scope": "c" }), &[]);
        check(json!({ "scope": { "a": 1 } }), &[]);
    }
}
