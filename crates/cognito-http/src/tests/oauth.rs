//! The endpoints of pools: methods, hosts, headers and cookies.

use serde_json::json;

use super::Server;

const FORM: (&str, &str) = ("Content-Type", "application/x-www-form-urlencoded");

/// O17, P8: what each takes, and no other spelling of its path.
#[test]
fn methods_and_paths() {
    let server = Server::start();
    let status = |method: &str, path: &str| server.request(method, path, &[FORM], b"").status;
    for (path, get, post) in [
        ("/oauth2/authorize", 302, 405),
        ("/oauth2/token", 405, 200),
        ("/oauth2/userInfo", 200, 200),
        ("/oauth2/revoke", 405, 200),
        ("/logout", 200, 405),
        ("/login", 200, 200),
        ("/error", 400, 405),
    ] {
        assert_eq!((status("GET", path), status("POST", path)), (get, post), "{path}");
        assert_eq!(
            (status("HEAD", path), status("PUT", path), status("DELETE", path)),
            (get, 405, 405),
            "{path}"
        );
        assert_eq!(status("OPTIONS", path), 204, "{path}");
    }
    for path in ["//login", "/login/", "/login/..%2f", "/LOGIN", "/oauth2/userinfo", "/oauth2", "/%6Cogin"] {
        assert_eq!(status("GET", path), 404, "{path}");
    }
    let overridden = [FORM, ("X-HTTP-Method-Override", "POST")];
    assert_eq!(server.request("GET", "/oauth2/token", &overridden, b"").status, 405);
}

