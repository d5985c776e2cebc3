//! Carries requests to the endpoint and answers back.
//!
//! Two ways: hyper on a bare connection for `http://`, reqwest for TLS and proxies. Preparing reqwest loads the system's
//! certificates, for `http://` too, which takes ten times as long as a call (measured: 60 ms).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::time::Duration;

use http_body_util::{BodyExt as _, Full};
use hyper::body::Bytes;
use hyper_util::rt::TokioIo;
use reqwest::{Certificate, Url};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::errors::CliError;
use super::settings::Settings;

/// A request that is ready to be sent.
pub struct Outgoing {
    /// Such as `POST`.
    pub method: String,
    /// The whole URL.
    pub url: Url,
    /// The headers, `host` and `content-length` aside.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: String,
}

/// What came back.
pub struct Incoming {
    /// The HTTP status.
    pub status: u16,
    /// The header `x-amzn-errortype`.
    pub error_type: Option<String>,
    /// The body.
    pub body: String,
}

/// The way to an endpoint.
pub struct Transport {
    connect_timeout: Option<Duration>,
    read_timeout: Option<Duration>,
    way: Way,
}

enum Way {
    /// A connection of our own.
    Plain,
    /// With TLS, or through a proxy.
    Full(reqwest::Client),
}

impl Transport {
    /// Prepares the way. Nothing is sent yet.
    ///
    /// # Errors
    /// `CliError::Configuration` if the CA bundle can't be read.
    pub fn new(settings: &Settings) -> Result<Self, CliError> {
        let direct = loopback(&settings.endpoint).is_some() || !settings.proxied;
        let plain = settings.endpoint.scheme() == "http" && direct;
        Ok(Self {
            connect_timeout: settings.connect_timeout,
            read_timeout: settings.read_timeout,
            way: if plain { Way::Plain } else { Way::Full(full(settings)?) },
        })
    }

    /// Sends the request and reads the whole answer.
    ///
    /// # Errors
    /// `CliError::Other` with the reason why there is no answer.
    pub async fn send(&self, request: Outgoing) -> Result<Incoming, CliError> {
        let url = request.url.clone();
        let outcome = match &self.way {
            Way::Plain => self.send_plainly(request).await,
            Way::Full(client) => send_fully(client, request).await,
        };
        outcome.map_err(|failure| CliError::Other(failure.text(&url)))
    }

    async fn send_plainly(&self, request: Outgoing) -> Result<Incoming, Failure> {
        let stream = self.connect(&request.url).await?;
        let broken = |error: hyper::Error| Failure::Broken(root(&error));
        let (mut sender, connection) =
            hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.map_err(broken)?;
        tokio::spawn(connection);
        let mut built = hyper::Request::builder()
            .method(request.method.as_str())
            .uri(path_and_query(&request.url))
            .header("host", host(&request.url));
        for (name, value) in &request.headers {
            built = built.header(*name, value);
        }
        let built = built
            .body(Full::new(Bytes::from(request.body)))
            .map_err(|error| Failure::Broken(format!("the request can't be sent: {error}")))?;
        let response = within(self.read_timeout, sender.send_request(built))
            .await
            .ok_or(Failure::ReadTimeout)?
            .map_err(broken)?;
        let status = response.status().as_u16();
        let error_type = error_type(response.headers().get("x-amzn-errortype").map(|value| value.as_bytes()));
        let body = within(self.read_timeout, response.into_body().collect())
            .await
            .ok_or(Failure::ReadTimeout)?
            .map_err(broken)?;
        Ok(Incoming { status, error_type, body: text(body.to_bytes().to_vec())? })
    }

    /// Connects to the first of the host's addresses that has a listener.
    async fn connect(&self, url: &Url) -> Result<TcpStream, Failure> {
        let port = url.port_or_known_default().unwrap_or(80);
        let attempt = async {
            match loopback(url) {
                Some(addresses) => {
                    let addresses: Vec<_> =
                        addresses.into_iter().map(|address| (address, port).into()).collect();
                    TcpStream::connect::<&[std::net::SocketAddr]>(&addresses).await
                }
                None => {
                    TcpStream::connect((url.host_str().unwrap_or_default().trim_matches(['[', ']']), port))
                        .await
                }
            }
        };
        let stream = within(self.connect_timeout, attempt).await.ok_or(Failure::ConnectTimeout)?;
        let stream = stream.map_err(|error| Failure::Refused(error.to_string()))?;
        // A request is written at once; waiting to fill a packet only delays it.
        let _ = stream.set_nodelay(true);
        Ok(stream)
    }
}

async fn send_fully(client: &reqwest::Client, request: Outgoing) -> Result<Incoming, Failure> {
    let failed = |error: reqwest::Error| match (error.is_connect(), error.is_timeout()) {
        (true, true) => Failure::ConnectTimeout,
        (true, false) => Failure::Refused(root(&error)),
        (false, true) => Failure::ReadTimeout,
        (false, false) => Failure::Broken(root(&error)),
    };
    let method = reqwest::Method::from_bytes(request.method.as_bytes())
        .map_err(|error| Failure::Broken(format!("the request can't be sent: {error}")))?;
    let built = client.request(method, request.url);
    let built = request.headers.iter().fold(built, |built, (name, value)| built.header(*name, value));
    let response = built.body(request.body).send().await.map_err(failed)?;
    let status = response.status().as_u16();
    let error_type = error_type(response.headers().get("x-amzn-errortype").map(|value| value.as_bytes()));
    let body = response.bytes().await.map_err(failed)?;
    Ok(Incoming { status, error_type, body: text(body.to_vec())? })
}

