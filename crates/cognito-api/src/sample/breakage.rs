//! Requests with one broken constraint each.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use super::text as sample_text;
use crate::model::{Model, Operation, ShapeId, ShapeKind};
use crate::validate::text::{self, Path, Shown};

/// A request that is valid but for one value.
#[derive(Clone, Debug)]
pub struct Breakage {
    /// The broken value, in AWS's form: `policies.passwordPolicy.minimumLength`.
    pub path: String,
    /// The request.
    pub input: Value,
    /// The broken rules. They are two where a value cannot break one alone: an empty string is too short and
    /// does not match.
    pub rule: String,
    /// The whole message of the `InvalidParameterException`.
    pub message: String,
}

/// Every constraint of the operation's input broken, one at a time.
///
/// Left out is what no request can break alone: the greatest size of maps whose keys are few.
pub fn breakages(model: &Model, operation: &Operation) -> Vec<Breakage> {
    let mut breaker = Breaker { model, base: super::full(model, operation), found: Vec::new() };
    breaker.shape(operation.input, "", &Path::Root, false);
    breaker.found
}

struct Breaker<'m> {
    model: &'m Model,
    /// The valid request that is changed.
    base: Value,
    found: Vec<Breakage>,
}

impl Breaker<'_> {
    /// Breaks what can be broken at the JSON pointer and below.
    fn shape(&mut self, id: ShapeId, pointer: &str, path: &Path<'_>, hidden: bool) {
        let model = self.model;
        let shape = model.shape(id);
        let hidden = hidden || shape.sensitive;
        match &shape.kind {
            ShapeKind::Structure { document: true, .. } => {}
            ShapeKind::Structure { members, .. } => {
                for member in members {
                    let path = Path::Member(path, &member.name);
                    if member.required {
                        self.remove(pointer, &member.name, &path);
                    }
                    self.shape(member.shape, &format!("{pointer}/{}", member.name), &path, hidden);
                }
            }
            ShapeKind::List { member, min, max } => {
                self.list(*member, (*min, *max), pointer, path, hidden);
            }
            ShapeKind::Map { key, value, min, .. } => self.map((*key, *value), *min, pointer, path, hidden),
            _ => {
                for (value, rules) in broken(model, id) {
                    let shown = (!hidden).then_some(Shown::Plain(&value));
                    let violations = violations(path, shown, &rules);
                    self.replace(pointer, value.clone(), path, &rules, &violations);
                }
            }
        }
    }

    fn list(
        &mut self,
        id: ShapeId,
        (least, most): (Option<u64>, Option<u64>),
        pointer: &str,
        path: &Path<'_>,
        hidden: bool,
    ) {
        let model = self.model;
        let element = self.base.pointer(&format!("{pointer}/0")).cloned().unwrap_or_default();
        let shown_hidden = hidden || crate::validate::holds_secrets(model, id);
        let mut sizes = Vec::new();
        if least.is_some_and(|least| least > 0) {
            sizes.push((0, text::length_at_least(least.unwrap_or_default())));
        }
        if let Some(most) = most {
            sizes.push((super::length(most) + 1, text::length_at_most(most)));
        }
        for (size, rule) in sizes {
            let elements = vec![element.clone(); size];
            let shown = (!shown_hidden).then_some(Shown::List(&elements));
            let violations = violations(path, shown, std::slice::from_ref(&rule));
            self.replace(pointer, json!(elements), path, &[rule], &violations);
        }
        if element.is_object() || element.is_array() {
            self.shape(id, &format!("{pointer}/0"), &Path::Element(path, 1), hidden);
            return;
        }
        let rule = format!("Member must satisfy constraint: [{}]", text::all_rules(model, id).join(", "));
        for (value, _) in broken(model, id) {
            let elements = [value];
            let shown = (!shown_hidden).then_some(Shown::List(&elements));
            let violations = violations(path, shown, std::slice::from_ref(&rule));
            self.replace(pointer, json!(elements), path, std::slice::from_ref(&rule), &violations);
        }
    }

    fn map(
        &mut self,
        (key_id, id): (ShapeId, ShapeId),
        least: Option<u64>,
        pointer: &str,
        path: &Path<'_>,
        hidden: bool,
    ) {
        let model = self.model;
        let entries = self.base.pointer(pointer).and_then(Value::as_object).cloned().unwrap_or_default();
        let Some((key, element)) = entries.iter().next() else { return };
        let shown_hidden = hidden || crate::validate::holds_secrets(model, id);
        if let Some(least) = least.filter(|least| *least > 0) {
            let (none, rule) = (Map::new(), text::length_at_least(least));
            let shown = (!shown_hidden).then_some(Shown::Map(&none));
            let violations = violations(path, shown, std::slice::from_ref(&rule));
            self.replace(pointer, json!({}), path, &[rule], &violations);
        }
        let mut changed: Vec<(&str, ShapeId, Map<String, Value>)> = Vec::new();
        for (bad, _) in broken(model, key_id) {
            let bad = bad.as_str().unwrap_or_default().to_owned();
            changed.push(("Map keys", key_id, Map::from_iter([(bad, element.clone())])));
        }
        if element.is_object() || element.is_array() {
            let inner = format!("{pointer}/{key}");
            self.shape(id, &inner, &Path::Entry(path, key), hidden);
        } else {
            for (bad, _) in broken(model, id) {
                changed.push(("Map value", id, Map::from_iter([(key.clone(), bad)])));
            }
        }
        for (subject, part, entries) in changed {
            let rules = text::all_rules(model, part).join(", ");
            let rule = format!("{subject} must satisfy constraint: [{rules}]");
            let shown = (!shown_hidden).then_some(Shown::Map(&entries));
            let violations = violations(path, shown, std::slice::from_ref(&rule));
            self.replace(pointer, Value::Object(entries.clone()), path, &[rule], &violations);
        }
    }

    fn remove(&mut self, pointer: &str, name: &str, path: &Path<'_>) {
        let mut input = self.base.clone();
        if let Some(object) = input.pointer_mut(pointer).and_then(Value::as_object_mut) {
            object.shift_remove(name);
        }
        let message = text::message(&[text::missing(path)]);
        let rule = "Member must not be null".to_owned();
        self.found.push(Breakage { path: path.to_string(), input, rule, message });
    }

    fn replace(
        &mut self,
        pointer: &str,
        value: Value,
        path: &Path<'_>,
        rules: &[String],
        violations: &[String],
    ) {
        let mut input = self.base.clone();
        if let Some(place) = input.pointer_mut(pointer) {
            *place = value;
        }
        let message = text::message(violations);
        self.found.push(Breakage { path: path.to_string(), input, rule: rules.join("; "), message });
    }
}

