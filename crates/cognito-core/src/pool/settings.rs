//! The settings of a pool from a request: what it leaves out gets AWS's default, and what contradicts is refused.
//! Source: `pools-and-clients` 2.2 to 2.4 and `verified-on-aws` of the specification.

use std::collections::BTreeSet;

use cognito_api::wire;

use super::{FactorsError, Settings, TagError};
use crate::auth;
use crate::schema::DefinitionError;

/// How long a temporary password is good unless the request says, in days.
const TEMPORARY_PASSWORD_DAYS: i32 = 7;
/// The minimum length of passwords unless the request says.
const MINIMUM_LENGTH: i32 = 8;

/// A feature that some tiers do not have.
/// <https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-sign-in-feature-plans.html>
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Feature {
    /// PasswordHistorySize above zero.
    PasswordHistory,
    /// First factors other than PASSWORD, or ALLOW_USER_AUTH.
    ChoiceBasedSignIn,
    /// PreTokenGenerationConfig of version V2_0 or V3_0.
    AccessTokenCustomization,
    /// DcrConfiguration.
    DynamicClientRegistration,
    /// EmailMfaConfiguration.
    EmailMfa,
    /// Passkeys as a second factor.
    PasskeyMfa,
    /// AcrConfiguration, or TARGET_ACR_VALUES at a sign-in.
    StepUp,
    /// SetUserPoolSessionConfiguration and SetUserPoolClientSessionConfiguration.
    SessionTracking,
    /// Login pages of ManagedLoginVersion 2.
    ManagedLogin,
    /// A replica in another Region.
    Replication,
    /// AdvancedSecurityMode AUDIT or ENFORCED.
    ThreatProtection,
    /// SetLogDeliveryConfiguration with userAuthEvents.
    ActivityExport,
}

