//! Valid requests that differ from one another.

use std::iter;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use super::{length, text};
use crate::model::{Model, Operation, ShapeId, ShapeKind};

/// A valid request that the answers of `choose` make: it is given a number and gives one below it.
///
/// Nothing but zeros makes [`minimal`](super::minimal): so a failing test is made smaller by smaller answers.
pub fn random(model: &Model, operation: &Operation, choose: &mut dyn FnMut(usize) -> usize) -> Value {
    Chooser { model, choose }.value(operation.input)
}

struct Chooser<'a> {
    model: &'a Model,
    choose: &'a mut dyn FnMut(usize) -> usize,
}

impl Chooser<'_> {
    fn value(&mut self, id: ShapeId) -> Value {
        let model = self.model;
        match &model.shape(id).kind {
            ShapeKind::Structure { document: true, .. } => {
                self.one_of(&[json!({"key": ["value", 1, true]}), json!({}), json!([null]), json!("text")])
            }
            ShapeKind::Structure { members, .. } => {
                let mut object = Map::new();
                for member in members {
                    if member.required || (self.choose)(2) == 1 {
                        object.insert(member.name.clone(), self.value(member.shape));
                    }
                }
                Value::Object(object)
            }
            ShapeKind::List { member, min, max } => {
                let count = self.count(*min, *max);
                (0..count).map(|_| self.value(*member)).collect()
            }
            ShapeKind::Map { key, value, min, max } => {
                let count = self.count(*min, *max);
                // Equal keys are one entry: no map of the model asks for more than one.
                (0..count).map(|_| (self.text(*key), self.value(*value))).collect()
            }
            ShapeKind::String { .. } => Value::String(self.text(id)),
            ShapeKind::Integer { min, max } => self.number(*min, *max, i64::from(i32::MAX)),
            ShapeKind::Long { min, max } => self.number(*min, *max, i64::MAX),
            ShapeKind::Boolean => Value::Bool((self.choose)(2) == 0),
            ShapeKind::Double => json!(0.5),
            ShapeKind::Timestamp => {
                self.one_of(&[json!(1_689_721_665.239), json!(0), json!(-1), json!(1e300)])
            }
            ShapeKind::Blob { min, max } => {
                let least = length(min.unwrap_or(1).max(1));
                let sizes = [least, max.map_or(least + 100, length).min(least + 100)];
                let size = sizes[(self.choose)(sizes.len())];
                json!(STANDARD.encode(vec![0xa5; size]))
            }
        }
    }

    /// Not many: what breaks with three breaks with two.
    fn count(&mut self, min: Option<u64>, max: Option<u64>) -> usize {
        let least = length(min.unwrap_or(0));
        let most = length(max.unwrap_or(2)).min(least + 2);
        least + (self.choose)(most - least + 1)
    }

    fn number(&mut self, min: Option<i64>, max: Option<i64>, highest: i64) -> Value {
        let (least, most) = (min.unwrap_or(-highest - 1), max.unwrap_or(highest));
        let numbers = [1, 0, -1, 2, 60, least, most].map(|number| number.clamp(least, most.max(least)));
        json!(numbers[(self.choose)(numbers.len())])
    }

    /// A sample, one of an enum's values, or a strange text that the shape accepts.
    fn text(&mut self, id: ShapeId) -> String {
        let sample = text::valid(self.model, id);
        let ShapeKind::String { values, .. } = &self.model.shape(id).kind else { return sample };
        if !values.is_empty() {
            return values[(self.choose)(values.len())].clone();
        }
        let strange = text::strange(self.model, id);
        let texts: Vec<&String> = iter::once(&sample).chain(&strange).collect();
        texts[(self.choose)(texts.len())].clone()
    }

    fn one_of(&mut self, values: &[Value]) -> Value {
        values[(self.choose)(values.len())].clone()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::minimal;
    use super::*;
    use crate::validate;

    #[test]
    fn zeros_make_the_minimal_request() {
        let model = Model::cognito_idp();
        for operation in model.operations() {
            assert_eq!(random(model, operation, &mut |_| 0), minimal(model, operation), "{}", operation.name);
        }
    }

    proptest! {
        #[test]
        fn they_are_valid(
            chosen in any::<prop::sample::Index>(),
            choices in prop::collection::vec(any::<usize>(), 0..200),
        ) {
            let model = Model::cognito_idp();
            let operation = chosen.get(model.operations());
            let mut choices = choices.into_iter();
            let mut input = random(model, operation, &mut |count| choices.next().unwrap_or(0) % count);
            let shown = input.to_string();
            prop_assert_eq!(validate(model, operation, &mut input), Ok(()), "{} {}", operation.name, shown);
        }
    }
}