fn violations(path: &Path<'_>, shown: Option<Shown<'_>>, rules: &[String]) -> Vec<String> {
    let shown = shown.map(|shown| shown.to_string());
    let one = |rule: &String| match &shown {
        Some(shown) => format!("Value '{shown}' at '{path}' failed to satisfy constraint: {rule}"),
        None => format!("Value at '{path}' failed to satisfy constraint: {rule}"),
    };
    rules.iter().map(one).collect()
}

/// Values that break a plain shape, each with the rules that it breaks.
fn broken(model: &Model, id: ShapeId) -> Vec<(Value, Vec<String>)> {
    match &model.shape(id).kind {
        ShapeKind::String { min, max, values, .. } => {
            let rules = |string: &String| {
                let mut rules = Vec::new();
                if !values.is_empty() {
                    rules.push(text::value_set(values));
                }
                text::break_length(&mut rules, string.chars().count(), *min, *max);
                let pattern = model.pattern(id).filter(|pattern| !pattern.matches(string));
                rules.extend(pattern.map(|pattern| text::pattern(pattern.printed())));
                rules
            };
            sample_text::broken(model, id).into_iter().map(|string| (json!(string), rules(&string))).collect()
        }
        ShapeKind::Blob { min, max } => {
            let bytes = |length: u64| json!(STANDARD.encode(vec![0; super::length(length)]));
            let short = min.filter(|least| *least > 0);
            let short = short.map(|least| (bytes(least - 1), vec![text::length_at_least(least)]));
            let long = max.map(|most| (bytes(most + 1), vec![text::length_at_most(most)]));
            short.into_iter().chain(long).collect()
        }
        ShapeKind::Integer { min, max } => numbers(*min, *max, i64::from(i32::MIN), i64::from(i32::MAX)),
        ShapeKind::Long { min, max } => numbers(*min, *max, i64::MIN, i64::MAX),
        _ => Vec::new(),
    }
}

/// The numbers just beyond the bounds, as far as the type can hold them.
fn numbers(least: Option<i64>, most: Option<i64>, lowest: i64, highest: i64) -> Vec<(Value, Vec<String>)> {
    let low = least.filter(|least| *least > lowest);
    let low = low.map(|least| (json!(least - 1), vec![text::value_at_least(least)]));
    let high = most.filter(|most| *most < highest);
    let high = high.map(|most| (json!(most + 1), vec![text::value_at_most(most)]));
    low.into_iter().chain(high).collect()
}
