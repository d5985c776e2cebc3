//! The second factors of a user. Source: `auth-flows` 4.6 of the specification.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

/// A second factor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
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

/// What a user chose and registered.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mfa {
    /// The factors that the user switched on.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub enabled: BTreeSet<Factor>,
    /// The preferred one of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preferred: Option<Factor>,
}

impl Mfa {
    /// Whether nothing was chosen or registered.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}
