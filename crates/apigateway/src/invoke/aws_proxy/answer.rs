//! What a function's answer means, in both formats.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use serde_json::{Map, Value};

use crate::invoke::call::{Answer, Body, Headers};

/// The type of a body whose function names none; unverified.
const PLAIN: &str = "text/plain;charset=UTF-8";

/// An answer of format 2.0. Without a `statusCode` it is the body itself.
///
/// # Errors
/// What is wrong with it.
pub(super) fn of_format_2(given: Value) -> Result<Answer, &'static str> {
    let given = match given {
        Value::Object(members) if members.contains_key("statusCode") => members,
        Value::String(text) => return Ok(inferred(text)),
        other => return Ok(inferred(other.to_string())),
    };
    let mut headers = headers(&given)?;
    let cookies = match given.get("cookies") {
        None | Some(Value::Null) => &Vec::new(),
        Some(Value::Array(cookies)) => cookies,
        Some(_) => return Err("cookies is no list"),
    };
    for cookie in cookies {
        let cookie = cookie.as_str().ok_or("a cookie is no text")?;
        headers.push(("set-cookie".to_owned(), header_value(cookie.to_owned())?));
    }
    explicit(&given, headers)
}

/// An answer of format 1.0.
///
/// # Errors
/// What is wrong with it.
pub(super) fn of_format_1(given: Value) -> Result<Answer, &'static str> {
    let Value::Object(given) = given else { return Err("it is no object") };
    let mut headers = headers(&given)?;
    let lists = match given.get("multiValueHeaders") {
        None | Some(Value::Null) => &Map::new(),
        Some(Value::Object(lists)) => lists,
        Some(_) => return Err("multiValueHeaders is no object"),
    };
    for (name, list) in lists {
        let name = header_name(name)?;
        headers.retain(|(found, _)| *found != name);
        for value in list.as_array().ok_or("a member of multiValueHeaders is no list")? {
            headers.push((name.clone(), header_value(header_text(value)?)?));
        }
    }
    explicit(&given, headers)
}

fn inferred(body: String) -> Answer {
    let headers = vec![("content-type".to_owned(), Bytes::from_static(b"application/json"))];
    Answer { status: 200, headers, body: Body::Whole(body.into()) }
}

fn explicit(given: &Map<String, Value>, mut headers: Headers) -> Result<Answer, &'static str> {
    let status = match given.get("statusCode") {
        Some(Value::Number(number)) => number.as_u64(),
        Some(Value::String(text)) => text.parse().ok(),
        _ => None,
    };
    let status =
        status.and_then(|status| u16::try_from(status).ok()).filter(|status| (200..600).contains(status));
    let status = status.ok_or("statusCode is no status of an answer")?;
    let body = match given.get("body") {
        None | Some(Value::Null) => "",
        Some(Value::String(body)) => body,
        Some(_) => return Err("body is no text"),
    };
    let body = match given.get("isBase64Encoded") {
        Some(Value::Bool(true)) => Bytes::from(STANDARD.decode(body).map_err(|_| "body is no base64")?),
        None | Some(Value::Null | Value::Bool(false)) => Bytes::from(body.to_owned()),
        Some(_) => return Err("isBase64Encoded is neither true nor false"),
    };
    // The length is that of the body, whatever the function says.
    headers.retain(|(name, _)| name != "content-length");
    if !body.is_empty() && !headers.iter().any(|(name, _)| name == "content-type") {
        headers.push(("content-type".to_owned(), PLAIN.into()));
    }
    Ok(Answer { status, headers, body: Body::Whole(body) })
}

fn headers(given: &Map<String, Value>) -> Result<Headers, &'static str> {
    let members = match given.get("headers") {
        None | Some(Value::Null) => return Ok(Headers::new()),
        Some(Value::Object(members)) => members,
        Some(_) => return Err("headers is no object"),
    };
    members.iter().map(|(name, value)| Ok((header_name(name)?, header_value(header_text(value)?)?))).collect()
}

fn header_text(value: &Value) -> Result<String, &'static str> {
    match value {
        Value::String(text) => Ok(text.clone()),
        Value::Number(_) | Value::Bool(_) => Ok(value.to_string()),
        _ => Err("a header is no text"),
    }
}

