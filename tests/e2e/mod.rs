//! One file for each area, beside the harness: the server process, a bare HTTP client, the Python and Node clients.

pub mod clients;
pub mod clock;
pub mod concurrency;
pub mod database;
pub mod http;
pub mod http_apis;
pub mod imports;
pub mod lifecycle;
pub mod node;
pub mod passkeys;
pub mod python;
pub mod replicas;
pub mod rust_sdk;
pub mod server;
pub mod smtp;
pub mod triggers;
pub mod walkthrough;

/// What the environment says about how to run the tests.
#[expect(clippy::disallowed_methods, reason = "a test has no configuration but the environment")]
pub fn setting(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}
