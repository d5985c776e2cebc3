//! The contract on PostgreSQL: the one that `AWSEMU_TEST_PG` names, else a throw-away one.

#![expect(clippy::unwrap_used, reason = "a helper of a test fails the test")]

#[path = "../../testkit/src/postgres.rs"]
mod postgres;

use std::sync::Arc;

use cognito_core::{Entity, IndexEntry, Kind, Time};
use cognito_store::{Engine, Store, StoreError, contract};
use cognito_store_pg::{ConnectError, PgEngine};
use postgres::{Postgres, VARIABLE, fresh_database};
use serde::{Deserialize, Serialize};
use tokio::task::{JoinSet, LocalSet};

const NOW: Time = Time(1);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres() {
    #[expect(clippy::disallowed_methods, reason = "CI names the server that all tests share")]
    let shared = std::env::var(VARIABLE).ok();
    let own = if shared.is_none() { Some(Postgres::start().unwrap()) } else { None };
    let url = shared.or(own.as_ref().map(Postgres::url)).unwrap();

    two_servers_start_at_once(&fresh_database(&url).unwrap()).await;
    a_newer_schema_is_refused(&fresh_database(&url).unwrap()).await;
    what_one_server_writes_the_other_reads(&fresh_database(&url).unwrap()).await;
    who_gave_way_begins_again(&fresh_database(&url).unwrap()).await;
    servers_do_not_disagree(&fresh_database(&url).unwrap()).await;
    contract::run(async || {
        let engine = PgEngine::connect(&fresh_database(&url).unwrap()).await.unwrap();
        Arc::new(engine) as Arc<dyn Engine>
    })
    .await;
}

