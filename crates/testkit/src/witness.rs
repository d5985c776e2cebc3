//! `Witness`: an engine that remembers what was written, so that a test can say that nothing was.

use std::sync::Mutex;

use async_trait::async_trait;
use cognito_core::{Kind, Time};
use cognito_store::{Changes, Engine, Expired, IndexRange, Page, Record, SqliteEngine, StoreError};

/// The engine that ships, watched.
pub struct Witness {
    engine: SqliteEngine,
    written: Mutex<Vec<Kind>>,
}

impl Witness {
    /// Watches an engine.
    pub fn new(engine: SqliteEngine) -> Self {
        Self { engine, written: Mutex::default() }
    }

    /// The kinds of the records that were written or deleted since the last time that it was asked. Whoever writes
    /// nothing changes nothing.
    pub fn written(&self) -> Vec<Kind> {
        std::mem::take(&mut self.written.lock().expect("no witness panicked"))
    }
}

#[async_trait]
impl Engine for Witness {
    async fn get(&self, kind: Kind, key: &str) -> Result<Option<Record>, StoreError> {
        self.engine.get(kind, key).await
    }

    async fn scan(&self, range: &IndexRange, limit: usize) -> Result<Page, StoreError> {
        self.engine.scan(range, limit).await
    }

    async fn keys(&self, range: &IndexRange, limit: usize) -> Result<Page<String>, StoreError> {
        self.engine.keys(range, limit).await
    }

    async fn commit(&self, changes: Changes) -> Result<(), StoreError> {
        let puts = changes.puts.iter().map(|put| put.kind);
        let deletes = changes.deletes.iter().map(|delete| delete.kind);
        let counters = changes.counters.iter().map(|_| Kind::Counter);
        // A purge is of a pool and of everything in it.
        let purges = changes.purge.iter().map(|_| Kind::Pool);
        let kinds: Vec<_> = puts.chain(deletes).chain(counters).chain(purges).collect();
        self.engine.commit(changes).await?;
        self.written.lock().expect("no witness panicked").extend(kinds);
        Ok(())
    }

    async fn expired(&self, now: Time, limit: usize) -> Result<Vec<Expired>, StoreError> {
        self.engine.expired(now, limit).await
    }

    fn exclusive(&self) -> bool {
        self.engine.exclusive()
    }
}
