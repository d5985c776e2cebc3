//! Responses that are accepted, and what each rule refuses.

use super::*;
use crate::NameId;

#[test]
fn a_signed_assertion_says_who_signed_in() {
    let identity = verify(&good(), &expected()).unwrap();
    let name_id = NameId { value: "Alice@example.com".to_owned(), ..NameId::default() };
    let attributes = answer().attributes;
    let session_index = Some("session-1".to_owned());
    let assertion_id = "_assertion-1".to_owned();
    assert_eq!(
        identity,
        Identity { assertion_id, remember_until: NOW + 360, name_id, session_index, attributes }
    );
}

#[test]
fn either_signature_is_enough_and_both_must_hold() {
    let assertion = IDP.assertion(&answer());
    let signed = IDP.sign(&assertion).unwrap();
    let foreign = STRANGER.sign(&assertion).unwrap();
    let response = |inside: &str| IDP.response(&answer(), inside);
    check("assertion", &response(&signed), Ok("Alice@example.com"));
    check("response", &IDP.sign(&response(&assertion)).unwrap(), Ok("Alice@example.com"));
    check("both", &IDP.sign(&response(&signed)).unwrap(), Ok("Alice@example.com"));
    check("neither", &response(&assertion), Err(ResponseError::Unsigned));
    check("a foreign one inside", &IDP.sign(&response(&foreign)).unwrap(), Err(ResponseError::Signature));
    check(
        "a foreign one outside",
        &STRANGER.sign(&response(&signed)).unwrap(),
        Err(ResponseError::Signature),
    );
}

fn check(case: &str, xml: &str, wanted: Result<&str, ResponseError>) {
    let actual = verify(xml, &expected()).map(|identity| identity.name_id.value);
    assert_eq!(actual, wanted.map(str::to_owned), "{case}");
}

#[test]
fn each_rule() {
    rule("nothing else", |_| {}, Ok("Alice@example.com"));
    rule(
        "other audience",
        |a| a.audience = "urn:amazon:cognito:sp:us-east-1_Other".into(),
        Err(ResponseError::Audience),
    );
    rule(
        "other recipient",
        |a| a.recipient = "http://evil/saml2/idpresponse".into(),
        Err(ResponseError::Recipient),
    );
    rule("other request", |a| a.request_id = Some("_other".into()), Err(ResponseError::InResponseTo));
    rule("no request", |a| a.request_id = None, Err(ResponseError::InResponseTo));
    rule("too old", |a| a.now = NOW - 361, Err(ResponseError::Time));
    rule("just not too old", |a| a.now = NOW - 359, Ok("Alice@example.com"));
    rule("from the future", |a| a.now = NOW + 66, Err(ResponseError::Time));
    rule("from a clock that is fast", |a| a.now = NOW + 60, Ok("Alice@example.com"));
    rule("no name", |a| a.name_id = String::new(), Err(ResponseError::Subject));
    rule("no id", |a| a.assertion_id = String::new(), Err(ResponseError::Signature));
    rule("a name with markup", |a| a.name_id = "<a>&amp;\"".into(), Ok("<a>&amp;\""));
}

fn rule(case: &str, change: impl Fn(&mut Answer), wanted: Result<&str, ResponseError>) {
    let mut answer = answer();
    change(&mut answer);
    let signed = IDP.sign(&IDP.assertion(&answer)).unwrap();
    check(case, &IDP.response(&answer, &signed), wanted);
}

#[test]
fn what_an_assertion_lacks_or_says_twice() {
    edited("no subject", "<saml:Subject>", "</saml:Subject>", "", Err(ResponseError::Shape("Subject")));
    edited(
        "no conditions",
        "<saml:Conditions",
        "</saml:Conditions>",
        "",
        Err(ResponseError::Shape("Conditions")),
    );
    edited(
        "no restriction",
        "<saml:AudienceRestriction>",
        "</saml:AudienceRestriction>",
        "",
        Err(ResponseError::Audience),
    );
    edited(
        "a condition besides",
        "</saml:Conditions>",
        ">",
        "<saml:OneTimeUse/></saml:Conditions>",
        Ok("Alice@example.com"),
    );
    edited(
        "a condition that nobody knows",
        "</saml:Conditions>",
        ">",
        "<x:Condition xmlns:x=\"urn:x\"/></saml:Conditions>",
        Err(ResponseError::Condition),
    );
    edited(
        "no statement",
        "<saml:AuthnStatement",
        "</saml:AuthnStatement>",
        "",
        Err(ResponseError::Shape("AuthnStatement")),
    );
    edited(
        "no confirmation",
        "<saml:SubjectConfirmation ",
        "</saml:SubjectConfirmation>",
        "",
        Err(ResponseError::Subject),
    );
    edited(
        "another method",
        "<saml:SubjectConfirmation ",
        ">",
        "<saml:SubjectConfirmation Method=\"urn:x\">",
        Err(ResponseError::Subject),
    );
    edited(
        "two names",
        "<saml:NameID>",
        "</saml:NameID>",
        "<saml:NameID>a</saml:NameID><saml:NameID>b</saml:NameID>",
        Err(ResponseError::Shape("NameID")),
    );
    edited(
        "an element in the name",
        "<saml:NameID>",
        "</saml:NameID>",
        "<saml:NameID>a<b/></saml:NameID>",
        Err(ResponseError::Subject),
    );
    edited(
        "another issuer",
        "<saml:Issuer>",
        "</saml:Issuer>",
        "<saml:Issuer>https://other</saml:Issuer>",
        Err(ResponseError::Issuer),
    );
    edited(
        "no attributes",
        "<saml:AttributeStatement>",
        "</saml:AttributeStatement>",
        "",
        Ok("Alice@example.com"),
    );
    edited(
        "also meant for others",
        "<saml:Audience>",
        "</saml:Audience>",
        &format!("<saml:Audience>urn:x</saml:Audience><saml:Audience>{AUDIENCE}</saml:Audience>"),
        Ok("Alice@example.com"),
    );
    edited(
        "two restrictions, one of them without us",
        "<saml:AudienceRestriction>",
        "</saml:AudienceRestriction>",
        &format!(
            "<saml:AudienceRestriction><saml:Audience>{AUDIENCE}</saml:Audience></saml:AudienceRestriction>\
                  <saml:AudienceRestriction><saml:Audience>urn:x</saml:Audience></saml:AudienceRestriction>"
        ),
        Err(ResponseError::Audience),
    );
    edited(
        "a session that has ended",
        "<saml:AuthnStatement",
        ">",
        "<saml:AuthnStatement SessionNotOnOrAfter=\"2026-01-01T00:00:00Z\">",
        Err(ResponseError::Time),
    );
    edited(
        "no end",
        "<saml:SubjectConfirmationData",
        ">",
        &format!("<saml:SubjectConfirmationData InResponseTo=\"{REQUEST}\" Recipient=\"{RECIPIENT}\"/>"),
        Err(ResponseError::Time),
    );
    edited("another version", "Version=\"2.0\"", ">", "Version=\"1.1\">", Err(ResponseError::Version));
}

