//! What a function writes to standard error: for the log, but not the secrets of its events.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::Value;
use tokio::io::AsyncReadExt as _;
use tokio::process::ChildStderr;
use tokio::task::JoinHandle;
use tokio::time::timeout;

/// How much is kept until it is logged, in bytes: the end of it.
const KEPT: usize = 16 * 1024;
/// How long the rest may take.
const ENDING: Duration = Duration::from_millis(500);
/// The shortest text that counts as a secret.
const SHORTEST: usize = 4;

/// The standard error of a process.
pub(super) struct Chatter {
    state: Arc<Mutex<State>>,
    reading: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct State {
    said: Vec<u8>,
    /// The texts of the last event and its answer, and of those before: what was printed may come late.
    secrets: [Vec<String>; 2],
    /// An event is under way. Its lines wait for the answer, whose secrets they may have.
    busy: bool,
    /// The last event's call failed.
    failed: bool,
}

impl Chatter {
    /// Begins to read.
    pub fn of(mut errors: ChildStderr) -> Self {
        let state = Arc::<Mutex<State>>::default();
        let heard = Arc::clone(&state);
        let reading = tokio::spawn(async move {
            let mut chunk = [0; 4096];
            while let Ok(length @ 1..) = errors.read(&mut chunk).await {
                locked(&heard).hear(&chunk[..length]);
            }
        });
        Self { state, reading: Some(reading) }
    }

    /// An event is given to the process.
    pub fn begin(&mut self, event: &Value) {
        locked(&self.state).begin(event);
    }

    /// The call of the event is over.
    pub fn end(&mut self, answer: Option<&Value>) {
        locked(&self.state).end(answer);
    }

    /// Reads the rest of what a process said that has ended.
    pub async fn finish(&mut self) {
        if let Some(reading) = self.reading.take() {
            // What the process started may go on and speak.
            let _ = timeout(ENDING, reading).await;
        }
    }
}

fn locked(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

impl State {
    fn hear(&mut self, text: &[u8]) {
        self.said.extend_from_slice(text);
        if let Some(surplus) = self.said.len().checked_sub(KEPT + 1) {
            // Whole lines go: half a secret would not be known as one.
            let line = self.said[surplus..].iter().position(|byte| *byte == b'\n');
            self.said.drain(..line.map_or(self.said.len(), |line| surplus + line + 1));
        }
        if !self.busy {
            let whole = self.said.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
            self.log(whole);
        }
    }

    fn begin(&mut self, event: &Value) {
        self.secrets.swap(0, 1);
        self.secrets[0] = secrets(event);
        self.busy = true;
    }

    fn end(&mut self, answer: Option<&Value>) {
        if !self.busy {
            return;
        }
        self.secrets[0].extend(answer.map(secrets).unwrap_or_default());
        (self.busy, self.failed) = (false, answer.is_none());
        self.log(self.said.len());
    }

    fn log(&mut self, length: usize) {
        for line in self.take(length) {
            match self.failed {
                false => tracing::info!("a function wrote: {line}"),
                true => tracing::warn!("a function that failed wrote: {line}"),
            }
        }
    }

    /// The first bytes as lines without secrets.
    fn take(&mut self, length: usize) -> Vec<String> {
        let said: Vec<u8> = self.said.drain(..length).collect();
        let mut text = String::from_utf8_lossy(&said).into_owned();
        let mut secrets: Vec<&String> = self.secrets.iter().flatten().collect();
        // A secret may be a part of a longer one.
        secrets.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
        for secret in secrets {
            text = text.replace(secret, "***");
        }
        let clean = |line: &str| line.replace(char::is_control, " ").trim_end().to_owned();
        text.lines().map(clean).filter(|line| !line.is_empty()).collect()
    }
}

/// Every text of `request` and `response` but the user's attributes: passwords, codes and answers among them.
fn secrets(event: &Value) -> Vec<String> {
    let mut found = Vec::new();
    collect(&event["request"], &mut found);
    collect(&event["response"], &mut found);
    found
}

fn collect(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::String(text) if text.len() >= SHORTEST => found.push(text.clone()),
        Value::Array(items) => items.iter().for_each(|item| collect(item, found)),
        Value::Object(members) => {
            let others = members.iter().filter(|(name, _)| *name != "userAttributes");
            others.for_each(|(_, member)| collect(member, found));
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn secrets_are_left_out() {
        let mut state = State::default();
        let attributes = json!({ "email": "jane@example.test" });
        state.begin(&json!({ "request": { "password": "s3cret!", "userAttributes": attributes } }));
        let parameters = json!({ "codes": ["s3cret", "42"] });
        state.end(Some(&json!({ "response": { "privateChallengeParameters": parameters } })));
        check(&mut state, "got s3cret! of jane@example.test\n\n", &["got *** of jane@example.test"]);
        check(&mut state, "\u{1b}[1mcode\u{7}\ts3cret 42\n", &[" [1mcode  *** 42"]);
        check(&mut state, "", &[]);
        state.begin(&json!({ "request": {} }));
        check(&mut state, "late: s3cret!", &["late: ***"]);
    }

    #[test]
    fn lines_wait_for_the_answer() {
        let mut state = State::default();
        state.begin(&json!({ "request": {} }));
        state.hear(b"code 123456\n");
        assert_eq!(state.said.len(), 12);
        state.end(Some(&json!({ "response": { "code": "123456" } })));
        assert!(state.said.is_empty());
        state.hear(b"late code 123");
        state.hear(b"456");
        assert_eq!(state.said, b"late code 123456");
        state.hear(b"\nmore");
        assert_eq!(state.said, b"more");
    }

    #[test]
    fn a_flood_leaves_whole_lines() {
        let mut state = State::default();
        state.begin(&json!({ "request": {} }));
        for _ in 0..1000 {
            state.hear(b"the quick brown fox jumps over the lazy dog\n");
        }
        assert!(
            state.said.len() <= KEPT && state.said.len() > KEPT / 2 && state.said.starts_with(b"the quick")
        );
        state.hear(&[b'x'; 2 * KEPT]);
        assert!(state.said.is_empty());
    }

    fn check(state: &mut State, text: &str, expected: &[&str]) {
        state.said.extend_from_slice(text.as_bytes());
        assert_eq!(state.take(state.said.len()), expected);
    }
}
