//! The decision about a second factor. Source: `auth-flows` 4.6 of the specification.

use cognito_api::wire;
use serde::{Deserialize, Serialize};

use crate::pool::Pool;
use crate::user::User;

/// A second factor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Factor {
    /// A code by SMS.
    Sms,
    /// A code by e-mail.
    Email,
    /// A code of an authenticator app (RFC 6238).
    SoftwareToken,
}

impl Factor {
    /// The name of its challenge.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sms => "SMS_MFA",
            Self::Email => "EMAIL_OTP",
            Self::SoftwareToken => "SOFTWARE_TOKEN_MFA",
        }
    }
}

/// What is decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// No second factor.
    None,
    /// This one.
    Ask(Factor),
    /// One of these, of the user's choice.
    Select(Vec<Factor>),
    /// The user has none and must set one of these up.
    SetUp(Vec<Factor>),
    /// One is needed, and none can be had.
    Impossible,
}

/// Decides whether a second factor is asked after the first.
///
/// Users cannot enrol a factor yet, so what can be decided is whether one must be set up, and which address
/// takes a code. A pool with MFA ON never lets a user through without.
pub fn decide(pool: &Pool, user: &User) -> Decision {
    if pool.settings.mfa != wire::UserPoolMfaType::On {
        return Decision::None;
    }
    let factors = &pool.factors;
    let email = factors.email.is_some() && user.attribute("email").is_some();
    let sms = factors.sms && user.attribute("phone_number").is_some();
    match (email, sms) {
        (true, true) => Decision::Select(vec![Factor::Sms, Factor::Email]),
        (true, false) => Decision::Ask(Factor::Email),
        (false, true) => Decision::Ask(Factor::Sms),
        (false, false) => set_up(pool),
    }
}

/// The factors that can be set up during a sign-in: the authenticator app, and an e-mail address.
fn set_up(pool: &Pool) -> Decision {
    let token = pool.factors.software_token.as_ref().is_some_and(|token| token.enabled == Some(true));
    let mut factors = Vec::new();
    if token {
        factors.push(Factor::SoftwareToken);
    }
    if pool.factors.email.is_some() {
        factors.push(Factor::Email);
    }
    if factors.is_empty() { Decision::Impossible } else { Decision::SetUp(factors) }
}
