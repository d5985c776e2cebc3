//! The embedded engine as files: locks, permissions, damage, versions, threads.

#![expect(clippy::unwrap_used, reason = "a helper of a test fails the test")]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::thread;

use cognito_core::{Entity, IndexEntry, Kind, Time};
use cognito_store::{Engine, IndexRange, OpenError, Record, SqliteEngine, Store, StoreError, sql};
use rusqlite::Connection;
use serde::{Deserialize, Serialize};

const NOW: Time = Time(1);

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Number {
    id: String,
    number: u64,
}

impl Entity for Number {
    const KIND: Kind = Kind::User;

    fn key(&self) -> String {
        self.id.clone()
    }

    fn index(&self) -> Vec<IndexEntry> {
        vec![IndexEntry::unique("number.value", format!("{}/{}", self.id, self.number))]
    }
}

async fn increment(store: &Store, id: &str) -> Result<u64, StoreError> {
    store
        .write(NOW, async |txn| {
            let number = txn.get::<Number>(id).await?.map_or(0, |number| number.number) + 1;
            txn.save(&Number { id: id.to_owned(), number });
            Ok(number)
        })
        .await
}

fn open_error(directory: &Path) -> String {
    SqliteEngine::open(directory).map(drop).unwrap_err().to_string()
}

#[tokio::test]
async fn state_survives_a_restart() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a/b");
    for expected in 1..=3 {
        let store = Store::new(Arc::new(SqliteEngine::open(&path).unwrap()));
        assert_eq!(increment(&store, "n").await.unwrap(), expected);
    }
}

#[test]
fn a_second_server_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let first = SqliteEngine::open(directory.path()).unwrap();
    let expected = format!("another awsemu is using {}", directory.path().display());
    assert_eq!(open_error(directory.path()), expected);
    drop(first);
    SqliteEngine::open(directory.path()).unwrap();
}

#[tokio::test]
async fn files_are_for_the_owner_alone() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("state");
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let store = Store::new(Arc::new(SqliteEngine::open(&path).unwrap()));
    increment(&store, "n").await.unwrap();
    assert_eq!(mode(&path), 0o700);
    for file in ["state.db", "state.db-wal", "state.db-shm", "state.lock"] {
        assert_eq!(mode(&path.join(file)), 0o600, "{file}");
    }
}

#[test]
fn what_is_no_store_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let database = directory.path().join("state.db");
    fs::write(&database, "this is not a database, but long enough to look like one".repeat(100)).unwrap();
    let expected = format!("{} is not a store of awsemu, or it is damaged", database.display());
    assert_eq!(open_error(directory.path()), expected);
    assert!(fs::read(&database).unwrap().starts_with(b"this is"), "it is left as it was");

    fs::remove_file(&database).unwrap();
    fs::create_dir(&database).unwrap();
    assert_eq!(open_error(directory.path()), format!("failed to open {}", database.display()));
}

#[tokio::test]
async fn a_damaged_store_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let database = directory.path().join("state.db");
    let store = Store::new(Arc::new(SqliteEngine::open(directory.path()).unwrap()));
    increment(&store, "n").await.unwrap();
    drop(store);
    let mut bytes = fs::read(&database).unwrap();
    // The first page describes the tables.
    bytes[100..4096].fill(0xa5);
    fs::write(&database, bytes).unwrap();
    assert!(open_error(directory.path()).ends_with("is not a store of awsemu, or it is damaged"));
}

#[test]
fn a_newer_store_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    drop(SqliteEngine::open(directory.path()).unwrap());
    let path = directory.path().join("state.db");
    Connection::open(&path).unwrap().pragma_update(None, "user_version", 99).unwrap();
    let refused = SqliteEngine::open(directory.path()).map(drop);
    assert!(matches!(refused, Err(OpenError::Newer { found: 99, known: 2, .. })), "{refused:?}");
}

