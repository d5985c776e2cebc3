//! Calls of Lambda functions, kept to be read.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::entity::{Entity, IndexEntry, Kind};
use crate::time::{Span, Time};

/// The index of all calls of a pool, by time.
pub const BY_POOL: &str = "trigger_call.pool";
/// The index of all calls, by time.
pub const BY_TIME: &str = "trigger_call.time";

/// How long calls are kept.
const KEPT: Span = Span::days(1);

/// The longest event or answer, in bytes of JSON, that is kept whole.
const WHOLE: usize = 64 * 1024;
/// How much of a longer one is kept.
const BEGINNING: usize = 1024;

/// A call of a function. Events have codes in them, so it is for the tools only, never for the log.
#[derive(Clone, Serialize, Deserialize)]
pub struct TriggerCall {
    /// Unique, and among the calls of one process in their order.
    pub id: String,
    /// The pool, as the event names it.
    pub user_pool_id: String,
    /// What the function was called for, such as `PreSignUp_SignUp`.
    pub trigger_source: String,
    /// The function.
    pub function_arn: String,
    /// What it was given.
    pub event: Value,
    /// What came of it.
    pub outcome: CallOutcome,
    /// When it was called.
    pub called_at: Time,
    /// How long it took.
    pub duration: Span,
}

/// What came of a call.
#[derive(Clone, Serialize, Deserialize, PartialEq)]
#[serde(rename_all = "snake_case")]
pub enum CallOutcome {
    /// The function answered.
    Answered(Value),
    /// It failed, or could not be called.
    Failed(String),
    /// Nothing stands behind its ARN, and this is passed over.
    Skipped,
}

impl TriggerCall {
    /// Leaves out what is not to be kept: passwords, which UserMigration is given, and what is too long.
    #[must_use]
    pub fn fit_to_keep(mut self) -> Self {
        self.event = fit_to_keep(self.event);
        if let CallOutcome::Answered(answer) = self.outcome {
            self.outcome = CallOutcome::Answered(fit_to_keep(answer));
        }
        self
    }

    /// Whether it was for this occasion: `PreSignUp_SignUp`, or `PreSignUp` for all of them.
    pub fn is_for(&self, source: &str) -> bool {
        let trigger = self.trigger_source.split_once('_').map(|(trigger, _)| trigger);
        self.trigger_source == source || trigger == Some(source)
    }
}

/// The value without a password, or a text with its beginning if it is long. A function answers with the event that it
/// was given, so the password stands in both.
fn fit_to_keep(mut value: Value) -> Value {
    if let Some(password) = value.pointer_mut("/request/password") {
        *password = Value::String("***".to_owned());
    }
    let text = value.to_string();
    if text.len() <= WHOLE {
        return value;
    }
    let beginning = &text[..text.floor_char_boundary(BEGINNING)];
    Value::String(format!("{beginning}... ({} bytes)", text.len()))
}

impl Entity for TriggerCall {
    const KIND: Kind = Kind::TriggerCall;

    fn key(&self) -> String {
        format!("{}/{}", self.user_pool_id, self.id)
    }

    fn index(&self) -> Vec<IndexEntry> {
        // Within a millisecond the id decides.
        let moment = format!("{:016x}/{}", self.called_at.0, self.id);
        vec![
            IndexEntry::shared(BY_POOL, format!("{}/{moment}", self.user_pool_id)),
            IndexEntry::shared(BY_TIME, moment),
        ]
    }

    fn expires(&self) -> Option<Time> {
        Some(self.called_at + KEPT)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_long_is_cut() {
        let long = call(json!({ "name": "ü".repeat(WHOLE) }), json!("ä".repeat(WHOLE))).fit_to_keep();
        let event = long.event.as_str().unwrap();
        assert!(event.starts_with("{\"name\":\"üü") && event.ends_with("ü... (131083 bytes)"), "{event}");
        assert!(event.len() < BEGINNING + 30);
        assert!(
            matches!(long.outcome, CallOutcome::Answered(Value::String(text)) if text.len() < BEGINNING + 30)
        );
        let short = call(json!({ "name": "Jane" }), json!({})).fit_to_keep();
        assert_eq!(short.event, json!({ "name": "Jane" }));
    }

    #[test]
    fn passwords_are_not_kept() {
        let given = json!({ "request": { "password": "Abcdef1!", "validationData": null }, "response": {} });
        let kept = json!({ "request": { "password": "***", "validationData": null }, "response": {} });
        let call = call(given.clone(), given).fit_to_keep();
        assert_eq!(call.event, kept);
        assert!(call.outcome == CallOutcome::Answered(kept));
    }

    #[test]
    fn occasions() {
        let call = call(json!({}), json!({}));
        for (source, expected) in [
            ("PreSignUp_SignUp", true),
            ("PreSignUp", true),
            ("PreSign", false),
            ("SignUp", false),
            ("", false),
        ] {
            assert_eq!(call.is_for(source), expected, "{source}");
        }
    }

    fn call(event: Value, answer: Value) -> TriggerCall {
        TriggerCall {
            id: "1".to_owned(),
            user_pool_id: "us-east-1_a".to_owned(),
            trigger_source: "PreSignUp_SignUp".to_owned(),
            function_arn: "arn".to_owned(),
            event,
            outcome: CallOutcome::Answered(answer),
            called_at: Time(0),
            duration: Span(0),
        }
    }
}
