//! Challenges of the app's own: the rounds so far, and what DefineAuthChallenge makes of them.
//! <https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-challenge.html>

use serde::{Deserialize, Serialize};

/// A challenge that was answered: an entry of the trigger's `session`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Round {
    /// `challengeName`
    pub challenge: String,
    /// `challengeResult`
    pub result: bool,
    /// `challengeMetadata`, as CreateAuthChallenge gave it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metadata: Option<String>,
}

/// What DefineAuthChallenge decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// `issueTokens`
    IssueTokens,
    /// `failAuthentication`, or nothing at all.
    Fail,
    /// `challengeName`
    Challenge(String),
}
