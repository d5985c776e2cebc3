//! A client: prepared requests, and a kept connection for them.

use std::io::{self, Read, Write as _};
use std::net::{Ipv4Addr, TcpStream};
use std::time::Duration;

use serde_json::Value;

/// How long an answer may take.
pub(super) const PATIENCE: Duration = Duration::from_secs(60);

const AUTHORIZATION: &str = "AWS4-HMAC-SHA256 Credential=test/20261123/us-east-1/cognito-idp/aws4_request, \
                             SignedHeaders=host;x-amz-date, Signature=00";

/// A request, ready to be written.
#[derive(Clone)]
pub struct Request {
    pub(super) bytes: Vec<u8>,
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

/// What has come of an answer.
#[derive(Default)]
pub struct Answer {
    bytes: Vec<u8>,
    /// How many bytes the head has, and the whole, as soon as the head is whole.
    size: Option<(usize, usize)>,
}

impl Answer {
    /// Reads what there is, a piece at most, and says whether the answer is whole. Then it must have the status that the
    /// request wants.
    pub fn read(&mut self, stream: &mut impl Read, request: &Request) -> io::Result<bool> {
        let mut piece = [0; 16 << 10];
        let count = stream.read(&mut piece)?;
        if count == 0 {
            return Err(self.bad("the server closed the connection after"));
        }
        self.bytes.extend_from_slice(&piece[..count]);
        if self.size.is_none() {
            self.size = self.measured()?;
        }
        if self.size.is_none_or(|(_, whole)| self.bytes.len() < whole) {
            return Ok(false);
        }
        let status = format!("HTTP/1.1 {} ", request.status);
        if self.bytes.starts_with(status.as_bytes()) {
            Ok(true)
        } else {
            Err(self.bad("an unexpected answer:"))
        }
    }

    fn measured(&self) -> io::Result<Option<(usize, usize)>> {
        const END: &[u8] = b"\r\n\r\n";
        let Some(end) = self.bytes.windows(END.len()).position(|window| window == END) else {
            return Ok(None);
        };
        let head = String::from_utf8_lossy(&self.bytes[..end]);
        let mut fields = head.lines().filter_map(|line| line.split_once(':'));
        let length = fields.find(|(name, _)| name.eq_ignore_ascii_case("content-length"));
        let length = length.and_then(|(_, value)| value.trim().parse::<usize>().ok());
        let length = length.ok_or_else(|| self.bad("an answer without its length:"))?;
        Ok(Some((end + END.len(), end + END.len() + length)))
    }

    fn bad(&self, what: &str) -> io::Error {
        io::Error::other(format!("{what} {}", String::from_utf8_lossy(&self.bytes)))
    }
}

/// A kept connection, for one request after the other.
pub struct Connection(TcpStream);

impl Connection {
    /// Connects to a port of 127.0.0.1.
    pub fn open(port: u16) -> Result<Self, String> {
        let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).map_err(failed)?;
        stream.set_nodelay(true).map_err(failed)?;
        stream.set_read_timeout(Some(PATIENCE)).map_err(failed)?;
        Ok(Self(stream))
    }

    /// Sends a request and returns the body of the answer, which must have the status that the request wants.
    pub fn send(&mut self, request: &Request) -> Result<Vec<u8>, String> {
        self.exchange(request).map(|(_, body)| body)
    }

    /// As [`Connection::send`], with the head of the answer.
    pub fn exchange(&mut self, request: &Request) -> Result<(String, Vec<u8>), String> {
        self.0.write_all(&request.bytes).map_err(failed)?;
        let mut answer = Answer::default();
        while !answer.read(&mut self.0, request).map_err(failed)? {}
        let (head, _) = answer.size.unwrap_or_default();
        let body = answer.bytes.split_off(head);
        Ok((String::from_utf8_lossy(&answer.bytes).into_owned(), body))
    }
}

pub(super) fn failed(error: io::Error) -> String {
    format!("failed to talk to the server: {error}")
}
