//! Web pages: DNS rebinding, CORS, the issuer by request.

use super::{Server, TYPE, target};
use crate::{BaseUrl, IssuerMode};

const EVIL: (&str, &str) = ("Origin", "https://evil.example");

#[test]
fn rebinding_ends_at_the_host() {
    let server = Server::start();
    let refused = |headers: &[(&str, &str)]| {
        let answer = server.call("ListUserPools", headers);
        assert!(answer.header("access-control-allow-origin").is_none());
        answer.status
    };
    assert_eq!(refused(&[("Host", "evil.example")]), 403);
    assert_eq!(refused(&[("Host", "evil.example:4566"), ("Origin", "http://evil.example:4566")]), 403);
    assert_eq!(refused(&[("Host", "10.0.0.1")]), 403);
    for path in ["/_awsemu/health", "/_awsemu/messages", "/us-east-1_known/.well-known/jwks.json", "/nothing"]
    {
        assert_eq!(server.get(path, &[("Host", "evil.example")]).status, 403, "{path}");
    }
    for host in ["localhost", "127.0.0.1:1", "[::1]:4566", "shop.auth.us-east-1.localhost"] {
        assert_eq!(server.get("/_awsemu/health", &[("Host", host)]).status, 200, "{host}");
    }
    let absolute =
        b"GET http://evil.example/_awsemu/messages HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    assert_eq!(server.raw(absolute).status, 403);
    assert_eq!(server.raw(b"GET /_awsemu/health HTTP/1.0\r\n\r\n").status, 200);
    assert_eq!(server.raw(b"GET /_awsemu/health HTTP/1.1\r\nConnection: close\r\n\r\n").status, 400);
    let two =
        b"GET /_awsemu/health HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\nConnection: close\r\n\r\n";
    assert_eq!(server.raw(two).status, 400);
}

#[test]
fn public_operations_are_for_every_page() {
    let server = Server::start();
    for operation in ["InitiateAuth", "SignUp", "NoSuchOperation"] {
        let answer = server.call(operation, &[EVIL]);
        assert_ne!(answer.status, 403, "{operation}");
        assert_eq!(answer.header("access-control-allow-origin"), Some("*"), "{operation}");
        assert!(answer.header("access-control-expose-headers").unwrap().contains("x-amzn-errortype"));
        assert!(answer.header("access-control-allow-credentials").is_none());
    }
    let plain = server.request("POST", "/", &[("x-amz-target", &target("SignUp")), EVIL], b"{}");
    assert_eq!((plain.status, plain.header("access-control-allow-origin")), (415, Some("*")));
}

#[test]
fn iam_operations_are_not() {
    let server = Server::with(|settings| settings.origins = vec!["https://app.example.test".to_owned()]);
    for origin in ["https://evil.example", "null", "http://localhost:3000"] {
        // The fake would panic: it isn't called.
        let answer = server.call("AdminGetUser", &[("Origin", origin)]);
        assert_eq!(answer.status, 403, "{origin}");
        assert!(answer.header("access-control-allow-origin").is_none());
    }
    let answer = server.call("ListUserPools", &[("Origin", "https://app.example.test")]);
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("access-control-allow-origin"), Some("https://app.example.test"));
    assert_eq!(answer.header("vary"), Some("origin"));
    let panicked = server.call("AdminGetUser", &[("Origin", "https://app.example.test")]);
    assert_eq!(panicked.status, 500);
    assert_eq!(panicked.header("access-control-allow-origin"), Some("https://app.example.test"));
    let own = format!("http://localhost:{}", server.address.port());
    assert_eq!(server.call("ListUserPools", &[("Origin", &own)]).status, 200);
}

#[test]
fn preflights() {
    let server = Server::start();
    let preflight = |path: &str| {
        let headers = [
            EVIL,
            ("Access-Control-Request-Method", "POST"),
            ("Access-Control-Request-Headers", "x-amz-target"),
        ];
        server.request("OPTIONS", path, &headers, b"")
    };
    let api = preflight("/");
    assert_eq!((api.status, api.header("access-control-allow-origin")), (204, Some("*")));
    assert!(api.header("access-control-allow-methods").unwrap().contains("POST"));
    let allowed: Vec<&str> = api.header("access-control-allow-headers").unwrap().split(',').collect();
    for header in [
        "content-type",
        "x-amz-target",
        "x-amz-user-agent",
        "authorization",
        "x-amz-date",
        "x-amz-security-token",
        "amz-sdk-invocation-id",
        "amz-sdk-request",
        "cache-control",
        "x-amz-content-sha256",
    ] {
        assert!(allowed.contains(&header), "{header}");
    }
    let jwks = preflight("/us-east-1_known/.well-known/jwks.json");
    assert_eq!((jwks.status, jwks.header("access-control-allow-origin")), (204, Some("*")));
    assert_eq!(preflight("/_awsemu/messages").status, 403);
    assert!(preflight("/_awsemu/health").header("access-control-allow-origin").is_none());
    assert_eq!(preflight("/nothing").status, 404);
}

#[test]
fn the_issuer_by_request() {
    let issuer = |mode, headers: &[(&str, &str)]| {
        let server = Server::with(|settings| {
            settings.issuer = mode;
            settings.base = BaseUrl::configured(Some("https://id.example.test/id"), None, 1).unwrap();
        });
        let answer = server.get("/us-east-1_known/.well-known/openid-configuration", headers);
        answer.json()["issuer"].as_str().unwrap().to_owned()
    };
    let proxied =
        [("Host", "127.0.0.1:4566"), ("X-Forwarded-Host", "id.example.test"), ("X-Forwarded-Proto", "https")];
    assert_eq!(issuer(IssuerMode::Public, &proxied), "https://id.example.test/id base");
    assert_eq!(issuer(IssuerMode::Aws, &proxied), "https://id.example.test/id aws");
    assert_eq!(issuer(IssuerMode::Request, &proxied), "https://id.example.test/id base");
    assert_eq!(issuer(IssuerMode::Request, &proxied[..1]), "http://127.0.0.1:4566/id base");
    let evil =
        [("Host", "localhost:4566"), ("X-Forwarded-Host", "evil.example"), ("X-Forwarded-Proto", "https")];
    assert_eq!(issuer(IssuerMode::Request, &evil), "http://localhost:4566/id base");
}

#[test]
fn a_page_cannot_send_without_a_preflight() {
    let server = Server::start();
    // What a form or a fetch in mode no-cors can send: no target, no JSON type.
    for content_type in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=a"]
    {
        let answer = server.request("POST", "/", &[("Content-Type", content_type), EVIL], b"{}");
        assert_eq!(answer.status, 404);
        let target = target("ListUserPools");
        let headers = [("Content-Type", content_type), ("x-amz-target", target.as_str())];
        assert_eq!(server.request("POST", "/", &headers, b"{}").status, 415);
    }
    assert_eq!(server.request("POST", "/", &[TYPE, EVIL], b"{}").status, 404);
}
