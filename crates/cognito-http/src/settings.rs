//! What can be set.

use std::time::Duration;

use crate::base_url::{BaseUrl, IssuerMode};
use crate::sigv4::AccessKey;

/// The settings of a server. `Settings::new(base)` has the defaults.
#[derive(Clone, Debug)]
pub struct Settings {
    /// What our URLs begin with.
    pub base: BaseUrl,
    /// Where the issuer of tokens comes from.
    pub issuer: IssuerMode,
    /// Hosts that are answered besides loopback names, the base and the addresses listened on: `name`, `*.name` or an
    /// IP address.
    pub hosts: Vec<String>,
    /// Origins (`https://app.example.test`) of web pages that may call IAM operations and `/_awsemu/`.
    pub origins: Vec<String>,
    /// Whose signatures are accepted for IAM operations.
    pub iam: Iam,
    /// The bearer token of `/_awsemu/`. Without one these endpoints are open on loopback and closed elsewhere.
    pub tools_token: Option<String>,
    /// Threads that serve requests.
    pub workers: usize,
    /// When a connection or a request has taken too long.
    pub timeouts: Timeouts,
}

/// Whose signatures are accepted for IAM operations.
#[derive(Clone, Debug, Default)]
pub enum Iam {
    /// Any well-formed SigV4 header; nothing is verified.
    #[default]
    Any,
    /// Signatures made with one of these keys; signature, date and body are verified.
    Verify(Vec<AccessKey>),
}

/// When a connection or a request has taken too long.
#[derive(Clone, Copy, Debug)]
pub struct Timeouts {
    /// For the head of a request, from its first byte on.
    pub head: Duration,
    /// For the whole body.
    pub body: Duration,
    /// Between two requests on a connection.
    pub idle: Duration,
    /// For requests in work when the server is stopped.
    pub drain: Duration,
}

impl Settings {
    /// The defaults: issuer `public`, any signature, a worker for each core up to four.
    pub fn new(base: BaseUrl) -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Self {
            base,
            issuer: IssuerMode::default(),
            hosts: Vec::new(),
            origins: Vec::new(),
            iam: Iam::default(),
            tools_token: None,
            workers: cores.min(4),
            timeouts: Timeouts::default(),
        }
    }
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            head: Duration::from_secs(10),
            body: Duration::from_secs(30),
            idle: Duration::from_secs(75),
            drain: Duration::from_secs(10),
        }
    }
}
