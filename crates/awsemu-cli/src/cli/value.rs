//! The value of one option, in the types of the model: JSON, shorthand, a file, or a plain text.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use cognito_api::model::{Model, ShapeId, ShapeKind};
use serde_json::Value;

use super::profile::expanded;
use super::shorthand;

/// Reads option values.
pub struct Reader<'a> {
    /// The API's model.
    pub model: &'a Model,
    /// The user's home directory, for `file://~/...`.
    pub home: Option<&'a str>,
    /// Whether binary values on the command line are the bytes themselves rather than base64.
    pub raw_binary: bool,
}

/// What an option's text stands for.
enum Content {
    Text(String),
    /// The bytes behind `fileb://`.
    Bytes(Vec<u8>),
}

impl Reader<'_> {
    /// The value of an option of this shape, from the words that follow the option.
    ///
    /// # Errors
    /// A text that says what is wrong with the words.
    pub fn value(&self, shape: ShapeId, words: &[String]) -> Result<Value, String> {
        match &self.model.shape(shape).kind {
            ShapeKind::List { member, .. } => self.list(*member, words),
            _ => match words {
                [word] => self.single(shape, self.content(word)?),
                _ => Err(format!("expected one value, received {}", words.len())),
            },
        }
    }

    fn list(&self, member: ShapeId, words: &[String]) -> Result<Value, String> {
        let contents = match words {
            [word] => vec![self.content(word)?],
            words => words.iter().cloned().map(Content::Text).collect(),
        };
        if let [Content::Text(text)] = contents.as_slice()
            && text.trim_start().starts_with('[')
        {
            return json(text);
        }
        contents
            .into_iter()
            .map(|content| self.single(member, content))
            .collect::<Result<_, _>>()
            .map(Value::Array)
    }

    fn single(&self, shape: ShapeId, content: Content) -> Result<Value, String> {
        let text = match (&self.model.shape(shape).kind, content) {
            (ShapeKind::Blob { .. }, Content::Bytes(bytes)) => {
                return Ok(Value::String(BASE64_STANDARD.encode(bytes)));
            }
            (_, Content::Bytes(bytes)) => {
                String::from_utf8(bytes).map_err(|_| "the file isn't UTF-8 text".to_owned())?
            }
            (_, Content::Text(text)) => text,
        };
        match &self.model.shape(shape).kind {
            ShapeKind::Structure { document: true, .. } => json(&text),
            ShapeKind::Structure { .. } | ShapeKind::Map { .. } | ShapeKind::List { .. } => {
                if text.trim_start().starts_with(['{', '[']) {
                    return json(&text);
                }
                let members = shorthand::parse(&text, &|word| self.nested_file(word))?;
                self.typed(shape, Value::Object(members), "the value")
            }
            _ => self.typed(shape, Value::String(text), "the value"),
        }
    }

    /// The content of a `Key@=file://...` in shorthand; binary files become base64.
    fn nested_file(&self, word: &str) -> Result<Option<String>, String> {
        match self.content(word)? {
            Content::Text(text) => Ok(Some(text)),
            Content::Bytes(bytes) => Ok(Some(BASE64_STANDARD.encode(bytes))),
        }
    }

    fn content(&self, word: &str) -> Result<Content, String> {
        let read = |path: &str| {
            std::fs::read(expanded(path, self.home))
                .map_err(|error| format!("Unable to load paramfile {word}: {error}"))
        };
        if let Some(path) = word.strip_prefix("fileb://") {
            return read(path).map(Content::Bytes);
        }
        let Some(path) = word.strip_prefix("file://") else { return Ok(Content::Text(word.to_owned())) };
        String::from_utf8(read(path)?).map(Content::Text).map_err(|_| {
            format!(
                "Unable to load paramfile ({path}), text contents could not be decoded. \
                 If this is a binary file, please use the fileb:// prefix instead of the file:// prefix."
            )
        })
    }

    /// Gives the strings of shorthand the model's types. What doesn't fit the model stays as it is, for `check.rs`.
    fn typed(&self, shape: ShapeId, value: Value, name: &str) -> Result<Value, String> {
        match (&self.model.shape(shape).kind, value) {
            (ShapeKind::Structure { document: true, .. }, _) => Err(format!(
                "Shorthand syntax does not support document types. Use JSON input for top-level argument to specify nested parameter: {name}"
            )),
            (ShapeKind::Structure { members, .. }, Value::Object(given)) => given
                .into_iter()
                .map(|(key, value)| match members.iter().find(|member| member.name == key) {
                    Some(member) => Ok((key, self.typed(member.shape, value, &member.name)?)),
                    None => Ok((key, value)),
                })
                .collect::<Result<_, _>>()
                .map(Value::Object),
            (ShapeKind::Map { value: shape, .. }, Value::Object(given)) => given
                .into_iter()
                .map(|(key, value)| Ok((key, self.typed(*shape, value, name)?)))
                .collect::<Result<_, _>>()
                .map(Value::Object),
            (ShapeKind::List { member, .. }, Value::Array(list)) => {
                let list = list.into_iter().map(|element| self.typed(*member, element, name));
                list.collect::<Result<_, _>>().map(Value::Array)
            }
            // `Key=a` stands for a list of one element where the model wants a list.
            (ShapeKind::List { member, .. }, single) => {
                Ok(Value::Array(vec![self.typed(*member, single, name)?]))
            }
            (_, Value::String(text)) => self.scalar(shape, text, name),
            (_, value) => Ok(value),
        }
    }

    fn scalar(&self, shape: ShapeId, text: String, name: &str) -> Result<Value, String> {
        match &self.model.shape(shape).kind {
            ShapeKind::Integer { .. } | ShapeKind::Long { .. } => {
                let number = text.trim().parse::<i64>();
                number.map(Value::from).map_err(|_| format!("{name} must be an integer, received: '{text}'"))
            }
            ShapeKind::Double => {
                let number = text.trim().parse::<f64>();
                number.map(Value::from).map_err(|_| format!("{name} must be a number, received: '{text}'"))
            }
            ShapeKind::Boolean => match text.to_ascii_lowercase().as_str() {
                "true" => Ok(Value::Bool(true)),
                "false" => Ok(Value::Bool(false)),
                _ => Ok(Value::String(text)),
            },
            ShapeKind::Timestamp => timestamp(&text).ok_or_else(|| {
                format!("{name} must be a time such as 2024-01-31T12:00:00Z, received: '{text}'")
            }),
            ShapeKind::Blob { .. } if self.raw_binary => Ok(Value::String(BASE64_STANDARD.encode(text))),
            ShapeKind::Blob { .. } => {
                let text: String = text.split_whitespace().collect();
                BASE64_STANDARD.decode(&text).map_err(|error| format!("Invalid base64: {error}"))?;
                Ok(Value::String(text))
            }
            _ => Ok(Value::String(text)),
        }
    }
}

