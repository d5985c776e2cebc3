//! Reading what is kept for tests and people, newest first: messages, and calls of functions.

use std::sync::Arc;
use std::time::Duration;

use cognito_core::{Entity, Time};
use cognito_store::{IndexRange, Store};
use serde_json::Value;
use tokio::sync::Notify;
use tokio::time::{Instant, timeout_at};

use crate::errors::Reply;

/// The most entries of one answer.
const MOST: usize = 100;
/// How many entries one step looks through.
const STEP: usize = 200;
/// How often a waiting caller looks for entries of other replicas.
const POLL: Duration = Duration::from_millis(250);

/// What `find` finds, as a JSON array. While it finds nothing, and until the time is over, it is asked again: when
/// something arrived, and now and then.
pub(crate) async fn look(
    arrived: &Notify,
    wait: Duration,
    find: impl AsyncFn() -> Reply<Vec<Value>>,
) -> Reply<String> {
    let deadline = Instant::now() + wait;
    loop {
        let next = arrived.notified();
        let found = find().await?;
        if !found.is_empty() || Instant::now() >= deadline {
            return Ok(Value::Array(found).to_string());
        }
        let next_look = deadline.min(Instant::now() + POLL);
        // Whether an entry or the time for a look came first makes no difference.
        let _ = timeout_at(next_look, next).await;
    }
}

/// The newest entities of a range that match.
pub(crate) async fn newest<E: Entity>(
    store: &Store,
    range: IndexRange,
    now: Time,
    matches: impl Fn(&E) -> bool,
) -> Reply<Vec<Arc<E>>> {
    let mut found = Vec::new();
    let mut after = None;
    loop {
        let page = store.scan::<E>(range.clone().descending().after(after), STEP, now).await?;
        let wanted = page.0.into_iter().filter(|entity| matches(entity));
        found.extend(wanted.take(MOST - found.len()));
        match page.1 {
            Some(cursor) if found.len() < MOST => after = Some(cursor),
            _ => return Ok(found),
        }
    }
}

/// A moment as RFC 3339, with milliseconds, in UTC.
pub(crate) fn rfc3339(time: Time) -> String {
    jiff::Timestamp::from_millisecond(time.0).map_or_else(|_| time.0.to_string(), |at| format!("{at:.3}"))
}
