//! Parameter mapping: what an integration changes in requests, and in answers by their status.
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-parameter-mapping.html>

use std::collections::BTreeMap;

use bytes::Bytes;
use cognito_core::oauth::parameters::{percent_decode, push};
use futures_util::StreamExt as _;
use serde_json::Value;

use super::call::{Answer, Body, Headers, Matched, Refusal, values};
use super::context::Context;
use super::outgoing::{Draft, decoded, pairs, path_text};
use crate::model::Integration;
use crate::model::expression::{Piece, pieces};

/// How much of a body is looked into: AWS reads no further.
const LOOKED_INTO: usize = 100 * 1024;

/// Changes a request.
pub(super) fn request(matched: &Matched<'_>, integration: &Integration, draft: &mut Draft) {
    for (key, expression) in &integration.request_parameters {
        let Some((verb, place)) = key.split_once(':') else { continue };
        let lookup = |name: &str| of_request(matched, name);
        if let Some(name) = place.strip_prefix("header.") {
            change_header(&mut draft.headers, verb, name, evaluated(expression, lookup));
        } else if let Some(name) = place.strip_prefix("querystring.") {
            change_query(&mut draft.query, verb, name, evaluated(expression, lookup));
        } else if place == "path" {
            // The path and its parts stay encoded as they came; other values are put into a path as text.
            let in_path = |name: &str| match name.strip_prefix("request.path") {
                Some("") => Some(matched.place.path.clone()),
                Some(_) => path_parameter(matched, name),
                None => {
                    of_request(matched, name).map(|text| path_text(&text.replace('%', "%25")).into_owned())
                }
            };
            let path = evaluated(expression, in_path).unwrap_or_default();
            draft.path = format!("/{}", path_text(path.trim_start_matches('/')));
        }
    }
}

/// Changes an answer.
///
/// # Errors
/// If a body that is looked into cannot be read.
pub(super) async fn answer(
    matched: &Matched<'_>,
    integration: &Integration,
    mut answer: Answer,
) -> Result<Answer, Refusal> {
    let Some(changes) = integration.response_parameters.get(&answer.status.to_string()) else {
        return Ok(answer);
    };
    let body = match changes.values().any(|expression| expression.contains("response.body")) {
        true => Some(whole(&mut answer).await?),
        false => None,
    };
    let given = answer.headers.clone();
    change_answer(&mut answer, changes, |name| {
        if let Some(header) = name.strip_prefix("response.header.") {
            return joined(&given, header);
        }
        match name.strip_prefix("response.body") {
            Some(path) => in_body(body.as_ref()?, path),
            None => of_place(matched, name),
        }
    });
    Ok(answer)
}

fn change_answer(
    answer: &mut Answer,
    changes: &BTreeMap<String, String>,
    lookup: impl Fn(&str) -> Option<String>,
) {
    for (key, expression) in changes {
        let Some((verb, place)) = key.split_once(':') else { continue };
        let value = evaluated(expression, &lookup);
        if let Some(name) = place.strip_prefix("header.") {
            change_header(&mut answer.headers, verb, name, value);
        } else if let Some(status) = value.and_then(|value| value.parse().ok()) {
            answer.status = if (200..600).contains(&status) { status } else { answer.status };
        }
    }
}

/// All of a body, which is then in the answer as such.
async fn whole(answer: &mut Answer) -> Result<Bytes, Refusal> {
    let body = match &mut answer.body {
        Body::Whole(body) => return Ok(body.clone()),
        Body::Stream(chunks) => {
            let mut body = Vec::new();
            while let Some(chunk) = chunks.next().await {
                body.extend_from_slice(&chunk.map_err(super::http_proxy::refusal)?);
            }
            Bytes::from(body)
        }
    };
    answer.body = Body::Whole(body.clone());
    Ok(body)
}

/// The value of an expression. A variable alone that has none makes none; inside a text it is empty.
fn evaluated(expression: &str, lookup: impl Fn(&str) -> Option<String>) -> Option<String> {
    match &*pieces(expression)? {
        [Piece::Variable(name)] => lookup(name),
        pieces => Some(
            pieces
                .iter()
                .map(|piece| match piece {
                    Piece::Text(text) => (*text).to_owned(),
                    Piece::Variable(name) => lookup(name).unwrap_or_default(),
                })
                .collect(),
        ),
    }
}

/// A variable of a request, decoded.
fn of_request(matched: &Matched<'_>, name: &str) -> Option<String> {
    let Some(of_request) = name.strip_prefix("request.") else { return of_place(matched, name) };
    if let Some(header) = of_request.strip_prefix("header.") {
        return joined(&matched.call.headers, header);
    }
    if let Some(wanted) = of_request.strip_prefix("querystring.") {
        let found = pairs(matched.call.query.as_deref()).into_iter().filter(|(name, _)| name == wanted);
        let found: Vec<String> = found.map(|(_, value)| value).collect();
        return (!found.is_empty()).then(|| found.join(","));
    }
    if let Some(path) = of_request.strip_prefix("body") {
        return in_body(&matched.call.body, path);
    }
    match of_request {
        "path" => Some(percent_decode(&matched.place.path)),
        _ => path_parameter(matched, name).map(|value| percent_decode(&value)),
    }
}

