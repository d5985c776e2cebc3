//! Expiry.

use std::sync::Arc;

use cognito_core::Time;

use super::Outcome;
use super::notes::{
    ALIAS, NOW, Note, TAG, exact, is_conflict, keys, note, prefix, put, puts, seed, taken, version,
};
use crate::engine::{Changes, Check, Engine, IndexRange, StoreError};
use crate::store::Store;

pub(super) async fn an_expired_record_counts_as_absent(engine: Arc<dyn Engine>) -> Outcome {
    let store = Store::new(Arc::clone(&engine));
    // It expires at the moment that it names, not after it.
    seed(&engine, &[note("a").alias("x").tag("t").until(NOW.0 + 10), note("b").until(NOW.0 + 11)]).await?;
    let later = Time(NOW.0 + 10);
    assert!(store.get::<Note>("a", NOW).await?.is_some());
    assert_eq!(store.get::<Note>("a", later).await?, None);
    assert!(store.get::<Note>("b", later).await?.is_some());
    assert!(store.find::<Note>(ALIAS, "x", NOW).await?.is_some());
    assert_eq!(store.find::<Note>(ALIAS, "x", later).await?, None);

    // While it lives its key and its value are taken, then they are free.
    assert!(is_conflict(&seed(&engine, &[note("a")]).await));
    assert_eq!(taken(seed(&engine, &[note("c").alias("x")]).await).map(|t| t.1), Some("x".to_owned()));
    let at = |mut changes: Changes| {
        changes.now = later;
        engine.commit(changes)
    };
    let check = Check { kind: cognito_core::Kind::User, key: "a".to_owned(), version: 0 };
    at(Changes { checks: vec![check], counters: vec![("n".to_owned(), 1)], ..Changes::default() }).await?;
    at(puts(vec![put(&note("c").alias("x"), 0)])).await?;
    assert_eq!(version(&engine, "a").await?, 0, "the expired holder went");
    assert_eq!(keys(&engine, prefix(TAG, "")).await?, Vec::<String>::new(), "with all its entries");
    assert!(is_conflict(&at(puts(vec![put(&note("b"), 0)])).await), "b still lives");
    at(puts(vec![put(&note("a"), 0)])).await?;

    // Through the transaction: read as absent, then written over.
    let far = Time(NOW.0 + 1_000);
    store
        .write(far, async |txn| {
            assert_eq!(txn.get::<Note>("b").await?, None);
            txn.save(&note("b").tag("again"));
            Ok::<_, StoreError>(())
        })
        .await?;
    assert_eq!(keys(&engine, exact(TAG, "again")).await?, ["b"]);
    // And without being read.
    seed(&engine, &[note("e").until(NOW.0 + 1)]).await?;
    store
        .write(far, async |txn| {
            txn.insert(&note("e"));
            Ok::<_, StoreError>(())
        })
        .await?;
    assert!(store.get::<Note>("e", far).await?.is_some());
    Ok(())
}

pub(super) async fn a_sweep_deletes_what_expired(engine: Arc<dyn Engine>) -> Outcome {
    let store = Store::new(Arc::clone(&engine));
    let mut notes: Vec<_> =
        (0..450).map(|i| note(&format!("s{i}")).alias(&format!("s{i}")).tag("s").until(NOW.0 + i)).collect();
    notes.push(note("stays").alias("stays").tag("s"));
    seed(&engine, &notes).await?;
    assert!(store.get::<Note>("s7", Time(0)).await?.is_some());
    assert_eq!(store.sweep(Time(NOW.0 - 1)).await?, 0);
    assert_eq!(engine.expired(Time(NOW.0 + 400), 5).await?.len(), 5);
    assert_eq!(store.sweep(Time(NOW.0 + 439)).await?, 440);
    assert_eq!(store.sweep(Time(NOW.0 + 439)).await?, 0);
    assert_eq!(store.get::<Note>("s7", Time(0)).await?, None, "memory follows the sweep");
    assert_eq!(keys(&engine, prefix(ALIAS, "")).await?.len(), 11);
    assert_eq!(keys(&engine, exact(TAG, "s")).await?.len(), 11);
    assert!(store.get::<Note>("stays", Time(i64::MAX)).await?.is_some());
    Ok(())
}

pub(super) async fn lists_make_up_for_what_expired(engine: Arc<dyn Engine>) -> Outcome {
    let store = Store::new(Arc::clone(&engine));
    let notes: Vec<_> = (0..30)
        .map(|i| {
            let note = note(&format!("{i:02}")).tag("t");
            if i % 3 == 0 { note } else { note.until(NOW.0) }
        })
        .collect();
    seed(&engine, &notes).await?;
    let mut range = exact(TAG, "t");
    let mut pages = Vec::new();
    loop {
        let (page, next) = store.scan::<Note>(range.clone(), 4, NOW).await?;
        pages.push(page.iter().map(|note| note.id.clone()).collect::<Vec<_>>().join(" "));
        if next.is_none() {
            break;
        }
        range = IndexRange { after: next, ..range };
    }
    assert_eq!(pages, ["00 03 06 09", "12 15 18 21", "24 27"]);
    Ok(())
}
