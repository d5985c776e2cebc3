//! `SqliteEngine`: durable in a directory, or in memory.

use std::fs::File;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use cognito_core::{Kind, Time};
use rusqlite::Connection;

use super::apply::Writer;
use super::committer::Committer;
use super::files::{self, OpenError};
use super::{migrations, read};
use crate::engine::{Changes, Engine, Expired, IndexRange, Page, Record, StoreError};

/// The store on SQLite. Reads run where they are called: they take microseconds.
///
/// Closing happens on drop: the commits that were handed over are finished first.
pub struct SqliteEngine(Mode);

enum Mode {
    Durable(Durable),
    Ephemeral(Mutex<Writer>),
}

struct Durable {
    // Fields are dropped in this order: the lock goes when nothing writes any more.
    committer: Committer,
    readers: Readers,
    _lock: File,
}

/// Idle connections that read. As reads don't wait, there are never more than threads that read at once.
struct Readers {
    path: std::path::PathBuf,
    idle: Mutex<Vec<Connection>>,
}

impl SqliteEngine {
    /// Opens or makes `state.db` in this directory, which is made too. Files are for the owner alone.
    pub fn open(directory: &Path) -> Result<Self, OpenError> {
        let lock = files::lock(directory)?;
        let path = files::database(directory)?;
        let writer = files::writer(&path)?;
        migrations::apply(&writer).map_err(|error| error.at(&path))?;
        let readers = Readers { path: path.clone(), idle: Mutex::default() };
        let committer = Committer::start(Writer::new(writer))
            .map_err(|source| OpenError::Io { path: path.clone(), source })?;
        Ok(Self(Mode::Durable(Durable { committer, readers, _lock: lock })))
    }

    /// A store in memory, which goes with the engine. The same SQL, without the wait for a disk.
    pub fn ephemeral() -> Result<Self, OpenError> {
        let path = Path::new(":memory:");
        let connection = files::ephemeral()?;
        migrations::apply(&connection).map_err(|error| error.at(path))?;
        Ok(Self(Mode::Ephemeral(Mutex::new(Writer::new(connection)))))
    }

    fn read<T>(&self, f: impl FnOnce(&Connection) -> Result<T, StoreError>) -> Result<T, StoreError> {
        match &self.0 {
            Mode::Ephemeral(writer) => f(&locked(writer).connection),
            Mode::Durable(durable) => {
                let connection = durable.readers.take()?;
                let answer = f(&connection);
                locked(&durable.readers.idle).push(connection);
                answer
            }
        }
    }
}

impl Readers {
    fn take(&self) -> Result<Connection, StoreError> {
        let idle = locked(&self.idle).pop();
        match idle {
            Some(connection) => Ok(connection),
            None => files::reader(&self.path).map_err(StoreError::unavailable),
        }
    }
}

/// A panic elsewhere leaves a connection usable: SQLite rolls back what was not committed.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[async_trait]
impl Engine for SqliteEngine {
    async fn get(&self, kind: Kind, key: &str) -> Result<Option<Record>, StoreError> {
        self.read(|connection| read::get(connection, kind, key))
    }

    async fn scan(&self, range: &IndexRange, limit: usize) -> Result<Page, StoreError> {
        self.read(|connection| read::scan(connection, range, limit))
    }

    async fn keys(&self, range: &IndexRange, limit: usize) -> Result<Page<String>, StoreError> {
        self.read(|connection| read::keys(connection, range, limit))
    }

    async fn commit(&self, changes: Changes) -> Result<(), StoreError> {
        match &self.0 {
            Mode::Durable(durable) => durable.committer.commit(changes).await,
            Mode::Ephemeral(writer) => {
                let mut writer = locked(writer);
                writer.alone(&changes)?;
                // Under the lock, so that it is called in the order of the commits.
                if let Some(on_commit) = changes.on_commit {
                    on_commit();
                }
                Ok(())
            }
        }
    }

    async fn expired(&self, now: Time, limit: usize) -> Result<Vec<Expired>, StoreError> {
        self.read(|connection| read::expired(connection, now, limit))
    }

    fn exclusive(&self) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use cognito_core::{Entity, IndexEntry};
    use serde::{Deserialize, Serialize};
    use tokio::task::{JoinSet, LocalSet};

    use super::*;
    use crate::Store;

    const ALIAS: &str = "file.alias";
    const NOW: Time = Time(1);

    #[derive(Clone, Serialize, Deserialize)]
    struct File {
        name: String,
        text: String,
    }

    impl Entity for File {
        const KIND: Kind = Kind::User;

        fn key(&self) -> String {
            self.name.clone()
        }

        fn index(&self) -> Vec<IndexEntry> {
            vec![IndexEntry::unique(ALIAS, self.name.clone())]
        }
    }

    async fn write(store: &Store, name: &str) -> Result<(), StoreError> {
        let file = File { name: name.to_owned(), text: "x".repeat(9_000) };
        store
            .write(NOW, async |txn| {
                txn.get::<File>("none").await?;
                txn.find::<File>(ALIAS, name).await?;
                txn.save(&file);
                Ok(())
            })
            .await
    }

    #[tokio::test]
    async fn a_full_disk_refuses_what_it_does_not_keep() {
        let directory = tempfile::tempdir().unwrap();
        let path = files::database(directory.path()).unwrap();
        let connection = files::writer(&path).unwrap();
        migrations::apply(&connection).unwrap();
        connection.pragma_update(None, "max_page_count", 60).unwrap();
        let committer = Committer::start(Writer::new(connection)).unwrap();
        let readers = Readers { path, idle: Mutex::default() };
        let durable = Durable { committer, readers, _lock: files::lock(directory.path()).unwrap() };
        let engine = Arc::new(SqliteEngine(Mode::Durable(durable)));
        let store = Store::new(Arc::clone(&engine) as Arc<dyn Engine>);
        let all = async {
            let mut tasks = JoinSet::new();
            for number in 0..60 {
                let store = store.clone();
                tasks.spawn_local(async move {
                    let name = number.to_string();
                    let answer = write(&store, &name).await;
                    (name, answer)
                });
            }
            tasks.join_all().await
        };
        let answers = LocalSet::new().run_until(all).await;
        let kept: Vec<_> =
            answers.iter().filter(|(_, answer)| answer.is_ok()).map(|(name, _)| name).collect();
        assert!((5..55).contains(&kept.len()), "{}", kept.len());
        for (name, answer) in &answers {
            let known = store.get::<File>(name, NOW).await.unwrap().is_some();
            let found = store.find::<File>(ALIAS, name, NOW).await.unwrap().is_some();
            let there = engine.get(Kind::User, name).await.unwrap().is_some();
            assert_eq!([known, found, there], [answer.is_ok(); 3], "{name}: {answer:?}");
        }
        let refused = answers.iter().find(|(_, answer)| answer.is_err()).map(|(name, _)| name).unwrap();
        assert!(matches!(write(&store, refused).await, Err(StoreError::Unavailable(_))));
        store.append::<File>(NOW, &[], &[kept[0].clone(), kept[1].clone()]).await.unwrap();
        write(&store, refused).await.unwrap();
        assert!(store.find::<File>(ALIAS, refused, NOW).await.unwrap().is_some());
    }
}
