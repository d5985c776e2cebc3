//! Index entries: uniqueness, ranges, pages.

use std::sync::Arc;

use super::Outcome;
use super::notes::{
    ALIAS, NOW, Note, TAG, delete, deletes, exact, keys, note, prefix, put, puts, seed, taken,
};
use crate::engine::{Changes, Cursor, Engine, IndexRange, Page, StoreError};

pub(super) async fn unique_values_are_unique(engine: Arc<dyn Engine>) -> Outcome {
    seed(&engine, &[note("a").alias("anna").tag("x"), note("b").alias("Anna").tag("x")]).await?;
    let is_taken = Some((ALIAS.to_owned(), "anna".to_owned()));
    assert_eq!(taken(seed(&engine, &[note("c").alias("anna")]).await), is_taken);
    assert_eq!(taken(engine.commit(puts(vec![put(&note("b").alias("anna"), 1)])).await), is_taken);
    let twice = vec![put(&note("c").alias("carl"), 0), put(&note("d").alias("carl"), 0)];
    assert_eq!(taken(engine.commit(puts(twice)).await), Some((ALIAS.to_owned(), "carl".to_owned())));
    // Of two that are taken, the one that the record lists first is reported.
    let both = note("c").alias("new").alias("anna").alias("Anna");
    assert_eq!(taken(seed(&engine, &[both]).await), is_taken);
    // To write one's own value again is no clash.
    engine.commit(puts(vec![put(&note("a").alias("anna").alias("ann"), 1)])).await?;
    assert_eq!(keys(&engine, exact(ALIAS, "anna")).await?, ["a"]);
    assert_eq!(keys(&engine, exact(TAG, "x")).await?, ["b"]);
    engine.commit(deletes(vec![delete("a", None)])).await?;
    seed(&engine, &[note("c").alias("anna")]).await?;
    assert_eq!(keys(&engine, exact(ALIAS, "anna")).await?, ["c"]);
    Ok(())
}

pub(super) async fn unique_values_move(engine: Arc<dyn Engine>) -> Outcome {
    seed(&engine, &[note("a").alias("one"), note("b").alias("two")]).await?;
    // A swap; whichever record comes first, the other one's value is still there when it is written.
    engine.commit(puts(vec![put(&note("a").alias("two"), 1), put(&note("b").alias("one"), 1)])).await?;
    assert_eq!(keys(&engine, exact(ALIAS, "one")).await?, ["b"]);
    assert_eq!(keys(&engine, exact(ALIAS, "two")).await?, ["a"]);
    // To a new record, from one that loses it and from one that is deleted.
    let changes = Changes {
        now: NOW,
        puts: vec![put(&note("a"), 2), put(&note("c").alias("two").alias("one"), 0)],
        deletes: vec![delete("b", Some(2))],
        ..Changes::default()
    };
    engine.commit(changes).await?;
    assert_eq!(keys(&engine, prefix(ALIAS, "")).await?, ["c", "c"]);
    Ok(())
}

pub(super) async fn updates_change_the_entries_that_differ(engine: Arc<dyn Engine>) -> Outcome {
    let list = |range| keys(&engine, range);
    seed(&engine, &[note("a").tag("x").tag("y").alias("1")]).await?;
    engine.commit(puts(vec![put(&note("a").tag("y").tag("z").alias("2"), 1)])).await?;
    assert_eq!(list(exact(TAG, "x")).await?, Vec::<String>::new());
    assert_eq!((list(exact(TAG, "y")).await?, list(exact(TAG, "z")).await?).0, ["a"]);
    assert_eq!((list(prefix(TAG, "")).await?.len(), list(prefix(ALIAS, "")).await?.len()), (2, 1));
    engine.commit(puts(vec![put(&note("a"), 2)])).await?;
    assert_eq!((list(prefix(TAG, "")).await?.len(), list(prefix(ALIAS, "")).await?.len()), (0, 0));
    engine.commit(puts(vec![put(&note("a").tag("x"), 3)])).await?;
    engine.commit(deletes(vec![delete("a", Some(4))])).await?;
    assert_eq!(list(prefix(TAG, "")).await?, Vec::<String>::new());
    Ok(())
}

