//! Our own endpoints: health, the kept messages and calls.

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

/// The paths of the tools that show secrets.
const SECRET: [&str; 2] = ["/_awsemu/messages", "/_awsemu/triggers"];

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
        let [messages, triggers] = SECRET.map(|path| server.get(path, headers).status);
        assert_eq!(messages, triggers);
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
