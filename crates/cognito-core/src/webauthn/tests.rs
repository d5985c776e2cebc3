//! Ceremonies with credentials of another implementation: `vectors.json` was made once with Yubico's python-fido2
//! 2.2.1 for RP id `example.org`, the challenge 00 01 .. 1f, user handle `sub`, counter 7, then 8, user verified.

use base64::Engine as _;
use cognito_api::wire::UserVerificationType::{self, Preferred, Required};
use serde_json::{Value, json};

use super::credential::BASE64URL;
use super::*;
use crate::time::Time;

const VECTORS: &str = include_str!("vectors.json");
const KINDS: [&str; 3] = ["ES256", "ES256, self-attested, with an extension", "RS256"];

/// Bits of the flags, and where they stand in the authenticator data.
const FLAGS: usize = 32;
const UP: u8 = 0x01;
const UV: u8 = 0x04;
const BS: u8 = 0x10;
const AT: u8 = 0x40;

fn vector(kind: &str, ceremony: &str) -> Value {
    serde_json::from_str::<Value>(VECTORS).unwrap()[kind][ceremony].clone()
}

fn party(id: &str, verification: UserVerificationType) -> RelyingParty {
    RelyingParty { id: id.into(), verification }
}

fn waiting() -> Registration {
    Registration::new("us-east-1_A", "sub", "client", (0..32).collect(), Time(0))
}

fn register(party: &RelyingParty, answer: &Value) -> Result<Passkey, PasskeyError> {
    waiting().complete(party, "client", answer, Time(5))
}

fn passkey(kind: &str) -> Passkey {
    register(&party("example.org", Required), &vector(kind, "registration")).unwrap()
}

fn assert(party: &RelyingParty, passkey: &Passkey, answer: &Value) -> Result<Asserted, PasskeyError> {
    Assertion::parse(&answer.to_string())?.verify(party, &waiting().challenge, passkey)
}

/// Changes the bytes of a base64url member of the response.
fn change(mut answer: Value, member: &str, change: impl FnOnce(&mut Vec<u8>)) -> Value {
    let text = &mut answer["response"][member];
    let mut bytes = BASE64URL.decode(text.as_str().unwrap()).unwrap();
    change(&mut bytes);
    *text = json!(BASE64URL.encode(bytes));
    answer
}

/// Changes a member of the client data.
fn claim(answer: Value, member: &str, value: Value) -> Value {
    change(answer, "clientDataJSON", |bytes| {
        let mut data: Value = serde_json::from_slice(bytes).unwrap();
        data[member] = value;
        *bytes = data.to_string().into_bytes();
    })
}

/// Where the authenticator data begins in an attestation object: at the hash of the RP id.
fn auth_data(bytes: &[u8]) -> usize {
    let hash = openssl::sha::sha256(b"example.org");
    bytes.windows(hash.len()).position(|window| window == hash).unwrap()
}

fn flip(answer: Value, flag: u8) -> Value {
    change(answer, "attestationObject", |bytes| {
        let start = auth_data(bytes);
        bytes[start + FLAGS] ^= flag;
    })
}

#[test]
fn ceremonies_of_another_implementation() {
    for kind in KINDS {
        let passkey = passkey(kind);
        assert_eq!(
            (passkey.sub.as_str(), passkey.sign_count, passkey.created),
            ("sub", 7, Time(5)),
            "{kind}"
        );
        assert_eq!(json!(passkey.id_text()), vector(kind, "registration")["id"], "{kind}");
        let asserted = assert(&party("example.org", Required), &passkey, &vector(kind, "assertion")).unwrap();
        assert!(asserted.user_verified, "{kind}");
        assert_eq!(asserted.passkey, Passkey { sign_count: 8, ..passkey }, "{kind}");
    }
}

