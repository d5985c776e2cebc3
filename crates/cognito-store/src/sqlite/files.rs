//! The files of the durable store, their permissions, their lock, and the connections to them.

use std::fs::{self, DirBuilder, File, OpenOptions, Permissions, TryLockError};
use std::io;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags};
use thiserror::Error;

/// Why a store could not be opened.
#[derive(Debug, Error)]
pub enum OpenError {
    /// Another process has the data directory.
    #[error("another awsemu is using {}", .0.display())]
    InUse(PathBuf),
    /// The store was written by a newer awsemu.
    #[error(
        "{} was written by a newer awsemu (its schema is number {found}, this awsemu knows {known})",
        path.display()
    )]
    Newer {
        /// The database file.
        path: PathBuf,
        /// The number of its schema.
        found: usize,
        /// The greatest number that this build knows.
        known: usize,
    },
    /// The file is not a database, or a damaged one.
    #[error("{} is not a store of awsemu, or it is damaged", path.display())]
    Damaged {
        /// The database file.
        path: PathBuf,
        /// What SQLite says.
        source: rusqlite::Error,
    },
    /// A file or directory could not be made or opened.
    #[error("failed to open {}", path.display())]
    Io {
        /// Which one.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// SQLite failed otherwise.
    #[error("failed to open the store {}", path.display())]
    Sqlite {
        /// The database file.
        path: PathBuf,
        /// What SQLite says.
        source: rusqlite::Error,
    },
}

/// An [`OpenError`] that does not know the path yet.
#[derive(Debug)]
pub(super) enum OpenProblem {
    Newer { found: usize, known: usize },
    Sqlite(rusqlite::Error),
}

impl From<rusqlite::Error> for OpenProblem {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

impl OpenProblem {
    pub(super) fn at(self, path: &Path) -> OpenError {
        let path = path.to_owned();
        match self {
            Self::Newer { found, known } => OpenError::Newer { path, found, known },
            Self::Sqlite(source) => match source.sqlite_error_code() {
                Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => {
                    OpenError::Damaged { path, source }
                }
                _ => OpenError::Sqlite { path, source },
            },
        }
    }
}

/// Makes the directory if there is none, and takes it for this process as long as the file is open.
pub(super) fn lock(directory: &Path) -> Result<File, OpenError> {
    let io = |path: &Path| {
        let path = path.to_owned();
        |source| OpenError::Io { path, source }
    };
    DirBuilder::new().recursive(true).mode(0o700).create(directory).map_err(io(directory))?;
    let path = directory.join("state.lock");
    let file = private().open(&path).map_err(io(&path))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(OpenError::InUse(directory.to_owned())),
        Err(TryLockError::Error(source)) => Err(io(&path)(source)),
    }
}

/// Makes the database file if there is none. SQLite gives `-wal` and `-shm` the permissions of the database.
pub(super) fn database(directory: &Path) -> Result<PathBuf, OpenError> {
    let path = directory.join("state.db");
    let make = || {
        private().open(&path)?;
        fs::set_permissions(&path, Permissions::from_mode(0o600))
    };
    match make() {
        Ok(()) => Ok(path),
        Err(source) => Err(OpenError::Io { path, source }),
    }
}

/// The connection that writes. A commit is on the disk when it returns.
pub(super) fn writer(path: &Path) -> Result<Connection, OpenError> {
    let open = || -> Result<Connection, OpenProblem> {
        let connection = connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        // In pages of 4 KiB. A commit touches a handful of random pages, so the default of 1,000 would mean a
        // checkpoint, which waits for the disk twice, every few hundred sign-ins.
        connection.pragma_update(None, "wal_autocheckpoint", 4000)?;
        // After a burst the log shrinks to this many bytes at the next checkpoint.
        connection.pragma_update(None, "journal_size_limit", 8 << 20)?;
        Ok(connection)
    };
    open().map_err(|problem| problem.at(path))
}

/// A connection that reads. Each of its reads sees the newest commit.
pub(super) fn reader(path: &Path) -> rusqlite::Result<Connection> {
    let connection = connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    connection.pragma_update(None, "query_only", true)?;
    Ok(connection)
}

/// The connection of a store in memory.
pub(super) fn ephemeral() -> Result<Connection, OpenError> {
    let open = || -> rusqlite::Result<Connection> {
        let connection = Connection::open_in_memory()?;
        prepare(&connection)?;
        Ok(connection)
    };
    open().map_err(|error| OpenProblem::from(error).at(Path::new(":memory:")))
}

fn connect(path: &Path, flags: OpenFlags) -> rusqlite::Result<Connection> {
    // Each connection is used by one thread at a time, which the compiler sees to.
    let connection = Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    prepare(&connection)?;
    // In KiB, taken as it is needed.
    connection.pragma_update(None, "cache_size", -2048)?;
    Ok(connection)
}

fn prepare(connection: &Connection) -> rusqlite::Result<()> {
    connection.set_prepared_statement_cache_capacity(64);
    // Without this, SQLite compiles a statement again whenever its LIMIT is bound: 20 microseconds a scan.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map(drop)
}

fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false).mode(0o600);
    options
}
