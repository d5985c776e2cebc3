//! Each attack of case O22: signature wrapping, foreign keys, weak algorithms, document types, length.

use super::*;

const SIGNATURE: &str = "<ds:Signature";
const SIGNATURE_END: &str = "</ds:Signature>";

#[test]
fn nothing_that_was_changed_after_signing_is_read() {
    refused("name", &good().replace("Alice@example.com", "admin@example.com"));
    refused("attribute", &good().replace("admins", "owners"));
    refused("audience", &good().replace(AUDIENCE, "urn:amazon:cognito:sp:us-east-1_Other"));
    refused("id", &good().replace("ID=\"_assertion-1\"", "ID=\"_assertion-2\""));
    refused("both ids", &good().replace("_assertion-1", "_assertion-2"));
    refused("end", &good().replace("2026-11-25T11:35:00Z", "2036-11-25T11:35:00Z"));
    refused(
        "an element more",
        &good().replace("<saml:AttributeStatement>", "<saml:AttributeStatement><saml:Attribute Name=\"x\"/>"),
    );
    refused(
        "a namespace",
        &good().replace(
            "xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\" ID",
            "xmlns:saml=\"urn:other\" ID",
        ),
    );
}

/// Refused in whatever way.
fn refused(case: &str, xml: &str) {
    assert!(verify(xml, &expected()).is_err(), "{case}");
}

#[test]
fn a_comment_cuts_no_name_short() {
    let assertion = IDP.assertion(&answer()).replace("Alice@example.com", "admin@example.com.evil.org");
    let response = IDP.response(&answer(), &IDP.sign(&assertion).unwrap());
    let commented = response.replace("admin@example.com.evil.org", "admin@example.com<!-- -->.evil.org");
    assert_eq!(verify(&commented, &expected()).unwrap().name_id.value, "admin@example.com.evil.org");
}

/// The eight ways of Somorovsky et al. (2012) to move the signed element away and put an evil one in its place.
#[test]
fn signature_wrapping() {
    let signed = IDP.sign(&IDP.assertion(&answer())).unwrap();
    let signature = signature_of(&signed);
    let bare = IDP.assertion(&answer());
    let evil = bare.replace("Alice@example.com", "admin@example.com").replace("_assertion-1", "_evil");
    let wrap = |inside: &str| IDP.response(&answer(), inside);
    let inner =
        |outer: &str, inside: &str| outer.replace("</saml:Assertion>", &format!("{inside}</saml:Assertion>"));
    let with_object = |inside: &str| {
        let object = format!("<ds:Object>{inside}</ds:Object>{SIGNATURE_END}");
        signature.replace(SIGNATURE_END, &object)
    };

    refused("XSW 3: the evil one first", &wrap(&format!("{evil}{signed}")));
    refused("XSW 3: the evil one last", &wrap(&format!("{signed}{evil}")));
    refused("XSW 4: the signed one inside", &wrap(&inner(&evil, &signed)));
    refused(
        "XSW 5: signature in the evil one, the signed one after it",
        &wrap(&format!("{}{bare}", inner(&evil, &signature))),
    );
    refused("XSW 6: the signed one in the signature", &wrap(&inner(&evil, &with_object(&bare))));
    refused("XSW 7: in extensions", &wrap(&format!("<samlp:Extensions>{signed}</samlp:Extensions>{evil}")));
    refused("XSW 8: in an object", &wrap(&inner(&evil, &with_object(&signed))));
    let same_id = bare.replace("Alice@example.com", "admin@example.com");
    refused("same ids", &wrap(&format!("{same_id}<samlp:Extensions>{signed}</samlp:Extensions>")));
    refused("the signature with the same id", &wrap(&inner(&same_id, &with_object(&bare))));

    let response = IDP.sign(&wrap(&bare)).unwrap();
    let over = signature_of(&response);
    let plain = wrap(&bare);
    let evil = plain.replace("Alice@example.com", "admin@example.com").replace("_response", "_evil");
    let inner =
        |outer: &str, inside: &str| outer.replace("</samlp:Response>", &format!("{inside}</samlp:Response>"));
    let object = over.replace(SIGNATURE_END, &format!("<ds:Object>{plain}</ds:Object>{SIGNATURE_END}"));
    refused("XSW 1: the signed response in the signature", &inner(&evil, &object));
    refused("XSW 2: the signed response beside the signature", &inner(&inner(&evil, &over), &plain));
    refused("the signed response in the evil one", &inner(&evil, &response));
    let twice = response.replace("</samlp:Response>", &format!("{over}</samlp:Response>"));
    assert_eq!(verify(&twice, &expected()), Err(ResponseError::Signature), "two signatures");
}

fn signature_of(xml: &str) -> String {
    let start = xml.find(SIGNATURE).unwrap();
    let end = xml.find(SIGNATURE_END).unwrap() + SIGNATURE_END.len();
    xml[start..end].to_owned()
}

#[test]
fn only_keys_of_the_metadata_count() {
    let assertion = STRANGER.sign(&STRANGER.assertion(&answer())).unwrap();
    let response = STRANGER.response(&answer(), &assertion);
    assert!(response.contains(STRANGER.key.certificate()), "the signature brings its own certificate");
    assert_eq!(verify(&response, &expected()), Err(ResponseError::Signature));
    let renamed = response.replace(STRANGER.key.certificate(), IDP.key.certificate());
    assert_eq!(verify(&renamed, &expected()), Err(ResponseError::Signature));
}