/// Writers and readers on threads of their own: no reader ever sees a number go back, nor an old one after
/// its write was acknowledged.
#[test]
fn memory_is_coherent_between_threads() {
    let directory = tempfile::tempdir().unwrap();
    for engine in [SqliteEngine::ephemeral().unwrap(), SqliteEngine::open(directory.path()).unwrap()] {
        let store = Store::new(Arc::new(engine));
        thread::scope(|scope| {
            for worker in 0..4 {
                let store = store.clone();
                scope.spawn(move || work(&store, worker));
            }
        });
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        for id in ["a", "b"] {
            let last = runtime.block_on(store.get::<Number>(id, NOW)).unwrap();
            assert_eq!(last.map(|number| number.number), Some(400));
        }
    }
}

#[tokio::main(flavor = "current_thread")]
async fn work(store: &Store, worker: usize) {
    let mut seen = [0; 2];
    for round in 0..200 {
        let which = (worker + round) % 2;
        let id = ["a", "b"][which];
        let written = increment(store, id).await.unwrap();
        assert!(written > seen[which]);
        seen[which] = written;
        for _ in 0..3 {
            for (i, id) in ["a", "b"].into_iter().enumerate() {
                let read = store.get::<Number>(id, NOW).await.unwrap().map_or(0, |number| number.number);
                assert!(read >= seen[i], "{id} went from {} back to {read}", seen[i]);
                seen[i] = read;
            }
        }
        let find = async |value: String| store.find::<Number>("number.value", &value, NOW).await.unwrap();
        if let Some(found) = find(format!("{id}/{written}")).await {
            assert_eq!(found.number, written);
        }
        // What nobody else writes is found at once, also where others looked for it before it was there.
        let own = format!("own{worker}");
        let written = increment(store, &own).await.unwrap();
        for other in 0..4 {
            find(format!("own{other}/{}", written + 1)).await;
        }
        assert!(find(format!("{own}/{written}")).await.is_some(), "{written} of {own}");
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Name {
    id: String,
    alias: String,
    expires: Option<Time>,
}

impl Entity for Name {
    const KIND: Kind = Kind::User;

    fn key(&self) -> String {
        self.id.clone()
    }

    fn index(&self) -> Vec<IndexEntry> {
        vec![IndexEntry::unique("name.alias", self.alias.clone())]
    }

    fn expires(&self) -> Option<Time> {
        self.expires
    }
}

const IDS: [&str; 8] = ["a", "b", "c", "d", "p/a", "p/b", "p/c", "p/d"];
const ALIASES: [&str; 6] = ["u", "v", "w", "p/u", "p/v", "p/w"];

/// Whatever threads did at once: what is in memory afterwards, or is known not to be there, is as in the store.
#[test]
fn memory_ends_as_the_store() {
    let directory = tempfile::tempdir().unwrap();
    for round in 0..4_u64 {
        let durable = SqliteEngine::open(&directory.path().join(round.to_string())).unwrap();
        for engine in [SqliteEngine::ephemeral().unwrap(), durable] {
            let engine = Arc::new(engine);
            let store = Store::new(Arc::clone(&engine) as Arc<dyn Engine>);
            let clock = AtomicI64::new(0);
            thread::scope(|scope| {
                for worker in 0..4 {
                    let (store, clock) = (&store, &clock);
                    scope.spawn(move || churn(store, clock, round * 4 + worker));
                }
            });
            compare(&engine, &store, Time(clock.into_inner()));
        }
    }
}

#[tokio::main(flavor = "current_thread")]
async fn churn(store: &Store, clock: &AtomicI64, seed: u64) {
    let mut state = seed;
    let mut random = |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below
    };
    for _ in 0..150 {
        let now = Time(clock.fetch_add(1, Ordering::SeqCst));
        let (id, other) = (IDS[random(8)], ALIASES[random(6)]);
        // What has its key in the pool has its values there.
        let alias = ALIASES[random(3) + if id.starts_with("p/") { 3 } else { 0 }];
        let expires = (random(2) == 0).then(|| Time(now.0 + random(20) as i64));
        let name = Name { id: id.to_owned(), alias: alias.to_owned(), expires };
        let answer = match random(10) {
            0 => store.append::<Name>(now, &[], &[name.id]).await,
            1 => {
                store
                    .write(now, async |txn| {
                        txn.purge("p/");
                        Ok(())
                    })
                    .await
            }
            2 => store.sweep(now).await.map(drop),
            3..6 => store.get::<Name>(id, now).await.map(drop),
            _ => {
                store
                    .write(now, async |txn| {
                        txn.get::<Name>(id).await?;
                        txn.find::<Name>("name.alias", other).await?;
                        txn.save(&name);
                        Ok(())
                    })
                    .await
            }
        };
        assert!(matches!(answer, Ok(()) | Err(StoreError::Taken { .. })), "{answer:?}");
    }
}

#[tokio::main(flavor = "current_thread")]
async fn compare(engine: &SqliteEngine, store: &Store, now: Time) {
    let live = |record: &Record| record.expires.is_none_or(|expires| expires > now);
    let read = |record: Record| serde_json::from_str::<Name>(&record.body).unwrap();
    for id in IDS {
        let there = engine.get(Kind::User, id).await.unwrap().filter(live).map(read);
        assert_eq!(store.get::<Name>(id, now).await.unwrap().as_deref(), there.as_ref(), "{id}");
    }
    for alias in ALIASES {
        let range = IndexRange::exact(Kind::User, "name.alias", alias);
        let there = engine.scan(&range, 1).await.unwrap().records.pop().filter(live).map(read);
        let found = store.find::<Name>("name.alias", alias, now).await.unwrap();
        assert_eq!(found.as_deref(), there.as_ref(), "{alias}");
    }
}

/// A page costs what it holds: the index is searched from where the page begins, on both sides bounded.
#[test]
fn scans_search() {
    let directory = tempfile::tempdir().unwrap();
    drop(SqliteEngine::open(directory.path()).unwrap());
    let connection = Connection::open(directory.path().join("state.db")).unwrap();
    let cursor = cognito_store::Cursor { value: "p".to_owned(), tie: "k".to_owned() };
    let range = IndexRange::prefix(Kind::User, "i", "p");
    let check = |range: IndexRange, expected: &str| {
        let (text, parameters) = sql::scan(&range);
        let mut plan = connection.prepare(&format!("EXPLAIN QUERY PLAN {text}")).unwrap();
        for i in 0..parameters.len() + 2 {
            plan.raw_bind_parameter(i + 1, "1").unwrap();
        }
        let mut rows = plan.raw_query();
        let mut lines = Vec::new();
        while let Some(row) = rows.next().unwrap() {
            lines.push(row.get::<_, String>(3).unwrap());
        }
        let entries = format!("SEARCH i USING PRIMARY KEY ({expected})");
        assert_eq!(
            lines,
            [entries.as_str(), "SEARCH r USING INDEX sqlite_autoindex_record_1 (kind=? AND key=?)"]
        );
    };
    check(IndexRange::exact(Kind::User, "i", "v"), "name=? AND value=?");
    check(IndexRange::exact(Kind::User, "i", "v").after(cursor.clone()), "name=? AND value=? AND tie>?");
    check(range.clone(), "name=? AND value>? AND value<?");
    check(range.clone().descending(), "name=? AND value>? AND value<?");
    check(range.clone().after(cursor.clone()), "name=? AND (value,tie)>(?,?) AND value<?");
    check(range.after(cursor).descending(), "name=? AND value>? AND (value,tie)<(?,?)");
}

#[tokio::test]
async fn an_unreadable_record_is_reported() {
    let directory = tempfile::tempdir().unwrap();
    let engine = SqliteEngine::open(directory.path()).unwrap();
    let connection = Connection::open(directory.path().join("state.db")).unwrap();
    connection
        .execute(
            "INSERT INTO record VALUES ('user', 'a', 1, '{}', NULL, ''), ('user', 'b', 1, '', NULL, 'x')",
            [],
        )
        .unwrap();
    assert!(engine.get(Kind::User, "a").await.unwrap().is_some());
    let store = Store::new(Arc::new(engine));
    for id in ["a", "b"] {
        let read = store.get::<Number>(id, NOW).await;
        assert!(matches!(read, Err(StoreError::Corrupt { kind: Kind::User, .. })), "{read:?}");
    }
}