#[test]
fn what_a_browser_says_of_the_authenticator() {
    let check = |attachment: Value, transports: Value, expected: (Option<&str>, &[&str], &str)| {
        let mut answer = vector("ES256", "registration");
        answer["authenticatorAttachment"] = attachment;
        answer["response"]["transports"] = transports;
        let passkey = register(&party("example.org", Preferred), &answer).unwrap();
        let transports: Vec<_> = passkey.transports.iter().map(String::as_str).collect();
        assert_eq!((passkey.attachment.as_deref(), &*transports, passkey.friendly_name()), expected);
    };
    check(json!("platform"), json!(["internal"]), (Some("platform"), &["internal"], "Platform passkey"));
    check(
        json!("cross-platform"),
        json!(["usb", "usb", "nfc", "telepathy"]),
        (Some("cross-platform"), &["usb", "nfc"], "Roaming passkey"),
    );
    check(json!("somewhere"), json!(null), (None, &[], "Passkey"));
    check(json!(null), json!([]), (None, &[], "Passkey"));
}

#[test]
fn registrations_that_are_refused() {
    let required = || party("example.org", Required);
    let check = |party: RelyingParty, answer: Value, expected: PasskeyError| {
        assert_eq!(register(&party, &answer), Err(expected), "{answer}");
    };
    let good = || vector("ES256", "registration");
    check(required(), claim(good(), "type", json!("webauthn.get")), PasskeyError::Ceremony);
    check(required(), claim(good(), "challenge", json!("AAAA")), PasskeyError::Challenge);
    check(required(), claim(good(), "challenge", json!("")), PasskeyError::Challenge);
    check(required(), claim(good(), "challenge", json!("?")), PasskeyError::Malformed);
    check(required(), claim(good(), "origin", json!("https://example.org.evil.net")), PasskeyError::Origin);
    check(required(), claim(good(), "origin", json!("http://example.org")), PasskeyError::Origin);
    check(required(), claim(good(), "crossOrigin", json!(true)), PasskeyError::Origin);
    check(required(), flip(good(), UP), PasskeyError::NotPresent);
    check(required(), flip(good(), UV), PasskeyError::NotVerified);
    check(required(), flip(good(), BS), PasskeyError::Malformed);
    check(required(), flip(good(), AT), PasskeyError::Malformed);
    check(required(), vector("EdDSA", "registration"), PasskeyError::Unsupported);
    check(required(), vector("ES256", "assertion"), PasskeyError::Malformed);
    check(required(), json!("text"), PasskeyError::Malformed);

    let other_party = change(good(), "attestationObject", |bytes| {
        let start = auth_data(bytes);
        bytes[start] ^= 1;
    });
    check(required(), other_party, PasskeyError::RelyingParty);
    let other_party = claim(good(), "origin", json!("https://login.example.org"));
    check(party("login.example.org", Preferred), other_party, PasskeyError::RelyingParty);

    let forged = vector(KINDS[1], "registration");
    check(required(), claim(forged, "origin", json!("https://a.example.org")), PasskeyError::Signature);
    let certified = change(vector(KINDS[1], "registration"), "attestationObject", |bytes| {
        let at = bytes.windows(6).position(|window| window == b"packed").unwrap();
        bytes[at..at + 6].copy_from_slice(b"pocket");
    });
    check(required(), certified, PasskeyError::Unsupported);
    let off_curve = change(good(), "attestationObject", |bytes| *bytes.last_mut().unwrap() ^= 1);
    check(required(), off_curve, PasskeyError::Unsupported);
    let long = change(good(), "attestationObject", |bytes| bytes.push(0));
    check(required(), long, PasskeyError::Malformed);
    let mut other_id = good();
    other_id["id"] = json!("AAAA");
    check(required(), other_id.clone(), PasskeyError::Malformed);
    other_id["rawId"] = json!("AAAA");
    check(required(), other_id, PasskeyError::Malformed);
    let mut password = good();
    password["type"] = json!("password");
    check(required(), password, PasskeyError::Malformed);
}

