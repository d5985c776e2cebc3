//! The embedded engine: SQLite, with one committer.

mod apply;
mod committer;
mod files;
mod known;
mod migrations;
mod read;
mod sqlite_engine;

pub use files::OpenError;
pub use sqlite_engine::SqliteEngine;
