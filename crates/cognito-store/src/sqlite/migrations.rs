//! The schema, as numbered steps. `PRAGMA user_version` holds the number of the last one applied.

use rusqlite::{Connection, Transaction, TransactionBehavior};

use super::files::OpenProblem;

/// The steps, the first is number 1. A step that was released never changes.
const STEPS: [&str; 1] = ["
    CREATE TABLE record (
        kind TEXT NOT NULL,
        key TEXT NOT NULL,
        version BIGINT NOT NULL,
        body TEXT NOT NULL,
        expires BIGINT,
        entries TEXT NOT NULL,
        PRIMARY KEY (kind, key)
    ) WITHOUT ROWID;
    CREATE INDEX record_expires ON record (expires) WHERE expires IS NOT NULL;
    CREATE TABLE index_entry (
        name TEXT NOT NULL,
        value TEXT NOT NULL,
        tie TEXT NOT NULL,
        kind TEXT NOT NULL,
        key TEXT NOT NULL,
        PRIMARY KEY (name, value, tie)
    ) WITHOUT ROWID;
"];

/// Brings the schema up to date in one transaction.
pub(super) fn apply(connection: &Connection) -> Result<(), OpenProblem> {
    let found = version(connection)?;
    if found == STEPS.len() {
        return Ok(());
    }
    let transaction = Transaction::new_unchecked(connection, TransactionBehavior::Immediate)?;
    let found = version(&transaction)?;
    let Some(missing) = STEPS.get(found..) else {
        return Err(OpenProblem::Newer { found, known: STEPS.len() });
    };
    for step in missing {
        transaction.execute_batch(step)?;
    }
    transaction.pragma_update(None, "user_version", STEPS.len() as u32)?;
    transaction.commit()?;
    Ok(())
}

fn version(connection: &Connection) -> rusqlite::Result<usize> {
    // A number that is none of ours, such as a negative one, is as unknown as a newer one.
    connection.pragma_query_value(None, "user_version", |row| {
        Ok(row.get::<_, u32>(0).map_or(usize::MAX, |n| n as usize))
    })
}
