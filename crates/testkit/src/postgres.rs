//! A throw-away PostgreSQL from the binaries of the system, on the standard library alone: `xtask` and
//! `cognito-store-pg` include this file by its path, as neither should build the whole service for it.

use std::env;
use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::Duration;

const MISSING: &str = "there is no PostgreSQL on this machine: run `cargo xtask setup`";

/// The variable that names a PostgreSQL to use; the tests may make databases in it.
pub const VARIABLE: &str = "AWSEMU_TEST_PG";

/// A running server with an empty database, on loopback and without a password.
/// It stops when it is dropped, and also when this process ends without dropping it.
pub struct Postgres {
    server: Child,
    guard: Option<Child>,
    directory: PathBuf,
    port: u16,
}

impl Postgres {
    /// Makes a cluster in a temporary directory and starts its server on a free port.
    ///
    /// As PostgreSQL refuses to run as root, root starts it as the user `postgres`.
    pub fn start() -> Result<Self, String> {
        let binaries = binaries()?;
        let directory = make_directory()?;
        let postgres = Self::start_in(&binaries, &directory);
        if postgres.is_err() {
            let _ = fs::remove_dir_all(&directory);
        }
        postgres
    }

    /// Where it is: `postgres://postgres@127.0.0.1:<port>/postgres`.
    pub fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }

    fn start_in(binaries: &Path, directory: &Path) -> Result<Self, String> {
        let data = directory.join("data");
        let init = unprivileged(&binaries.join("initdb"), directory)?
            .arg("--pgdata")
            .arg(&data)
            .args(["--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"])
            .output()
            .map_err(|error| format!("failed to run initdb: {error}"))?;
        if !init.status.success() {
            return Err(format!("initdb failed: {}", String::from_utf8_lossy(&init.stderr)));
        }
        let port = free_port()?;
        let log = fs::File::create(directory.join("log")).map_err(|error| error.to_string())?;
        let server = unprivileged(&binaries.join("postgres"), directory)?
            .arg("-D")
            .arg(&data)
            .args(["-p", &port.to_string(), "-h", "127.0.0.1", "-N", "300"])
            .arg("-k")
            .arg(directory)
            .args(["-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off"])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .map_err(|error| format!("failed to start postgres: {error}"))?;
        let mut postgres = Self { server, guard: None, directory: directory.to_owned(), port };
        postgres.guard = Some(guard(postgres.server.id(), directory)?);
        postgres.wait(&binaries.join("pg_isready"))?;
        Ok(postgres)
    }

    fn wait(&mut self, pg_isready: &Path) -> Result<(), String> {
        for _ in 0..600 {
            let ready = Command::new(pg_isready)
                .args(["-q", "-h", "127.0.0.1", "-p", &self.port.to_string()])
                .status()
                .map_err(|error| format!("failed to run pg_isready: {error}"))?;
            if ready.success() {
                return Ok(());
            }
            if let Ok(Some(status)) = self.server.try_wait() {
                let log = fs::read_to_string(self.directory.join("log")).unwrap_or_default();
                return Err(format!("postgres ended with {status}: {log}"));
            }
            thread::sleep(Duration::from_millis(50));
        }
        Err("postgres did not become ready within 30 seconds".to_owned())
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        match &mut self.guard {
            Some(guard) => {
                // Its standard input ends here; it stops the server and tidies up.
                drop(guard.stdin.take());
                let _ = guard.wait();
            }
            None => drop(self.server.kill()),
        }
        let _ = self.server.wait();
    }
}

/// A process that waits for the end of this one, however it comes, to stop the server and delete its files.
///
/// SIGQUIT is an immediate stop, children included: nothing here is worth a checkpoint.
fn guard(server: u32, directory: &Path) -> Result<Child, String> {
    let script = r#"trap '' INT TERM HUP; cat > /dev/null; kill -QUIT "$1"
        for i in 1 2 3 4 5 6 7 8 9 10; do rm -rf "$2" && break; sleep 0.1; done"#;
    Command::new("sh")
        .args(["-c", script, "guard", &server.to_string()])
        .arg(directory)
        .current_dir("/")
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| format!("failed to start sh: {error}"))
}

/// Makes an empty database in the server of this URL, and gives its URL.
pub fn fresh_database(url: &str) -> Result<String, String> {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let name = format!("t{}_{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
    let made = Command::new(binaries()?.join("psql"))
        .args(["--no-psqlrc", "--quiet", url, "-c", &format!("CREATE DATABASE {name} TEMPLATE template0")])
        .output()
        .map_err(|error| format!("failed to run psql: {error}"))?;
    if !made.status.success() {
        return Err(format!("psql failed: {}", String::from_utf8_lossy(&made.stderr)));
    }
    let (server, rest) = url.rsplit_once('/').ok_or("the URL names no database")?;
    let parameters = rest.split_once('?').map_or(String::new(), |(_, parameters)| format!("?{parameters}"));
    Ok(format!("{server}/{name}{parameters}"))
}

/// The newest of Debian's versions, else what the search path has.
fn binaries() -> Result<PathBuf, String> {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let debian = versions
        .filter_map(|entry| {
            let version: u32 = entry.file_name().to_str()?.parse().ok()?;
            Some((version, entry.path().join("bin")))
        })
        .filter(|(_, bin)| bin.join("initdb").exists() && bin.join("psql").exists())
        .max();
    #[expect(clippy::disallowed_methods, reason = "a tool of the tests looks for another tool")]
    let path = env::var_os("PATH").unwrap_or_default();
    let elsewhere = || env::split_paths(&path).find(|bin| bin.join("initdb").exists());
    debian.map(|(_, bin)| bin).or_else(elsewhere).ok_or_else(|| MISSING.to_owned())
}

fn make_directory() -> Result<PathBuf, String> {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let directory = env::temp_dir().join(format!("awsemu-pg-{}-{number}", std::process::id()));
    let failed = |error| format!("failed to make {}: {error}", directory.display());
    // What is there is left over from a process of the same number that was killed.
    let _ = fs::remove_dir_all(&directory);
    fs::create_dir(&directory).map_err(failed)?;
    if is_root(&directory)? {
        let owned = Command::new("chown").arg("postgres").arg(&directory).status().map_err(failed)?;
        if !owned.success() {
            let _ = fs::remove_dir_all(&directory);
            return Err(format!("there is no user postgres to run it as: {MISSING}"));
        }
    }
    Ok(directory)
}

/// A command as the owner of the directory, which is not root.
fn unprivileged(program: &Path, directory: &Path) -> Result<Command, String> {
    let mut command = if is_root(Path::new("/proc/self"))? {
        let mut command = Command::new("setpriv");
        command.args(["--reuid=postgres", "--regid=postgres", "--init-groups"]).arg(program);
        command
    } else {
        Command::new(program)
    };
    command.current_dir(directory);
    Ok(command)
}

/// Whether this belongs to root; `/proc/self` belongs to the user of this process.
fn is_root(path: &Path) -> Result<bool, String> {
    let metadata =
        fs::metadata(path).map_err(|error| format!("failed to look at {}: {error}", path.display()))?;
    Ok(metadata.uid() == 0)
}

fn free_port() -> Result<u16, String> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).and_then(|listener| listener.local_addr());
    listener.map(|address| address.port()).map_err(|error| format!("failed to find a free port: {error}"))
}
