//! Our own endpoints: health, the kept messages and calls, the clock.

use super::Server;

#[test]
fn health() {
    let server = Server::start();
    let answer = server.get("/_awsemu/health", &[]);
    assert_eq!((answer.status, answer.header("content-type")), (200, Some("application/json")));
    assert_eq!(answer.json()["status"], "ok");
    assert_eq!(answer.json()["version"], env!("CARGO_PKG_VERSION"));
    let answer = server.get("/_localstack/health", &[]);
    assert_eq!(answer.json()["services"]["cognito-idp"], "running");
    assert_eq!(server.request("HEAD", "/_awsemu/health", &[], b"").status, 200);
    assert_eq!(server.request("POST", "/_awsemu/health", &[], b"").status, 405);
}

#[test]
fn messages() {
    let server = Server::start();
    let answer = server.get("/_awsemu/messages?username=jane", &[]);
    assert_eq!((answer.status, answer.body.as_str()), (200, r#"[Some("jane")]"#));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let answer = server.get("/_awsemu/messages?wait=soon", &[]);
    assert_eq!(answer.error(), (400, "InvalidParameterException".to_owned()));
}

#[test]
fn triggers() {
    let server = Server::start();
    let answer = server.get("/_awsemu/triggers?source=PreSignUp", &[]);
    assert_eq!((answer.status, answer.body.as_str()), (200, r#"[Some("PreSignUp")]"#));
    let answer = server.get("/_awsemu/triggers?username=jane", &[]);
    assert_eq!(answer.error(), (400, "InvalidParameterException".to_owned()));
    assert_eq!(server.request("HEAD", "/_awsemu/triggers", &[], b"").status, 200);
    assert_eq!(server.request("POST", "/_awsemu/triggers", &[], b"").status, 405);
}

#[test]
fn clock() {
    let server = Server::start();
    let answer = server.get("/_awsemu/clock", &[]);
    assert_eq!((answer.status, answer.body.as_str()), (200, "{}"));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert_eq!(answer.header("content-type"), Some("application/json"));
    let change = br#"{"reset": true}"#;
    let answer = server.request("POST", "/_awsemu/clock", &[], change);
    assert_eq!((answer.status, answer.body.as_bytes()), (200, change.as_slice()));
    let answer = server.request("POST", "/_awsemu/clock", &[], b"bad");
    assert_eq!(answer.error(), (400, "InvalidParameterException".to_owned()));
    assert_eq!(server.request("POST", "/_awsemu/clock", &[], &[b' '; 4097]).status, 413);
    assert_eq!(server.request("PUT", "/_awsemu/clock", &[], b"").status, 405);
    // A page of another origin can send a form without a preflight.
    for foreign in [("Origin", "https://evil.example"), ("Sec-Fetch-Site", "cross-site")] {
        let answer =
            server.request("POST", "/_awsemu/clock", &[foreign, ("Content-Type", "text/plain")], change);
        assert_eq!((answer.status, answer.header("access-control-allow-origin")), (403, None));
    }
    let preflight = server.request("OPTIONS", "/_awsemu/clock", &[("Origin", "https://evil.example")], b"");
    assert_eq!((preflight.status, preflight.header("access-control-allow-origin")), (403, None));
}

/// The paths of the tools that show secrets, or change something.
const SECRET: [&str; 3] = ["/_awsemu/messages", "/_awsemu/triggers", "/_awsemu/clock"];

#[test]
fn never_for_foreign_pages() {
    let server = Server::with(|settings| settings.origins = vec!["https://app.example.test".to_owned()]);
    for path in SECRET {
        let status = |headers: &[(&str, &str)]| server.get(path, headers).status;
        assert_eq!(status(&[("Origin", "https://evil.example")]), 403);
        assert_eq!(status(&[("Origin", "null")]), 403);
        assert_eq!(status(&[("Sec-Fetch-Site", "cross-site")]), 403);
        assert_eq!(status(&[("Sec-Fetch-Site", "same-origin")]), 200);
        assert_eq!(status(&[("Origin", "https://app.example.test"), ("Sec-Fetch-Site", "cross-site")]), 200);
    }
}

#[test]
fn beyond_loopback_only_with_a_token() {
    let status = |token: Option<&str>, address: &str, headers: &[(&str, &str)]| {
        let server = Server::listening(address, |settings| settings.tools_token = token.map(str::to_owned));
        assert_eq!(server.get("/_awsemu/health", &[]).status, 200);
        let [messages, others @ ..] = SECRET.map(|path| server.get(path, headers).status);
        assert_eq!(others, [messages; 2]);
        assert_eq!(server.request("POST", "/_awsemu/clock", headers, b"{}").status, messages);
        messages
    };
    let bearer = [("Authorization", "Bearer s3cret")];
    assert_eq!(status(None, "0.0.0.0:0", &[]), 403);
    assert_eq!(status(None, "0.0.0.0:0", &bearer), 403);
    assert_eq!(status(Some("s3cret"), "0.0.0.0:0", &[]), 403);
    assert_eq!(status(Some("s3cret"), "0.0.0.0:0", &[("Authorization", "Bearer s3creT")]), 403);
    assert_eq!(status(Some("s3cret"), "0.0.0.0:0", &[("Authorization", "Bearer ")]), 403);
    assert_eq!(status(Some("s3cret"), "0.0.0.0:0", &bearer), 200);
    assert_eq!(status(Some("s3cret"), "127.0.0.1:0", &[]), 403);
    assert_eq!(status(Some("s3cret"), "127.0.0.1:0", &bearer), 200);
}

#[test]
fn verdicts() {
    let server = Server::start();
    let answer = server.request("POST", "/_awsemu/authorize", &[], b"{}");
    assert_eq!((answer.status, answer.body), (200, format!("http://localhost:{} 2", server.address.port())));
    assert_eq!(server.get("/_awsemu/authorize", &[]).status, 405);
    assert_eq!(server.request("POST", "/_awsemu/authorize", &[], &vec![b' '; 128 * 1024 + 1]).status, 413);
    let foreign = [("Origin", "https://evil.example")];
    assert_eq!(server.request("POST", "/_awsemu/authorize", &foreign, b"{}").status, 403);
}
