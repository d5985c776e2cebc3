//! Functions that are programs: processes that are kept running, as many as there are events at once.

use std::process::ExitStatus;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::Value;
use tokio::sync::Semaphore;

use super::answer;
use super::fail::Failure;
use super::process::{NoAnswer, Process};
use super::program::Program;
use crate::ports::InvokeError;

/// The most processes of one program.
const PROCESSES: usize = 4;

/// A program and its idle processes.
pub(super) struct Command {
    program: Program,
    idle: Mutex<Vec<Process>>,
    slots: Semaphore,
}

impl Command {
    pub fn new(program: Program) -> Self {
        Self { program, idle: Mutex::default(), slots: Semaphore::new(PROCESSES) }
    }

    /// Gives the event to a process. If the future is dropped meanwhile, the process ends.
    pub async fn invoke(&self, event: &Value) -> Result<Value, Failure> {
        let _slot = self.slots.acquire().await.map_err(|error| Failure::unavailable(error.to_string()))?;
        if let Some(mut process) = self.take_idle() {
            match process.ask(event).await {
                // It ended of itself, perhaps long ago: the event was not looked at.
                Err(NoAnswer::Gone) => {}
                Err(NoAnswer::Ended(Some(status))) if status.success() => {}
                answer => return self.finish(process, event, answer),
            }
        }
        let start = Process::start(&self.program);
        let mut process = start.map_err(|error| {
            Failure::unavailable(format!("failed to start {}: {error}", self.program.name))
        })?;
        let answer = process.ask(event).await;
        self.finish(process, event, answer)
    }

    fn finish(
        &self,
        mut process: Process,
        event: &Value,
        answer: Result<Vec<u8>, NoAnswer>,
    ) -> Result<Value, Failure> {
        let result = match answer {
            Ok(line) if self.program.is_handler() => answer::read(&line),
            Ok(line) => answer::read(&line).and_then(|answer| belonging(event, answer)),
            Err(NoAnswer::TooLong) => Err(Failure::unrecognizable("the answer is longer than 6 MB")),
            Err(NoAnswer::Gone) => Err(Failure::function(exited(None))),
            Err(NoAnswer::Ended(status)) => Err(Failure::function(exited(status))),
        };
        process.chatter.end(result.as_ref().ok());
        // Who wrote what is no answer may write more of it.
        let in_step = !matches!(&result, Err(failure) if failure.error == InvokeError::Unrecognizable);
        if in_step && process.is_ready(&self.program) {
            self.idle().push(process);
        }
        result
    }

    /// The process that was used last; those that are not ready any more end.
    fn take_idle(&self) -> Option<Process> {
        let mut idle = self.idle();
        while let Some(mut process) = idle.pop() {
            if process.is_ready(&self.program) {
                return Some(process);
            }
        }
        None
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Process>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The answer, unless it is one to another event: that of a program that wrote two lines for one.
fn belonging(event: &Value, answer: Value) -> Result<Value, Failure> {
    let differs =
        |name: &&str| !answer[*name].is_null() && !event[*name].is_null() && answer[*name] != event[*name];
    match ["userPoolId", "userName", "triggerSource"].into_iter().find(differs) {
        Some(name) => Err(Failure::unrecognizable(format!("the answer has another {name} than the event"))),
        None => Ok(answer),
    }
}

/// What Lambda says of a runtime that ends.
fn exited(status: Option<ExitStatus>) -> String {
    match status {
        Some(status) if !status.success() => {
            // Rust writes `exit status: 1`, Lambda `exit status 1`.
            format!(
                "Runtime exited with error: {}",
                status.to_string().replacen("exit status: ", "exit status ", 1)
            )
        }
        _ => "Runtime exited without providing a reason".to_owned(),
    }
}
