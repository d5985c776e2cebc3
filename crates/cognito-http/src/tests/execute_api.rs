//! Calls of HTTP APIs: what reaches them, and that nothing else is on their hosts.

use super::*;

const HOST: (&str, &str) = ("Host", "abc.execute-api.eu-west-1.localhost:4566");

#[test]
fn calls_by_host_and_by_path() {
    let server = Server::start();
    let answer =
        server.request("POST", "/prod/a%2Fb?x=1&x=2", &[HOST, ("X-Test", "1"), ("X-Test", "2")], b"body");
    let asked = answer.json();
    assert_eq!(
        (&asked["api"], &asked["region"], &asked["method"], &asked["path"], &asked["query"]),
        (&"abc".into(), &"eu-west-1".into(), &"POST".into(), &"/prod/a%2Fb".into(), &"x=1&x=2".into())
    );
    assert_eq!((asked["x"].as_array().map(Vec::len), &asked["length"]), (Some(2), &4.into()));
    assert_eq!(answer.header("content-security-policy"), None);
    assert_eq!(answer.header("x-two"), Some("1"));
    assert_eq!(answer.header("bad name"), None);
    assert_eq!(answer.header("x-amzn-requestid"), None);
    let answer = server.get("/_aws/execute-api/abc/prod", &[]);
    let asked = answer.json();
    assert_eq!(
        (&asked["api"], &asked["region"], &asked["path"]),
        (&"abc".into(), &().into(), &"/prod".into())
    );
    // A page of an API must not act as one of ours.
    let policy = answer.header("content-security-policy").unwrap_or_default();
    assert!(policy.starts_with("sandbox ") && !policy.contains("allow-same-origin"), "{policy}");
}

#[test]
fn nothing_else_is_on_the_host_of_an_api() {
    let server = Server::start();
    for path in [
        "/",
        "/v2/apis",
        "/_awsemu/messages",
        "/_awsemu/health",
        "/login",
        "/oauth2/token",
        "/us-east-1_known/.well-known/jwks.json",
    ] {
        for method in ["GET", "POST", "OPTIONS", "DELETE"] {
            let target = target("ListUserPools");
            let headers = [HOST, TYPE, SIGNED, ("X-Amz-Target", &*target)];
            let body: &[u8] = if method == "POST" { b"{}" } else { b"" };
            let answer = server.request(method, path, &headers, body);
            assert_eq!(answer.json()["path"], path, "{method} {path}");
        }
    }
    // Hosts that are nearly one of an API's are nobody's, too.
    for host in
        ["execute-api.execute-api.x.localhost", "a.b.execute-api.localhost", "ABC.Execute-Api.x.localhost"]
    {
        assert!(server.get("/_awsemu/health", &[("Host", host)]).json()["api"].is_string(), "{host}");
    }
}

#[test]
fn a_page_of_an_api_is_a_foreign_one() {
    let server = Server::start();
    let port = server.address.port();
    let origin = format!("http://abc.execute-api.eu-west-1.localhost:{port}");
    let foreign = [("Origin", &*origin)];
    assert_eq!(server.call("ListUserPools", &foreign).status, 403);
    assert_eq!(server.get("/_awsemu/messages", &foreign).status, 403);
    let signed = SIGNED.1.replace("cognito-idp", "apigateway");
    let headers = [("Origin", &*origin), ("Authorization", &*signed)];
    assert_eq!(server.get("/v2/apis", &headers).status, 403);
    // Every page may call an API, which says itself who may read its answers.
    let answer = server.get("/x", &[HOST, ("Origin", "https://app.example.com")]);
    assert_eq!((answer.status, answer.header("access-control-allow-origin")), (200, None));
}

#[test]
fn hosts_that_are_not_ours_are_refused() {
    let server = Server::start();
    let host = ("Host", "abc.execute-api.eu-west-1.evil.example");
    assert_eq!(server.get("/", &[host]).status, 403);
}

#[test]
fn bodies_of_calls() {
    let server = Server::start();
    let large = vec![b'x'; 10 * 1024 * 1024];
    assert_eq!(server.request("POST", "/", &[HOST], &large).json()["length"], large.len());
    let answer = server.raw(
        b"POST / HTTP/1.1\r\nHost: abc.execute-api.eu-west-1.localhost\r\nContent-Length: 10485761\r\n\r\n",
    );
    assert_eq!(answer.json()["unread"], 413);
    let answer = server.get("/stream", &[HOST]);
    assert!(answer.body.contains("one ") && answer.body.contains("two"), "{answer:?}");
    let answer = server.get("/length", &[HOST]);
    assert_eq!((answer.header("content-length"), &*answer.body), (Some("7"), "one two"));
    // Read to its end: an answer to HEAD has no body, whatever its length says.
    let answer = server.request("HEAD", "/head", &[HOST], b"");
    assert_eq!((answer.header("content-length"), &*answer.body), (Some("7"), ""));
    assert_eq!(server.get("/panic", &[HOST]).status, 500);
}

#[test]
fn issuers_are_on_the_plain_host() {
    let server = Server::with(|settings| settings.issuer = crate::IssuerMode::Request);
    let answer = server.get("/", &[HOST]);
    assert_eq!(answer.json()["base"], "http://localhost:4566");
    let server = Server::start();
    let asked = server.get("/", &[HOST]).json();
    assert_eq!(asked["base"], format!("http://localhost:{}", server.address.port()));
}
