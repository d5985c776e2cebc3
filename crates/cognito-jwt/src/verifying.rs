//! A public key that is ready to verify signatures, from a pool's own key or from a foreign JWK.

use std::fmt;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use josekit::jwk::Jwk;
use josekit::jws::JwsVerifier;
use serde_json::{Map, Value};

use crate::KeyError;
use crate::algorithm::Algorithm;

/// The sizes of modulus that are taken, in bits. Larger ones only serve to cost the verifier time.
const MODULUS_BITS: std::ops::RangeInclusive<usize> = 2048..=8192;

/// The longest public exponent that is taken, in bits, for the same reason.
const EXPONENT_BITS: usize = 64;

/// A public key with a name, of RSA or of a curve. A clone shares the key.
#[derive(Clone)]
pub struct VerifyingKey(Arc<Inner>);

struct Inner {
    kid: String,
    /// The members of the JWK that are the key itself, `kty` among them, in alphabetical order.
    members: Vec<(&'static str, String)>,
    /// One for each algorithm that the key is for.
    verifiers: Vec<(Algorithm, Box<dyn JwsVerifier>)>,
}

impl VerifyingKey {
    /// Reads a JWK (RFC 7517). It must have a `kid`, be RSA of 2048 to 8192 bits with an odd exponent or a point on
    /// P-256, P-384 or P-521, and must not be marked for another algorithm or for another use than signatures. Without a
    /// mark an RSA key is for RS256, RS384 and RS512.
    pub fn from_jwk(jwk: &Value) -> Result<Self, KeyError> {
        let object = jwk.as_object().ok_or(KeyError::Public("the key is no JSON object"))?;
        let (mut algorithms, members) = match object.get("kty").and_then(Value::as_str) {
            Some("RSA") => rsa(object)?,
            Some("EC") => curve(object)?,
            _ => return Err(KeyError::Public("kty is neither RSA nor EC")),
        };
        if let Some(mark) = object.get("alg") {
            algorithms.retain(|algorithm| mark == algorithm.name());
        }
        if algorithms.is_empty() {
            return Err(KeyError::Public("alg is not one of its kty"));
        }
        if object.get("use").is_some_and(|value| value != "sig") {
            return Err(KeyError::Public("use is not sig"));
        }
        let is_to_verify =
            |value: &Value| value.as_array().is_some_and(|list| list.contains(&"verify".into()));
        if object.get("key_ops").is_some_and(|value| !is_to_verify(value)) {
            return Err(KeyError::Public("key_ops has no verify"));
        }
        let kid = text(object, "kid").ok_or(KeyError::Public("kid is missing"))?;
        // Only what was checked reaches josekit; members such as `x5c` do not.
        let mut checked = Map::new();
        checked.extend(members.iter().map(|(name, value)| ((*name).to_owned(), value.clone().into())));
        let unusable = |_| KeyError::Public("the numbers are no key");
        let jwk = Jwk::from_map(checked).map_err(unusable)?;
        let verifier = |algorithm: Algorithm| Ok((algorithm, algorithm.verifier(&jwk).map_err(unusable)?));
        let verifiers = algorithms.into_iter().map(verifier).collect::<Result<_, _>>()?;
        Ok(Self(Arc::new(Inner { kid, members, verifiers })))
    }

    /// The name that a token's header must give to be verified with this key.
    pub fn kid(&self) -> &str {
        &self.0.kid
    }

    /// Whether it is of the same type as another one: keys of one name may only differ in that.
    pub(crate) fn is_twin_of(&self, other: &Self) -> bool {
        let is_rsa = |key: &Self| key.0.verifiers.iter().any(|(algorithm, _)| algorithm.is_rsa());
        self.kid() == other.kid() && is_rsa(self) == is_rsa(other)
    }

    /// The key as one member of a JWKS, in alphabetical order as Cognito's: `alg` (if it is for one only), `e`, `kid`,
    /// `kty`, `n`, `use`, or `crv`, `x` and `y` in the place of the numbers.
    pub fn to_jwk(&self) -> Value {
        let Inner { kid, members, verifiers } = &*self.0;
        let algorithm = match &verifiers[..] {
            [(algorithm, _)] => Some(("alg", algorithm.name())),
            _ => None,
        };
        let members = members.iter().map(|(name, value)| (*name, value.as_str()));
        let mut all: Vec<_> = algorithm.into_iter().chain(members).collect();
        all.extend([("kid", kid.as_str()), ("use", "sig")]);
        all.sort_unstable();
        Value::Object(all.into_iter().map(|(name, value)| (name.to_owned(), value.into())).collect())
    }

