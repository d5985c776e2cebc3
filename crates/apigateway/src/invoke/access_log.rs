//! The access log of a stage: a line for each call, in the format that its owner chose.
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-logging.html>
//!
//! There is no CloudWatch here: whatever destination is configured, the lines go to the server's log. Nothing that can
//! be named is a header but `User-Agent`, a query or a body, so no line holds a token.

use super::call::{Answer, Body, Claims, Refusal, values};
use super::context::Context;
use crate::model::Route;

/// The target of the lines, for filters such as `--log warn,awsemu::gateway=info`.
const TARGET: &str = "awsemu::gateway";

/// What happened to a call on its way.
#[derive(Default)]
pub(super) struct Trail<'a> {
    /// The route that took it.
    pub(super) route: Option<&'a Route>,
    /// What its token said.
    pub(super) claims: Option<Claims>,
    /// What its integration answered, and after how many milliseconds.
    pub(super) integration: Option<(Option<u16>, u128)>,
    /// Why it was refused.
    pub(super) refusal: Option<Refusal>,
}

/// Writes the line of a call that was answered after so many milliseconds, if its stage has a format.
pub(super) fn write(context: Context<'_>, trail: &Trail<'_>, answer: &Answer, latency: u128) {
    let settings = context.place.stage.access_log.as_ref();
    let Some(format) = settings.and_then(|settings| settings.format.as_deref()) else { return };
    if !tracing::enabled!(target: TARGET, tracing::Level::INFO) {
        return;
    }
    let line = line(format, |name| of_outcome(name, trail, answer, latency).or_else(|| context.value(name)));
    tracing::info!(target: TARGET, "{line}");
}

/// A format with its variables filled in; `-` stands for what has no value.
fn line(format: &str, value: impl Fn(&str) -> Option<String>) -> String {
    let mut line = String::with_capacity(2 * format.len());
    let mut rest = format;
    while let Some((text, behind)) = rest.split_once("$context.") {
        let is_name = |char: char| char.is_ascii_alphanumeric() || char == '_' || char == '.';
        let end = behind.find(|char| !is_name(char)).unwrap_or(behind.len());
        let name = behind[..end].trim_end_matches('.');
        line.push_str(text);
        line.push_str(&value(name).map_or_else(|| "-".to_owned(), |value| escaped(&value)));
        rest = &behind[name.len()..];
    }
    (line + rest).replace(['\r', '\n'], " ")
}

/// A value can end neither its line nor the JSON text that it stands in.
fn escaped(value: &str) -> String {
    let mut escaped = String::with_capacity(value.len());
    for char in value.chars() {
        match char {
            '"' | '\\' => escaped.extend(['\\', char]),
            _ if char.is_control() => escaped.push_str(&format!("\\u{:04x}", u32::from(char))),
            _ => escaped.push(char),
        }
    }
    escaped
}

/// What is known only when a call is answered.
fn of_outcome(name: &str, trail: &Trail<'_>, answer: &Answer, latency: u128) -> Option<String> {
    let refusal = trail.refusal.as_ref();
    match name {
        "status" => Some(answer.status.to_string()),
        "responseLength" => length(answer),
        "responseLatency" => Some(latency.to_string()),
        "integration.status" | "integrationStatus" => Some(trail.integration?.0?.to_string()),
        "integration.latency" | "integrationLatency" => Some(trail.integration?.1.to_string()),
        "integrationErrorMessage" | "integration.error" => refusal?.integration_error.clone(),
        "authorizer.error" => refusal?.authorizer_error.clone(),
        "error.message" | "error.messageString" => Some(refusal?.message.to_owned()),
        "error.responseType" => Some(response_type(refusal?.status).to_owned()),
        _ => None,
    }
}

fn length(answer: &Answer) -> Option<String> {
    match &answer.body {
        Body::Whole(body) => Some(body.len().to_string()),
        Body::Stream(_) => {
            let length = values(&answer.headers, "content-length").next()?;
            Some(String::from_utf8_lossy(length).into_owned())
        }
    }
}

/// AWS's kinds of refusals; which one HTTP APIs write when is unverified.
fn response_type(status: u16) -> &'static str {
    match status {
        401 => "UNAUTHORIZED",
        403 => "ACCESS_DENIED",
        413 => "REQUEST_TOO_LARGE",
        504 => "INTEGRATION_TIMEOUT",
        500 | 503 => "INTEGRATION_FAILURE",
        400..500 => "DEFAULT_4XX",
        _ => "DEFAULT_5XX",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::invoke::scene::Scene;

    #[test]
    fn lines() {
        let scene = Scene::new("http://127.0.0.1:1/");
        let matched = scene.matched();
        let refusal = Refusal {
            authorizer_error: Some("token \"expired\"".to_owned()),
            ..Refusal::unavailable("gone\n")
        };
        let trail = Trail {
            route: Some(&scene.route),
            claims: matched.claims.clone(),
            integration: Some((None, 7)),
            refusal: Some(refusal),
        };
        let answer = Answer::from(&Refusal::unavailable("gone"));
        let check = |format: &str, expected: &str| {
            let context = Context::from(&matched);
            let value = |name: &str| of_outcome(name, &trail, &answer, 12).or_else(|| context.value(name));
            assert_eq!(line(format, value), expected, "{format}");
        };
        check(
            "$context.identity.sourceIp - [$context.requestTime] \"$context.httpMethod $context.routeKey $context.protocol\" $context.status",
            "192.0.2.7 - [07/Jan/2026:09:08:07 +0000] \"POST ANY /pets/{id} HTTP/1.1\" 503",
        );
        check(
            "{\"sub\":\"$context.authorizer.claims.sub\",\"exp\":\"$context.authorizer.claims.exp\",\"no\":\"$context.authorizer.claims\"}",
            "{\"sub\":\"jane\",\"exp\":\"1767780000\",\"no\":\"-\"}",
        );
        check(
            "$context.authorizer.error|$context.integrationErrorMessage",
            "token \\\"expired\\\"|gone\\u000a",
        );
        check(
            "$context.error.message $context.error.responseType",
            "Service Unavailable INTEGRATION_FAILURE",
        );
        check("$context.integrationLatency/$context.responseLatency $context.integrationStatus", "7/12 -");
        check("$context.responseLength $context.path $context.stage.", "33 /prod/pets/a%2Fb prod.");
        check("$context.identity.userAgent\n$context.odd $other", "curl \\\"8\\\" - $other");
        check("$context.requestId-$context.apiId:$context.accountId", "request-1-api0000001:000000000000");
    }
}
