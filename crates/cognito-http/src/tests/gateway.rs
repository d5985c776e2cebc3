//! The management API of HTTP APIs: what leads to it, and who may call it.

use serde_json::{Value, json};

use super::{SIGNED, Server};

const GATEWAY: (&str, &str) = (
    "Authorization",
    "AWS4-HMAC-SHA256 Credential=123456789012/20261123/eu-west-1/apigateway/aws4_request, SignedHeaders=host, Signature=a",
);

#[test]
fn method_and_path_name_the_operation() {
    let server = Server::start();
    let answer = server.request("POST", "/v2/apis/a%2Fb/routes?x=1", &[GATEWAY], b"{}");
    assert_eq!((answer.status, answer.header("content-type")), (201, Some("application/json")));
    let asked: Value = serde_json::from_str(&answer.body).unwrap();
    let expected = json!({
        "operation": "CreateRoute", "scope": "123456789012 eu-west-1", "path": { "ApiId": "a/b" }, "query": "x=1",
        "body": "{}",
    });
    assert_eq!(asked, expected);
}

#[test]
fn what_is_not_offered() {
    let server = Server::start();
    check(&server, "GET", "/v2/domainnames", &[GATEWAY], 501, "NotImplementedException:");
    check(&server, "GET", "/v2/nothing", &[GATEWAY], 404, "ResourceNotFoundException:");
}

#[test]
fn only_signed_calls_of_no_foreign_page() {
    let server = Server::start();
    check(&server, "GET", "/v2/apis", &[], 403, "MissingAuthenticationTokenException:");
    check(&server, "GET", "/v2/apis", &[SIGNED], 403, "InvalidSignatureException:");
    check(
        &server,
        "GET",
        "/v2/apis",
        &[("Authorization", "Bearer a.b.c")],
        403,
        "MissingAuthenticationTokenException:",
    );
    let evil = ("Origin", "https://evil.example");
    check(&server, "GET", "/v2/apis", &[GATEWAY, evil], 403, "ForbiddenException:");
    check(&server, "OPTIONS", "/v2/apis", &[evil], 403, "ForbiddenException:");
    check(&server, "GET", "/v2/apis", &[GATEWAY, ("Host", "evil.example")], 403, "ForbiddenException:");
    let packed = ("Content-Encoding", "gzip");
    check(&server, "POST", "/v2/apis", &[GATEWAY, packed], 400, "MalformedHttpRequestException:");
}

fn check(server: &Server, method: &str, path: &str, headers: &[(&str, &str)], status: u16, error: &str) {
    let answer = server.request(method, path, headers, b"");
    assert_eq!((answer.status, answer.header("x-amzn-errortype")), (status, Some(error)), "{method} {path}");
    assert!(answer.header("access-control-allow-origin").is_none());
}
