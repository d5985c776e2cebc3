//! The attacks of `spec/security-cases.md` (T1 to T5, T19) on the verifier.

use std::sync::LazyLock;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use josekit::jws::{ES256, ES384, ES512, JwsSigner};
use openssl::hash::MessageDigest;
use openssl::pkey::PKey;
use openssl::sign::Signer;
use serde_json::{Map, Value, json};

use super::{VerifyError, unverified_claims, verify, verify_any};
use crate::{KeySet, KeySetLimits, SigningKey};

/// The pool's two keys and one of another pool.
static KEYS: LazyLock<[SigningKey; 3]> =
    LazyLock::new(|| [(); 3].map(|()| SigningKey::generate().expect("OpenSSL makes RSA keys")));

fn key() -> &'static SigningKey {
    &KEYS[0]
}

fn set() -> KeySet {
    KEYS[..2].iter().map(SigningKey::verifying_key).collect()
}

fn claims() -> Map<String, Value> {
    let claims = json!({"sub": "4f1e", "iss": "http://localhost:4566/us-east-1_a", "exp": 1_900_000_000});
    claims.as_object().unwrap().clone()
}

/// A token of the given header, with a good signature of the pool's key over whatever it says.
fn token_with_header(header: &str) -> String {
    token_of(header.as_bytes(), &serde_json::to_vec(&claims()).unwrap())
}

fn token_of(header: &[u8], payload: &[u8]) -> String {
    sign(&format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(payload)))
}

/// Appends the good signature of the pool's key to two segments, however they are encoded.
fn sign(signed: &str) -> String {
    let private = PKey::private_key_from_der(&key().to_der()).unwrap();
    let mut signer = Signer::new(MessageDigest::sha256(), &private).unwrap();
    let signature = signer.sign_oneshot_to_vec(signed.as_bytes()).unwrap();
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
}

fn check(name: &str, token: &str, expected: Result<(), VerifyError>) {
    assert_eq!(verify(token, &set()).map(drop), expected, "{name}");
}

