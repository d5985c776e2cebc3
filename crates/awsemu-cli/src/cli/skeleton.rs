//! `--generate-cli-skeleton`: an operation's input to be filled in, or an example of its output.

use std::fmt::Write as _;

use cognito_api::model::{Model, ShapeId, ShapeKind};
use serde_json::{Map, Value, json};

use super::output::yaml;

/// What stands at the place of a string.
#[derive(Copy, Clone, PartialEq)]
pub enum Strings {
    /// Nothing, or the first value of an enum: for an input.
    Empty,
    /// The member's name: for an output.
    Names,
}

/// A value of the shape with every member.
pub fn skeleton(model: &Model, shape: ShapeId, strings: Strings) -> Value {
    value(model, shape, strings, "", &mut Vec::new())
}

fn value(model: &Model, id: ShapeId, strings: Strings, name: &str, outer: &mut Vec<ShapeId>) -> Value {
    let shape = model.shape(id);
    if outer.contains(&id) {
        return Value::Object(Map::new());
    }
    outer.push(id);
    let value = match &shape.kind {
        ShapeKind::Structure { document: true, .. } => json!({}),
        ShapeKind::Structure { members, .. } => members
            .iter()
            .map(|member| (member.name.clone(), value(model, member.shape, strings, &member.name, outer)))
            .collect(),
        ShapeKind::List { member, .. } => {
            json!([value(model, *member, strings, &model.shape(*member).name, outer)])
        }
        ShapeKind::Map { value: shape, .. } => json!({ "KeyName": value(model, *shape, strings, "", outer) }),
        ShapeKind::String { .. } if strings == Strings::Names => json!(name),
        ShapeKind::String { values, .. } => json!(values.first().map_or("", String::as_str)),
        ShapeKind::Integer { .. } | ShapeKind::Long { .. } => json!(0),
        ShapeKind::Boolean => json!(true),
        ShapeKind::Double => json!(0.0),
        ShapeKind::Timestamp => json!("1970-01-01T00:00:00+00:00"),
        ShapeKind::Blob { .. } => json!(""),
    };
    outer.pop();
    value
}

/// The input as YAML, with a comment at each member that is required or has a set of values.
pub fn yaml_skeleton(model: &Model, shape: ShapeId) -> String {
    let mut out = String::new();
    let filled = skeleton(model, shape, Strings::Empty);
    if let (ShapeKind::Structure { members, .. }, Value::Object(given)) = (&model.shape(shape).kind, &filled)
    {
        for member in members {
            member_lines(
                &mut out,
                model,
                (&member.name, member.shape, member.required),
                &given[&member.name],
                0,
            );
        }
    }
    out
}

fn member_lines(
    out: &mut String,
    model: &Model,
    (name, shape, required): (&str, ShapeId, bool),
    value: &Value,
    indent: usize,
) {
    let mut notes = Vec::new();
    if required {
        notes.push("[REQUIRED]".to_owned());
    }
    if let ShapeKind::String { values, .. } = &model.shape(shape).kind
        && !values.is_empty()
    {
        notes.push(format!("Valid values are: {}.", values.join(", ")));
    }
    let note = if notes.is_empty() { String::new() } else { format!("  # {}", notes.join(" ")) };
    let name = yaml::quoted(name);
    match (&model.shape(shape).kind, value) {
        (ShapeKind::Structure { members, document: false }, Value::Object(given)) if !given.is_empty() => {
            let _ = writeln!(out, "{name}:{note}");
            for (index, member) in members.iter().enumerate() {
                if index > 0 || !out.ends_with("- ") {
                    out.push_str(&" ".repeat(indent + 2));
                }
                let part = (member.name.as_str(), member.shape, member.required);
                member_lines(out, model, part, &given[&member.name], indent + 2);
            }
        }
        (ShapeKind::List { member, .. }, Value::Array(list)) if !list.is_empty() => {
            let _ = writeln!(out, "{name}:{note}");
            list_lines(out, model, *member, &list[0], indent);
        }
        (ShapeKind::Map { value: shape, .. }, Value::Object(given)) if !given.is_empty() => {
            let _ = writeln!(out, "{name}:{note}");
            out.push_str(&" ".repeat(indent + 2));
            member_lines(out, model, ("KeyName", *shape, false), &given["KeyName"], indent + 2);
        }
        (_, scalar) => {
            let _ = writeln!(out, "{name}: {}{note}", yaml::yaml(scalar).trim_end());
        }
    }
}

fn list_lines(out: &mut String, model: &Model, shape: ShapeId, element: &Value, indent: usize) {
    out.push_str(&" ".repeat(indent));
    out.push_str("- ");
    match (&model.shape(shape).kind, element) {
        (ShapeKind::Structure { members, document: false }, Value::Object(given)) if !given.is_empty() => {
            for (index, member) in members.iter().enumerate() {
                if index > 0 {
                    out.push_str(&" ".repeat(indent + 2));
                }
                let part = (member.name.as_str(), member.shape, member.required);
                member_lines(out, model, part, &given[&member.name], indent + 2);
            }
        }
        (ShapeKind::String { values, .. }, scalar) if !values.is_empty() => {
            let _ = writeln!(
                out,
                "{}  # Valid values are: {}.",
                yaml::yaml(scalar).trim_end(),
                values.join(", ")
            );
        }
        (_, scalar) => {
            let _ = writeln!(out, "{}", yaml::yaml(scalar).trim_end());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::check::check;

    /// Complaints about empty strings and zeros aside, each input skeleton has the types that the model wants,
    /// and the YAML one says the same as the JSON one.
    #[test]
    fn skeletons_of_all_operations() {
        let model = Model::cognito_idp();
        for operation in model.operations() {
            let input = skeleton(model, operation.input, Strings::Empty);
            if let Err(error) = check(model, operation.input, &input) {
                let error = error.to_string();
                let others: Vec<_> = error
                    .trim()
                    .lines()
                    .skip(1)
                    .filter(|line| !line.starts_with("Invalid length") && !line.starts_with("Invalid value"))
                    .collect();
                assert!(others.is_empty(), "{}: {others:?}", operation.name);
            }
            let text = yaml_skeleton(model, operation.input);
            let read: Value =
                if text.is_empty() { json!({}) } else { serde_saphyr::from_str(&text).unwrap() };
            assert_eq!(read, input, "{}:\n{text}", operation.name);
            if let Some(output) = operation.output {
                assert!(skeleton(model, output, Strings::Names).is_object());
            }
        }
    }

    #[test]
    fn forms() {
        let model = Model::cognito_idp();
        let operation = model.operation("AdminUpdateUserAttributes").unwrap();
        assert_eq!(
            skeleton(model, operation.input, Strings::Empty).to_string(),
            r#"{"UserPoolId":"","Username":"","UserAttributes":[{"Name":"","Value":""}],"ClientMetadata":{"KeyName":""}}"#
        );
        assert_eq!(
            yaml_skeleton(model, operation.input),
            "UserPoolId: ''  # [REQUIRED]\nUsername: ''  # [REQUIRED]\nUserAttributes:  # [REQUIRED]\n\
             - Name: ''  # [REQUIRED]\n  Value: ''\nClientMetadata:\n  KeyName: ''\n"
        );
        let output = model.operation("AdminInitiateAuth").unwrap().output.unwrap();
        let names = skeleton(model, output, Strings::Names);
        assert_eq!(names["AuthenticationResult"]["AccessToken"], json!("AccessToken"));
    }
}
