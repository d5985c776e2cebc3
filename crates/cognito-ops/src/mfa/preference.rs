//! What SetUserMFAPreference and its twin have in common.

use cognito_core::mfa::{Factor, Wish};
use cognito_core::pool::Pool;
use cognito_core::user::User;
use cognito_store::Txn;

use crate::prelude::*;

/// The preferences of a request.
pub(super) struct Preferences {
    wishes: Vec<(Factor, Wish)>,
    passkeys: Option<bool>,
}

macro_rules! preferences {
    ($($request:ident),*) => {$(
        impl From<&wire::$request> for Preferences {
            fn from(input: &wire::$request) -> Self {
                let mut wishes = Vec::new();
                if let Some(sms) = &input.sms_mfa_settings {
                    wishes.push((Factor::Sms, Wish { enabled: sms.enabled, preferred: sms.preferred_mfa }));
                }
                if let Some(token) = &input.software_token_mfa_settings {
                    let wish = Wish { enabled: token.enabled, preferred: token.preferred_mfa };
                    wishes.push((Factor::SoftwareToken, wish));
                }
                if let Some(email) = &input.email_mfa_settings {
                    let wish = Wish { enabled: email.enabled, preferred: email.preferred_mfa };
                    wishes.push((Factor::Email, wish));
                }
                let passkeys = input.web_authn_mfa_settings.as_ref().and_then(|passkeys| passkeys.enabled);
                Self { wishes, passkeys }
            }
        }
    )*};
}

preferences!(SetUserMFAPreferenceRequest, AdminSetUserMFAPreferenceRequest);

impl Preferences {
    /// Changes the user, and saves.
    pub(super) fn save(&self, txn: &mut Txn, pool: &Pool, user: &User) -> Reply<()> {
        let mut user = user.clone();
        user.prefer(pool, &self.wishes, self.passkeys)?;
        user.modified = txn.now();
        txn.save(&user);
        Ok(())
    }
}