/// Replaces the first stretch from `from` to the end of `to` in the assertion before it is signed.
fn edited(case: &str, from: &str, to: &str, with: &str, wanted: Result<&str, ResponseError>) {
    let assertion = IDP.assertion(&answer());
    let start = assertion.find(from).unwrap();
    let end = start + assertion[start..].find(to).unwrap() + to.len();
    let changed = format!("{}{with}{}", &assertion[..start], &assertion[end..]);
    check(case, &IDP.response(&answer(), &IDP.sign(&changed).unwrap()), wanted);
}

#[test]
fn what_an_identity_provider_refuses() {
    let status = |inner: &str| {
        good().replace("<samlp:StatusCode Value=\"urn:oasis:names:tc:SAML:2.0:status:Success\"/>", inner)
    };
    let refused = |code: &str, message: Option<&str>| {
        Err(ResponseError::Status { code: code.to_owned(), message: message.map(str::to_owned) })
    };
    check(
        "outer",
        &status("<samlp:StatusCode Value=\"urn:oasis:names:tc:SAML:2.0:status:Responder\"/>"),
        refused("Responder", None),
    );
    check(
        "inner",
        &status(
            "<samlp:StatusCode Value=\"urn:oasis:names:tc:SAML:2.0:status:Responder\"><samlp:StatusCode \
             Value=\"urn:oasis:names:tc:SAML:2.0:status:AuthnFailed\"/></samlp:StatusCode><samlp:StatusMessage>No.\
             </samlp:StatusMessage>",
        ),
        refused("AuthnFailed", Some("No.")),
    );
    check("none", &status(""), Err(ResponseError::Shape("StatusCode")));
}

#[test]
fn the_outside_must_fit_too() {
    check(
        "destination",
        &good().replace(&format!("Destination=\"{RECIPIENT}\""), "Destination=\"http://evil\""),
        Err(ResponseError::Recipient),
    );
    check(
        "no destination",
        &good().replace(&format!(" Destination=\"{RECIPIENT}\""), ""),
        Ok("Alice@example.com"),
    );
    check("version", &good().replacen("Version=\"2.0\"", "Version=\"1.1\"", 1), Err(ResponseError::Version));
    check("request", &good().replacen(REQUEST, "_other", 1), Err(ResponseError::InResponseTo));
    check(
        "issuer",
        &good().replacen("https://idp.example.com", "https://evil", 1),
        Err(ResponseError::Issuer),
    );
    check("not a response", "<a/>", Err(ResponseError::Shape("Response")));
    check("empty", &IDP.response(&answer(), ""), Err(ResponseError::Shape("Assertion")));
}

#[test]
fn unasked_responses_are_for_those_who_wait_for_none() {
    let mut unasked = answer();
    unasked.request_id = None;
    let unasked = IDP.response(&unasked, &IDP.sign(&IDP.assertion(&unasked)).unwrap());
    let waiting = Expected { initiator: Initiator::IdentityProvider, ..expected() };
    assert!(verify(&unasked, &waiting).is_ok());
    assert_eq!(verify(&good(), &waiting), Err(ResponseError::InResponseTo));
    assert_eq!(verify(&unasked, &expected()), Err(ResponseError::InResponseTo));
}

#[test]
fn unasked_responses_are_good_for_six_minutes() {
    let mut unasked = answer();
    unasked.request_id = None;
    let lasting = IDP.assertion(&unasked).replace("2026-11-25T11:35:00Z", "2026-11-25T23:00:00Z");
    let unasked = IDP.response(&unasked, &IDP.sign(&lasting).unwrap());
    let at = |now| verify(&unasked, &Expected { initiator: Initiator::IdentityProvider, now, ..expected() });
    assert!(at(NOW + 360).is_ok());
    assert_eq!(at(NOW + 361), Err(ResponseError::Time));
}

#[test]
fn the_claimed_issuer_is_read_without_a_signature() {
    let claimed = |xml: &str| Response::decode(&STANDARD.encode(xml)).unwrap().claimed_issuer();
    assert_eq!(claimed(&good()), Ok(Some("https://idp.example.com".to_owned())));
    assert_eq!(claimed("<a/>"), Err(ResponseError::Shape("Response")));
}
