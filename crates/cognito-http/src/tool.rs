//! `/_awsemu/messages`, `/_awsemu/triggers`, `/_awsemu/clock` and `/_awsemu/authorize`, for tests and people: what was
//! sent and called, the clock, and what an authorizer would answer.

use std::time::Duration;

use actix_web::http::Method;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, web};
use cognito_ops::{ApiError, MessageQuery, TriggerQuery};
use tokio::sync::watch;

use crate::answer::JSON;
use crate::backend::Backend;
use crate::gate::Gate;
use crate::route::Route;
use crate::{body, percent, wait};

/// The largest body of a change of the clock, in bytes.
const LIMIT: usize = 4096;

/// The largest body of a question to an authorizer, in bytes: tokens have 64 kB at most.
const QUESTION_LIMIT: usize = 128 * 1024;

/// Answers a request that passed the gate.
pub(crate) async fn answer<B: Backend>(
    gate: &Gate<B>,
    route: Route<'_>,
    request: &HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, ApiError> {
    let backend = &gate.backend;
    let query = request.uri().query().unwrap_or_default();
    let json = match (route, request.method()) {
        (Route::Messages, _) => messages(backend, query, gate.stopping.clone()).await,
        (Route::Triggers, _) => triggers(backend, query, gate.stopping.clone()).await,
        (Route::Clock, &Method::POST) => {
            let change = body::read(request.headers(), payload, LIMIT, gate.timeouts.body).await?;
            backend.change_clock(&change).await
        }
        (Route::Clock, _) => backend.clock().await,
        (Route::Authorize, &Method::POST) => {
            let timeout = gate.timeouts.body;
            let question = body::read(request.headers(), payload, QUESTION_LIMIT, timeout).await?;
            backend.verdict(&gate.site(request), &question).await
        }
        _ => Err(ApiError::not_found()),
    }?;
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, JSON))
        .insert_header((CACHE_CONTROL, HeaderValue::from_static("no-store")))
        .body(json))
}

/// Every e-mail and SMS that would have been sent.
async fn messages<B: Backend>(
    backend: &B,
    query: &str,
    stopping: watch::Receiver<bool>,
) -> Result<String, ApiError> {
    let ([user_pool_id, username, to], wait) = parse(query, ["user_pool_id", "username", "to"])?;
    let query = MessageQuery { user_pool_id, username, to };
    found(async |wait| backend.messages(&query, wait).await, wait, stopping).await
}

/// Every call of a Lambda function.
async fn triggers<B: Backend>(
    backend: &B,
    query: &str,
    stopping: watch::Receiver<bool>,
) -> Result<String, ApiError> {
    let ([user_pool_id, source], wait) = parse(query, ["user_pool_id", "source"])?;
    let query = TriggerQuery { user_pool_id, source };
    found(async |wait| backend.trigger_calls(&query, wait).await, wait, stopping).await
}

/// What is found, newest first. With `wait=10s` it blocks until there is something; a stop of the server ends the wait.
async fn found(
    find: impl AsyncFn(Duration) -> Result<String, ApiError>,
    wait: Duration,
    mut stopping: watch::Receiver<bool>,
) -> Result<String, ApiError> {
    tokio::select! {
        biased;
        found = find(wait) => found,
        _ = stopping.wait_for(|stopping| *stopping) => find(Duration::ZERO).await,
    }
}

/// Reads the parameters with these names, and `wait`. An empty value is none, so that scripts may leave variables
/// empty. A `+` is itself (numbers and addresses have them, none of the values has a blank).
fn parse<const N: usize>(query: &str, names: [&str; N]) -> Result<([Option<String>; N], Duration), ApiError> {
    let mut values = [const { None }; N];
    let mut waiting = Duration::ZERO;
    for parameter in query.split('&').filter(|parameter| !parameter.is_empty()) {
        let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
        let value = String::from_utf8(percent::decode(value))
            .map_err(|_| ApiError::bad_tool_request("A query parameter is not UTF-8."))?;
        if name == "wait" {
            let message = "The parameter wait must be like 10s, 500ms or 10.";
            waiting = wait::parse(&value).ok_or(ApiError::bad_tool_request(message))?;
        } else if let Some(place) = names.iter().position(|known| *known == name) {
            values[place] = Some(value).filter(|value| !value.is_empty());
        } else {
            let message = format!("The query parameters are {} and wait.", names.join(", "));
            return Err(ApiError::bad_tool_request(&message));
        }
    }
    Ok((values, waiting))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMES: [&str; 3] = ["user_pool_id", "username", "to"];

    #[test]
    fn queries() {
        check("", "None None None 0ns");
        check("user_pool_id=us-east-1_a&wait=10s", r#"Some("us-east-1_a") None None 10s"#);
        check("to=+4915112345678&username=", r#"None None Some("+4915112345678") 0ns"#);
        check("to=%2B49&username=J%C3%BCrgen", r#"None Some("Jürgen") Some("+49") 0ns"#);
        check("&&username=a%26b%3Dc&", r#"None Some("a&b=c") None 0ns"#);
    }

    #[test]
    fn refusing() {
        for query in ["wait=soon", "wait", "user=a", "username=%ff", "User_Pool_Id=a"] {
            assert!(parse(query, NAMES).is_err(), "{query}");
        }
        let error = parse("user=a", NAMES).unwrap_err();
        assert_eq!(error.message(), "The query parameters are user_pool_id, username, to and wait.");
    }

    fn check(query: &str, expected: &str) {
        let ([user_pool_id, username, to], wait) = parse(query, NAMES).unwrap();
        assert_eq!(format!("{user_pool_id:?} {username:?} {to:?} {wait:?}"), expected, "{query}");
    }
}
