//! Reading rows.

use std::borrow::Cow;

use cognito_core::{Kind, Time};
use rusqlite::{Connection, OptionalExtension, Row, params, params_from_iter};

use crate::engine::{Cursor, Expired, IndexRange, Page, Record, StoreError};
use crate::sql;

pub(super) fn get(connection: &Connection, kind: Kind, key: &str) -> Result<Option<Record>, StoreError> {
    let mut statement = connection.prepare_cached(sql::GET).map_err(StoreError::unavailable)?;
    statement
        .query_row(params![kind.as_str(), key], |row| {
            Ok(Record {
                kind,
                key: key.to_owned(),
                version: version(row, 0)?,
                body: row.get(1)?,
                expires: time(row, 2)?,
            })
        })
        .optional()
        .map_err(StoreError::unavailable)
}

pub(super) fn scan(connection: &Connection, range: &IndexRange, limit: usize) -> Result<Page, StoreError> {
    page(connection, sql::scan(range), range, limit, |row| {
        Ok(Record {
            kind: range.kind,
            key: row.get(2)?,
            version: version(row, 3)?,
            body: row.get(4)?,
            expires: time(row, 5)?,
        })
    })
}

pub(super) fn keys(
    connection: &Connection,
    range: &IndexRange,
    limit: usize,
) -> Result<Page<String>, StoreError> {
    page(connection, sql::keys(range), range, limit, |row| row.get(2))
}

/// Rows that begin with value and tie, and what `read` makes of them.
fn page<T>(
    connection: &Connection,
    (text, values): (String, Vec<Cow<'_, str>>),
    range: &IndexRange,
    limit: usize,
    read: impl Fn(&Row<'_>) -> rusqlite::Result<T>,
) -> Result<Page<T>, StoreError> {
    let mut statement = connection.prepare_cached(&text).map_err(StoreError::unavailable)?;
    let mut rows = || -> rusqlite::Result<Page<T>> {
        statement.raw_bind_parameter(1, range.index)?;
        for (i, value) in values.iter().enumerate() {
            statement.raw_bind_parameter(i + 2, value.as_ref())?;
        }
        // One more than asked for tells whether there is a next page.
        statement.raw_bind_parameter(values.len() + 2, at_most(limit.saturating_add(1)))?;
        let mut rows = statement.raw_query();
        let mut page = Page { records: Vec::new(), next: None };
        let mut last = None;
        while let Some(row) = rows.next()? {
            if page.records.len() == limit {
                page.next = last;
                break;
            }
            page.records.push(read(row)?);
            if page.records.len() == limit {
                last = Some(Cursor { value: row.get(0)?, tie: row.get(1)? });
            }
        }
        Ok(page)
    };
    rows().map_err(StoreError::unavailable)
}

pub(super) fn expired(connection: &Connection, now: Time, limit: usize) -> Result<Vec<Expired>, StoreError> {
    let read = || -> rusqlite::Result<Vec<Expired>> {
        let mut statement = connection.prepare_cached(sql::EXPIRED)?;
        let mut rows = statement.query(params_from_iter([now.0, at_most(limit)]))?;
        let mut expired = Vec::new();
        while let Some(row) = rows.next()? {
            let name: String = row.get(0)?;
            if let Some(kind) = Kind::ALL.into_iter().find(|kind| kind.as_str() == name) {
                expired.push(Expired { kind, key: row.get(1)?, version: version(row, 2)? });
            }
        }
        Ok(expired)
    };
    read().map_err(StoreError::unavailable)
}

pub(super) fn time(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<Time>> {
    Ok(row.get::<_, Option<i64>>(column)?.map(Time))
}

/// Versions are below 2^63, so the sign never matters.
pub(super) fn version(row: &Row<'_>, column: usize) -> rusqlite::Result<u64> {
    row.get::<_, i64>(column).map(i64::cast_unsigned)
}

fn at_most(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}
