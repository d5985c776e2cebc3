//! Encrypted assertions.

use openssl::symm::{Cipher, Crypter, Mode};

use super::*;
use crate::names;
use crate::testing::{encrypted, encrypted_with};

fn required() -> Expected<'static> {
    Expected { encryption: Encryption::Required(&POOL_KEY), ..expected() }
}

fn signed() -> String {
    IDP.sign(&IDP.assertion(&answer())).unwrap()
}

fn check(case: &str, inside: &str, wanted: Result<&str, ResponseError>) {
    let actual = verify(&IDP.response(&answer(), inside), &required()).map(|identity| identity.name_id.value);
    assert_eq!(actual, wanted.map(str::to_owned), "{case}");
}

#[test]
fn what_is_encrypted_for_the_pool_is_read() {
    let certificate = POOL_KEY.certificate();
    check("AES-256-GCM", &encrypted(&signed(), certificate).unwrap(), Ok("Alice@example.com"));
    check("AES-256-CBC", &chained(&signed(), 32, names::AES256_CBC), Ok("Alice@example.com"));
    check("AES-128-CBC", &chained(&signed(), 16, names::AES128_CBC), Ok("Alice@example.com"));
    let unsigned = encrypted(&IDP.assertion(&answer()), certificate).unwrap();
    check("unsigned", &unsigned, Err(ResponseError::Undecipherable));
    let outside = IDP.sign(&IDP.response(&answer(), &unsigned)).unwrap();
    assert_eq!(verify(&outside, &required()).map(|i| i.name_id.value), Ok("Alice@example.com".to_owned()));
}

/// CBC with the padding of XML encryption: arbitrary bytes, and their count last.
fn chained(text: &str, key_length: usize, algorithm: &str) -> String {
    let cipher = if key_length == 32 { Cipher::aes_256_cbc() } else { Cipher::aes_128_cbc() };
    let (key, vector) = (vec![5; key_length], [6; 16]);
    let padding = 16 - text.len() % 16;
    let mut padded = text.as_bytes().to_vec();
    padded.extend(std::iter::repeat_n(0xAA, padding - 1).chain([padding as u8]));
    let mut crypter = Crypter::new(cipher, Mode::Encrypt, &key, Some(&vector)).unwrap();
    crypter.pad(false);
    let mut sealed = vec![0; padded.len() + 16];
    let count = crypter.update(&padded, &mut sealed).unwrap();
    sealed.truncate(count);
    let data = STANDARD.encode([&vector[..], &sealed].concat());
    encrypted_with(algorithm, &data, &key, POOL_KEY.certificate()).unwrap()
}

#[test]
fn all_failures_look_the_same() {
    let good = encrypted(&signed(), POOL_KEY.certificate()).unwrap();
    let wrong = |case: &str, inside: &str| check(case, inside, Err(ResponseError::Undecipherable));
    wrong("for another key", &encrypted(&signed(), STRANGER.key.certificate()).unwrap());
    wrong(
        "by a stranger",
        &encrypted(&STRANGER.sign(&IDP.assertion(&answer())).unwrap(), POOL_KEY.certificate()).unwrap(),
    );
    wrong("no XML", &encrypted("hello", POOL_KEY.certificate()).unwrap());
    wrong("no assertion", &encrypted("<a/>", POOL_KEY.certificate()).unwrap());
    wrong(
        "a document type",
        &encrypted(&format!("<!DOCTYPE a>{}", signed()), POOL_KEY.certificate()).unwrap(),
    );
    wrong("another cipher", &good.replace(names::AES256_GCM, names::AES128_GCM));
    wrong("CBC instead", &good.replace(names::AES256_GCM, names::AES256_CBC));
    wrong("no cipher", &good.replace(names::AES256_GCM, "urn:none"));
    wrong("PKCS#1 padding", &good.replace(names::OAEP_MGF1P, "http://www.w3.org/2001/04/xmlenc#rsa-1_5"));
    wrong("nothing", &good.replace("EncryptedData", "EncryptedDate"));
    wrong("empty", "<saml:EncryptedAssertion xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\"/>");
    let start = good.rfind("<xenc:CipherValue>").unwrap() + 40;
    let flipped = if &good[start..=start] == "A" { "B" } else { "A" };
    wrong("a flipped bit", &format!("{}{flipped}{}", &good[..start], &good[start + 1..]));
}

#[test]
fn encryption_is_required_or_refused() {
    let sealed = encrypted(&signed(), POOL_KEY.certificate()).unwrap();
    check("plain", &signed(), Err(ResponseError::Encryption));
    check("both", &format!("{}{sealed}", signed()), Err(ResponseError::Shape("Assertion")));
    let response = IDP.response(&answer(), &sealed);
    assert_eq!(verify(&response, &expected()), Err(ResponseError::Encryption));
}

#[test]
fn the_rules_hold_inside_too() {
    let mut other = answer();
    other.audience = "urn:x".to_owned();
    let inside = encrypted(&IDP.sign(&IDP.assertion(&other)).unwrap(), POOL_KEY.certificate()).unwrap();
    check("audience", &inside, Err(ResponseError::Audience));
}
