//! YAML in block style, lists not indented below their key, as the AWS CLI writes it.

use std::fmt::Write as _;

use serde_json::Value;

/// The value as a YAML document, with a line feed at its end.
pub fn yaml(value: &Value) -> String {
    let mut out = String::new();
    match value {
        Value::Array(list) if !list.is_empty() => write_list(&mut out, list, 0, false),
        Value::Object(members) if !members.is_empty() => write_map(&mut out, members, 0, false),
        scalar => {
            let _ = writeln!(out, "{}", scalar_of(scalar));
        }
    }
    out
}

/// The text as a YAML scalar: plain where every reader takes it for the same string, else quoted.
pub fn quoted(text: &str) -> String {
    if text
        .chars()
        .any(|letter| letter.is_control() || matches!(letter, '\u{2028}' | '\u{2029}' | '\u{feff}'))
    {
        return double_quoted(text);
    }
    if is_plain(text) { text.to_owned() } else { format!("'{}'", text.replace('\'', "''")) }
}

/// Writes the elements; `inline` when the first one stands behind a dash that is there already.
fn write_list(out: &mut String, list: &[Value], indent: usize, inline: bool) {
    for (index, element) in list.iter().enumerate() {
        if index > 0 || !inline {
            out.push_str(&" ".repeat(indent));
        }
        out.push_str("- ");
        match element {
            Value::Array(inner) if !inner.is_empty() => write_list(out, inner, indent + 2, true),
            Value::Object(inner) if !inner.is_empty() => write_map(out, inner, indent + 2, true),
            scalar => {
                let _ = writeln!(out, "{}", scalar_of(scalar));
            }
        }
    }
}

fn write_map(out: &mut String, members: &serde_json::Map<String, Value>, indent: usize, inline: bool) {
    for (index, (key, value)) in members.iter().enumerate() {
        if index > 0 || !inline {
            out.push_str(&" ".repeat(indent));
        }
        out.push_str(&quoted(key));
        match value {
            Value::Array(list) if !list.is_empty() => {
                out.push_str(":\n");
                write_list(out, list, indent, false);
            }
            Value::Object(inner) if !inner.is_empty() => {
                out.push_str(":\n");
                write_map(out, inner, indent + 2, false);
            }
            scalar => {
                let _ = writeln!(out, ": {}", scalar_of(scalar));
            }
        }
    }
}

fn scalar_of(value: &Value) -> String {
    match value {
        Value::String(text) => quoted(text),
        Value::Array(_) => "[]".to_owned(),
        Value::Object(_) => "{}".to_owned(),
        other => other.to_string(),
    }
}

fn double_quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            letter if letter.is_control() || matches!(letter, '\u{2028}' | '\u{2029}' | '\u{feff}') => {
                let _ = write!(quoted, "\\u{:04x}", u32::from(letter));
            }
            letter => quoted.push(letter),
        }
    }
    quoted.push('"');
    quoted
}

fn is_plain(text: &str) -> bool {
    let Some(first) = text.chars().next() else { return false };
    let second_is_blank = text.chars().nth(1).is_none_or(char::is_whitespace);
    let indicator = match first {
        '-' | '?' | ':' => second_is_blank,
        other => ",[]{}#&*!|>'\"%@`".contains(other),
    };
    let blank_edge = first.is_whitespace() || text.ends_with(char::is_whitespace);
    let structure = text.ends_with(':') || text.contains(": ") || text.contains(" #");
    let document = text.starts_with("---") || text.starts_with("...");
    !(indicator || blank_edge || structure || document || means_something_else(text))
}

/// Whether a YAML 1.1 or 1.2 reader would take the plain text for a number, a truth value, null or a date.
fn means_something_else(text: &str) -> bool {
    const WORDS: [&str; 10] = ["~", "null", "true", "false", "yes", "no", "on", "off", "=", "<<"];
    if WORDS.iter().any(|word| text.eq_ignore_ascii_case(word)) {
        return true;
    }
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let digits = unsigned.replace('_', "");
    let radix = [("0x", 16), ("0X", 16), ("0o", 8), ("0b", 2)];
    let number = digits.parse::<f64>().is_ok()
        || matches!(digits.to_ascii_lowercase().as_str(), ".inf" | ".nan")
        || radix.iter().any(|(prefix, radix)| {
            digits.strip_prefix(prefix).is_some_and(|digits| {
                !digits.is_empty() && digits.chars().all(|digit| digit.is_digit(*radix))
            })
        });
    let starts_with_digit = unsigned.starts_with(|first: char| first.is_ascii_digit());
    // 1:30 is ninety in YAML 1.1; 2024-01-31T00:00:00Z is a date.
    let sexagesimal = starts_with_digit
        && digits.contains(':')
        && digits.chars().all(|letter| letter.is_ascii_digit() || matches!(letter, ':' | '.'));
    let date = text.as_bytes().get(4) == Some(&b'-')
        && text.bytes().take(4).all(|letter| letter.is_ascii_digit())
        && text.chars().all(|letter| letter.is_ascii_digit() || "-:.TtZz+ ".contains(letter));
    number || sexagesimal || date
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn block_style() {
        let value = json!({
            "UserPools": [{"Id": "us-east-1_a", "LambdaConfig": {}, "Tags": ["a", "b"]}, {"Id": "x", "M": {"k": 1}}],
            "Nested": [["a", ["b"]], []],
            "Empty": [], "Null": null, "Yes": true, "F": 1.5
        });
        assert_eq!(
            yaml(&value),
            "UserPools:\n- Id: us-east-1_a\n  LambdaConfig: {}\n  Tags:\n  - a\n  - b\n- Id: x\n  M:\n    k: 1\n\
             Nested:\n- - a\n  - - b\n- []\nEmpty: []\n'Null': null\n'Yes': true\nF: 1.5\n"
        );
    }

    fn check(text: &str, expected: &str) {
        assert_eq!(quoted(text), expected);
        let back: Value = serde_saphyr::from_str(&yaml(&json!({ "key": text }))).unwrap();
        assert_eq!(back, json!({ "key": text }), "read back");
    }

    /// The expected forms are PyYAML's (`yaml.safe_dump`), unless line feeds are in the text.
    #[test]
    fn scalars() {
        for plain in [
            "a",
            "us-east-1_abc",
            "a@b.c",
            "http://x/y?z",
            "it's",
            "a:b",
            "a#b",
            "-x",
            "12ab",
            "1.2.3",
            "two words",
            "Grüße",
            "arn:aws:cognito-idp:us-east-1:000000000000:userpool/x",
            "0a4b-1",
            "$x",
            "(x)",
            "a, b",
            "1e",
            "_",
        ] {
            check(plain, plain);
        }
        for single in [
            "",
            "true",
            "No",
            "null",
            "~",
            "1",
            "+15551234567",
            "1.5",
            "1_000",
            "0x1F",
            "012345",
            "1:30",
            ".5",
            ".inf",
            "2024-01-31",
            "2024-01-31T10:00:00.123000+00:00",
            "- x",
            "#x",
            "*x",
            "&x",
            "!x",
            "%x",
            "@x",
            "`x",
            "[x",
            "{x",
            ",x",
            "|",
            ">",
            "? x",
            "x: y",
            "x:",
            "x #y",
            " x",
            "x ",
            "---",
            "-",
            "=",
            "<<",
        ] {
            check(single, &format!("'{single}'"));
        }
        check("'x'", "'''x'''");
        check("a\nb\t\"\\", r#""a\nb\t\"\\""#);
        check("\u{7}", r#""\u0007""#);
    }
}