fn full(settings: &Settings) -> Result<reqwest::Client, CliError> {
    let mut builder = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .tls_danger_accept_invalid_certs(!settings.verify_tls);
    if let Some(timeout) = settings.connect_timeout {
        builder = builder.connect_timeout(timeout);
    }
    if let Some(timeout) = settings.read_timeout {
        builder = builder.read_timeout(timeout);
    }
    if loopback(&settings.endpoint).is_some() {
        builder = builder.no_proxy();
    }
    if let Some(path) = settings.ca_bundle.as_ref().filter(|_| settings.endpoint.scheme() == "https") {
        builder = builder.tls_certs_only(certificates(path)?);
    }
    builder
        .build()
        .map_err(|error| CliError::Other(format!("failed to prepare the HTTP client: {}", root(&error))))
}

fn certificates(path: &str) -> Result<Vec<Certificate>, CliError> {
    let unusable = |reason: String| CliError::Configuration(format!("Invalid CA bundle {path}: {reason}"));
    let pem = std::fs::read(path).map_err(|error| unusable(error.to_string()))?;
    match Certificate::from_pem_bundle(&pem) {
        Ok(certificates) if certificates.is_empty() => Err(unusable("it holds no certificate".to_owned())),
        Ok(certificates) => Ok(certificates),
        Err(error) => Err(unusable(error.to_string())),
    }
}

/// Why there is no answer.
enum Failure {
    ConnectTimeout,
    ReadTimeout,
    Refused(String),
    Broken(String),
}

impl Failure {
    /// The reason in the AWS CLI's words.
    fn text(&self, url: &Url) -> String {
        match self {
            Self::ConnectTimeout => format!("Connect timeout on endpoint URL: \"{url}\""),
            Self::ReadTimeout => format!("Read timeout on endpoint URL: \"{url}\""),
            Self::Refused(reason) => format!(
                "Could not connect to the endpoint URL: \"{url}\" ({reason})\n\
                 Is the server running? Start it with: awsemu serve"
            ),
            Self::Broken(reason) => format!(
                "Connection was closed before we received a valid response from endpoint URL: \"{url}\" ({reason})"
            ),
        }
    }
}

async fn within<T>(limit: Option<Duration>, future: impl Future<Output = T>) -> Option<T> {
    match limit {
        Some(limit) => timeout(limit, future).await.ok(),
        None => Some(future.await),
    }
}

fn text(body: Vec<u8>) -> Result<String, Failure> {
    String::from_utf8(body).map_err(|_| Failure::Broken("the answer isn't UTF-8".to_owned()))
}

fn error_type(header: Option<&[u8]>) -> Option<String> {
    String::from_utf8(header?.to_vec()).ok()
}

/// The innermost reason, such as "Connection refused (os error 111)".
fn root(error: &dyn std::error::Error) -> String {
    error.source().map_or_else(|| error.to_string(), root)
}

/// The `Host` header that belongs to the URL; default ports are left out.
pub fn host(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

fn path_and_query(url: &Url) -> String {
    url.query().map_or_else(|| url.path().to_owned(), |query| format!("{}?{query}", url.path()))
}

/// The addresses of a host that is this machine by its name or address; `None` for every other host.
///
/// `localhost` and the names below it need no resolver (RFC 6761, section 6.3).
fn loopback(url: &Url) -> Option<Vec<IpAddr>> {
    let host = url.host_str()?.trim_matches(['[', ']']).trim_end_matches('.');
    if host == "localhost" || host.ends_with(".localhost") {
        return Some(vec![Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()]);
    }
    host.parse::<IpAddr>().ok().filter(IpAddr::is_loopback).map(|address| vec![address])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn local_hosts() {
        for (url, expected) in [
            ("http://localhost:1", true),
            ("http://a.localhost", true),
            ("http://127.0.0.9", true),
            ("http://[::1]:1", true),
            ("http://localhost.example.com", false),
            ("http://10.0.0.1", false),
        ] {
            assert_eq!(loopback(&Url::parse(url).unwrap()).is_some(), expected, "{url}");
        }
    }

    #[test]
    fn hosts() {
        for (url, expected) in [
            ("http://localhost:4566/x", "localhost:4566"),
            ("http://localhost:80", "localhost"),
            ("http://[::1]:1", "[::1]:1"),
        ] {
            assert_eq!(host(&Url::parse(url).unwrap()), expected);
        }
    }

    #[test]
    fn targets() {
        assert_eq!(path_and_query(&Url::parse("http://x/a/b?c=d").unwrap()), "/a/b?c=d");
        assert_eq!(path_and_query(&Url::parse("http://x").unwrap()), "/");
    }
}
