//! The second factors of a user. Source: `auth-flows` 4.6 of the specification.

use std::collections::BTreeSet;

use cognito_api::wire;
use serde::{Deserialize, Serialize};

use crate::pool::Pool;
use crate::totp::SoftwareToken;
use crate::user::User;

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
    /// Every factor.
    pub const ALL: [Self; 3] = [Self::Sms, Self::Email, Self::SoftwareToken];

    /// The name of its challenge.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sms => "SMS_MFA",
            Self::Email => "EMAIL_OTP",
            Self::SoftwareToken => "SOFTWARE_TOKEN_MFA",
        }
    }

    /// The factor of that name. One page of AWS's calls the code by e-mail EMAIL_MFA.
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "EMAIL_MFA" => Some(Self::Email),
            name => Self::ALL.into_iter().find(|factor| factor.as_str() == name),
        }
    }

    /// The attribute that its codes are sent to, if they are sent.
    pub const fn attribute(self) -> Option<&'static str> {
        match self {
            Self::Sms => Some("phone_number"),
            Self::Email => Some("email"),
            Self::SoftwareToken => None,
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
    /// The authenticator app, verified.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub software_token: Option<SoftwareToken>,
    /// An authenticator app that waits for VerifySoftwareToken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pending: Option<SoftwareToken>,
    /// Whether passkeys with user verification count as more than one factor (WebAuthnMfaSettings).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub passkeys: bool,
    /// Whether SMS was switched on by SetUserSettings, which MFAOptions then tells.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub by_settings: bool,
}

impl Mfa {
    /// Whether nothing was chosen or registered.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    fn enable(&mut self, factor: Factor) {
        self.enabled.insert(factor);
    }

    fn disable(&mut self, factor: Factor) {
        self.enabled.remove(&factor);
        self.preferred = self.preferred.filter(|preferred| *preferred != factor);
        self.by_settings &= factor != Factor::Sms;
    }

    /// Registers an authenticator app in the middle of a sign-in that wants one: it is asked from now on.
    pub fn enrol(&mut self, token: SoftwareToken) {
        self.software_token = Some(token);
        self.enable(Factor::SoftwareToken);
    }

    /// Forgets the authenticator app.
    pub fn forget_software_token(&mut self) {
        self.software_token = None;
        self.pending = None;
        self.disable(Factor::SoftwareToken);
    }

    /// Sets what SetUserSettings knows of: codes by SMS, or none.
    pub fn set_sms(&mut self, on: bool) {
        if on {
            self.enable(Factor::Sms)
        } else {
            self.disable(Factor::Sms)
        }
        self.by_settings = on;
    }
}

/// What SetUserMFAPreference says of one factor. What is absent stays.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wish {
    /// Enabled
    pub enabled: Option<bool>,
    /// PreferredMfa
    pub preferred: Option<bool>,
}

/// Why a preference is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PreferenceError {
    /// The factor is not registered, or has no address.
    #[error("the user does not have the factor")]
    NotRegistered(Factor),
    /// A factor is preferred and not switched on.
    #[error("the preferred factor is not enabled")]
    NotEnabled(Factor),
    /// Two are preferred.
    #[error("more than one factor is preferred")]
    TwoPreferred,
    /// The pool requires MFA: no factor may be switched off.
    #[error("the pool requires MFA")]
    Required(Factor),
    /// The pool's passkeys are not more than one factor.
    #[error("passkeys are a single factor")]
    PasskeysAreSingleFactor,
    /// Passkeys need another factor beside them.
    #[error("passkeys need another factor")]
    PasskeysAlone,
}

impl User {
    /// Whether the user could prove a factor: an address for codes, or a registered app.
    pub fn has_factor(&self, factor: Factor) -> bool {
        match factor.attribute() {
            Some(attribute) => self.attribute(attribute).is_some(),
            None => self.mfa.software_token.is_some(),
        }
    }

    /// Changes the preferences. Factors that are not named stay as they are.
    ///
    /// # Errors
    /// [`PreferenceError`]; nothing has changed then.
    pub fn prefer(
        &mut self,
        pool: &Pool,
        wishes: &[(Factor, Wish)],
        passkeys: Option<bool>,
    ) -> Result<(), PreferenceError> {
        let mut mfa = self.mfa.clone();
        let mut preferred = None;
        for &(factor, wish) in wishes {
            match wish.enabled {
                Some(true) if !self.has_factor(factor) => {
                    return Err(PreferenceError::NotRegistered(factor));
                }
                Some(true) => mfa.enable(factor),
                Some(false) if pool.requires_mfa() && mfa.enabled.contains(&factor) => {
                    return Err(PreferenceError::Required(factor));
                }
                Some(false) => mfa.disable(factor),
                None => {}
            }
            match wish.preferred {
                Some(true) if !mfa.enabled.contains(&factor) => {
                    return Err(PreferenceError::NotEnabled(factor));
                }
                Some(true) if preferred.is_some() => return Err(PreferenceError::TwoPreferred),
                Some(true) => preferred = Some(factor),
                Some(false) => mfa.preferred = mfa.preferred.filter(|old| *old != factor),
                None => {}
            }
        }
        mfa.preferred = preferred.or(mfa.preferred);
        if let Some(passkeys) = passkeys {
            if passkeys && !pool.passkeys_are_multi_factor() {
                return Err(PreferenceError::PasskeysAreSingleFactor);
            }
            if passkeys && mfa.enabled.is_empty() {
                return Err(PreferenceError::PasskeysAlone);
            }
            mfa.passkeys = passkeys;
        }
        self.mfa = mfa;
        Ok(())
    }
}

