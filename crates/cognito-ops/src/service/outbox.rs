//! The outbox: messages that would have been mailed or sent by SMS, kept to be read by tests and people.

use std::sync::Arc;
use std::time::Duration;

use cognito_core::message::{self, Message};
use cognito_core::pool::Pool;
use cognito_core::{Kind, Time};
use cognito_store::IndexRange;
use serde_json::{Value, json};
use tokio::sync::Notify;
use tokio::time::{Instant, timeout_at};

use crate::app::Inner;
use crate::errors::Reply;

/// Which messages.
#[derive(Clone, Debug, Default)]
pub struct MessageQuery {
    /// Of this pool.
    pub user_pool_id: Option<String>,
    /// To the user with this name: any name that the user could sign in with.
    pub username: Option<String>,
    /// To this address.
    pub to: Option<String>,
}

/// Wakes those who wait for a message.
#[derive(Default)]
pub(crate) struct Outbox {
    arrived: Notify,
}

impl Outbox {
    /// Says that messages were committed.
    pub(crate) fn announce(&self) {
        self.arrived.notify_waiters();
    }
}

/// The most messages of one answer.
const MOST: usize = 100;
/// How many messages one step looks through.
const STEP: usize = 200;
/// How often a waiting caller looks for messages of other replicas.
const POLL: Duration = Duration::from_millis(250);

/// The messages of a query, newest first, as a JSON array. Without any it waits for one.
pub(crate) async fn messages(app: &Inner, query: &MessageQuery, wait: Duration) -> Reply<String> {
    let deadline = Instant::now() + wait;
    loop {
        let arrived = app.outbox.arrived.notified();
        let found = find(app, query).await?;
        if !found.is_empty() || Instant::now() >= deadline {
            return Ok(Value::Array(found).to_string());
        }
        let next_look = deadline.min(Instant::now() + POLL);
        // Whether a message or the time for a look came first makes no difference.
        let _ = timeout_at(next_look, arrived).await;
    }
}

async fn find(app: &Inner, query: &MessageQuery) -> Reply<Vec<Value>> {
    let now = app.ports.clock.now();
    let name = match (&query.user_pool_id, &query.username) {
        (Some(pool_id), Some(name)) => match app.store.get::<Pool>(pool_id, now).await? {
            Some(pool) => Some(pool.case().fold(name)),
            None => return Ok(Vec::new()),
        },
        (None, name) => name.clone(),
        (_, None) => None,
    };
    let range = match &query.user_pool_id {
        Some(pool_id) => IndexRange::prefix(Kind::Message, message::BY_POOL, format!("{pool_id}/")),
        None => IndexRange::prefix(Kind::Message, message::BY_TIME, ""),
    };
    let mut found = Vec::new();
    let mut after = None;
    loop {
        let page = app.store.scan::<Message>(range.clone().descending().after(after), STEP, now).await?;
        let wanted = page.0.iter().filter(|message| matches(message, name.as_deref(), query.to.as_deref()));
        found.extend(wanted.take(MOST - found.len()).map(view));
        match page.1 {
            Some(cursor) if found.len() < MOST => after = Some(cursor),
            _ => return Ok(found),
        }
    }
}

fn matches(message: &Arc<Message>, name: Option<&str>, to: Option<&str>) -> bool {
    let named = |name: &str| message.username == name || message.names.iter().any(|own| own == name);
    name.is_none_or(named) && to.is_none_or(|to| message.destination == to)
}

fn view(message: &Arc<Message>) -> Value {
    json!({
        "id": message.id,
        "user_pool_id": message.user_pool_id,
        "username": message.username,
        "medium": message.medium,
        "destination": message.destination,
        "subject": message.subject,
        "body": message.body,
        "code": message.code,
        "trigger_source": message.trigger_source,
        "sent_at": rfc3339(message.sent_at),
    })
}

/// A moment as RFC 3339, with milliseconds, in UTC.
fn rfc3339(time: Time) -> String {
    jiff::Timestamp::from_millisecond(time.0).map_or_else(|_| time.0.to_string(), |at| format!("{at:.3}"))
}
