//! Attribute mapping: what a user of a provider brings.

use serde_json::{Map, Value};

use super::IdentityProvider;

/// The longest value of an attribute, in characters.
const MAX_VALUE: usize = 2048;

/// A claim whose value is too long for an attribute.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the value of {0} is too long")]
pub struct TooLong(pub String);

impl IdentityProvider {
    /// The attributes of the pool that claims become. Claims that are not there leave the attribute alone.
    ///
    /// # Errors
    /// [`TooLong`]
    pub fn attributes(&self, claims: &Map<String, Value>) -> Result<Vec<(String, String)>, TooLong> {
        let mut attributes = Vec::new();
        for (attribute, claim) in self.mapped() {
            let Some(value) = claims.get(claim).and_then(text).filter(|value| !value.is_empty()) else {
                continue;
            };
            if value.chars().count() > MAX_VALUE {
                return Err(TooLong(attribute.to_owned()));
            }
            attributes.push((attribute.to_owned(), value));
        }
        Ok(attributes)
    }

    /// What names the user at the provider.
    pub fn subject(&self, claims: &Map<String, Value>) -> Option<String> {
        claims.get(self.subject_claim()?).and_then(text)
    }
}

/// A claim as text: several values stand in brackets, each form-encoded.
fn text(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        Value::Bool(_) | Value::Number(_) => Some(value.to_string()),
        Value::Array(values) => {
            let values: Vec<_> = values.iter().filter_map(text).map(|value| encoded(&value)).collect();
            Some(format!("[{}]", values.join(", ")))
        }
        // OpenID Connect's address is an object; the attribute is its formatted form.
        Value::Object(members) => match members.get("formatted") {
            Some(formatted) => text(formatted),
            None => Some(value.to_string()),
        },
    }
}

fn encoded(value: &str) -> String {
    let mut text = String::new();
    for byte in value.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'*' => text.push(byte.into()),
            b' ' => text.push('+'),
            _ => text.push_str(&format!("%{byte:02X}")),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::tests::google_with;
    use super::*;

    fn check(claim: Value, expected: Option<&str>) {
        let provider = google_with(json!({ "name": "n", "username": "sub" }));
        let claims = Map::from_iter([("n".to_owned(), claim.clone()), ("sub".to_owned(), json!(7))]);
        let attributes = provider.attributes(&claims).unwrap();
        let expected: Vec<_> =
            expected.map(|value| ("name".to_owned(), value.to_owned())).into_iter().collect();
        assert_eq!(attributes, expected, "{claim}");
        assert_eq!(provider.subject(&claims).as_deref(), Some("7"));
    }

    #[test]
    fn claims_become_text() {
        check(json!("Alice"), Some("Alice"));
        check(json!(true), Some("true"));
        check(json!(12), Some("12"));
        check(json!(null), None);
        check(json!(""), None);
        check(json!(["a b", "c,d"]), Some("[a+b, c%2Cd]"));
        check(json!({ "formatted": "1 Way" }), Some("1 Way"));
        check(json!({ "x": 1 }), Some(r#"{"x":1}"#));
        let long = Map::from_iter([("n".to_owned(), json!("x".repeat(2049)))]);
        let refused = google_with(json!({ "name": "n" })).attributes(&long);
        assert_eq!(refused, Err(TooLong("name".into())));
    }
}
