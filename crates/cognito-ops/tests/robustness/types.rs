//! Values of the wrong JSON type, and sensitive values: neither is ever repeated.

use cognito_api::model::{Model, ShapeId, ShapeKind};
use cognito_api::sample;
use serde_json::{Value, json};

use super::fixture::{Fixture, lower_first};

const CANARY: &str = "CANARY";

#[tokio::test]
async fn wrong_types() {
    let fixture = Fixture::new().await;
    let model = Model::cognito_idp();
    let mut seen = 0;
    for operation in model.operations() {
        let full = sample::full(model, operation);
        for place in places(model, operation.input, &full) {
            for wrong in place.wrong() {
                let mut input = full.clone();
                *input.pointer_mut(&place.pointer).expect("the place is in the sample") = wrong;
                let answer = fixture.world.fails(&operation.name, input).await;
                let text = match place.path.as_str() {
                    "" => "The request body must be a JSON object.".to_owned(),
                    path => format!("The value at '{path}' must be a {}", place.noun()),
                };
                assert_eq!(answer, format!("SerializationException: {text}"), "{}", operation.name);
                seen += 1;
            }
        }
    }
    assert!(seen > 3000, "only {seen} values");
    assert_eq!(fixture.world.written(), []);
}

/// A text that breaks every pattern and bound stands in all sensitive members, then in all others.
#[tokio::test]
async fn sensitive_values_are_not_repeated() {
    let fixture = Fixture::new().await;
    let model = Model::cognito_idp();
    let bad = format!("{CANARY}\u{1}{}", "x".repeat(200_000));
    let answer = async |name: &str, full: &Value, places: Vec<&Place>| {
        let mut input = full.clone();
        for place in places {
            *input.pointer_mut(&place.pointer).expect("the place is in the sample") = json!(bad);
        }
        fixture.world.call(name, input).await.map_or_else(|failure| failure.message, |_| String::new())
    };
    let (mut hidden, mut shown) = (0, 0);
    for operation in model.operations() {
        let full = sample::full(model, operation);
        let places = places(model, operation.input, &full);
        let texts = places.iter().filter(|place| place.noun() == "string");
        let (secret, open): (Vec<&Place>, Vec<&Place>) = texts.partition(|place| place.secret);
        let message = answer(&operation.name, &full, secret).await;
        assert!(!message.contains(CANARY), "{} repeats a secret: {message}", operation.name);
        hidden += usize::from(message.contains("validation error"));
        let message = answer(&operation.name, &full, open).await;
        shown += usize::from(message.contains(CANARY));
    }
    assert!(
        hidden > 70 && shown > 100,
        "the text broke secrets of {hidden} and others of {shown} operations"
    );
    assert_eq!(fixture.world.written(), []);
}

/// A value in a sample.
struct Place {
    /// Where it stands, as a JSON pointer and as AWS writes it.
    pointer: String,
    path: String,
    /// What it is.
    kind: &'static ShapeKind,
    secret: bool,
}

impl Place {
    fn noun(&self) -> &'static str {
        match self.kind {
            ShapeKind::Structure { .. } => "structure",
            ShapeKind::List { .. } => "list",
            ShapeKind::Map { .. } => "map",
            ShapeKind::String { .. } => "string",
            ShapeKind::Integer { .. } => "32-bit integer",
            ShapeKind::Long { .. } => "64-bit integer",
            ShapeKind::Boolean => "boolean",
            ShapeKind::Double => "number",
            ShapeKind::Timestamp => "timestamp",
            ShapeKind::Blob { .. } => "base64 string",
        }
    }

    /// A value of each type that is not its own.
    fn wrong(&self) -> Vec<Value> {
        let values =
            [json!(CANARY), json!(9_876_543_210.5), json!(true), json!([CANARY]), json!({ CANARY: CANARY })];
        let right = match self.kind {
            ShapeKind::String { .. } => 0,
            ShapeKind::Timestamp | ShapeKind::Double => 1,
            ShapeKind::Boolean => 2,
            ShapeKind::List { .. } => 3,
            ShapeKind::Structure { .. } | ShapeKind::Map { .. } => 4,
            // A whole number and base64 are more than a number and a text.
            ShapeKind::Integer { .. } | ShapeKind::Long { .. } | ShapeKind::Blob { .. } => values.len(),
        };
        let other = values.into_iter().enumerate().filter(|(index, _)| *index != right);
        other.map(|(_, value)| value).collect()
    }
}

fn places(model: &'static Model, id: ShapeId, value: &Value) -> Vec<Place> {
    let mut found = Vec::new();
    walk(model, id, value, (String::new(), String::new()), false, &mut found);
    found
}

fn walk(
    model: &'static Model,
    id: ShapeId,
    value: &Value,
    (pointer, path): (String, String),
    secret: bool,
    found: &mut Vec<Place>,
) {
    let shape = model.shape(id);
    let secret = secret || shape.sensitive;
    let below = |part: &str, step: String| {
        let dot = if path.is_empty() { "" } else { "." };
        (format!("{pointer}/{part}"), format!("{path}{dot}{step}"))
    };
    match (&shape.kind, value) {
        // Any JSON will do there.
        (ShapeKind::Structure { document: true, .. }, _) => return,
        (ShapeKind::Structure { members, .. }, Value::Object(object)) => {
            for member in members {
                let step = below(&member.name, lower_first(&member.name));
                walk(model, member.shape, &object[&member.name], step, secret, found);
            }
        }
        (ShapeKind::List { member, .. }, Value::Array(elements)) => {
            for (index, element) in elements.iter().enumerate() {
                let step = below(&index.to_string(), format!("{}.member", index + 1));
                walk(model, *member, element, step, secret, found);
            }
        }
        (ShapeKind::Map { value: id, .. }, Value::Object(entries)) => {
            for (key, entry) in entries {
                walk(model, *id, entry, below(key, format!("{key}.member")), secret, found);
            }
        }
        _ => {}
    }
    found.push(Place { pointer, path, kind: &shape.kind, secret });
}
