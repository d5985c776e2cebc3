//! A load generator: threads with one kept connection each, which send prepared requests in turn.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

const AUTHORIZATION: &str = "AWS4-HMAC-SHA256 Credential=test/20261123/us-east-1/cognito-idp/aws4_request, \
                             SignedHeaders=host;x-amz-date, Signature=00";

/// A request, ready to be written.
#[derive(Clone)]
pub struct Request {
    bytes: Vec<u8>,
    /// The status that its answer must have.
    status: &'static str,
}

impl Request {
    /// A call of an operation with dummy credentials.
    pub fn operation(name: &str, input: &Value) -> Self {
        let body = input.to_string();
        let request = format!(
            "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-amz-json-1.1\r\n\
             X-Amz-Target: AWSCognitoIdentityProviderService.{name}\r\nAuthorization: {AUTHORIZATION}\r\n\
             Content-Length: {}\r\n\r\n{body}",
            body.len()
        );
        Self { bytes: request.into_bytes(), status: "200" }
    }

    /// A plain GET.
    pub fn get(path: &str) -> Self {
        let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n");
        Self { bytes: request.into_bytes(), status: "200" }
    }

    /// The creation of something of HTTP APIs.
    pub fn management(path: &str, input: &Value) -> Self {
        let body = input.to_string();
        let request = format!(
            "POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\
             Authorization: {}\r\nContent-Length: {}\r\n\r\n{body}",
            AUTHORIZATION.replace("cognito-idp", "apigateway"),
            body.len()
        );
        Self { bytes: request.into_bytes(), status: "201" }
    }

    /// A GET with a token.
    pub fn get_with_token(path: &str, token: &str) -> Self {
        let request =
            format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n\r\n");
        Self { bytes: request.into_bytes(), status: "200" }
    }

    /// A form, with the cookies of a browser, which is answered with this status.
    pub fn form(path: &str, cookies: &str, form: &str, status: &'static str) -> Self {
        let request = format!(
            "POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n\
             Cookie: {cookies}\r\nContent-Length: {}\r\n\r\n{form}",
            form.len()
        );
        Self { bytes: request.into_bytes(), status }
    }

    /// The same request, which is to be refused.
    pub fn refused(self) -> Self {
        Self { status: "400", ..self }
    }
}

/// A kept connection.
pub struct Connection(BufReader<TcpStream>);

impl Connection {
    /// Connects to a port of 127.0.0.1.
    pub fn open(port: u16) -> Result<Self, String> {
        let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).map_err(failed)?;
        stream.set_nodelay(true).map_err(failed)?;
        stream.set_read_timeout(Some(Duration::from_secs(60))).map_err(failed)?;
        Ok(Self(BufReader::new(stream)))
    }

    /// Sends a request and returns the body of the answer, which must have the status that the request wants.
    pub fn send(&mut self, request: &Request) -> Result<Vec<u8>, String> {
        self.exchange(request).map(|(_, body)| body)
    }

    /// As [`Connection::send`], with the head of the answer.
    pub fn exchange(&mut self, request: &Request) -> Result<(String, Vec<u8>), String> {
        self.0.get_mut().write_all(&request.bytes).map_err(failed)?;
        let mut line = String::new();
        self.0.read_line(&mut line).map_err(failed)?;
        let good = line.starts_with(&format!("HTTP/1.1 {} ", request.status));
        let mut length = None;
        let mut head = line.clone();
        while line != "\r\n" {
            line.clear();
            if self.0.read_line(&mut line).map_err(failed)? == 0 {
                return Err(format!("the server closed the connection after {head:?}"));
            }
            if let Some((name, value)) = line.split_once(':')
                && name.eq_ignore_ascii_case("content-length")
            {
                length = value.trim().parse().ok();
            }
            head += &line;
        }
        let mut body = vec![0; length.ok_or("the answer has no content-length")?];
        self.0.read_exact(&mut body).map_err(failed)?;
        if good { Ok((head, body)) } else { Err(format!("{head}{}", String::from_utf8_lossy(&body))) }
    }
}

/// Sends `count` requests in turn over `connections` connections.
pub fn load(port: u16, connections: usize, requests: &[Request], count: usize) -> Result<(), String> {
    drive(port, connections, requests, |sent| sent < count).map(drop)
}

/// Sends requests in turn for a time; returns how many were answered.
pub fn load_for(
    port: u16,
    connections: usize,
    requests: &[Request],
    time: Duration,
) -> Result<usize, String> {
    let end = Instant::now() + time;
    drive(port, connections, requests, |_| Instant::now() < end)
}

/// `more` is asked with the number of requests that were sent before.
fn drive(
    port: u16,
    connections: usize,
    requests: &[Request],
    more: impl Fn(usize) -> bool + Sync,
) -> Result<usize, String> {
    let next = AtomicUsize::new(0);
    let work = || {
        let mut connection = Connection::open(port)?;
        let mut done = 0;
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if !more(number) {
                return Ok::<usize, String>(done);
            }
            connection.send(&requests[number % requests.len()])?;
            done += 1;
        }
    };
    thread::scope(|scope| {
        let threads: Vec<_> = (0..connections).map(|_| scope.spawn(work)).collect();
        let ended =
            threads.into_iter().map(|thread| thread.join().map_err(|_| "a client panicked".to_owned())?);
        ended.sum()
    })
}

fn failed(error: std::io::Error) -> String {
    format!("failed to talk to the server: {error}")
}
