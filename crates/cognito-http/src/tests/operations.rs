//! AWS JSON 1.1: targets, content types, headers, errors, signatures.

use super::{SIGNED, Server, TYPE, target};
use crate::{AccessKey, Iam};

#[test]
fn success() {
    let server = Server::start();
    let answer = server.call("ListUserPools", &[]);
    assert_eq!((answer.status, answer.header("content-type")), (200, Some("application/x-amz-json-1.1")));
    assert!(answer.header("date").is_some());
    assert!(uuid::Uuid::parse_str(answer.header("x-amzn-requestid").unwrap()).is_ok());
    let json = answer.json();
    assert_eq!(json["operation"], "ListUserPools");
    assert_eq!(json["scope"], "123456789012 eu-west-1");
    assert_eq!(json["source"], "127.0.0.1");
    assert_eq!(json["length"], 2);
    assert_eq!(json["agent"], serde_json::Value::Null);
    let agent = |text: &str| server.call("ListUserPools", &[("User-Agent", text)]).json()["agent"].clone();
    assert_eq!(agent("Boto3/1.44.5"), "Boto3/1.44.5");
    assert_eq!(agent(&"x".repeat(2_000)), "x".repeat(1_024));
    assert_eq!(json["base"], format!("http://localhost:{}", server.address.port()));
    assert_eq!(json["region"], serde_json::Value::Null);
    let regional = server.call("ListUserPools", &[("Host", "cognito-idp.eu-west-2.localhost:4566")]).json();
    assert_eq!(regional["region"], "eu-west-2");
    assert_eq!(regional["base"], json["base"]);
}

#[test]
fn no_output_is_an_empty_body() {
    let answer = Server::start().call("InitiateAuth", &[]);
    assert_eq!((answer.status, answer.body.as_str(), answer.header("content-length")), (200, "", Some("0")));
}

#[test]
fn errors() {
    let answer = Server::start().call("SignUp", &[]);
    assert_eq!(answer.error(), (400, "SerializationException".to_owned()));
    assert_eq!(answer.header("content-type"), Some("application/x-amz-json-1.1"));
    let message = answer.json()["message"].as_str().unwrap().to_owned();
    assert!(message.contains("for a test\r\nGröße"), "{message}");
    let header = answer.header("x-amzn-errormessage").unwrap();
    assert!(header.contains("for a test  Gr??e"), "{header}");
    assert!(answer.header("x-amzn-requestid").is_some());
}

#[test]
fn targets() {
    let server = Server::start();
    let unknown = (404, "UnknownOperationException".to_owned());
    assert_eq!(server.request("POST", "/", &[TYPE, SIGNED], b"{}").error(), unknown);
    for bad in [
        "",
        "ListUserPools",
        "AWSCognitoIdentityProviderService.",
        "AWSCognitoIdentityProviderService.Nothing",
        "AWSCognitoIdentityProviderService.listUserPools",
        "awscognitoidentityproviderservice.ListUserPools",
        "AWSCognitoIdentityProviderService.ListUserPools,a",
        "AWSCognitoIdentityProviderService_20160418.ListUserPools",
        "\u{e9}",
    ] {
        assert_eq!(
            server.request("POST", "/", &[TYPE, SIGNED, ("x-amz-target", bad)], b"{}").error(),
            unknown,
            "{bad}"
        );
    }
    let target = target("ListUserPools");
    let twice = [TYPE, SIGNED, ("x-amz-target", &target), ("X-Amz-Target", &target)];
    assert_eq!(server.request("POST", "/", &twice, b"{}").error(), unknown);
    // Header names have no case.
    let upper = [TYPE, SIGNED, ("X-AMZ-TARGET", target.as_str())];
    assert_eq!(server.request("POST", "/", &upper, b"{}").status, 200);
}

