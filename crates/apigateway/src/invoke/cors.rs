//! CORS: what the gateway tells browsers about pages of other origins.
//!
//! Where an API has a CORS configuration, that alone counts: what its integrations say of other origins is taken out.

use bytes::Bytes;
use cognito_api::apigatewayv2::Cors;

use super::call::{Answer, Body, Call};

/// The answer to a preflight; `None` if the call is none. An origin that is not allowed learns nothing.
pub(super) fn preflight(cors: &Cors, call: &Call) -> Option<Answer> {
    let asks = call.method == "OPTIONS" && call.header("access-control-request-method").next().is_some();
    if !asks || call.header("origin").next().is_none() {
        return None;
    }
    let mut answer = Answer { status: 204, headers: Vec::new(), body: Body::Whole(Bytes::new()) };
    vary(cors, &mut answer);
    if allow_origin(cors, call, &mut answer) {
        list(&mut answer, "access-control-allow-methods", cors.allow_methods.as_deref());
        list(&mut answer, "access-control-allow-headers", cors.allow_headers.as_deref());
        if let Some(seconds) = cors.max_age {
            answer.set("access-control-max-age", seconds.to_string());
        }
    }
    Some(answer)
}

/// Puts what is configured in the place of what an integration says of other origins.
pub(super) fn apply(cors: &Cors, call: &Call, answer: &mut Answer) {
    answer.headers.retain(|(name, _)| !name.starts_with("access-control-"));
    vary(cors, answer);
    if allow_origin(cors, call, answer) {
        list(answer, "access-control-expose-headers", cors.expose_headers.as_deref());
    }
}

/// Tells caches that answers differ by origin, unless every one is allowed: one without leave must not be kept for a page
/// that has it.
fn vary(cors: &Cors, answer: &mut Answer) {
    if !cors.allow_origins.as_deref().unwrap_or_default().iter().any(|allowed| allowed == "*") {
        answer.headers.push(("vary".to_owned(), Bytes::from_static(b"origin")));
    }
}

/// Allows the origin of a call, if it is one that may be.
fn allow_origin(cors: &Cors, call: &Call, answer: &mut Answer) -> bool {
    let mut origins = call.header("origin");
    let (Some(origin), None) = (origins.next(), origins.next()) else { return false };
    let allowed = cors.allow_origins.as_deref().unwrap_or_default();
    if allowed.iter().any(|allowed| allowed == "*") {
        answer.set("access-control-allow-origin", "*");
    } else if allowed.iter().any(|allowed| covers(allowed, origin)) {
        answer.set("access-control-allow-origin", origin.clone());
    } else {
        return false;
    }
    if cors.allow_credentials == Some(true) {
        answer.set("access-control-allow-credentials", "true");
    }
    true
}

/// An origin itself, or all of a scheme: `https://*`.
fn covers(allowed: &str, origin: &[u8]) -> bool {
    match allowed.strip_suffix("://*") {
        Some(scheme) => {
            let rest = origin.strip_prefix(scheme.as_bytes()).and_then(|rest| rest.strip_prefix(b"://"));
            rest.is_some_and(|rest| !rest.is_empty())
        }
        None => allowed.as_bytes() == origin,
    }
}

fn list(answer: &mut Answer, name: &str, values: Option<&[String]>) {
    if let Some(values) = values.filter(|values| !values.is_empty()) {
        answer.set(name, values.join(","));
    }
}
