//! The decision about a second factor. Source: `auth-flows` 4.6 of the specification.

use cognito_api::wire;

use crate::mfa::Factor;
use crate::pool::Pool;
use crate::user::User;

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
