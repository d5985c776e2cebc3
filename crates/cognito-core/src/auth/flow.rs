//! The sign-in machine: what is asked first, and what comes after an answer.
//!
//! It is pure. What needs the outside (comparing a password costs an exponentiation, a trigger a function call, a code
//! a message) is done by the caller, who tells the machine the result as an [`Event`].

use serde::{Deserialize, Serialize};

use crate::auth::choice::{self, First};
use crate::auth::custom::Verdict;
use crate::auth::journey::{Flow, Journey};
use crate::auth::method::{Level, Method};
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
    /// The password, or a proof of it, that is sent along: where the flows with a password begin.
    Password,
    /// SELECT_CHALLENGE, with the first factors to choose from.
    Select(Vec<First>),
    /// The challenge of a first factor.
    First(First),
    /// PASSWORD_VERIFIER
    Verifier,
    /// NEW_PASSWORD_REQUIRED
    NewPasswordRequired,
    /// MFA_SETUP, with the factors that the pool offers.
    MfaSetup(Vec<Factor>),
    /// The code for a new e-mail address that is to be a second factor.
    NewEmail(String),
    /// The challenge of one factor.
    Mfa(Factor),
    /// SELECT_MFA_TYPE, with the factors to choose from.
    SelectMfa(Vec<Factor>),
    /// DEVICE_SRP_AUTH
    Device,
    /// DEVICE_PASSWORD_VERIFIER
    DeviceVerifier,
    /// CUSTOM_CHALLENGE
    Custom,
    /// The code of a sign-up, which has not been answered yet: what a Session of SignUp stands for.
    SignedUp,
    /// Nothing: the first factor was proven before, by the code of a sign-up or at an earlier sign-in.
    Confirmed,
}

/// Whether a password, or the proof of it, was right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// It was.
    Right,
    /// It was not.
    Wrong,
}

/// What the user answered. Wrong codes, passkeys and devices are no events: they change nothing.
#[derive(Clone, Debug)]
pub enum Event {
    /// A password was compared, or its proof.
    Password(Proof),
    /// A first factor was chosen.
    Chosen(First),
    /// The code was right.
    Code,
    /// The passkey was right.
    Passkey {
        /// Whether it was on a key of its own.
        roaming: bool,
        /// Whether it verified its user, by a gesture or PIN.
        user_verified: bool,
    },
    /// A new password, hashed already, and required attributes.
    NewPassword(NewPassword),
    /// A second factor was chosen.
    Factor(Factor),
    /// An authenticator app was registered with the session.
    Enrolled,
    /// An address was given, to be a second factor.
    Email(String),
    /// The device proved itself.
    Device,
    /// A challenge of the app's own was answered.
    Custom {
        /// What VerifyAuthChallengeResponse said.
        right: bool,
        /// `challengeMetadata` of the challenge.
        metadata: Option<String>,
    },
    /// A sign-in goes on whose first factor was proven before.
    Resumed,
    /// DefineAuthChallenge decided.
    Verdict(Verdict),
}

/// What comes next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The user is asked this.
    Challenge(State),
    /// DefineAuthChallenge is asked; the answer is an [`Event::Verdict`].
    Define,
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
    /// The factor was not among those offered.
    #[error("factor was not offered")]
    NotOffered,
    /// None of the levels that were asked for can be reached.
    #[error("no level can be reached")]
    OutOfReach,
    /// DefineAuthChallenge failed the sign-in.
    #[error("custom challenges failed")]
    Denied,
    /// DefineAuthChallenge wants a challenge that there is not.
    #[error("challenge is unknown")]
    UnknownChallenge,
    /// The answer is not for what was asked.
    #[error("answer is for another challenge")]
    OutOfTurn,
}

/// What a sign-in with a password begins with: nothing is asked that was not sent along.
pub fn begin() -> State {
    State::Password
}

