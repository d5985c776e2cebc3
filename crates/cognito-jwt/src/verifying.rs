//! A public key that is ready to verify RSA signatures, from a pool's own key or from a foreign JWK.

use std::fmt;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use josekit::jwk::Jwk;
use josekit::jws::alg::rsassa::RsassaJwsVerifier;
use josekit::jws::{JwsVerifier, RS256, RS384, RS512};
use serde_json::Value;

use crate::KeyError;

/// The sizes of modulus that are taken, in bits. Larger ones only serve to cost the verifier time.
const MODULUS_BITS: std::ops::RangeInclusive<usize> = 2048..=8192;

/// The longest public exponent that is taken, in bits, for the same reason.
const EXPONENT_BITS: usize = 64;

/// How a token may be signed: RSASSA-PKCS1-v1_5 (RFC 7518, section 3.3), with the three hashes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Algorithm {
    Rs256,
    Rs384,
    Rs512,
}

impl Algorithm {
    const ALL: [Self; 3] = [Self::Rs256, Self::Rs384, Self::Rs512];

    /// The algorithm of this name; never `none`, HMAC or a curve.
    pub(crate) fn named(name: &Value) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| name == algorithm.name())
    }

    fn name(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Rs384 => "RS384",
            Self::Rs512 => "RS512",
        }
    }
}

/// An RSA public key with a name. A clone shares the key.
#[derive(Clone)]
pub struct VerifyingKey(Arc<Inner>);

struct Inner {
    kid: String,
    modulus: String,
    exponent: String,
    /// One for each algorithm that the key is for.
    verifiers: Vec<(Algorithm, RsassaJwsVerifier)>,
}

impl VerifyingKey {
    /// Reads a JWK (RFC 7517). It must have a `kid`, be RSA of 2048 to 8192 bits with an odd exponent, and
    /// must not be marked for another algorithm or for another use than signatures. Without a mark it is for RS256,
    /// RS384 and RS512.
    pub fn from_jwk(jwk: &Value) -> Result<Self, KeyError> {
        let object = jwk.as_object().ok_or(KeyError::Public("the key is no JSON object"))?;
        let member = |name| object.get(name).and_then(Value::as_str);
        if member("kty") != Some("RSA") {
            return Err(KeyError::Public("kty is not RSA"));
        }
        let algorithms = match object.get("alg") {
            None => Algorithm::ALL.to_vec(),
            Some(name) => {
                vec![Algorithm::named(name).ok_or(KeyError::Public("alg is no RS256, 384 or 512"))?]
            }
        };
        if object.get("use").is_some_and(|value| value != "sig") {
            return Err(KeyError::Public("use is not sig"));
        }
        let is_to_verify =
            |value: &Value| value.as_array().is_some_and(|list| list.contains(&"verify".into()));
        if object.get("key_ops").is_some_and(|value| !is_to_verify(value)) {
            return Err(KeyError::Public("key_ops has no verify"));
        }
        let kid = member("kid").ok_or(KeyError::Public("kid is missing"))?;
        let modulus = member("n").ok_or(KeyError::Public("n is missing"))?;
        let exponent = member("e").ok_or(KeyError::Public("e is missing"))?;
        check_numbers(modulus, exponent)?;
        // Only what was checked reaches josekit; members such as `x5c` do not.
        let verifier = |algorithm| Some((algorithm, verifier(algorithm, modulus, exponent)?));
        let verifiers: Option<Vec<_>> = algorithms.into_iter().map(verifier).collect();
        let verifiers = verifiers.ok_or(KeyError::Public("n and e are no RSA key"))?;
        let (kid, modulus, exponent) = (kid.to_owned(), modulus.to_owned(), exponent.to_owned());
        Ok(Self(Arc::new(Inner { kid, modulus, exponent, verifiers })))
    }

    /// The name that a token's header must give to be verified with this key.
    pub fn kid(&self) -> &str {
        &self.0.kid
    }

    /// The key as one member of a JWKS: `alg` (if it is for one only), `e`, `kid`, `kty`, `n`, `use`, in Cognito's
    /// order.
    pub fn to_jwk(&self) -> Value {
        let Inner { kid, modulus, exponent, verifiers } = &*self.0;
        let algorithm = match verifiers[..] {
            [(algorithm, _)] => Some(("alg", algorithm.name())),
            _ => None,
        };
        let members =
            [("e", exponent.as_str()), ("kid", kid), ("kty", "RSA"), ("n", modulus), ("use", "sig")];
        let members = algorithm.into_iter().chain(members);
        Value::Object(members.map(|(name, value)| (name.to_owned(), value.into())).collect())
    }

    /// Whether `signature` is this key's signature of `message`; `None` if the key is not for the algorithm.
    pub(crate) fn accepts(&self, algorithm: Algorithm, message: &[u8], signature: &[u8]) -> Option<bool> {
        let (_, verifier) = self.0.verifiers.iter().find(|(own, _)| *own == algorithm)?;
        Some(verifier.verify(message, signature).is_ok())
    }
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

fn verifier(algorithm: Algorithm, modulus: &str, exponent: &str) -> Option<RsassaJwsVerifier> {
    let mut jwk = Jwk::new("RSA");
    jwk.set_parameter("n", Some(modulus.into())).ok()?;
    jwk.set_parameter("e", Some(exponent.into())).ok()?;
    let algorithm = match algorithm {
        Algorithm::Rs256 => RS256,
        Algorithm::Rs384 => RS384,
        Algorithm::Rs512 => RS512,
    };
    algorithm.verifier_from_jwk(&jwk).ok()
}

#[cfg(test)]
mod tests {
    use openssl::rsa::Rsa;
    use serde_json::json;

    use super::*;
    use crate::SigningKey;

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
        check(&good, &[("kty", json!("EC"))], "kty is not RSA");
        check(&good, &[("kty", json!("oct"))], "kty is not RSA");
        check(&good, &[("alg", json!("HS256"))], "alg is no RS256, 384 or 512");
        check(&good, &[("alg", json!("PS256"))], "alg is no RS256, 384 or 512");
        check(&good, &[("alg", json!("none"))], "alg is no RS256, 384 or 512");
        check(&good, &[("alg", json!(256))], "alg is no RS256, 384 or 512");
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
                for name in ["alg", "e", "kid", "kty", "n"] {
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
