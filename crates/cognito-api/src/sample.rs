//! Requests made from the model, for tests and for the CLI's skeletons: valid ones, and broken ones.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use crate::model::{Model, Operation, ShapeId, ShapeKind};

mod breakage;
mod random;
mod text;

pub use breakage::{Breakage, breakages};
pub use random::random;

/// A valid request with the required members only.
///
/// Valid for the model: ids in it exist nowhere, and members that exclude one another may meet.
pub fn minimal(model: &Model, operation: &Operation) -> Value {
    Sampler { model, full: false }.value(operation.input)
}

/// A valid request with every member, one element in every list and one entry in every map.
pub fn full(model: &Model, operation: &Operation) -> Value {
    Sampler { model, full: true }.value(operation.input)
}

/// A valid value of a shape, with every member.
pub fn value(model: &Model, shape: ShapeId) -> Value {
    Sampler { model, full: true }.value(shape)
}

struct Sampler<'m> {
    model: &'m Model,
    full: bool,
}

impl Sampler<'_> {
    fn value(&self, id: ShapeId) -> Value {
        match &self.model.shape(id).kind {
            ShapeKind::Structure { document: true, .. } => json!({"key": ["value", 1, true]}),
            ShapeKind::Structure { members, .. } => {
                let members = members.iter().filter(|member| self.full || member.required);
                members.map(|member| (member.name.clone(), self.value(member.shape))).collect()
            }
            ShapeKind::List { member, min, .. } => {
                let element = self.value(*member);
                Value::Array(vec![element; self.count(*min)])
            }
            ShapeKind::Map { key, value, min, .. } => {
                let mut entries = Map::new();
                // No map of the model asks for more than one entry.
                if self.count(*min) > 0 {
                    entries.insert(text::valid(self.model, *key), self.value(*value));
                }
                Value::Object(entries)
            }
            ShapeKind::String { .. } => Value::String(text::valid(self.model, id)),
            ShapeKind::Integer { min, max } | ShapeKind::Long { min, max } => {
                let least = min.unwrap_or(i64::MIN);
                json!(1.clamp(least, max.unwrap_or(i64::MAX).max(least)))
            }
            ShapeKind::Boolean => Value::Bool(true),
            ShapeKind::Double => json!(0.5),
            ShapeKind::Timestamp => json!(1_689_721_665.239),
            ShapeKind::Blob { min, .. } => json!(STANDARD.encode(vec![0; length(min.unwrap_or(1).max(1))])),
        }
    }

    fn count(&self, least: Option<u64>) -> usize {
        length(least.unwrap_or(0)).max(usize::from(self.full))
    }
}

/// A length of the model, the greatest of which is about a million.
fn length(bound: u64) -> usize {
    usize::try_from(bound).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Operation as _, ops, validate};

    #[test]
    fn samples_are_valid() {
        let model = Model::cognito_idp();
        for operation in model.operations() {
            for mut input in [minimal(model, operation), full(model, operation)] {
                assert_eq!(validate(model, operation, &mut input), Ok(()), "{}: {input}", operation.name);
            }
        }
    }

    #[test]
    fn samples_fit_the_types() {
        let model = Model::cognito_idp();
        let mut seen = 0;
        macro_rules! check {
            ($($operation:ident),+) => {$(
                seen += 1;
                let name = ops::$operation::NAME;
                let operation = model.operation(name).expect("the types and the model are of one version");
                assert_eq!(ops::$operation::HAS_OUTPUT, operation.output.is_some());
                let listed: Vec<&str> = ops::$operation::ERRORS.iter().map(|error| error.as_str()).collect();
                assert_eq!(listed, operation.errors);
                for input in [minimal(model, operation), full(model, operation)] {
                    round_trip::<<ops::$operation as crate::Operation>::Input>(name, input);
                }
                if let Some(output) = operation.output {
                    round_trip::<<ops::$operation as crate::Operation>::Output>(name, value(model, output));
                }
            )+};
        }
        crate::for_each_operation!(check);
        assert_eq!(seen, model.operations().len());
    }

    /// JSON becomes the type, and the type the same JSON.
    fn round_trip<T: serde::de::DeserializeOwned + serde::Serialize>(name: &str, value: Value) {
        let typed: T =
            serde_json::from_value(value.clone()).unwrap_or_else(|e| panic!("{name}: {e}: {value}"));
        assert_eq!(serde_json::to_value(&typed).unwrap(), value, "{name}");
    }

    #[test]
    fn each_breakage_has_its_message() {
        let model = Model::cognito_idp();
        let mut seen = 0;
        for operation in model.operations() {
            for breakage in breakages(model, operation) {
                seen += 1;
                let mut input = breakage.input;
                let found = validate(model, operation, &mut input).map_err(|invalid| invalid.message());
                let place = format!("{} at {}: {}", operation.name, breakage.path, breakage.rule);
                assert_eq!(found, Err(breakage.message), "{place}");
            }
        }
        assert!(seen > 1500, "only {seen} constraints");
    }
}