#[test]
fn content_types() {
    let server = Server::start();
    let target = target("ListUserPools");
    let status = |types: &[(&str, &str)]| {
        let mut headers = vec![SIGNED, ("x-amz-target", target.as_str())];
        headers.extend(types);
        server.request("POST", "/", &headers, b"{}").status
    };
    for good in [
        "application/x-amz-json-1.1",
        "application/x-amz-json-1.0",
        "Application/X-Amz-JSON-1.1",
        "application/x-amz-json-1.1; charset=utf-8",
    ] {
        assert_eq!(status(&[("content-type", good)]), 200, "{good}");
    }
    for bad in [
        "text/plain",
        "application/json",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
        "",
        "application/x-amz-json-1.10",
    ] {
        assert_eq!(status(&[("content-type", bad)]), 415, "{bad}");
    }
    assert_eq!(status(&[]), 415);
    assert_eq!(status(&[TYPE, ("content-type", "text/plain")]), 415);
    assert_eq!(status(&[TYPE, ("content-encoding", "identity")]), 200);
    assert_eq!(status(&[TYPE, ("content-encoding", "gzip")]), 400);
}

#[test]
fn paths_and_methods() {
    let server = Server::with(|settings| {
        settings.base = crate::BaseUrl::configured(Some("http://localhost:4566/id"), None, 1).unwrap();
    });
    let target = target("ListUserPools");
    let post = |path: &str| {
        server.request("POST", path, &[TYPE, SIGNED, ("x-amz-target", target.as_str())], b"{}").status
    };
    assert_eq!([post("/"), post("/id"), post("/id/"), post("/?a=b")], [200; 4]);
    assert_eq!([post("/x"), post("//"), post("/id/x"), post("/..")], [404; 4]);
    let answer = server.get("/", &[]);
    assert_eq!(answer.error(), (405, "MethodNotAllowedException".to_owned()));
    assert_eq!(answer.header("allow"), Some("POST, OPTIONS"));
    assert_eq!(server.get("/nothing", &[]).error(), (404, "ResourceNotFoundException".to_owned()));
    assert_eq!(server.get("/nothing", &[]).header("content-type"), Some("application/json"));
}

#[test]
fn a_panic_answers_500_and_the_process_lives() {
    let server = Server::start();
    for _ in 0..3 {
        let answer = server.call("AdminGetUser", &[]);
        assert_eq!((answer.status, answer.json()["__type"].as_str()), (500, Some("InternalErrorException")));
        assert!(!answer.body.contains("a bug") && answer.header("x-amzn-requestid").is_some());
    }
    assert_eq!(server.call("ListUserPools", &[]).status, 200);
}

#[test]
fn any_signature_is_accepted_by_default() {
    let server = Server::start();
    let target_header = target("ListUserPools");
    let call = |authorization: &str| {
        let headers = [TYPE, ("x-amz-target", target_header.as_str()), ("Authorization", authorization)];
        server.request("POST", "/", &headers, b"{}")
    };
    // Without SigV4 there is no scope; operations refuse that.
    assert!(
        server.request("POST", "/", &[TYPE, ("x-amz-target", &target_header)], b"{}").json()["scope"]
            .is_null()
    );
    assert!(call("Bearer eyJ").json()["scope"].is_null());
    assert_eq!(call(SIGNED.1).json()["scope"], "123456789012 eu-west-1");
    assert_eq!(call("AWS4-HMAC-SHA256 Credential=test").error().1, "IncompleteSignatureException");
    assert_eq!(
        call(&SIGNED.1.replace("cognito-idp", "s3")).error(),
        (403, "InvalidSignatureException".to_owned())
    );
    // Public operations take no notice of a bad header.
    let headers = [TYPE, ("x-amz-target", &target("InitiateAuth")), ("Authorization", "AWS4-HMAC-SHA256 x")];
    assert_eq!(server.request("POST", "/", &headers, b"{}").status, 200);
}

