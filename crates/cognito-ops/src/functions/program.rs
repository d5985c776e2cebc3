//! What to run for a function: a shell command, or a runner of ours with a handler file.

use std::path::PathBuf;
use std::time::SystemTime;

/// Runs handlers written for Lambda's runtimes; see `docs/triggers.md`, "The protocol".
const NODE: &str = include_str!("runner.js");
const PYTHON: &str = include_str!("runner.py");

/// A program and its arguments.
pub(super) struct Program {
    pub name: String,
    pub arguments: Vec<String>,
    /// The file whose change makes a running process old.
    code: Option<PathBuf>,
}

impl Program {
    pub fn shell(line: &str) -> Self {
        let arguments = vec!["-c".to_owned(), line.to_owned()];
        Self { name: "sh".to_owned(), arguments, code: None }
    }

    /// `file.js#handler`; the handler is `handler` if it is left out.
    pub fn node(handler: &str) -> Self {
        let (file, name) = handler.rsplit_once('#').unwrap_or((handler, "handler"));
        let arguments = ["-e", NODE, "--", file, name].map(str::to_owned).to_vec();
        Self { name: "node".to_owned(), arguments, code: Some(file.into()) }
    }

    /// `file.py#function`; the function is `lambda_handler` if it is left out.
    pub fn python(handler: &str) -> Self {
        let (file, name) = handler.rsplit_once('#').unwrap_or((handler, "lambda_handler"));
        let arguments = ["-c", PYTHON, file, name].map(str::to_owned).to_vec();
        Self { name: "python3".to_owned(), arguments, code: Some(file.into()) }
    }

    /// Whether a runner of ours sees to it that an event has one answer.
    pub fn is_handler(&self) -> bool {
        self.code.is_some()
    }

    /// When its code was last changed, if that can be known.
    pub fn changed_at(&self) -> Option<SystemTime> {
        std::fs::metadata(self.code.as_ref()?).and_then(|file| file.modified()).ok()
    }
}
