//! Writes through `Store`, one at a time and many at once.

use std::cell::RefCell;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use async_trait::async_trait;
use cognito_core::{Kind, Time};
use tokio::sync::{Barrier, Mutex};
use tokio::task::JoinSet;

use super::Outcome;
use super::notes::{ALIAS, NOW, Note, TAG, exact, note, seed, taken, version};
use crate::engine::{Changes, Engine, Expired, IndexRange, Page, Record, StoreError};
use crate::store::Store;

type Answer<T = ()> = Result<T, StoreError>;

pub(super) async fn a_write_sees_itself_and_nobody_else_does(engine: Arc<dyn Engine>) -> Outcome {
    let store = Store::new(Arc::clone(&engine));
    seed(&engine, &[note("a"), note("p/b")]).await?;
    let answer: Result<(), WriteError> = store
        .write(NOW, async |txn| {
            txn.save(&note("new").alias("x"));
            txn.delete(&note("a"));
            txn.purge("p/");
            let new = txn.get::<Note>("new").await?;
            assert_eq!(new.as_deref(), Some(&note("new").alias("x")));
            for gone in ["a", "p/b"] {
                assert_eq!(txn.get::<Note>(gone).await?, None);
            }
            assert_eq!(store.get::<Note>("new", NOW).await?, None);
            Err(WriteError::Own)
        })
        .await;
    assert!(matches!(answer, Err(WriteError::Own)), "{answer:?}");
    for (id, expected) in [("a", 1), ("p/b", 1), ("new", 0)] {
        assert_eq!(version(&engine, id).await?, expected, "{id}: an error saves nothing");
    }
    Ok(())
}

pub(super) async fn new_records_must_be_new(engine: Arc<dyn Engine>) -> Outcome {
    let store = Store::new(Arc::clone(&engine));
    let runs = AtomicU32::new(0);
    seed(&engine, &[note("a").alias("x")]).await?;
    let answer: Answer = store
        .write(NOW, async |txn| {
            runs.fetch_add(1, Ordering::SeqCst);
            txn.save(&note("a"));
            Ok(())
        })
        .await;
    assert_eq!(taken(answer), Some(("user.key".to_owned(), "a".to_owned())));
    assert_eq!(runs.load(Ordering::SeqCst), 1, "to run it again would not help");
    let answer: Answer = store
        .write(NOW, async |txn| {
            txn.get::<Note>("a").await?;
            txn.insert(&note("a"));
            Ok(())
        })
        .await;
    assert_eq!(taken(answer), Some(("user.key".to_owned(), "a".to_owned())));
    // But if the key came from something that has changed since, it does.
    runs.store(0, Ordering::SeqCst);
    let answer: Answer = store
        .write(NOW, async |txn| {
            let last = txn.get::<Note>("last").await?.map_or(0, |last| last.number) + 1;
            if runs.fetch_add(1, Ordering::SeqCst) == 0 {
                seed(&engine, &[Note { number: 1, ..note("last") }, note("item1")]).await?;
            }
            txn.insert(&note(&format!("item{last}")));
            txn.save(&Note { number: last, ..note("last") });
            Ok(())
        })
        .await;
    answer?;
    assert_eq!(runs.load(Ordering::SeqCst), 2);
    assert!(store.get::<Note>("item2", NOW).await?.is_some());
    let answer: Answer = store
        .write(NOW, async |txn| {
            txn.insert(&note("b").alias("x"));
            Ok(())
        })
        .await;
    assert_eq!(taken(answer), Some((ALIAS.to_owned(), "x".to_owned())));
    Ok(())
}

