//! The recorder: every call of a Lambda function, kept to be read by tests and people.
//!
//! It stands around whatever [`Triggers`] the service was opened with. A call waits for its function, never for the
//! record: that is written afterwards, many in one commit, and left out when there are too many.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use cognito_core::trigger_call::{self, CallOutcome, TriggerCall};
use cognito_core::{Entity as _, Kind, Span};
use cognito_store::{IndexRange, Store};
use serde_json::{Value, json};
use tokio::sync::Notify;
use tokio::time::Instant;

use crate::errors::Reply;
use crate::ports::{Clock, InvokeError, Triggers};
use crate::service::journal;

/// The most calls that wait to be written.
const WAITING: usize = 500;
/// The most calls of this process that are kept.
const KEPT: usize = 2_000;

/// Which calls.
#[derive(Clone, Debug, Default)]
pub struct TriggerQuery {
    /// For this pool.
    pub user_pool_id: Option<String>,
    /// On this occasion, such as `PreSignUp_SignUp`; `PreSignUp` is all of the trigger.
    pub source: Option<String>,
}

/// The recorder. A clone is the same one.
#[derive(Clone)]
pub(crate) struct Recorder(Arc<State>);

struct State {
    functions: Arc<dyn Triggers>,
    store: Store,
    clock: Arc<dyn Clock>,
    /// Tells the ids of this process from those of others.
    name: String,
    calls: AtomicU64,
    waiting: Mutex<Vec<TriggerCall>>,
    /// The keys of what was written, oldest first. Locked by who writes.
    written: tokio::sync::Mutex<VecDeque<String>>,
    arrived: Notify,
}

impl Recorder {
    /// The recorder around these functions; the name is random.
    pub(crate) fn new(
        functions: Arc<dyn Triggers>,
        store: Store,
        clock: Arc<dyn Clock>,
        name: [u8; 6],
    ) -> Self {
        Self(Arc::new(State {
            functions,
            store,
            clock,
            name: name.iter().map(|byte| format!("{byte:02x}")).collect(),
            calls: AtomicU64::new(0),
            waiting: Mutex::default(),
            written: tokio::sync::Mutex::default(),
            arrived: Notify::new(),
        }))
    }

    /// The calls of a query, newest first, as a JSON array. Without any it waits for one.
    pub(crate) async fn calls(&self, query: &TriggerQuery, wait: Duration) -> Reply<String> {
        journal::look(&self.0.arrived, wait, async || self.find(query).await).await
    }

    async fn find(&self, query: &TriggerQuery) -> Reply<Vec<Value>> {
        self.write().await;
        let range = match &query.user_pool_id {
            Some(pool_id) => {
                IndexRange::prefix(Kind::TriggerCall, trigger_call::BY_POOL, format!("{pool_id}/"))
            }
            None => IndexRange::prefix(Kind::TriggerCall, trigger_call::BY_TIME, ""),
        };
        let wanted = |call: &TriggerCall| query.source.as_deref().is_none_or(|source| call.is_for(source));
        let calls = journal::newest(&self.0.store, range, self.0.clock.now(), wanted).await?;
        Ok(calls.iter().map(|call| view(call)).collect())
    }

    /// The functions themselves, whose calls are not recorded.
    pub(crate) fn functions(&self) -> &Arc<dyn Triggers> {
        &self.0.functions
    }

    async fn call(
        &self,
        arn: String,
        event: Value,
        patience: Duration,
    ) -> Result<Option<Value>, InvokeError> {
        let started = Instant::now();
        let called_at = self.0.clock.now();
        let number = self.0.calls.fetch_add(1, Ordering::Relaxed);
        let answer = self.0.functions.invoke(&arn, &event, patience).await;
        let member = |name: &str| event[name].as_str().unwrap_or_default().to_owned();
        let call = TriggerCall {
            id: format!("{}-{number:010}", self.0.name),
            user_pool_id: member("userPoolId"),
            trigger_source: member("triggerSource"),
            function_arn: arn,
            outcome: match &answer {
                Ok(Some(answer)) => CallOutcome::Answered(answer.clone()),
                Ok(None) => CallOutcome::Skipped,
                Err(error) => CallOutcome::Failed(error.to_string()),
            },
            event,
            called_at,
            duration: Span(i64::try_from(started.elapsed().as_millis()).unwrap_or(i64::MAX)),
        };
        self.keep(call.fit_to_keep());
        answer
    }

