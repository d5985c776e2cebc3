//! The text form: a line per structure, its scalars sorted by key and parted by tabs.
//! <https://docs.aws.amazon.com/cli/latest/userguide/cli-usage-output-format.html#text-output>

use std::collections::BTreeSet;
use std::fmt::Write as _;

use serde_json::{Map, Value};

/// The value in the AWS CLI's text form.
pub fn text(value: &Value) -> String {
    let mut out = String::new();
    write_value(&mut out, value, None, None);
    out
}

/// A scalar as Python prints it, which the AWS CLI's text and tables show.
pub fn scalar(value: &Value) -> String {
    match value {
        Value::Null => "None".to_owned(),
        Value::Bool(true) => "True".to_owned(),
        Value::Bool(false) => "False".to_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// Whether the value is neither a list nor a structure.
pub fn is_scalar(value: &Value) -> bool {
    !matches!(value, Value::Array(_) | Value::Object(_))
}

/// `columns` are the keys of all structures in the list around this one, so that their lines have the same columns.
fn write_value(out: &mut String, value: &Value, label: Option<&str>, columns: Option<&BTreeSet<&str>>) {
    match value {
        Value::Object(members) => write_structure(out, members, label, columns),
        Value::Array(list) => write_list(out, list, label),
        scalar_value => {
            let _ = writeln!(out, "{}", scalar(scalar_value));
        }
    }
}

fn write_list(out: &mut String, list: &[Value], label: Option<&str>) {
    if list.iter().any(Value::is_object) {
        let columns = list
            .iter()
            .filter_map(Value::as_object)
            .flat_map(|members| {
                members.iter().filter(|(_, value)| is_scalar(value)).map(|(key, _)| key.as_str())
            })
            .collect();
        for element in list {
            write_value(out, element, label, Some(&columns));
        }
    } else if list.iter().any(Value::is_array) {
        let scalars: Vec<_> = list.iter().filter(|element| is_scalar(element)).collect();
        write_scalars(out, &scalars, label);
        for element in list.iter().filter(|element| !is_scalar(element)) {
            write_value(out, element, label, None);
        }
    } else {
        write_scalars(out, &list.iter().collect::<Vec<_>>(), label);
    }
}

fn write_scalars(out: &mut String, scalars: &[&Value], label: Option<&str>) {
    if scalars.is_empty() {
        return;
    }
    match label {
        Some(label) => {
            for value in scalars {
                let _ = writeln!(out, "{}\t{}", label.to_uppercase(), scalar(value));
            }
        }
        None => {
            let line: Vec<_> = scalars.iter().map(|value| scalar(value)).collect();
            let _ = writeln!(out, "{}", line.join("\t"));
        }
    }
}

fn write_structure(
    out: &mut String,
    members: &Map<String, Value>,
    label: Option<&str>,
    columns: Option<&BTreeSet<&str>>,
) {
    let own: BTreeSet<&str> =
        members.iter().filter(|(_, value)| is_scalar(value)).map(|(key, _)| key.as_str()).collect();
    let columns = columns.unwrap_or(&own);
    let mut line: Vec<String> =
        columns.iter().map(|key| members.get(*key).map_or_else(String::new, scalar)).collect();
    if !line.is_empty() {
        if let Some(label) = label {
            line.insert(0, label.to_uppercase());
        }
        let _ = writeln!(out, "{}", line.join("\t"));
    }
    let rest: BTreeSet<&str> =
        members.keys().map(String::as_str).filter(|key| !columns.contains(key)).collect();
    for key in rest {
        write_value(out, &members[key], Some(key), None);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    fn check(value: &Value, expected: &str) {
        assert_eq!(super::text(value), expected, "{value}");
    }

    /// Each expected text is what `aws --output text` (awscli 1.45.11) printed for the same value.
    #[test]
    fn forms() {
        check(&json!(null), "None\n");
        check(&json!("x"), "x\n");
        check(&json!([]), "");
        check(&json!(["a", true, 3, null]), "a\tTrue\t3\tNone\n");
        check(&json!([["a", "b"], ["c"]]), "a\tb\nc\n");
        check(&json!(["x", ["a", "b"]]), "x\na\tb\n");
        check(
            &json!({"UserPools": [{"Id": "1", "Name": "a", "LambdaConfig": {}}, {"Id": "2", "Status": "x"}]}),
            "USERPOOLS\t1\ta\t\nUSERPOOLS\t2\t\tx\n",
        );
        check(
            &json!({"Username": "u", "Enabled": true, "UserAttributes": [{"Name": "sub", "Value": "1"}], "L": ["a", "b"]}),
            "True\tu\nL\ta\nL\tb\nUSERATTRIBUTES\tsub\t1\n",
        );
    }
}
