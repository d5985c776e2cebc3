//! The validator: checks the JSON of a request against the model, before it becomes a type.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};

use crate::model::{Model, Operation, Shape, ShapeId, ShapeKind};

mod invalid;
pub(crate) mod text;

pub use invalid::Invalid;
use text::{Path, Shown};

/// No request needs more: the rest of the violations is not looked for.
const MOST_VIOLATIONS: usize = 100;

/// Checks a request against all constraints of the operation's input.
///
/// Nulls mean absence and are dropped from structures and maps. Unknown members stay and mean nothing.
///
/// # Errors
///
/// [`Invalid::WrongType`] at the first value whose JSON type is not the shape's, else
/// [`Invalid::Constraints`] with all violations in the model's member order.
pub fn validate(model: &Model, operation: &Operation, input: &mut Value) -> Result<(), Invalid> {
    let mut walk = Walk { model, violations: Vec::new() };
    walk.value(operation.input, input, &Path::Root, false)?;
    if walk.violations.is_empty() { Ok(()) } else { Err(Invalid::Constraints(walk.violations)) }
}

struct Walk<'m> {
    model: &'m Model,
    violations: Vec<String>,
}

impl Walk<'_> {
    /// Checks one value; `hidden` when what contains it is sensitive. Shapes do not contain themselves, so
    /// the depth is the model's and not the request's.
    fn value(
        &mut self,
        id: ShapeId,
        value: &mut Value,
        path: &Path<'_>,
        hidden: bool,
    ) -> Result<(), Invalid> {
        let model = self.model;
        let shape = model.shape(id);
        let hidden = hidden || shape.sensitive;
        match &shape.kind {
            ShapeKind::Structure { document: true, .. } => Ok(()),
            ShapeKind::Structure { .. } => self.structure(shape, value, path, hidden),
            ShapeKind::List { member, .. } => {
                let Value::Array(elements) = value else { return Err(wrong_type(path, "list")) };
                self.list(*member, elements, path, hidden)?;
                self.rules(id, value, path, hidden)
            }
            ShapeKind::Map { key, value: element, .. } => {
                let Value::Object(entries) = value else { return Err(wrong_type(path, "map")) };
                self.map(*key, *element, entries, path, hidden)?;
                self.rules(id, value, path, hidden)
            }
            _ => self.rules(id, value, path, hidden),
        }
    }

    fn structure(
        &mut self,
        shape: &Shape,
        value: &mut Value,
        path: &Path<'_>,
        hidden: bool,
    ) -> Result<(), Invalid> {
        let (ShapeKind::Structure { members, .. }, Value::Object(object)) = (&shape.kind, value) else {
            return Err(wrong_type(path, "structure"));
        };
        drop_nulls(object);
        for member in members {
            let path = Path::Member(path, &member.name);
            match object.get_mut(&member.name) {
                Some(value) => self.value(member.shape, value, &path, hidden)?,
                None if member.required => self.missing(&path),
                None => {}
            }
        }
        Ok(())
    }

    /// The elements; those that are plain values are reported as a part of the list.
    fn list(
        &mut self,
        id: ShapeId,
        elements: &mut [Value],
        path: &Path<'_>,
        hidden: bool,
    ) -> Result<(), Invalid> {
        let mut broken = false;
        for (index, element) in elements.iter_mut().enumerate() {
            let path = Path::Element(path, index + 1);
            if element.is_null() {
                // unverified: AWS's answer to a null inside of a list.
                self.missing(&path);
            } else if is_plain(self.model, id) {
                broken |= !self.broken_rules(id, element, &path)?.is_empty();
            } else {
                self.value(id, element, &path, hidden)?;
            }
        }
        if broken {
            // unverified for Cognito; other services with the same front end answer so.
            let rule =
                format!("Member must satisfy constraint: [{}]", text::all_rules(self.model, id).join(", "));
            let hidden = hidden || self.model.shape(id).sensitive;
            let shown = Shown::List(elements);
            self.violation(path, if hidden { None } else { Some(shown) }, &rule);
        }
        Ok(())
    }

    fn map(
        &mut self,
        key_id: ShapeId,
        id: ShapeId,
        entries: &mut Map<String, Value>,
        path: &Path<'_>,
        hidden: bool,
    ) -> Result<(), Invalid> {
        drop_nulls(entries);
        let (mut broken_keys, mut broken_values) = (false, false);
        let keys_have_rules = !text::all_rules_are_absent(self.model, key_id);
        for (key, value) in entries.iter_mut() {
            let path = Path::Entry(path, key);
            if keys_have_rules {
                broken_keys |= !self.broken_rules(key_id, &Value::String(key.clone()), &path)?.is_empty();
            }
            if is_plain(self.model, id) {
                broken_values |= !self.broken_rules(id, value, &path)?.is_empty();
            } else {
                self.value(id, value, &path, hidden)?;
            }
        }
        // The form of both is that of other services with the same front end, for instance of Cognito identity
        // pools (github.com/aws/aws-cdk/issues/31795); unverified for user pools.
        for (broken, subject, part) in [(broken_keys, "Map keys", key_id), (broken_values, "Map value", id)] {
            if broken {
                let rules = text::all_rules(self.model, part).join(", ");
                let hidden = hidden || holds_secrets(self.model, id) || self.model.shape(key_id).sensitive;
                let shown = Shown::Map(entries);
                let rule = format!("{subject} must satisfy constraint: [{rules}]");
                self.violation(path, if hidden { None } else { Some(shown) }, &rule);
            }
        }
        Ok(())
    }

    /// Reports each rule of the shape itself that the value breaks.
    fn rules(&mut self, id: ShapeId, value: &Value, path: &Path<'_>, hidden: bool) -> Result<(), Invalid> {
        for rule in self.broken_rules(id, value, path)? {
            let shown = match value {
                Value::Array(elements) => Shown::List(elements),
                Value::Object(entries) => Shown::Map(entries),
                _ => Shown::Plain(value),
            };
            let contents_hidden = match &self.model.shape(id).kind {
                ShapeKind::List { member, .. } => holds_secrets(self.model, *member),
                ShapeKind::Map { value, .. } => holds_secrets(self.model, *value),
                _ => false,
            };
            self.violation(path, if hidden || contents_hidden { None } else { Some(shown) }, &rule);
        }
        Ok(())
    }

    /// The rules of the shape itself that the value breaks: first bounds, then the pattern (seen on AWS:
    /// github.com/amazon-archives/amazon-cognito-identity-js/issues/388).
    fn broken_rules(&self, id: ShapeId, value: &Value, path: &Path<'_>) -> Result<Vec<String>, Invalid> {
        let mut broken = Vec::new();
        match &self.model.shape(id).kind {
            ShapeKind::String { min, max, values, .. } => {
                let Value::String(string) = value else { return Err(wrong_type(path, "string")) };
                if !values.is_empty() && !values.contains(string) {
                    broken.push(text::value_set(values));
                }
                if min.is_some() || max.is_some() {
                    text::break_length(&mut broken, string.chars().count(), *min, *max);
                }
                if let Some(pattern) = self.model.pattern(id).filter(|pattern| !pattern.matches(string)) {
                    broken.push(text::pattern(pattern.printed()));
                }
            }
            ShapeKind::Blob { min, max } => {
                let bytes = value.as_str().and_then(|text| STANDARD.decode(text).ok());
                let Some(bytes) = bytes else { return Err(wrong_type(path, "base64 string")) };
                text::break_length(&mut broken, bytes.len(), *min, *max);
            }
            ShapeKind::List { min, max, .. } => {
                let Value::Array(elements) = value else { return Err(wrong_type(path, "list")) };
                text::break_length(&mut broken, elements.len(), *min, *max);
            }
            ShapeKind::Map { min, max, .. } => {
                let Value::Object(entries) = value else { return Err(wrong_type(path, "map")) };
                text::break_length(&mut broken, entries.len(), *min, *max);
            }
            ShapeKind::Integer { min, max } => {
                let number = value.as_i64().filter(|number| i32::try_from(*number).is_ok());
                let Some(number) = number else { return Err(wrong_type(path, "32-bit integer")) };
                text::break_value(&mut broken, number, *min, *max);
            }
            ShapeKind::Long { min, max } => {
                let Some(number) = value.as_i64() else { return Err(wrong_type(path, "64-bit integer")) };
                text::break_value(&mut broken, number, *min, *max);
            }
            ShapeKind::Double if !value.is_number() => return Err(wrong_type(path, "number")),
            ShapeKind::Boolean if !value.is_boolean() => return Err(wrong_type(path, "boolean")),
            ShapeKind::Timestamp if !value.is_number() => return Err(wrong_type(path, "timestamp")),
            ShapeKind::Double | ShapeKind::Boolean | ShapeKind::Timestamp | ShapeKind::Structure { .. } => {}
        }
        Ok(broken)
    }

    fn missing(&mut self, path: &Path<'_>) {
        if self.violations.len() < MOST_VIOLATIONS {
            self.violations.push(text::missing(path));
        }
    }

    fn violation(&mut self, path: &Path<'_>, shown: Option<Shown<'_>>, rule: &str) {
        if self.violations.len() < MOST_VIOLATIONS {
            self.violations.push(text::violation(path, shown, rule));
        }
    }
}

fn wrong_type(path: &Path<'_>, expected: &'static str) -> Invalid {
    Invalid::WrongType { path: path.to_string(), expected }
}

fn drop_nulls(object: &mut Map<String, Value>) {
    if object.values().any(Value::is_null) {
        object.retain(|_, value| !value.is_null());
    }
}

/// Whether values of the shape contain nothing that has a path of its own.
fn is_plain(model: &Model, id: ShapeId) -> bool {
    !matches!(
        model.shape(id).kind,
        ShapeKind::Structure { .. } | ShapeKind::List { .. } | ShapeKind::Map { .. }
    )
}

/// Whether a list or map of the shape must not be shown: it is sensitive, or a structure that might hold
/// something sensitive.
pub(crate) fn holds_secrets(model: &Model, id: ShapeId) -> bool {
    model.shape(id).sensitive || !is_plain(model, id)
}

#[cfg(test)]
mod tests;
