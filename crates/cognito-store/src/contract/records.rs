//! Records, checks, counters and purges.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use cognito_core::Kind;

use super::Outcome;
use super::notes::{
    ALIAS, NOW, TAG, delete, deletes, is_conflict, keys, note, prefix, put, puts, seed, taken, version,
};
use crate::engine::{Changes, Check, Engine, StoreError};
use crate::store::Store;

pub(super) async fn versions_are_compared(engine: Arc<dyn Engine>) -> Outcome {
    assert_eq!(engine.get(Kind::User, "a").await?, None);
    assert!(is_conflict(&engine.commit(puts(vec![put(&note("a"), 1)])).await), "an update of nothing");
    seed(&engine, &[note("a")]).await?;
    assert_eq!(version(&engine, "a").await?, 1);
    assert!(is_conflict(&seed(&engine, &[note("a")]).await), "the key is in use");
    engine.commit(puts(vec![put(&note("a"), 1)])).await?;
    assert_eq!(version(&engine, "a").await?, 2);
    assert!(is_conflict(&engine.commit(puts(vec![put(&note("a"), 1)])).await), "an old version");
    assert!(is_conflict(&engine.commit(deletes(vec![delete("a", Some(1))])).await));
    assert!(is_conflict(&engine.commit(deletes(vec![delete("b", Some(1))])).await));
    engine.commit(deletes(vec![delete("a", Some(2)), delete("b", None)])).await?;
    assert_eq!(version(&engine, "a").await?, 0);
    seed(&engine, &[note("a")]).await?;
    engine.commit(deletes(vec![delete("a", None)])).await?;
    assert_eq!(version(&engine, "a").await?, 0);
    Ok(())
}

pub(super) async fn bodies_come_back_as_they_were(engine: Arc<dyn Engine>) -> Outcome {
    let large = "ä".repeat(600_000);
    let texts =
        ["", "'; DROP TABLE record; --", "\u{1}\u{7f}\\\"$1?1%_", "日本語🎉 e\u{301}\u{10ffff}", &large];
    for (i, text) in texts.into_iter().enumerate() {
        // Keys and bodies are any text without NUL; an engine does not look into a body.
        let key = format!("{i}/{}", text.chars().take(300).collect::<String>());
        let mut new = put(&note(&key), 0);
        new.body = serde_json::to_string(text)?;
        new.version = u64::MAX >> 1;
        new.expires = Some(cognito_core::Time(i64::MAX - i as i64));
        engine.commit(puts(vec![new.clone()])).await?;
        let record = engine.get(Kind::User, &key).await?.ok_or("the record is gone")?;
        assert_eq!((record.kind, &record.key), (Kind::User, &key));
        assert_eq!((record.version, record.expires), (new.version, new.expires));
        assert!(record.body == new.body);
        assert_eq!(engine.get(Kind::Group, &key).await?, None, "another kind has other keys");
    }
    Ok(())
}

pub(super) async fn checks_hold(engine: Arc<dyn Engine>) -> Outcome {
    seed(&engine, &[note("a")]).await?;
    let with = |key: &str, version| Changes {
        checks: vec![Check { kind: Kind::User, key: key.to_owned(), version }],
        counters: vec![("commits".to_owned(), 1)],
        ..Changes::default()
    };
    engine.commit(with("a", 1)).await?;
    engine.commit(with("b", 0)).await?;
    assert!(is_conflict(&engine.commit(with("a", 2)).await));
    assert!(is_conflict(&engine.commit(with("a", 0)).await));
    assert!(is_conflict(&engine.commit(with("b", 1)).await));
    assert_eq!(Store::new(Arc::clone(&engine)).counter("commits").await?, 2);
    assert_eq!(version(&engine, "b").await?, 0, "a check makes nothing");
    Ok(())
}

