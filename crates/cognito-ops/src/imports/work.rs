//! The work of import jobs, in the background. A step reads a part of the file, and commits its users together with how
//! far the job is: so whichever server comes next goes on where one ended, and of two servers that are at the same part
//! the second leaves the job to the first.

use std::collections::{HashSet, VecDeque};
use std::sync::Arc;

use cognito_api::ops;
use cognito_core::Kind;
use cognito_core::import::{self, BY_ACCOUNT, ImportJob, Outcome, Part, Row, State, Step, Tally};
use cognito_core::password::HashError;
use cognito_core::pool::Pool;
use cognito_core::user::{Status, User};
use cognito_store::{IndexRange, Txn};

use super::upload;
use crate::app::Inner;
use crate::call::{self, Caller};
use crate::prelude::*;
use crate::service::attributes::Clash;
use crate::service::new_user::{self, Door};

/// The target of the lines, for filters such as `--log warn,awsemu::import=info`.
const TARGET: &str = "awsemu::import";

/// What became of a row, for the log: without anything that stands in it.
enum Fate {
    Imported,
    Skipped,
    Failed(String),
}

/// A step of a job that was committed.
struct Done {
    job: ImportJob,
    /// The rows that were read, by the numbers of their lines.
    rows: Vec<(u32, Fate)>,
}

/// Checks that no job imports users into a pool, which may then be changed.
pub(crate) async fn check_idle(txn: &mut Txn, pool: &Pool) -> Reply<()> {
    match txn.running_import(pool).await?.filter(|job| job.pool_id == pool.id) {
        Some(job) => Err(errors::import_in_progress(&job.id)),
        None => Ok(()),
    }
}

/// Does every job that was started and is not done, a part of each in turn. One that cannot go on holds up no other.
pub(crate) async fn all(app: &Inner) -> Reply<()> {
    let caller = Caller::service();
    let running = IndexRange::prefix(Kind::ImportJob, BY_ACCOUNT, "");
    let mut jobs = VecDeque::from(app.ctx(&caller).await?.read().all::<ImportJob>(running).await?);
    let mut result = Ok(());
    while let Some(job) = jobs.pop_front() {
        match advance(app, &caller, &job).await {
            Ok(next) => jobs.extend(next.map(Arc::new)),
            Err(error) => result = result.and(Err(error)),
        }
        // A store in memory never waits: what else this thread does has its turn here.
        tokio::task::yield_now().await;
    }
    result
}

/// Does a part of a job, and gives the job if more is to be done here.
async fn advance(app: &Inner, caller: &Caller, job: &ImportJob) -> Reply<Option<ImportJob>> {
    let State::Running { file, done, .. } = &job.state else { return Ok(None) };
    let ctx = app.ctx(caller).await?;
    let next = ctx.write(async |txn| step(&ctx, txn, job).await).await?;
    let Some(Done { job, rows }) = next else { return Ok(None) };
    for (line, fate) in rows {
        log(&job, line, &fate);
    }
    let State::Ended { outcome, .. } = job.state else { return Ok(Some(job)) };
    tracing::info!(target: TARGET, job = job.id, ?outcome, tally = ?job.tally, "an import job ended");
    upload::discard(app, &job, file, *done).await?;
    Ok(None)
}

fn log(job: &ImportJob, line: u32, fate: &Fate) {
    let job = &*job.id;
    match fate {
        Fate::Imported => tracing::info!(target: TARGET, job, line, "a user was imported"),
        Fate::Skipped => tracing::info!(target: TARGET, job, line, "a user was skipped, who exists"),
        Fate::Failed(reason) => tracing::info!(target: TARGET, job, line, reason, "a user was not imported"),
    }
}

/// Does what is next of a job. `None` if somebody else did it.
async fn step(ctx: &Ctx<'_>, txn: &mut Txn, known: &ImportJob) -> Reply<Option<Done>> {
    let Some(job) = txn.get::<ImportJob>(&known.key()).await? else { return Ok(None) };
    let mut job = (*job).clone();
    let mut rows = Vec::new();
    let end = match job.next() {
        None => return Ok(None),
        Some(Step::Read(number)) if known.next() != Some(Step::Read(number)) => return Ok(None),
        Some(Step::Read(number)) => read(ctx, txn, &mut job, number, &mut rows).await?,
        Some(Step::End(outcome)) => Some(outcome),
    };
    if let Some(outcome) = end {
        job.end(outcome, ctx.now());
    }
    txn.save(&job);
    Ok(Some(Done { job, rows }))
}

