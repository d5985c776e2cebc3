//! User pools: what is fixed at their creation, what UpdateUserPool replaces, and what rules read of it.
//! Source: `pools-and-clients` 2.2 to 2.4 of the specification.

use std::collections::BTreeMap;

use cognito_api::wire;
use serde::{Deserialize, Serialize};

use crate::entity::{Entity, IndexEntry, Kind};
use crate::names::{Case, SignInNames};
use crate::password::Policy;
use crate::schema::Schema;
use crate::time::{Span, Time};
use crate::tracking::{SessionTracking, longest_sso};

mod creation;
mod factors;
mod replica;
mod settings;
mod tags;

pub use factors::{FactorsError, MfaRequest};
pub use replica::{NotEnabled, Replica, ReplicaError};
pub use settings::{Feature, SettingsError};
pub use tags::{CUSTOM_ID, MAX_TAGS, TagError, custom_id, without_control_tags};

/// The most pools of an account in a region.
pub const MAX_POOLS: i64 = 1_000;
/// The index of the pools of an account and region, in the order of their creation.
pub const BY_ACCOUNT: &str = "pool.account";

/// A user pool.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Pool {
    /// The id, `<region>_<nine characters>`.
    pub id: String,
    /// The region that it was made in.
    pub region: String,
    /// The account that it was made in, 12 digits.
    pub account: String,
    /// What users sign in with.
    pub sign_in: SignInNames,
    /// UsernameConfiguration as it was given; absent means case-sensitive.
    pub username_configuration: Option<wire::UsernameConfigurationType>,
    /// The attributes.
    pub schema: Schema,
    /// All that UpdateUserPool replaces.
    pub settings: Settings,
    /// What SetUserPoolMfaConfig sets beside `settings.mfa`.
    #[serde(default)]
    pub factors: Factors,
    /// What SetUserPoolSessionConfiguration sets.
    #[serde(default)]
    pub session_tracking: SessionTracking,
    /// What SetLogDeliveryConfiguration sets.
    #[serde(default)]
    pub log_configurations: Vec<wire::LogConfigurationType>,
    /// The longest that one of its clients was ever let reuse an SSO session, in minutes.
    #[serde(default = "longest_sso")]
    pub sso_minutes: i32,
    /// The tags.
    pub tags: BTreeMap<String, String>,
    /// The secondary replica.
    #[serde(default)]
    pub replica: Option<Replica>,
    /// The prefix domain.
    pub domain: Option<String>,
    /// The custom domain.
    pub custom_domain: Option<String>,
    /// When it was made.
    pub created: Time,
    /// When it was last changed.
    pub modified: Time,
    /// The `kid` of its access tokens, once it has [`Keys`]. A pool that is made anew under the same id has another one.
    #[serde(default)]
    pub kid: String,
}

/// The members of a pool that UpdateUserPool replaces as a whole. Rules read them through [`Pool`]'s methods.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Settings {
    /// PoolName
    pub name: String,
    /// Policies, with every default filled in.
    pub policies: wire::UserPoolPolicyType,
    /// Whether the pool may be deleted.
    pub deletion_protection: wire::DeletionProtectionType,
    /// The triggers.
    pub lambda_config: wire::LambdaConfigType,
    /// The attributes to which codes are sent at sign-up and change.
    pub auto_verified_attributes: Option<Vec<wire::VerifiedAttributeType>>,
    /// SmsVerificationMessage, mirrored by the template.
    pub sms_verification_message: Option<String>,
    /// EmailVerificationMessage, mirrored by the template.
    pub email_verification_message: Option<String>,
    /// EmailVerificationSubject, mirrored by the template.
    pub email_verification_subject: Option<String>,
    /// The template of verification messages.
    pub verification_message_template: wire::VerificationMessageTemplateType,
    /// SmsAuthenticationMessage
    pub sms_authentication_message: Option<String>,
    /// Which attributes keep their old value until the new one is verified.
    pub user_attribute_update_settings: Option<wire::UserAttributeUpdateSettingsType>,
    /// MfaConfiguration
    pub mfa: wire::UserPoolMfaType,
    /// DeviceConfiguration
    pub device_configuration: Option<wire::DeviceConfigurationType>,
    /// EmailConfiguration
    pub email_configuration: wire::EmailConfigurationType,
    /// SmsConfiguration
    pub sms_configuration: Option<wire::SmsConfigurationType>,
    /// AdminCreateUserConfig, with defaults filled in.
    pub admin_create_user_config: wire::AdminCreateUserConfigType,
    /// UserPoolAddOns
    pub user_pool_add_ons: Option<wire::UserPoolAddOnsType>,
    /// AccountRecoverySetting
    pub account_recovery_setting: Option<wire::AccountRecoverySettingType>,
    /// UserPoolTier
    pub tier: wire::UserPoolTierType,
    /// DcrConfiguration
    pub dcr_configuration: Option<wire::DcrConfigurationType>,
    /// KeyConfiguration
    pub key_configuration: Option<wire::KeyConfigurationType>,
    /// IssuerConfiguration
    pub issuer_configuration: Option<wire::IssuerConfigurationType>,
    /// AcrConfiguration
    pub acr_configuration: Option<BTreeMap<String, wire::AcrLevelConfigType>>,
}