pub(super) async fn a_refused_commit_leaves_nothing_behind(engine: Arc<dyn Engine>) -> Outcome {
    seed(&engine, &[note("a").alias("anna"), note("b").alias("ben"), note("c").tag("x")]).await?;
    let refused = |last| Changes {
        now: NOW,
        // All of these are fine; only the last one is not.
        puts: vec![put(&note("a").alias("alice").tag("new"), 1), put(&note("d").tag("new"), 0), last],
        deletes: vec![delete("c", Some(1))],
        counters: vec![("users".to_owned(), 5)],
        ..Changes::default()
    };
    let taken_value = taken(engine.commit(refused(put(&note("z").alias("ben"), 0))).await);
    assert_eq!(taken_value, Some((ALIAS.to_owned(), "ben".to_owned())));
    assert!(is_conflict(&engine.commit(refused(put(&note("z"), 7))).await));

    assert_eq!(keys(&engine, prefix(ALIAS, "")).await?, ["a", "b"]);
    assert_eq!(keys(&engine, prefix(ALIAS, "al")).await?, Vec::<String>::new());
    assert_eq!(keys(&engine, prefix(TAG, "")).await?, ["c"]);
    for (id, expected) in [("a", 1), ("b", 1), ("c", 1), ("d", 0), ("z", 0)] {
        assert_eq!(version(&engine, id).await?, expected, "{id}");
    }
    assert_eq!(Store::new(engine).counter("users").await?, 0);
    Ok(())
}

pub(super) async fn counters_add_up(engine: Arc<dyn Engine>) -> Outcome {
    let store = Store::new(Arc::clone(&engine));
    assert_eq!(store.counter("p/users").await?, 0);
    let mut tasks = tokio::task::JoinSet::new();
    for i in 0..40 {
        let engine = Arc::clone(&engine);
        let counters = vec![("p/users".to_owned(), i), ("q/users".to_owned(), -i)];
        tasks.spawn(async move { engine.commit(Changes { counters, ..Changes::default() }).await });
    }
    while let Some(answer) = tasks.join_next().await {
        answer??;
    }
    assert_eq!(store.counter("p/users").await?, 780);
    assert_eq!(store.counter("q/users").await?, -780);
    let counters = vec![("p/users".to_owned(), (1 << 60) - 780)];
    engine.commit(Changes { counters, ..Changes::default() }).await?;
    assert_eq!(store.counter("p/users").await?, 1 << 60);
    Ok(())
}

pub(super) async fn a_purge_takes_a_prefix_and_no_more(engine: Arc<dyn Engine>) -> Outcome {
    let ids = ["p1", "p1/", "p1/a", "p1/\u{10fffe}", "p10/a", "p10", "p1.", "p10/", "P1/a", "p2/a"];
    let notes = ids.map(|id| note(id).alias(id).tag(id));
    seed(&engine, &notes).await?;
    let mut group = put(&note("p1/group"), 0);
    group.kind = Kind::Group;
    let counters = vec![("p1/users".to_owned(), 3), ("p2/users".to_owned(), 4)];
    engine.commit(Changes { puts: vec![group], counters, ..Changes::default() }).await?;

    // The purge has the last word, also over the same commit's own puts.
    let late = put(&note("p1/late").alias("p1/late"), 0);
    let purge = vec!["p1/".to_owned()];
    engine.commit(Changes { now: NOW, puts: vec![late], purge, ..Changes::default() }).await?;

    let mut left: Vec<_> = ids.into_iter().filter(|id| !id.starts_with("p1/")).collect();
    left.sort_unstable();
    assert_eq!(keys(&engine, prefix(ALIAS, "")).await?, left);
    assert_eq!(keys(&engine, prefix(TAG, "")).await?, left);
    for id in ids.into_iter().chain(["p1/late"]) {
        assert_eq!(version(&engine, id).await?, u64::from(left.contains(&id)), "{id}");
    }
    assert_eq!(engine.get(Kind::Group, "p1/group").await?, None);
    let store = Store::new(Arc::clone(&engine));
    assert_eq!((store.counter("p1/users").await?, store.counter("p2/users").await?), (0, 4));
    // The unique values are free again.
    seed(&engine, &[note("p1/new").alias("p1/a")]).await?;
    Ok(())
}

pub(super) async fn the_commit_is_told(engine: Arc<dyn Engine>) -> Outcome {
    let told = Arc::new(AtomicU32::new(0));
    let mut expected = 0;
    for (id, fine) in [("a", true), ("b", true), ("a", false), ("c", true)] {
        let told = Arc::clone(&told);
        let mut changes = puts(vec![put(&note(id), 0)]);
        changes.on_commit = Some(Box::new({
            let told = Arc::clone(&told);
            move || {
                told.fetch_add(1, Ordering::SeqCst);
            }
        }));
        match engine.commit(changes).await {
            Ok(()) => assert!(fine),
            Err(StoreError::Conflict { kind: Kind::User, key }) => assert!(!fine && key == id),
            Err(error) => return Err(error.into()),
        }
        expected += u32::from(fine);
        assert_eq!(told.load(Ordering::SeqCst), expected);
    }
    Ok(())
}