    /// Whether `signature` is this key's signature of `message`; `None` if the key is not for the algorithm.
    pub(crate) fn accepts(&self, algorithm: Algorithm, message: &[u8], signature: &[u8]) -> Option<bool> {
        let (_, verifier) = self.0.verifiers.iter().find(|(own, _)| *own == algorithm)?;
        Some(verifier.verify(message, signature).is_ok())
    }
}

/// What a JWK can be used with, and the members that are the key.
type Read = Result<(Vec<Algorithm>, Vec<(&'static str, String)>), KeyError>;

fn text(jwk: &Map<String, Value>, name: &str) -> Option<String> {
    jwk.get(name)?.as_str().map(str::to_owned)
}

fn rsa(jwk: &Map<String, Value>) -> Read {
    let modulus = text(jwk, "n").ok_or(KeyError::Public("n is missing"))?;
    let exponent = text(jwk, "e").ok_or(KeyError::Public("e is missing"))?;
    check_numbers(&modulus, &exponent)?;
    Ok((Algorithm::RSA.to_vec(), vec![("e", exponent), ("kty", "RSA".to_owned()), ("n", modulus)]))
}

/// Whether the point lies on the curve is OpenSSL's to say.
fn curve(jwk: &Map<String, Value>) -> Read {
    let name = text(jwk, "crv").unwrap_or_default();
    let (algorithm, length) = match name.as_str() {
        "P-256" => (Algorithm::Es256, 32),
        "P-384" => (Algorithm::Es384, 48),
        "P-521" => (Algorithm::Es512, 66),
        _ => return Err(KeyError::Public("crv is not P-256, P-384 or P-521")),
    };
    let coordinate = |name: &str| {
        let text = text(jwk, name)?;
        URL_SAFE_NO_PAD.decode(&text).is_ok_and(|bytes| bytes.len() == length).then_some(text)
    };
    let (Some(x), Some(y)) = (coordinate("x"), coordinate("y")) else {
        return Err(KeyError::Public("x or y is no coordinate of the curve"));
    };
    Ok((vec![algorithm], vec![("crv", name), ("kty", "EC".to_owned()), ("x", x), ("y", y)]))
}

impl fmt::Debug for VerifyingKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("VerifyingKey").field("kid", &self.kid()).finish_non_exhaustive()
    }
}

fn check_numbers(modulus: &str, exponent: &str) -> Result<(), KeyError> {
    let number = |text| URL_SAFE_NO_PAD.decode(text).map_err(|_| KeyError::Public("n or e is no base64url"));
    let (modulus, exponent) = (number(modulus)?, number(exponent)?);
    if !MODULUS_BITS.contains(&bits(&modulus)) {
        return Err(KeyError::Public("n has not 2048 to 8192 bits"));
    }
    let odd = exponent.last().is_some_and(|last| last % 2 == 1);
    if !(2..=EXPONENT_BITS).contains(&bits(&exponent)) || !odd {
        return Err(KeyError::Public("e is no odd number from 3 to 64 bits"));
    }
    Ok(())
}

/// The significant bits of a big-endian number.
fn bits(number: &[u8]) -> usize {
    match number.iter().position(|byte| *byte != 0) {
        Some(first) => (number.len() - first) * 8 - number[first].leading_zeros() as usize,
        None => 0,
    }
}

#[cfg(test)]
mod tests {
    use josekit::jws::{ES256, ES384, ES512, JwsAlgorithm};
    use openssl::rsa::Rsa;
    use serde_json::json;

    use super::*;
    use crate::SigningKey;

    #[test]
    fn keys_of_curves() {
        for (algorithm, curve) in [(ES256, "P-256"), (ES384, "P-384"), (ES512, "P-521")] {
            let mut good =
                serde_json::to_value(algorithm.generate_key_pair().unwrap().to_jwk_public_key()).unwrap();
            good["kid"] = json!("k");
            assert_eq!(good["crv"], curve);
            check(&good, &[], "ok");
            check(&good, &[("alg", json!(algorithm.name())), ("use", json!("sig"))], "ok");
            check(&good, &[("alg", json!("RS256"))], "alg is not one of its kty");
            check(&good, &[("alg", json!("HS256"))], "alg is not one of its kty");
            check(&good, &[("kid", Value::Null)], "kid is missing");
            check(&good, &[("crv", json!("P-192"))], "crv is not P-256, P-384 or P-521");
            check(&good, &[("crv", Value::Null)], "crv is not P-256, P-384 or P-521");
            check(&good, &[("x", json!("AQAB"))], "x or y is no coordinate of the curve");
            check(&good, &[("y", Value::Null)], "x or y is no coordinate of the curve");
            check(&good, &[("x", good["y"].clone())], "the numbers are no key");
        }
    }

