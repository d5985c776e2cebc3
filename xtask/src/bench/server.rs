//! The server that is measured: a process, its answers and what `/proc` says about it.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use super::client::{Connection, Request};
use crate::workspace::{output, root};

/// How long a server may take to start, or to come to rest.
const PATIENCE: Duration = Duration::from_secs(60);

/// How much longer an fsync takes on the slow disk: with what it takes here, about as long as on a disk of a cloud.
pub const SLOW: Duration = Duration::from_millis(5);

/// What a process that is at rest may take in half a second.
const REST: f64 = 0.005;

/// The release binary.
pub fn binary() -> PathBuf {
    root().join("target/release/awsemu")
}

/// A running `awsemu serve` on a durable store.
pub struct Server {
    process: Child,
    port: u16,
    folder: PathBuf,
    /// A library that the process loads before all others.
    preload: Option<PathBuf>,
}

impl Server {
    /// Starts on a free port, with its state below `folder`.
    pub fn start(folder: &Path) -> Result<Self, String> {
        Self::start_with(folder, None)
    }

    /// As [`Server::start`], as on a disk whose fsync takes [`SLOW`] longer.
    pub fn start_on_slow_disk(folder: &Path) -> Result<Self, String> {
        let library = folder.join("slow_disk.so");
        let (source, delay) = (root().join("xtask/src/bench/slow_disk.c"), SLOW.as_nanos());
        let mut compiler = Command::new("cc");
        compiler
            .args(["-O2", "-shared", "-fPIC", &format!("-DDELAY={delay}L"), "-o"])
            .arg(&library)
            .arg(source);
        output(&mut compiler)?;
        Self::start_with(folder, Some(library))
    }

    fn start_with(folder: &Path, preload: Option<PathBuf>) -> Result<Self, String> {
        let process = spawn(folder, 0, preload.as_deref())?;
        let port_file = folder.join("port");
        let mut server = Self { process, port: 0, folder: folder.to_owned(), preload };
        let begin = Instant::now();
        while server.port == 0 {
            if begin.elapsed() > PATIENCE {
                return Err(format!("the server does not start; see {}", folder.join("log").display()));
            }
            thread::sleep(Duration::from_millis(5));
            let text = fs::read_to_string(&port_file).unwrap_or_default();
            server.port = text.trim().parse().unwrap_or(0);
        }
        server.wait()?;
        Ok(server)
    }

    /// Kills the process and starts it again; returns the time from the start to the first answer.
    pub fn restart(&mut self) -> Result<Duration, String> {
        self.stop();
        let begin = Instant::now();
        self.process = spawn(&self.folder, self.port, self.preload.as_deref())?;
        self.wait()?;
        Ok(begin.elapsed())
    }

    fn wait(&self) -> Result<(), String> {
        let health = Request::get("/_awsemu/health");
        let begin = Instant::now();
        loop {
            match Connection::open(self.port).and_then(|mut connection| connection.send(&health)) {
                Ok(_) => return Ok(()),
                Err(error) if begin.elapsed() > PATIENCE => return Err(error),
                Err(_) => thread::sleep(Duration::from_micros(200)),
            }
        }
    }

    /// The port on 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Waits until the process has done nothing for half a second: keys made in advance are ready then.
    pub fn settle(&self) -> Result<(), String> {
        let begin = Instant::now();
        let mut before = self.processor_seconds()?;
        loop {
            thread::sleep(Duration::from_millis(500));
            let now = self.processor_seconds()?;
            if now - before < REST {
                return Ok(());
            }
            if begin.elapsed() > PATIENCE {
                return Err("the server does not come to rest".to_owned());
            }
            before = now;
        }
    }

    /// Processor time so far, in user and kernel mode: of each thread in nanoseconds, where `stat` has hundredths of a
    /// second. What a thread took that has ended is missing; those that answer requests never end.
    pub fn processor_seconds(&self) -> Result<f64, String> {
        let tasks = format!("/proc/{}/task", self.process.id());
        let threads = fs::read_dir(&tasks).map_err(|error| format!("failed to read {tasks}: {error}"))?;
        let mut nanoseconds = 0.0;
        for thread in threads.flatten() {
            // It may have ended since.
            let text = fs::read_to_string(thread.path().join("schedstat")).unwrap_or_default();
            let own = text.split_whitespace().next().and_then(|field| field.parse::<f64>().ok());
            nanoseconds += own.unwrap_or_default();
        }
        if nanoseconds > 0.0 { Ok(nanoseconds / 1e9) } else { Err(format!("{tasks} has no schedstat")) }
    }

    /// Resident memory.
    pub fn resident_megabytes(&self) -> Result<f64, String> {
        let status = self.proc("status")?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kilobytes = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<f64>().ok());
        Ok(kilobytes.ok_or("/proc/<pid>/status has no VmRSS")? / 1024.0)
    }

    /// Runs `<program> cognito-idp list-user-pools` against this server.
    pub fn list_user_pools(&self, program: &Path) -> Result<(), String> {
        let url = format!("http://localhost:{}", self.port);
        let mut command = Command::new(program);
        command.args(["cognito-idp", "list-user-pools", "--max-results", "10", "--endpoint-url", &url]);
        command.env("AWS_ACCESS_KEY_ID", "test").env("AWS_SECRET_ACCESS_KEY", "test");
        command.env("AWS_DEFAULT_REGION", "us-east-1").env("AWS_CONFIG_FILE", "/dev/null");
        output(&mut command).map(drop)
    }

    fn proc(&self, file: &str) -> Result<String, String> {
        let path = format!("/proc/{}/{file}", self.process.id());
        fs::read_to_string(&path).map_err(|error| format!("failed to read {path}: {error}"))
    }

    fn stop(&mut self) {
        // It may have ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop();
    }
}

fn spawn(folder: &Path, port: u16, preload: Option<&Path>) -> Result<Child, String> {
    let log = File::create(folder.join("log")).map_err(|error| format!("failed to make a log: {error}"))?;
    let mut command = Command::new(binary());
    command.args(["serve", "--listen", &format!("127.0.0.1:{port}")]);
    command.arg("--data-dir").arg(folder.join("data")).arg("--port-file").arg(folder.join("port"));
    if let Some(library) = preload {
        command.env("LD_PRELOAD", library);
    }
    command.current_dir(folder).stdin(Stdio::null()).stdout(Stdio::null()).stderr(log);
    command.spawn().map_err(|error| format!("failed to start the server: {error}"))
}