pub(super) async fn prefixes_end_where_they_should(engine: Arc<dyn Engine>) -> Outcome {
    let values =
        ["p/", "p/A", "p/Z", "p/a", "p/a%", "p/aé", "p/a\u{ffff}", "p/a🎉", "p/b", "p/é", "p0", "q/a"];
    let notes: Vec<_> = values.iter().map(|value| note(value).tag(value)).collect();
    seed(&engine, &notes).await?;
    for part in ["", "p", "p/", "p/a", "p/A", "p/a%", "p/a_", "p/a\u{ffff}", "p/a🎉", "p/é", "x", "P/"] {
        // The order of bytes: "Z" before "a" before "é".
        let expected: Vec<_> = values.into_iter().filter(|value| value.starts_with(part)).collect();
        assert_eq!(keys(&engine, prefix(TAG, part)).await?, expected, "{part}");
        let backwards: Vec<_> = expected.into_iter().rev().collect();
        assert_eq!(keys(&engine, prefix(TAG, part).descending()).await?, backwards, "{part}");
    }
    assert_eq!(keys(&engine, prefix(ALIAS, "")).await?, Vec::<String>::new(), "another index");
    Ok(())
}

pub(super) async fn pages_cover_a_range_in_both_directions(engine: Arc<dyn Engine>) -> Outcome {
    let mut notes = Vec::new();
    for i in 0..23 {
        // Several records a value, and values outside of the range on both sides.
        notes.push(note(&format!("{:02}", 22 - i)).tag(&format!("m/{}", i / 4)).alias(&format!("m/{i:02}")));
    }
    notes.push(note("before").tag("l/9").alias("l/9"));
    notes.push(note("behind").tag("n/0").alias("n/0"));
    seed(&engine, &notes).await?;
    let ranges =
        [prefix(TAG, "m/"), exact(TAG, "m/2"), prefix(ALIAS, "m/"), exact(ALIAS, "m/05"), prefix(TAG, "")];
    for range in ranges {
        for range in [range.clone(), range.descending()] {
            let whole = keys(&engine, range.clone()).await?;
            assert_eq!(whole, reference(&notes, &range));
            for limit in [1, 2, 3, 7, whole.len(), whole.len() + 1] {
                assert_eq!(in_pages(&engine, range.clone(), limit).await?, whole, "{range:?} by {limit}");
            }
        }
    }
    // A cursor from elsewhere does not widen a range.
    let elsewhere = |value: &str| Cursor { value: value.to_owned(), tie: String::new() };
    let all = keys(&engine, prefix(TAG, "m/")).await?;
    assert_eq!(keys(&engine, prefix(TAG, "m/").after(elsewhere("a"))).await?, all);
    assert_eq!(keys(&engine, prefix(TAG, "m/").after(elsewhere("z"))).await?, Vec::<String>::new());
    let backwards = prefix(TAG, "m/").descending();
    assert_eq!(keys(&engine, backwards.clone().after(elsewhere("z"))).await?.len(), all.len());
    assert_eq!(keys(&engine, backwards.after(elsewhere("a"))).await?, Vec::<String>::new());
    Ok(())
}

pub(super) async fn pages_survive_changes_between_them(engine: Arc<dyn Engine>) -> Outcome {
    let notes: Vec<_> = (0..9).map(|i| note(&i.to_string()).tag("x")).collect();
    seed(&engine, &notes).await?;
    let first = engine.scan(&exact(TAG, "x"), 3).await?;
    assert_eq!(first.records.len(), 3);
    // The very record that the cursor names goes, one of the next page goes, one comes.
    engine.commit(deletes(vec![delete("2", None), delete("4", None)])).await?;
    seed(&engine, &[note("55").tag("x")]).await?;
    assert_eq!(keys(&engine, exact(TAG, "x").after(first.next)).await?, ["3", "5", "55", "6", "7", "8"]);
    Ok(())
}

async fn in_pages(
    engine: &Arc<dyn Engine>,
    mut range: IndexRange,
    limit: usize,
) -> Result<Vec<String>, StoreError> {
    let mut keys = Vec::new();
    loop {
        let page = engine.scan(&range, limit).await?;
        assert!(page.records.len() <= limit);
        assert!(page.next.is_none() || page.records.len() == limit, "a short page is the last one");
        let records: Vec<_> = page.records.into_iter().map(|record| record.key).collect();
        let keys_alone = Page { records: records.clone(), next: page.next.clone() };
        assert_eq!(engine.keys(&range, limit).await?, keys_alone);
        keys.extend(records);
        if page.next.is_none() {
            return Ok(keys);
        }
        range.after = page.next;
    }
}

/// What a range has, the slow way.
fn reference(notes: &[Note], range: &IndexRange) -> Vec<String> {
    use crate::engine::Values;
    use cognito_core::Entity;

    let mut found = Vec::new();
    for note in notes {
        for entry in note.index() {
            let fits = match &range.values {
                Values::Exact(value) => entry.value == *value,
                Values::Prefix(prefix) => entry.value.starts_with(prefix),
            };
            if entry.index == range.index && fits {
                found.push((entry.value, note.id.clone()));
            }
        }
    }
    found.sort();
    if range.descending {
        found.reverse();
    }
    found.into_iter().map(|(_, id)| id).collect()
}
