//! kill -9 in the middle of commits: what was acknowledged is there afterwards, and whole.
//!
//! The test starts itself again with a directory as its argument; that child commits and prints until it is killed.

#![expect(clippy::unwrap_used, reason = "a helper of a test fails the test")]

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;

use cognito_core::{Entity, IndexEntry, Kind, Time};
use cognito_store::{IndexRange, SqliteEngine, Store, StoreError};
use serde::{Deserialize, Serialize};
use tokio::task::{JoinSet, LocalSet};

const ROUNDS: usize = 8;
const WRITERS: usize = 8;
const NOW: Time = Time(1);

/// Written in pairs, each naming the other.
#[derive(Clone, Serialize, Deserialize)]
struct Half {
    id: String,
    other: String,
    filler: String,
}

impl Entity for Half {
    const KIND: Kind = Kind::User;

    fn key(&self) -> String {
        self.id.clone()
    }

    fn index(&self) -> Vec<IndexEntry> {
        vec![IndexEntry::unique("half.other", &self.other), IndexEntry::shared("half.all", "x")]
    }
}

fn main() {
    // libtest's arguments begin with a dash; a filter names no directory.
    let argument = std::env::args().nth(1).filter(|argument| Path::new(argument).is_dir());
    match argument {
        Some(directory) => write_until_killed(Path::new(&directory)),
        None => kill_again_and_again(),
    }
}

#[tokio::main(flavor = "current_thread")]
async fn write_until_killed(directory: &Path) {
    let store = Store::new(Arc::new(SqliteEngine::open(directory).unwrap()));
    let mut tasks = JoinSet::new();
    let write = async {
        for _ in 0..WRITERS {
            let store = store.clone();
            tasks.spawn_local(async move {
                loop {
                    let number = write_pair(&store).await.unwrap();
                    // One write call a line, so that a kill leaves no half of it.
                    std::io::stdout().write_all(format!("{number}\n").as_bytes()).unwrap();
                }
            });
        }
        // They only end by a panic, which ends the test.
        let ended: () = tasks.join_next().await.unwrap().unwrap();
        ended
    };
    LocalSet::new().run_until(write).await;
}

async fn write_pair(store: &Store) -> Result<i64, StoreError> {
    store
        .write(NOW, async |txn| {
            // All pairs are numbered by one record, so that the writers also get in each other's way.
            let last = txn.get::<Half>("last").await?.map_or(0, |last| last.filler.parse().unwrap());
            let number = last + 1;
            let (left, right) = (format!("{number}/left"), format!("{number}/right"));
            let filler = "x".repeat(200 * (number as usize % 20));
            txn.save(&Half { id: "last".to_owned(), other: "last".to_owned(), filler: number.to_string() });
            txn.save(&Half { id: left.clone(), other: right.clone(), filler: filler.clone() });
            txn.save(&Half { id: right, other: left, filler });
            txn.add("pairs", 1);
            Ok(number)
        })
        .await
}

fn kill_again_and_again() {
    let directory = tempfile::tempdir().unwrap();
    let mut acknowledged = 0;
    for round in 0..ROUNDS {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .arg(directory.path())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        for _ in 0..20 + round * 7 {
            acknowledged =
                acknowledged.max(number(lines.next()).expect("the child writes until it is killed"));
        }
        child.kill().unwrap();
        // What it said before it died counts too.
        while let Some(number) = number(lines.next()) {
            acknowledged = acknowledged.max(number);
        }
        child.wait().unwrap();
        check(directory.path(), acknowledged);
    }
    println!("killed {ROUNDS} times, {acknowledged} commits acknowledged, none lost");
}

fn number(line: Option<std::io::Result<String>>) -> Option<i64> {
    line.map(|line| line.unwrap().parse().unwrap())
}

#[tokio::main(flavor = "current_thread")]
async fn check(directory: &Path, acknowledged: i64) {
    let store = Store::new(Arc::new(SqliteEngine::open(directory).unwrap()));
    let pairs = store.counter("pairs").await.unwrap();
    // A commit that nobody was told of may be there as well, but only whole and without a gap before it.
    assert!((acknowledged..=acknowledged + WRITERS as i64).contains(&pairs), "{pairs} of {acknowledged}");
    for number in 1..=pairs {
        for (half, other) in [("left", "right"), ("right", "left")] {
            let (id, other) = (format!("{number}/{half}"), format!("{number}/{other}"));
            let found = store.get::<Half>(&id, NOW).await.unwrap().unwrap_or_else(|| panic!("{id} is lost"));
            assert_eq!((&found.other, found.filler.len()), (&other, 200 * (number as usize % 20)));
            let found = store.find::<Half>("half.other", &other, NOW).await.unwrap();
            assert_eq!(found.map(|half| half.id.clone()), Some(id));
        }
    }
    let range = IndexRange::exact(Kind::User, "half.all", "x");
    let (all, _) = store.scan::<Half>(range, usize::MAX >> 1, NOW).await.unwrap();
    assert_eq!(all.len() as i64, 2 * pairs + 1);
}