pub(super) async fn what_was_not_read_is_guarded_where_it_matters(engine: Arc<dyn Engine>) -> Outcome {
    let store = Store::new(Arc::clone(&engine));
    seed(&engine, &[note("peeked").tag("t"), note("other")]).await?;
    let runs = AtomicU32::new(0);
    // A peeked or listed record may change meanwhile, if it is not written.
    for written in [false, true] {
        runs.store(0, Ordering::SeqCst);
        let answer: Answer = store
            .write(NOW, async |txn| {
                let run = runs.fetch_add(1, Ordering::SeqCst);
                let peeked = txn.peek::<Note>("peeked").await?.expect("it was seeded");
                let (listed, _) = txn.scan::<Note>(exact(TAG, "t"), 10).await?;
                assert_eq!(listed, [Arc::clone(&peeked)]);
                if run == 0 {
                    bump(&store, "peeked").await?;
                }
                let mut note = if written { Note::clone(&peeked) } else { note("made") };
                note.number += 100;
                txn.save(&note);
                Ok(())
            })
            .await;
        answer?;
        assert_eq!(runs.load(Ordering::SeqCst), 1 + u32::from(written));
    }
    let peeked = store.get::<Note>("peeked", NOW).await?.expect("it was seeded");
    assert_eq!(peeked.number, 102, "no change was lost");
    Ok(())
}

pub(super) async fn increments_are_not_lost(engine: Arc<dyn Engine>) -> Outcome {
    const WRITERS: u64 = 80;
    seed(&engine, &[note("n")]).await?;
    let store = Store::new(engine);
    let mut tasks = JoinSet::new();
    for _ in 0..WRITERS {
        let store = store.clone();
        tasks.spawn_local(async move { bump(&store, "n").await });
    }
    while let Some(answer) = tasks.join_next().await {
        answer??;
    }
    assert_eq!(store.get::<Note>("n", NOW).await?.map(|note| note.number), Some(WRITERS));
    Ok(())
}

pub(super) async fn two_writers_cannot_slip_past_each_other(engine: Arc<dyn Engine>) -> Outcome {
    // Each reads both notes and writes its own: only if one runs after the other do they end as 1 and 2.
    for round in 0..10 {
        let (a, b) = (format!("a{round}"), format!("b{round}"));
        seed(&engine, &[note(&a), note(&b)]).await?;
        let store = Store::new(Arc::clone(&engine));
        let barrier = Barrier::new(2);
        let write = async |mine: &str| -> Answer {
            let first = AtomicU32::new(0);
            store
                .write(NOW, async |txn| {
                    let mut sum = 1;
                    for id in [&a, &b] {
                        sum += txn.get::<Note>(id).await?.expect("it was seeded").number;
                    }
                    if first.fetch_add(1, Ordering::SeqCst) == 0 {
                        barrier.wait().await;
                    }
                    txn.save(&Note { number: sum, ..note(mine) });
                    Ok(())
                })
                .await
        };
        let (left, right) = tokio::join!(write(&a), write(&b));
        left.and(right)?;
        let mut numbers = Vec::new();
        for id in [&a, &b] {
            numbers.push(store.get::<Note>(id, NOW).await?.map(|note| note.number));
        }
        numbers.sort_unstable();
        assert_eq!(numbers, [Some(1), Some(2)]);
    }
    Ok(())
}

pub(super) async fn two_writers_cannot_both_find_nothing(engine: Arc<dyn Engine>) -> Outcome {
    // Each makes its own note if the other's is not there: exactly one may.
    for round in 0..10 {
        let (a, b) = (format!("a{round}"), format!("b{round}"));
        let store = Store::new(Arc::clone(&engine));
        let barrier = Barrier::new(2);
        let write = async |mine: &str, other: &str| -> Answer<bool> {
            let first = AtomicU32::new(0);
            store
                .write(NOW, async |txn| {
                    let free = txn.get::<Note>(other).await?.is_none();
                    if first.fetch_add(1, Ordering::SeqCst) == 0 {
                        barrier.wait().await;
                    }
                    if free {
                        txn.insert(&note(mine));
                    }
                    Ok(free)
                })
                .await
        };
        let (left, right) = tokio::join!(write(&a, &b), write(&b, &a));
        assert!(left? != right?);
    }
    Ok(())
}

