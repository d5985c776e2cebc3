//! Parsing of JSON objects that refuses a member name given twice, at every depth.
//!
//! Two parsers that disagree on which of two equal members counts can be played against each other, so a
//! token with such members is refused (RFC 7519 section 4, RFC 8725 section 2.7).

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

/// Parses UTF-8 bytes that are one JSON object. Anything else, and any repeated member name, is `None`.
pub(crate) fn object(bytes: &[u8]) -> Option<Map<String, Value>> {
    match serde_json::from_slice(bytes) {
        Ok(Unique(Value::Object(object))) => Some(object),
        _ => None,
    }
}

/// A JSON value without repeated member names.
struct Unique(Value);

impl<'de> Deserialize<'de> for Unique {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(UniqueVisitor).map(Unique)
    }
}

struct UniqueVisitor;

impl<'de> Visitor<'de> for UniqueVisitor {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a JSON value without repeated member names")
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        Number::from_f64(value).map(Value::Number).ok_or_else(|| E::custom("a number that is not finite"))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E: Error>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        while let Some(Unique(item)) = access.next_element()? {
            items.push(item);
        }
        Ok(Value::Array(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some(name) = access.next_key::<String>()? {
            let Unique(value) = access.next_value()?;
            if object.insert(name, value).is_some() {
                return Err(A::Error::custom("a member name is repeated"));
            }
        }
        Ok(Value::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use super::object;

    #[test]
    fn objects() {
        check(r#"{}"#, true);
        check(r#"{"a":1,"b":[{"a":null},{"a":-1.5}],"c":"é"}"#, true);
        check(r#"{"a":1,"a":1}"#, false);
        check(r#"{"a":1,"\u0061":2}"#, false);
        check(r#"{"a":{"b":1,"b":2}}"#, false);
        check(r#"{"a":[{"b":1,"b":2}]}"#, false);
        check(r#"{"a":1e999}"#, false);
        check(r#"{"a":1} {}"#, false);
        check(r#"{"a":1"#, false);
        check(r#"["a"]"#, false);
        check(r#""a""#, false);
        check("", false);
        check(&format!(r#"{{"a":{}{}}}"#, "[".repeat(500), "]".repeat(500)), false);
        assert!(object(b"{\"a\":\"\xff\"}").is_none(), "invalid UTF-8");
    }

    fn check(text: &str, accepted: bool) {
        let parsed = object(text.as_bytes());
        assert_eq!(parsed.is_some(), accepted, "{text}");
        if let Some(parsed) = parsed {
            let plain: serde_json::Value = serde_json::from_str(text).unwrap();
            assert_eq!(serde_json::Value::Object(parsed), plain, "{text}");
        }
    }
}