impl Pool {
    /// Whether the pool offers a second factor.
    pub fn offers(&self, factor: Factor) -> bool {
        match factor {
            Factor::Sms => self.factors.sms,
            Factor::Email => self.factors.email.is_some(),
            Factor::SoftwareToken => {
                self.factors.software_token.as_ref().is_some_and(|token| token.enabled == Some(true))
            }
        }
    }

    /// Whether every user needs a second factor.
    pub fn requires_mfa(&self) -> bool {
        self.settings.mfa == wire::UserPoolMfaType::On
    }

    /// Whether a passkey with user verification stands for two factors.
    pub fn passkeys_are_multi_factor(&self) -> bool {
        let configuration =
            self.factors.web_authn.as_ref().and_then(|passkeys| passkeys.factor_configuration);
        configuration == Some(wire::WebAuthnFactorConfigurationType::MultiFactorWithUserVerification)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{pool, user};

    fn wish(enabled: bool, preferred: bool) -> Wish {
        Wish { enabled: Some(enabled), preferred: Some(preferred) }
    }

    #[test]
    fn preferences() {
        let mut user = user();
        let optional = pool(serde_json::json!({}));
        let check = |user: &mut User, wishes: &[(Factor, Wish)], expected: Result<(), PreferenceError>| {
            assert_eq!(user.prefer(&optional, wishes, None), expected, "{wishes:?}");
        };
        check(
            &mut user,
            &[(Factor::Sms, wish(true, false))],
            Err(PreferenceError::NotRegistered(Factor::Sms)),
        );
        let token = (Factor::SoftwareToken, wish(true, true));
        check(&mut user, &[token], Err(PreferenceError::NotRegistered(Factor::SoftwareToken)));
        user.mfa.software_token = Some(SoftwareToken::new([1; 32]));
        user.set("phone_number", "+12065550100");
        check(&mut user, &[token, (Factor::Sms, wish(true, true))], Err(PreferenceError::TwoPreferred));
        assert!(user.mfa.enabled.is_empty(), "a refusal changes nothing");
        check(&mut user, &[token, (Factor::Sms, wish(true, false))], Ok(()));
        assert_eq!(user.mfa.preferred, Some(Factor::SoftwareToken));
        check(&mut user, &[(Factor::Sms, wish(true, true))], Ok(()));
        assert_eq!(user.mfa.preferred, Some(Factor::Sms));
        check(&mut user, &[(Factor::Sms, wish(false, false))], Ok(()));
        assert_eq!((user.mfa.preferred, user.mfa.enabled.len()), (None, 1));
        check(&mut user, &[(Factor::Sms, wish(false, true))], Err(PreferenceError::NotEnabled(Factor::Sms)));
    }

    #[test]
    fn a_pool_that_requires_mfa_lets_nothing_be_switched_off() {
        let mut user = user();
        user.mfa.enrol(SoftwareToken::new([1; 32]));
        let mut required = pool(serde_json::json!({}));
        required.settings.mfa = wire::UserPoolMfaType::On;
        let off = [(Factor::SoftwareToken, wish(false, false))];
        assert_eq!(user.prefer(&required, &off, None), Err(PreferenceError::Required(Factor::SoftwareToken)));
    }

    #[test]
    fn passkeys_need_the_pool_and_another_factor() {
        let mut user = user();
        let single = pool(serde_json::json!({}));
        assert_eq!(user.prefer(&single, &[], Some(true)), Err(PreferenceError::PasskeysAreSingleFactor));
        let mut multi = single;
        multi.factors.web_authn = Some(wire::WebAuthnConfigurationType {
            factor_configuration: Some(
                wire::WebAuthnFactorConfigurationType::MultiFactorWithUserVerification,
            ),
            ..wire::WebAuthnConfigurationType::default()
        });
        assert_eq!(user.prefer(&multi, &[], Some(true)), Err(PreferenceError::PasskeysAlone));
        user.mfa.enrol(SoftwareToken::new([1; 32]));
        assert_eq!(user.prefer(&multi, &[], Some(true)), Ok(()));
        assert!(user.mfa.passkeys);
    }
}
