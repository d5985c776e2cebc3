//! An empty PostgreSQL database of a test's own.

use super::server::Store;
use super::setting;

#[path = "../../crates/testkit/src/postgres.rs"]
mod postgres;

use postgres::{Postgres, VARIABLE, fresh_database};

/// A database in the server that `AWSEMU_TEST_PG` names or, without it, in a throw-away server.
pub struct Database {
    url: String,
    /// Held so that the throw-away server runs as long as the database is used.
    _server: Option<Postgres>,
}

impl Database {
    /// Makes an empty database.
    pub fn create() -> Self {
        let named = setting(VARIABLE);
        let server = match named {
            Some(_) => None,
            None => Some(Postgres::start().unwrap_or_else(|error| panic!("{error}"))),
        };
        let address = named.or_else(|| server.as_ref().map(Postgres::url)).expect("one of both is there");
        let url = fresh_database(&address).unwrap_or_else(|error| panic!("{error}"));
        Self { url, _server: server }
    }

    /// The store on it.
    pub fn store(&self) -> Store {
        Store::Postgres(self.url.clone())
    }
}