#[test]
fn every_truncation_is_refused() {
    for kind in KINDS {
        let answer = vector(kind, "registration");
        let whole = BASE64URL.decode(answer["response"]["attestationObject"].as_str().unwrap()).unwrap();
        for length in 0..whole.len() {
            let cut = change(answer.clone(), "attestationObject", |bytes| bytes.truncate(length));
            assert_eq!(
                register(&party("example.org", Preferred), &cut),
                Err(PasskeyError::Malformed),
                "{length}"
            );
        }
    }
}

#[test]
fn deep_and_boastful_cbor_is_refused() {
    let check = |bytes: Vec<u8>| {
        let answer = change(vector("ES256", "registration"), "attestationObject", |old| *old = bytes);
        assert_eq!(register(&party("example.org", Preferred), &answer), Err(PasskeyError::Malformed));
    };
    check(vec![0x81; 100_000]);
    check(vec![0xa1; 100_000]);
    check([vec![0x5b], vec![0xff; 8]].concat());
    check([vec![0x9b], vec![0xff; 8]].concat());
    check([vec![0xbb], vec![0xff; 8]].concat());
}

#[test]
fn preferred_is_satisfied_without_verification() {
    let unverified = flip(vector("ES256", "registration"), UV);
    assert!(register(&party("example.org", Preferred), &unverified).is_ok());
}

#[test]
fn assertions_that_are_refused() {
    let required = || party("example.org", Required);
    let check = |party: RelyingParty, passkey: Passkey, answer: Value, expected: PasskeyError| {
        assert_eq!(assert(&party, &passkey, &answer), Err(expected), "{answer}");
    };
    let good = || vector("ES256", "assertion");
    let own = || passkey("ES256");
    check(required(), own(), claim(good(), "type", json!("webauthn.create")), PasskeyError::Ceremony);
    check(required(), own(), claim(good(), "challenge", json!("AAAA")), PasskeyError::Challenge);
    check(required(), own(), claim(good(), "origin", json!("https://evil.net")), PasskeyError::Origin);
    check(required(), own(), claim(good(), "topOrigin", json!("https://evil.net")), PasskeyError::Signature);
    check(required(), passkey("RS256"), good(), PasskeyError::Foreign);
    check(required(), Passkey { sub: "bus".into(), ..own() }, good(), PasskeyError::Foreign);
    check(required(), Passkey { sign_count: 8, ..own() }, good(), PasskeyError::SignCount);
    check(required(), Passkey { sign_count: 9, ..own() }, good(), PasskeyError::SignCount);
    let other_key = Passkey { public_key: passkey("RS256").public_key, ..own() };
    check(required(), other_key, good(), PasskeyError::Signature);

    let set = |flag: u8| change(good(), "authenticatorData", |bytes| bytes[FLAGS] ^= flag);
    check(required(), own(), set(UP), PasskeyError::NotPresent);
    check(required(), own(), set(UV), PasskeyError::NotVerified);
    check(party("example.org", Preferred), own(), set(UV), PasskeyError::Signature);
    let counted = change(good(), "authenticatorData", |bytes| *bytes.last_mut().unwrap() += 1);
    check(required(), own(), counted, PasskeyError::Signature);
    let other_party = change(good(), "authenticatorData", |bytes| bytes[0] ^= 1);
    check(required(), own(), other_party, PasskeyError::RelyingParty);
    check(required(), own(), change(good(), "signature", |bytes| bytes[10] ^= 1), PasskeyError::Signature);
    check(required(), own(), change(good(), "signature", Vec::clear), PasskeyError::Signature);
    check(required(), own(), change(good(), "authenticatorData", Vec::clear), PasskeyError::Malformed);
    assert_eq!(Assertion::parse("").unwrap_err(), PasskeyError::Malformed);
    assert_eq!(Assertion::parse(&format!("{}x", good())).unwrap_err(), PasskeyError::Malformed);
}

#[test]
fn the_user_handle_may_be_left_out() {
    let mut answer = vector("ES256", "assertion");
    answer["response"]["userHandle"] = Value::Null;
    assert!(assert(&party("example.org", Required), &passkey("ES256"), &answer).is_ok());
}