/// The factors of SetUserPoolMfaConfig that UpdateUserPool does not know.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Factors {
    /// Whether a code by SMS can be a second factor.
    pub sms: bool,
    /// SoftwareTokenMfaConfiguration
    pub software_token: Option<wire::SoftwareTokenMfaConfigType>,
    /// EmailMfaConfiguration
    pub email: Option<wire::EmailMfaConfigType>,
    /// WebAuthnConfiguration
    pub web_authn: Option<wire::WebAuthnConfigurationType>,
}

/// Why a pool is not deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DeletionError {
    /// Deletion protection is active.
    #[error("deletion protection")]
    Protected,
    /// It has a domain.
    #[error("a domain")]
    Domain,
    /// It has a replica.
    #[error("a replica")]
    Replica,
}

/// How a user gets a code for a forgotten password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recovery {
    /// By the verified e-mail address.
    Email,
    /// By the verified phone number.
    Phone,
    /// Only by an administrator.
    Admin,
}

impl Pool {
    /// The ARN.
    pub fn arn(&self) -> String {
        self.arn_in(&self.region)
    }

    /// The value of [`BY_ACCOUNT`] up to the moment of creation.
    pub fn account_prefix(account: &str, region: &str) -> String {
        format!("{account}/{region}/")
    }

    /// Checks that it may be deleted.
    ///
    /// # Errors
    /// [`DeletionError`]
    pub fn check_deletable(&self) -> Result<(), DeletionError> {
        if self.settings.deletion_protection == wire::DeletionProtectionType::Active {
            return Err(DeletionError::Protected);
        }
        if self.has_domain() {
            return Err(DeletionError::Domain);
        }
        if self.replica.is_some() { Err(DeletionError::Replica) } else { Ok(()) }
    }

    /// Whether it has a domain of either kind.
    pub fn has_domain(&self) -> bool {
        self.domain.is_some() || self.custom_domain.is_some()
    }

    /// How names compare. Absent means case-sensitive.
    pub fn case(&self) -> Case {
        match &self.username_configuration {
            Some(configuration) if !configuration.case_sensitive => Case::Insensitive,
            _ => Case::Sensitive,
        }
    }

    /// The password policy. Flags that were left out are false.
    pub fn password_policy(&self) -> Policy {
        let policy = self.settings.policies.password_policy.as_ref();
        let flag =
            |read: fn(&wire::PasswordPolicyType) -> Option<bool>| policy.and_then(read).unwrap_or(false);
        Policy {
            minimum_length: policy
                .and_then(|p| p.minimum_length)
                .and_then(|n| usize::try_from(n).ok())
                .unwrap_or(8),
            uppercase: flag(|p| p.require_uppercase),
            lowercase: flag(|p| p.require_lowercase),
            numbers: flag(|p| p.require_numbers),
            symbols: flag(|p| p.require_symbols),
        }
    }

    /// How many former passwords beside the present one may not be used again.
    pub fn password_history(&self) -> usize {
        let size =
            self.settings.policies.password_policy.as_ref().and_then(|policy| policy.password_history_size);
        size.and_then(|n| usize::try_from(n).ok()).unwrap_or(0)
    }

    /// How long a temporary password is good. Zero means seven days.
    pub fn temporary_password_validity(&self) -> Span {
        let policy = self.settings.policies.password_policy.as_ref();
        let days =
            policy.and_then(|p| p.temporary_password_validity_days).filter(|&days| days > 0).unwrap_or(7);
        Span::days(i64::from(days))
    }

    /// Whether a code is sent to that attribute at sign-up and when it changes.
    pub fn auto_verifies(&self, attribute: &str) -> bool {
        let list = self.settings.auto_verified_attributes.as_deref().unwrap_or_default();
        list.iter().any(|verified| verified.as_str() == attribute)
    }

