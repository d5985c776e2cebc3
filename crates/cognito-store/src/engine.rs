//! The seam: what an engine implements, and the plain data that goes through it.

use std::error::Error;
use std::fmt;

use async_trait::async_trait;
use cognito_core::entity::index_value;
use cognito_core::{IndexEntry, Kind, Time};
use thiserror::Error;

/// A place where records are kept.
///
/// An engine knows records and index entries, not users. It has no clock: the moment comes with the changes,
/// and readers filter what has expired themselves.
#[async_trait]
pub trait Engine: Send + Sync + 'static {
    /// The record with this key, expired or not.
    async fn get(&self, kind: Kind, key: &str) -> Result<Option<Record>, StoreError>;

    /// At most `limit` records of a range of an index, in the order of (value, key), expired ones included.
    async fn scan(&self, range: &IndexRange, limit: usize) -> Result<Page, StoreError>;

    /// As [`scan`](Engine::scan), but only the keys: for who has the records in memory.
    async fn keys(&self, range: &IndexRange, limit: usize) -> Result<Page<String>, StoreError>;

    /// Applies everything or nothing; when it returns, the changes are durable and every later read sees them.
    ///
    /// An engine that is [`exclusive`](Engine::exclusive) calls [`Changes::on_commit`] for each commit that
    /// took place, in the order of the commits and before their callers hear of it, whether or not they still wait.
    async fn commit(&self, changes: Changes) -> Result<(), StoreError>;

    /// At most `limit` records that expired at or before `now`: what a sweep deletes with a commit.
    async fn expired(&self, now: Time, limit: usize) -> Result<Vec<Expired>, StoreError>;

    /// Whether this process is the only writer, so that decoded records may be kept without asking again.
    fn exclusive(&self) -> bool;
}

/// A stored document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Its kind.
    pub kind: Kind,
    /// Its key among the records of the kind.
    pub key: String,
    /// Changes with each write and never returns to an earlier number, not even when the record is
    /// deleted and made anew (see [`Put::version`]).
    pub version: u64,
    /// JSON; of a [`Kind::Counter`] a decimal integer.
    pub body: String,
    /// From when on it does not exist for readers.
    pub expires: Option<Time>,
}

/// A record that a sweep may delete.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expired {
    /// Its kind.
    pub kind: Kind,
    /// Its key.
    pub key: String,
    /// Its version.
    pub version: u64,
}

/// A part of an index's records, or of their keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T = Record> {
    /// In the order that was asked for.
    pub records: Vec<T>,
    /// Where the next page begins; `None` when there is no more.
    pub next: Option<Cursor>,
}

/// A position in an index: a page begins after it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// The index value of the last record seen.
    pub value: String,
    /// Its key in a shared index; empty in a unique one.
    pub tie: String,
}

/// A range of an index. The records of one index are all of one kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IndexRange {
    /// The kind of the records.
    pub kind: Kind,
    /// The name of the index.
    pub index: &'static str,
    /// Which values.
    pub values: Values,
    /// The end of the page before, in the same direction.
    pub after: Option<Cursor>,
    /// From the greatest value to the smallest.
    pub descending: bool,
}

/// Which values of an index a range covers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Values {
    /// This value.
    Exact(String),
    /// Every value that begins so; the empty prefix means all.
    Prefix(String),
}

impl IndexRange {
    /// The records with exactly this value.
    pub fn exact(kind: Kind, index: &'static str, value: impl Into<String>) -> Self {
        Self::new(kind, index, Values::Exact(index_value(value.into())))
    }

    /// The records with a value that begins so.
    pub fn prefix(kind: Kind, index: &'static str, prefix: impl Into<String>) -> Self {
        Self::new(kind, index, Values::Prefix(index_value(prefix.into())))
    }

    /// The page after a cursor; `None` means the first page.
    pub fn after(mut self, cursor: impl Into<Option<Cursor>>) -> Self {
        self.after = cursor.into();
        self
    }

    /// In descending order of (value, key).
    pub fn descending(mut self) -> Self {
        self.descending = true;
        self
    }

