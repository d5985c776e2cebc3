//! `Target`: what answers for a function.

use std::fmt;

use serde_json::{Map, Value};

use super::answer;
use super::command::Command;
use super::fail::Failure;
use super::http::Endpoint;
use super::program::Program;

/// What answers for a function.
pub struct Target(Kind);

enum Kind {
    /// Lambda's Invoke API.
    Invoke(Endpoint),
    /// A URL that takes the event and gives the answer.
    Http(Endpoint),
    /// A program that is kept running.
    Command(Command),
    /// What the answer or its `response` gets.
    Answer(Map<String, Value>),
}

impl Target {
    /// Lambda's Invoke API behind this base URL: another emulator, or `sam local start-lambda`.
    ///
    /// # Errors
    /// A text that says what is wrong with the URL.
    pub fn invoke_api(url: &str) -> Result<Self, String> {
        Endpoint::new(url).map(|endpoint| Self(Kind::Invoke(endpoint)))
    }

    /// A URL that takes the event in a POST and answers with the changed event.
    ///
    /// # Errors
    /// A text that says what is wrong with the URL.
    pub fn http(url: &str) -> Result<Self, String> {
        Endpoint::new(url).map(|endpoint| Self(Kind::Http(endpoint)))
    }

    /// A shell command: a line of JSON with the event on its standard input, a line with the answer on its standard
    /// output, again and again.
    pub fn command(line: &str) -> Self {
        Self(Kind::Command(Command::new(Program::shell(line))))
    }

    /// A handler for Lambda's Node.js runtime: `file.js#handler`.
    pub fn node(handler: &str) -> Self {
        Self(Kind::Command(Command::new(Program::node(handler))))
    }

    /// A handler for Lambda's Python runtime: `file.py#lambda_handler`.
    pub fn python(handler: &str) -> Self {
        Self(Kind::Command(Command::new(Program::python(handler))))
    }

    /// A fixed answer: these members of the event's `response`, or of the answer if the event has none.
    pub fn answer(members: Map<String, Value>) -> Self {
        Self(Kind::Answer(members))
    }

    /// The target of a kind (`invoke`, `http`, `command`, `node`, `python`, `answer`) that a text describes.
    ///
    /// # Errors
    /// A text that says what is wrong with it.
    pub fn parse(kind: &str, text: &str) -> Result<Self, String> {
        if text.is_empty() {
            return Err(format!("{kind} is empty"));
        }
        match kind {
            "invoke" => Self::invoke_api(text),
            "http" => Self::http(text),
            "command" => Ok(Self::command(text)),
            "node" => Ok(Self::node(text)),
            "python" => Ok(Self::python(text)),
            "answer" => match serde_json::from_str(text) {
                Ok(Value::Object(members)) => Ok(Self::answer(members)),
                _ => Err("answer must be a JSON object".to_owned()),
            },
            _ => Err(format!("{kind:?} is none of invoke, http, command, node, python and answer")),
        }
    }

    pub(super) async fn invoke(&self, arn: &str, event: &Value) -> Result<Value, Failure> {
        match &self.0 {
            Kind::Invoke(endpoint) => endpoint.invoke(arn, event).await,
            Kind::Http(endpoint) => endpoint.exchange(event).await,
            Kind::Command(command) => command.invoke(event).await,
            Kind::Answer(members) => Ok(answer::fixed(event, members)),
        }
    }
}

impl fmt::Debug for Target {
    /// Without URLs and commands, which may hold passwords.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match &self.0 {
            Kind::Invoke(_) => "Invoke",
            Kind::Http(_) => "Http",
            Kind::Command(_) => "Command",
            Kind::Answer(_) => "Answer",
        })
    }
}
