//! The client: one request, one answer.

use std::error::Error;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::redirect::Policy;
use reqwest::{Method, Url};

use crate::Guard;

/// A request.
#[derive(Clone, Debug)]
pub struct Request {
    /// The method: `GET`, `POST`...
    pub method: String,
    /// The URL.
    pub url: String,
    /// Headers beside those that the body and the connection need.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
    /// How long the whole of it may take.
    pub timeout: Duration,
    /// How many bytes the body of the answer may have.
    pub limit: usize,
}

/// An answer, whatever its status is.
#[derive(Clone, Debug)]
pub struct Response {
    /// The status.
    pub status: u16,
    /// The headers; values that are no text are left out.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

/// Why there is no answer. For the log: clients are told none of it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// The request cannot be sent at all.
    #[error("failed to make a request: {0}")]
    Malformed(&'static str),
    /// The address is one that nobody may be sent to.
    #[error("failed to connect: the address is not allowed")]
    Forbidden,
    /// The other side cannot be reached.
    #[error("failed to get an answer: {0}")]
    Unreachable(String),
    /// It took too long.
    #[error("failed to get an answer in time")]
    TimedOut,
    /// The answer has too many bytes.
    #[error("failed to read an answer of more than {0} bytes")]
    TooLong(usize),
}

/// A guarded client. A clone shares the connections.
#[derive(Clone)]
pub struct Client(Arc<Inner>);

struct Inner {
    guard: Guard,
    /// Made when it is needed: OpenSSL reads the system's certificates for it, which takes 50 ms.
    client: OnceLock<reqwest::Client>,
}

impl Client {
    /// A client behind a guard.
    pub fn new(guard: Guard) -> Self {
        Self(Arc::new(Inner { guard, client: OnceLock::new() }))
    }

    /// Sends a request, and reads the answer.
    ///
    /// # Errors
    /// [`Failure`]
    pub async fn send(&self, request: Request) -> Result<Response, Failure> {
        let Request { method, url, headers, body, timeout, limit } = request;
        let url = self.check(&url)?;
        let method = Method::from_bytes(method.as_bytes()).map_err(|_| Failure::Malformed("the method"))?;
        let mut builder = self.client()?.request(method, url).timeout(timeout).body(body);
        for (name, value) in headers {
            builder = builder.header(name, value);
        }
        let mut response = builder.send().await.map_err(failure)?;
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(failure)? {
            if body.len() + chunk.len() > limit {
                return Err(Failure::TooLong(limit));
            }
            body.extend_from_slice(&chunk);
        }
        let text = |(name, value): (&reqwest::header::HeaderName, &reqwest::header::HeaderValue)| {
            Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned()))
        };
        let headers = response.headers().iter().filter_map(text).collect();
        Ok(Response { status: response.status().as_u16(), headers, body })
    }

    /// A URL of the web. Addresses that are written out are never resolved, so they are checked here.
    fn check(&self, url: &str) -> Result<Url, Failure> {
        let url = Url::parse(url).map_err(|_| Failure::Malformed("the URL"))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(Failure::Malformed("the scheme of the URL"));
        }
        let host = url.host_str().ok_or(Failure::Malformed("the host of the URL"))?;
        match host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>() {
            Ok(address) if !self.0.guard.allows(address) => Err(Failure::Forbidden),
            _ => Ok(url),
        }
    }

    fn client(&self) -> Result<&reqwest::Client, Failure> {
        if let Some(client) = self.0.client.get() {
            return Ok(client);
        }
        let resolver = Arc::new(Guarded(self.0.guard));
        let builder = reqwest::Client::builder().redirect(Policy::none()).no_proxy().dns_resolver(resolver);
        let client = builder.build().map_err(failure)?;
        Ok(self.0.client.get_or_init(|| client))
    }
}

/// Resolves names, and forgets the addresses that may not be called. The connection goes to what was looked at here: a
/// name that changes its mind in between changes nothing.
struct Guarded(Guard);

#[derive(Debug, thiserror::Error)]
#[error("the name has no address that is allowed")]
struct NoAddress;