async fn two_servers_start_at_once(url: &str) {
    let tasks: Vec<_> = (0..4)
        .map(|_| {
            let url = url.to_owned();
            tokio::spawn(async move { PgEngine::connect(&url).await.map(drop) })
        })
        .collect();
    for task in tasks {
        task.await.unwrap().unwrap();
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Secret {
    id: String,
    number: u32,
}

impl Entity for Secret {
    const KIND: Kind = Kind::Secret;

    fn key(&self) -> String {
        self.id.clone()
    }

    fn index(&self) -> Vec<IndexEntry> {
        vec![IndexEntry::unique("secret.number", self.number.to_string())]
    }
}

/// At once, although each server keeps what it has decoded.
async fn what_one_server_writes_the_other_reads(url: &str) {
    let mut stores = Vec::new();
    for _ in 0..2 {
        stores.push(Store::new(Arc::new(PgEngine::connect(url).await.unwrap())));
    }
    for number in 0..20 {
        let (writer, reader) = (&stores[number as usize % 2], &stores[(number as usize + 1) % 2]);
        let written: Result<(), StoreError> = writer
            .write(NOW, async |txn| {
                if let Some(old) = txn.get::<Secret>("s").await? {
                    assert_eq!(old.number + 1, number);
                    // Every third one is made anew, which must not pass for the old one.
                    if number % 3 == 0 {
                        txn.delete(&*old);
                        return Ok(());
                    }
                }
                txn.save(&Secret { id: "s".to_owned(), number });
                Ok(())
            })
            .await;
        written.unwrap();
        if number % 3 == 0 && number > 0 {
            assert_eq!(reader.get::<Secret>("s", NOW).await.unwrap(), None);
            let written: Result<(), StoreError> = writer
                .write(NOW, async |txn| {
                    txn.insert(&Secret { id: "s".to_owned(), number });
                    Ok(())
                })
                .await;
            written.unwrap();
        }
        for store in [reader, writer] {
            let read = store.get::<Secret>("s", NOW).await.unwrap();
            assert_eq!(read.map(|secret| secret.number), Some(number));
            let found = store.find::<Secret>("secret.number", &number.to_string(), NOW).await.unwrap();
            assert_eq!(found.map(|secret| secret.number), Some(number));
        }
    }
}

/// A record that up to two values lead to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Name {
    id: String,
    values: Vec<String>,
}

impl Entity for Name {
    const KIND: Kind = Kind::User;

    fn key(&self) -> String {
        self.id.clone()
    }

    fn index(&self) -> Vec<IndexEntry> {
        self.values.iter().map(|value| IndexEntry::unique(VALUE, value.clone())).collect()
    }
}

const VALUE: &str = "name.value";
const IDS: [&str; 6] = ["a", "b", "c", "p/a", "p/b", "p/c"];
const VALUES: [&str; 8] = ["s", "t", "u", "v", "p/s", "p/t", "p/u", "p/v"];

/// Of two transactions that wait for each other PostgreSQL ends one, also after a value of it was found to be taken.
async fn who_gave_way_begins_again(url: &str) {
    let store = Store::new(Arc::new(PgEngine::connect(url).await.unwrap()));
    let name = |id: &str, values: &[&str]| Name {
        id: id.to_owned(),
        values: values.iter().map(|value| (*value).to_owned()).collect(),
    };
    store.append(NOW, &[name("a", &["x"]), name("b", &[])], &[]).await.unwrap();
    let (other, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await.unwrap();
    let connection = tokio::spawn(connection);
    let begin = "SET deadlock_timeout = '1h'; BEGIN; \
                 INSERT INTO index_entry VALUES ('name.value', 'y', '', 'user', 'c')";
    other.batch_execute(begin).await.unwrap();
    let commit = store.write(NOW, async |txn| -> Result<(), StoreError> {
        txn.get::<Name>("b").await?;
        txn.save(&name("b", &["x", "y"]));
        Ok(())
    });
    let wait = async {
        let waits = "SELECT 1 FROM pg_locks WHERE NOT granted AND transactionid = pg_current_xact_id()::xid";
        while other.query_opt(waits, &[]).await.unwrap().is_none() {}
        other.batch_execute("SELECT 1 FROM record WHERE key = 'b' FOR UPDATE; ROLLBACK").await.unwrap();
    };
    let (answer, ()) = tokio::join!(commit, wait);
    assert!(matches!(&answer, Err(StoreError::Taken { value, .. }) if value == "x"), "{answer:?}");
    drop(other);
    connection.await.unwrap().unwrap();
}

/// Whatever three servers do at once, all of it is done or refused, and what each remembers is what is there.
async fn servers_do_not_disagree(url: &str) {
    let mut stores = Vec::new();
    for _ in 0..4 {
        stores.push(Store::new(Arc::new(PgEngine::connect(url).await.unwrap())));
    }
    let fresh = stores.pop().unwrap();
    let all = async {
        let mut tasks = JoinSet::new();
        for seed in 0..9 {
            let store = stores[seed as usize % 3].clone();
            tasks.spawn_local(async move { churn(&store, seed).await });
        }
        tasks.join_all().await;
    };
    LocalSet::new().run_until(all).await;
    for store in &stores {
        for id in IDS {
            let expected = fresh.get::<Name>(id, NOW).await.unwrap();
            assert_eq!(store.get::<Name>(id, NOW).await.unwrap(), expected, "{id}");
            for value in expected.iter().flat_map(|name| &name.values) {
                assert_eq!(store.find::<Name>(VALUE, value, NOW).await.unwrap(), expected, "{value}");
            }
        }
        for value in VALUES {
            let found = store.find::<Name>(VALUE, value, NOW).await.unwrap();
            assert!(found.is_none_or(|name| name.values.iter().any(|own| own == value)), "{value}");
        }
    }
}

async fn churn(store: &Store, seed: u64) {
    let mut state = seed;
    let mut random = |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below
    };
    for _ in 0..20 {
        let (id, other) = (IDS[random(6)], VALUES[random(8)]);
        let of_id = if id.starts_with("p/") { &VALUES[4..] } else { &VALUES[..4] };
        let mut values = vec![of_id[random(4)].to_owned(), of_id[random(4)].to_owned()];
        values.dedup();
        let name = Name { id: id.to_owned(), values };
        let what = random(10);
        let answer: Result<(), StoreError> = store
            .write(NOW, async |txn| {
                if what == 0 {
                    txn.purge("p/");
                    return Ok(());
                }
                txn.get::<Name>(id).await?;
                txn.find::<Name>(VALUE, other).await?;
                if what == 1 {
                    txn.delete(&name)
                } else {
                    txn.save(&name)
                }
                Ok(())
            })
            .await;
        assert!(matches!(answer, Ok(()) | Err(StoreError::Taken { .. })), "{answer:?}");
    }
}

async fn a_newer_schema_is_refused(url: &str) {
    drop(PgEngine::connect(url).await.unwrap());
    let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await.unwrap();
    let connection = tokio::spawn(connection);
    client.execute("UPDATE schema_version SET number = 99", &[]).await.unwrap();
    drop(client);
    connection.await.unwrap().unwrap();
    let refused = PgEngine::connect(url).await.map(drop);
    assert!(matches!(refused, Err(ConnectError::Newer { found: 99, known: 1 })), "{refused:?}");
}
