//! `Ctx`: what an operation works with.

use cognito_core::{Time, ids};
use cognito_ops::{ApiError, App, Reply, Scope, Site};
use cognito_store::{StoreError, Txn};

/// One call's view of the service.
pub(super) struct Ctx<'a> {
    pub(super) app: &'a App,
    /// Account and region of the caller.
    pub(super) scope: Scope,
    pub(super) site: Site,
    /// The moment of the call.
    pub(super) now: Time,
}

impl Ctx<'_> {
    /// A transaction that is only read.
    pub(super) fn read(&self) -> Txn {
        self.app.store().read(self.now)
    }

    /// The only way to write. Who loses a race for a unique name looks again, and finds the winner.
    pub(super) async fn write<T, F>(&self, f: F) -> Reply<T>
    where
        F: AsyncFn(&mut Txn) -> Reply<T>,
    {
        match self.app.store().write(self.now, &f).await {
            Err(error) if lost_a_name(&error) => self.app.store().write(self.now, f).await,
            answer => answer,
        }
    }

    /// A new id of something that belongs to an API.
    pub(super) fn id(&self) -> String {
        ids::gateway_id(&self.app.words::<7>())
    }

    /// Where an API is invoked: as on AWS where its host leads to this machine, else below the base URL.
    pub(super) fn endpoint(&self, api_id: &str) -> String {
        let base = &*self.site.base;
        let (scheme, rest) = base.split_once("://").unwrap_or(("http", base));
        let authority = rest.split('/').next().unwrap_or_default();
        let (host, port) = split_port(authority);
        if is_loopback(host) {
            format!("{scheme}://{api_id}.execute-api.{}.localhost{port}", self.scope.region)
        } else {
            format!("{base}/_aws/execute-api/{api_id}")
        }
    }
}

/// `localhost:4566` as `localhost` and `:4566`.
pub(super) fn split_port(authority: &str) -> (&str, &str) {
    let end = authority.rfind(']').map_or(0, |bracket| bracket + 1);
    match authority[end..].find(':') {
        Some(colon) => authority.split_at(end + colon),
        None => (authority, ""),
    }
}

/// Whether a host leads to this machine, whoever is asked for it.
pub(super) fn is_loopback(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<std::net::IpAddr>();
    host == "localhost" || host.ends_with(".localhost") || address.is_ok_and(|address| address.is_loopback())
}

/// Whether the commit found a unique name taken that the closure found free.
fn lost_a_name(error: &ApiError) -> bool {
    let cause = std::error::Error::source(error).and_then(|cause| cause.downcast_ref::<StoreError>());
    matches!(cause, Some(StoreError::Taken { .. }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts() {
        let check = |authority: &str, host: &str, port: &str, loopback: bool| {
            assert_eq!(split_port(authority), (host, port));
            assert_eq!(is_loopback(host), loopback, "{host}");
        };
        check("localhost:4566", "localhost", ":4566", true);
        check("[::1]:80", "[::1]", ":80", true);
        check("127.0.0.1", "127.0.0.1", "", true);
        check("a.localhost:1", "a.localhost", ":1", true);
        check("localhost.example.com", "localhost.example.com", "", false);
        check("10.0.0.1:1", "10.0.0.1", ":1", false);
    }
}
