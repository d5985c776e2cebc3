//! Failed attempts: the lock after wrong passwords, and the hourly limits of other operations.
//! Source: `auth-flows` 4.8 and `pools-and-clients` 2.6 of the specification.

use serde::{Deserialize, Serialize};

use crate::entity::{Entity, Kind};
use crate::time::{Span, Time};

/// Wrong passwords before the first lock.
const FREE: u32 = 4;
/// The longest lock, and the quiet time after which failures are forgotten.
const LONGEST: Span = Span::minutes(15);

/// The wrong passwords of one name in one pool. Kept for names without a user too, so that a lock tells nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempts {
    /// The record key.
    pub key: String,
    /// How many in a row.
    pub failures: u32,
    /// The last one.
    pub last: Time,
}

impl Attempts {
    /// None so far.
    pub fn none(key: String) -> Self {
        Self { key, failures: 0, last: Time(0) }
    }

    /// The record key for the wrong passwords of a name.
    pub fn password_key(pool_id: &str, folded: &str) -> String {
        format!("{pool_id}/password/{folded}")
    }

    /// The record key for the wrong codes of a user's second factors.
    pub fn factor_key(pool_id: &str, sub: &str) -> String {
        format!("{pool_id}/factor/{sub}")
    }

    /// Until when no password is even looked at: one second after the fifth failure, doubling with each
    /// further one, at most 15 minutes.
    pub fn locked_until(&self) -> Option<Time> {
        let doublings = self.failures.checked_sub(FREE + 1)?;
        let seconds = 1_i64 << doublings.min(20);
        Some(self.last + Span::seconds(seconds).min(LONGEST))
    }

    /// Whether a password is not even looked at now.
    pub fn is_locked(&self, now: Time) -> bool {
        self.locked_until().is_some_and(|until| now < until)
    }

    /// Counts a failure; 15 quiet minutes forget the former ones.
    pub fn fail(&mut self, now: Time) {
        if now - self.last >= LONGEST {
            self.failures = 0;
        }
        self.failures += 1;
        self.last = now;
    }
}

impl Entity for Attempts {
    const KIND: Kind = Kind::Attempts;

    fn key(&self) -> String {
        self.key.clone()
    }

    fn expires(&self) -> Option<Time> {
        Some(self.last + LONGEST)
    }
}

/// How often one operation was called for one user within the hour.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Usage {
    /// The record key.
    pub key: String,
    /// Calls since `since`.
    pub count: u32,
    /// The first of them.
    pub since: Time,
}

/// An operation that is limited per user and hour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limited {
    /// ResendConfirmationCode
    ResendConfirmationCode,
    /// ConfirmSignUp
    ConfirmSignUp,
    /// ChangePassword
    ChangePassword,
    /// GetUserAttributeVerificationCode
    GetUserAttributeVerificationCode,
    /// VerifyUserAttribute
    VerifyUserAttribute,
    /// ForgotPassword and ConfirmForgotPassword together
    ForgotPassword,
}

impl Limited {
    /// The limit.
    /// <https://docs.aws.amazon.com/cognito/latest/developerguide/quotas.html>
    pub const fn an_hour(self) -> u32 {
        match self {
            Self::ResendConfirmationCode | Self::ChangePassword | Self::GetUserAttributeVerificationCode => 5,
            Self::ConfirmSignUp | Self::VerifyUserAttribute => 15,
            Self::ForgotPassword => 20,
        }
    }

    const fn as_str(self) -> &'static str {
        match self {
            Self::ResendConfirmationCode => "resend-confirmation-code",
            Self::ConfirmSignUp => "confirm-sign-up",
            Self::ChangePassword => "change-password",
            Self::GetUserAttributeVerificationCode => "get-user-attribute-verification-code",
            Self::VerifyUserAttribute => "verify-user-attribute",
            Self::ForgotPassword => "forgot-password",
        }
    }
}

/// The limit of the hour is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("hourly limit is reached")]
pub struct LimitReached;

impl Usage {
    /// None so far.
    pub fn none(key: String, now: Time) -> Self {
        Self { key, count: 0, since: now }
    }

    /// The record key for an operation and a name.
    pub fn key_of(pool_id: &str, what: Limited, folded: &str) -> String {
        format!("{pool_id}/{}/{folded}", what.as_str())
    }

    /// Counts a call.
    ///
    /// # Errors
    /// [`LimitReached`]; the call is then not counted.
    pub fn count(&mut self, what: Limited, now: Time) -> Result<(), LimitReached> {
        if now - self.since >= Span::hours(1) {
            *self = Self::none(std::mem::take(&mut self.key), now);
        }
        if self.count >= what.an_hour() {
            return Err(LimitReached);
        }
        self.count += 1;
        Ok(())
    }
}

impl Entity for Usage {
    const KIND: Kind = Kind::Usage;

    fn key(&self) -> String {
        self.key.clone()
    }

    fn expires(&self) -> Option<Time> {
        Some(self.since + Span::hours(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locks_double() {
        let mut attempts = Attempts::none("p/password/alice".into());
        let mut check = |now: i64, locked_for: Option<i64>| {
            attempts.fail(Time::from_seconds(now));
            let span = attempts.locked_until().map(|until| (until - Time::from_seconds(now)).as_seconds());
            assert_eq!(span, locked_for, "after {} failures", attempts.failures);
        };
        for i in 1..=4 {
            check(i, None);
        }
        for (i, seconds) in [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900].into_iter().enumerate() {
            check(10 + i as i64, Some(seconds));
        }
    }

    #[test]
    fn quiet_time_forgets() {
        let mut attempts = Attempts::none("k".into());
        for _ in 0..5 {
            attempts.fail(Time::from_seconds(1_000));
        }
        assert!(attempts.is_locked(Time::from_seconds(1_000)));
        assert!(!attempts.is_locked(Time::from_seconds(1_001)));
        attempts.fail(Time::from_seconds(1_000) + Span::minutes(15));
        assert_eq!(attempts.failures, 1);
    }

    #[test]
    fn usage_is_hourly() {
        let mut usage = Usage::none("k".into(), Time(0));
        for _ in 0..5 {
            assert_eq!(usage.count(Limited::ChangePassword, Time(0)), Ok(()));
        }
        assert_eq!(usage.count(Limited::ChangePassword, Time(1)), Err(LimitReached));
        assert_eq!(usage.count(Limited::ChangePassword, Time(0) + Span::hours(1)), Ok(()));
        assert_eq!(usage.key, "k");
    }
}
