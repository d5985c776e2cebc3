//! The answers of functions: any JSON, or an error in the form of Lambda's runtimes.

use serde_json::{Map, Value};

use super::fail::Failure;

/// The longest answer in bytes.
pub(super) const LONGEST: usize = 6 * 1024 * 1024;

/// What a runtime of Lambda puts into the answer of a function that failed.
const OF_ERRORS: [&str; 5] = ["errorMessage", "errorType", "stackTrace", "trace", "cause"];

/// Reads an answer.
pub(super) fn read(body: &[u8]) -> Result<Value, Failure> {
    let Ok(answer) = serde_json::from_slice::<Value>(body) else {
        return Err(Failure::unrecognizable("the answer is no JSON"));
    };
    match answer.as_object().and_then(error_message) {
        Some(message) => Err(Failure::function(message)),
        None => Ok(answer),
    }
}

/// The message of an answer that is an error.
pub(super) fn error_message(answer: &Map<String, Value>) -> Option<String> {
    let message = answer.get("errorMessage")?;
    let error = answer.keys().all(|key| OF_ERRORS.contains(&key.as_str()));
    error.then(|| message.as_str().map_or_else(|| message.to_string(), str::to_owned))
}

/// A pool's event with these members in its `response`; any other event gets the members themselves.
pub(super) fn fixed(event: &Value, members: &Map<String, Value>) -> Value {
    let mut event = event.clone();
    match event.get_mut("response") {
        Some(Value::Object(response)) => response.extend(members.clone()),
        _ => return Value::Object(members.clone()),
    }
    event
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn answers() {
        check(r#"{"version":"1","response":{}}"#, "{\"version\":\"1\",\"response\":{}}");
        check("{}", "{}");
        check(r#"{"errorMessage":"no","errorType":"Error","trace":[]}"#, "the function failed: no");
        check(r#"{"errorMessage":""}"#, "the function failed: ");
        check(r#"{"errorMessage":null}"#, "the function failed: null");
        check(r#"{"errorMessage":"no","response":{}}"#, r#"{"errorMessage":"no","response":{}}"#);
        for json in ["null", "[]", "1", "\"{}\""] {
            check(json, json);
        }
        for text in ["", "{", "{}{}", "hello"] {
            check(text, "the function's answer cannot be read");
        }
        check(
            &format!("{}1{}", "{\"a\":".repeat(500), "}".repeat(500)),
            "the function's answer cannot be read",
        );
    }

    #[test]
    fn fixed_answers() {
        let members = json!({ "autoConfirmUser": true, "new": [1] });
        let members = members.as_object().unwrap();
        let event =
            json!({ "request": 1, "response": { "autoConfirmUser": false, "autoVerifyEmail": false } });
        let expected = json!({ "autoConfirmUser": true, "autoVerifyEmail": false, "new": [1] });
        assert_eq!(fixed(&event, members), json!({ "request": 1, "response": expected }));
        assert_eq!(fixed(&json!({ "rawPath": "/" }), members), json!(members));
    }

    fn check(text: &str, expected: &str) {
        let found = match read(text.as_bytes()) {
            Ok(answer) => answer.to_string(),
            Err(failure) => failure.error.to_string(),
        };
        assert_eq!(found, expected, "{text}");
    }
}
