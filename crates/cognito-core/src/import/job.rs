//! Import jobs: from the link for the file to the last user.

use cognito_api::wire::{PasswordHashingAlgorithmType, UserImportJobStatusType as Status};
use serde::{Deserialize, Serialize};

use crate::entity::{Entity, IndexEntry, Kind};
use crate::pool::Pool;
use crate::time::{Span, Time};

/// The index of the jobs of a pool in the order of their creation.
pub const BY_CREATION: &str = "import_job.created";
/// The index of the running job of an account in a region, which may have one.
pub const BY_ACCOUNT: &str = "import_job.account";
/// The most jobs of a pool.
/// <https://docs.aws.amazon.com/cognito/latest/developerguide/quotas.html>
pub const MAX_JOBS: usize = 1_000;

/// The most users of a file.
const MAX_ROWS: u32 = 500_000;
/// How long the link takes a file.
const LINK: Span = Span::minutes(15);
/// How long a job waits to be started. AWS says 24 to 48 hours.
const WAITING: Span = Span::days(1);

/// A job that imports users into a pool.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ImportJob {
    /// The pool.
    pub pool_id: String,
    /// The id.
    pub id: String,
    /// The name.
    pub name: String,
    /// CloudWatchLogsRoleArn, which is only given back.
    pub logs_role: String,
    /// The algorithm of the password hashes in the file, if there are any.
    pub hashing: Option<PasswordHashingAlgorithmType>,
    /// The account and the region of the pool.
    pub account: String,
    /// Where it stands.
    pub state: State,
    /// What became of the rows so far.
    pub tally: Tally,
    /// When it was made.
    pub created: Time,
}

/// Where a job stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum State {
    /// Waits for the file and the start.
    Created {
        /// The file, once it is there.
        file: Option<File>,
    },
    /// Was started.
    Running {
        /// When.
        started: Time,
        /// The file.
        file: File,
        /// How many of its parts are done.
        done: u32,
        /// The columns, once the first part is done.
        columns: Vec<String>,
        /// Whether it is to stop.
        stopping: bool,
    },
    /// Is over.
    Ended {
        /// When it was started.
        started: Time,
        /// When it ended.
        completed: Time,
        /// How.
        outcome: Outcome,
    },
}

/// A file that was uploaded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct File {
    /// Tells the uploads of a job apart.
    pub upload: String,
    /// In how many parts it is kept.
    pub parts: u32,
    /// How many lines it has.
    pub lines: u32,
}

/// How a job ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Outcome {
    /// The whole file was read.
    Succeeded,
    /// StopUserImportJob
    Stopped,
    /// More rows made no users than did. AWS tells no number; both counts that are known (0 of 5 in the developer guide,
    /// 14 of 46 in cognito-user-profiles-export-reference-architecture, issue 9) are of this kind.
    TooManyLost,
    /// The file has more than 500,000 users.
    TooManyRows,
    /// The header does not have the columns of the pool.
    WrongHeader,
    /// The file is not there any more.
    NoFile,
}

/// What became of rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// Those that made users.
    pub imported: u32,
    /// Those of users who exist.
    pub skipped: u32,
    /// Those that are not right.
    pub failed: u32,
}

/// What a running job does next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// It reads the part of that number.
    Read(u32),
    /// It ends.
    End(Outcome),
}

/// What a job in its state does not do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JobError {
    /// It takes no file any more.
    #[error("the job takes no file")]
    Closed,
    /// It cannot be started.
    #[error("the job is {}", .0.as_str())]
    NotStartable(Status),
    /// It has no file. Its id.
    #[error("the job has no file")]
    NoFile(String),
    /// The pool verifies no address, so that no user could be imported.
    #[error("the pool has no auto-verified attribute")]
    NothingVerified,
    /// It is not running.
    #[error("the job is {}", .0.as_str())]
    NotRunning(Status),
}

impl ImportJob {
    /// A job that waits for its file.
    pub fn new(pool: &Pool, id: String, name: String, logs_role: String, now: Time) -> Self {
        Self {
            pool_id: pool.id.clone(),
            id,
            name,
            logs_role,
            hashing: None,
            account: Self::account_of(pool),
            state: State::Created { file: None },
            tally: Tally::default(),
            created: now,
        }
    }

    /// The record key.
    pub fn key_of(pool_id: &str, id: &str) -> String {
        format!("{pool_id}/{id}")
    }

    /// The value of [`BY_ACCOUNT`].
    pub fn account_of(pool: &Pool) -> String {
        format!("{}/{}", pool.account, pool.region)
    }

    /// AWS's name of the state.
    pub fn status(&self, now: Time) -> Status {
        match &self.state {
            State::Created { .. } if now >= self.created + WAITING => Status::Expired,
            State::Created { .. } => Status::Created,
            State::Running { stopping: true, .. } => Status::Stopping,
            State::Running { done: 0, .. } => Status::Pending,
            State::Running { .. } => Status::InProgress,
            State::Ended { outcome: Outcome::Succeeded, .. } => Status::Succeeded,
            State::Ended { outcome: Outcome::Stopped, .. } => Status::Stopped,
            State::Ended { .. } => Status::Failed,
        }
    }

