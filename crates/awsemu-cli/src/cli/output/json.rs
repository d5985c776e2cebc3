//! JSON in the AWS CLI's form: four blanks of indent, letters beyond ASCII as they are.

use serde::Serialize as _;
use serde_json::Value;
use serde_json::ser::{PrettyFormatter, Serializer};

/// The value as indented JSON, with a line feed at its end.
pub fn json(value: &Value) -> String {
    let mut bytes = Vec::with_capacity(256);
    let mut serializer = Serializer::with_formatter(&mut bytes, PrettyFormatter::with_indent(b"    "));
    value.serialize(&mut serializer).expect("a JSON value can be written to memory");
    bytes.push(b'\n');
    String::from_utf8(bytes).expect("serde_json writes UTF-8")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    #[test]
    fn form() {
        let value = json!({"Name": "Grüße \u{1}\"", "Empty": [], "None": {}, "List": [1, 1.5, true, null]});
        assert_eq!(
            super::json(&value),
            "{\n    \"Name\": \"Grüße \\u0001\\\"\",\n    \"Empty\": [],\n    \"None\": {},\n    \"List\": [\n        1,\n        1.5,\n        true,\n        null\n    ]\n}\n"
        );
    }
}
