//! Choice-based sign-in (USER_AUTH): which first factors a user may choose from.
//! Source: `auth-flows` 4.2 and 4.6 of the specification.

use cognito_api::wire;
use serde::{Deserialize, Serialize};

use crate::auth::method::{Level, Method};
use crate::auth::mfa;
use crate::delivery::Medium;
use crate::pool::Pool;
use crate::user::{Status, User};

/// A first factor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum First {
    /// The password, proven by SRP.
    PasswordSrp,
    /// The password.
    Password,
    /// A code by e-mail.
    EmailOtp,
    /// A code by SMS.
    SmsOtp,
    /// A passkey.
    WebAuthn,
}

impl First {
    /// Every first factor, in the order in which they are offered.
    pub const ALL: [Self; 5] =
        [Self::PasswordSrp, Self::Password, Self::EmailOtp, Self::SmsOtp, Self::WebAuthn];

    /// The name of its challenge.
    pub const fn challenge(self) -> wire::ChallengeNameType {
        match self {
            Self::PasswordSrp => wire::ChallengeNameType::PasswordSrp,
            Self::Password => wire::ChallengeNameType::Password,
            Self::EmailOtp => wire::ChallengeNameType::EmailOtp,
            Self::SmsOtp => wire::ChallengeNameType::SmsOtp,
            Self::WebAuthn => wire::ChallengeNameType::WebAuthn,
        }
    }

    /// The factor of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|first| first.challenge().as_str() == name)
    }

    /// What carries its code, if it is one.
    pub const fn medium(self) -> Option<Medium> {
        match self {
            Self::EmailOtp => Some(Medium::Email),
            Self::SmsOtp => Some(Medium::Sms),
            Self::PasswordSrp | Self::Password | Self::WebAuthn => None,
        }
    }

    /// Whether a pool allows it. A password is always allowed.
    fn is_allowed(self, pool: &Pool) -> bool {
        let policy = pool.settings.policies.sign_in_policy.as_ref();
        let allowed = policy.and_then(|policy| policy.allowed_first_auth_factors.as_deref());
        let wanted = match self {
            Self::PasswordSrp | Self::Password => return true,
            Self::EmailOtp => wire::AuthFactorType::EmailOtp,
            Self::SmsOtp => wire::AuthFactorType::SmsOtp,
            Self::WebAuthn => wire::AuthFactorType::WebAuthn,
        };
        allowed.unwrap_or_default().contains(&wanted)
    }
}

/// What a user may choose from. `passkeys` is whether the user has registered any.
pub fn offered(pool: &Pool, user: &User, passkeys: bool) -> Vec<First> {
    let only_passwords = matches!(user.status, Status::ForceChangePassword { .. })
        || pool.settings.mfa == wire::UserPoolMfaType::On
        || !mfa::active(pool, user).is_empty();
    let has = |first: First| match first {
        // No SRP with the hash of another system.
        First::PasswordSrp => user.password.is_some(),
        First::Password => user.has_password(),
        First::EmailOtp | First::SmsOtp => !only_passwords && gets_codes(user, first),
        First::WebAuthn => {
            let multi_factor = pool.passkeys_are_multi_factor();
            passkeys && (!only_passwords || (multi_factor && user.status == Status::Confirmed))
        }
    };
    First::ALL.into_iter().filter(|first| first.is_allowed(pool) && has(*first)).collect()
}

/// What somebody may choose from who does not exist, where that is hidden: what most users of the pool have, and
/// passkeys if this one is to look like those who have registered any.
pub fn plausible(pool: &Pool, passkeys: bool) -> Vec<First> {
    let one_factor = pool.settings.mfa != wire::UserPoolMfaType::On;
    let has = |first: First| match first {
        First::PasswordSrp | First::Password => true,
        First::EmailOtp | First::SmsOtp => one_factor,
        First::WebAuthn => passkeys && (one_factor || pool.passkeys_are_multi_factor()),
    };
    First::ALL.into_iter().filter(|first| first.is_allowed(pool) && has(*first)).collect()
}

/// The factors of an offer that can lead to a level, whatever second factor it takes.
pub fn leading_to(level: Level, offer: &[First], pool: &Pool, user: &User) -> Vec<First> {
    let reaches = |methods: &[Method]| Level::of(methods).is_some_and(|reached| reached >= level);
    let can = |first: First| match first {
        First::PasswordSrp | First::Password => {
            reaches(&[Method::Password])
                || mfa::usable(pool, user)
                    .into_iter()
                    .any(|factor| reaches(&[Method::Password, factor.into()]))
        }
        First::EmailOtp => reaches(&[Method::Email]),
        First::SmsOtp => reaches(&[Method::Sms]),
        First::WebAuthn => reaches(&[Method::PlatformPasskey]),
    };
    offer.iter().copied().filter(|first| can(*first)).collect()
}

/// Whether the user has an address for a factor's codes: a verified one, or, before the sign-up is confirmed, any.
fn gets_codes(user: &User, first: First) -> bool {
    let Some(medium) = first.medium() else { return false };
    let attribute = medium.attribute();
    user.attribute(attribute).is_some() && (user.is_verified(attribute) || user.status == Status::Unconfirmed)
}