    fn keep(&self, call: TriggerCall) {
        let mut waiting = self.waiting();
        if waiting.len() < WAITING {
            waiting.push(call);
            let recorder = self.clone();
            tokio::spawn(async move { recorder.write().await });
        }
    }

    /// Writes the calls that wait, and deletes the oldest ones of this process if they are too many.
    async fn write(&self) {
        let mut written = self.0.written.lock().await;
        let calls = std::mem::take(&mut *self.waiting());
        if calls.is_empty() {
            return;
        }
        written.extend(calls.iter().map(|call| call.key()));
        let surplus = written.len().saturating_sub(KEPT);
        let gone: Vec<String> = written.drain(..surplus).collect();
        if let Err(error) = self.0.store.append(self.0.clock.now(), &calls, &gone).await {
            tracing::warn!("failed to record calls of functions: {error}");
        }
        self.0.arrived.notify_waiters();
    }

    fn waiting(&self) -> MutexGuard<'_, Vec<TriggerCall>> {
        self.0.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Triggers for Recorder {
    async fn invoke(
        &self,
        arn: &str,
        event: &Value,
        patience: Duration,
    ) -> Result<Option<Value>, InvokeError> {
        let (recorder, arn, event) = (self.clone(), arn.to_owned(), event.clone());
        // In a task of its own, so that a call is ended and recorded also if the client goes away meanwhile.
        let call = tokio::spawn(async move { recorder.call(arn, event, patience).await });
        call.await.unwrap_or_else(|error| match error.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            Err(_) => Err(InvokeError::Failed("ServiceException".to_owned())),
        })
    }
}

fn view(call: &TriggerCall) -> Value {
    let (outcome, answer, error) = match &call.outcome {
        CallOutcome::Answered(answer) => ("answered", Some(answer), None),
        CallOutcome::Failed(error) => ("failed", None, Some(error)),
        CallOutcome::Skipped => ("skipped", None, None),
    };
    json!({
        "id": call.id,
        "user_pool_id": call.user_pool_id,
        "trigger_source": call.trigger_source,
        "function_arn": call.function_arn,
        "event": call.event,
        "outcome": outcome,
        "answer": answer,
        "error": error,
        "called_at": journal::rfc3339(call.called_at),
        "duration_ms": call.duration.0,
    })
}

#[cfg(test)]
mod tests {
    use cognito_core::Time;
    use cognito_store::SqliteEngine;

    use super::*;

    /// Answers with the event's `answer`.
    struct Echo;

    #[async_trait]
    impl Triggers for Echo {
        async fn invoke(
            &self,
            _arn: &str,
            event: &Value,
            _patience: Duration,
        ) -> Result<Option<Value>, InvokeError> {
            match &event["answer"] {
                Value::Null => Ok(None),
                Value::String(error) => Err(InvokeError::Function(error.clone())),
                answer => Ok(Some(answer.clone())),
            }
        }
    }

    struct Noon;

    impl Clock for Noon {
        fn now(&self) -> Time {
            Time(1_767_787_200_000)
        }
    }

