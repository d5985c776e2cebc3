//! The protocol over real sockets, with a fake service behind it.

mod connections;
mod execute_api;
mod gateway;
mod limits;
mod oauth;
mod operations;
mod origins;
mod tools;
mod uploads;

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use actix_web::web;
use apigateway::invoke::{self, Body, Refusal};
use apigateway::manage;
use cognito_ops::page::LoginPages;
use cognito_ops::{
    Answer as OpsAnswer, ApiError, Call, CalledDomain, Content, Cookie, Endpoint, IssuerForm, LookFile,
    MessageQuery, Site, TriggerQuery, UploadPath, Visit,
};

use crate::backend::Backend;
use crate::server::{Stop, run};
use crate::{BaseUrl, Settings};

/// Answers operations with what it was asked; `AdminGetUser` panics, `SignUp` fails, `InitiateAuth` has no output.
#[derive(Clone)]
struct Fake;

impl Backend for Fake {
    async fn manage(&self, call: manage::Call<'_>) -> Result<manage::Answer, ApiError> {
        let scope = call.caller.scope.map(|scope| format!("{} {}", scope.account, scope.region));
        let members = serde_json::Value::Object(call.path);
        let asked = serde_json::json!({
            "operation": call.operation.name,
            "scope": scope,
            "path": members,
            "query": call.query,
            "body": String::from_utf8_lossy(call.body),
        });
        Ok(manage::Answer { status: 201, body: asked.to_string().into_bytes() })
    }

    async fn call(&self, call: Call<'_>) -> Result<Vec<u8>, ApiError> {
        match call.operation {
            "AdminGetUser" => panic!("a bug"),
            "SignUp" => Err(ApiError::serialization("for a test\r\nGröße")),
            "InitiateAuth" => Ok(Vec::new()),
            _ => {
                let caller = call.caller;
                let scope = caller.scope.map(|scope| format!("{} {}", scope.account, scope.region));
                let asked = serde_json::json!({
                    "operation": call.operation,
                    "scope": scope,
                    "base": *caller.site.base,
                    "source": caller.source_ip,
                    "agent": caller.user_agent,
                    "region": caller.region,
                    "length": call.body.len(),
                });
                Ok(asked.to_string().into_bytes())
            }
        }
    }

