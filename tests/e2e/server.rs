//! A server process under test: `awsemu serve` on a free port, ended when it is dropped.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, OnceLock, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

use super::http::{self, Answer};
use super::setting;

/// How long a server may take to start or to stop on this busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// How often a wait for a process looks again.
const GLANCE: Duration = Duration::from_millis(5);

/// A dummy signature: the server accepts any credentials unless it is told otherwise.
const AUTHORIZATION: &str = "AWS4-HMAC-SHA256 Credential=test/20261123/us-east-1/cognito-idp/aws4_request, \
     SignedHeaders=content-type;host;x-amz-date;x-amz-target, Signature=0000000000000000000000000000000000000000000000000000000000000000";

/// Where a server keeps its state.
#[derive(Clone, Debug)]
pub enum Store {
    /// A data directory below the server's own temporary folder.
    Directory,
    /// Nowhere: it is gone with the process.
    Memory,
    /// A PostgreSQL database, by its URL.
    Postgres(String),
}

/// A running `awsemu serve`.
#[derive(Debug)]
pub struct Server {
    process: Option<Child>,
    port: u16,
    store: Store,
    folder: TempDir,
    arguments: Vec<String>,
    environment: Vec<(&'static str, String)>,
    log: Arc<Mutex<String>>,
}

impl Server {
    /// Starts a server on a fresh folder and a free port, and waits until it can serve.
    pub fn start(store: Store) -> Self {
        Self::start_with(store, &[])
    }

    /// The same with more arguments for `serve`.
    pub fn start_with(store: Store, arguments: &[&str]) -> Self {
        Self::start_in(store, arguments, Vec::new())
    }

    /// The same in an environment with more variables.
    pub fn start_in(store: Store, arguments: &[&str], environment: Vec<(&'static str, String)>) -> Self {
        let arguments = arguments.iter().map(|argument| (*argument).to_owned()).collect();
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let log = Arc::default();
        let mut server = Self { process: None, port: 0, store, folder, arguments, environment, log };
        server.restart();
        server
    }

    /// Starts it again on the same store and, from the second time on, on the same port.
    pub fn restart(&mut self) {
        assert!(self.process.is_none(), "the server still runs");
        let port_file = self.folder.path().join("port");
        // A file of an earlier process would look as if the new one were ready.
        let _ = fs::remove_file(&port_file);
        let mut command = self.command(self.port);
        command.arg("--port-file").arg(&port_file);
        let mut process = command.spawn().expect("the binary starts");
        let ready = self.listen_to(&mut process);
        self.process = Some(process);
        let line = ready.recv_timeout(PATIENCE).unwrap_or_else(|_| self.give_up("printed no line"));
        let port = fs::read_to_string(&port_file).unwrap_or_else(|_| self.give_up("wrote no port file"));
        self.port = port.trim().parse().unwrap_or_else(|_| self.give_up("wrote an odd port file"));
        assert_eq!(line, format!("awsemu is ready on http://localhost:{}", self.port));
        let health = self.get("/_awsemu/health");
        assert_eq!(health.status, 200, "{}", health.text());
    }

    /// The command that starts this server on a port, for tests that expect it to fail.
    pub fn command(&self, port: u16) -> Command {
        let mut command = Command::new(binary());
        command.args(["serve", "--listen", &format!("127.0.0.1:{port}")]);
        match &self.store {
            Store::Directory => command.arg("--data-dir").arg(self.data_dir()),
            Store::Memory => command.arg("--ephemeral"),
            Store::Postgres(url) => command.args(["--store", url]),
        };
        command.args(&self.arguments).current_dir(self.folder.path()).stdin(Stdio::null());
        for name in ["AWSEMU_HOST", "AWSEMU_PUBLISH_URL", "LOCALEMU_HOST", "LOCALEMU_PUBLISH_URL"] {
            command.env_remove(name);
        }
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// The folder of a durable store.
    pub fn data_dir(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// A folder that lives as long as the server.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The base URL, without a slash at the end.
    pub fn url(&self) -> String {
        format!("http://localhost:{}", self.port)
    }

    /// Ends the process at once, as a power failure would (SIGKILL).
    pub fn kill9(&mut self) {
        let mut process = self.process.take().expect("the server runs");
        process.kill().expect("the process can be killed");
        process.wait().expect("the process can be waited for");
    }

    /// Asks the process to stop (SIGTERM) and waits for its end.
    pub fn terminate(&mut self) -> ExitStatus {
        let mut process = self.process.take().expect("the server runs");
        let killed = Command::new("kill").arg(process.id().to_string()).status();
        assert!(killed.is_ok_and(|status| status.success()), "kill failed");
        let begin = Instant::now();
        loop {
            if let Some(status) = process.try_wait().expect("the process can be waited for") {
                return status;
            }
            if begin.elapsed() > PATIENCE {
                let _ = process.kill();
                panic!("the server does not stop; it wrote:\n{}", self.log());
            }
            thread::sleep(GLANCE);
        }
    }

    /// What the process wrote to standard error so far.
    pub fn log(&self) -> String {
        self.log.lock().expect("no reader of the log panicked").clone()
    }

    /// GET.
    pub fn get(&self, path: &str) -> Answer {
        http::request(self.port, "GET", path, &[], b"").expect("the server answers")
    }

    /// POST of JSON.
    pub fn post(&self, path: &str, body: &Value) -> Answer {
        let headers = [("Content-Type", "application/json")];
        http::request(self.port, "POST", path, &headers, body.to_string().as_bytes())
            .expect("the server answers")
    }

    /// PUT of a file.
    pub fn put(&self, path: &str, file: &[u8]) -> Answer {
        http::request(self.port, "PUT", path, &[], file).expect("the server answers")
    }

    /// Calls an operation with dummy AWS credentials.
    pub fn call(&self, operation: &str, input: &Value) -> Answer {
        self.send(operation, input, &[("Authorization", AUTHORIZATION)])
    }

    /// Calls an operation without credentials.
    pub fn call_unsigned(&self, operation: &str, input: &Value) -> Answer {
        self.send(operation, input, &[])
    }

    /// Calls an operation, which must succeed, and returns its output.
    pub fn ok(&self, operation: &str, input: &Value) -> Value {
        let answer = self.call(operation, input);
        assert_eq!(answer.status, 200, "{operation} {input}: {}", answer.text());
        answer.json()
    }

    fn send(&self, operation: &str, input: &Value, more: &[(&str, &str)]) -> Answer {
        let target = format!("AWSCognitoIdentityProviderService.{operation}");
        let common = [("Content-Type", "application/x-amz-json-1.1"), ("X-Amz-Target", target.as_str())];
        let body = input.to_string();
        http::request(self.port, "POST", "/", &[&common, more].concat(), body.as_bytes())
            .unwrap_or_else(|error| panic!("{operation}: {error}; the server wrote:\n{}", self.log()))
    }

    /// Collects standard error in the log; gives the first line of standard output.
    fn listen_to(&self, process: &mut Child) -> mpsc::Receiver<String> {
        let (sender, receiver) = mpsc::channel();
        let output = process.stdout.take().expect("standard output is piped");
        thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                // Only the first line is waited for; later ones have no reader any more.
                let _ = sender.send(line);
            }
        });
        let errors = process.stderr.take().expect("standard error is piped");
        let log = Arc::clone(&self.log);
        thread::spawn(move || {
            for line in BufReader::new(errors).lines().map_while(Result::ok) {
                log.lock().expect("no reader of the log panicked").push_str(&(line + "\n"));
            }
        });
        receiver
    }

