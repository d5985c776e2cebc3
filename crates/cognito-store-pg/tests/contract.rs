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