fn header_name(name: &str) -> Result<String, &'static str> {
    let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    match !name.is_empty() && name.bytes().all(is_token) {
        true => Ok(name.to_ascii_lowercase()),
        false => Err("a header has no proper name"),
    }
}

fn header_value(value: String) -> Result<Bytes, &'static str> {
    match value.bytes().any(|byte| byte != b'\t' && byte.is_ascii_control()) {
        true => Err("a header has control characters"),
        false => Ok(value.into()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn shown(answer: Result<Answer, &'static str>) -> String {
        let answer = match answer {
            Ok(answer) => answer,
            Err(problem) => return problem.to_owned(),
        };
        let Body::Whole(body) = answer.body else { return "a stream".to_owned() };
        let headers =
            answer.headers.iter().map(|(name, value)| format!(" {name}={}", String::from_utf8_lossy(value)));
        format!("{}{} {}", answer.status, headers.collect::<String>(), body.escape_ascii())
    }

    #[test]
    fn answers_of_format_2() {
        let check =
            |given: Value, expected: &str| assert_eq!(shown(of_format_2(given.clone())), expected, "{given}");
        check(json!({ "a": 1 }), "200 content-type=application/json {\\\"a\\\":1}");
        check(json!("hi"), "200 content-type=application/json hi");
        check(json!(null), "200 content-type=application/json null");
        check(json!([1]), "200 content-type=application/json [1]");
        check(json!({ "statusCode": 204 }), "204 ");
        check(json!({ "statusCode": "201", "body": "x" }), "201 content-type=text/plain;charset=UTF-8 x");
        check(
            json!({ "statusCode": 200, "headers": { "X-A": 1, "Content-Type": "a/b", "content-length": "9" },
                "cookies": ["a=1; Secure", "b=2"], "body": "/wA=", "isBase64Encoded": true }),
            "200 x-a=1 content-type=a/b set-cookie=a=1; Secure set-cookie=b=2 \\xff\\x00",
        );
        check(json!({ "statusCode": 200, "multiValueHeaders": { "x-a": ["1"] } }), "200 ");
        for (given, problem) in [
            (json!({ "statusCode": 99 }), "statusCode is no status of an answer"),
            (json!({ "statusCode": 101 }), "statusCode is no status of an answer"),
            (json!({ "statusCode": null }), "statusCode is no status of an answer"),
            (json!({ "statusCode": 70000 }), "statusCode is no status of an answer"),
            (json!({ "statusCode": 200, "body": {} }), "body is no text"),
            (json!({ "statusCode": 200, "body": "?", "isBase64Encoded": true }), "body is no base64"),
            (
                json!({ "statusCode": 200, "isBase64Encoded": "true" }),
                "isBase64Encoded is neither true nor false",
            ),
            (json!({ "statusCode": 200, "headers": [] }), "headers is no object"),
            (json!({ "statusCode": 200, "headers": { "a": {} } }), "a header is no text"),
            (json!({ "statusCode": 200, "headers": { "a b": "1" } }), "a header has no proper name"),
            (
                json!({ "statusCode": 200, "headers": { "a": "1\r\nb: 2" } }),
                "a header has control characters",
            ),
            (json!({ "statusCode": 200, "cookies": "a=1" }), "cookies is no list"),
            (json!({ "statusCode": 200, "cookies": ["a\n"] }), "a header has control characters"),
        ] {
            check(given, problem);
        }
    }

    #[test]
    fn answers_of_format_1() {
        let check =
            |given: Value, expected: &str| assert_eq!(shown(of_format_1(given.clone())), expected, "{given}");
        check(
            json!({ "statusCode": 200, "headers": { "x-a": "0", "x-b": "3" },
                "multiValueHeaders": { "X-A": ["1", true] }, "body": "x" }),
            "200 x-b=3 x-a=1 x-a=true content-type=text/plain;charset=UTF-8 x",
        );
        check(json!({ "a": 1 }), "statusCode is no status of an answer");
        check(json!("hi"), "it is no object");
        check(json!(null), "it is no object");
        check(
            json!({ "statusCode": 200, "multiValueHeaders": { "a": "1" } }),
            "a member of multiValueHeaders is no list",
        );
    }
}
