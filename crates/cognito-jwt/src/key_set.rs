//! The public keys that a verifier trusts, by name, and their JWKS document (RFC 7517 section 5).

use serde_json::{Value, json};

use crate::{KeyError, VerifyingKey, json};

/// Keys by `kid`, in the order in which they were added. Made for the few keys of one issuer.
#[derive(Clone, Debug, Default)]
pub struct KeySet {
    keys: Vec<VerifyingKey>,
}

/// How large a foreign JWKS document may be.
#[derive(Clone, Copy, Debug)]
pub struct KeySetLimits {
    /// Bytes of the document.
    pub bytes: usize,
    /// Members of `keys`, usable or not.
    pub keys: usize,
}

impl Default for KeySetLimits {
    /// 256 kB and 100 keys: several times what large issuers publish.
    fn default() -> Self {
        Self { bytes: 256 * 1024, keys: 100 }
    }
}

impl KeySet {
    /// Reads a JWKS document. Keys that cannot verify signatures (other types, other uses, short ones, ones without a
    /// name) are left out, as RFC 7517 section 5 asks; a name given twice to keys of one type is an error, since it
    /// would leave open which key counts.
    pub fn from_json(text: &str, limits: KeySetLimits) -> Result<Self, KeyError> {
        if text.len() > limits.bytes {
            return Err(KeyError::Set("the document is too large"));
        }
        let document =
            json::object(text.as_bytes()).ok_or(KeyError::Set("the document is no JSON object"))?;
        let members = document.get("keys").and_then(Value::as_array);
        let members = members.ok_or(KeyError::Set("keys is no array"))?;
        if members.len() > limits.keys {
            return Err(KeyError::Set("there are too many keys"));
        }
        let mut set = Self::default();
        for key in members.iter().filter_map(|jwk| VerifyingKey::from_jwk(jwk).ok()) {
            if set.keys.iter().any(|present| present.is_twin_of(&key)) {
                return Err(KeyError::Set("two keys have the same kid"));
            }
            set.keys.push(key);
        }
        Ok(set)
    }

    /// The JWKS document, without blanks: `{"keys":[...]}`.
    pub fn to_json(&self) -> String {
        json!({"keys": self.keys.iter().map(VerifyingKey::to_jwk).collect::<Vec<_>>()}).to_string()
    }

    /// Adds a key; one with the same name is replaced.
    pub fn insert(&mut self, key: VerifyingKey) {
        match self.keys.iter_mut().find(|present| present.kid() == key.kid()) {
            Some(present) => *present = key,
            None => self.keys.push(key),
        }
    }

    /// The key with this name.
    pub fn get(&self, kid: &str) -> Option<&VerifyingKey> {
        self.keys.iter().find(|key| key.kid() == kid)
    }

    /// The keys in their order.
    pub fn iter(&self) -> impl Iterator<Item = &VerifyingKey> {
        self.keys.iter()
    }

    /// How many keys there are.
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// Whether there is no key, so that nothing verifies.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }
}

impl FromIterator<VerifyingKey> for KeySet {
    fn from_iter<I: IntoIterator<Item = VerifyingKey>>(keys: I) -> Self {
        let mut set = Self::default();
        keys.into_iter().for_each(|key| set.insert(key));
        set
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SigningKey;

    #[test]
    fn a_document_survives_both_ways() {
        let (one, two) = (SigningKey::generate().unwrap(), SigningKey::generate().unwrap());
        let set = KeySet::from_iter([one.verifying_key(), two.verifying_key(), one.verifying_key()]);
        let text = set.to_json();
        assert_eq!(text, json!({"keys": [one.public_jwk(), two.public_jwk()]}).to_string());
        let again = KeySet::from_json(&text, KeySetLimits::default()).unwrap();
        assert_eq!(again.iter().map(VerifyingKey::kid).collect::<Vec<_>>(), [one.kid(), two.kid()]);
        assert_eq!((again.len(), again.is_empty()), (2, false));
        assert!(again.get("other").is_none());
    }

    #[test]
    fn documents() {
        let key = SigningKey::generate().unwrap().public_jwk();
        let mut short = key.clone();
        short["n"] = json!("AQAB");
        check(&json!({"keys": []}).to_string(), "0 keys");
        check(&json!({"keys": [key, short, {"kty": "EC"}, null, 1]}).to_string(), "1 keys");
        check(&json!({"keys": [key, key]}).to_string(), "two keys have the same kid");
        check(&json!({"keys": vec![json!(null); 101]}).to_string(), "there are too many keys");
        check(&json!({"keys": {}}).to_string(), "keys is no array");
        check("{}", "keys is no array");
        check("[]", "the document is no JSON object");
        check(r#"{"keys":[],"keys":[]}"#, "the document is no JSON object");
        check(&" ".repeat(256 * 1024 + 1), "the document is too large");
    }

    fn check(text: &str, expected: &str) {
        let outcome = match KeySet::from_json(text, KeySetLimits::default()) {
            Ok(set) => format!("{} keys", set.len()),
            Err(error) => error.to_string().replace("failed to read a key set: ", ""),
        };
        assert_eq!(outcome, expected);
    }
}