#[test]
fn weak_and_unknown_algorithms() {
    let (rsa, exclusive) =
        ("http://www.w3.org/2001/04/xmldsig-more#rsa-sha256", "http://www.w3.org/2001/10/xml-exc-c14n#");
    let (digest, enveloped) =
        ("http://www.w3.org/2001/04/xmlenc#sha256", "http://www.w3.org/2000/09/xmldsig#enveloped-signature");
    weak(rsa, "http://www.w3.org/2000/09/xmldsig#rsa-sha1", "http://www.w3.org/2000/09/xmldsig#rsa-sha1");
    weak(rsa, "http://www.w3.org/2000/09/xmldsig#hmac-sha1", "http://www.w3.org/2000/09/xmldsig#hmac-sha1");
    weak(
        rsa,
        "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256",
        "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256",
    );
    weak(rsa, "none", "none");
    weak(rsa, "", "");
    for (from, to) in [
        (digest, "http://www.w3.org/2000/09/xmldsig#sha1"),
        (exclusive, "http://www.w3.org/TR/1999/REC-xslt-19991116"),
        (exclusive, "http://www.w3.org/TR/1999/REC-xpath-19991116"),
        (enveloped, exclusive),
        (enveloped, "http://www.w3.org/2002/06/xmldsig-filter2"),
    ] {
        refused(to, &good().replace(from, to));
    }
}

fn weak(from: &str, to: &str, named: &str) {
    let wanted = Err(ResponseError::Algorithm(named.to_owned()));
    assert_eq!(verify(&good().replace(from, to), &expected()), wanted, "{to}");
}

#[test]
fn references_elsewhere() {
    let uri = "URI=\"#_assertion-1\"";
    for to in [
        "URI=\"\"",
        "URI=\"#_response\"",
        "URI=\"http://evil/\"",
        "URI=\"#xpointer(/)\"",
        "URI=\"file:///etc/passwd\"",
        "",
    ] {
        assert_eq!(verify(&good().replace(uri, to), &expected()), Err(ResponseError::Signature), "{to}");
    }
    let reference = good();
    let start = reference.find("<ds:Reference").unwrap();
    let end = reference.find("</ds:Reference>").unwrap() + "</ds:Reference>".len();
    let twice = format!("{}{}{}", &reference[..end], &reference[start..end], &reference[end..]);
    assert_eq!(verify(&twice, &expected()), Err(ResponseError::Signature));
}

#[test]
fn document_types_and_entities() {
    let bomb =
        "<!DOCTYPE r [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;\"><!ENTITY c \"&b;&b;&b;&b;\">]>";
    let external = "<!DOCTYPE r [<!ENTITY a SYSTEM \"file:///etc/passwd\">]>";
    let remote = "<!DOCTYPE r SYSTEM \"http://127.0.0.1:1/evil.dtd\">";
    for dtd in [bomb, external, remote, "<!DOCTYPE r>"] {
        let response = format!("{dtd}{}", good().replace("admins", "&a;"));
        assert!(matches!(verify(&response, &expected()), Err(ResponseError::Xml(_))), "{dtd}");
    }
}

#[test]
fn length_and_encoding() {
    let long = "A".repeat(100_001);
    assert_eq!(Response::decode(&long).map(drop), Err(ResponseError::TooLong));
    assert_eq!(Response::decode(&long[1..]).map(drop), Ok(()));
    assert_eq!(Response::decode("%%%").map(drop), Err(ResponseError::Encoding));
    assert_eq!(Response::decode("/////w==").map(drop), Err(ResponseError::Encoding), "not UTF-8");
    let lines = STANDARD
        .encode(good())
        .as_bytes()
        .chunks(76)
        .map(|c| String::from_utf8_lossy(c) + "\r\n")
        .collect::<String>();
    assert!(Response::decode(&lines).unwrap().verify(&expected()).is_ok(), "base64 in lines");
}

#[test]
fn an_assertion_names_itself_so_that_it_is_used_once() {
    let first = verify(&good(), &expected()).unwrap();
    let again = verify(&good(), &expected()).unwrap();
    assert_eq!(first.assertion_id, again.assertion_id);
    let later = Expected { now: first.remember_until, ..expected() };
    assert_eq!(verify(&good(), &later), Err(ResponseError::Time), "forgotten ids are refused by their age");
}

/// An id is remembered for as long as any of the confirmations holds, not for as long as the first one does.
#[test]
fn of_several_confirmations_the_last_to_end_counts() {
    let assertion = IDP.assertion(&answer());
    let (open, close) = ("<saml:SubjectConfirmation ", "</saml:SubjectConfirmation>");
    let start = assertion.find(open).unwrap();
    let end = assertion.find(close).unwrap() + close.len();
    let long = &assertion[start..end];
    let until = |seconds: i64| crate::instant::write(NOW + seconds);
    let short = long.replace(&until(300), &until(10));
    for both in [format!("{short}{long}"), format!("{long}{short}")] {
        let changed = format!("{}{both}{}", &assertion[..start], &assertion[end..]);
        let response = IDP.response(&answer(), &IDP.sign(&changed).unwrap());
        assert_eq!(verify(&response, &expected()).unwrap().remember_until, NOW + 360);
    }
}
