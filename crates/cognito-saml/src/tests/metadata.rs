//! Metadata of identity providers.

use super::*;
use crate::error::MetadataError;
use crate::{Binding, Endpoint};

#[test]
fn what_is_read() {
    let metadata = Metadata::parse(&IDP.metadata("https://idp.example.com")).unwrap();
    assert_eq!(metadata.entity_id, "https://idp.example.com");
    let endpoint = |binding, path: &str| Endpoint {
        binding,
        location: format!("https://idp.example.com{path}"),
        response_location: None,
    };
    assert_eq!(metadata.sign_on(), Some(&endpoint(Binding::Redirect, "/sso")));
    assert_eq!(metadata.sign_on, [endpoint(Binding::Post, "/sso/post"), endpoint(Binding::Redirect, "/sso")]);
    assert_eq!(metadata.sign_out(), Some(&endpoint(Binding::Redirect, "/slo")));
    assert!(!metadata.wants_signed_requests);
}

#[test]
fn what_is_refused() {
    let good = IDP.metadata("https://idp.example.com");
    let certificate = IDP.key.certificate();
    check(&good, "as it is", "", "", Ok(()));
    check(
        &good,
        "two forms of address",
        "Location=\"https://idp.example.com/sso\"",
        "Location=\"http://[::1]:80/sso?x=1\"",
        Ok(()),
    );
    check(&good, "no use", " use=\"signing\"", "", Ok(()));
    check(&good, "only POST", "HTTP-Redirect", "HTTP-Artifact", Ok(()));
    check(
        &good,
        "wanting signatures",
        "<md:IDPSSODescriptor",
        "<md:IDPSSODescriptor WantAuthnRequestsSigned=\"true\"",
        Ok(()),
    );
    check(&good, "no entity", "md:EntityDescriptor", "md:EntitiesDescriptor", Err(MetadataError::Root));
    check(
        &good,
        "another namespace",
        "urn:oasis:names:tc:SAML:2.0:metadata",
        "urn:x",
        Err(MetadataError::Root),
    );
    check(
        &good,
        "no name",
        "entityID=\"https://idp.example.com\"",
        "entityID=\" \"",
        Err(MetadataError::EntityId),
    );
    check(&good, "no role", "IDPSSODescriptor", "SPSSODescriptor", Err(MetadataError::Role));
    check(
        &good,
        "old protocol",
        "urn:oasis:names:tc:SAML:2.0:protocol",
        "urn:oasis:names:tc:SAML:1.1:protocol",
        Err(MetadataError::Protocol),
    );
    check(
        &good,
        "encryption only",
        "use=\"signing\"",
        "use=\"encryption\"",
        Err(MetadataError::NoCertificate),
    );
    check(
        &good,
        "no certificate",
        certificate,
        "AAAA",
        Err(MetadataError::Certificate("it is not an X.509 certificate")),
    );
    check(
        &good,
        "no base64",
        certificate,
        "?",
        Err(MetadataError::Certificate("it is not an X.509 certificate")),
    );
    check(
        &good,
        "no sign-on",
        "SingleSignOnService",
        "ArtifactResolutionService",
        Err(MetadataError::NoSignOn),
    );
    check(
        &good,
        "a script",
        "https://idp.example.com/sso\"",
        "javascript:alert(1)\"",
        Err(MetadataError::Location("SingleSignOnService")),
    );
    check(
        &good,
        "a path",
        "https://idp.example.com/slo",
        "/slo",
        Err(MetadataError::Location("SingleLogoutService")),
    );
    check(
        &good,
        "a line break",
        "https://idp.example.com/slo",
        "https://idp.example.com/&#10;slo",
        Err(MetadataError::Location("SingleLogoutService")),
    );
    check(
        &good,
        "no host",
        "https://idp.example.com/slo",
        "https://",
        Err(MetadataError::Location("SingleLogoutService")),
    );
    assert!(matches!(Metadata::parse("hello"), Err(MetadataError::Xml(_))));
    assert!(matches!(Metadata::parse(&format!("<!DOCTYPE a>{good}")), Err(MetadataError::Xml(_))));
}

fn check(good: &str, case: &str, from: &str, to: &str, wanted: Result<(), MetadataError>) {
    assert_eq!(Metadata::parse(&good.replace(from, to)).map(drop), wanted, "{case}");
}

#[test]
fn small_keys_are_refused() {
    use openssl::pkey::PKey;
    use openssl::rsa::Rsa;
    let key = PKey::from_rsa(Rsa::generate(1024).unwrap()).unwrap();
    let small = STANDARD.encode(crate::testing::self_signed(&key).unwrap().to_der().unwrap());
    let metadata = IDP.metadata("https://idp.example.com").replace(IDP.key.certificate(), &small);
    let wanted = MetadataError::Certificate("its key is not RSA of 2048 bits or more");
    assert_eq!(Metadata::parse(&metadata).map(drop), Err(wanted));
}

#[test]
fn a_key_and_its_certificate_belong_together() {
    let private = POOL_KEY.private().private_key_to_pkcs8().unwrap();
    let certificate = |key: &ServiceKey| STANDARD.decode(key.certificate()).unwrap();
    assert!(ServiceKey::new(&private, &certificate(&POOL_KEY)).is_ok());
    assert!(ServiceKey::new(&private, &certificate(&IDP.key)).is_err());
    assert!(ServiceKey::new(b"no key", &certificate(&POOL_KEY)).is_err());
    assert_eq!(format!("{:?}", *POOL_KEY), "ServiceKey(..)");
}
