//! Where codes go: which attribute and medium, and how a destination is masked.
//! Source: `users-and-groups` 3.3 and 3.4 of the specification.

use cognito_api::wire;
use serde::{Deserialize, Serialize};

use crate::mfa::Factor;
use crate::pool::{Pool, Recovery};
use crate::user::User;

/// The medium of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Medium {
    /// An e-mail.
    #[serde(rename = "EMAIL")]
    Email,
    /// A text message.
    #[serde(rename = "SMS")]
    Sms,
}

impl Medium {
    /// AWS's name of it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Email => "EMAIL",
            Self::Sms => "SMS",
        }
    }

    /// The medium whose addresses an attribute holds.
    pub fn of_attribute(name: &str) -> Option<Self> {
        [Self::Email, Self::Sms].into_iter().find(|medium| medium.attribute() == name)
    }

    /// The attribute that holds its addresses.
    pub const fn attribute(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Sms => "phone_number",
        }
    }
}

/// Where one message goes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Destination {
    /// The medium, and with it the attribute.
    pub medium: Medium,
    /// The address in full.
    pub address: String,
}

impl Destination {
    /// The user's address of a medium, if there is one.
    pub fn of(user: &User, medium: Medium) -> Option<Self> {
        let address = user.attribute(medium.attribute())?.to_owned();
        Some(Self { medium, address })
    }

    /// The address as a client may see it.
    pub fn masked(&self) -> String {
        match self.medium {
            Medium::Email => mask_email(&self.address),
            Medium::Sms => mask_phone_number(&self.address),
        }
    }
}

/// `t***@e***` of `test@example.com`.
fn mask_email(address: &str) -> String {
    let (local, domain) = address.rsplit_once('@').unwrap_or((address, ""));
    let first = |text: &str| text.chars().next().map(String::from).unwrap_or_default();
    format!("{}***@{}***", first(local), first(domain))
}

/// `+*******5678` of `+12065555678`.
fn mask_phone_number(number: &str) -> String {
    let digits = number.strip_prefix('+').unwrap_or(number);
    let shown = digits.len().saturating_sub(4);
    format!("+{}{}", "*".repeat(shown), digits.get(shown..).unwrap_or_default())
}

/// Where the code of a sign-up goes: to the phone if that is auto-verified and present, else to the e-mail address.
/// None if neither is; the sign-up then sends nothing.
pub fn of_sign_up(pool: &Pool, user: &User) -> Option<Destination> {
    [Medium::Sms, Medium::Email].into_iter().filter(|medium| pool.auto_verifies(medium.attribute())).find_map(
        |medium| {
            let address = user.attribute(medium.attribute())?.to_owned();
            Some(Destination { medium, address })
        },
    )
}

/// Where the invitation of a new user goes: to the addresses of the desired media that the user has. The default
/// medium is SMS.
pub fn of_invitation(user: &User, desired: Option<&[wire::DeliveryMediumType]>) -> Vec<Destination> {
    let desired = desired.filter(|media| !media.is_empty()).unwrap_or(&[wire::DeliveryMediumType::Sms]);
    let media =
        [(wire::DeliveryMediumType::Sms, Medium::Sms), (wire::DeliveryMediumType::Email, Medium::Email)];
    let media = media.into_iter().filter(|(name, _)| desired.contains(name));
    media.filter_map(|(_, medium)| Destination::of(user, medium)).collect()
}

/// Why no code can be sent for a forgotten password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RecoveryError {
    /// No verified address of a kind that the pool recovers by.
    #[error("no verified address")]
    NoAddress,
    /// Only an administrator can.
    #[error("only an administrator can reset the password")]
    AdminOnly,
}

