//! Checks the parameters against the model before they are sent, as botocore does: required members, unknown members,
//! types and least sizes. Everything else (greatest sizes, patterns, enums) is the service's to say.

use cognito_api::model::{Model, ShapeId, ShapeKind};
use serde_json::Value;

use super::errors::CliError;

/// Checks the input of an operation.
///
/// # Errors
/// `CliError::Parameter` that names all that is wrong.
pub fn check(model: &Model, shape: ShapeId, input: &Value) -> Result<(), CliError> {
    let mut report = Report { model, lines: Vec::new() };
    report.visit(shape, input, "", false);
    if report.lines.is_empty() {
        return Ok(());
    }
    Err(CliError::Parameter(format!("Parameter validation failed:\n{}", report.lines.join("\n"))))
}

struct Report<'a> {
    model: &'a Model,
    lines: Vec<String>,
}

impl Report<'_> {
    /// `hidden` is whether something around the value is sensitive: then the value isn't shown.
    fn visit(&mut self, shape: ShapeId, value: &Value, name: &str, hidden: bool) {
        let model = self.model;
        let hidden = hidden || model.shape(shape).sensitive;
        match (&model.shape(shape).kind, value) {
            (ShapeKind::Structure { document: true, .. }, _) => {}
            (ShapeKind::Structure { members, .. }, Value::Object(given)) => {
                let place = if name.is_empty() { "input" } else { name };
                for member in
                    members.iter().filter(|member| member.required && !given.contains_key(&member.name))
                {
                    self.lines.push(format!("Missing required parameter in {place}: \"{}\"", member.name));
                }
                for (key, value) in given {
                    match members.iter().find(|member| member.name == *key) {
                        Some(member) => {
                            let name = if name.is_empty() { key.clone() } else { format!("{name}.{key}") };
                            self.visit(member.shape, value, &name, hidden);
                        }
                        None => {
                            let known: Vec<_> = members.iter().map(|member| member.name.as_str()).collect();
                            let known = known.join(", ");
                            self.lines.push(format!(
                                "Unknown parameter in {place}: \"{key}\", must be one of: {known}"
                            ));
                        }
                    }
                }
            }
            (ShapeKind::List { member, min, .. }, Value::Array(list)) => {
                self.length(list.len(), *min, name);
                for (index, element) in list.iter().enumerate() {
                    self.visit(*member, element, &format!("{name}[{index}]"), hidden);
                }
            }
            (ShapeKind::Map { value: shape, .. }, Value::Object(given)) => {
                for (key, value) in given {
                    self.visit(*shape, value, &format!("{name}.{key}"), hidden);
                }
            }
            (ShapeKind::String { min, .. }, Value::String(text)) => {
                self.length(text.chars().count(), *min, name)
            }
            (ShapeKind::Blob { .. }, Value::String(_)) | (ShapeKind::Boolean, Value::Bool(_)) => {}
            (ShapeKind::Integer { min, .. } | ShapeKind::Long { min, .. }, Value::Number(number))
                if number.is_i64() || number.is_u64() =>
            {
                if let (Some(min), Some(number)) = (min, number.as_i64())
                    && number < *min
                {
                    self.lines.push(format!(
                        "Invalid value for parameter {name}, value: {number}, valid min value: {min}"
                    ));
                }
            }
            (ShapeKind::Timestamp | ShapeKind::Double, Value::Number(_)) => {}
            (kind, value) => {
                let shown = if hidden { "***".to_owned() } else { value.to_string() };
                self.lines.push(format!(
                    "Invalid type for parameter {name}, value: {shown}, type: {}, valid types: {}",
                    type_of(value),
                    type_wanted(kind)
                ));
            }
        }
    }

    fn length(&mut self, length: usize, min: Option<u64>, name: &str) {
        if let Some(min) = min.filter(|min| (length as u64) < *min) {
            self.lines.push(format!(
                "Invalid length for parameter {name}, value: {length}, valid min length: {min}"
            ));
        }
    }
}

fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "list",
        Value::Object(_) => "structure",
    }
}

fn type_wanted(kind: &ShapeKind) -> &'static str {
    match kind {
        ShapeKind::Structure { .. } => "structure",
        ShapeKind::List { .. } => "list",
        ShapeKind::Map { .. } => "map",
        ShapeKind::String { .. } => "string",
        ShapeKind::Integer { .. } | ShapeKind::Long { .. } => "integer",
        ShapeKind::Boolean => "boolean",
        ShapeKind::Double => "double",
        ShapeKind::Timestamp => "timestamp",
        ShapeKind::Blob { .. } => "base64 string",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    fn check(operation: &str, input: serde_json::Value, expected: &[&str]) {
        let model = cognito_api::model::Model::cognito_idp();
        let shape = model.operation(operation).unwrap().input;
        let found = super::check(model, shape, &input).err().map(|error| error.to_string());
        let expected = (!expected.is_empty())
            .then(|| format!("\nParameter validation failed:\n{}", expected.join("\n")));
        assert_eq!(found, expected);
    }

    #[test]
    fn parameters() {
        check("AdminGetUser", json!({"UserPoolId": "p", "Username": "u"}), &[]);
        check(
            "AdminGetUser",
            json!({"UserPoolId": "", "Foreign": 1}),
            &[
                "Missing required parameter in input: \"Username\"",
                "Invalid length for parameter UserPoolId, value: 0, valid min length: 1",
                "Unknown parameter in input: \"Foreign\", must be one of: UserPoolId, Username",
            ],
        );
        check(
            "AdminUpdateUserAttributes",
            json!({"UserPoolId": "p", "Username": 1, "UserAttributes": [{"Value": "v"}, "x"], "ClientMetadata": {"k": 1}}),
            &[
                "Invalid type for parameter Username, value: ***, type: integer, valid types: string",
                "Missing required parameter in UserAttributes[0]: \"Name\"",
                "Invalid type for parameter UserAttributes[1], value: \"x\", type: string, valid types: structure",
                "Invalid type for parameter ClientMetadata.k, value: 1, type: integer, valid types: string",
            ],
        );
        check(
            "ListUsers",
            json!({"UserPoolId": "p", "Limit": -1}),
            &["Invalid value for parameter Limit, value: -1, valid min value: 0"],
        );
        check(
            "CreateManagedLoginBranding",
            json!({"UserPoolId": "p", "ClientId": "c", "Settings": {"any": [null]}}),
            &[],
        );
    }
}
