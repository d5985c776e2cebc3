//! The schema, as numbered steps. `PRAGMA user_version` holds the number of the last one applied.

use rusqlite::{Connection, Transaction, TransactionBehavior};

use super::files::OpenProblem;

/// The steps, the first is number 1. A step that was released never changes.
const STEPS: [&str; 2] = [
    "
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
    ",
    // A table with row ids: new records fill the last page, where those with random keys would each write a page of their
    // own, and those of more than 1,000 bytes another beside it (https://www.sqlite.org/withoutrowid.html).
    "
    CREATE TABLE record_by_row (
        kind TEXT NOT NULL,
        key TEXT NOT NULL,
        version BIGINT NOT NULL,
        body TEXT NOT NULL,
        expires BIGINT,
        entries TEXT NOT NULL,
        PRIMARY KEY (kind, key)
    );
    INSERT INTO record_by_row SELECT kind, key, version, body, expires, entries FROM record;
    DROP TABLE record;
    ALTER TABLE record_by_row RENAME TO record;
    CREATE INDEX record_expires ON record (expires) WHERE expires IS NOT NULL;
    ",
];

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_outlive_every_step() {
        let connection = Connection::open_in_memory().unwrap();
        connection.execute_batch(STEPS[0]).unwrap();
        connection.pragma_update(None, "user_version", 1).unwrap();
        let insert =
            "INSERT INTO record VALUES ('user', 'p/a', 7, '{}', 9, ''), ('user', 'p/b', 8, '{}', NULL, 'x')";
        connection.execute_batch(insert).unwrap();
        apply(&connection).unwrap();
        let row = |key: &str| {
            let select =
                "SELECT version, body, expires, entries FROM record WHERE kind = 'user' AND key = ?1";
            connection.query_row(select, [key], |row| <(i64, String, Option<i64>, String)>::try_from(row))
        };
        assert_eq!(row("p/a").unwrap(), (7, "{}".to_owned(), Some(9), String::new()));
        assert_eq!(row("p/b").unwrap(), (8, "{}".to_owned(), None, "x".to_owned()));
        assert!(connection.execute_batch(insert).is_err(), "the key is still unique");
        assert_eq!(version(&connection).unwrap(), STEPS.len());
        apply(&connection).unwrap();
    }
}