    /// Says what it was asked.
    async fn invoke(&self, call: invoke::Call, unread: Option<Refusal>) -> invoke::Answer {
        let header = |name| call.header(name).map(|value| format!("{value:?}")).collect::<Vec<_>>();
        let asked = serde_json::json!({
            "api": call.api_id,
            "region": call.region,
            "method": call.method,
            "path": call.raw_path,
            "query": call.query,
            "x": header("x-test"),
            "length": call.body.len(),
            "host": call.host,
            "base": *call.site.base,
            "unread": unread.map(|refusal| refusal.status),
        });
        let chunks = [Ok(web::Bytes::from("one ")), Ok(web::Bytes::from("two"))];
        let body = match &*call.raw_path {
            "/panic" => panic!("a bug"),
            "/head" => Body::Whole(web::Bytes::new()),
            "/stream" | "/length" => Body::Stream(Box::pin(futures_util::stream::iter(chunks))),
            _ => Body::Whole(asked.to_string().into()),
        };
        let headers = [("x-bytes", &b"\xff"[..]), ("bad name", b"x"), ("x-two", b"1"), ("x-two", b"2")];
        let header = |(name, value): (&str, &'static [u8])| (name.to_owned(), web::Bytes::from_static(value));
        let mut headers = headers.map(header).to_vec();
        if matches!(&*call.raw_path, "/length" | "/head") {
            headers.push(header(("content-length", b"7")));
        }
        invoke::Answer { status: 200, headers, body }
    }

    /// Says what it was asked.
    async fn verdict(&self, site: &Site, question: &[u8]) -> Result<String, ApiError> {
        Ok(format!("{} {}", site.base, question.len()))
    }

    async fn jwks(&self, pool_id: &str) -> Result<Option<Arc<str>>, ApiError> {
        Ok((pool_id == "us-east-1_known").then(|| r#"{"keys":[]}"#.into()))
    }

    async fn discovery(&self, site: &Site, pool_id: &str) -> Result<Option<String>, ApiError> {
        let form = if site.issuer == IssuerForm::Aws { "aws" } else { "base" };
        let document = serde_json::json!({
            "issuer": format!("{} {form}", site.base), "token_endpoint": site.endpoint("/oauth2/token"),
        });
        Ok(["us-east-1_known", "us-east-1_other"].contains(&pool_id).then(|| document.to_string()))
    }

    async fn look_file(&self, client_id: &str, name: &str) -> Result<Option<LookFile>, ApiError> {
        let bytes = format!("{client_id} {name}").into_bytes();
        Ok((client_id == "app+1").then_some(LookFile { media_type: "image/svg+xml", bytes }))
    }

    /// Takes the one link, and nothing larger than two megabytes.
    async fn upload(
        &self,
        path: UploadPath<'_>,
        mut next: impl AsyncFnMut() -> Result<Option<web::Bytes>, ApiError>,
    ) -> Result<(), ApiError> {
        if UploadPath::of(uploads::LOST) == Some(path) {
            return uploads::lose(next).await;
        }
        if UploadPath::of(uploads::PATH) != Some(path) {
            return Err(ApiError::upload_denied());
        }
        let mut length = 0;
        while let Some(piece) = next().await? {
            length += piece.len();
            if length > 2 << 20 {
                return Err(ApiError::too_large());
            }
        }
        Ok(())
    }

    /// No message ever comes, however long one waits.
    async fn messages(&self, query: &MessageQuery, wait: Duration) -> Result<String, ApiError> {
        if !wait.is_zero() {
            std::future::pending::<()>().await;
        }
        Ok(format!("[{:?}]", query.username))
    }

    async fn trigger_calls(&self, query: &TriggerQuery, _wait: Duration) -> Result<String, ApiError> {
        Ok(format!("[{:?}]", query.source))
    }

    async fn clock(&self) -> Result<String, ApiError> {
        Ok("{}".to_owned())
    }

    /// Says what it was told.
    async fn change_clock(&self, change: &[u8]) -> Result<String, ApiError> {
        match change {
            b"bad" => Err(ApiError::bad_tool_request("bad")),
            _ => Ok(String::from_utf8_lossy(change).into_owned()),
        }
    }

    async fn domain(&self, name: &str) -> Result<Option<CalledDomain>, ApiError> {
        let domain = || CalledDomain { pool_id: "us-east-1_known".to_owned(), pages: LoginPages::Managed };
        Ok((name == "auth.example.test").then(domain))
    }

    /// Says what it was asked, and sets a cookie.
    async fn visit(&self, endpoint: Endpoint, visit: Visit) -> Result<OpsAnswer, ApiError> {
        let body = serde_json::json!({
            "endpoint": endpoint.path(),
            "pool": visit.domain.map(|domain| domain.pool_id),
            "query": visit.query.encode(),
            "body": format!("{:?}", visit.body),
            "cookies": visit.cookies,
            "accepts": [visit.accept, visit.languages],
            "site": visit.caller.site.endpoint(""),
        });
        let content = match endpoint {
            Endpoint::Authorize => Content::Ours("login?a=%0D%0A".to_owned()),
            Endpoint::Error => Content::Page { status: 400, page: Box::new(cognito_ops::Page::error()) },
            _ => Content::Json { status: 200, body },
        };
        let cookie = |name: &str, value: Option<&str>| Cookie {
            name: name.to_owned(),
            value: value.map(str::to_owned),
        };
        Ok(OpsAnswer { content, cookies: vec![cookie("cognito-x", Some("v")), cookie("gone-x", None)] })
    }

    async fn ready(&self) -> Result<(), ApiError> {
        Ok(())
    }
}

/// A server of its own for each test; dropping it stops it.
struct Server {
    address: SocketAddr,
    stop: Option<Stop>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Server {
    fn start() -> Self {
        Self::with(|_| {})
    }

    fn with(change: impl FnOnce(&mut Settings)) -> Self {
        Self::listening("127.0.0.1:0", change)
    }

    fn listening(address: &str, change: impl FnOnce(&mut Settings)) -> Self {
        let listener = TcpListener::bind(address).unwrap();
        let address = listener.local_addr().unwrap();
        let mut settings = Settings::new(BaseUrl::configured(None, None, address.port()).unwrap());
        settings.workers = 1;
        change(&mut settings);
        let (sender, receiver) = std::sync::mpsc::channel();
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            let serving = run(Fake, settings, vec![listener], |stop| sender.send(stop).unwrap());
            runtime.block_on(serving).unwrap();
        });
        Self { address, stop: Some(receiver.recv().unwrap()), thread: Some(thread) }
    }

    /// Sends bytes as they are and reads until the server closes.
    fn raw(&self, request: &[u8]) -> Answer {
        let mut stream = self.connect();
        stream.write_all(request).unwrap();
        Answer::read(&mut stream)
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(("127.0.0.1", self.address.port())).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        stream
    }

    /// Sends a request with a `Host` unless the headers have one.
    fn request(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        let mut text = format!("{method} {path} HTTP/1.1\r\nConnection: close\r\n");
        if !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("host")) {
            text += &format!("Host: localhost:{}\r\n", self.address.port());
        }
        if method == "POST" || method == "PUT" {
            text += &format!("Content-Length: {}\r\n", body.len());
        }
        for (name, value) in headers {
            text += &format!("{name}: {value}\r\n");
        }
        self.raw(&[text.as_bytes(), b"\r\n", body].concat())
    }

    fn get(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        self.request("GET", path, headers, b"")
    }

    /// Calls an operation with `{}`, signed, with these headers besides.
    fn call(&self, operation: &str, headers: &[(&str, &str)]) -> Answer {
        let target = target(operation);
        let mut all = vec![TYPE, SIGNED, ("X-Amz-Target", &target)];
        all.extend(headers);
        self.request("POST", "/", &all, b"{}")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        if let Some(stop) = self.stop.take() {
            runtime.block_on(stop.stop());
        }
        if let Some(thread) = self.thread.take() {
            thread.join().unwrap();
        }
    }
}

const TYPE: (&str, &str) = ("Content-Type", "application/x-amz-json-1.1");
const SIGNED: (&str, &str) = (
    "Authorization",
    "AWS4-HMAC-SHA256 Credential=123456789012/20261123/eu-west-1/cognito-idp/aws4_request, SignedHeaders=host, Signature=a",
);

fn target(operation: &str) -> String {
    format!("AWSCognitoIdentityProviderService.{operation}")
}

#[derive(Debug)]
struct Answer {
    status: u16,
    head: String,
    body: String,
}

impl Answer {
    /// Reads until the answer is complete (by its length) or the server closes.
    fn read(stream: &mut TcpStream) -> Self {
        let mut bytes = Vec::new();
        let mut chunk = [0; 4096];
        loop {
            let answer = Self::parse(&String::from_utf8_lossy(&bytes));
            let length = answer.header("content-length").and_then(|length| length.parse::<usize>().ok());
            if answer.status != 0 && length.is_some_and(|length| answer.body.len() == length) {
                return answer;
            }
            match stream.read(&mut chunk) {
                Ok(read) if read > 0 => bytes.extend_from_slice(&chunk[..read]),
                // A reset after the answer is the server's right when it refuses a body.
                _ => return answer,
            }
        }
    }

    fn parse(text: &str) -> Self {
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or((text, ""));
        let status = head.get(9..12).and_then(|status| status.parse().ok()).unwrap_or(0);
        Self { status, head: head.to_owned(), body: body.to_owned() }
    }

    fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().skip(1).find_map(|line| {
            let (found, value) = line.split_once(':')?;
            found.eq_ignore_ascii_case(name).then_some(value.trim())
        })
    }

    fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error} in {self:?}"))
    }

    /// Status and the name of the error.
    fn error(&self) -> (u16, String) {
        let name = self.json()["__type"].as_str().unwrap_or_default().to_owned();
        assert_eq!(self.header("x-amzn-errortype"), Some(format!("{name}:").as_str()));
        (self.status, name)
    }
}
