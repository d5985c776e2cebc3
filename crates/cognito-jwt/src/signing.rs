//! A private key of a pool and the compact RS256 tokens that it signs.

use std::fmt;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use josekit::JoseError;
use josekit::jwk::KeyPair;
use josekit::jwk::alg::rsa::RsaKeyPair;
use josekit::jws::alg::rsassa::RsassaJwsSigner;
use josekit::jws::{JwsSigner, RS256};
use openssl::sha::sha256;
use serde::Serialize;
use serde_json::{Value, json};
use zeroize::Zeroizing;

use crate::VerifyingKey;

/// The modulus of a pool's keys, in bits, as Cognito's.
const KEY_BITS: u32 = 2048;

/// Characters of an unpadded base64url RS256 signature with a 2048-bit key (256 bytes).
const SIGNATURE_CHARACTERS: usize = 342;

/// Why a key could not be made, read or taken into a set.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// OpenSSL could not generate a key.
    #[error("failed to generate an RSA key")]
    Generate(#[source] JoseError),
    /// The bytes are no PKCS#8 RSA private key of 2048 bits or more.
    #[error("failed to read an RSA private key")]
    Private(#[source] JoseError),
    /// OpenSSL could not make a certificate of the key.
    #[error("failed to make a certificate")]
    Certificate(#[source] openssl::error::ErrorStack),
    /// The JWK is no usable RSA public key; the text says what is wrong with it.
    #[error("failed to read a public key: {0}")]
    Public(&'static str),
    /// The text is no JWKS document, or it is larger than the limits allow.
    #[error("failed to read a key set: {0}")]
    Set(&'static str),
}

/// Why a token could not be signed.
#[derive(Debug, thiserror::Error)]
pub enum JwtError {
    /// The claims cannot be written as JSON.
    #[error("failed to serialize the claims")]
    Claims(#[source] serde_json::Error),
    /// The claims are JSON, but no object (RFC 7519 section 7.1).
    #[error("failed to sign claims that are no JSON object")]
    NoObject,
    /// The key is no key for it.
    #[error("failed to sign with a foreign key")]
    Key(#[source] KeyError),
    /// OpenSSL refused to sign.
    #[error("failed to sign")]
    Sign(#[source] JoseError),
}

/// An RSA-2048 private key that is ready to sign.
///
/// A clone shares the key. The key is parsed when it is made or read, never for a signature.
#[derive(Clone)]
pub struct SigningKey(Arc<Inner>);

struct Inner {
    pair: RsaKeyPair,
    signer: RsassaJwsSigner,
    verifying: VerifyingKey,
    /// The encoded header and the full stop behind it: the same for every token of this key.
    prefix: String,
}

impl SigningKey {
    /// Makes a new key. This takes tens to hundreds of milliseconds of processor time; see [`crate::KeyReserve`].
    pub fn generate() -> Result<Self, KeyError> {
        let pair = RS256.generate_key_pair(KEY_BITS).map_err(KeyError::Generate)?;
        let der = Zeroizing::new(pair.to_der_private_key());
        Self::from_pair(pair, &der)
    }

    /// Reads a key as [`SigningKey::to_der`] wrote it: PKCS#8, unencrypted, RSA of 2048 bits or more.
    pub fn from_der(der: &[u8]) -> Result<Self, KeyError> {
        let pair = RS256.key_pair_from_der(der).map_err(KeyError::Private)?;
        Self::from_pair(pair, der)
    }

    fn from_pair(pair: RsaKeyPair, der: &[u8]) -> Result<Self, KeyError> {
        let signer = RS256.signer_from_der(der).map_err(KeyError::Private)?;
        let public = pair.to_jwk_public_key();
        let modulus = text_parameter(&public, "n")?;
        let exponent = text_parameter(&public, "e")?;
        let kid = key_id(modulus, exponent);
        let jwk = json!({
            "alg": "RS256", "e": exponent, "kid": kid, "kty": "RSA", "n": modulus, "use": "sig"
        });
        let header = format!(r#"{{"kid":"{kid}","alg":"RS256"}}"#);
        let prefix = URL_SAFE_NO_PAD.encode(header) + ".";
        Ok(Self(Arc::new(Inner { pair, signer, verifying: VerifyingKey::from_jwk(&jwk)?, prefix })))
    }

    /// The private key as PKCS#8 DER, unencrypted. The buffer is wiped when it is dropped.
    pub fn to_der(&self) -> Zeroizing<Vec<u8>> {
        Zeroizing::new(self.0.pair.to_der_private_key())
    }

    /// The key's name in token headers and in the JWKS: 44 characters of padded standard base64.
    ///
    /// Cognito's look the same. Ours is the SHA-256 thumbprint of RFC 7638, so the same key has the same
    /// name wherever it is read.
    pub fn kid(&self) -> &str {
        self.0.verifying.kid()
    }

    /// Signs claims, which must serialize to a JSON object, as a compact JWS.
    ///
    /// The header is exactly `{"kid":"...","alg":"RS256"}`, without `typ`, as in Cognito's tokens. The
    /// members of the payload keep the order of `claims`.
    pub fn sign(&self, claims: &impl Serialize) -> Result<String, JwtError> {
        let payload = serde_json::to_vec(claims).map_err(JwtError::Claims)?;
        if payload.first() != Some(&b'{') {
            return Err(JwtError::NoObject);
        }
        let Inner { signer, prefix, .. } = &*self.0;
        let encoded = payload.len().div_ceil(3) * 4;
        let mut token = String::with_capacity(prefix.len() + encoded + 1 + SIGNATURE_CHARACTERS);
        token.push_str(prefix);
        URL_SAFE_NO_PAD.encode_string(&payload, &mut token);
        let signature = signer.sign(token.as_bytes()).map_err(JwtError::Sign)?;
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(&signature, &mut token);
        Ok(token)
    }

    /// The public half as one member of a JWKS: `alg`, `e`, `kid`, `kty`, `n`, `use`, in Cognito's order.
    pub fn public_jwk(&self) -> Value {
        self.0.verifying.to_jwk()
    }

    /// The public half, ready to verify.
    pub fn verifying_key(&self) -> VerifyingKey {
        self.0.verifying.clone()
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("SigningKey").field("kid", &self.kid()).finish_non_exhaustive()
    }
}

fn text_parameter<'a>(jwk: &'a josekit::jwk::Jwk, name: &str) -> Result<&'a str, KeyError> {
    jwk.parameter(name).and_then(Value::as_str).ok_or(KeyError::Public("n or e is missing"))
}

/// RFC 7638: the hash of the required members in lexical order, without blanks.
fn key_id(modulus: &str, exponent: &str) -> String {
    STANDARD.encode(sha256(format!(r#"{{"e":"{exponent}","kty":"RSA","n":"{modulus}"}}"#).as_bytes()))
}

#[cfg(test)]
mod tests {
    use openssl::ec::{EcGroup, EcKey};
    use openssl::nid::Nid;
    use openssl::pkey::PKey;
    use openssl::rsa::Rsa;
    use serde_json::Map;

    use super::*;
    use crate::{KeySet, verify};

    #[test]
    fn the_token_has_cognitos_form() {
        let key = SigningKey::generate().unwrap();
        let claims = json!({"sub": "é", "aud": "x", "n": 1});
        let token = key.sign(&claims).unwrap();
        let segments: Vec<&str> = token.split('.').collect();
        assert_eq!(segments.len(), 3);
        let header = String::from_utf8(URL_SAFE_NO_PAD.decode(segments[0]).unwrap()).unwrap();
        assert_eq!(header, format!(r#"{{"kid":"{}","alg":"RS256"}}"#, key.kid()));
        let payload = String::from_utf8(URL_SAFE_NO_PAD.decode(segments[1]).unwrap()).unwrap();
        assert_eq!(payload, r#"{"sub":"é","aud":"x","n":1}"#);
        assert_eq!(segments[2].len(), SIGNATURE_CHARACTERS);
        assert_eq!(Value::Object(verify(&token, &KeySet::from_iter([key.verifying_key()])).unwrap()), claims);
    }

    #[test]
    fn the_public_key_has_cognitos_form() {
        let key = SigningKey::generate().unwrap();
        let jwk = key.public_jwk();
        let names: Vec<&str> = jwk.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(names, ["alg", "e", "kid", "kty", "n", "use"]);
        assert_eq!((&jwk["alg"], &jwk["e"], &jwk["use"]), (&json!("RS256"), &json!("AQAB"), &json!("sig")));
        assert_eq!(jwk["kid"], key.kid());
        assert_eq!(key.kid().len(), 44);
        assert_eq!(STANDARD.decode(key.kid()).unwrap().len(), 32);
    }

    #[test]
    fn the_thumbprint_is_the_one_of_rfc_7638() {
        // The key and the result stand in RFC 7638 section 3.1, there in base64url.
        let modulus = "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_\
                       BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_\
                       FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI\
                       4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw";
        let url_safe = key_id(modulus, "AQAB").replace('+', "-").replace('/', "_");
        assert_eq!(url_safe, "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs=");
    }

    #[test]
    fn a_key_survives_storage() {
        let key = SigningKey::generate().unwrap();
        let again = SigningKey::from_der(&key.to_der()).unwrap();
        assert_eq!(again.kid(), key.kid());
        assert_eq!(again.public_jwk(), key.public_jwk());
        let token = again.sign(&Map::new()).unwrap();
        assert!(verify(&token, &KeySet::from_iter([key.verifying_key()])).is_ok());
        // RSASSA-PKCS1-v1_5 is deterministic, so both make the same bytes.
        assert_eq!(token, key.sign(&Map::new()).unwrap());
    }

    #[test]
    fn the_stored_form_is_pkcs8() {
        let key = SigningKey::generate().unwrap();
        let parsed = PKey::private_key_from_pkcs8(&key.to_der()).unwrap();
        assert_eq!(parsed.bits(), KEY_BITS);
    }

    #[test]
    fn other_bytes_are_no_key() {
        let short = PKey::from_rsa(Rsa::generate(1024).unwrap()).unwrap();
        let curve = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).unwrap();
        let elliptic = PKey::from_ec_key(EcKey::generate(&curve).unwrap()).unwrap();
        let good = SigningKey::generate().unwrap().to_der();
        let cases: [(&str, &[u8]); 6] = [
            ("nothing", b""),
            ("text", b"not a key"),
            ("half a key", &good[..good.len() / 2]),
            ("1024 bits", &short.private_key_to_pkcs8().unwrap()),
            ("elliptic curve", &elliptic.private_key_to_pkcs8().unwrap()),
            ("public key", &short.public_key_to_der().unwrap()),
        ];
        for (name, der) in cases {
            assert!(matches!(SigningKey::from_der(der), Err(KeyError::Private(_))), "{name}");
        }
    }

    #[test]
    fn only_objects_are_signed() {
        let key = SigningKey::generate().unwrap();
        for claims in [json!(null), json!("text"), json!(["a"]), json!(1)] {
            assert!(matches!(key.sign(&claims), Err(JwtError::NoObject)), "{claims}");
        }
    }

    #[test]
    fn the_private_key_does_not_print() {
        let key = SigningKey::generate().unwrap();
        assert_eq!(format!("{key:?}"), format!("SigningKey {{ kid: {:?}, .. }}", key.kid()));
    }
}
