//! A tab of a browser that is in the middle of something: between two pages, or away at an identity provider.

use std::collections::BTreeMap;

use cognito_api::wire;
use serde::{Deserialize, Serialize};

use super::authorize::AuthorizationRequest;
use crate::entity::{Entity, Kind};
use crate::time::{Span, Time};

/// How long the next step may take.
pub const VALIDITY: Span = Span::minutes(5);

/// The parameter of our own that names it in the URL of a page.
pub const PARAMETER: &str = "interaction";

/// What a tab of a browser is in the middle of. Its name, which nobody guesses, stands in the URL of the tab: so tabs do
/// not get in each other's way, and a link that does not name it leaves it behind. The name is worth nothing without the
/// cookie of the browser.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Interaction {
    /// The pool.
    pub pool_id: String,
    /// SHA-256 of cookie and name in hexadecimal.
    pub hash: String,
    /// What the app asked for.
    pub request: AuthorizationRequest,
    /// Where it is.
    pub stage: Stage,
    /// When it ends.
    pub expires: Time,
}

/// Where a tab is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Stage {
    /// At a page that a form has led to.
    Page {
        /// The page.
        step: Step,
        /// The name as typed.
        username: String,
        /// What the form did.
        notice: Option<Notice>,
    },
    /// Before a challenge of the sign-in machine.
    Challenge {
        /// The challenge.
        challenge: Challenge,
        /// What the answer before did.
        notice: Option<Notice>,
    },
    /// Away at an identity provider.
    Federation(Federation),
}

/// A page that a form can lead to, other than that of a challenge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Step {
    /// The sign-in.
    SignIn,
    /// The code of a registration.
    Confirm,
    /// Whose password is forgotten.
    ForgotPassword,
    /// The code and the new password.
    ConfirmForgotPassword,
}

/// What happened before a page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Notice {
    /// A refusal, in AWS's words.
    Refused(String),
    /// The two new passwords are not the same.
    PasswordsDiffer,
    /// A code was sent, to this masked address.
    CodeSent(Option<String>),
    /// The registration is confirmed.
    Confirmed,
    /// The password is replaced.
    PasswordChanged,
    /// The sign-in took too long, or was ended elsewhere.
    Expired,
}

/// A challenge that waits for its answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Challenge {
    /// Its name.
    pub name: wire::ChallengeNameType,
    /// The `Session`, which the browser never sees.
    pub session: String,
    /// The user.
    pub username: String,
    /// What the page shows of it.
    pub parameters: BTreeMap<String, String>,
    /// The first factors to choose from.
    pub available: Vec<wire::ChallengeNameType>,
}

/// What an identity provider's answer must fit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Federation {
    /// The name of the provider.
    pub provider: String,
    /// The `state`, or the RelayState of SAML.
    pub state: String,
    /// The `nonce`.
    pub nonce: String,
    /// The PKCE verifier.
    pub verifier: String,
    /// How many seconds ago the user may have signed in there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_age: Option<u32>,
}

impl Interaction {
    /// The record key.
    pub fn key_of(pool_id: &str, hash: &str) -> String {
        format!("{pool_id}/{hash}")
    }
}

impl Entity for Interaction {
    const KIND: Kind = Kind::Interaction;

    fn key(&self) -> String {
        Self::key_of(&self.pool_id, &self.hash)
    }

    fn expires(&self) -> Option<Time> {
        Some(self.expires)
    }
}
