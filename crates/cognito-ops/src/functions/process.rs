//! One running program, which is given an event and gives an answer, one after another.

use std::io;
use std::process::{ExitStatus, Stdio};
use std::time::{Duration, SystemTime};

use rustix::io::ioctl_fionread;
use rustix::process::{Pid, Signal, kill_process_group};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::time::timeout;

use super::answer::LONGEST;
use super::chatter::Chatter;
use super::program::Program;

/// How long a process that closed its output may take to end.
const ENDING: Duration = Duration::from_millis(500);

/// A running program. It is killed, with what it started, when it is dropped.
pub(super) struct Process {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    /// What it writes to standard error.
    pub chatter: Chatter,
    code_of: Option<SystemTime>,
    /// It has answered an event.
    is_warm: bool,
}

/// Why a process gave no answer.
#[derive(Debug)]
pub(super) enum NoAnswer {
    /// It ended, or closed its input, before it was given another event.
    Gone,
    /// It ended instead; without a status if it only closed its output.
    Ended(Option<ExitStatus>),
    /// The answer is too long.
    TooLong,
}

impl Process {
    pub fn start(program: &Program) -> io::Result<Self> {
        let mut command = Command::new(&program.name);
        command.args(&program.arguments).process_group(0).kill_on_drop(true);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let code_of = program.changed_at();
        let mut child = command.spawn()?;
        let (input, output, errors) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
        let (Some(input), Some(output), Some(errors)) = (input, output, errors) else {
            return Err(io::Error::other("the pipes of a new process are missing"));
        };
        Ok(Self {
            child,
            input,
            output: BufReader::new(output),
            chatter: Chatter::of(errors),
            code_of,
            is_warm: false,
        })
    }

    /// Whether it can be given another event: it runs, its code is the newest, and it has said nothing unasked, which
    /// the next event would get as its answer.
    pub fn is_ready(&mut self, program: &Program) -> bool {
        let is_running = matches!(self.child.try_wait(), Ok(None));
        is_running && self.code_of == program.changed_at() && self.is_silent()
    }

    /// Whether there is nothing to read. The pipe itself is asked, since tokio may not have heard of it yet.
    fn is_silent(&self) -> bool {
        self.output.buffer().is_empty()
            && ioctl_fionread(self.output.get_ref()).is_ok_and(|waiting| waiting == 0)
    }

    /// Gives it an event and gives back the line that it answers.
    pub async fn ask(&mut self, event: &Value) -> Result<Vec<u8>, NoAnswer> {
        self.chatter.begin(event);
        let given = self.input.write_all(line(event).as_bytes()).await;
        if given.is_err() && self.is_warm {
            return Err(NoAnswer::Gone);
        }
        // A new process may have answered without a look at the event.
        let mut answer = Vec::new();
        let mut limited = (&mut self.output).take(LONGEST as u64 + 1);
        let read = limited.read_until(b'\n', &mut answer).await;
        if answer.len() > LONGEST {
            return Err(NoAnswer::TooLong);
        }
        // A last line may end with the output.
        if read.is_ok() && !answer.is_empty() {
            self.is_warm = true;
            return Ok(answer);
        }
        let status = timeout(ENDING, self.child.wait()).await;
        self.chatter.finish().await;
        Err(NoAnswer::Ended(status.ok().and_then(Result::ok)))
    }
}

/// The event as a line of ASCII: some programs end a line at U+2028, too, which a user may have in a name.
fn line(event: &Value) -> String {
    let mut line = String::new();
    for char in event.to_string().chars() {
        match char {
            '\0'..='\x7f' => line.push(char),
            _ => char.encode_utf16(&mut [0; 2]).iter().for_each(|unit| line += &format!("\\u{unit:04x}")),
        }
    }
    line + "\n"
}

impl Drop for Process {
    fn drop(&mut self) {
        self.chatter.end(None);
        // A process that was waited for has no id any more: its number may be another's by now.
        let pid = self.child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
        if let Some(pid) = pid {
            // It may have ended by itself.
            let _ = kill_process_group(pid, Signal::KILL);
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_event_is_one_line_of_ascii() {
        let event = json!({ "name": "a\nb\r\u{2028}ü\u{1f600}\u{85}" });
        let line = line(&event);
        assert_eq!(line, "{\"name\":\"a\\nb\\r\\u2028\\u00fc\\ud83d\\ude00\\u0085\"}\n");
        assert_eq!(serde_json::from_str::<Value>(&line).unwrap(), event);
    }
}