    #[tokio::test]
    async fn every_call_is_kept_with_what_came_of_it() {
        let recorder = recorder();
        for answer in [json!({ "a": 1 }), json!("no entry"), Value::Null] {
            let event = event("us-east-1_a", "PreSignUp_SignUp", &answer);
            let given = recorder.invoke("arn:f", &event, Duration::ZERO).await;
            assert_eq!(given, Echo.invoke("arn:f", &event, Duration::ZERO).await);
        }
        let calls = calls(&recorder, None, None).await;
        let outcomes: Vec<_> =
            calls.iter().map(|call| (&call["outcome"], &call["answer"], &call["error"])).collect();
        let (a, null) = (json!({ "a": 1 }), Value::Null);
        assert_eq!(
            outcomes,
            [
                (&json!("skipped"), &null, &null),
                (&json!("failed"), &null, &json!("the function failed: no entry")),
                (&json!("answered"), &a, &null),
            ]
        );
        assert_eq!(calls[2]["event"], event("us-east-1_a", "PreSignUp_SignUp", &a));
        assert_eq!(
            (&calls[2]["function_arn"], &calls[2]["called_at"]),
            (&json!("arn:f"), &json!("2026-01-07T12:00:00.000Z"))
        );
    }

    #[tokio::test]
    async fn queries() {
        let recorder = recorder();
        for (pool, source) in [
            ("p_1", "PreSignUp_SignUp"),
            ("p_1", "TokenGeneration_Authentication"),
            ("p_2", "PreSignUp_AdminCreateUser"),
        ] {
            recorder.invoke("arn:f", &event(pool, source, &json!({})), Duration::ZERO).await.unwrap();
        }
        for (pool, source, expected) in [
            (None, None, 3),
            (Some("p_1"), None, 2),
            (Some("p_"), None, 0),
            (None, Some("PreSignUp"), 2),
            (None, Some("PreSignUp_SignUp"), 1),
            (Some("p_2"), Some("TokenGeneration"), 0),
        ] {
            assert_eq!(calls(&recorder, pool, source).await.len(), expected, "{pool:?} {source:?}");
        }
    }

    #[tokio::test]
    async fn waiting_ends_with_a_call() {
        let recorder = recorder();
        let query = TriggerQuery::default();
        let waiting = recorder.calls(&query, Duration::from_secs(30));
        let calling = async {
            recorder
                .invoke("arn:f", &event("p_1", "PreSignUp_SignUp", &json!({})), Duration::ZERO)
                .await
                .unwrap();
            std::future::pending::<()>().await
        };
        tokio::select! {
            found = waiting => assert!(found.unwrap().contains("PreSignUp_SignUp")),
            () = calling => {}
        }
    }

    #[tokio::test]
    async fn a_flood_leaves_the_newest() {
        let recorder = recorder();
        for number in 0..KEPT + WAITING {
            let event = event("p_1", &format!("Flood_{number}"), &json!({}));
            recorder.invoke("arn:f", &event, Duration::ZERO).await.unwrap();
        }
        assert!(calls(&recorder, None, Some("Flood_0")).await.is_empty());
        let newest = format!("Flood_{}", KEPT + WAITING - 1);
        assert_eq!(calls(&recorder, None, Some(&newest)).await.len(), 1);
        let all = IndexRange::prefix(Kind::TriggerCall, trigger_call::BY_TIME, "");
        let (kept, _) = recorder.0.store.scan::<TriggerCall>(all, 2 * KEPT, Noon.now()).await.unwrap();
        assert_eq!(kept.len(), KEPT);
    }

    fn recorder() -> Recorder {
        let store = Store::new(Arc::new(SqliteEngine::ephemeral().unwrap()));
        Recorder::new(Arc::new(Echo), store, Arc::new(Noon), [7; 6])
    }

    fn event(pool: &str, source: &str, answer: &Value) -> Value {
        json!({ "userPoolId": pool, "triggerSource": source, "answer": answer })
    }

    async fn calls(recorder: &Recorder, pool: Option<&str>, source: Option<&str>) -> Vec<Value> {
        let query = TriggerQuery { user_pool_id: pool.map(str::to_owned), source: source.map(str::to_owned) };
        let text = recorder.calls(&query, Duration::ZERO).await.unwrap();
        serde_json::from_str(&text).unwrap()
    }
}
