//! One commit as one transaction, in four round trips: begin, lock and read, write, commit.
//!
//! The isolation is READ COMMITTED, and what a commit relies on is locked instead: rows that it writes
//! (`FOR UPDATE`) or checks (`FOR SHARE`), always in the same order, and keys that must stay absent by a
//! placeholder, which makes another that inserts the key wait. So what is not touched never interferes, as it
//! would under PostgreSQL's SERIALIZABLE with its locks on whole pages. Where the database itself is serializable
//! (CockroachDB), its demands to begin again are met, as is a deadlock.

use std::collections::BTreeSet;
use std::time::Duration;

use cognito_core::Kind;
use cognito_store::plan::{self, Current, Entry, Plan, Touch, Want, plan, touched};
use cognito_store::{Changes, Put, StoreError, sql};
use deadpool_postgres::{Object, Transaction};
use futures_util::future::try_join_all;
use tokio_postgres::error::SqlState;
use tokio_postgres::types::ToSql;
use tokio_postgres::{IsolationLevel, Row};

use crate::pg_engine::{time, version};

const TRIES: u32 = 12;

enum Failed {
    Store(StoreError),
    Sql(tokio_postgres::Error),
}

impl From<StoreError> for Failed {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<tokio_postgres::Error> for Failed {
    fn from(error: tokio_postgres::Error) -> Self {
        Self::Sql(error)
    }
}

/// Applies everything or nothing.
pub(crate) async fn commit(client: &mut Object, changes: &Changes) -> Result<(), StoreError> {
    let mut tries = 0;
    loop {
        match attempt(client, changes).await {
            Ok(()) => return Ok(()),
            Err(Failed::Store(error)) => return Err(error),
            Err(Failed::Sql(error)) if tries < TRIES && begins_again(&error) => {
                tracing::debug!(%error, tries, "a commit begins again");
                tries += 1;
                tokio::time::sleep(Duration::from_millis(1 << tries.min(6))).await;
            }
            Err(Failed::Sql(error)) => return Err(StoreError::unavailable(error)),
        }
    }
}

/// Whether the transaction was rolled back only because of others.
fn begins_again(error: &tokio_postgres::Error) -> bool {
    let states = [SqlState::T_R_SERIALIZATION_FAILURE, SqlState::T_R_DEADLOCK_DETECTED];
    error.code().is_some_and(|code| states.contains(code))
}

async fn attempt(client: &mut Object, changes: &Changes) -> Result<(), Failed> {
    let transaction =
        client.build_transaction().isolation_level(IsolationLevel::ReadCommitted).start().await?;
    let session = Session { transaction: &transaction };
    let touched = touched(changes);
    let there = session.lock(&touched).await?;
    let plan = plan(changes.now, &touched, there)?;
    session.write(&plan).await?;
    session.add(changes, &plan).await?;
    session.count(changes).await?;
    for prefix in &changes.purge {
        session.purge(prefix).await?;
    }
    transaction.commit().await?;
    Ok(())
}

/// A transaction under way. Statements that don't wait for each other's answers go out together, in order.
struct Session<'a> {
    transaction: &'a Transaction<'a>,
}

