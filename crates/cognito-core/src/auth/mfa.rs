//! The decision about a second factor. Source: `auth-flows` 4.6 of the specification.

use cognito_api::wire;

use crate::auth::method::{Level, Method};
use crate::mfa::Factor;
use crate::pool::{Pool, Recovery};
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

impl Decision {
    /// A choice among factors: none is impossible, one is asked without a question.
    fn among(factors: Vec<Factor>) -> Self {
        match factors[..] {
            [] => Self::Impossible,
            [factor] => Self::Ask(factor),
            _ => Self::Select(factors),
        }
    }
}

/// The factors that the user could prove: offered by the pool, and registered or with an address.
pub fn usable(pool: &Pool, user: &User) -> Vec<Factor> {
    let can = |factor: Factor| pool.offers(factor) && user.has_factor(factor);
    [Factor::Sms, Factor::Email, Factor::SoftwareToken].into_iter().filter(|factor| can(*factor)).collect()
}

/// The factors that the user switched on and could prove, in a pool that does not have MFA off.
pub fn active(pool: &Pool, user: &User) -> Vec<Factor> {
    if pool.settings.mfa == wire::UserPoolMfaType::Off {
        return Vec::new();
    }
    usable(pool, user).into_iter().filter(|factor| user.mfa.enabled.contains(factor)).collect()
}

/// Decides which second factor is asked after a password.
pub fn decide(pool: &Pool, user: &User) -> Decision {
    let active = active(pool, user);
    if let Some(preferred) = user.mfa.preferred.filter(|preferred| active.contains(preferred)) {
        return Decision::Ask(preferred);
    }
    match (pool.settings.mfa, active.is_empty()) {
        (_, false) => Decision::among(active),
        (wire::UserPoolMfaType::On, true) => required(pool, user),
        (wire::UserPoolMfaType::Off | wire::UserPoolMfaType::Optional, true) => Decision::None,
    }
}

/// Decides for a sign-in that needs one more factor, switched on or not.
pub fn decide_for_another(proven: &[Method], pool: &Pool, user: &User) -> Decision {
    let another = |factor: &Factor| !proven.contains(&(*factor).into());
    Decision::among(usable(pool, user).into_iter().filter(another).collect())
}

/// Whether a user may set up a second factor in the middle of a sign-in: only one who has none.
pub fn may_set_up(pool: &Pool, user: &User) -> bool {
    matches!(decide(pool, user), Decision::SetUp(_))
}

/// Decides for a level that was asked for: the factor of [`decide`] if it leads there, else one that does.
pub fn decide_for(level: Level, pool: &Pool, user: &User) -> Decision {
    let leads = |factor: &Factor| {
        Level::of(&[Method::Password, (*factor).into()]).is_some_and(|reached| reached >= level)
    };
    match decide(pool, user) {
        Decision::None if level == Level::One => Decision::None,
        Decision::Ask(factor) if leads(&factor) => Decision::Ask(factor),
        Decision::Select(factors) if factors.iter().any(leads) => {
            Decision::among(factors.into_iter().filter(leads).collect())
        }
        _ => Decision::among(usable(pool, user).into_iter().filter(leads).collect()),
    }
}

/// In a pool that requires MFA, of a user who switched nothing on.
fn required(pool: &Pool, user: &User) -> Decision {
    let usable = usable(pool, user);
    let has = |factor: Factor| usable.contains(&factor);
    if has(Factor::SoftwareToken) {
        return Decision::Ask(Factor::SoftwareToken);
    }
    let recovery = pool.recovery();
    match (has(Factor::Sms), has(Factor::Email)) {
        // The channel that recovers the account is not the one that proves the second factor.
        (true, true) => match recovery.first() {
            Some(Recovery::Phone) => Decision::Ask(Factor::Email),
            Some(Recovery::Email) => Decision::Ask(Factor::Sms),
            _ => Decision::Select(vec![Factor::Sms, Factor::Email]),
        },
        (true, false) if recovery != [Recovery::Phone] => Decision::Ask(Factor::Sms),
        (false, true) if recovery != [Recovery::Email] => Decision::Ask(Factor::Email),
        (true, false) | (false, true) => Decision::Impossible,
        (false, false) => set_up(pool),
    }
}

/// The factors that can be set up during a sign-in: the authenticator app, and an e-mail address.
fn set_up(pool: &Pool) -> Decision {
    let can = |factor: &Factor| pool.offers(*factor);
    let factors: Vec<_> = [Factor::SoftwareToken, Factor::Email].into_iter().filter(can).collect();
    if factors.is_empty() { Decision::Impossible } else { Decision::SetUp(factors) }
}
