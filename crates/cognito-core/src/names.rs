//! Names that a user signs in with, and how they compare.

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

/// Whether names compare with or without regard to case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Case {
    /// `Alice` and `alice` are two names.
    Sensitive,
    /// `Alice` and `alice` are one name.
    Insensitive,
}

impl Case {
    /// The form of a name that is compared: as it is, or normalised (NFC) and in lower case.
    pub fn fold(self, name: &str) -> String {
        match self {
            Case::Sensitive => name.to_owned(),
            Case::Insensitive if name.is_ascii() => name.to_ascii_lowercase(),
            Case::Insensitive => name.nfc().collect::<String>().to_lowercase().nfc().collect(),
        }
    }
}

/// An attribute that can stand in for the username.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum NameAttribute {
    /// `email`
    Email,
    /// `phone_number`
    PhoneNumber,
    /// `preferred_username`
    PreferredUsername,
}

impl NameAttribute {
    /// The attribute's name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::PhoneNumber => "phone_number",
            Self::PreferredUsername => "preferred_username",
        }
    }

    /// The name attribute of that name.
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "email" => Some(Self::Email),
            "phone_number" => Some(Self::PhoneNumber),
            "preferred_username" => Some(Self::PreferredUsername),
            _ => None,
        }
    }
}

/// What users of a pool sign in with; fixed when the pool is created.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SignInNames {
    /// A username of their own choice, and the aliases that are listed once they are verified.
    Username {
        /// The attributes that are aliases.
        aliases: Vec<NameAttribute>,
    },
    /// An e-mail address or a phone number; the username is the `sub`.
    Attributes(Vec<NameAttribute>),
}

impl SignInNames {
    /// Whether usernames are generated: username, `sub` and SRP user id are one.
    pub fn are_attributes(&self) -> bool {
        matches!(self, Self::Attributes(_))
    }

    /// Whether the attribute is an alias or stands for the username.
    pub fn uses(&self, attribute: NameAttribute) -> bool {
        match self {
            Self::Username { aliases } => aliases.contains(&attribute),
            Self::Attributes(attributes) => attributes.contains(&attribute),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(a: &str, b: &str, case: Case, same: bool) {
        assert_eq!(case.fold(a) == case.fold(b), same, "{a} {b}");
    }

    #[test]
    fn folding() {
        check("Alice", "alice", Case::Insensitive, true);
        check("Alice", "alice", Case::Sensitive, false);
        check("\u{e9}", "E\u{301}", Case::Insensitive, true);
        check("stra\u{df}e", "strasse", Case::Insensitive, false);
        check("\u{430}lice", "alice", Case::Insensitive, false);
    }
}