impl Resolve for Guarded {
    fn resolve(&self, name: Name) -> Resolving {
        let guard = self.0;
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let allowed: Vec<SocketAddr> = found.filter(|address| guard.allows(address.ip())).collect();
            match allowed.is_empty() {
                true => Err(Box::new(NoAddress) as Box<dyn Error + Send + Sync>),
                false => Ok(Box::new(allowed.into_iter()) as Addrs),
            }
        })
    }
}

/// The causes of a failure, without the URL, which may hold a secret.
fn failure(error: reqwest::Error) -> Failure {
    if error.is_timeout() {
        return Failure::TimedOut;
    }
    let error = error.without_url();
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        if error.is::<NoAddress>() {
            return Failure::Forbidden;
        }
        text = format!("{text}: {error}");
        cause = error.source();
    }
    Failure::Unreachable(text)
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    use super::*;

    fn get(url: &str) -> Request {
        Request {
            method: "GET".to_owned(),
            url: url.to_owned(),
            headers: Vec::new(),
            body: Vec::new(),
            timeout: Duration::from_secs(5),
            limit: 16,
        }
    }

    /// A server that gives each connection this answer.
    async fn server(answer: &'static str) -> u16 {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut buffer = [0; 1024];
                let _ = stream.read(&mut buffer).await;
                let _ = stream.write_all(answer.as_bytes()).await;
            }
        });
        port
    }

    async fn send(private: bool, url: &str) -> Result<(u16, String), Failure> {
        let response = Client::new(Guard { private }).send(get(url)).await?;
        Ok((response.status, String::from_utf8(response.body).unwrap()))
    }

    #[tokio::test]
    async fn answers_and_refusals() {
        let port = server("HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nhi").await;
        for host in ["127.0.0.1", "localhost"] {
            let url = format!("http://{host}:{port}/");
            assert_eq!(send(true, &url).await, Ok((200, "hi".to_owned())), "{host}");
            assert_eq!(send(false, &url).await, Err(Failure::Forbidden), "{host}");
        }
        // Other ways to write the same address.
        for host in ["2130706433", "0x7f.1", "[::ffff:127.0.0.1]"] {
            assert_eq!(
                send(false, &format!("http://{host}:{port}/")).await,
                Err(Failure::Forbidden),
                "{host}"
            );
        }
        assert_eq!(send(true, "http://169.254.169.254/latest").await, Err(Failure::Forbidden));
        assert_eq!(send(true, "file:///etc/passwd").await, Err(Failure::Malformed("the scheme of the URL")));
        assert_eq!(send(true, "nothing").await, Err(Failure::Malformed("the URL")));
    }

    #[tokio::test]
    async fn redirects_are_answers() {
        let port = server(
            "HTTP/1.1 302 Found\r\nlocation: http://169.254.169.254/\r\ncontent-length: 0\r\nconnection: close\r\n\r\n",
        )
        .await;
        assert_eq!(send(true, &format!("http://127.0.0.1:{port}/")).await, Ok((302, String::new())));
    }

    #[tokio::test]
    async fn long_answers_and_dead_ports() {
        let port =
            server("HTTP/1.1 200 OK\r\ncontent-length: 17\r\nconnection: close\r\n\r\n12345678901234567")
                .await;
        let long = send(true, &format!("http://127.0.0.1:{port}/")).await;
        assert_eq!(long, Err(Failure::TooLong(16)));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        drop(listener);
        let dead = send(true, &format!("http://127.0.0.1:{port}/")).await;
        assert!(matches!(dead, Err(Failure::Unreachable(_))), "{dead:?}");
    }

    #[tokio::test]
    async fn slow_answers() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://127.0.0.1:{}/", listener.local_addr().unwrap().port());
        let request = Request { timeout: Duration::from_millis(50), ..get(&url) };
        let slow = Client::new(Guard { private: true }).send(request).await;
        assert_eq!(slow.map(|response| response.status), Err(Failure::TimedOut));
    }
}
