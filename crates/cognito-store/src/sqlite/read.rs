//! Reading rows.

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
    let (text, values) = sql::scan(range);
    let limit_parameter = values.len() + 2;
    let mut statement = connection.prepare_cached(text).map_err(StoreError::unavailable)?;
    let mut read = || -> rusqlite::Result<Page> {
        statement.raw_bind_parameter(1, range.index)?;
        for (i, value) in values.iter().enumerate() {
            statement.raw_bind_parameter(i + 2, value.as_ref())?;
        }
        // One more than asked for tells whether there is a next page.
        statement.raw_bind_parameter(limit_parameter, at_most(limit.saturating_add(1)))?;
        let mut rows = statement.raw_query();
        let mut page = Page { records: Vec::new(), next: None };
        let mut last = None;
        while let Some(row) = rows.next()? {
            if page.records.len() == limit {
                page.next = last;
                break;
            }
            page.records.push(Record {
                kind: range.kind,
                key: row.get(0)?,
                version: version(row, 1)?,
                body: row.get(2)?,
                expires: time(row, 3)?,
            });
            last = Some(Cursor { value: row.get(4)?, tie: row.get(5)? });
        }
        Ok(page)
    };
    read().map_err(StoreError::unavailable)
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