/// What a choice-based sign-in begins with: the preferred first factor if it is among the offered, else the choice.
/// With a level in view only those are left that can lead there.
///
/// # Errors
/// [`Refused::NotOffered`] if there is nothing to choose from.
pub fn begin_choice(
    subject: Subject<'_>,
    user: &User,
    journey: &mut Journey,
    offer: Vec<First>,
    preferred: Option<First>,
) -> Result<State, Refused> {
    journey.offer = match journey.target {
        Some(level) => choice::leading_to(level, &offer, subject.pool, user),
        None => offer,
    };
    match preferred {
        Some(first) if journey.offer.contains(&first) => Ok(State::First(first)),
        _ if journey.offer.is_empty() => Err(Refused::NotOffered),
        _ => Ok(State::Select(journey.offer.clone())),
    }
}

/// Goes one step on. `user` and `journey` are changed by some answers, and are to be saved then.
///
/// The password is looked at before the status, so that only who knows it learns of the status.
/// The one exception is RESET_REQUIRED, where no password is right any more.
///
/// # Errors
/// [`Refused`]; nothing of `user` is to be saved then.
pub fn step(
    subject: Subject<'_>,
    user: &mut User,
    journey: &mut Journey,
    state: &State,
    event: Event,
    now: Time,
) -> Result<Outcome, Refused> {
    match (state, event) {
        (State::Password | State::Verifier | State::First(First::Password), Event::Password(proof)) => {
            after_password(subject, user, journey, proof, now)
        }
        (State::Select(offer), Event::Password(proof)) if offer.contains(&First::Password) => {
            after_password(subject, user, journey, proof, now)
        }
        (State::Select(offer), Event::Chosen(first)) => {
            check_offer(offer, first)?;
            Ok(Outcome::Challenge(State::First(first)))
        }
        (State::First(first), Event::Code) => after_code(subject, user, journey, *first, now),
        (State::First(First::WebAuthn), Event::Passkey { roaming, user_verified }) => {
            check(user)?;
            after_passkey(subject, user, journey, roaming, user_verified)
        }
        (State::NewPasswordRequired, Event::NewPassword(answer)) => {
            check_enabled(user)?;
            // Somebody else was faster, and the temporary password is worth nothing any more.
            if !matches!(user.status, Status::ForceChangePassword { .. }) {
                return Err(Refused::OutOfTurn);
            }
            answer.apply(subject, user, now)?;
            journey.new_password = true;
            second_factor(subject, user, journey)
        }
        (State::SelectMfa(factors), Event::Factor(factor)) => {
            check_offer(factors, factor)?;
            Ok(Outcome::Challenge(State::Mfa(factor)))
        }
        (State::Mfa(factor), Event::Code) => {
            check(user)?;
            if let Some(attribute) = factor.attribute() {
                verify(subject, user, attribute);
            }
            after_factor(subject, journey, *factor)
        }
        (State::MfaSetup(_), Event::Enrolled) => {
            check(user)?;
            after_factor(subject, journey, Factor::SoftwareToken)
        }
        (State::MfaSetup(factors), Event::Email(address)) => {
            check_offer(factors, Factor::Email)?;
            check_lacking(subject, user)?;
            Ok(Outcome::Challenge(State::NewEmail(address)))
        }
        (State::NewEmail(address), Event::Code) => {
            check(user)?;
            check_lacking(subject, user)?;
            user.set("email", address);
            verify(subject, user, "email");
            user.mfa.enabled.insert(Factor::Email);
            after_factor(subject, journey, Factor::Email)
        }
        (State::DeviceVerifier, Event::Device) => {
            check(user)?;
            journey.device_proven = true;
            Ok(Outcome::SignedIn)
        }
        (State::Confirmed, Event::Resumed) => {
            check(user)?;
            second_factor(subject, user, journey)
        }
        (State::Custom, Event::Custom { right, metadata }) => {
            journey.answered("CUSTOM_CHALLENGE", right, metadata);
            Ok(Outcome::Define)
        }
        _ => Err(Refused::OutOfTurn),
    }
}