impl Session<'_> {
    async fn lock(&self, touched: &[Touch<'_>]) -> Result<Vec<Option<Current>>, Failed> {
        let update = self.transaction.prepare_cached(sql::CURRENT_FOR_UPDATE).await?;
        let share = self.transaction.prepare_cached(sql::CURRENT_FOR_SHARE).await?;
        let reads = touched.iter().map(|touch| async {
            let statement = if matches!(touch.want, Want::Check(_)) { &share } else { &update };
            let row = self.transaction.query_opt(statement, &[&touch.kind.as_str(), &touch.key]).await?;
            row.as_ref().map(current).transpose()
        });
        Ok(try_join_all(reads).await?)
    }

    /// Everything but the new index entries.
    async fn write(&self, plan: &Plan<'_>) -> Result<(), Failed> {
        let drops = plan.drops.iter().map(|entry| self.drop_entry(sql::DROP_ENTRY, entry));
        try_join_all(drops).await?;
        for (kind, key) in &plan.deletes {
            self.execute(sql::DELETE, &[&kind.as_str(), key]).await?;
        }
        for put in &plan.updates {
            self.update(put).await?;
        }
        // In the one order of all commits, whether made to stay or only to keep the key free.
        let stay = plan.inserts.iter().map(|put| (put.kind, put.key.as_str(), Some(*put)));
        let mut inserts: Vec<_> =
            stay.chain(plan.absent.iter().map(|(kind, key)| (*kind, *key, None))).collect();
        inserts.sort_by_key(|(kind, key, _)| (kind.as_str(), *key));
        for (kind, key, put) in inserts {
            if self.insert(kind, key, put).await? == 0 {
                return Err(StoreError::Conflict { kind, key: key.to_owned() }.into());
            }
        }
        Ok(())
    }

    async fn update(&self, put: &Put) -> Result<u64, tokio_postgres::Error> {
        let (version, expires) = (put.version.cast_signed(), put.expires.map(|time| time.0));
        let (entries, kind) = (plan::encode(put), put.kind.as_str());
        self.execute(sql::UPDATE, &[&version, &put.body, &expires, &entries, &kind, &put.key]).await
    }

    async fn insert(&self, kind: Kind, key: &str, put: Option<&Put>) -> Result<u64, tokio_postgres::Error> {
        let (version, body) = put.map_or((1, "{}"), |put| (put.version.cast_signed(), &put.body));
        let expires = put.and_then(|put| put.expires).map(|time| time.0);
        let entries = put.map(plan::encode).unwrap_or_default();
        let count =
            self.execute(sql::INSERT, &[&kind.as_str(), &key, &version, &body, &expires, &entries]).await?;
        if put.is_none() && count > 0 {
            self.execute(sql::DELETE, &[&kind.as_str(), &key]).await?;
        }
        Ok(count)
    }

    /// The new index entries. Of several that are taken, the first one is reported.
    async fn add(&self, changes: &Changes, plan: &Plan<'_>) -> Result<(), Failed> {
        // In the one order of all commits too. None is looked at before all are done: one that another had to give way to
        // has ended the transaction.
        let mut sorted: Vec<_> = plan.adds.iter().collect();
        sorted.sort_by_key(|(entry, _)| entry);
        let counts = try_join_all(sorted.iter().map(|(entry, put)| self.add_entry(entry, put))).await?;
        let taken = sorted.into_iter().zip(counts).filter(|(_, count)| *count == 0);
        let taken: BTreeSet<_> = taken.map(|((entry, _), _)| entry).collect();
        for (entry, put) in plan.adds.iter().filter(|(entry, _)| taken.contains(entry)) {
            if self.evict(changes, entry).await? && self.add_entry(entry, put).await? == 1 {
                continue;
            }
            let (index, value) = (entry.name.clone(), entry.value.clone());
            return Err(StoreError::Taken { index, value }.into());
        }
        Ok(())
    }

    async fn add_entry(&self, entry: &Entry, put: &Put) -> Result<u64, tokio_postgres::Error> {
        let kind = put.kind.as_str();
        self.execute(sql::ADD_ENTRY, &[&entry.name, &entry.value, &entry.tie, &kind, &put.key]).await
    }

    /// Deletes the record that has this value, if it has expired. An entry without a record is deleted too.
    async fn evict(&self, changes: &Changes, entry: &Entry) -> Result<bool, Failed> {
        let statement = self.transaction.prepare_cached(sql::HOLDER).await?;
        let values: [&(dyn ToSql + Sync); 3] = [&entry.name, &entry.value, &entry.tie];
        let Some(holder) = self.transaction.query_opt(&statement, &values).await? else {
            // Whoever had it has gone meanwhile, with the entry or without.
            self.drop_entry(sql::DROP_DANGLING, entry).await?;
            return Ok(true);
        };
        // Who lives is not waited for: two that want each other's values would wait for ever.
        if time(&holder, 2)?.is_none_or(|expires| expires > changes.now) {
            return Ok(false);
        }
        let (kind, key): (String, String) = (holder.try_get(0)?, holder.try_get(1)?);
        let statement = self.transaction.prepare_cached(sql::CURRENT_FOR_UPDATE).await?;
        let Some(row) = self.transaction.query_opt(&statement, &[&kind, &key]).await? else {
            return Ok(true);
        };
        let holder = current(&row)?;
        if holder.expires.is_none_or(|expires| expires > changes.now) {
            return Ok(false);
        }
        let entries = plan::decode_entries(&holder.entries).map_err(StoreError::unavailable)?;
        for entry in &entries {
            self.drop_entry(sql::DROP_ENTRY, entry).await?;
        }
        self.execute(sql::DELETE, &[&kind, &key]).await?;
        Ok(true)
    }

    async fn drop_entry(&self, text: &str, entry: &Entry) -> Result<u64, tokio_postgres::Error> {
        self.execute(text, &[&entry.name, &entry.value, &entry.tie]).await
    }

    async fn count(&self, changes: &Changes) -> Result<(), Failed> {
        let mut counters: Vec<_> = changes.counters.iter().collect();
        counters.sort();
        for (name, delta) in counters {
            self.execute(sql::COUNT, &[name, &delta.to_string()]).await?;
        }
        Ok(())
    }

    async fn purge(&self, prefix: &str) -> Result<(), Failed> {
        let beyond = sql::beyond(prefix);
        for kind in Kind::ALL {
            self.execute(sql::PURGE_RECORDS, &[&kind.as_str(), &prefix, &beyond]).await?;
        }
        let statement = self.transaction.prepare_cached(sql::NEXT_INDEX).await?;
        let mut name = String::new();
        loop {
            let row = self.transaction.query_one(&statement, &[&name]).await?;
            match row.try_get::<_, Option<String>>(0)? {
                None => return Ok(()),
                Some(next) => name = next,
            }
            self.execute(sql::PURGE_ENTRIES, &[&name, &prefix, &beyond]).await?;
        }
    }

    async fn execute(
        &self,
        text: &str,
        values: &[&(dyn ToSql + Sync)],
    ) -> Result<u64, tokio_postgres::Error> {
        let statement = self.transaction.prepare_cached(text).await?;
        self.transaction.execute(&statement, values).await
    }
}

fn current(row: &Row) -> Result<Current, tokio_postgres::Error> {
    Ok(Current { version: version(row, 0)?, expires: time(row, 1)?, entries: row.try_get(2)? })
}