pub(super) async fn many_commits_at_once(engine: Arc<dyn Engine>) -> Outcome {
    let store = Store::new(Arc::clone(&engine));
    let mut tasks = JoinSet::new();
    for i in 0..300 {
        let store = store.clone();
        tasks.spawn_local(async move {
            // Every third name is wanted by three: one gets it, the two others are refused and hurt nobody.
            let alias = if i % 10 == 0 { format!("wanted{}", i / 30) } else { format!("own{i}") };
            let note = Note { number: i, ..note(&format!("n{i:03}")).alias(&alias).tag("t") };
            let answer: Answer = store
                .write(NOW, async |txn| {
                    txn.add("made", 1);
                    txn.insert(&note);
                    Ok(())
                })
                .await;
            if answer.is_ok() {
                let read = store.get::<Note>(&note.id, NOW).await;
                assert_eq!(read.ok().flatten().as_deref(), Some(&note), "a write is read back");
            }
            answer
        });
    }
    let (mut made, mut refused) = (0, 0);
    while let Some(answer) = tasks.join_next().await {
        match answer? {
            Ok(()) => made += 1,
            Err(StoreError::Taken { index, .. }) if index == ALIAS => refused += 1,
            Err(error) => return Err(error.into()),
        }
    }
    assert_eq!((made, refused), (280, 20));
    assert_eq!(store.counter("made").await?, 280);
    let (notes, next) = store.scan::<Note>(exact(TAG, "t"), 1_000, NOW).await?;
    assert_eq!((notes.len(), next), (280, None));
    Ok(())
}

pub(super) async fn memory_follows_the_commits(engine: Arc<dyn Engine>) -> Outcome {
    let store = Store::new(Arc::clone(&engine));
    seed(&engine, &[note("a").alias("x"), note("b"), note("p/c")]).await?;
    let holder = async || -> Answer<Option<String>> {
        Ok(store.find::<Note>(ALIAS, "x", NOW).await?.map(|note| note.id.clone()))
    };
    for _ in 0..3 {
        assert_eq!(holder().await?.as_deref(), Some("a"));
    }
    assert_eq!(store.find::<Note>(ALIAS, "y", NOW).await?, None);
    let answer: Answer = store
        .write(NOW, async |txn| {
            txn.get::<Note>("a").await?;
            txn.find::<Note>(ALIAS, "y").await?;
            txn.get::<Note>("b").await?;
            txn.save(&note("a").alias("y"));
            txn.save(&note("b").alias("x"));
            Ok(())
        })
        .await;
    answer?;
    assert_eq!(holder().await?.as_deref(), Some("b"));
    assert_eq!(store.find::<Note>(ALIAS, "y", NOW).await?.map(|note| note.id.clone()).as_deref(), Some("a"));
    assert!(store.get::<Note>("p/c", NOW).await?.is_some());
    let answer: Answer = store
        .write(NOW, async |txn| {
            txn.delete(&note("b"));
            txn.purge("p/");
            Ok(())
        })
        .await;
    answer?;
    assert_eq!(holder().await?, None);
    assert_eq!(store.get::<Note>("b", NOW).await?, None);
    assert_eq!(store.get::<Note>("p/c", NOW).await?, None);
    // Made anew, it is not taken for the old one.
    store.append(NOW, &[note("p/c").tag("new").alias("x")], &[]).await?;
    assert_eq!(store.get::<Note>("p/c", NOW).await?.as_deref(), Some(&note("p/c").tag("new").alias("x")));
    assert_eq!(holder().await?.as_deref(), Some("p/c"));
    Ok(())
}

pub(super) async fn what_a_look_up_finds_is_of_one_moment(engine: Arc<dyn Engine>) -> Outcome {
    seed(&engine, &[note("a").alias("x")]).await?;
    let interloper = Arc::new(Interloper { engine, store: Mutex::default(), silent: false });
    let store = Store::new(Arc::clone(&interloper) as Arc<dyn Engine>);
    let found = RefCell::new(Vec::new());
    // Somebody always has the alias: to find nobody would be wrong at any moment.
    *interloper.store.lock().await = Some(store.clone());
    let answer: Answer = store
        .write(NOW, async |txn| {
            let holder = txn.find::<Note>(ALIAS, "x").await?;
            found.borrow_mut().push(holder.map(|note| note.id.clone()));
            txn.save(&note("made"));
            Ok(())
        })
        .await;
    answer?;
    assert_eq!(
        found.into_inner(),
        ["a", "b"].map(|id| Some(id.to_owned())),
        "what was overtaken is done again"
    );
    Ok(())
}

