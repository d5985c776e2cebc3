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

use crate::engine::{Cursor, IndexRange, Values};

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

/// A scan as SQL: the text, and the parameters between the name of the index and the limit.
///
/// The rows are value, tie, key, version, body, expires.
pub fn scan(range: &IndexRange) -> (String, Vec<Cow<'_, str>>) {
    select(
        "i.value, i.tie, r.key, r.version, r.body, r.expires FROM index_entry i \
         JOIN record r ON r.kind = i.kind AND r.key = i.key",
        range,
    )
}

/// As [`scan`], of the index alone. The rows are value, tie, key.
pub fn keys(range: &IndexRange) -> (String, Vec<Cow<'_, str>>) {
    select("i.value, i.tie, i.key FROM index_entry i", range)
}

/// The text bounds the index on the side where the page begins by the cursor alone, so that no engine walks over the
/// pages before.
fn select<'r>(what: &str, range: &'r IndexRange) -> (String, Vec<Cow<'r, str>>) {
    let (values, parameters) = match (&range.values, range.descending) {
        (Values::Exact(value), descending) => {
            let value = Cow::from(value);
            match &range.after {
                None => ("i.value = $2", vec![value]),
                Some(c) if descending => ("i.value = $2 AND i.tie < $3", vec![value, Cow::from(&c.tie)]),
                Some(c) => ("i.value = $2 AND i.tie > $3", vec![value, Cow::from(&c.tie)]),
            }
        }
        (Values::Prefix(prefix), descending) => {
            let (first, beyond) = (Cow::from(prefix), Cow::from(beyond(prefix)));
            // A cursor outside the range would widen it.
            let inside = |c: &&Cursor| if descending { *c.value < *beyond } else { c.value >= *prefix };
            match range.after.as_ref().filter(inside) {
                None => ("i.value >= $2 AND i.value < $3", vec![first, beyond]),
                Some(c) if descending => (
                    "(i.value, i.tie) < ($2, $3) AND i.value >= $4",
                    vec![Cow::from(&c.value), Cow::from(&c.tie), first],
                ),
                Some(c) => (
                    "(i.value, i.tie) > ($2, $3) AND i.value < $4",
                    vec![Cow::from(&c.value), Cow::from(&c.tie), beyond],
                ),
            }
        }
    };
    let order = if range.descending { " DESC" } else { "" };
    let limit = parameters.len() + 2;
    let text = format!(
        "SELECT {what} WHERE i.name = $1 AND {values} ORDER BY i.value{order}, i.tie{order} LIMIT ${limit}"
    );
    (text, parameters)
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

    #[test]
    fn placeholders_are_in_order() {
        let mut texts = [
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
        ]
        .map(str::to_owned)
        .to_vec();
        let cursor = Cursor { value: String::new(), tie: String::new() };
        for range in [IndexRange::exact(Kind::User, "i", ""), IndexRange::prefix(Kind::User, "i", "")] {
            for range in [range.clone(), range.after(cursor.clone())] {
                for range in [range.clone(), range.descending()] {
                    for (text, parameters) in [scan(&range), keys(&range)] {
                        assert!(text.ends_with(&format!("${}", parameters.len() + 2)));
                        texts.push(text);
                    }
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
