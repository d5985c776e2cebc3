//! The writer: applies the changes of commits, in transactions.

use cognito_core::Kind;
use rusqlite::{Connection, OptionalExtension, params};

use super::known::{Known, There};
use super::read::{time, version};
use crate::engine::{Changes, Put, StoreError};
use crate::plan::{self, Current, Entry, Touch, Want, plan, touched};
use crate::sql;

/// The connection that writes, with what it knows of the records that commits check.
pub(super) struct Writer {
    pub(super) connection: Connection,
    known: Known,
}

impl Writer {
    pub(super) fn new(connection: Connection) -> Self {
        Self { connection, known: Known::default() }
    }

    /// Applies the changes in a transaction of their own.
    pub(super) fn alone(&mut self, changes: &Changes) -> Result<(), StoreError> {
        self.run("BEGIN IMMEDIATE")?;
        let answer = self.apply(changes).and_then(|()| self.run("COMMIT"));
        if answer.is_err() {
            self.roll_back();
        }
        answer
    }

    /// Applies the changes within the open transaction; after an error their rows may be half written.
    pub(super) fn apply(&mut self, changes: &Changes) -> Result<(), StoreError> {
        let touched = touched(changes);
        let mut there = Vec::with_capacity(touched.len());
        for touch in &touched {
            there.push(self.current(touch).map_err(StoreError::unavailable)?);
        }
        let plan = plan(changes.now, &touched, there)?;
        self.forget(changes);
        write(&self.connection, &plan).map_err(StoreError::unavailable)?;
        for (entry, put) in &plan.adds {
            self.add(changes, entry, put)?;
        }
        finish(&self.connection, changes).map_err(StoreError::unavailable)
    }

    /// Runs a statement without parameters.
    pub(super) fn run(&self, text: &str) -> Result<(), StoreError> {
        let run = || self.connection.prepare_cached(text)?.execute([]);
        run().map(drop).map_err(StoreError::unavailable)
    }

    /// Ends the transaction, if SQLite has not already done so after an error.
    pub(super) fn roll_back(&mut self) {
        self.known = Known::default();
        if !self.connection.is_autocommit()
            && let Err(error) = self.run("ROLLBACK")
        {
            tracing::error!(%error, "failed to roll back");
        }
    }

    fn current(&mut self, touch: &Touch<'_>) -> rusqlite::Result<Option<Current>> {
        let Touch { kind, key, want } = *touch;
        if !matches!(want, Want::Check(_)) {
            return current(&self.connection, kind, key);
        }
        let there = match self.known.get(kind, key) {
            Some(there) => there,
            None => {
                let row = current(&self.connection, kind, key)?;
                let there = row.map(|row| There { version: row.version, expires: row.expires });
                self.known.note(kind, key, there);
                there
            }
        };
        // A check asks for no entries.
        Ok(there.map(|There { version, expires }| Current { version, expires, entries: String::new() }))
    }

    fn forget(&mut self, changes: &Changes) {
        if !changes.purge.is_empty() {
            self.known = Known::default();
        }
        for put in &changes.puts {
            self.known.forget(put.kind, &put.key);
        }
        for delete in &changes.deletes {
            self.known.forget(delete.kind, &delete.key);
        }
    }

    fn add(&mut self, changes: &Changes, entry: &Entry, put: &Put) -> Result<(), StoreError> {
        let insert = |connection: &Connection| {
            let values = [&entry.name, &entry.value, &entry.tie, put.kind.as_str(), &put.key];
            let count = connection.prepare_cached(sql::ADD_ENTRY)?.execute(values)?;
            Ok::<bool, rusqlite::Error>(count == 1)
        };
        if insert(&self.connection).map_err(StoreError::unavailable)? {
            return Ok(());
        }
        // A record that has expired may have been known.
        self.known = Known::default();
        if evict(&self.connection, changes, entry)?
            && insert(&self.connection).map_err(StoreError::unavailable)?
        {
            return Ok(());
        }
        Err(StoreError::Taken { index: entry.name.clone(), value: entry.value.clone() })
    }
}

fn current(connection: &Connection, kind: Kind, key: &str) -> rusqlite::Result<Option<Current>> {
    connection
        .prepare_cached(sql::CURRENT)?
        .query_row([kind.as_str(), key], |row| {
            Ok(Current { version: version(row, 0)?, expires: time(row, 1)?, entries: row.get(2)? })
        })
        .optional()
}

