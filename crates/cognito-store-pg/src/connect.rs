//! Connections: the URL, the pool, and what may go wrong at the start.

use std::error::Error;
use std::str::FromStr;
use std::time::Duration;

use deadpool_postgres::{Manager, ManagerConfig, Pool, PoolError, RecyclingMethod, Runtime};
use thiserror::Error;
use tokio_postgres::config::SslMode;
use tokio_postgres::{Config, NoTls};

/// The most connections of one process.
const CONNECTIONS: usize = 16;
/// How long to wait for a connection, to be made or to be free.
const PATIENCE: Duration = Duration::from_secs(10);

/// Why a store could not be opened. No message contains the URL, which may hold a password.
#[derive(Debug, Error)]
pub enum ConnectError {
    /// The URL is none of PostgreSQL's.
    #[error("the URL of the PostgreSQL store is not valid")]
    Url(#[source] tokio_postgres::Error),
    /// The URL demands TLS.
    #[error("sslmode=require is not supported: use sslmode=disable or prefer on a trusted network")]
    Tls,
    /// The store was written by a newer awsemu.
    #[error(
        "the PostgreSQL store was written by a newer awsemu (its schema is number {found}, this awsemu knows {known})"
    )]
    Newer {
        /// The number of its schema.
        found: usize,
        /// The greatest number that this build knows.
        known: usize,
    },
    /// The server cannot be reached, or refuses.
    #[error("failed to open the PostgreSQL store")]
    Failed(#[source] Box<dyn Error + Send + Sync>),
}

impl From<tokio_postgres::Error> for ConnectError {
    fn from(error: tokio_postgres::Error) -> Self {
        Self::Failed(error.into())
    }
}

impl From<PoolError> for ConnectError {
    fn from(error: PoolError) -> Self {
        Self::Failed(error.into())
    }
}

/// A pool for this URL. Does not connect yet.
pub(crate) fn pool(url: &str) -> Result<Pool, ConnectError> {
    // tokio-postgres does not know these two, and would call the whole URL invalid.
    if ["sslmode=verify-ca", "sslmode=verify-full"].iter().any(|mode| url.contains(mode)) {
        return Err(ConnectError::Tls);
    }
    let mut config = Config::from_str(url).map_err(ConnectError::Url)?;
    match config.get_ssl_mode() {
        SslMode::Disable | SslMode::Prefer => {}
        _ => return Err(ConnectError::Tls),
    }
    if config.get_application_name().is_none() {
        config.application_name("awsemu");
    }
    if config.get_connect_timeout().is_none() {
        config.connect_timeout(PATIENCE);
    }
    let manager =
        Manager::from_config(config, NoTls, ManagerConfig { recycling_method: RecyclingMethod::Fast });
    Pool::builder(manager)
        .max_size(CONNECTIONS)
        .wait_timeout(Some(PATIENCE))
        .create_timeout(Some(PATIENCE))
        .runtime(Runtime::Tokio1)
        .build()
        .map_err(|error| ConnectError::Failed(error.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls() {
        let check = |url: &str, expected: &str| {
            let answer = pool(url).map_or_else(|error| error.to_string(), |_| "fine".to_owned());
            assert!(answer.contains(expected), "{url}: {answer}");
        };
        check("postgres://me:secret@localhost/db", "fine");
        check("postgresql://localhost/db?sslmode=disable", "fine");
        check("postgres://localhost/db?sslmode=prefer", "fine");
        check("postgres://localhost/db?sslmode=require", "not supported");
        check("postgres://localhost/db?sslmode=verify-full", "not supported");
        check("mysql://me:secret@localhost/db", "not valid");
    }
}