/// A part of the path that the route has a name for, as it came.
fn path_parameter(matched: &Matched<'_>, name: &str) -> Option<String> {
    let wanted = name.strip_prefix("request.path.")?;
    let (_, value) = matched.path_parameters.iter().find(|(name, _)| name == wanted)?;
    Some(value.clone())
}

/// A variable of the stage or the context.
fn of_place(matched: &Matched<'_>, name: &str) -> Option<String> {
    match name.strip_prefix("stageVariables.") {
        Some(name) => matched.place.stage.variables.get(name).cloned(),
        None => Context::from(matched).value(name.strip_prefix("context.")?),
    }
}

/// The values of a header, with commas between them.
fn joined(headers: &Headers, name: &str) -> Option<String> {
    let name = name.to_ascii_lowercase();
    let found: Vec<_> = values(headers, &name).map(|value| String::from_utf8_lossy(value)).collect();
    (!found.is_empty()).then(|| found.join(","))
}

/// A body, or what stands at `.a.b[0]` of its JSON.
fn in_body(body: &[u8], path: &str) -> Option<String> {
    if path.is_empty() {
        return Some(String::from_utf8_lossy(body).into_owned());
    }
    let json: Value = serde_json::from_slice(&body[..body.len().min(LOOKED_INTO)]).ok()?;
    let mut value = &json;
    for part in path.split(['.', '[']).filter(|part| !part.is_empty()) {
        value = match part.strip_suffix(']') {
            Some(index) => value.get(index.parse::<usize>().ok()?)?,
            None => value.get(part)?,
        };
    }
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}

/// Overwriting with nothing takes the caller's value away, too: an integration must be able to trust what is written
/// here. What cannot stand in a header is nothing.
fn change_header(headers: &mut Headers, verb: &str, name: &str, value: Option<String>) {
    let name = name.to_ascii_lowercase();
    let value = value.filter(|value| value.bytes().all(|byte| byte == b'\t' || !byte.is_ascii_control()));
    match (verb, value) {
        ("append", Some(value)) => {
            let value = joined(headers, &name).map_or(value.clone(), |before| format!("{before},{value}"));
            change_header(headers, "overwrite", &name, Some(value));
        }
        ("append", None) => {}
        (_, value) => {
            headers.retain(|(found, _)| *found != name);
            headers.extend(value.filter(|_| verb == "overwrite").map(|value| (name, value.into())));
        }
    }
}

