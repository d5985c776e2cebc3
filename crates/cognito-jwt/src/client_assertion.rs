//! Compact ES256 tokens with somebody else's key: the client secret of Sign in with Apple is one.
//! <https://developer.apple.com/documentation/accountorganizationaldatasharing/creating-a-client-secret>

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use josekit::jws::{ES256, JwsHeader, serialize_compact};
use serde_json::{Map, Value};

use crate::{JwtError, KeyError};

/// Signs claims with a P-256 key: PKCS #8 in base64, with or without the lines of PEM around it.
///
/// # Errors
/// [`KeyError::Private`] in [`JwtError`] if the text is no such key.
pub fn sign_es256(key: &str, kid: &str, claims: &Map<String, Value>) -> Result<String, JwtError> {
    let lines = key.lines().filter(|line| !line.starts_with("-----"));
    let body: String = lines.flat_map(str::chars).filter(|c| !c.is_whitespace()).collect();
    let der = STANDARD.decode(body).map_err(|_| JwtError::Key(KeyError::Public("the key is no base64")))?;
    let signer = ES256.signer_from_der(der).map_err(|error| JwtError::Key(KeyError::Private(error)))?;
    let mut header = JwsHeader::new();
    header.set_key_id(kid);
    let payload = serde_json::to_vec(claims).map_err(JwtError::Claims)?;
    serialize_compact(&payload, &header, &signer).map_err(JwtError::Sign)
}

#[cfg(test)]
mod tests {
    use josekit::jws::{ES256, deserialize_compact};
    use serde_json::json;

    use super::*;

    #[test]
    fn a_token_of_a_foreign_key() {
        let pair = ES256.generate_key_pair().unwrap();
        let claims = Map::from_iter([("iss".to_owned(), json!("team"))]);
        let pem = String::from_utf8(pair.to_pem_private_key()).unwrap();
        for key in [pem.clone(), STANDARD.encode(pair.to_der_private_key())] {
            let token = sign_es256(&key, "key", &claims).unwrap();
            let verifier = ES256.verifier_from_der(pair.to_der_public_key()).unwrap();
            let (payload, header) = deserialize_compact(&token, &verifier).unwrap();
            assert_eq!(serde_json::from_slice::<Value>(&payload).unwrap(), json!({ "iss": "team" }));
            assert_eq!(header.key_id(), Some("key"));
        }
        assert!(matches!(sign_es256("secret", "key", &claims), Err(JwtError::Key(_))));
    }
}
