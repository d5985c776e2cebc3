//! Confirmation codes: single use, expiring, replaced by a newer one, and forgotten after too many wrong guesses.

use serde::{Deserialize, Serialize};

use crate::entity::{Entity, Kind};
use crate::secret;
use crate::time::{Span, Time};

/// What a code confirms. One user has at most one code a purpose; a new one replaces the old one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Purpose {
    /// A sign-up.
    SignUp,
    /// A new password for a forgotten one.
    ForgotPassword,
    /// An attribute, `email` or `phone_number`.
    Attribute(String),
}

impl Purpose {
    /// How long its codes live.
    /// <https://docs.aws.amazon.com/cognito/latest/developerguide/quotas.html>
    pub const fn lifetime(&self) -> Span {
        match self {
            Self::SignUp | Self::Attribute(_) => Span::hours(24),
            Self::ForgotPassword => Span::hours(1),
        }
    }

    fn as_key(&self) -> String {
        match self {
            Self::SignUp => "sign-up".to_owned(),
            Self::ForgotPassword => "forgot-password".to_owned(),
            Self::Attribute(name) => format!("attribute:{name}"),
        }
    }
}

/// How many wrong guesses a code survives.
pub const MAX_WRONG: u32 = 5;

/// Digits that are good once, for a time, and for few guesses.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OneTimeCode {
    digits: String,
    /// Wrong guesses so far.
    wrong: u32,
    /// How many are borne.
    borne: u32,
    /// When it is of no use any more.
    pub expires: Time,
}

impl std::fmt::Debug for OneTimeCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OneTimeCode").field("wrong", &self.wrong).finish_non_exhaustive()
    }
}

impl OneTimeCode {
    /// Makes one that bears so many wrong guesses.
    pub fn new(digits: String, borne: u32, expires: Time) -> Self {
        Self { digits, wrong: 0, borne, expires }
    }

    /// The digits, for the message that carries them.
    pub fn digits(&self) -> &str {
        &self.digits
    }

    /// Checks a guess in constant time. A wrong one is counted: the code must then be saved.
    ///
    /// # Errors
    /// [`CodeError`].
    pub fn check(&mut self, guess: &str, now: Time) -> Result<(), CodeError> {
        if now >= self.expires {
            return Err(CodeError::Expired);
        }
        if self.wrong >= self.borne {
            return Err(CodeError::Limit);
        }
        if secret::equal(guess.as_bytes(), self.digits.as_bytes()) {
            return Ok(());
        }
        self.wrong += 1;
        Err(CodeError::Mismatch)
    }
}

/// A code that was sent to a user.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Code {
    /// The pool.
    pub pool_id: String,
    /// Whose it is, by `sub`: a later user of the same name cannot use it.
    pub sub: String,
    /// What it confirms.
    pub purpose: Purpose,
    /// The app client that asked for it, if one did.
    pub client_id: Option<String>,
    /// The digits.
    secret: OneTimeCode,
    /// The attribute that it was sent to, which it verifies.
    pub attribute: Option<String>,
    /// Where it was sent, in full: it verifies that value and no later one.
    pub destination: Option<String>,
}

/// Why a code was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CodeError {
    /// Not the code.
    #[error("code does not match")]
    Mismatch,
    /// No code was asked for, or it has expired.
    #[error("code has expired")]
    Expired,
    /// Too many wrong guesses.
    #[error("too many wrong codes")]
    Limit,
}

impl Code {
    /// Makes a code of the given digits.
    pub fn new(pool_id: &str, sub: &str, purpose: Purpose, digits: String, now: Time) -> Self {
        let expires = now + purpose.lifetime();
        Self {
            pool_id: pool_id.to_owned(),
            sub: sub.to_owned(),
            purpose,
            client_id: None,
            secret: OneTimeCode::new(digits, MAX_WRONG, expires),
            attribute: None,
            destination: None,
        }
    }

    /// The record key.
    pub fn key_of(pool_id: &str, sub: &str, purpose: &Purpose) -> String {
        format!("{pool_id}/{sub}/{}", purpose.as_key())
    }

    /// The digits, for the message that carries them.
    pub fn digits(&self) -> &str {
        self.secret.digits()
    }

    /// Checks a guess in constant time. A wrong one is counted: the code must then be saved.
    /// A right one must be deleted.
    ///
    /// # Errors
    /// [`CodeError`].
    pub fn check(&mut self, guess: &str, now: Time) -> Result<(), CodeError> {
        self.secret.check(guess, now)
    }
}

impl Entity for Code {
    const KIND: Kind = Kind::Code;

    fn key(&self) -> String {
        Self::key_of(&self.pool_id, &self.sub, &self.purpose)
    }

    fn expires(&self) -> Option<Time> {
        Some(self.secret.expires)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn guesses() {
        let new = || Code::new("us-east-1_A", "s", Purpose::ForgotPassword, "123456".into(), Time(0));
        let mut code = new();
        assert_eq!(code.check("123456", Time(0)), Ok(()));
        assert_eq!(code.check("123456", Time(0) + Span::hours(1)), Err(CodeError::Expired));
        for _ in 0..MAX_WRONG {
            assert_eq!(code.check("12345", Time(0)), Err(CodeError::Mismatch));
        }
        assert_eq!(code.check("123456", Time(0)), Err(CodeError::Limit), "the right one comes too late");
    }
}
