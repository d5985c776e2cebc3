//! HTTP APIs through a real server: a JWT authorizer in front of a function in Node and of a web server.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::http::{self, Answer};
use super::server::{Server, Store};

const FUNCTION: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/functions/http_api.js");
const SIGNED: (&str, &str) = (
    "Authorization",
    "AWS4-HMAC-SHA256 Credential=test/20261123/us-east-1/apigateway/aws4_request, SignedHeaders=host, Signature=00",
);
const FORMAT: &str = "call $context.routeKey $context.status by $context.authorizer.claims.username, $context.authorizer.error";

/// An API with a route to a function and one to a web server, both for tokens of a pool, and what the latter was asked.
struct Api {
    server: Server,
    id: String,
    token: String,
    asked: Receiver<Vec<u8>>,
}

impl Api {
    fn start() -> Self {
        let target = format!("*:pets=node:{FUNCTION}");
        let log = "awsemu::gateway=info";
        let server = Server::start_with(Store::Memory, &["--trigger", &target, "--log", log]);
        let (pool, client, token) = user(&server);
        let (origin, asked) = echo();
        let made = |path: &str, input: Value| {
            let answer =
                call(&server, "POST", &format!("/v2/apis{path}"), &[SIGNED], input.to_string().as_bytes());
            assert_eq!(answer.status, 201, "{path} {input}: {}", answer.text());
            answer.json()
        };
        let id = text(&made("", json!({ "name": "api", "protocolType": "HTTP" }))["apiId"]);
        let jwt = json!({ "issuer": format!("{}/{pool}", server.url()), "audience": [client] });
        let authorizer = made(
            &format!("/{id}/authorizers"),
            json!({ "name": "pool", "authorizerType": "JWT",
            "identitySource": ["$request.header.Authorization"], "jwtConfiguration": jwt }),
        );
        let function = json!({ "integrationType": "AWS_PROXY", "payloadFormatVersion": "2.0",
            "integrationUri": "arn:aws:lambda:us-east-1:000000000000:function:pets" });
        let web = json!({ "integrationType": "HTTP_PROXY", "payloadFormatVersion": "1.0", "integrationMethod": "ANY",
            "integrationUri": format!("{origin}/base/{{proxy}}"),
            "requestParameters": { "overwrite:header.x-user": "$context.authorizer.claims.username" } });
        for (key, integration) in [("GET /pets/{id}", function), ("ANY /web/{proxy+}", web)] {
            let integration = made(&format!("/{id}/integrations"), integration);
            let target = format!("integrations/{}", text(&integration["integrationId"]));
            made(
                &format!("/{id}/routes"),
                json!({ "routeKey": key, "target": target, "authorizationType": "JWT",
                "authorizerId": authorizer["authorizerId"] }),
            );
        }
        made(
            &format!("/{id}/stages"),
            json!({ "stageName": "$default", "autoDeploy": true,
            "accessLogSettings": { "destinationArn": "arn:aws:logs:us-east-1:000000000000:log-group:g", "format": FORMAT } }),
        );
        Self { server, id, token, asked }
    }

    fn call(&self, method: &str, path: &str, token: Option<&str>, body: &[u8]) -> Answer {
        let path = format!("/_aws/execute-api/{}{path}", self.id);
        let bearer = token.map(|token| format!("Bearer {token}"));
        let headers: Vec<_> = bearer.iter().map(|bearer| ("Authorization", bearer.as_str())).collect();
        call(&self.server, method, &path, &[&headers[..], &[("X-User", "evil")]].concat(), body)
    }

    fn get(&self, path: &str) -> Answer {
        self.call("GET", path, Some(&self.token), b"")
    }

    fn logs(&self, text: &str) {
        let begin = Instant::now();
        while !self.server.log().contains(text) {
            assert!(begin.elapsed() < Duration::from_secs(20), "{text} is not in {}", self.server.log());
            thread::sleep(Duration::from_millis(5));
        }
    }
}

