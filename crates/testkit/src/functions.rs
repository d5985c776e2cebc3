//! `Functions`: closures in the place of Lambda functions.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use cognito_ops::{ArnPattern, InvokeError, Triggers};
use serde_json::{Value, json};

use crate::world::merged;

/// The ARN of a function of this name.
pub fn arn(name: &str) -> String {
    format!("arn:aws:lambda:us-east-1:000000000000:function:{name}")
}

type Closure = dyn Fn(Value) -> Result<Value, InvokeError> + Send + Sync;

/// The functions of a test, and the events that they were given.
#[derive(Default)]
pub struct Functions(Mutex<State>);

#[derive(Default)]
struct State {
    functions: Vec<(ArnPattern, Arc<Closure>)>,
    events: Vec<Value>,
}

impl Functions {
    /// From now on `f` answers for the ARNs that match this glob, also where another one did before.
    pub fn answer(&self, arn: &str, f: impl Fn(Value) -> Result<Value, InvokeError> + Send + Sync + 'static) {
        self.with(|state| state.functions.push((ArnPattern::new(arn), Arc::new(f))));
    }

    /// From now on the functions of this name give each event back with this `response`.
    pub fn respond(&self, name: &str, response: Value) {
        self.answer(&arn(name), move |event| Ok(merged(event, json!({ "response": response }))));
    }

    /// Every event so far, in the order in which they came; those for unknown ARNs, too.
    pub fn events(&self) -> Vec<Value> {
        self.with(|state| state.events.clone())
    }

    fn with<T>(&self, f: impl FnOnce(&mut State) -> T) -> T {
        f(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[async_trait]
impl Triggers for Functions {
    async fn invoke(
        &self,
        arn: &str,
        event: &Value,
        _patience: Duration,
    ) -> Result<Option<Value>, InvokeError> {
        let function = self.with(|state| {
            state.events.push(event.clone());
            let found = state.functions.iter().rev().find(|(pattern, _)| pattern.matches(arn));
            found.map(|(_, function)| Arc::clone(function))
        });
        match function {
            Some(function) => function(event.clone()).map(Some),
            None => Err(InvokeError::Failed("ResourceNotFoundException".to_owned())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_last_answer_counts_and_every_event_is_kept() {
        let functions = Functions::default();
        functions.answer("*", |_| Err(InvokeError::TimedOut));
        functions.answer("*:greet", |event| Ok(json!({ "hello": event["name"] })));
        let greeted = functions.invoke("arn:greet", &json!({ "name": "Jane" }), Duration::ZERO).await;
        assert_eq!(greeted, Ok(Some(json!({ "hello": "Jane" }))));
        assert_eq!(
            functions.invoke("arn:other", &json!(1), Duration::ZERO).await,
            Err(InvokeError::TimedOut)
        );
        assert_eq!(functions.events(), [json!({ "name": "Jane" }), json!(1)]);
        let none = Functions::default().invoke("arn:greet", &json!(1), Duration::ZERO).await;
        assert_eq!(none, Err(InvokeError::Failed("ResourceNotFoundException".to_owned())));
    }
}