    fn give_up(&self, what: &str) -> ! {
        panic!("the server {what}; it wrote:\n{}", self.log())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(mut process) = self.process.take() {
            // The process may have ended by itself.
            let _ = process.kill();
            let _ = process.wait();
        }
    }
}

/// Runs a command that should end by itself; returns its status and what it wrote to standard error.
pub fn run_to_end(mut command: Command) -> (ExitStatus, String) {
    let mut process = command.spawn().expect("the binary starts");
    let begin = Instant::now();
    let status = loop {
        if let Some(status) = process.try_wait().expect("the process can be waited for") {
            break status;
        }
        if begin.elapsed() > PATIENCE {
            let _ = process.kill();
            panic!("the command does not end: {command:?}");
        }
        thread::sleep(GLANCE);
    };
    let mut errors = String::new();
    process.stderr.take().expect("standard error is piped").read_to_string(&mut errors).expect("UTF-8");
    (status, errors)
}

/// The binary under test: `AWSEMU_TEST_BINARY`, or built now beside the tests.
pub fn binary() -> &'static Path {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(|| setting("AWSEMU_TEST_BINARY").map_or_else(build, PathBuf::from))
}

fn build() -> PathBuf {
    let test = std::env::current_exe().expect("the test has a path");
    // target/<profile>/deps/e2e-<hash>
    let folder = test.parent().and_then(Path::parent).expect("the test lies in a target folder");
    let cargo = setting("CARGO").unwrap_or_else(|| "cargo".to_owned());
    let mut command = Command::new(cargo);
    command.args(["build", "--quiet", "--package", "awsemu-cli", "--bin", "awsemu"]);
    if folder.ends_with("release") {
        command.arg("--release");
    }
    let status = command.current_dir(env!("CARGO_MANIFEST_DIR")).status().expect("cargo runs");
    assert!(status.success(), "the binary does not build");
    folder.join("awsemu")
}
