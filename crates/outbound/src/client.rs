//! The client: one request, one answer.

use std::error::Error;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream::{self, BoxStream, StreamExt as _};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::redirect::Policy;
use reqwest::{Method, Url};
use tokio::time::timeout;

use crate::Guard;

/// A request.
#[derive(Clone, Debug)]
pub struct Request {
    /// The method: `GET`, `POST`...
    pub method: String,
    /// The URL.
    pub url: String,
    /// Headers beside those that the body and the connection need. A name may stand here several times.
    pub headers: Vec<(String, Bytes)>,
    /// The body, sent as it is.
    pub body: Bytes,
    /// How long the whole of it may take; of an answer that is read as it comes, the head and each wait for more.
    pub timeout: Duration,
    /// How many bytes the body of the answer may have.
    pub limit: usize,
}

/// An answer, whatever its status is.
#[derive(Clone, Debug)]
pub struct Response<B = Bytes> {
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: Vec<(String, Bytes)>,
    /// The body.
    pub body: B,
}

/// A body that is read as it comes. After a failure it ends.
pub type Stream = BoxStream<'static, Result<Bytes, Failure>>;

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
        let patience = request.timeout;
        let whole = async {
            let Response { status, headers, body: mut chunks } = self.stream(request).await?;
            let mut body = Vec::new();
            while let Some(chunk) = chunks.next().await {
                body.extend_from_slice(&chunk?);
            }
            Ok(Response { status, headers, body: body.into() })
        };
        timeout(patience, whole).await.map_err(|_| Failure::TimedOut)?
    }

    /// Sends a request, and gives the head of the answer with a body that is still to be read.
    ///
    /// # Errors
    /// [`Failure`]
    pub async fn stream(&self, request: Request) -> Result<Response<Stream>, Failure> {
        let Request { method, url, headers, body, timeout: patience, limit } = request;
        let url = self.check(&url)?;
        let method = Method::from_bytes(method.as_bytes()).map_err(|_| Failure::Malformed("the method"))?;
        let mut builder = self.client()?.request(method, url).body(body);
        for (name, value) in headers {
            builder = builder.header(name, value.as_ref());
        }
        let response =
            timeout(patience, builder.send()).await.map_err(|_| Failure::TimedOut)?.map_err(failure)?;
        let is_too_long = |length: u64| usize::try_from(length).map_or(true, |length| length > limit);
        if response.content_length().is_some_and(is_too_long) {
            return Err(Failure::TooLong(limit));
        }
        let headers = response.headers().iter();
        let headers = headers
            .map(|(name, value)| (name.as_str().to_owned(), Bytes::copy_from_slice(value.as_bytes())))
            .collect();
        let status = response.status().as_u16();
        Ok(Response { status, headers, body: chunks(response, patience, limit) })
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

/// The body of an answer: no wait is longer than `patience`, and no more than `limit` bytes come.
fn chunks(response: reqwest::Response, patience: Duration, limit: usize) -> Stream {
    let next = move |(response, read): (Option<reqwest::Response>, usize)| async move {
        let mut response = response?;
        let chunk = match timeout(patience, response.chunk()).await {
            Err(_) => Err(Failure::TimedOut),
            Ok(Err(error)) => Err(failure(error)),
            Ok(Ok(None)) => return None,
            Ok(Ok(Some(chunk))) if read + chunk.len() > limit => Err(Failure::TooLong(limit)),
            Ok(Ok(Some(chunk))) => Ok(chunk),
        };
        let read = read + chunk.as_ref().map_or(0, Bytes::len);
        let rest = chunk.is_ok().then_some(response);
        Some((chunk, (rest, read)))
    };
    stream::unfold((Some(response), 0), next).boxed()
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
            body: Bytes::new(),
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
        Ok((response.status, String::from_utf8(response.body.into()).unwrap()))
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

    /// A server that tells what came, sends its answer piece by piece, and keeps the connection open.
    async fn pieces(answer: &'static [&'static [u8]]) -> (String, tokio::task::JoinHandle<Vec<u8>>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/a%2fb/%7e?x=%20", listener.local_addr().unwrap());
        let seen = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut seen = Vec::new();
            while !seen.ends_with(b"\xff\x00end") {
                let mut buffer = [0; 1024];
                let length = stream.read(&mut buffer).await.unwrap();
                assert_ne!(length, 0, "the request broke off");
                seen.extend_from_slice(&buffer[..length]);
            }
            for piece in answer {
                stream.write_all(piece).await.unwrap();
                stream.flush().await.unwrap();
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            // Until the client hangs up.
            let _ = stream.read(&mut [0; 1]).await;
            seen
        });
        (url, seen)
    }

    fn post(url: &str) -> Request {
        Request {
            method: "PURGE".to_owned(),
            headers: vec![
                ("x-a".to_owned(), Bytes::from_static(b"\xe9")),
                ("x-a".to_owned(), Bytes::from_static(b"2")),
            ],
            body: Bytes::from_static(b"\xff\x00end"),
            ..get(url)
        }
    }

    #[tokio::test]
    async fn what_is_sent_and_what_comes_back_as_it_is() {
        let head = b"HTTP/1.1 299 Odd\r\nx-b: \xe9\r\nx-b: 2\r\ntransfer-encoding: chunked\r\n\r\n";
        let (url, seen) = pieces(Box::leak(Box::new([&head[..], b"2\r\n\xff\x00\r\n", b"0\r\n\r\n"]))).await;
        let client = Client::new(Guard { private: true });
        let mut response = client.stream(post(&url)).await.unwrap();
        assert_eq!(response.status, 299);
        let values: Vec<&[u8]> = response
            .headers
            .iter()
            .filter(|(name, _)| name == "x-b")
            .map(|(_, value)| value.as_ref())
            .collect();
        assert_eq!(values, [&b"\xe9"[..], b"2"]);
        assert_eq!(response.body.next().await, Some(Ok(Bytes::from_static(b"\xff\x00"))));
        assert_eq!(response.body.next().await, None);
        drop((client, response));
        let seen = seen.await.unwrap();
        let head = b"PURGE /a%2fb/%7e?x=%20 HTTP/1.1\r\nx-a: \xe9\r\nx-a: 2\r\n";
        assert_eq!(seen[..head.len()], head[..], "{}", String::from_utf8_lossy(&seen));
    }

    #[tokio::test]
    async fn a_body_that_stalls_breaks_off_or_grows() {
        let start = &b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nhi\r\n"[..];
        let check = async |answer: [&'static [u8]; 2], expected: Failure| {
            let (url, _seen) = pieces(Box::leak(Box::new(answer))).await;
            let request = Request { timeout: Duration::from_millis(200), ..post(&url) };
            let client = Client::new(Guard { private: true });
            let mut response = client.stream(request).await.unwrap();
            assert_eq!(response.body.next().await, Some(Ok(Bytes::from_static(b"hi"))));
            let failure = response.body.next().await.unwrap().unwrap_err();
            match (&failure, &expected) {
                (Failure::Unreachable(_), Failure::Unreachable(_)) => {}
                _ => assert_eq!(failure, expected),
            }
            assert_eq!(response.body.next().await, None);
        };
        check([start, b""], Failure::TimedOut).await;
        check([start, b"f\r\n123456789012345\r\n"], Failure::TooLong(16)).await;
        check([start, b"nonsense\r\n"], Failure::Unreachable(String::new())).await;
    }

    #[tokio::test]
    async fn the_whole_of_an_answer_has_one_time_limit() {
        let drip = Box::leak(Box::new([&b"9\r\n123456789\r\n"[..]; 100]));
        drip[0] = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
        let (url, _seen) = pieces(drip).await;
        let request = Request { timeout: Duration::from_millis(100), limit: 10_000, ..post(&url) };
        let slow = Client::new(Guard { private: true }).send(request).await;
        assert_eq!(slow.map(|response| response.status), Err(Failure::TimedOut));
    }
}