/// A time as the service wants it, in seconds, from a number or from ISO 8601.
fn timestamp(text: &str) -> Option<Value> {
    if let Ok(seconds) = text.parse::<serde_json::Number>() {
        return Some(Value::Number(seconds));
    }
    let time: jiff::Timestamp = text.parse().ok()?;
    Some(Value::from(time.as_millisecond() as f64 / 1000.0))
}

fn json(text: &str) -> Result<Value, String> {
    serde_json::from_str(text).map_err(|error| format!("Invalid JSON: {error}\nJSON received: {text}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(shape: &str, words: &[&str], expected: &str) {
        let model = Model::cognito_idp();
        let reader = Reader { model, home: None, raw_binary: false };
        let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        let outcome = match reader.value(model.shape_named(shape).unwrap(), &words) {
            Ok(value) => value.to_string(),
            Err(error) => format!("error: {error}"),
        };
        assert_eq!(outcome, expected, "{words:?}");
    }

    #[test]
    fn scalars() {
        check("UserPoolIdType", &["us-east-1_a"], r#""us-east-1_a""#);
        check("QueryLimitType", &["12"], "12");
        check("QueryLimitType", &["x"], "error: the value must be an integer, received: 'x'");
        check("DateType", &["1.5"], "1.5");
        check("DateType", &["1970-01-01T00:00:01.5Z"], "1.5");
        check("ImageFileType", &["aGVsbG8="], r#""aGVsbG8=""#);
        check("ImageFileType", &["?"], "error: Invalid base64: Invalid symbol 63, offset 0.");
    }

    #[test]
    fn lists() {
        check("ExplicitAuthFlowsListType", &["A", "B"], r#"["A","B"]"#);
        check("ExplicitAuthFlowsListType", &[r#"["A", "B"]"#], r#"["A","B"]"#);
        check("ExplicitAuthFlowsListType", &[], "[]");
        check(
            "AttributeListType",
            &["Name=email,Value=a@b.c", "Name=x,Value="],
            r#"[{"Name":"email","Value":"a@b.c"},{"Name":"x","Value":""}]"#,
        );
        check("AttributeListType", &[r#"{"Name":"a"}"#, "Name=b"], r#"[{"Name":"a"},{"Name":"b"}]"#);
        check("AttributeListType", &[r#"[{"Name":"a"}]"#], r#"[{"Name":"a"}]"#);
        check(
            "AttributeListType",
            &["[x"],
            "error: Invalid JSON: expected value at line 1 column 2\nJSON received: [x",
        );
    }

    #[test]
    fn structures_and_maps() {
        check(
            "AuthParametersType",
            &["USERNAME=u,PASSWORD=p,X=1"],
            r#"{"USERNAME":"u","PASSWORD":"p","X":"1"}"#,
        );
        check("AuthParametersType", &[r#" {"USERNAME":"u"}"#], r#"{"USERNAME":"u"}"#);
        check(
            "UserPoolPolicyType",
            &[
                "PasswordPolicy={MinimumLength=8,RequireNumbers=true,RequireSymbols=maybe},SignInPolicy={AllowedFirstAuthFactors=PASSWORD}",
            ],
            r#"{"PasswordPolicy":{"MinimumLength":8,"RequireNumbers":true,"RequireSymbols":"maybe"},"SignInPolicy":{"AllowedFirstAuthFactors":["PASSWORD"]}}"#,
        );
        check(
            "AccountRecoverySettingType",
            &["RecoveryMechanisms=[{Priority=1,Name=verified_email}]"],
            r#"{"RecoveryMechanisms":[{"Priority":1,"Name":"verified_email"}]}"#,
        );
        check(
            "UserPoolPolicyType",
            &["PasswordPolicy={MinimumLength=x}"],
            "error: MinimumLength must be an integer, received: 'x'",
        );
        check("Document", &[r#"{"a": [1]}"#], r#"{"a":[1]}"#);
        check(
            "Document",
            &["a=b"],
            "error: Invalid JSON: expected value at line 1 column 1\nJSON received: a=b",
        );
    }

    #[test]
    fn files() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
        std::fs::write(path("attributes"), r#"[{"Name":"a","Value":"b"}]"#).unwrap();
        std::fs::write(path("image"), [0xff, 0x00]).unwrap();
        check(
            "AttributeListType",
            &[&format!("file://{}", path("attributes"))],
            r#"[{"Name":"a","Value":"b"}]"#,
        );
        check("ImageFileType", &[&format!("fileb://{}", path("image"))], r#""/wA=""#);
        check(
            "AssetListType",
            &[&format!("Bytes@=fileb://{},Category=x", path("image"))],
            r#"[{"Bytes":"/wA=","Category":"x"}]"#,
        );
        check(
            "UserPoolIdType",
            &["file:///nowhere/at/all"],
            "error: Unable to load paramfile file:///nowhere/at/all: No such file or directory (os error 2)",
        );
    }
}