    fn new(kind: Kind, index: &'static str, values: Values) -> Self {
        Self { kind, index, values, after: None, descending: false }
    }
}

/// What one commit does. A record stands in at most one of `checks`, `puts` and `deletes`.
///
/// An expired record counts as absent, also where it holds a unique value. Index entries are dropped before
/// others are added, so a unique value may move from one record to another. A purge comes last.
#[derive(Default)]
pub struct Changes {
    /// The moment of the commit.
    pub now: Time,
    /// Records that were only read, and must not have changed.
    pub checks: Vec<Check>,
    /// Records to write.
    pub puts: Vec<Put>,
    /// Records to delete.
    pub deletes: Vec<Delete>,
    /// What to add to which [`Kind::Counter`]; one that does not exist is 0. Never a conflict.
    pub counters: Vec<(String, i64)>,
    /// Prefixes (always `<pool id>/`): every record of every kind whose key begins so goes,
    /// and every index entry whose value begins so.
    pub purge: Vec<String>,
    /// Called once if the changes were committed: see [`Engine::commit`].
    pub on_commit: Option<Box<dyn FnOnce() + Send + Sync>>,
}

/// The demand that a record be as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// Its kind.
    pub kind: Kind,
    /// Its key.
    pub key: String,
    /// Its version; 0 when it must not exist.
    pub version: u64,
}

/// A record to write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Put {
    /// Its kind.
    pub kind: Kind,
    /// Its key.
    pub key: String,
    /// The version that it replaces; 0 when it must not exist.
    pub expected: u64,
    /// The version that it gets, below 2^63. The caller chooses it such that no key ever has the same one twice:
    /// `expected + 1`, and a random start for a new record.
    pub version: u64,
    /// Its JSON.
    pub body: String,
    /// From when on it does not exist for readers.
    pub expires: Option<Time>,
    /// All its index entries. The engine keeps them with the record, so that it knows itself which ones to drop.
    pub entries: Vec<IndexEntry>,
}

/// A record to delete, with its index entries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delete {
    /// Its kind.
    pub kind: Kind,
    /// Its key.
    pub key: String,
    /// The version that must be there; `None` deletes whatever is there, and nothing if nothing is.
    pub expected: Option<u64>,
}

impl Changes {
    /// Whether nothing would be written.
    pub fn is_empty(&self) -> bool {
        self.puts.is_empty() && self.deletes.is_empty() && self.counters.is_empty() && self.purge.is_empty()
    }
}

impl fmt::Debug for Changes {
    /// Without the bodies, which may hold secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Changes")
            .field("checks", &self.checks.len())
            .field("puts", &self.puts.len())
            .field("deletes", &self.deletes.len())
            .field("counters", &self.counters.len())
            .field("purge", &self.purge)
            .finish_non_exhaustive()
    }
}

/// Why the store did not do what it was asked to.
#[derive(Debug, Error)]
pub enum StoreError {
    /// Another record has this unique value. For a record that was written as new although its key
    /// was never read, `index` is `<kind>.key` and `value` the key.
    #[error("the value is taken in index {index}")]
    Taken {
        /// The name of the index.
        index: String,
        /// The value. Not printed: it may be a name or an address.
        value: String,
    },
    /// Another commit changed this record meanwhile. A new try reads its new state.
    #[error("a {} record was changed meanwhile", kind.as_str())]
    Conflict {
        /// The kind of the record.
        kind: Kind,
        /// Its key.
        key: String,
    },
    /// The engine failed, such as a full disk or a lost connection. A commit that was under way may have happened.
    #[error("the store is unavailable")]
    Unavailable(#[source] Box<dyn Error + Send + Sync>),
    /// A record could not be written or read as JSON.
    #[error("a {} record is not readable", kind.as_str())]
    Corrupt {
        /// The kind of the record.
        kind: Kind,
        /// Its key.
        key: String,
        /// What is wrong with it.
        #[source]
        source: Box<dyn Error + Send + Sync>,
    },
}

impl StoreError {
    /// The engine failed.
    pub fn unavailable(source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::Unavailable(source.into())
    }
}