/// O8, O23, P5: nothing is cached, framed or sniffed.
#[test]
fn headers() {
    let server = Server::start();
    for path in ["/oauth2/authorize", "/oauth2/userInfo", "/login", "/error"] {
        let answer = server.get(path, &[]);
        assert!(answer.header("cache-control").is_some_and(|value| value.contains("no-store")), "{path}");
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{path}");
        assert_eq!(answer.header("x-frame-options"), Some("DENY"), "{path}");
    }
    let answer = server.request("POST", "/oauth2/token", &[FORM], b"grant_type=x");
    assert!(answer.header("cache-control").is_some_and(|value| value.contains("no-store")));
    let id = answer.header("x-amz-cognito-request-id");
    assert!(id.is_some() && id == answer.header("x-amzn-requestid"));
    let policy =
        server.get("/error", &[]).header("content-security-policy").map(str::to_owned).unwrap_or_default();
    assert!(policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe-inline"), "{policy}");
    assert_eq!(server.get("/oauth2/authorize", &[]).header("location"), Some("../login?a=%0D%0A"));
}

/// P6
#[test]
fn cookies() {
    let server = Server::start();
    let set = |answer: &super::Answer| -> Vec<String> {
        let lines = answer.head.lines().filter_map(|line| line.split_once(':'));
        let cookies = lines.filter(|(name, _)| name.eq_ignore_ascii_case("set-cookie"));
        cookies.map(|(_, value)| value.trim().to_owned()).collect()
    };
    let found = set(&server.get("/login", &[]));
    assert_eq!(found[0], "cognito-x=v; HttpOnly; SameSite=Lax; Path=/");
    assert!(found[1].starts_with("gone-x=; HttpOnly") && found[1].contains("Max-Age=0"), "{found:?}");
    let base = crate::BaseUrl::configured(Some("https://id.example.test/x"), None, 1).unwrap();
    let server = Server::with(|settings| settings.base = base);
    let found = set(&server.get("/x/login", &[]));
    assert_eq!(found[0], "__Host-cognito-x=v; HttpOnly; SameSite=Lax; Secure; Path=/");
    assert!(found[1].starts_with("__Host-gone-x=; HttpOnly") && found[1].contains("Secure"), "{found:?}");
    let plain = Server::start();
    let read = |server: &Server, cookies: &str| {
        server.get("/login", &[("Cookie", cookies)]).json()["cookies"].clone()
    };
    assert_eq!(read(&plain, "a=1; b=2; a=3"), json!({ "a": "1", "b": "2" }));
    assert_eq!(read(&plain, "bad; a=1; =2; \"b\"; c=%3D"), json!({ "a": "1", "c": "%3D" }));
    // What a neighbour of the host could have set, whose name browsers do not hold to the rules of the prefix.
    assert_eq!(
        read(&server, "a=1; __Host-a=2; %5F%5FHost-b=3; __Host-%63=4"),
        json!({ "a": "2", "%63": "4" })
    );
}

/// Pages of every origin call the endpoints of apps, without credentials; nobody else's pages read ours.
#[test]
fn origins() {
    let server = Server::start();
    let foreign = [("Origin", "https://app.example"), FORM];
    for (method, path, allowed) in [
        ("POST", "/oauth2/token", Some("*")),
        ("GET", "/oauth2/userInfo", Some("*")),
        ("POST", "/oauth2/revoke", Some("*")),
        ("OPTIONS", "/oauth2/token", Some("*")),
        ("GET", "/login", None),
        ("GET", "/oauth2/authorize", None),
        ("OPTIONS", "/login", None),
    ] {
        let answer = server.request(method, path, &foreign, b"");
        assert_eq!(answer.header("access-control-allow-origin"), allowed, "{method} {path}");
        assert_eq!(answer.header("access-control-allow-credentials"), None);
    }
}

/// P2: a cookie that the `_csrf` of a form hangs on can be set from another port of the host; the browser says who posts.
#[test]
fn foreign_forms() {
    let server = Server::start();
    let status = |path: &str, site: &str| {
        server.request("POST", path, &[FORM, ("Sec-Fetch-Site", site)], b"username=eve").status
    };
    for path in
        ["/login", "/signup", "/confirm", "/forgotPassword", "/confirmForgotPassword", "/passkeys/add"]
    {
        for site in ["cross-site", "same-site"] {
            assert_eq!(status(path, site), 403, "{path} {site}");
        }
        for site in ["same-origin", "none"] {
            assert_eq!(status(path, site), 200, "{path} {site}");
        }
    }
    for path in
        ["/oauth2/token", "/oauth2/revoke", "/oauth2/idpresponse", "/saml2/idpresponse", "/saml2/logout"]
    {
        assert_eq!(status(path, "cross-site"), 200, "{path}");
    }
}

#[test]
fn bodies() {
    let server = Server::start();
    let sent = |kind: &str, body: &[u8]| {
        server.request("POST", "/oauth2/token", &[("Content-Type", kind)], body).json()["body"].clone()
    };
    assert_eq!(sent("application/x-www-form-urlencoded; charset=utf-8", b"a=1"), r#"Form(["a"])"#);
    assert_eq!(sent("application/json", b"{}"), "Json([123, 125])");
    assert_eq!(sent("multipart/form-data; boundary=x", b"--x--"), "Other");
}

#[test]
fn what_browsers_accept() {
    let server = Server::start();
    let accepts = |headers: &[(&str, &str)]| server.get("/login", headers).json()["accepts"].clone();
    let (accept, language) = (("Accept", "text/html,*/*"), ("Accept-Language", "de"));
    assert_eq!(accepts(&[accept, language]), json!(["text/html,*/*", "de"]));
    assert_eq!(accepts(&[]), json!([null, null]));
}

/// A domain of a pool is let in where endpoints are, and nowhere else.
#[test]
fn domains() {
    let server = Server::start();
    let host = [("Host", "auth.example.test:4566")];
    let asked = server.get("/login?a=1", &host).json();
    assert_eq!((&asked["pool"], &asked["query"]), (&"us-east-1_known".into(), &"a=1".into()));
    assert_eq!(asked["site"], "http://auth.example.test:4566");
    assert_eq!(server.get("/us-east-1_known/.well-known/jwks.json", &host).status, 200);
    for path in ["/static/login.css", "/static/passkey.js", "/branding/app%2B1/1/managed.css"] {
        assert_eq!(server.get(path, &host).status, 200, "{path}");
    }
    for path in ["/_awsemu/messages", "/_awsemu/health", "/"] {
        assert_eq!(server.get(path, &host).error().0, 403, "{path}");
    }
    assert_eq!(server.get("/login", &[("Host", "evil.example.test")]).error().0, 403);
    for (path, status) in
        [("/login", 404), ("/us-east-1_known/.well-known/jwks.json", 404), ("/_awsemu/health", 200)]
    {
        let nobodys = [("Host", "shop.auth.us-east-1.localhost:4566")];
        assert_eq!(server.get(path, &nobodys).status, status, "{path} of a prefix domain that no pool has");
    }
    let own = Server::with(|settings| settings.hosts.push("shop.auth.us-east-1.localhost".to_owned()));
    assert_eq!(own.get("/login", &[("Host", "shop.auth.us-east-1.localhost")]).status, 200);
    assert_eq!(server.get("/login", &[]).json()["pool"], serde_json::Value::Null);
    let endpoint = |pool: &str| {
        server.get(&format!("/{pool}/.well-known/openid-configuration"), &host).json()["token_endpoint"]
            .clone()
    };
    assert_eq!(endpoint("us-east-1_known"), "http://auth.example.test:4566/oauth2/token");
    let plain = format!("http://localhost:{}/oauth2/token", server.address.port());
    assert_eq!(endpoint("us-east-1_other"), plain, "another pool is not on this domain");
}
