//! What a user has proven in a sign-in, and the level of assurance that this reaches.
//! <https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-step-up-authentication.html>

use std::collections::BTreeMap;

use cognito_api::wire;
use serde::{Deserialize, Serialize};

use crate::mfa::Factor;

/// An authentication method, with its name in the `amr` claim (RFC 8176).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Method {
    /// A password, or the proof of one.
    #[serde(rename = "pwd")]
    Password,
    /// A code of an authenticator app.
    #[serde(rename = "otp")]
    SoftwareToken,
    /// A code by SMS.
    #[serde(rename = "sms")]
    Sms,
    /// A code by e-mail.
    #[serde(rename = "email_otp")]
    Email,
    /// A passkey of the platform.
    #[serde(rename = "swk")]
    PlatformPasskey,
    /// A passkey on a key of its own.
    #[serde(rename = "hwk")]
    RoamingPasskey,
}

impl Method {
    /// Its name in the `amr` claim.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Password => "pwd",
            Self::SoftwareToken => "otp",
            Self::Sms => "sms",
            Self::Email => "email_otp",
            Self::PlatformPasskey => "swk",
            Self::RoamingPasskey => "hwk",
        }
    }
}

impl From<Factor> for Method {
    fn from(factor: Factor) -> Self {
        match factor {
            Factor::Sms => Self::Sms,
            Factor::Email => Self::Email,
            Factor::SoftwareToken => Self::SoftwareToken,
        }
    }
}

/// The `amr` claim of these methods: their names, and `mfa` if there are two.
pub fn amr(methods: &[Method]) -> Vec<&'static str> {
    let mut names: Vec<&str> = methods.iter().map(|method| method.as_str()).collect();
    if names.len() > 1 {
        names.push("mfa");
    }
    names
}

/// A level of assurance, 1 to 4.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Level {
    /// A password alone.
    One = 1,
    /// A one-time code alone.
    Two = 2,
    /// A passkey, or a password and a code by SMS or e-mail.
    Three = 3,
    /// A password and an authenticator app.
    Four = 4,
}

impl Level {
    /// Every level.
    pub const ALL: [Self; 4] = [Self::One, Self::Two, Self::Three, Self::Four];

    /// The highest level that these methods satisfy.
    pub fn of(methods: &[Method]) -> Option<Self> {
        let has = |method| methods.contains(&method);
        let code = has(Method::Sms) || has(Method::Email);
        if has(Method::Password) && has(Method::SoftwareToken) {
            Some(Self::Four)
        } else if has(Method::PlatformPasskey)
            || has(Method::RoamingPasskey)
            || (has(Method::Password) && code)
        {
            Some(Self::Three)
        } else if code {
            Some(Self::Two)
        } else if has(Method::Password) {
            Some(Self::One)
        } else {
            None
        }
    }

    /// Its key in AcrConfiguration.
    pub const fn key(self) -> &'static str {
        match self {
            Self::One => "Level1",
            Self::Two => "Level2",
            Self::Three => "Level3",
            Self::Four => "Level4",
        }
    }
}

/// What levels are called: AcrConfiguration, with the default names of those that it leaves out.
pub type Names = BTreeMap<String, wire::AcrLevelConfigType>;

/// The names of all four levels.
pub fn level_names(configured: Option<&Names>) -> Names {
    let name = |level: Level| {
        let own = configured.and_then(|names| names.get(level.key())).cloned();
        let default = || wire::AcrLevelConfigType { acr_value: format!("urn:cognito:loa:{}", level as u8) };
        (level.key().to_owned(), own.unwrap_or_else(default))
    };
    Level::ALL.into_iter().map(name).collect()
}

/// What a level is called.
pub fn level_name(configured: Option<&Names>, level: Level) -> Option<String> {
    level_names(configured).remove(level.key()).map(|name| name.acr_value)
}

/// The levels in a list of names, in its order. What is none is left out.
pub fn levels_named(configured: Option<&Names>, names: &str) -> Vec<Level> {
    names.split(' ').filter_map(|name| level_named(configured, name)).collect()
}

/// The level of that name.
pub fn level_named(configured: Option<&Names>, name: &str) -> Option<Level> {
    let names = level_names(configured);
    Level::ALL.into_iter().find(|level| names.get(level.key()).is_some_and(|own| own.acr_value == name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels() {
        let check = |methods: &[Method], level: Option<Level>, claim: &[&str]| {
            assert_eq!(Level::of(methods), level, "{methods:?}");
            assert_eq!(amr(methods), claim);
        };
        check(&[], None, &[]);
        check(&[Method::Password], Some(Level::One), &["pwd"]);
        check(&[Method::Email], Some(Level::Two), &["email_otp"]);
        check(&[Method::PlatformPasskey], Some(Level::Three), &["swk"]);
        check(&[Method::Password, Method::Sms], Some(Level::Three), &["pwd", "sms", "mfa"]);
        check(&[Method::Password, Method::SoftwareToken], Some(Level::Four), &["pwd", "otp", "mfa"]);
    }

    #[test]
    fn names() {
        let own = BTreeMap::from([(
            "Level2".to_owned(),
            wire::AcrLevelConfigType { acr_value: "silver".to_owned() },
        )]);
        let check = |configured: Option<&Names>, name: &str, level: Option<Level>| {
            assert_eq!(level_named(configured, name), level, "{name}");
        };
        check(None, "urn:cognito:loa:2", Some(Level::Two));
        check(Some(&own), "urn:cognito:loa:2", None);
        check(Some(&own), "silver", Some(Level::Two));
        check(Some(&own), "urn:cognito:loa:4", Some(Level::Four));
        assert_eq!(level_names(Some(&own)).len(), 4);
    }
}
