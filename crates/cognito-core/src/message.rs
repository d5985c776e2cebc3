//! Messages that the real service would have mailed or sent by SMS, kept to be read.

use serde::{Deserialize, Serialize};

use crate::delivery::Medium;
use crate::entity::{Entity, IndexEntry, Kind};
use crate::time::{Span, Time};

/// The index of all messages of a pool, by time.
pub const BY_POOL: &str = "message.pool";
/// The index of all messages, by time.
pub const BY_TIME: &str = "message.time";

/// How long messages are kept.
const KEPT: Span = Span::days(7);

/// A message.
#[derive(Clone, Serialize, Deserialize)]
pub struct Message {
    /// A UUID, later than that of a message that the same process sent before.
    pub id: String,
    /// The pool.
    pub user_pool_id: String,
    /// The username of the receiver.
    pub username: String,
    /// Every name that the receiver could sign in with, folded; for look-ups only.
    #[serde(default)]
    pub names: Vec<String>,
    /// The medium.
    pub medium: Medium,
    /// The address in full.
    pub destination: String,
    /// The subject; SMS has none.
    pub subject: Option<String>,
    /// The text.
    pub body: String,
    /// The code or temporary password in it.
    pub code: Option<String>,
    /// What it was sent for, in the terms of the CustomMessage trigger.
    pub trigger_source: String,
    /// When it was sent.
    pub sent_at: Time,
}

impl Entity for Message {
    const KIND: Kind = Kind::Message;

    fn key(&self) -> String {
        format!("{}/{}", self.user_pool_id, self.id)
    }

    fn index(&self) -> Vec<IndexEntry> {
        // Within a millisecond the id decides, so that pages and `wait` see one order.
        let moment = format!("{:016x}/{}", self.sent_at.0, self.id);
        vec![
            IndexEntry::shared(BY_POOL, format!("{}/{moment}", self.user_pool_id)),
            IndexEntry::shared(BY_TIME, moment),
        ]
    }

    fn expires(&self) -> Option<Time> {
        Some(self.sent_at + KEPT)
    }
}
