//! `GET /_awsemu/messages`: every e-mail and SMS that would have been sent.

use std::time::Duration;

use actix_web::HttpResponse;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue};
use cognito_ops::{ApiError, MessageQuery};
use tokio::sync::watch;

use crate::answer::JSON;
use crate::backend::Backend;
use crate::{percent, wait};

/// Answers with the messages that the query asks for, newest first. With `wait=10s` it blocks until there is one; a
/// stop of the server ends the wait.
pub(crate) async fn answer<B: Backend>(
    backend: &B,
    query: &str,
    mut stopping: watch::Receiver<bool>,
) -> Result<HttpResponse, ApiError> {
    let (query, wait) = parse(query)?;
    let messages = tokio::select! {
        biased;
        messages = backend.messages(&query, wait) => messages,
        _ = stopping.wait_for(|stopping| *stopping) => backend.messages(&query, Duration::ZERO).await,
    }?;
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, JSON))
        .insert_header((CACHE_CONTROL, HeaderValue::from_static("no-store")))
        .body(messages))
}

/// Reads the parameters. A `+` is itself (numbers and addresses have them, none of the values has a blank).
fn parse(query: &str) -> Result<(MessageQuery, Duration), ApiError> {
    let mut parsed = MessageQuery { user_pool_id: None, username: None, to: None };
    let mut waiting = Duration::ZERO;
    for parameter in query.split('&').filter(|parameter| !parameter.is_empty()) {
        let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
        let value = String::from_utf8(percent::decode(value))
            .map_err(|_| ApiError::bad_tool_request("A query parameter is not UTF-8."))?;
        match name {
            "user_pool_id" => parsed.user_pool_id = given(value),
            "username" => parsed.username = given(value),
            "to" => parsed.to = given(value),
            "wait" => {
                let message = "The parameter wait must be like 10s, 500ms or 10.";
                waiting = wait::parse(&value).ok_or(ApiError::bad_tool_request(message))?;
            }
            _ => {
                let message = "The query parameters are user_pool_id, username, to and wait.";
                return Err(ApiError::bad_tool_request(message));
            }
        }
    }
    Ok((parsed, waiting))
}

/// An empty value is none, so that scripts may leave variables empty.
fn given(value: String) -> Option<String> {
    Some(value).filter(|value| !value.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

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
            assert!(parse(query).is_err(), "{query}");
        }
    }

    fn check(query: &str, expected: &str) {
        let (parsed, wait) = parse(query).unwrap();
        let found = format!("{:?} {:?} {:?} {wait:?}", parsed.user_pool_id, parsed.username, parsed.to);
        assert_eq!(found, expected, "{query}");
    }
}