/// Where the code for a forgotten password goes. A medium that brings the codes of the user's second factor is left
/// out: who has it would need nothing else.
///
/// # Errors
/// [`RecoveryError`].
pub fn of_recovery(pool: &Pool, user: &User) -> Result<Destination, RecoveryError> {
    for recovery in pool.recovery() {
        let medium = match recovery {
            Recovery::Email => Medium::Email,
            Recovery::Phone => Medium::Sms,
            Recovery::Admin => return Err(RecoveryError::AdminOnly),
        };
        if user.is_verified(medium.attribute()) && !is_second_factor(pool, user, medium) {
            return Destination::of(user, medium).ok_or(RecoveryError::NoAddress);
        }
    }
    Err(RecoveryError::NoAddress)
}

/// Whether the user's second factor is a code that comes by this medium.
fn is_second_factor(pool: &Pool, user: &User, medium: Medium) -> bool {
    let factor = match medium {
        Medium::Email => Factor::Email,
        Medium::Sms => Factor::Sms,
    };
    let only = || user.mfa.preferred.is_none() && user.mfa.enabled.iter().eq([&factor]);
    pool.offers(factor) && (user.mfa.preferred == Some(factor) || only())
}

/// Where the code of an administrator's reset goes: as for a forgotten password, and where users cannot recover by
/// themselves to any verified address.
///
/// # Errors
/// [`RecoveryError::NoAddress`].
pub fn of_reset(pool: &Pool, user: &User) -> Result<Destination, RecoveryError> {
    match of_recovery(pool, user) {
        Err(RecoveryError::AdminOnly) => {
            let media = [Medium::Email, Medium::Sms].into_iter();
            let mut verified = media.filter(|medium| user.is_verified(medium.attribute()));
            verified.find_map(|medium| Destination::of(user, medium)).ok_or(RecoveryError::NoAddress)
        }
        result => result,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::testing;

    fn check(medium: Medium, address: &str, masked: &str) {
        assert_eq!(Destination { medium, address: address.into() }.masked(), masked);
    }

    #[test]
    fn masks() {
        check(Medium::Email, "fixture@example.com", "f***@e***");
        check(Medium::Email, "\u{e4}@b", "\u{e4}***@b***");
        check(Medium::Sms, "+12065559934", "+*******9934");
        check(Medium::Sms, "+123", "+123");
    }

    #[test]
    fn recovery() {
        let check = |recovery: Value, attributes: &[&str], mfa: &[Factor], expected: &str| {
            let shown = format!("{recovery} {attributes:?} {mfa:?}");
            let mut pool =
                testing::pool(json!({ "AccountRecoverySetting": { "RecoveryMechanisms": recovery } }));
            pool.factors.sms = true;
            let mut user = testing::user();
            for name in attributes {
                user.set(name, if *name == "email" { "a@x.com" } else { "+12345" });
                user.set(&format!("{name}_verified"), "true");
            }
            user.mfa.enabled = mfa.iter().copied().collect();
            let found = match of_recovery(&pool, &user) {
                Ok(destination) => destination.address,
                Err(error) => error.to_string(),
            };
            assert_eq!(found, expected, "{shown}");
        };
        let email = json!({ "Name": "verified_email", "Priority": 2 });
        let phone = json!({ "Name": "verified_phone_number", "Priority": 1 });
        let (both, only_phone) = (json!([email, phone]), json!([phone]));
        check(both.clone(), &["email", "phone_number"], &[], "+12345");
        check(both.clone(), &["email"], &[], "a@x.com");
        check(both.clone(), &["email", "phone_number"], &[Factor::Sms], "a@x.com");
        check(both.clone(), &["email", "phone_number"], &[Factor::Sms, Factor::SoftwareToken], "+12345");
        check(both.clone(), &["email", "phone_number"], &[Factor::Email], "+12345");
        check(both, &[], &[], "no verified address");
        check(only_phone.clone(), &["phone_number"], &[Factor::Sms], "no verified address");
        check(only_phone, &["email"], &[], "no verified address");
        let admin = json!([{ "Name": "admin_only", "Priority": 1 }]);
        check(admin, &["email"], &[], "only an administrator can reset the password");
    }
}