pub(super) async fn a_value_that_moves_is_found(engine: Arc<dyn Engine>) -> Outcome {
    seed(&engine, &[note("a").alias("x"), note("b")]).await?;
    let silent = Interloper { engine, store: Mutex::default(), silent: true };
    let store = Store::new(Arc::new(silent));
    for id in ["a", "b"] {
        assert!(store.get::<Note>(id, NOW).await?.is_some());
    }
    let moved: Answer = store
        .write(NOW, async |txn| {
            for note in [note("a"), note("b").alias("x")] {
                txn.get::<Note>(&note.id).await?;
                txn.save(&note);
            }
            Ok(())
        })
        .await;
    moved?;
    // The commit took place, and memory knows nothing of it yet.
    for _ in 0..2 {
        let found = store.find::<Note>(ALIAS, "x", NOW).await?;
        assert_eq!(found.map(|note| note.id.clone()).as_deref(), Some("b"));
    }
    Ok(())
}

/// An engine in which an alias moves as soon as a record has been read, once; or one that tells nobody of commits.
struct Interloper {
    engine: Arc<dyn Engine>,
    store: Mutex<Option<Store>>,
    silent: bool,
}

impl Interloper {
    async fn step_in(&self) -> Answer {
        match self.store.lock().await.take() {
            Some(store) => store.append(NOW, &[note("b").alias("x")], &["a".to_owned()]).await,
            None => Ok(()),
        }
    }
}

#[async_trait]
impl Engine for Interloper {
    async fn get(&self, kind: Kind, key: &str) -> Answer<Option<Record>> {
        let record = self.engine.get(kind, key).await?;
        self.step_in().await?;
        Ok(record)
    }

    async fn scan(&self, range: &IndexRange, limit: usize) -> Answer<Page> {
        let page = self.engine.scan(range, limit).await?;
        self.step_in().await?;
        Ok(page)
    }

    async fn keys(&self, range: &IndexRange, limit: usize) -> Answer<Page<String>> {
        self.engine.keys(range, limit).await
    }

    async fn commit(&self, mut changes: Changes) -> Answer {
        changes.on_commit = changes.on_commit.filter(|_| !self.silent);
        self.engine.commit(changes).await
    }

    async fn expired(&self, now: Time, limit: usize) -> Answer<Vec<Expired>> {
        self.engine.expired(now, limit).await
    }

    fn exclusive(&self) -> bool {
        self.engine.exclusive()
    }
}

pub(super) async fn an_abandoned_commit_is_whole_or_not_at_all(engine: Arc<dyn Engine>) -> Outcome {
    seed(&engine, &[note("a"), note("b")]).await?;
    let store = Store::new(Arc::clone(&engine));
    for round in 0..30 {
        let both = store.write(NOW, async |txn| -> Answer {
            for id in ["a", "b"] {
                let mut note = Note::clone(&*txn.get::<Note>(id).await?.expect("it was seeded"));
                note.number += 1;
                txn.save(&note);
            }
            Ok(())
        });
        // The caller goes away: at once, soon, or late.
        let _ = tokio::time::timeout(std::time::Duration::from_micros(round * 100), both).await;
    }
    // What is read now is what the engine has, and the last commit under way is over when this one is.
    bump(&store, "a").await?;
    let number = async |id: &str| Answer::Ok(store.get::<Note>(id, NOW).await?.map(|note| note.number));
    let (a, b) = (number("a").await?, number("b").await?);
    assert_eq!(a, b.map(|number| number + 1));
    let fresh = Store::new(engine);
    assert_eq!(fresh.get::<Note>("a", NOW).await?.map(|note| note.number), a);
    Ok(())
}

async fn bump(store: &Store, id: &str) -> Answer {
    store
        .write(NOW, async |txn| {
            let mut note = Note::clone(&*txn.get::<Note>(id).await?.unwrap_or_else(|| Arc::new(note(id))));
            note.number += 1;
            txn.save(&note);
            Ok(())
        })
        .await
}

/// An error type such as the layers above have.
#[derive(Debug, thiserror::Error)]
enum WriteError {
    #[error("the closure's own error")]
    Own,
    #[error(transparent)]
    Store(#[from] StoreError),
}
