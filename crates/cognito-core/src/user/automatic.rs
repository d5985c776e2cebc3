//! What the PreSignUp trigger spares a user who signs up: confirmation and verification.
//! <https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-pre-sign-up.html>

use super::{Status, User};
use crate::names::SignInNames;

/// What PreSignUp spares a user who signs up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Automatic {
    /// The confirmation.
    pub confirm: bool,
    /// The verification of the e-mail address.
    pub verify_email: bool,
    /// The verification of the phone number.
    pub verify_phone_number: bool,
}

/// Why nothing is spared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AutomaticError {
    /// An address was to be verified of a user who is not confirmed.
    #[error("verified without being confirmed")]
    Unconfirmed,
    /// The user has no such address.
    #[error("no {0} to verify")]
    NoAddress(&'static str),
}

impl User {
    /// Confirms and verifies a user who is signing up, as PreSignUp says.
    ///
    /// # Errors
    /// [`AutomaticError`]
    pub fn confirm_automatically(
        &mut self,
        automatic: Automatic,
        names: &SignInNames,
    ) -> Result<(), AutomaticError> {
        let verify = [("email", automatic.verify_email), ("phone_number", automatic.verify_phone_number)];
        for (attribute, _) in verify.into_iter().filter(|(_, verify)| *verify) {
            if !automatic.confirm {
                return Err(AutomaticError::Unconfirmed);
            }
            if self.attribute(attribute).is_none() {
                return Err(AutomaticError::NoAddress(attribute));
            }
            self.set(&format!("{attribute}_verified"), "true");
        }
        if automatic.confirm {
            self.status = Status::Confirmed;
        }
        self.rename(names);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::names::NameAttribute;
    use crate::testing;

    #[test]
    fn confirming_automatically() {
        let check = |confirm, verify_email, verify_phone_number, expected: &str| {
            let mut user = User { status: Status::Unconfirmed, ..testing::user() };
            user.set("email", "alice@example.com");
            let names = SignInNames::Username { aliases: vec![NameAttribute::Email] };
            let automatic = Automatic { confirm, verify_email, verify_phone_number };
            let shown = match user.confirm_automatically(automatic, &names) {
                Ok(()) => format!("{} {}", user.status.as_str(), user.aliases.join(" ")),
                Err(error) => error.to_string(),
            };
            assert_eq!(shown.trim_end(), expected, "{automatic:?}");
        };
        check(false, false, false, "UNCONFIRMED");
        check(true, false, false, "CONFIRMED");
        check(true, true, false, "CONFIRMED alice@example.com");
        check(false, true, false, "verified without being confirmed");
        check(true, true, true, "no phone_number to verify");
    }
}