/// What DefineAuthChallenge's verdict leads to. `None` is a user who does not exist, where that is hidden.
///
/// # Errors
/// [`Refused`]
pub fn judge(
    subject: Subject<'_>,
    user: Option<&User>,
    journey: &Journey,
    verdict: &Verdict,
) -> Result<Outcome, Refused> {
    match verdict {
        Verdict::Fail => Err(Refused::Denied),
        Verdict::IssueTokens => {
            let user = user.ok_or(Refused::Denied)?;
            check(user)?;
            Ok(device_or_tokens(subject, journey))
        }
        Verdict::Challenge(name) if name == "CUSTOM_CHALLENGE" => Ok(Outcome::Challenge(State::Custom)),
        Verdict::Challenge(name) if name == "PASSWORD_VERIFIER" => Ok(Outcome::Challenge(State::Verifier)),
        Verdict::Challenge(name) => {
            let factor = Factor::named(name).ok_or(Refused::UnknownChallenge)?;
            let user = user.ok_or(Refused::Denied)?;
            if mfa::usable(subject.pool, user).contains(&factor) {
                Ok(Outcome::Challenge(State::Mfa(factor)))
            } else {
                Err(Refused::NoFactor)
            }
        }
    }
}

fn after_password(
    subject: Subject<'_>,
    user: &User,
    journey: &mut Journey,
    proof: Proof,
    now: Time,
) -> Result<Outcome, Refused> {
    if user.status == Status::ResetRequired && user.enabled {
        return Err(Refused::ResetRequired);
    }
    if proof == Proof::Wrong {
        return Err(Refused::WrongPassword);
    }
    check_enabled(user)?;
    journey.prove(Method::Password);
    journey.answered("PASSWORD_VERIFIER", true, None);
    match user.status {
        Status::Unconfirmed => Err(Refused::NotConfirmed),
        Status::ResetRequired => Err(Refused::ResetRequired),
        // A federated user has no password: a right proof cannot be.
        Status::ExternalProvider => Err(Refused::WrongPassword),
        Status::ForceChangePassword { until } if now >= until => Err(Refused::TemporaryPasswordExpired),
        _ if journey.flow == Flow::Custom => Ok(Outcome::Define),
        Status::ForceChangePassword { .. } => Ok(Outcome::Challenge(State::NewPasswordRequired)),
        Status::Confirmed => second_factor(subject, user, journey),
    }
}

/// A code as the first factor also confirms a sign-up, and verifies the address that it was sent to.
fn after_code(
    subject: Subject<'_>,
    user: &mut User,
    journey: &mut Journey,
    first: First,
    now: Time,
) -> Result<Outcome, Refused> {
    let (method, attribute) = match first {
        First::EmailOtp => (Method::Email, "email"),
        First::SmsOtp => (Method::Sms, "phone_number"),
        First::Password | First::PasswordSrp | First::WebAuthn => return Err(Refused::OutOfTurn),
    };
    check_enabled(user)?;
    // A second factor may have been switched on since the code was sent.
    check_offer(&choice::offered(subject.pool, user, false), first)?;
    // Whoever is confirmed already stays so; other statuses are refused below.
    let _ = user.confirm(now);
    check(user)?;
    verify(subject, user, attribute);
    journey.prove(method);
    Ok(device_or_tokens(subject, journey))
}

fn after_passkey(
    subject: Subject<'_>,
    user: &User,
    journey: &mut Journey,
    roaming: bool,
    user_verified: bool,
) -> Result<Outcome, Refused> {
    journey.prove(if roaming { Method::RoamingPasskey } else { Method::PlatformPasskey });
    let enough = subject.pool.passkeys_are_multi_factor() && user_verified;
    let wanted = subject.pool.requires_mfa() || !mfa::active(subject.pool, user).is_empty();
    if wanted && !enough {
        return Err(Refused::NoFactor);
    }
    Ok(device_or_tokens(subject, journey))
}

