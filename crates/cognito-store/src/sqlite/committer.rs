//! The committer: one thread that gathers the commits waiting for it into one durable transaction.

use std::io;
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread::{self, JoinHandle};

use tokio::sync::oneshot;

use super::apply::Writer;
use crate::engine::{Changes, StoreError};

/// The most commits in one transaction: bounds how long the first of them waits.
const GROUP: usize = 512;

/// A handle of the thread. Dropping it waits until what was handed over is committed.
pub(super) struct Committer {
    jobs: Option<Sender<Job>>,
    thread: Option<JoinHandle<()>>,
}

struct Job {
    changes: Changes,
    answer: oneshot::Sender<Result<(), StoreError>>,
}

impl Committer {
    pub(super) fn start(mut writer: Writer) -> io::Result<Self> {
        let (jobs, waiting) = mpsc::channel();
        let thread = thread::Builder::new()
            .name("committer".to_owned())
            .spawn(move || serve(&mut writer, &waiting))?;
        Ok(Self { jobs: Some(jobs), thread: Some(thread) })
    }

    /// Returns when the changes are on the disk. They are committed even if nobody waits for it.
    pub(super) async fn commit(&self, changes: Changes) -> Result<(), StoreError> {
        let (answer, answered) = oneshot::channel();
        let stopped = || StoreError::unavailable("the committer has stopped");
        let jobs = self.jobs.as_ref().ok_or_else(stopped)?;
        jobs.send(Job { changes, answer }).map_err(|_| stopped())?;
        answered.await.map_err(|_| stopped())?
    }
}

impl Drop for Committer {
    fn drop(&mut self) {
        self.jobs = None;
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the committer panicked");
        }
    }
}

fn serve(writer: &mut Writer, waiting: &Receiver<Job>) {
    while let Ok(first) = waiting.recv() {
        let mut jobs = vec![first];
        jobs.extend(waiting.try_iter().take(GROUP - 1));
        let answers = match together(writer, &jobs) {
            Ok(answers) => answers,
            // The engine failed in the middle. SQLite may have rolled back everything by itself, so each
            // commit is tried alone, and fails or not by its own doing.
            Err(Broken) => jobs.iter().map(|job| writer.alone(&job.changes)).collect(),
        };
        for (job, answer) in jobs.into_iter().zip(answers) {
            if answer.is_ok()
                && let Some(on_commit) = job.changes.on_commit
            {
                on_commit();
            }
            // The caller may have gone away.
            let _ = job.answer.send(answer);
        }
    }
}

/// The transaction was rolled back: not one of the jobs took place.
struct Broken;

/// All jobs in one transaction, each in a savepoint, so that a refused one leaves the others alone.
fn together(writer: &mut Writer, jobs: &[Job]) -> Result<Vec<Result<(), StoreError>>, Broken> {
    if let [job] = jobs {
        return Ok(vec![writer.alone(&job.changes)]);
    }
    let answers = all(writer, jobs).map_err(|_| {
        writer.roll_back();
        Broken
    })?;
    if let Err(error) = writer.run("COMMIT") {
        writer.roll_back();
        let error = Arc::new(error);
        return Ok(jobs.iter().map(|_| Err(StoreError::unavailable(Arc::clone(&error)))).collect());
    }
    Ok(answers)
}

/// The answer of each job in a new transaction; an error if the engine failed.
fn all(writer: &mut Writer, jobs: &[Job]) -> Result<Vec<Result<(), StoreError>>, StoreError> {
    writer.run("BEGIN IMMEDIATE")?;
    let mut answers = Vec::with_capacity(jobs.len());
    for job in jobs {
        writer.run("SAVEPOINT job")?;
        let answer = writer.apply(&job.changes);
        match answer {
            Ok(()) => {}
            Err(error @ StoreError::Unavailable(_)) => return Err(error),
            Err(_) => writer.run("ROLLBACK TO job")?,
        }
        writer.run("RELEASE job")?;
        answers.push(answer);
    }
    Ok(answers)
}

#[cfg(test)]
mod tests {
    use cognito_core::{IndexEntry, Kind};

    use super::*;
    use crate::engine::{Check, Put};
    use crate::sqlite::{files, migrations, read};

    /// A writer of a store with the records a and b, whose transactions fail at the end when they make one named z.
    fn writer() -> Writer {
        let connection = files::ephemeral().unwrap();
        migrations::apply(&connection).unwrap();
        let fails = "
            PRAGMA foreign_keys = ON;
            CREATE TABLE owner (id TEXT PRIMARY KEY);
            CREATE TABLE owned (owner TEXT REFERENCES owner DEFERRABLE INITIALLY DEFERRED);
            CREATE TRIGGER fails AFTER INSERT ON record WHEN NEW.key = 'z'
                BEGIN INSERT INTO owned VALUES ('nobody'); END;
        ";
        connection.execute_batch(fails).unwrap();
        let mut writer = Writer::new(connection);
        writer.alone(&job(&[], &[("a", 0), ("b", 0)]).changes).unwrap();
        writer
    }

    /// A commit that checks these versions, and replaces these by the next ones.
    fn job(checks: &[(&str, u64)], puts: &[(&str, u64)]) -> Job {
        let kind = Kind::User;
        let checks = checks.iter().map(|&(key, version)| Check { kind, key: key.to_owned(), version });
        let puts = puts.iter().map(|&(key, expected)| Put {
            kind,
            key: key.to_owned(),
            expected,
            version: expected + 1,
            body: String::new(),
            expires: None,
            // Who is named after another wants the other's value.
            entries: vec![IndexEntry::unique("x", &key[..1])],
        });
        let changes = Changes { checks: checks.collect(), puts: puts.collect(), ..Changes::default() };
        Job { changes, answer: oneshot::channel().0 }
    }

    /// What becomes of commits in one transaction: `.` done, `c` a conflict, `t` a value taken, `!` failed.
    fn answers(writer: &mut Writer, jobs: &[Job]) -> String {
        let Ok(answers) = together(writer, jobs) else { return "broken".to_owned() };
        let letter = |answer| match answer {
            Ok(()) => '.',
            Err(StoreError::Conflict { .. }) => 'c',
            Err(StoreError::Taken { .. }) => 't',
            Err(_) => '!',
        };
        answers.into_iter().map(letter).collect()
    }

    #[test]
    fn what_a_refused_commit_wrote_is_not_known() {
        let mut writer = writer();
        let jobs = [job(&[("a", 1)], &[("d", 0), ("ab", 0)]), job(&[("a", 1), ("d", 0)], &[("b", 1)])];
        assert_eq!(answers(&mut writer, &jobs), "t.");
        assert_eq!(read::get(&writer.connection, Kind::User, "d").unwrap(), None);
    }

    #[test]
    fn what_a_failed_transaction_did_is_not_known() {
        let mut writer = writer();
        let jobs =
            [job(&[], &[("a", 1)]), job(&[("a", 1)], &[("c", 0)]), job(&[("a", 2), ("b", 1)], &[("e", 0)])];
        assert_eq!(answers(&mut writer, &jobs), ".c.");
        let jobs = [job(&[], &[("a", 2)]), job(&[("a", 3), ("e", 1)], &[("f", 0)]), job(&[], &[("z", 0)])];
        assert_eq!(answers(&mut writer, &jobs), "!!!");
        let jobs = [job(&[("a", 3)], &[]), job(&[("a", 2), ("f", 0)], &[("g", 0)]), job(&[], &[("e", 1)])];
        assert_eq!(answers(&mut writer, &jobs), "c..");
    }
}