#[test]
fn a_function_and_a_web_server_behind_an_authorizer() {
    let api = Api::start();
    let denied = api.call("GET", "/pets/7", None, b"");
    assert_eq!((denied.status, denied.text().as_str()), (401, "{\"message\":\"Unauthorized\"}"));
    let forged = format!("{}x", api.token);
    for (path, token) in [("/web/a", None), ("/web/a", Some("x.e30")), ("/web/a", Some(&*forged))] {
        assert_eq!(api.call("POST", path, token, b"").status, 401, "{token:?}");
    }
    assert!(api.asked.try_recv().is_err(), "a call without a token reached the web server");

    let seen = api.get("/pets/a%20b?x=1&x=2");
    assert_eq!(seen.header("content-type"), Some("application/json"));
    let expected = json!({ "caller": "jane", "path": "/pets/a b", "id": "a b", "query": { "x": "1,2" } });
    assert_eq!((seen.status, seen.json()), (200, expected));
    let bytes = api.get("/pets/7?answer=bytes");
    assert_eq!((bytes.status, bytes.body.as_slice()), (201, &b"\xff\x00"[..]));
    assert_eq!((bytes.header("x-odd"), bytes.header("set-cookie")), (Some("yes"), Some("a=1")));
    for answer in ["throw", "odd"] {
        let failed = api.get(&format!("/pets/7?answer={answer}"));
        assert_eq!((failed.status, failed.text().as_str()), (500, "{\"message\":\"Internal Server Error\"}"));
    }

    let echoed = api.call("PUT", "/web/a%2Fb/c?x=%20", Some(&api.token), b"\x00\xff");
    assert_eq!((echoed.status, echoed.body.as_slice()), (418, &b"\x00\xff"[..]));
    let asked = api.asked.recv_timeout(Duration::from_secs(20)).expect("the web server was asked");
    let asked = String::from_utf8_lossy(&asked).into_owned();
    assert!(asked.starts_with("PUT /base/a%2Fb/c?x=%20 HTTP/1.1\r\n"), "{asked}");
    let has = |line: &str| asked.contains(&format!("\r\n{line}\r\n"));
    assert!(has(&format!("authorization: Bearer {}", api.token)) && has("x-user: jane"), "{asked}");
    assert!(has("via: HTTP/1.1 AmazonAPIGateway") && !asked.contains("evil"), "{asked}");

    api.logs("call GET /pets/{id} 200 by jane, -");
    api.logs("call GET /pets/{id} 401 by -, ");
    api.logs("call ANY /web/{proxy+} 418 by jane, -");
    assert!(!api.server.log().contains(&api.token), "{}", api.server.log());
}

#[test]
fn long_answers_come_whole() {
    let api = Api::start();
    let body: Vec<u8> = (0..1_000_000_u32).map(|number| (number % 251) as u8).collect();
    let answer = api.call("POST", "/web/long", Some(&api.token), &body);
    assert_eq!(answer.status, 418);
    assert!(answer.body == body, "{} bytes came", answer.body.len());
}

/// A pool with its client, and the access token of its user.
fn user(server: &Server) -> (String, String, String) {
    let pool = text(&server.ok("CreateUserPool", &json!({ "PoolName": "pool" }))["UserPool"]["Id"]);
    let client = json!({ "UserPoolId": pool, "ClientName": "app", "ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"] });
    let client = text(&server.ok("CreateUserPoolClient", &client)["UserPoolClient"]["ClientId"]);
    let user = json!({ "UserPoolId": pool, "Username": "jane", "MessageAction": "SUPPRESS" });
    server.ok("AdminCreateUser", &user);
    let password =
        json!({ "UserPoolId": pool, "Username": "jane", "Password": "Passw0rd!", "Permanent": true });
    server.ok("AdminSetUserPassword", &password);
    let parameters = json!({ "USERNAME": "jane", "PASSWORD": "Passw0rd!" });
    let input = json!({ "ClientId": client, "AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": parameters });
    let token = text(&server.ok("InitiateAuth", &input)["AuthenticationResult"]["AccessToken"]);
    (pool, client, token)
}

fn call(server: &Server, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
    let url = server.url();
    let port = url.rsplit(':').next().and_then(|port| port.parse().ok()).expect("a URL has a port");
    http::request(port, method, path, headers, body).expect("the server answers")
}

/// A web server that gives bodies back, and tells the requests that came.
fn echo() -> (String, Receiver<Vec<u8>>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let origin = format!("http://{}", listener.local_addr().expect("the socket has an address"));
    let (sender, asked) = channel();
    thread::spawn(move || {
        for mut stream in listener.incoming().map_while(Result::ok) {
            let mut request = Vec::new();
            let end = loop {
                let mut buffer = [0; 65_536];
                let length = stream.read(&mut buffer).expect("the request can be read");
                request.extend_from_slice(&buffer[..length]);
                let end = request.windows(4).position(|bytes| bytes == b"\r\n\r\n").map(|end| end + 4);
                if let Some(end) = end.filter(|end| request.len() >= end + content_length(&request[..*end])) {
                    break end;
                }
                assert_ne!(length, 0, "the request broke off");
            };
            let body = &request[end..];
            let head =
                format!("HTTP/1.1 418 Teapot\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len());
            stream.write_all(&[head.as_bytes(), body].concat()).expect("the answer can be sent");
            // A test that does not look at the requests has dropped the receiver.
            let _ = sender.send(request);
        }
    });
    (origin, asked)
}

fn content_length(head: &[u8]) -> usize {
    let head = String::from_utf8_lossy(head).to_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
    length.map_or(0, |length| length.parse().expect("a length is a number"))
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text")).to_owned()
}
