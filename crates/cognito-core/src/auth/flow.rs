//! The sign-in machine: `begin` says what is asked first, `step` what comes after an answer.
//!
//! It is pure. What needs the outside (comparing a password costs an exponentiation, a trigger a function call)
//! is done by the caller, who tells the machine the result as an [`Event`].

use serde::{Deserialize, Serialize};

use crate::auth::mfa::{self, Decision};
use crate::auth::new_password::NewPassword;
use crate::client::Client;
use crate::mfa::Factor;
use crate::pool::Pool;
use crate::time::Time;
use crate::user::{Status, User};

/// Who signs in, where.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    /// The pool.
    pub pool: &'a Pool,
    /// The app client.
    pub client: &'a Client,
}

/// What the user is asked. It is kept in the session of the challenge.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum State {
    /// The password, or a proof of it: where every flow of this page begins.
    Password,
    /// NEW_PASSWORD_REQUIRED
    NewPasswordRequired,
    /// MFA_SETUP, with the factors that the pool offers.
    MfaSetup(Vec<Factor>),
    /// The challenge of one factor.
    Mfa(Factor),
    /// SELECT_MFA_TYPE, with the factors to choose from.
    SelectMfa(Vec<Factor>),
}

/// Whether a password, or the proof of it, was right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// It was.
    Right,
    /// It was not.
    Wrong,
}

/// What the user answered.
#[derive(Clone, Debug)]
pub enum Event {
    /// A password was compared.
    Password(Proof),
    /// A new password, hashed already, and required attributes.
    NewPassword(NewPassword),
}

/// What comes next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The user is asked this.
    Challenge(State),
    /// The user is signed in: tokens may be made.
    SignedIn,
}

/// Why a sign-in ends here.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// The password or its proof is wrong.
    #[error("password is wrong")]
    WrongPassword,
    /// The user is disabled.
    #[error("user is disabled")]
    Disabled,
    /// The user signed up and was not confirmed.
    #[error("user is not confirmed")]
    NotConfirmed,
    /// The user must reset the password.
    #[error("password must be reset")]
    ResetRequired,
    /// The temporary password has expired.
    #[error("temporary password has expired")]
    TemporaryPasswordExpired,
    /// An attribute that has a value was sent along with the new password.
    #[error("attribute has a value already")]
    AttributeGiven(String),
    /// Required attributes are missing from the answer.
    #[error("required attributes are missing")]
    AttributesMissing(Vec<String>),
    /// The pool wants a second factor, and the user can have none.
    #[error("no second factor can be set up")]
    NoFactor,
    /// The answer is not for what was asked.
    #[error("answer is for another challenge")]
    OutOfTurn,
}

/// What a sign-in with a password begins with: nothing is asked that was not sent along.
pub fn begin() -> State {
    State::Password
}

/// Goes one step on. `user` is changed by some answers, and is to be saved then.
///
/// The password is looked at before the status, so that only who knows it learns of the status.
/// The one exception is RESET_REQUIRED, where no password is right any more.
///
/// # Errors
/// [`Refused`]; the user is then unchanged.
pub fn step(
    subject: Subject<'_>,
    user: &mut User,
    state: &State,
    event: Event,
    now: Time,
) -> Result<Outcome, Refused> {
    match (state, event) {
        (State::Password, Event::Password(proof)) => after_password(subject, user, proof, now),
        (State::NewPasswordRequired, Event::NewPassword(answer)) => {
            check_enabled(user)?;
            answer.apply(subject, user, now)?;
            second_factor(subject, user)
        }
        _ => Err(Refused::OutOfTurn),
    }
}

fn after_password(subject: Subject<'_>, user: &User, proof: Proof, now: Time) -> Result<Outcome, Refused> {
    if user.status == Status::ResetRequired && user.enabled {
        return Err(Refused::ResetRequired);
    }
    if proof == Proof::Wrong {
        return Err(Refused::WrongPassword);
    }
    check_enabled(user)?;
    match user.status {
        Status::Unconfirmed => Err(Refused::NotConfirmed),
        Status::ResetRequired => Err(Refused::ResetRequired),
        // A federated user has no password: a right proof cannot be.
        Status::ExternalProvider => Err(Refused::WrongPassword),
        Status::ForceChangePassword { until } if now >= until => Err(Refused::TemporaryPasswordExpired),
        Status::ForceChangePassword { .. } => Ok(Outcome::Challenge(State::NewPasswordRequired)),
        Status::Confirmed => second_factor(subject, user),
    }
}

fn check_enabled(user: &User) -> Result<(), Refused> {
    if user.enabled { Ok(()) } else { Err(Refused::Disabled) }
}

fn second_factor(subject: Subject<'_>, user: &User) -> Result<Outcome, Refused> {
    match mfa::decide(subject.pool, user) {
        Decision::None => Ok(Outcome::SignedIn),
        Decision::Ask(factor) => Ok(Outcome::Challenge(State::Mfa(factor))),
        Decision::Select(factors) => Ok(Outcome::Challenge(State::SelectMfa(factors))),
        Decision::SetUp(factors) => Ok(Outcome::Challenge(State::MfaSetup(factors))),
        Decision::Impossible => Err(Refused::NoFactor),
    }
}