    #[test]
    fn foreign_keys() {
        let good = SigningKey::generate().unwrap().public_jwk();
        check(&good, &[], "ok");
        check(&good, &[("alg", Value::Null)], "ok");
        check(&good, &[("alg", json!("RS384"))], "ok");
        check(&good, &[("alg", json!("RS512"))], "ok");
        check(&good, &[("use", Value::Null), ("key_ops", json!(["verify"])), ("x5c", json!(["junk"]))], "ok");
        check(&good, &[("key_ops", json!(["sign", "encrypt"]))], "key_ops has no verify");
        check(&good, &[("key_ops", json!("verify"))], "key_ops has no verify");
        check(&good, &[("kid", Value::Null)], "kid is missing");
        check(&good, &[("kty", json!("EC"))], "crv is not P-256, P-384 or P-521");
        check(&good, &[("kty", json!("oct"))], "kty is neither RSA nor EC");
        check(&good, &[("alg", json!("HS256"))], "alg is not one of its kty");
        check(&good, &[("alg", json!("PS256"))], "alg is not one of its kty");
        check(&good, &[("alg", json!("none"))], "alg is not one of its kty");
        check(&good, &[("alg", json!(256))], "alg is not one of its kty");
        check(&good, &[("use", json!("enc"))], "use is not sig");
        check(&good, &[("n", Value::Null)], "n is missing");
        check(&good, &[("e", Value::Null)], "e is missing");
        check(&good, &[("n", json!("+/=="))], "n or e is no base64url");
        check(&good, &[("n", number(1024))], "n has not 2048 to 8192 bits");
        check(&good, &[("n", padded(1024))], "n has not 2048 to 8192 bits");
        check(&good, &[("n", json!(URL_SAFE_NO_PAD.encode(vec![255; 1025])))], "n has not 2048 to 8192 bits");
        check(&good, &[("e", json!("AQ"))], "e is no odd number from 3 to 64 bits");
        check(&good, &[("e", json!("AQAA"))], "e is no odd number from 3 to 64 bits");
        check(&good, &[("e", json!(""))], "e is no odd number from 3 to 64 bits");
        check(&good, &[("e", json!("AQAAAAAAAAAB"))], "e is no odd number from 3 to 64 bits");
        check(&good, &[("alg", json!("ES256"))], "alg is not one of its kty");
        let error = VerifyingKey::from_jwk(&json!("text")).unwrap_err();
        assert_eq!(error.to_string(), "failed to read a public key: the key is no JSON object");
    }

    /// Changes members of a good key (`null` removes one) and expects the reading to end in `expected`.
    fn check(good: &Value, changes: &[(&str, Value)], expected: &str) {
        let mut jwk = good.clone();
        for (name, value) in changes {
            match value {
                Value::Null => jwk.as_object_mut().unwrap().remove(*name),
                value => jwk.as_object_mut().unwrap().insert((*name).to_owned(), value.clone()),
            };
        }
        let outcome = match VerifyingKey::from_jwk(&jwk) {
            Ok(key) => {
                for name in ["alg", "crv", "e", "kid", "kty", "n", "x", "y"] {
                    assert_eq!(key.to_jwk().get(name), jwk.get(name), "{changes:?}");
                }
                "ok".to_owned()
            }
            Err(error) => error.to_string().replace("failed to read a public key: ", ""),
        };
        assert_eq!(outcome, expected, "{changes:?}");
    }

    fn number(bits: u32) -> Value {
        json!(URL_SAFE_NO_PAD.encode(Rsa::generate(bits).unwrap().n().to_vec()))
    }

    /// A short modulus that leading zeros make look long.
    fn padded(bits: u32) -> Value {
        let mut bytes = vec![0; 256];
        bytes.extend(Rsa::generate(bits).unwrap().n().to_vec());
        json!(URL_SAFE_NO_PAD.encode(bytes))
    }
}
