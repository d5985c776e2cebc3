//! What threat protection records of users: sign-ins, sign-ups, passwords and codes, with what was made of them.
//! <https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pool-settings-adaptive-authentication.html>

use cognito_api::wire;
use serde::{Deserialize, Serialize};

use crate::auth::{First, State};
use crate::entity::{Entity, IndexEntry, Kind};
use crate::time::{Span, Time};

/// The index of the events of a user, by time.
pub const BY_USER: &str = "auth_event.user";

/// How many events of a user are kept, the newest. Our own limit.
pub const KEPT_EVENTS: usize = 200;
/// How long. Our own limit.
const KEPT: Span = Span::days(90);

/// The most answers that an event remembers.
const MAX_ANSWERS: usize = 20;

/// An event.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AuthEvent {
    /// The pool.
    pub pool_id: String,
    /// A UUID; of a sign-in the `event_id` of its tokens.
    pub id: String,
    /// The subject of the user.
    pub sub: String,
    /// What the user did.
    pub kind: wire::EventType,
    /// What came of it.
    pub response: wire::EventResponseType,
    /// The risk that was seen in it.
    pub risk: wire::EventRiskType,
    /// The passwords and second factors that were answered, and whether they were right.
    pub answers: Vec<wire::ChallengeResponseType>,
    /// Where it came from.
    pub context: wire::EventContextDataType,
    /// What was said of it afterwards.
    pub feedback: Option<Feedback>,
    /// Whether its user was told of it.
    #[serde(default)]
    pub notified: bool,
    /// When it began.
    pub created: Time,
}

/// What was said of an event.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Feedback {
    /// Whether the user was the user.
    pub value: wire::FeedbackValueType,
    /// Who said so.
    pub provider: Provider,
    /// When.
    pub date: Time,
}

/// Who says what an event was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Provider {
    /// An administrator.
    Admin,
    /// The user, by a link of a notification.
    User,
}

impl Provider {
    /// The name on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Admin => "Admin",
            Self::User => "User",
        }
    }
}

impl AuthEvent {
    /// An event that has just begun, without a risk.
    pub fn new(
        pool_id: &str,
        sub: &str,
        id: String,
        kind: wire::EventType,
        context: wire::EventContextDataType,
        now: Time,
    ) -> Self {
        Self {
            pool_id: pool_id.to_owned(),
            id,
            sub: sub.to_owned(),
            kind,
            response: wire::EventResponseType::InProgress,
            risk: wire::EventRiskType {
                risk_decision: Some(wire::RiskDecisionType::NoRisk),
                risk_level: None,
                compromised_credentials_detected: Some(false),
            },
            answers: Vec::new(),
            context,
            feedback: None,
            notified: false,
            created: now,
        }
    }

    /// Marks it as one that is taken for an attack.
    pub fn block(&mut self) {
        self.risk.risk_decision = Some(wire::RiskDecisionType::Block);
    }

    /// Remembers how risky it is, if it is.
    pub fn assess(&mut self, level: Option<wire::RiskLevelType>) {
        if level.is_some() {
            self.risk.risk_decision = Some(wire::RiskDecisionType::AccountTakeover);
            self.risk.risk_level = level;
        }
    }

    /// Remembers that its password is compromised.
    pub fn compromise(&mut self) {
        self.risk.compromised_credentials_detected = Some(true);
    }

    /// Remembers an answer to what a sign-in asked, if it was a password or a second factor.
    pub fn answered(&mut self, asked: &State, right: bool) {
        use wire::{ChallengeName as Name, ChallengeResponse as Answer};
        let challenge_name = match asked {
            State::Password | State::Verifier | State::First(First::Password | First::PasswordSrp) => {
                Name::Password
            }
            State::Mfa(_) => Name::Mfa,
            _ => return,
        };
        if self.answers.len() < MAX_ANSWERS {
            let answer = if right { Answer::Success } else { Answer::Failure };
            self.answers.push(wire::ChallengeResponseType {
                challenge_name: Some(challenge_name),
                challenge_response: Some(answer),
            });
        }
    }

    /// The record key.
    pub fn key_of(pool_id: &str, id: &str) -> String {
        format!("{pool_id}/{id}")
    }

    /// The value of [`BY_USER`] up to the moment.
    pub fn user_prefix(pool_id: &str, sub: &str) -> String {
        format!("{pool_id}/{sub}/")
    }
}

impl Entity for AuthEvent {
    const KIND: Kind = Kind::AuthEvent;

    fn key(&self) -> String {
        Self::key_of(&self.pool_id, &self.id)
    }

    fn index(&self) -> Vec<IndexEntry> {
        let prefix = Self::user_prefix(&self.pool_id, &self.sub);
        vec![IndexEntry::shared(BY_USER, format!("{prefix}{:016x}", self.created.0))]
    }

    fn expires(&self) -> Option<Time> {
        Some(self.created + KEPT)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::mfa::Factor;

    fn event() -> AuthEvent {
        let context = wire::EventContextDataType::default();
        AuthEvent::new("p", "sub", "e".to_owned(), wire::EventType::SignIn, context, Time(1))
    }

    #[test]
    fn answers() {
        let check = |asked: State, expected: Value| {
            let mut event = event();
            event.answered(&asked, true);
            event.answered(&asked, false);
            assert_eq!(serde_json::to_value(&event.answers).unwrap(), expected, "{asked:?}");
        };
        let both = |name: &str| {
            let answer = |response: &str| json!({ "ChallengeName": name, "ChallengeResponse": response });
            json!([answer("Success"), answer("Failure")])
        };
        check(State::Password, both("Password"));
        check(State::Verifier, both("Password"));
        check(State::First(First::PasswordSrp), both("Password"));
        check(State::Mfa(Factor::Sms), both("Mfa"));
        check(State::First(First::EmailOtp), json!([]));
        check(State::NewPasswordRequired, json!([]));
        check(State::Custom, json!([]));
    }

    #[test]
    fn guesses_do_not_make_it_grow() {
        let mut event = event();
        (0..100).for_each(|_| event.answered(&State::Mfa(Factor::Sms), false));
        assert_eq!(event.answers.len(), MAX_ANSWERS);
    }
}
