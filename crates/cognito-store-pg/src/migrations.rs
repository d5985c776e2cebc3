//! The schema, as numbered steps; `schema_version` holds the number of the last one applied.
//!
//! Servers may start at once: the first one to lock the row does the work, and who stumbles over a table that
//! another is making tries again. Advisory locks would do it too, but CockroachDB has none.

use deadpool_postgres::Pool;
use tokio_postgres::error::SqlState;

use crate::connect::ConnectError;

/// The steps, the first is number 1. A step that was released never changes.
///
/// The collation orders texts by their bytes, as SQLite does.
const STEPS: [&str; 1] = [r#"
    CREATE TABLE record (
        kind TEXT COLLATE "C" NOT NULL,
        key TEXT COLLATE "C" NOT NULL,
        version BIGINT NOT NULL,
        body TEXT NOT NULL,
        expires BIGINT,
        entries TEXT NOT NULL,
        PRIMARY KEY (kind, key)
    );
    CREATE INDEX record_expires ON record (expires) WHERE expires IS NOT NULL;
    CREATE TABLE index_entry (
        name TEXT COLLATE "C" NOT NULL,
        value TEXT COLLATE "C" NOT NULL,
        tie TEXT COLLATE "C" NOT NULL,
        kind TEXT COLLATE "C" NOT NULL,
        key TEXT COLLATE "C" NOT NULL,
        PRIMARY KEY (name, value, tie)
    );
"#];

const TRIES: u32 = 20;

/// Brings the schema up to date.
pub(crate) async fn apply(pool: &Pool) -> Result<(), ConnectError> {
    let mut tries = 0;
    loop {
        match attempt(pool).await {
            Err(Failed::Sql(error)) if tries < TRIES && stumbled(&error) => {
                tries += 1;
                tokio::time::sleep(std::time::Duration::from_millis(50)).await;
            }
            Err(Failed::Sql(error)) => return Err(error.into()),
            Err(Failed::Other(error)) => return Err(error),
            Ok(()) => return Ok(()),
        }
    }
}

enum Failed {
    Sql(tokio_postgres::Error),
    Other(ConnectError),
}

impl From<tokio_postgres::Error> for Failed {
    fn from(error: tokio_postgres::Error) -> Self {
        Self::Sql(error)
    }
}

async fn attempt(pool: &Pool) -> Result<(), Failed> {
    let mut client = pool.get().await.map_err(|error| Failed::Other(error.into()))?;
    let transaction = client.transaction().await?;
    transaction
        .batch_execute(
            "CREATE TABLE IF NOT EXISTS schema_version (id INT PRIMARY KEY, number INT NOT NULL);
             INSERT INTO schema_version (id, number) VALUES (1, 0) ON CONFLICT (id) DO NOTHING;",
        )
        .await?;
    let row = transaction.query_one("SELECT number FROM schema_version WHERE id = 1 FOR UPDATE", &[]).await?;
    let found = usize::try_from(row.try_get::<_, i32>(0)?).unwrap_or(usize::MAX);
    let Some(missing) = STEPS.get(found..) else {
        return Err(Failed::Other(ConnectError::Newer { found, known: STEPS.len() }));
    };
    for step in missing {
        transaction.batch_execute(step).await?;
    }
    if !missing.is_empty() {
        let number = STEPS.len() as i32;
        transaction.execute("UPDATE schema_version SET number = $1 WHERE id = 1", &[&number]).await?;
    }
    transaction.commit().await?;
    Ok(())
}

/// Whether another server is at it: PostgreSQL reports a table that is being made as a duplicate of its type.
fn stumbled(error: &tokio_postgres::Error) -> bool {
    let states = [
        SqlState::UNIQUE_VIOLATION,
        SqlState::DUPLICATE_TABLE,
        SqlState::DUPLICATE_OBJECT,
        SqlState::T_R_SERIALIZATION_FAILURE,
        SqlState::T_R_DEADLOCK_DETECTED,
    ];
    error.code().is_some_and(|code| states.contains(code))
}