    /// When a file that was uploaded is no longer needed: after all the time that a job may wait, and a day to work.
    pub fn file_expires(&self) -> Time {
        self.created + WAITING + Span::days(1)
    }

    /// Checks that the link takes a file.
    ///
    /// # Errors
    /// [`JobError::Closed`]
    pub fn check_open(&self, now: Time) -> Result<(), JobError> {
        match self.state {
            State::Created { .. } if now < self.created + LINK => Ok(()),
            _ => Err(JobError::Closed),
        }
    }

    /// Takes a file whose upload began while the link was good, and gives the one that it replaces.
    ///
    /// # Errors
    /// [`JobError::Closed`] if the job was started or has expired meanwhile.
    pub fn attach(&mut self, new: File, now: Time) -> Result<Option<File>, JobError> {
        let waiting = self.status(now) == Status::Created;
        match &mut self.state {
            State::Created { file } if waiting => Ok(file.replace(new)),
            _ => Err(JobError::Closed),
        }
    }

    /// Starts it.
    ///
    /// # Errors
    /// [`JobError::NotStartable`], [`JobError::NoFile`] and [`JobError::NothingVerified`]
    pub fn start(&mut self, pool: &Pool, now: Time) -> Result<(), JobError> {
        match (&self.state, self.status(now)) {
            (State::Created { file }, Status::Created) => {
                if !["email", "phone_number"].into_iter().any(|address| pool.auto_verifies(address)) {
                    return Err(JobError::NothingVerified);
                }
                let file = file.clone().ok_or_else(|| JobError::NoFile(self.id.clone()))?;
                self.state =
                    State::Running { started: now, file, done: 0, columns: Vec::new(), stopping: false };
                Ok(())
            }
            (_, status) => Err(JobError::NotStartable(status)),
        }
    }

    /// Makes it stop before its next part.
    ///
    /// # Errors
    /// [`JobError::NotRunning`]
    pub fn stop(&mut self, now: Time) -> Result<(), JobError> {
        let status = self.status(now);
        match &mut self.state {
            State::Running { stopping, .. } if !*stopping => {
                *stopping = true;
                Ok(())
            }
            _ => Err(JobError::NotRunning(status)),
        }
    }

    /// What it does next; `None` if it is not running.
    pub fn next(&self) -> Option<Step> {
        let State::Running { file, done, columns, stopping, .. } = &self.state else { return None };
        let lost = self.tally.skipped + self.tally.failed;
        Some(if *stopping {
            Step::End(Outcome::Stopped)
        } else if file.lines > MAX_ROWS + 1 {
            Step::End(Outcome::TooManyRows)
        } else if *done < file.parts {
            Step::Read(*done)
        } else if columns.is_empty() {
            Step::End(Outcome::WrongHeader)
        } else if lost > self.tally.imported {
            Step::End(Outcome::TooManyLost)
        } else {
            Step::End(Outcome::Succeeded)
        })
    }

    /// Counts the rows of the part that was read. The first one begins with the header, which says the columns.
    pub fn advance(&mut self, header: Vec<String>, rows: Tally) {
        if let State::Running { done, columns, .. } = &mut self.state {
            *done += 1;
            *columns = header;
        }
        self.tally.imported += rows.imported;
        self.tally.skipped += rows.skipped;
        self.tally.failed += rows.failed;
    }

    /// Ends it.
    pub fn end(&mut self, outcome: Outcome, now: Time) {
        if let State::Running { started, .. } = self.state {
            self.state = State::Ended { started, completed: now, outcome };
        }
    }
}

impl Entity for ImportJob {
    const KIND: Kind = Kind::ImportJob;

    fn key(&self) -> String {
        Self::key_of(&self.pool_id, &self.id)
    }

