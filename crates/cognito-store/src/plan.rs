//! What a commit does to the rows, decided once for every SQL engine: versions are compared, and old index
//! entries with new ones, before anything is written.

use cognito_core::{IndexEntry, Kind, Time};
use serde_json::Value;

use crate::engine::{Changes, Delete, Put, StoreError};

/// A record that a commit reads or writes.
pub struct Touch<'a> {
    /// Its kind.
    pub kind: Kind,
    /// Its key.
    pub key: &'a str,
    /// What the commit wants of it.
    pub want: Want<'a>,
}

/// What a commit wants of a record.
#[derive(Clone, Copy)]
pub enum Want<'a> {
    /// That it has this version; 0 for none.
    Check(u64),
    /// To write it.
    Put(&'a Put),
    /// To delete it.
    Delete(&'a Delete),
}

/// What is there of a record before the commit.
pub struct Current {
    /// Its version.
    pub version: u64,
    /// Its expiry.
    pub expires: Option<Time>,
    /// Its index entries as they were stored: see [`encode`].
    pub entries: String,
}

/// A row of `index_entry`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    /// The name of the index.
    pub name: String,
    /// The value.
    pub value: String,
    /// Empty for a unique value, the record's key for a shared one: so one primary key gives uniqueness and order.
    pub tie: String,
}

/// The rows to change, in this order.
#[derive(Default)]
pub struct Plan<'a> {
    /// Index entries to delete.
    pub drops: Vec<Entry>,
    /// Records to delete.
    pub deletes: Vec<(Kind, &'a str)>,
    /// Records that exist and are replaced.
    pub updates: Vec<&'a Put>,
    /// Records that do not exist yet.
    pub inserts: Vec<&'a Put>,
    /// Keys that must stay absent until the commit is done.
    pub absent: Vec<(Kind, &'a str)>,
    /// Index entries to insert, and for which record.
    pub adds: Vec<(Entry, &'a Put)>,
}

/// The records that the changes touch, in the one order in which every commit locks them.
pub fn touched(changes: &Changes) -> Vec<Touch<'_>> {
    let checks =
        changes.checks.iter().map(|c| Touch { kind: c.kind, key: &c.key, want: Want::Check(c.version) });
    let puts = changes.puts.iter().map(|p| Touch { kind: p.kind, key: &p.key, want: Want::Put(p) });
    let deletes = changes.deletes.iter().map(|d| Touch { kind: d.kind, key: &d.key, want: Want::Delete(d) });
    let mut touched: Vec<_> = checks.chain(puts).chain(deletes).collect();
    touched.sort_by(|a, b| (a.kind.as_str(), a.key).cmp(&(b.kind.as_str(), b.key)));
    touched
}

/// Compares what is there with what the commit expects. `current[i]` belongs to `touched[i]`.
pub fn plan<'a>(
    now: Time,
    touched: &[Touch<'a>],
    current: Vec<Option<Current>>,
) -> Result<Plan<'a>, StoreError> {
    let mut plan = Plan::default();
    for (touch, current) in touched.iter().zip(current) {
        let version = match &current {
            Some(row) if row.expires.is_none_or(|expires| expires > now) => row.version,
            _ => 0,
        };
        // An expired record still has its row, which the transaction layer may have read with its version.
        let matches = |expected: u64| {
            expected == version || current.as_ref().is_some_and(|row| row.version == expected)
        };
        let conflict = || StoreError::Conflict { kind: touch.kind, key: touch.key.to_owned() };
        match touch.want {
            Want::Check(expected) if !matches(expected) => return Err(conflict()),
            Want::Check(_) if current.is_none() => plan.absent.push((touch.kind, touch.key)),
            Want::Check(_) => {}
            Want::Put(put) if !matches(put.expected) => return Err(conflict()),
            Want::Put(put) => {
                let new = entries(put);
                match current {
                    None => {
                        plan.inserts.push(put);
                        plan.adds.extend(new.into_iter().map(|entry| (entry, put)));
                    }
                    Some(row) => {
                        let old = decode(touch, &row.entries)?;
                        plan.updates.push(put);
                        plan.adds.extend(
                            new.iter().filter(|e| !old.contains(e)).map(|entry| (entry.clone(), put)),
                        );
                        plan.drops.extend(old.into_iter().filter(|e| !new.contains(e)));
                    }
                }
            }
            Want::Delete(delete) => match (current, delete.expected) {
                (None, None) => {}
                (None, Some(_)) => return Err(conflict()),
                (Some(row), Some(expected)) if row.version != expected => return Err(conflict()),
                (Some(row), _) => {
                    plan.drops.extend(decode(touch, &row.entries)?);
                    plan.deletes.push((touch.kind, touch.key));
                }
            },
        }
    }
    Ok(plan)
}

/// The index entries of a record as the text of its column `entries`: `[["index","value","tie"],...]`,
/// empty when there are none.
pub fn encode(put: &Put) -> String {
    if put.entries.is_empty() {
        return String::new();
    }
    let rows = entries(put).into_iter().map(|e| Value::from(vec![e.name, e.value, e.tie])).collect();
    Value::Array(rows).to_string()
}

/// Reads what [`encode`] wrote.
pub fn decode_entries(text: &str) -> Result<Vec<Entry>, serde_json::Error> {
    if text.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<(String, String, String)> = serde_json::from_str(text)?;
    Ok(rows.into_iter().map(|(name, value, tie)| Entry { name, value, tie }).collect())
}

fn decode(touch: &Touch<'_>, text: &str) -> Result<Vec<Entry>, StoreError> {
    decode_entries(text).map_err(|error| StoreError::Corrupt {
        kind: touch.kind,
        key: touch.key.to_owned(),
        source: error.into(),
    })
}

fn entries(put: &Put) -> Vec<Entry> {
    put.entries.iter().map(|entry| row(entry, &put.key)).collect()
}

fn row(entry: &IndexEntry, key: &str) -> Entry {
    let tie = if entry.unique { String::new() } else { key.to_owned() };
    Entry { name: entry.index.to_owned(), value: entry.value.clone(), tie }
}
