//! The storage seam on PostgreSQL, and on what speaks its protocol.

mod commit;
mod connect;
mod migrations;
mod pg_engine;

pub use connect::ConnectError;
pub use pg_engine::PgEngine;
