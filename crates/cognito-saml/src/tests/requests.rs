//! Requests as the identity provider receives them, and the answers to logout requests.

use std::io::Read as _;

use flate2::read::DeflateDecoder;
use openssl::hash::MessageDigest;
use openssl::sign::Verifier;
use percent_encoding::percent_decode_str;

use super::*;
use crate::{
    AuthnRequest, Binding, Delivery, Endpoint, LogoutRequest, LogoutResponse, NameId, signature, xml,
};

fn request() -> AuthnRequest<'static> {
    AuthnRequest { id: "_request-1", issuer: AUDIENCE, reply_to: RECIPIENT, force: false, now: NOW }
}

fn endpoint(binding: Binding, location: &str) -> Endpoint {
    Endpoint { binding, location: location.to_owned(), response_location: None }
}

fn redirected(delivery: Delivery) -> String {
    match delivery {
        Delivery::Redirect(url) => url,
        Delivery::Post { .. } => panic!("a form"),
    }
}

/// The value of a parameter of a query, decoded.
fn parameter(url: &str, name: &str) -> Option<String> {
    let query = url.split_once('?')?.1.split('#').next()?;
    let value = query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))?;
    Some(percent_decode_str(value).decode_utf8().unwrap().into_owned())
}

fn inflated(field: &str) -> String {
    let mut text = String::new();
    DeflateDecoder::new(STANDARD.decode(field).unwrap().as_slice()).read_to_string(&mut text).unwrap();
    text
}

#[test]
fn a_request_by_redirect() {
    let url = redirected(
        request().deliver(&endpoint(Binding::Redirect, "https://idp/sso"), "state&1", None).unwrap(),
    );
    assert!(url.starts_with("https://idp/sso?SAMLRequest="), "{url}");
    assert_eq!(parameter(&url, "RelayState").as_deref(), Some("state&1"));
    assert_eq!(parameter(&url, "Signature"), None);
    assert_eq!(
        inflated(&parameter(&url, "SAMLRequest").unwrap()),
        "<samlp:AuthnRequest xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" \
         AssertionConsumerServiceURL=\"http://localhost:9229/saml2/idpresponse\" Destination=\"https://idp/sso\" \
         ID=\"_request-1\" IssueInstant=\"2026-11-25T11:30:00Z\" \
         ProtocolBinding=\"urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST\" Version=\"2.0\">\
         <saml:Issuer xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\">\
         urn:amazon:cognito:sp:us-east-1_AbCdEf123</saml:Issuer></samlp:AuthnRequest>"
    );
}

#[test]
fn the_signature_of_a_redirect_covers_what_is_sent() {
    let at = endpoint(Binding::Redirect, "https://idp/sso?tenant=1#top");
    let url = redirected(request().deliver(&at, "state", Some(&POOL_KEY)).unwrap());
    assert!(url.starts_with("https://idp/sso?tenant=1&SAMLRequest=") && url.ends_with("#top"), "{url}");
    assert_eq!(
        parameter(&url, "SigAlg").as_deref(),
        Some("http://www.w3.org/2001/04/xmldsig-more#rsa-sha256")
    );
    let start = url.find("SAMLRequest=").unwrap();
    let end = url.find("&Signature=").unwrap();
    let signature = STANDARD.decode(parameter(&url, "Signature").unwrap()).unwrap();
    let mut verifier = Verifier::new(MessageDigest::sha256(), POOL_KEY.private()).unwrap();
    assert!(verifier.verify_oneshot(&signature, &url.as_bytes()[start..end]).unwrap());
}

#[test]
fn a_request_by_form_carries_its_signature_inside() {
    let at = endpoint(Binding::Post, "https://idp/sso");
    let Delivery::Post { action, fields } = request().deliver(&at, "state", Some(&POOL_KEY)).unwrap() else {
        panic!("a redirect");
    };
    assert_eq!(action, "https://idp/sso");
    let [("SAMLRequest", message), ("RelayState", state)] = fields.as_slice() else { panic!("{fields:?}") };
    assert_eq!(state, "state");
    let text = String::from_utf8(STANDARD.decode(message).unwrap()).unwrap();
    let document = xml::parse(&text).unwrap();
    let keys = [crate::key::read_certificate(POOL_KEY.certificate()).unwrap().public_key().unwrap()];
    assert_eq!(signature::verify(xml::Element::root(&document).unwrap(), &keys), Ok(()));
}

#[test]
fn forced_requests_say_so() {
    let forced = AuthnRequest { force: true, ..request() };
    let url = redirected(forced.deliver(&endpoint(Binding::Redirect, "https://idp/sso"), "", None).unwrap());
    assert!(inflated(&parameter(&url, "SAMLRequest").unwrap()).contains(" ForceAuthn=\"true\""));
}

#[test]
fn a_logout_request_names_subject_and_session() {
    let name_id = NameId { value: "a<b".to_owned(), format: Some("urn:f".to_owned()), ..NameId::default() };
    let index = Some("session-1");
    let request =
        LogoutRequest { id: "_out-1", issuer: AUDIENCE, name_id: &name_id, session_index: index, now: NOW };
    let url = redirected(request.deliver(METADATA.sign_out().unwrap(), "state", &POOL_KEY).unwrap());
    assert!(parameter(&url, "Signature").is_some());
    let text = inflated(&parameter(&url, "SAMLRequest").unwrap());
    let tail = "<saml:Issuer>urn:amazon:cognito:sp:us-east-1_AbCdEf123</saml:Issuer>\
                <saml:NameID Format=\"urn:f\">a&lt;b</saml:NameID>\
                <samlp:SessionIndex>session-1</samlp:SessionIndex></samlp:LogoutRequest>";
    assert!(text.ends_with(tail), "{text}");
}

#[test]
fn answers_to_logout_requests() {
    let answer = Answer { request_id: Some("_out-1".to_owned()), ..answer() };
    let plain = IDP.logout_response(&answer);
    let signed = IDP.sign(&plain).unwrap();
    let answered = |xml: &str, request: &str| {
        LogoutResponse::decode(&STANDARD.encode(xml))?.verify(&METADATA, RECIPIENT, request)
    };
    assert_eq!(answered(&signed, "_out-1"), Ok(()));
    assert_eq!(answered(&signed, "_out-2"), Err(ResponseError::InResponseTo));
    assert_eq!(answered(&plain, "_out-1"), Err(ResponseError::Unsigned));
    assert_eq!(answered(&STRANGER.sign(&plain).unwrap(), "_out-1"), Err(ResponseError::Signature));
    assert_eq!(answered(&good(), "_out-1"), Err(ResponseError::Shape("LogoutResponse")));
    let elsewhere = IDP.sign(&plain.replace(RECIPIENT, "http://evil")).unwrap();
    assert_eq!(answered(&elsewhere, "_out-1"), Err(ResponseError::Recipient));
}
