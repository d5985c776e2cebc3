//! Targets at the port: real programs and real sockets.

mod command;
mod http;
mod map;

use std::time::Duration;

use serde_json::{Value, json};

use super::{ArnPattern, FunctionMap, Target, Unmapped};
use crate::ports::{InvokeError, Triggers as _};

const ARN: &str = "arn:aws:lambda:us-east-1:000000000000:function:greet";

/// A map with one target for everything.
fn map(target: Target) -> FunctionMap {
    FunctionMap::new(vec![(ArnPattern::new("*"), target)], Unmapped::Refuse)
}

fn event(name: &str) -> Value {
    json!({ "version": "1", "userName": name, "request": {}, "response": {} })
}

/// What came of a call, in words.
fn shown(answer: Result<Option<Value>, InvokeError>) -> String {
    match answer {
        Ok(Some(answer)) => answer.to_string(),
        Ok(None) => "skipped".to_owned(),
        Err(error) => error.to_string(),
    }
}

/// Calls with a patience that is shorter than Cognito's where a test waits for its end.
async fn call(map: &FunctionMap, name: &str, patience: Duration) -> String {
    shown(map.invoke(ARN, &event(name), patience).await)
}

/// Long enough for any program on a busy machine.
const LONG: Duration = Duration::from_secs(60);
