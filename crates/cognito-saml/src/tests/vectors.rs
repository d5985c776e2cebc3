//! Responses that samlify 2.13.1 made, which stands on node's xml-crypto and xml-encryption: an implementation that
//! shares nothing with this one. `tests/clients/node/saml_idp.mjs` is how they were made.

use super::*;

/// When they were made, in seconds since 1970.
const THEN: i64 = 1_795_606_430;

#[test]
fn a_plain_one() {
    let metadata = Metadata::parse(include_str!("vectors/plain_metadata.xml")).unwrap();
    check(include_str!("vectors/plain_response.txt"), &metadata, Encryption::None);
}

/// AES-256-CBC, with the key by RSA-OAEP.
#[test]
fn an_encrypted_one() {
    let bytes = |text: &str| STANDARD.decode(text.split_whitespace().collect::<String>()).unwrap();
    let key = bytes(include_str!("vectors/pool_key.txt"));
    let key = ServiceKey::new(&key, &bytes(include_str!("vectors/pool_certificate.txt"))).unwrap();
    let metadata = Metadata::parse(include_str!("vectors/encrypted_metadata.xml")).unwrap();
    check(include_str!("vectors/encrypted_response.txt"), &metadata, Encryption::Required(&key));
}

fn check(response: &str, metadata: &Metadata, encryption: Encryption<'_>) {
    let initiator = Initiator::IdentityProvider;
    let expected = Expected { metadata, initiator, encryption, now: THEN, ..expected() };
    let response = Response::decode(response).unwrap();
    assert_eq!(response.claimed_issuer(), Ok(Some(metadata.entity_id.clone())));
    let identity = response.verify(&expected).unwrap();
    assert_eq!(identity.name_id.value, "Alice@example.com");
    let format = "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress";
    assert_eq!(identity.name_id.format.as_deref(), Some(format));
    assert_eq!(identity.session_index.as_deref(), Some("session-of-alice"));
    let values = |values: &[&str]| values.iter().map(|&value| value.to_owned()).collect::<Vec<_>>();
    let attributes =
        [("mail", values(&["Alice@example.com"])), ("groups", values(&["admins", "staff & more"]))];
    assert_eq!(identity.attributes, attributes.map(|(name, values)| (name.to_owned(), values)));

    let mut other = Metadata::parse(&STRANGER.metadata("https://idp.example.com")).unwrap();
    other.entity_id = metadata.entity_id.clone();
    let refused = response.verify(&Expected { metadata: &other, ..expected });
    let wanted = match encryption {
        Encryption::None => ResponseError::Signature,
        Encryption::Required(_) => ResponseError::Undecipherable,
    };
    assert_eq!(refused, Err(wanted));
}
