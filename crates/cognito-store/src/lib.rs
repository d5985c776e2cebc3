//! The storage seam, the transaction above it, and the embedded engine.

mod cache;
pub mod contract;
pub mod engine;
pub mod find;
mod load;
mod lookups;
pub mod plan;
pub mod sql;
mod sqlite;
mod store;
mod txn;

pub use engine::{
    Changes, Check, Cursor, Delete, Engine, Expired, IndexRange, Page, Put, Record, StoreError, Values,
};
pub use sqlite::{OpenError, SqliteEngine};
pub use store::Store;
pub use txn::Txn;
