//! What a sign-in has behind it. It travels from challenge to challenge in their sessions.

use serde::{Deserialize, Serialize};

use crate::auth::choice::First;
use crate::auth::custom::Round;
use crate::auth::method::{Level, Method};

/// How a sign-in began.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Flow {
    /// With a password, or the proof of one.
    Password,
    /// With a choice of first factors (USER_AUTH).
    Choice,
    /// With challenges of the app's own (CUSTOM_AUTH).
    Custom,
}

/// A confirmed device of the user that the client named.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownDevice {
    /// Its key.
    pub key: String,
    /// Whether it may stand for a second factor.
    pub remembered: bool,
}

/// What a sign-in has behind it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Journey {
    /// How it began.
    pub flow: Flow,
    /// The first factors that could be chosen from (AvailableChallenges).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub offer: Vec<First>,
    /// What was proven, in that order.
    pub methods: Vec<Method>,
    /// The device that the client named.
    pub device: Option<KnownDevice>,
    /// Whether the device was proven.
    pub device_proven: bool,
    /// Whether a temporary password was replaced.
    pub new_password: bool,
    /// The level of assurance that was asked for.
    pub target: Option<Level>,
    /// The id of the event that it is recorded as, in a pool with threat protection.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event: Option<String>,
    /// The challenges of CUSTOM_AUTH that were answered.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rounds: Vec<Round>,
}

impl Journey {
    /// The beginning of one.
    pub fn new(flow: Flow) -> Self {
        Self {
            flow,
            offer: Vec::new(),
            methods: Vec::new(),
            device: None,
            device_proven: false,
            new_password: false,
            target: None,
            event: None,
            rounds: Vec::new(),
        }
    }

    /// Remembers that something was proven.
    pub(super) fn prove(&mut self, method: Method) {
        if !self.methods.contains(&method) {
            self.methods.push(method);
        }
    }

    /// Remembers that a challenge was answered, if DefineAuthChallenge will want to know.
    pub(super) fn answered(&mut self, challenge: &str, result: bool, metadata: Option<String>) {
        if self.flow == Flow::Custom {
            self.rounds.push(Round { challenge: challenge.to_owned(), result, metadata });
        }
    }
}
