//! AWS's words for violated constraints (spec/protocol.md, section 1.3).

use std::fmt;

use serde_json::{Map, Value};

use crate::model::{Model, ShapeId, ShapeKind};

/// The most characters of a value that a violation repeats.
const LONGEST_VALUE: usize = 256;
/// The most characters of a whole message.
const LONGEST_MESSAGE: usize = 8192;

/// Where a value stands. Turned into text only when something is wrong there.
pub(crate) enum Path<'a> {
    /// The request.
    Root,
    /// A member of a structure, by AWS's name.
    Member(&'a Path<'a>, &'a str),
    /// An element of a list, counted from 1.
    Element(&'a Path<'a>, usize),
    /// An entry of a map, by its key.
    Entry(&'a Path<'a>, &'a str),
}

impl fmt::Display for Path<'_> {
    /// `userAttributes.1.member.name`: members with a small first letter. The forms for elements and entries
    /// are those of other services with the same front end; unverified for Cognito.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Root => Ok(()),
            Self::Member(parent, name) => {
                let mut letters = name.chars();
                let first = letters.next().map(|first| first.to_ascii_lowercase()).unwrap_or_default();
                let dot = if matches!(parent, Self::Root) { "" } else { "." };
                write!(f, "{parent}{dot}{first}{}", letters.as_str())
            }
            Self::Element(parent, index) => write!(f, "{parent}.{index}.member"),
            Self::Entry(parent, key) => write!(f, "{parent}.{}.member", Short(key)),
        }
    }
}

/// A value as a violation repeats it.
pub(crate) enum Shown<'a> {
    /// A string, number or boolean.
    Plain(&'a Value),
    /// A list of such: `[a, b]`.
    List(&'a [Value]),
    /// A map of such: `{a=b, c=d}`.
    Map(&'a Map<String, Value>),
}

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Plain(Value::String(text)) => write!(f, "{}", Short(text)),
            Self::Plain(other) => write!(f, "{}", Short(&other.to_string())),
            Self::List(elements) => {
                let elements: Vec<String> = elements.iter().take(LONGEST_VALUE).map(plain).collect();
                write!(f, "{}", Short(&format!("[{}]", elements.join(", "))))
            }
            Self::Map(entries) => {
                let entries = entries.iter().take(LONGEST_VALUE);
                let entries: Vec<String> =
                    entries.map(|(key, value)| format!("{key}={}", plain(value))).collect();
                write!(f, "{}", Short(&format!("{{{}}}", entries.join(", "))))
            }
        }
    }
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// A text that fits into a message and a header: control characters escaped, the end cut off.
struct Short<'a>(&'a str);

impl fmt::Display for Short<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, character) in self.0.chars().enumerate() {
            if index == LONGEST_VALUE {
                return f.write_str("...");
            }
            if character.is_control() {
                write!(f, "{}", character.escape_default())?;
            } else {
                write!(f, "{character}")?;
            }
        }
        Ok(())
    }
}

/// One violation; without a value to show when it is sensitive.
pub(crate) fn violation(path: &Path<'_>, shown: Option<Shown<'_>>, rule: &str) -> String {
    match shown {
        Some(shown) => format!("Value '{shown}' at '{path}' failed to satisfy constraint: {rule}"),
        None => format!("Value at '{path}' failed to satisfy constraint: {rule}"),
    }
}

/// The violation of a required member.
pub(crate) fn missing(path: &Path<'_>) -> String {
    format!("Value null at '{path}' failed to satisfy constraint: Member must not be null")
}

/// All violations as one message.
pub(crate) fn message(violations: &[String]) -> String {
    let count = violations.len();
    let noun = if count == 1 { "error" } else { "errors" };
    let message = format!("{count} validation {noun} detected: {}", violations.join("; "));
    match message.char_indices().nth(LONGEST_MESSAGE) {
        Some((end, _)) => format!("{}...", &message[..end]),
        None => message,
    }
}

/// Adds the bound that a length breaks.
pub(crate) fn break_length(broken: &mut Vec<String>, length: usize, least: Option<u64>, most: Option<u64>) {
    let length = length as u64;
    if let Some(least) = least.filter(|least| length < *least) {
        broken.push(length_at_least(least));
    }
    if let Some(most) = most.filter(|most| length > *most) {
        broken.push(length_at_most(most));
    }
}

/// Adds the bound that a number breaks.
pub(crate) fn break_value(broken: &mut Vec<String>, number: i64, least: Option<i64>, most: Option<i64>) {
    if let Some(least) = least.filter(|least| number < *least) {
        broken.push(value_at_least(least));
    }
    if let Some(most) = most.filter(|most| number > *most) {
        broken.push(value_at_most(most));
    }
}

/// The rule of a shortest length.
pub(crate) fn length_at_least(least: u64) -> String {
    format!("Member must have length greater than or equal to {least}")
}

/// The rule of a greatest length.
pub(crate) fn length_at_most(most: u64) -> String {
    format!("Member must have length less than or equal to {most}")
}

/// The rule of a least value.
pub(crate) fn value_at_least(least: i64) -> String {
    format!("Member must have value greater than or equal to {least}")
}

/// The rule of a greatest value.
pub(crate) fn value_at_most(most: i64) -> String {
    format!("Member must have value less than or equal to {most}")
}

/// The rule of an enum.
pub(crate) fn value_set(values: &[String]) -> String {
    format!("Member must satisfy enum value set: [{}]", values.join(", "))
}

/// The rule of a pattern.
pub(crate) fn pattern(pattern: &str) -> String {
    format!("Member must satisfy regular expression pattern: {pattern}")
}

/// Every rule of a plain shape, in the order in which AWS lists them for the elements of lists and maps.
pub(crate) fn all_rules(model: &Model, id: ShapeId) -> Vec<String> {
    let mut rules = Vec::new();
    match &model.shape(id).kind {
        ShapeKind::String { min, max, values, .. } => {
            rules.extend(max.map(length_at_most));
            rules.extend(min.map(length_at_least));
            rules.extend(model.pattern(id).map(|found| pattern(found.printed())));
            if !values.is_empty() {
                rules.push(value_set(values));
            }
        }
        ShapeKind::Blob { min, max } => {
            rules.extend(max.map(length_at_most));
            rules.extend(min.map(length_at_least));
        }
        ShapeKind::Integer { min, max } | ShapeKind::Long { min, max } => {
            rules.extend(max.map(value_at_most));
            rules.extend(min.map(value_at_least));
        }
        _ => {}
    }
    rules
}

/// Whether a string shape accepts every string.
pub(crate) fn all_rules_are_absent(model: &Model, id: ShapeId) -> bool {
    match &model.shape(id).kind {
        ShapeKind::String { min: None, max: None, pattern: None, values } => values.is_empty(),
        _ => false,
    }
}