    /// Whether a new value of that attribute waits for its verification before it counts.
    pub fn verifies_before_update(&self, attribute: &str) -> bool {
        let settings = self.settings.user_attribute_update_settings.as_ref();
        settings
            .and_then(|settings| settings.attributes_require_verification_before_update.as_ref())
            .is_some_and(|list| list.iter().any(|verified| verified.as_str() == attribute))
    }

    /// Whether users may sign up themselves.
    pub fn allows_sign_up(&self) -> bool {
        self.settings.admin_create_user_config.allow_admin_create_user_only != Some(true)
    }

    /// Whether users may be without a password: a one-time code is enough as the first factor.
    pub fn allows_passwordless(&self) -> bool {
        let policy = self.settings.policies.sign_in_policy.as_ref();
        policy.and_then(|policy| policy.allowed_first_auth_factors.as_ref()).is_some_and(|factors| {
            factors
                .iter()
                .any(|factor| matches!(factor, wire::AuthFactorType::EmailOtp | wire::AuthFactorType::SmsOtp))
        })
    }

    /// Whether sign-ins are told apart by their devices.
    pub fn tracks_devices(&self) -> bool {
        self.settings.device_configuration.is_some()
    }

    /// Whether a remembered device stands for the second factor, so that only new devices are challenged.
    pub fn challenges_new_devices_only(&self) -> bool {
        let devices = self.settings.device_configuration.as_ref();
        devices.is_some_and(|devices| devices.challenge_required_on_new_device == Some(true))
    }

    /// Whether a confirmed device is remembered only when the user says so.
    pub fn remembers_on_prompt(&self) -> bool {
        let devices = self.settings.device_configuration.as_ref();
        devices.is_some_and(|devices| devices.device_only_remembered_on_user_prompt == Some(true))
    }

    /// Ways to recover an account, the preferred one first. Without a setting: phone, then e-mail.
    /// <https://docs.aws.amazon.com/cognito/latest/developerguide/managing-users-passwords.html>
    pub fn recovery(&self) -> Vec<Recovery> {
        let mechanisms = self
            .settings
            .account_recovery_setting
            .as_ref()
            .and_then(|setting| setting.recovery_mechanisms.as_ref());
        let Some(mechanisms) = mechanisms.filter(|mechanisms| !mechanisms.is_empty()) else {
            return vec![Recovery::Phone, Recovery::Email];
        };
        let mut mechanisms: Vec<_> = mechanisms.iter().collect();
        mechanisms.sort_by_key(|option| option.priority);
        let recovery = |option: &wire::RecoveryOptionType| match option.name {
            wire::RecoveryOptionNameType::VerifiedEmail => Recovery::Email,
            wire::RecoveryOptionNameType::VerifiedPhoneNumber => Recovery::Phone,
            wire::RecoveryOptionNameType::AdminOnly => Recovery::Admin,
        };
        mechanisms.into_iter().map(recovery).collect()
    }

    /// The name of the counter of the pools of an account in a region.
    pub fn pool_counter(account: &str, region: &str) -> String {
        format!("{account}/{region}/pools")
    }

    /// The name of the counter of its clients.
    pub fn client_counter(pool_id: &str) -> String {
        format!("{pool_id}/clients")
    }

    /// The name of the counter of its users.
    pub fn user_counter(pool_id: &str) -> String {
        format!("{pool_id}/users")
    }

    /// The name of the counter of its groups.
    pub fn group_counter(pool_id: &str) -> String {
        format!("{pool_id}/groups")
    }
}

impl Entity for Pool {
    const KIND: Kind = Kind::Pool;

    fn key(&self) -> String {
        self.id.clone()
    }

    fn index(&self) -> Vec<IndexEntry> {
        let entry = |region: &str, created: Time| {
            let prefix = Self::account_prefix(&self.account, region);
            IndexEntry::shared(BY_ACCOUNT, format!("{prefix}{:016x}", created.0))
        };
        let mut entries = vec![entry(&self.region, self.created)];
        entries.extend(self.replica.iter().map(|replica| entry(&replica.region, replica.created)));
        entries
    }
}

/// The two signing keys of a pool, as PKCS #8 in DER.
#[derive(Clone, Serialize, Deserialize)]
pub struct Keys {
    /// The pool.
    pub pool_id: String,
    /// Signs ID tokens.
    #[serde(with = "crate::bytes")]
    pub id: Vec<u8>,
    /// Signs access tokens.
    #[serde(with = "crate::bytes")]
    pub access: Vec<u8>,
}

impl Keys {
    /// The record key.
    pub fn key_of(pool_id: &str) -> String {
        format!("{pool_id}/keys")
    }
}

impl Entity for Keys {
    const KIND: Kind = Kind::Keys;

    fn key(&self) -> String {
        Self::key_of(&self.pool_id)
    }
}