/// Imports the users of a part; or says how the job ends if it cannot be read.
async fn read(
    ctx: &Ctx<'_>,
    txn: &mut Txn,
    job: &mut ImportJob,
    number: u32,
    rows: &mut Vec<(u32, Fate)>,
) -> Reply<Option<Outcome>> {
    let State::Running { file, columns, .. } = &job.state else { return Ok(None) };
    let pool = txn.pool(&job.pool_id).await?;
    let Some(part) = txn.get::<Part>(&Part::key_of(job, file, number)).await? else {
        return Ok(Some(Outcome::NoFile));
    };
    let mut lines = (part.line..).zip(part.text.lines());
    let columns = match number {
        0 => lines.next().and_then(|(_, header)| import::columns(header, &pool.schema, job.hashing)),
        _ => Some(columns.clone()),
    };
    let Some(columns) = columns else { return Ok(Some(Outcome::WrongHeader)) };
    let mut batch = Batch { pool: &pool, columns: &columns, algorithm: job.hashing, names: HashSet::new() };
    let mut tally = Tally::default();
    for (line, row) in lines.filter(|(_, row)| !row.trim().is_empty()) {
        let fate = batch.import(ctx, txn, row).await?;
        match fate {
            Fate::Imported => tally.imported += 1,
            Fate::Skipped => tally.skipped += 1,
            Fate::Failed(_) => tally.failed += 1,
        }
        rows.push((line, fate));
    }
    txn.delete(&*part);
    job.advance(columns, tally);
    Ok(None)
}

/// The users of one write.
struct Batch<'a> {
    pool: &'a Pool,
    columns: &'a [String],
    /// The algorithm of password hashes.
    algorithm: Option<wire::PasswordHashingAlgorithmType>,
    /// The names that its users have, folded: what a write saves, it does not find.
    names: HashSet<String>,
}

impl Batch<'_> {
    async fn import(&mut self, ctx: &Ctx<'_>, txn: &mut Txn, row: &str) -> Reply<Fate> {
        match self.try_import(ctx, txn, row).await {
            // What is wrong with the row, and not with the store.
            Err(error) if error.status() < 500 => Ok(Fate::Failed(error.message)),
            fate => fate,
        }
    }

    async fn try_import(&mut self, ctx: &Ctx<'_>, txn: &mut Txn, row: &str) -> Reply<Fate> {
        let pool = self.pool;
        let row = match Row::read(row, self.columns, pool) {
            Ok(row) => row,
            Err(error) => return Ok(Fate::Failed(error.to_string())),
        };
        if !is_username(pool, &row.username) {
            return Ok(Fate::Failed(
                "the username is too long or has characters that none may have".to_owned(),
            ));
        }
        let attributes = row.attributes.clone();
        let mut user = new_user::build(ctx, pool, &row.username, attributes, Status::ResetRequired)?;
        row.complete(&mut user, pool);
        if self.names.contains(&pool.case().fold(&row.username))
            || txn.user_if_any(pool, &row.username).await?.is_some()
        {
            return Ok(Fate::Skipped);
        }
        if names(&user).any(|name| self.names.contains(&name)) {
            return Ok(Fate::Failed("an alias is that of a user above".to_owned()));
        }
        match row.password(self.algorithm, &user, ctx.bytes()) {
            Ok(Some(password)) => user.import_password(password),
            Ok(None) => {}
            Err(HashError::Failed(error)) => return Err(error.into()),
            Err(error) => return Ok(Fate::Failed(error.to_string())),
        }
        new_user::insert(txn, pool, &user, Clash::Refuse, Door::Admin).await?;
        self.names.extend(names(&user));
        Ok(Fate::Imported)
    }
}

/// Whether AdminCreateUser would take the username. What the validator says has the name in it, and the log must not.
fn is_username(pool: &Pool, username: &str) -> bool {
    let request = wire::AdminCreateUserRequest {
        user_pool_id: pool.id.clone(),
        username: wire::Sensitive::new(username.to_owned()),
        ..Default::default()
    };
    call::check::<ops::AdminCreateUser>(&request).is_ok()
}

/// The names that nobody else may have.
fn names(user: &User) -> impl Iterator<Item = String> {
    std::iter::once(user.case.fold(&user.username)).chain(user.aliases.iter().cloned())
}

#[cfg(test)]
mod tests;
