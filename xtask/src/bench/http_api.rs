//! An HTTP API in front of a loopback echo: what an authorizer costs.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::thread;

use serde_json::{Value, json};

use super::client::{Connection, Request};

/// The calls of a route that wants a token, and of one that wants none.
pub struct Calls {
    pub authorized: Vec<Request>,
    pub open: Vec<Request>,
}

/// Makes an API with two routes to the same echo, for tokens of a pool.
pub fn calls(port: u16, pool: &str, client: &str, tokens: &[&str]) -> Result<Calls, String> {
    let mut connection = Connection::open(port)?;
    let mut made = |path: &str, input: Value| {
        let body = connection.send(&Request::management(&format!("/v2/apis{path}"), &input))?;
        serde_json::from_slice::<Value>(&body).map_err(|error| format!("{path} answers no JSON: {error}"))
    };
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let id = text(&made("", json!({"name": "bench", "protocolType": "HTTP"}))?["apiId"]);
    let jwt = json!({"issuer": format!("http://localhost:{port}/{pool}"), "audience": [client]});
    let authorizer = json!({"name": "pool", "authorizerType": "JWT", "jwtConfiguration": jwt,
        "identitySource": ["$request.header.Authorization"]});
    let authorizer = made(&format!("/{id}/authorizers"), authorizer)?["authorizerId"].clone();
    let integration = json!({"integrationType": "HTTP_PROXY", "integrationMethod": "ANY",
        "payloadFormatVersion": "1.0", "integrationUri": format!("{}/{{id}}", echo()?)});
    let integration = text(&made(&format!("/{id}/integrations"), integration)?["integrationId"]);
    let target = format!("integrations/{integration}");
    let authorized = json!({"routeKey": "GET /authorized/{id}", "target": target, "authorizationType": "JWT",
        "authorizerId": authorizer});
    made(&format!("/{id}/routes"), authorized)?;
    made(&format!("/{id}/routes"), json!({"routeKey": "GET /open/{id}", "target": target}))?;
    made(&format!("/{id}/stages"), json!({"stageName": "$default", "autoDeploy": true}))?;
    // Both send a token, so that only the authorizer tells them apart.
    let requests = |route: &str| {
        let path = format!("/_aws/execute-api/{id}/{route}/7");
        tokens.iter().map(|token| Request::get_with_token(&path, token)).collect()
    };
    Ok(Calls { authorized: requests("authorized"), open: requests("open") })
}

/// A web server that answers each request with a short text, on connections that are kept.
fn echo() -> Result<String, String> {
    let failed = |error: std::io::Error| format!("failed to start the echo: {error}");
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(failed)?;
    let port = listener.local_addr().map_err(failed)?.port();
    thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            // A connection ends when the server closes it.
            thread::spawn(move || serve(stream));
        }
    });
    Ok(format!("http://127.0.0.1:{port}"))
}

fn serve(stream: TcpStream) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut reader = BufReader::new(stream);
    loop {
        let mut length = 0;
        let mut line = String::new();
        while line != "\r\n" {
            line.clear();
            if reader.read_line(&mut line)? == 0 {
                return Ok(());
            }
            if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().unwrap_or(0);
            }
        }
        std::io::copy(&mut reader.by_ref().take(length), &mut std::io::sink())?;
        reader.get_mut().write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi")?;
    }
}
