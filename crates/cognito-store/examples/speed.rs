//! How fast the embedded store is on this machine:
//! `cargo run --release -p cognito-store --example speed [directory on the disk to measure]`.

use std::sync::Arc;
use std::time::{Duration, Instant};

use cognito_core::{Entity, IndexEntry, Kind, Time};
use cognito_store::{IndexRange, SqliteEngine, Store, StoreError};
use serde::{Deserialize, Serialize};
use tokio::task::{JoinSet, LocalSet};

const NOW: Time = Time(1);

/// About what a sign-in stores.
#[derive(Clone, Serialize, Deserialize)]
struct Family {
    id: String,
    user: String,
    scopes: Vec<String>,
    filler: String,
}

impl Entity for Family {
    const KIND: Kind = Kind::Family;

    fn key(&self) -> String {
        format!("eu-west-1_aaaaaaaaa/{}", self.id)
    }

    fn index(&self) -> Vec<IndexEntry> {
        vec![
            IndexEntry::unique("family.token", format!("eu-west-1_aaaaaaaaa/{}", self.id)),
            IndexEntry::shared("family.user", format!("eu-west-1_aaaaaaaaa/{}", self.user)),
        ]
    }
}

fn family(number: usize) -> Family {
    Family {
        id: format!("{:016x}", number.wrapping_mul(0x9e37_79b9_7f4a_7c15)),
        user: format!("user{}", number % 100),
        scopes: vec!["aws.cognito.signin.user.admin".to_owned()],
        filler: "x".repeat(400),
    }
}

async fn sign_in(store: &Store, number: usize) -> Result<(), StoreError> {
    store
        .write(NOW, async |txn| {
            txn.insert(&family(number));
            Ok(())
        })
        .await
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let parent = std::env::args().nth(1).unwrap_or_else(|| ".".to_owned());
    let directory = tempfile::tempdir_in(parent)?;
    let began = Instant::now();
    let store = Store::new(Arc::new(SqliteEngine::open(directory.path())?));
    println!("open a new store                {:9.2} ms", began.elapsed().as_secs_f64() * 1e3);

    let mut made = 0;
    for tasks in [1, 8, 64, 256] {
        let rate = commits(&store, &mut made, tasks).await?;
        println!("durable commits, {tasks:3} tasks      {rate:9.0} /s");
    }
    let memory = Store::new(Arc::new(SqliteEngine::ephemeral()?));
    println!("commits in memory               {:9.0} /s", commits(&memory, &mut 0, 1).await?);

    reads("get from the cache", async |i| store.get::<Family>(&family(i % 100).key(), NOW).await.map(drop))
        .await?;
    let index = "family.token";
    let value = |i: usize| format!("eu-west-1_aaaaaaaaa/{}", family(i % 100).id);
    reads("find by a unique value", async |i| store.find::<Family>(index, &value(i), NOW).await.map(drop))
        .await?;
    drop(store);
    let began = Instant::now();
    let engine: Arc<dyn cognito_store::Engine> = Arc::new(SqliteEngine::open(directory.path())?);
    println!("open a store of {made:7} records {:9.2} ms", began.elapsed().as_secs_f64() * 1e3);
    let store = Store::new(Arc::clone(&engine));
    reads("get from SQLite", async |i| engine.get(Kind::Family, &family(i % 1000).key()).await.map(drop))
        .await?;
    let one = async |i| {
        let range = IndexRange::exact(Kind::Family, index, value(i));
        store.scan::<Family>(range, 1, NOW).await.map(drop)
    };
    reads("scan for one", one).await?;
    let sixty = async |i| {
        let range =
            IndexRange::prefix(Kind::Family, "family.user", format!("eu-west-1_aaaaaaaaa/user{}", i % 10));
        store.scan::<Family>(range, 60, NOW).await.map(drop)
    };
    reads("scan of 60", sixty).await
}

async fn commits(store: &Store, made: &mut usize, tasks: usize) -> Result<f64, Box<dyn std::error::Error>> {
    let began = Instant::now();
    let first = *made;
    let end = began + Duration::from_secs(2);
    let run = async {
        let mut set = JoinSet::new();
        for task in 0..tasks {
            let store = store.clone();
            set.spawn_local(async move {
                let mut count = 0;
                while Instant::now() < end {
                    sign_in(&store, first + task + count * tasks).await?;
                    count += 1;
                }
                Ok::<_, StoreError>(count)
            });
        }
        let mut counts = Vec::new();
        while let Some(count) = set.join_next().await {
            counts.push(count??);
        }
        Ok::<_, Box<dyn std::error::Error>>(counts)
    };
    let counts = LocalSet::new().run_until(run).await?;
    *made += counts.iter().max().unwrap_or(&0) * tasks;
    Ok(counts.iter().sum::<usize>() as f64 / began.elapsed().as_secs_f64())
}

async fn reads(
    what: &str,
    read: impl AsyncFn(usize) -> Result<(), StoreError>,
) -> Result<(), Box<dyn std::error::Error>> {
    for i in 0..1000 {
        read(i).await?;
    }
    let (began, mut count) = (Instant::now(), 0);
    while began.elapsed() < Duration::from_millis(500) {
        for _ in 0..100 {
            read(count).await?;
            count += 1;
        }
    }
    println!("{what:30}  {:9.2} us", began.elapsed().as_secs_f64() * 1e6 / count as f64);
    Ok(())
}