/// Everything but the new index entries. The only writer need not guard the absent keys.
fn write(connection: &Connection, plan: &plan::Plan<'_>) -> rusqlite::Result<()> {
    for entry in &plan.drops {
        drop_entry(connection, entry)?;
    }
    for (kind, key) in &plan.deletes {
        connection.prepare_cached(sql::DELETE)?.execute([kind.as_str(), key])?;
    }
    for put in &plan.updates {
        let (version, expires) = (put.version.cast_signed(), put.expires.map(|time| time.0));
        let values = params![version, put.body, expires, plan::encode(put), put.kind.as_str(), put.key];
        connection.prepare_cached(sql::UPDATE)?.execute(values)?;
    }
    for put in &plan.inserts {
        let (version, expires) = (put.version.cast_signed(), put.expires.map(|time| time.0));
        let values = params![put.kind.as_str(), put.key, version, put.body, expires, plan::encode(put)];
        connection.prepare_cached(sql::INSERT)?.execute(values)?;
    }
    Ok(())
}

/// Deletes the record that has this value, if it has expired. An entry without a record is deleted too.
fn evict(connection: &Connection, changes: &Changes, entry: &Entry) -> Result<bool, StoreError> {
    type Holder = (String, String, Option<i64>, String);
    let holder = || -> rusqlite::Result<Option<Holder>> {
        connection
            .prepare_cached(sql::HOLDER)?
            .query_row([&entry.name, &entry.value, &entry.tie], |row| row.try_into())
            .optional()
    };
    let Some((kind, key, expires, entries)) = holder().map_err(StoreError::unavailable)? else {
        let drop_dangling = || {
            let values = [&entry.name, &entry.value, &entry.tie];
            connection.prepare_cached(sql::DROP_DANGLING)?.execute(values)
        };
        return drop_dangling().map(|count| count > 0).map_err(StoreError::unavailable);
    };
    if expires.is_none_or(|expires| expires > changes.now.0) {
        return Ok(false);
    }
    let entries = plan::decode_entries(&entries).map_err(StoreError::unavailable)?;
    let delete = || -> rusqlite::Result<()> {
        for entry in &entries {
            drop_entry(connection, entry)?;
        }
        connection.prepare_cached(sql::DELETE)?.execute([&kind, &key])?;
        Ok(())
    };
    delete().map(|()| true).map_err(StoreError::unavailable)
}

fn drop_entry(connection: &Connection, entry: &Entry) -> rusqlite::Result<()> {
    let values = [&entry.name, &entry.value, &entry.tie];
    connection.prepare_cached(sql::DROP_ENTRY)?.execute(values).map(drop)
}

/// Counters and purges.
fn finish(connection: &Connection, changes: &Changes) -> rusqlite::Result<()> {
    for (name, delta) in &changes.counters {
        connection.prepare_cached(sql::COUNT)?.execute([name, &delta.to_string()])?;
    }
    for prefix in &changes.purge {
        let beyond = sql::beyond(prefix);
        for kind in Kind::ALL {
            connection.prepare_cached(sql::PURGE_RECORDS)?.execute([kind.as_str(), prefix, &beyond])?;
        }
        let mut name = String::new();
        while let Some(next) = connection
            .prepare_cached(sql::NEXT_INDEX)?
            .query_row([&name], |row| row.get::<_, Option<String>>(0))?
        {
            name = next;
            connection.prepare_cached(sql::PURGE_ENTRIES)?.execute([&name, prefix, &beyond])?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use cognito_core::{IndexEntry, Time};

    use super::*;
    use crate::engine::{Check, Delete};
    use crate::sqlite::{files, migrations};

    const NOW: Time = Time(1);

    fn put(key: &str, expected: u64, value: &str) -> Changes {
        let put = Put {
            kind: Kind::User,
            key: key.to_owned(),
            expected,
            version: expected + 1,
            body: String::new(),
            expires: (key == "expired").then_some(NOW),
            entries: vec![IndexEntry::unique("x", value)],
        };
        Changes { now: NOW, puts: vec![put], ..Changes::default() }
    }

    #[test]
    fn what_was_checked_is_looked_at_anew_once_it_is_written() {
        let delete = Delete { kind: Kind::User, key: "deleted".to_owned(), expected: None };
        let cases = [
            ("written", put("written", 1, "written")),
            ("deleted", Changes { deletes: vec![delete], ..Changes::default() }),
            ("p/purged", Changes { purge: vec!["p/".to_owned()], ..Changes::default() }),
            ("expired", put("other", 0, "expired")),
        ];
        let connection = files::ephemeral().unwrap();
        migrations::apply(&connection).unwrap();
        let mut writer = Writer::new(connection);
        for (key, changes) in cases {
            let checks = vec![Check { kind: Kind::User, key: key.to_owned(), version: 1 }];
            let check = Changes { now: NOW, checks, ..Changes::default() };
            writer.apply(&put(key, 0, key)).unwrap();
            writer.apply(&check).unwrap();
            writer.apply(&changes).unwrap();
            assert!(matches!(writer.apply(&check), Err(StoreError::Conflict { .. })), "{key}");
        }
    }
}