#[test]
fn good_tokens() {
    for key in &KEYS[..2] {
        assert_eq!(verify(&key.sign(&claims()).unwrap(), &set()), Ok(claims()));
    }
    let kid = key().kid();
    check("own header", &token_with_header(&format!(r#"{{"alg":"RS256","kid":"{kid}"}}"#)), Ok(()));
    let typed = format!(r#" {{ "typ" : "JWT" , "alg":"RS256","kid":"{kid}"}}"#);
    check("typ and blanks", &token_with_header(&typed), Ok(()));
    check("no claims", &token_of(format!(r#"{{"alg":"RS256","kid":"{kid}"}}"#).as_bytes(), b"{}"), Ok(()));
}

#[test]
fn no_algorithm() {
    let payload = URL_SAFE_NO_PAD.encode(serde_json::to_vec(&claims()).unwrap());
    for algorithm in ["none", "None", "NONE", "nOnE", ""] {
        let header = json!({"alg": algorithm, "kid": key().kid()}).to_string();
        let unsigned = format!("{}.{payload}.", URL_SAFE_NO_PAD.encode(&header));
        check(algorithm, &unsigned, Err(VerifyError::Algorithm));
        check(algorithm, &token_with_header(&header), Err(VerifyError::Algorithm));
    }
}

#[test]
fn a_public_key_as_a_shared_secret() {
    let kid = key().kid();
    let public = PKey::private_key_from_der(&key().to_der()).unwrap();
    let secrets = [
        public.public_key_to_pem().unwrap(),
        public.public_key_to_der().unwrap(),
        public.rsa().unwrap().public_key_to_pem_pkcs1().unwrap(),
        key().public_jwk().to_string().into_bytes(),
        key().public_jwk()["n"].as_str().unwrap().as_bytes().to_vec(),
    ];
    for secret in secrets {
        for (algorithm, expected) in [("HS256", VerifyError::Algorithm), ("RS256", VerifyError::Signature)] {
            let header = URL_SAFE_NO_PAD.encode(json!({"alg": algorithm, "kid": kid}).to_string());
            let payload = URL_SAFE_NO_PAD.encode(serde_json::to_vec(&claims()).unwrap());
            let signed = format!("{header}.{payload}");
            let hmac = PKey::hmac(&secret).unwrap();
            let mut signer = Signer::new(MessageDigest::sha256(), &hmac).unwrap();
            let signature = URL_SAFE_NO_PAD.encode(signer.sign_oneshot_to_vec(signed.as_bytes()).unwrap());
            check(algorithm, &format!("{signed}.{signature}"), Err(expected));
        }
    }
}

#[test]
fn other_algorithms_and_spellings() {
    let kid = key().kid();
    let mut algorithms: Vec<Value> =
        ["HS256", "RS384", "RS512", "PS256", "ES256", "rs256", "RS256 "].map(Value::from).to_vec();
    algorithms.extend([json!(["RS256"]), json!(null), json!(256), json!({"alg": "RS256"})]);
    for algorithm in algorithms {
        let header = json!({"alg": algorithm, "kid": kid}).to_string();
        check(&header, &token_with_header(&header), Err(VerifyError::Algorithm));
    }
    check("no alg", &token_with_header(&json!({"kid": kid}).to_string()), Err(VerifyError::Algorithm));
}

#[test]
fn the_key_says_which_hash() {
    let hashes = [
        ("RS256", MessageDigest::sha256()),
        ("RS384", MessageDigest::sha384()),
        ("RS512", MessageDigest::sha512()),
    ];
    let private = PKey::private_key_from_der(&key().to_der()).unwrap();
    let payload = URL_SAFE_NO_PAD.encode(serde_json::to_vec(&claims()).unwrap());
    for (algorithm, _) in hashes {
        let header = URL_SAFE_NO_PAD.encode(json!({"alg": algorithm, "kid": key().kid()}).to_string());
        let signed = format!("{header}.{payload}");
        for (hash, digest) in hashes {
            let mut signer = Signer::new(digest, &private).unwrap();
            let signature = signer.sign_oneshot_to_vec(signed.as_bytes()).unwrap();
            let token = format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature));
            for marked in [Some("RS256"), Some("RS384"), Some("RS512"), None] {
                let expected = match marked {
                    Some(marked) if marked != algorithm => Err(VerifyError::Algorithm),
                    _ if hash != algorithm => Err(VerifyError::Signature),
                    _ => Ok(()),
                };
                let outcome = verify(&token, &marked_set(marked)).map(drop);
                assert_eq!(outcome, expected, "{algorithm} with {hash}, the key is for {marked:?}");
            }
        }
    }
}

/// A curve's signatures are good where they are asked for, beside an RSA key of the same name, and nowhere else.
#[test]
fn signatures_of_curves() {
    let algorithms = [("ES256", ES256), ("ES384", ES384), ("ES512", ES512)];
    for (name, algorithm) in algorithms {
        let pair = algorithm.generate_key_pair().unwrap();
        let mut jwk = serde_json::to_value(pair.to_jwk_public_key()).unwrap();
        jwk["kid"] = json!(key().kid());
        let document = json!({ "keys": [key().public_jwk(), jwk] }).to_string();
        let keys = KeySet::from_json(&document, KeySetLimits::default()).unwrap();
        let signer = algorithm.signer_from_jwk(&pair.to_jwk_private_key()).unwrap();
        let payload = URL_SAFE_NO_PAD.encode(serde_json::to_vec(&claims()).unwrap());
        let token = |alg: &str, cut: usize| {
            let header = URL_SAFE_NO_PAD.encode(json!({"alg": alg, "kid": key().kid()}).to_string());
            let signed = format!("{header}.{payload}");
            let signature = signer.sign(signed.as_bytes()).unwrap();
            format!("{signed}.{}", URL_SAFE_NO_PAD.encode(&signature[cut..]))
        };
        assert_eq!(verify_any(&token(name, 0), &keys), Ok(claims()));
        assert_eq!(verify_any(&token(name, 1), &keys), Err(VerifyError::Signature));
        assert_eq!(verify(&token(name, 0), &keys), Err(VerifyError::Algorithm), "RSA only");
        for (other, _) in algorithms.iter().filter(|(other, _)| *other != name) {
            assert_eq!(verify_any(&token(other, 0), &keys), Err(VerifyError::Algorithm));
        }
        assert_eq!(verify_any(&token("RS256", 0), &keys), Err(VerifyError::Signature));
        let changed = token(name, 0).replacen(&payload, &payload.replace('J', "K"), 1);
        assert!(verify_any(&changed, &keys).is_err());
        assert_eq!(verify_any(&key().sign(&claims()).unwrap(), &keys), Ok(claims()));
    }
}

/// The pool's first key, marked for an algorithm or for none.
fn marked_set(algorithm: Option<&str>) -> KeySet {
    let mut jwk = key().public_jwk();
    match algorithm {
        Some(algorithm) => jwk["alg"] = algorithm.into(),
        None => drop(jwk.as_object_mut().unwrap().remove("alg")),
    }
    KeySet::from_json(&json!({"keys": [jwk]}).to_string(), KeySetLimits::default()).unwrap()
}

#[test]
fn keys_that_the_token_brings_along() {
    // The attacker signs with an own key and describes it in the header, under a known and an unknown name.
    let attacker = &KEYS[2];
    let payload = URL_SAFE_NO_PAD.encode(serde_json::to_vec(&claims()).unwrap());
    for (kid, expected) in [(key().kid(), VerifyError::Signature), (attacker.kid(), VerifyError::UnknownKey)]
    {
        for (name, value) in [
            ("jwk", attacker.public_jwk()),
            ("jku", json!("http://127.0.0.1:9/jwks.json")),
            ("x5u", json!("http://127.0.0.1:9/certificate.pem")),
            ("x5c", json!(["MIIB"])),
        ] {
            let header = json!({"alg": "RS256", "kid": kid, name: value}).to_string();
            let signed = format!("{}.{payload}", URL_SAFE_NO_PAD.encode(&header));
            let private = PKey::private_key_from_der(&attacker.to_der()).unwrap();
            let mut signer = Signer::new(MessageDigest::sha256(), &private).unwrap();
            let signature = URL_SAFE_NO_PAD.encode(signer.sign_oneshot_to_vec(signed.as_bytes()).unwrap());
            check(name, &format!("{signed}.{signature}"), Err(expected));
            // The same member in a token that the pool did sign is ignored.
            let header = json!({"alg": "RS256", "kid": key().kid(), name: value}).to_string();
            check(name, &token_with_header(&header), Ok(()));
        }
    }
}

#[test]
fn critical_extensions() {
    for crit in [json!(["exp"]), json!([]), json!("b64"), json!(null)] {
        let header = json!({"alg": "RS256", "kid": key().kid(), "crit": crit}).to_string();
        check(&header, &token_with_header(&header), Err(VerifyError::Malformed));
    }
}

#[test]
fn key_names() {
    for kid in ["", "../../x", "' OR 1=1 --", "\u{0}", "\n", &key().kid()[1..], &key().kid().to_lowercase()] {
        let header = json!({"alg": "RS256", "kid": kid}).to_string();
        check(&header, &token_with_header(&header), Err(VerifyError::UnknownKey));
    }
    for header in
        [json!({"alg": "RS256"}), json!({"alg": "RS256", "kid": 1}), json!({"alg": "RS256", "kid": null})]
    {
        check(&header.to_string(), &token_with_header(&header.to_string()), Err(VerifyError::UnknownKey));
    }
    for length in [3 * 1024, 60 * 1024, 1024 * 1024] {
        let header = json!({"alg": "RS256", "kid": "x".repeat(length)}).to_string();
        check("long kid", &token_with_header(&header), Err(VerifyError::Malformed));
    }
}

#[test]
fn tokens_of_another_pool() {
    check("own name", &KEYS[2].sign(&claims()).unwrap(), Err(VerifyError::UnknownKey));
    // The other pool's signature under this pool's key name.
    let foreign = KEYS[2].sign(&claims()).unwrap();
    let own = key().sign(&claims()).unwrap();
    let header = own.split_once('.').unwrap().0;
    let rest = foreign.split_once('.').unwrap().1;
    check("this pool's name", &format!("{header}.{rest}"), Err(VerifyError::Signature));
    // The two keys of one pool do not stand in for each other.
    let second = KEYS[1].sign(&claims()).unwrap();
    let rest = second.split_once('.').unwrap().1;
    check("the pool's other key", &format!("{header}.{rest}"), Err(VerifyError::Signature));
    assert_eq!(verify(&own, &KeySet::default()), Err(VerifyError::UnknownKey));
}

#[test]
fn flipped_bits() {
    let token = key().sign(&claims()).unwrap();
    let keys = set();
    for position in 0..token.len() {
        for bit in 0..7 {
            let mut bytes = token.clone().into_bytes();
            bytes[position] ^= 1 << bit;
            let changed = String::from_utf8(bytes).unwrap();
            assert!(verify(&changed, &keys).is_err(), "bit {bit} of byte {position}");
        }
    }
}

#[test]
fn flipped_bits_below_the_encoding() {
    let token = key().sign(&claims()).unwrap();
    let keys = set();
    let segments: Vec<&str> = token.split('.').collect();
    for segment in 0..3 {
        let decoded = URL_SAFE_NO_PAD.decode(segments[segment]).unwrap();
        for position in 0..decoded.len() {
            let mut changed = decoded.clone();
            changed[position] ^= 1;
            let encoded = URL_SAFE_NO_PAD.encode(changed);
            let mut parts = segments.clone();
            parts[segment] = &encoded;
            assert!(verify(&parts.join("."), &keys).is_err(), "segment {segment}, byte {position}");
        }
    }
}

#[test]
fn truncations() {
    let token = key().sign(&claims()).unwrap();
    let keys = set();
    for length in 0..token.len() {
        assert!(verify(&token[..length], &keys).is_err(), "the first {length} bytes");
        assert!(verify(&token[token.len() - length..], &keys).is_err(), "the last {length} bytes");
    }
    let segments: Vec<&str> = token.split('.').collect();
    for segment in 0..3 {
        for length in 0..segments[segment].len() {
            let mut parts = segments.clone();
            parts[segment] = &segments[segment][..length];
            assert!(verify(&parts.join("."), &keys).is_err(), "segment {segment} cut to {length}");
        }
    }
}

#[test]
fn encodings() {
    let token = key().sign(&claims()).unwrap();
    let segments: Vec<&str> = token.split('.').collect();
    for segment in 0..3 {
        let decoded = URL_SAFE_NO_PAD.decode(segments[segment]).unwrap();
        let standard = STANDARD.encode(&decoded);
        let forms = [
            format!("{}=", segments[segment]),
            format!("{}==", segments[segment]),
            format!(" {}", segments[segment]),
            format!("{}\n", segments[segment]),
            format!("{}\t{}", &segments[segment][..4], &segments[segment][4..]),
            format!("{}%3D", segments[segment]),
            format!("{}\u{0}", segments[segment]),
            stray_bits(segments[segment]),
            standard.clone(),
        ];
        for form in forms.iter().filter(|form| *form != segments[segment]) {
            let mut parts = segments.clone();
            parts[segment] = form;
            // Signed in this form, it is still refused for its form.
            let token =
                if segment == 2 { parts.join(".") } else { sign(&format!("{}.{}", parts[0], parts[1])) };
            check(&format!("segment {segment} as {form:?}"), &token, Err(VerifyError::Malformed));
            assert!(verify(&parts.join("."), &set()).is_err(), "segment {segment} as {form:?}");
        }
    }
    for token in ["", ".", "..", "...", "a", "a.b", "a.b.c.d", &format!("{token}."), &format!(".{token}")] {
        check(token, token, Err(VerifyError::Malformed));
    }
    check("quoted", &format!("\"{token}\""), Err(VerifyError::Malformed));
    check("bearer", &format!("Bearer {token}"), Err(VerifyError::Malformed));
}

/// The segment with a bit set that no byte of the decoded form has; itself where there is none.
fn stray_bits(segment: &str) -> String {
    const ALPHABET: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    if segment.len().is_multiple_of(4) {
        return segment.to_owned();
    }
    let (rest, last) = segment.split_at(segment.len() - 1);
    let value = ALPHABET.find(last).unwrap();
    format!("{rest}{}", &ALPHABET[value + 1..=value + 1])
}

#[test]
fn payloads() {
    let header = format!(r#"{{"kid":"{}","alg":"RS256"}}"#, key().kid());
    let payloads: [&[u8]; 8] = [
        br#"{"sub":"a","sub":"b"}"#,
        br#"{"address":{"formatted":"a","formatted":"b"}}"#,
        br#"["sub"]"#,
        br#""sub""#,
        b"null",
        b"",
        b"{\"sub\":\"\xff\"}",
        br#"{"sub":"a"}{}"#,
    ];
    for payload in payloads {
        let name = String::from_utf8_lossy(payload);
        check(&name, &token_of(header.as_bytes(), payload), Err(VerifyError::Malformed));
    }
    let large = json!({"text": "x".repeat(64 * 1024)}).to_string();
    check("too large", &token_of(header.as_bytes(), large.as_bytes()), Err(VerifyError::Malformed));
}

#[test]
fn headers() {
    let kid = key().kid();
    for header in [
        format!(r#"{{"kid":"{kid}","alg":"none","alg":"RS256"}}"#),
        format!(r#"{{"kid":"x","kid":"{kid}","alg":"RS256"}}"#),
        format!(r#"[{{"kid":"{kid}","alg":"RS256"}}]"#),
        format!(r#"{{"kid":"{kid}","alg":"RS256"}} x"#),
        "RS256".to_owned(),
        String::new(),
    ] {
        check(&header, &token_with_header(&header), Err(VerifyError::Malformed));
    }
}

#[test]
fn peeking() {
    let foreign = KEYS[2].sign(&claims()).unwrap();
    let (header, peeked) = unverified_claims(&foreign).unwrap();
    assert_eq!((header.kid.as_str(), peeked), (KEYS[2].kid(), claims()));
    assert_eq!(unverified_claims("a.b.c"), Err(VerifyError::Malformed));
    assert_eq!(unverified_claims(&format!("{foreign}=")), Err(VerifyError::Malformed));
    let none = token_with_header(r#"{"alg":"none","kid":"x"}"#);
    assert_eq!(unverified_claims(&none), Err(VerifyError::Algorithm));
}