/// After the first factor: a second one, or a remembered device in its place.
fn second_factor(subject: Subject<'_>, user: &User, journey: &Journey) -> Result<Outcome, Refused> {
    let Subject { pool, .. } = subject;
    let decision = match journey.target {
        Some(level) if Level::of(&journey.methods) < Some(level) => mfa::decide_for(level, pool, user),
        _ => mfa::decide(pool, user),
    };
    let trusted = journey.target.is_none()
        && pool.challenges_new_devices_only()
        && journey.device.as_ref().is_some_and(|device| device.remembered);
    match decision {
        Decision::None => Ok(device_or_tokens(subject, journey)),
        Decision::Ask(_) | Decision::Select(_) if trusted => Ok(Outcome::Challenge(State::Device)),
        Decision::Ask(factor) => Ok(Outcome::Challenge(State::Mfa(factor))),
        Decision::Select(factors) => Ok(Outcome::Challenge(State::SelectMfa(factors))),
        // A step up does not set up factors.
        Decision::SetUp(_) if journey.target.is_some_and(|level| level > Level::One) => {
            Err(Refused::OutOfReach)
        }
        Decision::SetUp(factors) => Ok(Outcome::Challenge(State::MfaSetup(factors))),
        Decision::Impossible => Err(Refused::NoFactor),
    }
}

fn after_factor(subject: Subject<'_>, journey: &mut Journey, factor: Factor) -> Result<Outcome, Refused> {
    journey.prove(factor.into());
    journey.answered(factor.as_str(), true, None);
    match journey.flow {
        Flow::Custom => Ok(Outcome::Define),
        Flow::Password | Flow::Choice => Ok(device_or_tokens(subject, journey)),
    }
}

/// A device that the client named proves itself before there are tokens.
fn device_or_tokens(subject: Subject<'_>, journey: &Journey) -> Outcome {
    if subject.pool.tracks_devices() && journey.device.is_some() && !journey.device_proven {
        Outcome::Challenge(State::Device)
    } else {
        Outcome::SignedIn
    }
}

fn verify(subject: Subject<'_>, user: &mut User, attribute: &str) {
    user.set(&format!("{attribute}_verified"), "true");
    user.rename(&subject.pool.sign_in);
}

fn check_offer<T: PartialEq>(offer: &[T], chosen: T) -> Result<(), Refused> {
    if offer.contains(&chosen) { Ok(()) } else { Err(Refused::NotOffered) }
}

/// Only who has no second factor may set one up with no more than the first.
fn check_lacking(subject: Subject<'_>, user: &User) -> Result<(), Refused> {
    if mfa::may_set_up(subject.pool, user) { Ok(()) } else { Err(Refused::OutOfTurn) }
}

fn check_enabled(user: &User) -> Result<(), Refused> {
    if user.enabled { Ok(()) } else { Err(Refused::Disabled) }
}

/// The highest of the levels that were asked for which the user can satisfy with the offered first factors.
///
/// # Errors
/// [`Refused::OutOfReach`] if it is none.
pub fn reachable(
    subject: Subject<'_>,
    user: &User,
    offer: &[First],
    wanted: &[Level],
) -> Result<Level, Refused> {
    let can = |level: &Level| !choice::leading_to(*level, offer, subject.pool, user).is_empty();
    wanted.iter().copied().find(can).ok_or(Refused::OutOfReach)
}

/// Whether a user may have tokens, however the factors were proven. A temporary password does not matter where none
/// was asked for.
fn check(user: &User) -> Result<(), Refused> {
    check_enabled(user)?;
    match user.status {
        Status::Unconfirmed => Err(Refused::NotConfirmed),
        Status::ResetRequired => Err(Refused::ResetRequired),
        Status::Confirmed | Status::ForceChangePassword { .. } | Status::ExternalProvider => Ok(()),
    }
}