/// What stays of the query stays as it came.
fn change_query(query: &mut Option<String>, verb: &str, name: &str, value: Option<String>) {
    let is_other = |part: &&str| decoded(part.split('=').next().unwrap_or_default()) != name;
    let mut text = query.take().unwrap_or_default();
    if verb != "append" {
        let parts = text.split('&').filter(|part| !part.is_empty());
        text = parts.filter(is_other).collect::<Vec<_>>().join("&");
    }
    if let Some(value) = value.filter(|_| verb != "remove") {
        push(&mut text, name, &value);
    }
    *query = (!text.is_empty()).then_some(text);
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::invoke::scene::Scene;

    /// What the parameters make of a `POST /prod/pets/a%2Fb?x=1&x=2&y=%26` with headers and a JSON body.
    fn check(parameters: Value, expected: &str) {
        let mut scene = Scene::new("http://127.0.0.1:1/base");
        scene.call.headers.extend([("x-a".to_owned(), "1".into()), ("x-a".to_owned(), "2".into())]);
        scene.call.query = Some("x=1&x=2&y=%26".to_owned());
        scene.call.body = Bytes::from_static(b"{\"a\":{\"b\":[\"c\",7]},\"n\":null}");
        scene.integration.request_parameters = serde_json::from_value(parameters.clone()).unwrap();
        let mut draft = Draft {
            path: "/base".to_owned(),
            query: scene.call.query.clone(),
            headers: scene.call.headers.iter().filter(|(name, _)| name.starts_with("x-")).cloned().collect(),
        };
        request(&scene.matched(), &scene.integration, &mut draft);
        let headers =
            draft.headers.iter().map(|(name, value)| format!(" {name}={}", String::from_utf8_lossy(value)));
        let found =
            format!("{}?{}{}", draft.path, draft.query.unwrap_or_default(), headers.collect::<String>());
        assert_eq!(found, expected, "{parameters}");
    }

    #[test]
    fn requests() {
        let same = "/base?x=1&x=2&y=%26 x-a=1 x-a=2";
        check(json!({}), same);
        check(json!({ "append:header.X-A": "3" }), "/base?x=1&x=2&y=%26 x-a=1,2,3");
        check(json!({ "append:header.x-b": "$request.header.X-a" }), &format!("{same} x-b=1,2"));
        check(json!({ "overwrite:header.x-a": "${request.querystring.x}!" }), "/base?x=1&x=2&y=%26 x-a=1,2!");
        check(json!({ "remove:header.x-a": "''" }), "/base?x=1&x=2&y=%26");
        check(json!({ "overwrite:querystring.x": "a&b=c d" }), "/base?y=%26&x=a%26b%3Dc+d x-a=1 x-a=2");
        check(
            json!({ "append:querystring.x": "$request.querystring.y" }),
            "/base?x=1&x=2&y=%26&x=%26 x-a=1 x-a=2",
        );
        check(json!({ "remove:querystring.x": "" }), "/base?y=%26 x-a=1 x-a=2");
        check(json!({ "overwrite:header.x-a": "$request.body.a.b[0]" }), "/base?x=1&x=2&y=%26 x-a=c");
        check(
            json!({ "overwrite:header.x-a": "$request.body.a" }),
            "/base?x=1&x=2&y=%26 x-a={\"b\":[\"c\",7]}",
        );
        check(
            json!({ "overwrite:header.x-a": "$context.authorizer.claims.sub" }),
            "/base?x=1&x=2&y=%26 x-a=jane",
        );
        check(json!({ "overwrite:header.x-a": "$context.stage/" }), "/base?x=1&x=2&y=%26");
        check(json!({ "overwrite:header.x-a": "${context.stage}/" }), "/base?x=1&x=2&y=%26 x-a=prod/");
        check(json!({ "overwrite:header.x-a": "$stageVariables.color" }), "/base?x=1&x=2&y=%26 x-a=red");
        check(json!({ "overwrite:header.x-a": "$request.path.id" }), "/base?x=1&x=2&y=%26 x-a=a/b");
    }

    #[test]
    fn what_has_no_value_leaves_nothing_of_the_callers() {
        for nothing in
            ["$context.authorizer.claims.role", "$request.body.n", "$request.header.x-c", "$context.odd"]
        {
            check(json!({ "overwrite:header.x-a": nothing }), "/base?x=1&x=2&y=%26");
            check(json!({ "overwrite:querystring.x": nothing }), "/base?y=%26 x-a=1 x-a=2");
            check(json!({ "append:header.x-a": nothing }), "/base?x=1&x=2&y=%26 x-a=1 x-a=2");
        }
        check(json!({ "overwrite:header.x-a": "a\r\nx-b: c" }), "/base?x=1&x=2&y=%26");
    }

    #[test]
    fn paths() {
        let rest = "?x=1&x=2&y=%26 x-a=1 x-a=2";
        check(json!({ "overwrite:path": "$request.path" }), &format!("/pets/a%2Fb{rest}"));
        check(json!({ "overwrite:path": "/v2/${request.path.id}" }), &format!("/v2/a%2Fb{rest}"));
        check(json!({ "overwrite:path": "static" }), &format!("/static{rest}"));
        check(json!({ "overwrite:path": "/q/${request.querystring.y}?" }), &format!("/q/&%3F{rest}"));
        check(
            json!({ "overwrite:path": "/q/${request.body}" }),
            &format!("/q/%7B%22a%22:%7B%22b%22:[%22c%22,7]%7D,%22n%22:null%7D{rest}"),
        );
    }

    #[tokio::test]
    async fn answers() {
        let mut scene = Scene::new("http://127.0.0.1:1/");
        let changes = json!({ "200": {
            "append:header.x-a": "${response.header.x-a}-${context.apiId}",
            "overwrite:header.x-b": "$response.body.code",
            "remove:header.x-c": "''",
            "overwrite:statuscode": "201",
        } });
        scene.integration.response_parameters = serde_json::from_value(changes).unwrap();
        let given = |status| Answer {
            status,
            headers: [("x-a", "1"), ("x-b", "2"), ("x-c", "3")]
                .map(|(name, value)| (name.to_owned(), value.into()))
                .into(),
            body: Body::Stream(
                futures_util::stream::iter(["{\"code\"", ":7}"].map(|part| Ok(part.into()))).boxed(),
            ),
        };
        let changed = answer(&scene.matched(), &scene.integration, given(200)).await.ok().unwrap();
        let headers: Vec<_> = changed.headers.iter().map(|(name, value)| (&**name, &**value)).collect();
        assert_eq!((changed.status, headers), (201, vec![("x-a", &b"1,1-api0000001"[..]), ("x-b", b"7")]));
        assert!(matches!(changed.body, Body::Whole(body) if body == "{\"code\":7}"));
        let other = answer(&scene.matched(), &scene.integration, given(404)).await.ok().unwrap();
        assert_eq!((other.status, other.headers.len()), (404, 3));
    }
}