#[test]
fn verified_signatures() {
    let key = AccessKey { id: "123456789012".to_owned(), secret: "secret".to_owned(), account: None };
    let server = Server::with(|settings| settings.iam = Iam::Verify(vec![key]));
    // This one has neither a date nor a signed target.
    assert_eq!(server.call("ListUserPools", &[]).error().1, "IncompleteSignatureException");
    let target_header = target("ListUserPools");
    let unknown = SIGNED.1.replace("123456789012", "AKIDEXAMPLE");
    let headers = [TYPE, ("x-amz-target", target_header.as_str()), ("Authorization", &unknown)];
    assert_eq!(server.request("POST", "/", &headers, b"{}").error().1, "UnrecognizedClientException");
    let old = SIGNED.1.replace("=host,", "=host;x-amz-date;x-amz-target,").replace("20261123", "20150830");
    let headers = [
        TYPE,
        ("x-amz-target", target_header.as_str()),
        ("Authorization", &old),
        ("X-Amz-Date", "20150830T123600Z"),
    ];
    assert_eq!(server.request("POST", "/", &headers, b"{}").status, 403);
    assert_eq!(server.call("InitiateAuth", &[]).status, 200);
    // Who may sign and need not is not believed a wrong signature either.
    assert_eq!(server.call("GetDerivedToken", &[]).error().1, "IncompleteSignatureException");
    let unsigned = [TYPE, ("x-amz-target", &target("GetDerivedToken"))];
    assert!(server.request("POST", "/", &unsigned, b"{}").json()["scope"].is_null());
}

#[test]
fn documents() {
    let server = Server::start();
    let jwks = server.get("/us-east-1_known/.well-known/jwks.json", &[]);
    assert_eq!((jwks.status, jwks.body.as_str()), (200, r#"{"keys":[]}"#));
    assert_eq!(jwks.header("content-type"), Some("application/json"));
    assert_eq!(jwks.header("cache-control"), Some("public, max-age=60"));
    assert_eq!(jwks.header("access-control-allow-origin"), Some("*"));
    let discovery = server.get("/us-east-1_known/.well-known/openid-configuration", &[]);
    assert_eq!(discovery.json()["issuer"], format!("http://localhost:{} base", server.address.port()));
    let head = server.request("HEAD", "/us-east-1_known/.well-known/jwks.json", &[], b"");
    assert_eq!((head.status, head.body.as_str(), head.header("content-length")), (200, "", Some("11")));
    let unknown = server.get("/us-east-1_gone/.well-known/jwks.json", &[]);
    assert_eq!(unknown.error(), (404, "ResourceNotFoundException".to_owned()));
    assert_eq!(unknown.header("access-control-allow-origin"), Some("*"));
    for path in [
        "/..%2f_a/.well-known/jwks.json",
        "/a%00_b/.well-known/jwks.json",
        "/../us-east-1_known/.well-known/jwks.json",
    ] {
        assert_eq!(server.get(path, &[]).status, 404, "{path}");
    }
    assert_eq!(server.request("POST", "/us-east-1_known/.well-known/jwks.json", &[], b"").status, 405);
}

#[test]
fn files_of_login_pages() {
    let server = Server::start();
    for client in ["app+1", "app%2B1"] {
        let file = server.get(&format!("/branding/{client}/1/FORM_LOGO-LIGHT-My%2BIdP"), &[]);
        assert_eq!((file.status, file.body.as_str()), (200, "app+1 FORM_LOGO-LIGHT-My+IdP"));
        assert_eq!(file.header("content-type"), Some("image/svg+xml"));
        assert_eq!(file.header("cache-control"), Some("public, max-age=3600"));
        let policy = "default-src 'none'; style-src 'unsafe-inline'; sandbox";
        assert_eq!(file.header("content-security-policy"), Some(policy));
        assert_eq!(file.header("x-content-type-options"), Some("nosniff"));
    }
    for path in ["/branding/app/1/logo", "/branding/%ff/1/logo"] {
        assert_eq!(server.get(path, &[]).status, 404, "{path}");
    }
    assert_eq!(server.request("POST", "/branding/app/1/logo", &[], b"").status, 405);
}
