//! The outbox: messages that would have been mailed or sent by SMS, kept to be read by tests and people.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use cognito_core::message::{self, Message};
use cognito_core::pool::Pool;
use cognito_core::{Kind, ids};
use cognito_store::IndexRange;
use serde_json::{Value, json};
use tokio::sync::Notify;

use crate::app::Inner;
use crate::errors::Reply;
use crate::service::journal;

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
    sent: AtomicU32,
}

impl Outbox {
    /// An id for a message, later than those of before: messages of one millisecond keep their order.
    pub(crate) fn id(&self, mut random: [u8; 16]) -> String {
        random[..4].copy_from_slice(&self.sent.fetch_add(1, Ordering::Relaxed).to_be_bytes());
        ids::uuid(random)
    }

    /// Says that messages were committed.
    pub(crate) fn announce(&self) {
        self.arrived.notify_waiters();
    }
}

/// The messages of a query, newest first, as a JSON array. Without any it waits for one.
pub(crate) async fn messages(app: &Inner, query: &MessageQuery, wait: Duration) -> Reply<String> {
    journal::look(&app.outbox.arrived, wait, async || find(app, query).await).await
}

async fn find(app: &Inner, query: &MessageQuery) -> Reply<Vec<Value>> {
    let now = app.now().await?;
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
    let wanted = |message: &Message| matches(message, name.as_deref(), query.to.as_deref());
    let messages = journal::newest(&app.store, range, now, wanted).await?;
    Ok(messages.iter().map(|message| view(message)).collect())
}

fn matches(message: &Message, name: Option<&str>, to: Option<&str>) -> bool {
    let named = |name: &str| message.username == name || message.names.iter().any(|own| own == name);
    name.is_none_or(named) && to.is_none_or(|to| message.destination == to)
}

fn view(message: &Message) -> Value {
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
        "sent_at": journal::rfc3339(message.sent_at),
    })
}
