//! What a function writes to standard error: for the log, but not the secrets of its events.

use std::sync::{Arc, Mutex, PoisonError};
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
    said: Arc<Mutex<Vec<u8>>>,
    reading: Option<JoinHandle<()>>,
    /// The texts of the last event and its answer, and of those before: what was printed may come late.
    secrets: [Vec<String>; 2],
}

impl Chatter {
    /// Begins to read.
    pub fn of(mut errors: ChildStderr) -> Self {
        let said = Arc::<Mutex<Vec<u8>>>::default();
        let heard = Arc::clone(&said);
        let reading = tokio::spawn(async move {
            let mut chunk = [0; 4096];
            while let Ok(length @ 1..) = errors.read(&mut chunk).await {
                let mut said = heard.lock().unwrap_or_else(PoisonError::into_inner);
                said.extend_from_slice(&chunk[..length]);
                let surplus = said.len().saturating_sub(KEPT);
                said.drain(..surplus);
            }
        });
        Self { said, reading: Some(reading), secrets: Default::default() }
    }

    /// Reads the rest of what a process said that has ended.
    pub async fn end(&mut self) {
        if let Some(reading) = self.reading.take() {
            // What the process started may go on and speak.
            let _ = timeout(ENDING, reading).await;
        }
    }

    /// An event is given to the process.
    pub fn begin(&mut self, event: &Value) {
        self.secrets.swap(0, 1);
        self.secrets[0] = secrets(event);
    }

    /// The process answered.
    pub fn answered(&mut self, answer: &Value) {
        self.secrets[0].extend(secrets(answer));
    }

    /// What was written since the last time, a line each.
    pub fn lines(&mut self) -> Vec<String> {
        let said = std::mem::take(&mut *self.said.lock().unwrap_or_else(PoisonError::into_inner));
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
        let mut chatter = Chatter { said: Arc::default(), reading: None, secrets: Default::default() };
        let attributes = json!({ "email": "jane@example.test" });
        chatter.begin(&json!({ "request": { "password": "s3cret!", "userAttributes": attributes } }));
        let parameters = json!({ "codes": ["s3cret", "42"] });
        chatter.answered(&json!({ "response": { "privateChallengeParameters": parameters } }));
        check(&mut chatter, "got s3cret! of jane@example.test\n\n", &["got *** of jane@example.test"]);
        check(&mut chatter, "\u{1b}[1mcode\u{7}\ts3cret 42\n", &[" [1mcode  *** 42"]);
        check(&mut chatter, "", &[]);
        chatter.begin(&json!({ "request": {} }));
        check(&mut chatter, "late: s3cret!", &["late: ***"]);
    }

    fn check(chatter: &mut Chatter, text: &str, expected: &[&str]) {
        chatter.said.lock().unwrap().extend_from_slice(text.as_bytes());
        assert_eq!(chatter.lines(), expected);
    }
}
