//! The SQL that every engine runs: the same text on SQLite and on PostgreSQL.
//!
//! Placeholders first occur in the order of their numbers, as SQLite takes `$1` for a name and numbers the names
//! as it meets them.
//!
//! Two tables. `record(kind, key, version, body, expires, entries)` holds the documents; `entries` lists the
//! record's own index entries, so that an update touches only those that differ and a sweep needs no decoding.
//! `index_entry(name, value, tie, kind, key)` has the primary key `(name, value, tie)`: with an empty tie a value
//! is unique, with the record's key as the tie it may be shared, and either way the key is the order of the pages.

use std::borrow::Cow;

use crate::engine::{IndexRange, Values};

macro_rules! current {
    ($lock:literal) => {
        concat!("SELECT version, expires, entries FROM record WHERE kind = $1 AND key = $2", $lock)
    };
}

/// kind, key -> version, expires, entries.
pub const CURRENT: &str = current!("");

/// As [`CURRENT`], for an engine with several writers: nobody else writes the row until the commit is over.
pub const CURRENT_FOR_UPDATE: &str = current!(" FOR UPDATE");

/// As [`CURRENT`]: others may look, but not write.
pub const CURRENT_FOR_SHARE: &str = current!(" FOR SHARE");

/// kind, key -> version, body, expires.
pub const GET: &str = "SELECT version, body, expires FROM record WHERE kind = $1 AND key = $2";

/// kind, key, version, body, expires, entries. No row is written when the key exists.
pub const INSERT: &str = "INSERT INTO record (kind, key, version, body, expires, entries) \
     VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (kind, key) DO NOTHING";

/// version, body, expires, entries, kind, key.
pub const UPDATE: &str = "UPDATE record SET version = $1, body = $2, expires = $3, entries = $4 \
     WHERE kind = $5 AND key = $6";

/// kind, key.
pub const DELETE: &str = "DELETE FROM record WHERE kind = $1 AND key = $2";

/// name, value, tie, kind, key. No row is written when the value is taken.
pub const ADD_ENTRY: &str = "INSERT INTO index_entry (name, value, tie, kind, key) \
     VALUES ($1, $2, $3, $4, $5) ON CONFLICT (name, value, tie) DO NOTHING";

/// name, value, tie.
pub const DROP_ENTRY: &str = "DELETE FROM index_entry WHERE name = $1 AND value = $2 AND tie = $3";

/// name, value, tie -> kind, key, expires, entries of the record that has the value.
pub const HOLDER: &str = "SELECT r.kind, r.key, r.expires, r.entries FROM index_entry i \
     JOIN record r ON r.kind = i.kind AND r.key = i.key WHERE i.name = $1 AND i.value = $2 AND i.tie = $3";

/// name, value, tie. Only if the entry's record is gone.
pub const DROP_DANGLING: &str = "DELETE FROM index_entry WHERE name = $1 AND value = $2 AND tie = $3 \
     AND NOT EXISTS (SELECT 1 FROM record r WHERE r.kind = index_entry.kind AND r.key = index_entry.key)";

/// name, number as text.
pub const COUNT: &str = "INSERT INTO record (kind, key, version, body, expires, entries) \
     VALUES ('counter', $1, 1, $2, NULL, '') ON CONFLICT (kind, key) DO UPDATE SET \
     version = record.version + 1, \
     body = CAST(CAST(record.body AS BIGINT) + CAST(excluded.body AS BIGINT) AS TEXT)";

/// kind, first key, first key beyond.
pub const PURGE_RECORDS: &str = "DELETE FROM record WHERE kind = $1 AND key >= $2 AND key < $3";

/// name -> the next greater name of an index. From name to name it lists them without walking the entries.
pub const NEXT_INDEX: &str = "SELECT MIN(name) FROM index_entry WHERE name > $1";

/// name, first value, first value beyond.
pub const PURGE_ENTRIES: &str = "DELETE FROM index_entry WHERE name = $1 AND value >= $2 AND value < $3";

/// moment, limit -> kind, key, version.
pub const EXPIRED: &str =
    "SELECT kind, key, version FROM record WHERE expires <= $1 ORDER BY expires LIMIT $2";

macro_rules! scan {
    ($values:literal, $order:literal, $limit:literal) => {
        concat!(
            "SELECT r.key, r.version, r.body, r.expires, i.value, i.tie FROM index_entry i ",
            "JOIN record r ON r.kind = i.kind AND r.key = i.key WHERE i.name = $1 AND ",
            $values,
            " ORDER BY i.value",
            $order,
            ", i.tie",
            $order,
            " LIMIT $",
            $limit
        )
    };
}