    fn index(&self) -> Vec<IndexEntry> {
        let created = format!("{}/{:016x}", self.pool_id, self.created.0);
        let mut entries = vec![IndexEntry::shared(BY_CREATION, created)];
        if matches!(self.state, State::Running { .. }) {
            entries.push(IndexEntry::unique(BY_ACCOUNT, self.account.clone()));
        }
        entries
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::testing;

    const HOUR: Span = Span::hours(1);

    fn pool() -> Pool {
        testing::pool(json!({ "AutoVerifiedAttributes": ["email"] }))
    }

    fn job() -> ImportJob {
        ImportJob::new(&pool(), "import-1".to_owned(), "job".to_owned(), "arn".to_owned(), Time(0))
    }

    fn file(upload: &str) -> File {
        File { upload: upload.to_owned(), parts: 2, lines: 4 }
    }

    #[test]
    fn the_link_is_good_for_a_quarter_of_an_hour() {
        let mut job = job();
        assert_eq!(job.check_open(Time(0) + LINK - Span::seconds(1)), Ok(()));
        assert_eq!(job.check_open(Time(0) + LINK), Err(JobError::Closed));
        // An upload that began in time may end later, and replaces what was there.
        assert_eq!(job.attach(file("a"), Time(0) + LINK), Ok(None));
        assert_eq!(job.attach(file("b"), Time(0) + LINK), Ok(Some(file("a"))));
        job.start(&pool(), Time(0) + HOUR).unwrap();
        assert_eq!(job.attach(file("c"), Time(0) + HOUR), Err(JobError::Closed));
        assert_eq!(job.check_open(Time(0)), Err(JobError::Closed));
    }

    #[test]
    fn starting_and_stopping() {
        let mut job = job();
        assert_eq!(job.start(&pool(), Time(0)), Err(JobError::NoFile("import-1".to_owned())));
        assert_eq!(job.stop(Time(0)), Err(JobError::NotRunning(Status::Created)));
        job.attach(file("a"), Time(0)).unwrap();
        assert_eq!(job.index().len(), 1);
        job.start(&pool(), Time(0)).unwrap();
        assert_eq!(job.status(Time(0)), Status::Pending);
        assert_eq!(job.index()[1], IndexEntry::unique(BY_ACCOUNT, "000000000000/us-east-1"));
        assert_eq!(job.start(&pool(), Time(0)), Err(JobError::NotStartable(Status::Pending)));
        job.stop(Time(0)).unwrap();
        assert_eq!(job.status(Time(0)), Status::Stopping);
        assert_eq!(job.stop(Time(0)), Err(JobError::NotRunning(Status::Stopping)));
    }

    #[test]
    fn a_job_that_is_not_started_expires() {
        let mut job = job();
        job.attach(file("a"), Time(0)).unwrap();
        let late = Time(0) + WAITING;
        assert_eq!(job.status(late - Span(1)), Status::Created);
        assert_eq!(job.status(late), Status::Expired);
        assert_eq!(job.start(&pool(), late), Err(JobError::NotStartable(Status::Expired)));
        assert_eq!(job.attach(file("b"), late), Err(JobError::Closed));
        job.start(&pool(), late - Span(1)).unwrap();
        assert_eq!(job.status(late + HOUR), Status::Pending);
        assert!(job.file_expires() > late + HOUR);
    }

    #[test]
    fn a_pool_that_verifies_nothing_imports_nobody() {
        let mut job = job();
        job.attach(file("a"), Time(0)).unwrap();
        assert_eq!(job.start(&testing::pool(json!({})), Time(0)), Err(JobError::NothingVerified));
        job.start(&testing::pool(json!({ "AutoVerifiedAttributes": ["phone_number"] })), Time(0)).unwrap();
    }

    #[test]
    fn from_part_to_part() {
        let mut job = job();
        assert_eq!(job.next(), None);
        job.attach(file("a"), Time(0)).unwrap();
        job.start(&pool(), Time(0)).unwrap();
        let rows = Tally { imported: 2, skipped: 1, failed: 0 };
        for number in [0, 1] {
            assert_eq!(job.next(), Some(Step::Read(number)));
            job.advance(vec!["name".to_owned()], rows);
            assert_eq!(job.status(Time(0)), Status::InProgress);
        }
        assert_eq!(job.tally, Tally { imported: 4, skipped: 2, failed: 0 });
        assert_eq!(job.next(), Some(Step::End(Outcome::Succeeded)));
        job.end(Outcome::Succeeded, Time(7));
        let ended = State::Ended { started: Time(0), completed: Time(7), outcome: Outcome::Succeeded };
        assert_eq!((&job.state, job.next(), job.index().len()), (&ended, None, 1));
        job.end(Outcome::Stopped, Time(8));
        assert_eq!(job.state, ended);
    }

    #[test]
    fn ends() {
        let check = |parts: u32, lines: u32, stop: bool, rows: [u32; 3], expected: Outcome| {
            let mut job = job();
            job.attach(File { upload: "a".to_owned(), parts, lines }, Time(0)).unwrap();
            job.start(&pool(), Time(0)).unwrap();
            let [imported, skipped, failed] = rows;
            for _ in 0..parts {
                job.advance(vec!["name".to_owned()], Tally { imported, skipped, failed });
            }
            if stop {
                job.stop(Time(0)).unwrap();
            }
            assert_eq!(job.next(), Some(Step::End(expected)), "{parts} {lines} {stop} {rows:?}");
        };
        check(1, 1, false, [0, 0, 0], Outcome::Succeeded);
        check(1, 3, false, [1, 1, 0], Outcome::Succeeded);
        check(1, 3, false, [1, 1, 1], Outcome::TooManyLost);
        check(1, 1, false, [0, 0, 1], Outcome::TooManyLost);
        check(1, 3, true, [1, 1, 1], Outcome::Stopped);
        check(0, 0, false, [0, 0, 0], Outcome::WrongHeader);
        check(9, 500_001, false, [1, 0, 0], Outcome::Succeeded);
        check(9, 500_002, false, [1, 0, 0], Outcome::TooManyRows);
    }
}
