//! The second factors of a pool: what CreateUserPool, UpdateUserPool and SetUserPoolMfaConfig make of them.
//! Source: `pools-and-clients` 2.3 and 2.4, `verified-on-aws` of the specification.

use cognito_api::wire;

use super::{Factors, Feature, Pool, Recovery, Settings, SettingsError};

/// Why MFA settings are refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FactorsError {
    /// MFA is wanted in a pool without a second factor; CreateUserPool and UpdateUserPool know only SMS.
    #[error("MFA without SMS configuration")]
    NoSms,
    /// UpdateUserPool may not turn MFA on.
    #[error("MFA turned on by an update")]
    TurnedOn,
    /// SetUserPoolMfaConfig wants MFA and configures no factor.
    #[error("MFA without a factor")]
    NoFactor,
    /// SetUserPoolMfaConfig turns MFA off and configures a factor.
    #[error("a factor without MFA")]
    FactorWithoutMfa,
    /// SMS is to be a factor and has no configuration.
    #[error("SMS as a factor without SMS configuration")]
    SmsNotConfigured,
    /// Codes come by e-mail, and so does the recovery of the account, and by nothing else.
    #[error("e-mail as the second factor and the only recovery")]
    EmailForBoth,
}

/// What SetUserPoolMfaConfig asks for. Factors that are left out are switched off.
#[derive(Clone, Debug, Default)]
pub struct MfaRequest {
    /// MfaConfiguration; absent leaves it as it is.
    pub mfa: Option<wire::UserPoolMfaType>,
    /// SmsMfaConfiguration
    pub sms: Option<wire::SmsMfaConfigType>,
    /// SoftwareTokenMfaConfiguration
    pub software_token: Option<wire::SoftwareTokenMfaConfigType>,
    /// EmailMfaConfiguration
    pub email: Option<wire::EmailMfaConfigType>,
    /// WebAuthnConfiguration
    pub web_authn: Option<wire::WebAuthnConfigurationType>,
}

impl Factors {
    /// The factors of a new pool.
    ///
    /// # Errors
    /// [`FactorsError::NoSms`]
    pub fn of_new(settings: &Settings) -> Result<Self, FactorsError> {
        let wanted = settings.mfa != wire::UserPoolMfaType::Off;
        if wanted && settings.sms_configuration.is_none() {
            return Err(FactorsError::NoSms);
        }
        Ok(Self { sms: wanted, ..Self::default() })
    }

    /// Whether any is there.
    fn any(&self) -> bool {
        self.sms || self.email.is_some() || enabled(self.software_token.as_ref())
    }

    /// What UpdateUserPool leaves of them. OFF drops the second factors, and may not become ON.
    fn updated(&self, before: wire::UserPoolMfaType, settings: &Settings) -> Result<Self, FactorsError> {
        use wire::UserPoolMfaType as Mfa;
        match settings.mfa {
            Mfa::Off => Ok(Self { web_authn: self.web_authn.clone(), ..Self::default() }),
            Mfa::On if before != Mfa::On => Err(FactorsError::TurnedOn),
            _ if self.any() => Ok(self.clone()),
            _ if settings.sms_configuration.is_some() => Ok(Self { sms: true, ..self.clone() }),
            _ => Err(FactorsError::NoSms),
        }
    }
}

fn enabled(software_token: Option<&wire::SoftwareTokenMfaConfigType>) -> bool {
    software_token.is_some_and(|configuration| configuration.enabled == Some(true))
}

impl Pool {
    /// Replaces the settings, as UpdateUserPool does. SmsConfiguration and DcrConfiguration stay if they are left out.
    ///
    /// # Errors
    /// [`SettingsError`]
    pub fn replace_settings(&mut self, mut settings: Settings) -> Result<(), SettingsError> {
        settings.sms_configuration =
            settings.sms_configuration.or_else(|| self.settings.sms_configuration.clone());
        settings.dcr_configuration =
            settings.dcr_configuration.or_else(|| self.settings.dcr_configuration.clone());
        settings.check_registration()?;
        self.factors = self.factors.updated(self.settings.mfa, &settings)?;
        self.settings = settings;
        self.check_factors()
    }

    /// Does what SetUserPoolMfaConfig asks for.
    ///
    /// # Errors
    /// [`SettingsError`]
    pub fn set_mfa(&mut self, request: MfaRequest) -> Result<(), SettingsError> {
        let mfa = request.mfa.unwrap_or(self.settings.mfa);
        let mut factors = Factors {
            sms: request.sms.is_some(),
            software_token: request.software_token,
            email: request.email,
            web_authn: request.web_authn,
        };
        match (mfa, factors.any()) {
            (wire::UserPoolMfaType::Off, true) => return Err(FactorsError::FactorWithoutMfa.into()),
            (wire::UserPoolMfaType::Off, false) => factors.software_token = None,
            (_, false) => return Err(FactorsError::NoFactor.into()),
            (_, true) => {}
        }
        if let Some(sms) = request.sms {
            self.settings.sms_configuration =
                sms.sms_configuration.or(self.settings.sms_configuration.take());
            self.settings.sms_authentication_message = sms.sms_authentication_message;
            if self.settings.sms_configuration.is_none() {
                return Err(FactorsError::SmsNotConfigured.into());
            }
        }
        self.settings.mfa = mfa;
        self.factors = factors;
        self.check_factors()
    }

    /// What the factors and the settings must not be together.
    fn check_factors(&self) -> Result<(), SettingsError> {
        self.settings.needs(Feature::EmailMfa, self.factors.email.is_some())?;
        let configuration =
            self.factors.web_authn.as_ref().and_then(|passkeys| passkeys.factor_configuration);
        let second =
            configuration == Some(wire::WebAuthnFactorConfigurationType::MultiFactorWithUserVerification);
        self.settings.needs(Feature::PasskeyMfa, second)?;
        self.settings.check_first_factors()?;
        if self.factors.email.is_some() && self.recovery() == [Recovery::Email] {
            return Err(FactorsError::EmailForBoth.into());
        }
        Ok(())
    }
}
