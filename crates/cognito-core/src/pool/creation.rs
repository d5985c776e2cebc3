//! A new pool from a request.

use cognito_api::wire;

use super::{Factors, Pool, Settings, SettingsError, without_control_tags};
use crate::names::{NameAttribute, SignInNames};
use crate::schema::Schema;
use crate::time::Time;
use crate::tracking::{SSO_MINUTES, SessionTracking};

impl Pool {
    /// The pool that CreateUserPool makes in an account and region under an id.
    ///
    /// # Errors
    /// [`SettingsError`]
    pub fn new(
        id: String,
        account: String,
        region: String,
        request: wire::CreateUserPoolRequest,
        now: Time,
    ) -> Result<Self, SettingsError> {
        let mut schema = Schema::default();
        for attribute in request.schema.iter().flatten() {
            schema.define(attribute)?;
        }
        let sign_in = sign_in(request.alias_attributes.as_deref(), request.username_attributes.as_deref())?;
        let preferred = NameAttribute::PreferredUsername;
        if sign_in.uses(preferred) && schema.required().any(|name| name == preferred.as_str()) {
            return Err(SettingsError::RequiredPreferredUsername);
        }
        let tags = without_control_tags(request.user_pool_tags.clone().unwrap_or_default())?;
        let username_configuration = request.username_configuration.clone();
        let settings = Settings::new(request.pool_name.clone(), replaceable(request))?;
        Ok(Self {
            id,
            region,
            account,
            sign_in,
            username_configuration,
            schema,
            factors: Factors::of_new(&settings)?,
            settings,
            session_tracking: SessionTracking::default(),
            log_configurations: Vec::new(),
            sso_minutes: SSO_MINUTES,
            tags,
            replica: None,
            domain: None,
            custom_domain: None,
            created: now,
            modified: now,
            kid: String::new(),
        })
    }
}

fn sign_in(
    aliases: Option<&[wire::AliasAttributeType]>,
    attributes: Option<&[wire::UsernameAttributeType]>,
) -> Result<SignInNames, SettingsError> {
    let aliases = distinct(aliases.unwrap_or_default().iter().map(|alias| alias.as_str()));
    let attributes = distinct(attributes.unwrap_or_default().iter().map(|attribute| attribute.as_str()));
    match (aliases.is_empty(), attributes.is_empty()) {
        (false, false) => Err(SettingsError::AliasesAndUsernameAttributes),
        (true, false) => Ok(SignInNames::Attributes(attributes)),
        _ => Ok(SignInNames::Username { aliases }),
    }
}

fn distinct<'a>(names: impl Iterator<Item = &'a str>) -> Vec<NameAttribute> {
    let mut distinct = Vec::new();
    for name in names.filter_map(NameAttribute::parse) {
        if !distinct.contains(&name) {
            distinct.push(name);
        }
    }
    distinct
}

/// The part of the request that UpdateUserPool knows too.
fn replaceable(request: wire::CreateUserPoolRequest) -> wire::UpdateUserPoolRequest {
    wire::UpdateUserPoolRequest {
        user_pool_id: String::new(),
        pool_name: Some(request.pool_name),
        policies: request.policies,
        deletion_protection: request.deletion_protection,
        lambda_config: request.lambda_config,
        auto_verified_attributes: request.auto_verified_attributes,
        sms_verification_message: request.sms_verification_message,
        email_verification_message: request.email_verification_message,
        email_verification_subject: request.email_verification_subject,
        verification_message_template: request.verification_message_template,
        sms_authentication_message: request.sms_authentication_message,
        user_attribute_update_settings: request.user_attribute_update_settings,
        mfa_configuration: request.mfa_configuration,
        device_configuration: request.device_configuration,
        email_configuration: request.email_configuration,
        sms_configuration: request.sms_configuration,
        user_pool_tags: None,
        admin_create_user_config: request.admin_create_user_config,
        user_pool_add_ons: request.user_pool_add_ons,
        dcr_configuration: request.dcr_configuration,
        account_recovery_setting: request.account_recovery_setting,
        user_pool_tier: request.user_pool_tier,
        key_configuration: request.key_configuration,
        issuer_configuration: request.issuer_configuration,
        acr_configuration: request.acr_configuration,
    }
}