/// Why settings are refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// TemporaryPasswordValidityDays and UnusedAccountValidityDays were both given.
    #[error("two validities of temporary passwords")]
    TwoValidities,
    /// The pool's tier does not have the feature.
    #[error("the tier does not have the feature")]
    Tier(Feature),
    /// WEB_AUTHN is the only first factor.
    #[error("passkeys are the only first factor")]
    OnlyPasskeys,
    /// MFA is ON, and a one-time code is a first factor.
    #[error("one-time codes as first factors with MFA on")]
    OneTimeCodesWithMfa,
    /// admin_only stands beside another recovery mechanism.
    #[error("admin_only beside another recovery mechanism")]
    AdminOnlyAndMore,
    /// Two recovery mechanisms have the same name or priority.
    #[error("recovery mechanisms repeat themselves")]
    RepeatedRecovery,
    /// Two levels of assurance have the same name.
    #[error("levels have the same name")]
    RepeatedLevel,
    /// PreTokenGeneration and PreTokenGenerationConfig name two functions.
    #[error("two functions for one trigger")]
    TwoTokenTriggers,
    /// AliasAttributes and UsernameAttributes were both given.
    #[error("both alias and username attributes")]
    AliasesAndUsernameAttributes,
    /// preferred_username is an alias and required.
    #[error("a required alias")]
    RequiredPreferredUsername,
    /// The MFA settings contradict each other.
    #[error(transparent)]
    Factors(#[from] FactorsError),
    /// The schema is refused.
    #[error(transparent)]
    Schema(#[from] DefinitionError),
    /// The tags are refused.
    #[error(transparent)]
    Tags(#[from] TagError),
}

impl Settings {
    /// The settings that a request makes, whatever they were before. `name` is the name if the request has none.
    ///
    /// # Errors
    /// [`SettingsError`]
    pub fn new(name: String, request: wire::UpdateUserPoolRequest) -> Result<Self, SettingsError> {
        let mut admin = request.admin_create_user_config.unwrap_or_default();
        let policies = policies(request.policies, admin.unused_account_validity_days)?;
        admin.allow_admin_create_user_only.get_or_insert(false);
        admin.unused_account_validity_days =
            policies.password_policy.as_ref().and_then(|policy| policy.temporary_password_validity_days);

        let mut template = request.verification_message_template.unwrap_or_default();
        template.default_email_option.get_or_insert(wire::DefaultEmailOptionType::ConfirmWithCode);
        template.email_message = template.email_message.or(request.email_verification_message);
        template.email_subject = template.email_subject.or(request.email_verification_subject);
        template.sms_message = template.sms_message.or(request.sms_verification_message);

        let mut email = request.email_configuration.unwrap_or_default();
        email.email_sending_account.get_or_insert(wire::EmailSendingAccountType::CognitoDefault);

        let settings = Self {
            name: request.pool_name.unwrap_or(name),
            policies,
            deletion_protection: request
                .deletion_protection
                .unwrap_or(wire::DeletionProtectionType::Inactive),
            lambda_config: request.lambda_config.unwrap_or_default(),
            auto_verified_attributes: request.auto_verified_attributes,
            sms_verification_message: template.sms_message.clone(),
            email_verification_message: template.email_message.clone(),
            email_verification_subject: template.email_subject.clone(),
            verification_message_template: template,
            sms_authentication_message: request.sms_authentication_message,
            user_attribute_update_settings: request.user_attribute_update_settings,
            mfa: request.mfa_configuration.unwrap_or(wire::UserPoolMfaType::Off),
            device_configuration: request.device_configuration,
            email_configuration: email,
            sms_configuration: request.sms_configuration,
            admin_create_user_config: admin,
            tier: request.user_pool_tier.unwrap_or_else(|| default_tier(request.user_pool_add_ons.as_ref())),
            user_pool_add_ons: request.user_pool_add_ons,
            account_recovery_setting: Some(request.account_recovery_setting.unwrap_or_else(default_recovery)),
            dcr_configuration: request.dcr_configuration,
            key_configuration: request.key_configuration,
            issuer_configuration: request.issuer_configuration,
            acr_configuration: request.acr_configuration,
        };
        settings.check()?;
        Ok(settings)
    }

    /// Whether the pool's tier has a feature.
    pub fn has(&self, feature: Feature) -> bool {
        match feature {
            Feature::ThreatProtection | Feature::ActivityExport => self.tier == wire::UserPoolTierType::Plus,
            _ => self.tier != wire::UserPoolTierType::Lite,
        }
    }

    /// Refuses a feature that the tier does not have, if it is wanted.
    ///
    /// # Errors
    /// [`SettingsError::Tier`]
    pub fn needs(&self, feature: Feature, wanted: bool) -> Result<(), SettingsError> {
        if wanted && !self.has(feature) { Err(SettingsError::Tier(feature)) } else { Ok(()) }
    }

    fn check(&self) -> Result<(), SettingsError> {
        let policy = self.policies.password_policy.as_ref();
        let history = policy.and_then(|policy| policy.password_history_size).unwrap_or(0) > 0;
        self.needs(Feature::PasswordHistory, history)?;
        self.needs(Feature::ThreatProtection, self.user_pool_add_ons.as_ref().is_some_and(protects))?;
        self.check_registration()?;
        self.needs(Feature::StepUp, self.acr_configuration.is_some())?;
        self.check_levels()?;
        self.check_first_factors()?;
        self.check_token_trigger()?;
        check_recovery(self.account_recovery_setting.as_ref())
    }

    pub(super) fn check_first_factors(&self) -> Result<(), SettingsError> {
        use wire::AuthFactorType as Factor;
        let policy = self.policies.sign_in_policy.as_ref();
        let factors =
            policy.and_then(|policy| policy.allowed_first_auth_factors.as_deref()).unwrap_or_default();
        self.needs(Feature::ChoiceBasedSignIn, factors.iter().any(|factor| *factor != Factor::Password))?;
        if !factors.is_empty() && factors.iter().all(|factor| *factor == Factor::WebAuthn) {
            return Err(SettingsError::OnlyPasskeys);
        }
        let codes = factors.iter().any(|factor| matches!(factor, Factor::EmailOtp | Factor::SmsOtp));
        if codes && self.mfa == wire::UserPoolMfaType::On {
            return Err(SettingsError::OneTimeCodesWithMfa);
        }
        Ok(())
    }

    /// The names of levels are different, those that are left at their default included.
    /// A tier without dynamic client registration takes its configuration if that turns it off.
    pub(super) fn check_registration(&self) -> Result<(), SettingsError> {
        self.needs(Feature::DynamicClientRegistration, self.registration().is_some())
    }

    /// DcrConfiguration, if registration is on, as it is unless it is turned off.
    pub fn registration(&self) -> Option<&wire::DcrConfigurationType> {
        let configuration = self.dcr_configuration.as_ref();
        configuration.filter(|configuration| configuration.enable_status != Some(wire::StatusType::Disabled))
    }

    fn check_levels(&self) -> Result<(), SettingsError> {
        let names = auth::level_names(self.acr_configuration.as_ref());
        let distinct: BTreeSet<&str> = names.values().map(|name| name.acr_value.as_str()).collect();
        if distinct.len() == names.len() { Ok(()) } else { Err(SettingsError::RepeatedLevel) }
    }

    fn check_token_trigger(&self) -> Result<(), SettingsError> {
        let Some(config) = &self.lambda_config.pre_token_generation_config else { return Ok(()) };
        let newer = config.lambda_version != wire::PreTokenGenerationLambdaVersionType::V1_0;
        self.needs(Feature::AccessTokenCustomization, newer)?;
        match &self.lambda_config.pre_token_generation {
            Some(arn) if *arn != config.lambda_arn => Err(SettingsError::TwoTokenTriggers),
            _ => Ok(()),
        }
    }
}

/// The policies with every default filled in. Of a password policy that is given, requirements left out are off;
/// without a policy all are on (`verified-on-aws`).
fn policies(
    given: Option<wire::UserPoolPolicyType>,
    unused_account_days: Option<i32>,
) -> Result<wire::UserPoolPolicyType, SettingsError> {
    let given = given.unwrap_or_default();
    // Zero counts as not given.
    let set = |days: Option<i32>| days.filter(|&days| days > 0);
    let mut password = given.password_policy.unwrap_or(wire::PasswordPolicyType {
        require_uppercase: Some(true),
        require_lowercase: Some(true),
        require_numbers: Some(true),
        require_symbols: Some(true),
        ..wire::PasswordPolicyType::default()
    });
    let days = match (set(password.temporary_password_validity_days), set(unused_account_days)) {
        (Some(_), Some(_)) => return Err(SettingsError::TwoValidities),
        (temporary, unused) => temporary.or(unused).unwrap_or(TEMPORARY_PASSWORD_DAYS),
    };
    password.temporary_password_validity_days = Some(days);
    password.minimum_length.get_or_insert(MINIMUM_LENGTH);
    password.require_uppercase.get_or_insert(false);
    password.require_lowercase.get_or_insert(false);
    password.require_numbers.get_or_insert(false);
    password.require_symbols.get_or_insert(false);

    let mut sign_in = given.sign_in_policy.unwrap_or_default();
    sign_in.allowed_first_auth_factors.get_or_insert_with(|| vec![wire::AuthFactorType::Password]);
    Ok(wire::UserPoolPolicyType { password_policy: Some(password), sign_in_policy: Some(sign_in) })
}

fn protects(add_ons: &wire::UserPoolAddOnsType) -> bool {
    add_ons.advanced_security_mode != wire::AdvancedSecurityModeType::Off
}

fn default_tier(add_ons: Option<&wire::UserPoolAddOnsType>) -> wire::UserPoolTierType {
    match add_ons {
        Some(add_ons) if protects(add_ons) => wire::UserPoolTierType::Plus,
        _ => wire::UserPoolTierType::Essentials,
    }
}

/// The order in which accounts are recovered unless the pool says: phone, then e-mail. That a setting is described
/// even so is verified, which one is not.
fn default_recovery() -> wire::AccountRecoverySettingType {
    let option = |priority, name| wire::RecoveryOptionType { priority, name };
    wire::AccountRecoverySettingType {
        recovery_mechanisms: Some(vec![
            option(1, wire::RecoveryOptionNameType::VerifiedPhoneNumber),
            option(2, wire::RecoveryOptionNameType::VerifiedEmail),
        ]),
    }
}

fn check_recovery(setting: Option<&wire::AccountRecoverySettingType>) -> Result<(), SettingsError> {
    let mechanisms = setting.and_then(|setting| setting.recovery_mechanisms.as_deref()).unwrap_or_default();
    let [first, second] = mechanisms else { return Ok(()) };
    if first.name == second.name || first.priority == second.priority {
        return Err(SettingsError::RepeatedRecovery);
    }
    if mechanisms.iter().any(|option| option.name == wire::RecoveryOptionNameType::AdminOnly) {
        return Err(SettingsError::AdminOnlyAndMore);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn settings(request: Value) -> Result<Settings, SettingsError> {
        let mut request = request;
        request["UserPoolId"] = json!("us-east-1_AbCdEf123");
        Settings::new("pool".to_owned(), serde_json::from_value(request).unwrap())
    }

    /// `member` of the settings that a request makes.
    fn check(request: Value, member: &str, expected: Value) {
        let settings = serde_json::to_value(settings(request.clone()).unwrap()).unwrap();
        assert_eq!(settings.pointer(member), Some(&expected), "{member} of {request}");
    }

    fn refused(request: Value, expected: SettingsError) {
        assert_eq!(settings(request.clone()).unwrap_err(), expected, "{request}");
    }

    #[test]
    fn password_policies() {
        let member = "/policies/PasswordPolicy";
        let policy = |flag: bool, days: i32| {
            json!({
                "MinimumLength": 8, "RequireUppercase": flag, "RequireLowercase": flag, "RequireNumbers": flag,
                "RequireSymbols": flag, "TemporaryPasswordValidityDays": days
            })
        };
        check(json!({}), member, policy(true, 7));
        check(json!({ "Policies": {} }), member, policy(true, 7));
        check(json!({ "Policies": { "PasswordPolicy": {} } }), member, policy(false, 7));
        let days = |days: i32| json!({ "Policies": { "PasswordPolicy": { "TemporaryPasswordValidityDays": days } } });
        check(days(30), member, policy(false, 30));
        check(days(0), member, policy(false, 7));
        check(days(30), "/admin_create_user_config/UnusedAccountValidityDays", json!(30));
        let unused = json!({ "AdminCreateUserConfig": { "UnusedAccountValidityDays": 3 } });
        check(unused.clone(), member, policy(true, 3));
        let mut both = days(3);
        both["AdminCreateUserConfig"] = unused["AdminCreateUserConfig"].clone();
        refused(both, SettingsError::TwoValidities);
    }

    #[test]
    fn messages_mirror_each_other() {
        let old = json!({
            "EmailVerificationMessage": "e {####}", "EmailVerificationSubject": "s",
            "SmsVerificationMessage": "m {####}"
        });
        let new = json!({
            "VerificationMessageTemplate": { "EmailMessage": "e {####}", "EmailSubject": "s", "SmsMessage": "m {####}" }
        });
        for request in [old, new] {
            check(request.clone(), "/email_verification_message", json!("e {####}"));
            check(request.clone(), "/email_verification_subject", json!("s"));
            check(request.clone(), "/sms_verification_message", json!("m {####}"));
            let template = json!({
                "EmailMessage": "e {####}", "EmailSubject": "s", "SmsMessage": "m {####}",
                "DefaultEmailOption": "CONFIRM_WITH_CODE"
            });
            check(request, "/verification_message_template", template);
        }
    }

    #[test]
    fn tiers() {
        check(json!({}), "/tier", json!("ESSENTIALS"));
        check(json!({ "UserPoolAddOns": { "AdvancedSecurityMode": "OFF" } }), "/tier", json!("ESSENTIALS"));
        check(json!({ "UserPoolAddOns": { "AdvancedSecurityMode": "AUDIT" } }), "/tier", json!("PLUS"));
        let lite = |member: &str, value: Value| json!({ "UserPoolTier": "LITE", member: value });
        refused(
            json!({ "UserPoolTier": "ESSENTIALS", "UserPoolAddOns": { "AdvancedSecurityMode": "ENFORCED" } }),
            SettingsError::Tier(Feature::ThreatProtection),
        );
        refused(
            lite("Policies", json!({ "PasswordPolicy": { "PasswordHistorySize": 1 } })),
            SettingsError::Tier(Feature::PasswordHistory),
        );
        check(
            lite("Policies", json!({ "PasswordPolicy": { "PasswordHistorySize": 0 } })),
            "/tier",
            json!("LITE"),
        );
        refused(
            lite(
                "Policies",
                json!({ "SignInPolicy": { "AllowedFirstAuthFactors": ["PASSWORD", "EMAIL_OTP"] } }),
            ),
            SettingsError::Tier(Feature::ChoiceBasedSignIn),
        );
        refused(
            lite("DcrConfiguration", json!({ "EnableStatus": "Enabled" })),
            SettingsError::Tier(Feature::DynamicClientRegistration),
        );
        refused(lite("DcrConfiguration", json!({})), SettingsError::Tier(Feature::DynamicClientRegistration));
        check(lite("DcrConfiguration", json!({ "EnableStatus": "Disabled" })), "/tier", json!("LITE"));
        let trigger = |version: &str| {
            let arn = "arn:aws:lambda:us-east-1:000000000000:function:f";
            json!({ "PreTokenGenerationConfig": { "LambdaVersion": version, "LambdaArn": arn } })
        };
        refused(
            lite("LambdaConfig", trigger("V2_0")),
            SettingsError::Tier(Feature::AccessTokenCustomization),
        );
        check(lite("LambdaConfig", trigger("V1_0")), "/tier", json!("LITE"));
        let mut two = trigger("V2_0");
        two["PreTokenGeneration"] = json!("arn:aws:lambda:us-east-1:000000000000:function:g");
        refused(json!({ "LambdaConfig": two }), SettingsError::TwoTokenTriggers);
    }

    #[test]
    fn first_factors() {
        let factors =
            |list: Value| json!({ "Policies": { "SignInPolicy": { "AllowedFirstAuthFactors": list } } });
        check(json!({}), "/policies/SignInPolicy", json!({ "AllowedFirstAuthFactors": ["PASSWORD"] }));
        check(factors(json!(["PASSWORD", "WEB_AUTHN"])), "/mfa", json!("OFF"));
        refused(factors(json!(["WEB_AUTHN"])), SettingsError::OnlyPasskeys);
        let mut on = factors(json!(["PASSWORD", "SMS_OTP"]));
        on["MfaConfiguration"] = json!("ON");
        refused(on, SettingsError::OneTimeCodesWithMfa);
    }

    #[test]
    fn recovery() {
        let setting = |options: &[(i32, &str)]| {
            let options: Vec<_> = options.iter().map(|(p, n)| json!({ "Priority": p, "Name": n })).collect();
            json!({ "AccountRecoverySetting": { "RecoveryMechanisms": options } })
        };
        let given = setting(&[(2, "verified_email"), (1, "verified_phone_number")]);
        check(given.clone(), "/account_recovery_setting", given["AccountRecoverySetting"].clone());
        check(setting(&[(1, "admin_only")]), "/mfa", json!("OFF"));
        refused(setting(&[(1, "admin_only"), (2, "verified_email")]), SettingsError::AdminOnlyAndMore);
        refused(setting(&[(1, "verified_email"), (2, "verified_email")]), SettingsError::RepeatedRecovery);
        refused(
            setting(&[(1, "verified_phone_number"), (1, "verified_email")]),
            SettingsError::RepeatedRecovery,
        );
    }
}
