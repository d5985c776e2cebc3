//! Writes answers to standard output in the chosen form.

use std::io::{self, ErrorKind, Write};

use clap::ValueEnum;
use serde_json::{Value, json};

use super::table::Style;
use super::{json, table, text, yaml};
use crate::cli::errors::CliError;
use crate::cli::query::Query;

/// The form of the output.
#[derive(Debug, Copy, Clone, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Indented JSON; the default in a pipe.
    Json,
    /// YAML; the default on a terminal.
    Yaml,
    /// YAML, one list element per page, printed as the pages arrive.
    YamlStream,
    /// Lines with tabs.
    Text,
    /// Boxes.
    Table,
    /// Nothing.
    Off,
}

impl Format {
    /// Whether pages are printed as they arrive, rather than merged.
    pub fn streams(self) -> bool {
        matches!(self, Self::Text | Self::YamlStream)
    }

    /// How streamed pages end when there is more: the token with which to go on.
    pub fn resume(self, token: &str) -> Value {
        match self {
            // The AWS CLI nests it, so that the line begins with NEXTTOKEN.
            Self::Text => json!({"NextToken": {"NextToken": token}}),
            _ => json!({ "NextToken": token }),
        }
    }
}

/// What stands between an answer and its printed form.
pub struct Output {
    /// The form.
    pub format: Format,
    /// The filter of `--query`.
    pub query: Option<Query>,
    /// How tables are drawn.
    pub style: Style,
}

impl Output {
    /// The answer in its printed form; `title` stands above a table. An empty answer is an empty text.
    ///
    /// # Errors
    /// When the query doesn't fit the answer.
    pub fn render(&self, title: &str, answer: Value) -> Result<String, CliError> {
        let answer = match &self.query {
            Some(query) => query.apply(&answer)?,
            None => answer,
        };
        let empty = answer.as_object().is_some_and(serde_json::Map::is_empty);
        Ok(match self.format {
            Format::Off => String::new(),
            _ if empty => String::new(),
            Format::Json => json::json(&answer),
            Format::Yaml => yaml::yaml(&answer),
            Format::YamlStream => yaml::yaml(&json!([answer])),
            Format::Text => text::text(&answer),
            Format::Table => table::table(title, &answer, self.style),
        })
    }

    /// Prints the answer.
    ///
    /// # Errors
    /// When the query doesn't fit the answer, or standard output can't be written.
    pub fn print(&self, title: &str, answer: Value) -> Result<(), CliError> {
        print(&self.render(title, answer)?)
    }
}

/// Writes the text to standard output. A reader that went away (`| head`) is no error.
///
/// # Errors
/// When the text can't be written for another reason, such as a full disk.
pub fn print(text: &str) -> Result<(), CliError> {
    let mut stdout = io::stdout().lock();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(CliError::Other(format!("failed to write the output: {error}")))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(format: Format, query: Option<&str>, answer: Value, expected: &str) {
        let query = query.map(|query| Query::parse(query).unwrap());
        let output = Output { format, query, style: Style { width: 80, color: false } };
        assert_eq!(output.render("ListThings", answer).unwrap(), expected);
    }

    #[test]
    fn forms() {
        check(Format::Json, None, json!({}), "");
        check(Format::Json, None, json!({"a": {}}), "{\n    \"a\": {}\n}\n");
        check(Format::Json, Some("a"), json!({"b": 1}), "null\n");
        check(Format::Yaml, Some("a[].b"), json!({"a": [{"b": "x"}, {"b": "y"}]}), "- x\n- y\n");
        check(Format::YamlStream, None, json!({"a": [1], "b": 2}), "- a:\n  - 1\n  b: 2\n");
        check(Format::Text, Some("a"), json!({"a": ["x", "y"]}), "x\ty\n");
        check(Format::Text, Some("a"), json!({"b": 1}), "None\n");
        check(Format::Off, None, json!({"b": 1}), "");
    }
}
