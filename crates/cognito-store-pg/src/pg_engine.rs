//! `PgEngine`: the seam on a pool of connections.

use std::borrow::Cow;

use async_trait::async_trait;
use cognito_core::{Kind, Time};
use cognito_store::{Changes, Cursor, Engine, Expired, IndexRange, Page, Record, StoreError, sql};
use deadpool_postgres::{Object, Pool};
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;

use crate::commit;
use crate::connect::{self, ConnectError};
use crate::migrations;

/// The store on PostgreSQL. Many processes may share one.
pub struct PgEngine {
    pool: Pool,
}

impl PgEngine {
    /// Connects and brings the schema up to date, such as with `postgres://user:password@host:5432/database`.
    /// TLS is not supported: `sslmode` may be `disable` or `prefer`.
    ///
    /// The connections live on the Tokio runtime that first needed them.
    pub async fn connect(url: &str) -> Result<Self, ConnectError> {
        let pool = connect::pool(url)?;
        migrations::apply(&pool).await?;
        Ok(Self { pool })
    }

    async fn client(&self) -> Result<Object, StoreError> {
        self.pool.get().await.map_err(StoreError::unavailable)
    }

    async fn rows(&self, text: &str, values: &[&(dyn ToSql + Sync)]) -> Result<Vec<Row>, StoreError> {
        let client = self.client().await?;
        let statement = client.prepare_cached(text).await.map_err(StoreError::unavailable)?;
        client.query(&statement, values).await.map_err(StoreError::unavailable)
    }

    /// One row more than asked for, which tells whether there is a next page.
    async fn range(
        &self,
        range: &IndexRange,
        (text, values): (String, Vec<Cow<'_, str>>),
        limit: usize,
    ) -> Result<Vec<Row>, StoreError> {
        let values: Vec<&str> = values.iter().map(AsRef::as_ref).collect();
        let bound = at_most(limit.saturating_add(1));
        let mut parameters: Vec<&(dyn ToSql + Sync)> = vec![&range.index];
        parameters.extend(values.iter().map(|value| value as &(dyn ToSql + Sync)));
        parameters.push(&bound);
        self.rows(&text, &parameters).await
    }
}

#[async_trait]
impl Engine for PgEngine {
    async fn get(&self, kind: Kind, key: &str) -> Result<Option<Record>, StoreError> {
        let rows = self.rows(sql::GET, &[&kind.as_str(), &key]).await?;
        let record = |row: &Row| -> Result<Record, tokio_postgres::Error> {
            Ok(Record {
                kind,
                key: key.to_owned(),
                version: version(row, 0)?,
                body: row.try_get(1)?,
                expires: time(row, 2)?,
            })
        };
        rows.first().map(record).transpose().map_err(StoreError::unavailable)
    }

    async fn scan(&self, range: &IndexRange, limit: usize) -> Result<Page, StoreError> {
        let rows = self.range(range, sql::scan(range), limit).await?;
        let record = |row: &Row| -> Result<Record, tokio_postgres::Error> {
            Ok(Record {
                kind: range.kind,
                key: row.try_get(2)?,
                version: version(row, 3)?,
                body: row.try_get(4)?,
                expires: time(row, 5)?,
            })
        };
        page(&rows, limit, record).map_err(StoreError::unavailable)
    }

    async fn keys(&self, range: &IndexRange, limit: usize) -> Result<Page<String>, StoreError> {
        let rows = self.range(range, sql::keys(range), limit).await?;
        page(&rows, limit, |row| row.try_get(2)).map_err(StoreError::unavailable)
    }

    async fn commit(&self, mut changes: Changes) -> Result<(), StoreError> {
        let mut client = self.client().await?;
        commit::commit(&mut client, &changes).await?;
        if let Some(on_commit) = changes.on_commit.take() {
            on_commit();
        }
        Ok(())
    }

    async fn expired(&self, now: Time, limit: usize) -> Result<Vec<Expired>, StoreError> {
        let rows = self.rows(sql::EXPIRED, &[&now.0, &at_most(limit)]).await?;
        let mut expired = Vec::with_capacity(rows.len());
        let mut read = |row: &Row| -> Result<(), tokio_postgres::Error> {
            let name: &str = row.try_get(0)?;
            if let Some(kind) = Kind::ALL.into_iter().find(|kind| kind.as_str() == name) {
                expired.push(Expired { kind, key: row.try_get(1)?, version: version(row, 2)? });
            }
            Ok(())
        };
        rows.iter().try_for_each(&mut read).map_err(StoreError::unavailable)?;
        Ok(expired)
    }

    fn exclusive(&self) -> bool {
        false
    }
}

/// Rows that begin with value and tie, and what `read` makes of them.
fn page<T>(
    rows: &[Row],
    limit: usize,
    read: impl Fn(&Row) -> Result<T, tokio_postgres::Error>,
) -> Result<Page<T>, tokio_postgres::Error> {
    let records = rows.iter().take(limit).map(read).collect::<Result<_, _>>()?;
    let next = match rows.get(limit.saturating_sub(1)) {
        Some(last) if rows.len() > limit && limit > 0 => {
            Some(Cursor { value: last.try_get(0)?, tie: last.try_get(1)? })
        }
        _ => None,
    };
    Ok(Page { records, next })
}

/// Versions are below 2^63, so the sign never matters.
pub(crate) fn version(row: &Row, column: usize) -> Result<u64, tokio_postgres::Error> {
    row.try_get::<_, i64>(column).map(i64::cast_unsigned)
}

pub(crate) fn time(row: &Row, column: usize) -> Result<Option<Time>, tokio_postgres::Error> {
    Ok(row.try_get::<_, Option<i64>>(column)?.map(Time))
}

fn at_most(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}