/// A scan as SQL: the text, and the parameters between the name of the index and the limit.
///
/// The rows are key, version, body, expires, value, tie. The text bounds the index on the side where the page
/// begins by the cursor alone, so that no engine walks over the pages before.
pub fn scan(range: &IndexRange) -> (&'static str, Vec<Cow<'_, str>>) {
    match (&range.values, range.descending) {
        (Values::Exact(value), descending) => {
            let value = Cow::from(value);
            match (&range.after, descending) {
                (None, false) => (scan!("i.value = $2", "", "3"), vec![value]),
                (None, true) => (scan!("i.value = $2", " DESC", "3"), vec![value]),
                (Some(c), false) => {
                    (scan!("i.value = $2 AND i.tie > $3", "", "4"), vec![value, Cow::from(&c.tie)])
                }
                (Some(c), true) => {
                    (scan!("i.value = $2 AND i.tie < $3", " DESC", "4"), vec![value, Cow::from(&c.tie)])
                }
            }
        }
        (Values::Prefix(prefix), false) => {
            let (first, beyond) = (Cow::from(prefix), Cow::from(beyond(prefix)));
            // A cursor before the range would widen it.
            match range.after.as_ref().filter(|cursor| cursor.value >= *prefix) {
                None => (scan!("i.value >= $2 AND i.value < $3", "", "4"), vec![first, beyond]),
                Some(c) => (
                    scan!("(i.value, i.tie) > ($2, $3) AND i.value < $4", "", "5"),
                    vec![Cow::from(&c.value), Cow::from(&c.tie), beyond],
                ),
            }
        }
        (Values::Prefix(prefix), true) => {
            let (first, beyond) = (Cow::from(prefix), Cow::from(beyond(prefix)));
            match range.after.as_ref().filter(|cursor| *cursor.value < *beyond) {
                None => (scan!("i.value >= $2 AND i.value < $3", " DESC", "4"), vec![first, beyond]),
                Some(c) => (
                    scan!("(i.value, i.tie) < ($2, $3) AND i.value >= $4", " DESC", "5"),
                    vec![Cow::from(&c.value), Cow::from(&c.tie), first],
                ),
            }
        }
    }
}

/// The first text, in the order of code points, that is greater than all texts with this prefix.
///
/// Code point order is the order of UTF-8 bytes, and so that of SQLite's `BINARY` and PostgreSQL's `"C"`.
/// Of an empty prefix it is U+10FFFF, a code point that no text uses.
pub fn beyond(prefix: &str) -> String {
    let mut chars: Vec<char> = prefix.chars().collect();
    while let Some(last) = chars.pop() {
        let next = match last {
            '\u{d7ff}' => Some('\u{e000}'),
            other => char::from_u32(other as u32 + 1),
        };
        if let Some(next) = next {
            chars.push(next);
            return chars.into_iter().collect();
        }
    }
    char::MAX.to_string()
}

#[cfg(test)]
mod tests {
    use cognito_core::Kind;

    use super::*;
    use crate::engine::Cursor;

    #[test]
    fn placeholders_are_in_order() {
        let mut texts = vec![
            CURRENT,
            CURRENT_FOR_UPDATE,
            CURRENT_FOR_SHARE,
            DROP_DANGLING,
            GET,
            INSERT,
            UPDATE,
            DELETE,
            ADD_ENTRY,
            DROP_ENTRY,
            HOLDER,
            COUNT,
            PURGE_RECORDS,
            NEXT_INDEX,
            PURGE_ENTRIES,
            EXPIRED,
        ];
        let cursor = Cursor { value: String::new(), tie: String::new() };
        for range in [IndexRange::exact(Kind::User, "i", ""), IndexRange::prefix(Kind::User, "i", "")] {
            for range in [range.clone(), range.after(cursor.clone())] {
                for range in [range.clone(), range.descending()] {
                    let (text, parameters) = scan(&range);
                    assert!(text.ends_with(&format!("${}", parameters.len() + 2)));
                    texts.push(text);
                }
            }
        }
        for text in texts {
            let numbers: Vec<_> = text.split('$').skip(1).map(|part| part.as_bytes()[0]).collect();
            let expected: Vec<_> = (b'1'..).take(numbers.len()).collect();
            assert_eq!(numbers, expected, "{text}");
        }
    }

    #[test]
    fn the_text_beyond_a_prefix() {
        let check = |prefix: &str, expected: &str| {
            assert_eq!(beyond(prefix), expected);
            assert!(prefix < expected && format!("{prefix}\u{10fffe}").as_str() < expected);
        };
        check("", "\u{10ffff}");
        check("a/", "a0");
        check("é", "ê");
        check("a\u{d7ff}", "a\u{e000}");
        check("a\u{10ffff}", "b");
    }
}
