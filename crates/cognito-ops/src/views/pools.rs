//! Pools on the wire.

use cognito_api::wire;
use cognito_core::auth::level_names;
use cognito_core::names::{NameAttribute, SignInNames};
use cognito_core::pool::{Pool, Replica};
use cognito_core::schema::{Attribute, DataType};

use super::timestamp;

/// A pool as CreateUserPool and DescribeUserPool give it. `users` is its estimated number of users.
pub(crate) fn pool(pool: &Pool, users: i64) -> wire::UserPoolType {
    let settings = pool.settings.clone();
    let (aliases, username_attributes) = sign_in_names(&pool.sign_in);
    wire::UserPoolType {
        id: Some(pool.id.clone()),
        name: Some(settings.name),
        policies: Some(settings.policies),
        deletion_protection: Some(settings.deletion_protection),
        lambda_config: Some(settings.lambda_config),
        status: None,
        last_modified_date: Some(timestamp(pool.modified)),
        creation_date: Some(timestamp(pool.created)),
        schema_attributes: Some(pool.schema.0.iter().map(schema_attribute).collect()),
        auto_verified_attributes: settings.auto_verified_attributes,
        alias_attributes: aliases,
        username_attributes,
        sms_verification_message: settings.sms_verification_message,
        email_verification_message: settings.email_verification_message,
        email_verification_subject: settings.email_verification_subject,
        verification_message_template: Some(settings.verification_message_template),
        sms_authentication_message: settings.sms_authentication_message,
        user_attribute_update_settings: settings.user_attribute_update_settings,
        mfa_configuration: Some(settings.mfa),
        device_configuration: settings.device_configuration,
        estimated_number_of_users: Some(i32::try_from(users.max(0)).unwrap_or(i32::MAX)),
        email_configuration: Some(settings.email_configuration),
        sms_configuration: settings.sms_configuration,
        user_pool_tags: Some(pool.tags.clone()),
        sms_configuration_failure: None,
        email_configuration_failure: None,
        domain: pool.domain.clone(),
        custom_domain: pool.custom_domain.clone(),
        admin_create_user_config: Some(settings.admin_create_user_config),
        user_pool_add_ons: settings.user_pool_add_ons,
        dcr_configuration: settings.dcr_configuration,
        username_configuration: pool.username_configuration.clone(),
        arn: Some(pool.arn()),
        account_recovery_setting: settings.account_recovery_setting,
        user_pool_tier: Some(settings.tier),
        key_configuration: settings.key_configuration,
        issuer_configuration: settings.issuer_configuration,
        acr_configuration: settings.acr_configuration.as_ref().map(|names| level_names(Some(names))),
    }
}

/// Where the logs of a pool go.
pub(crate) fn log_delivery(pool: &Pool) -> wire::LogDeliveryConfigurationType {
    wire::LogDeliveryConfigurationType {
        user_pool_id: pool.id.clone(),
        log_configurations: pool.log_configurations.clone(),
    }
}

/// The pool as DescribeUserPool gives it in the Region of its secondary. Prefix domains are of the primary's Region.
pub(crate) fn pool_in_secondary(pool: &Pool, replica: &Replica, users: i64) -> wire::UserPoolType {
    wire::UserPoolType {
        user_pool_tags: Some(replica.tags.clone()),
        domain: None,
        arn: Some(pool.arn_in(&replica.region)),
        ..self::pool(pool, users)
    }
}

/// A pool as ListUserPools gives it, with the Regions of its replicas if it has a secondary. That the primary counts as
/// one of them is unverified.
pub(crate) fn pool_description(pool: &Pool) -> wire::UserPoolDescriptionType {
    wire::UserPoolDescriptionType {
        id: Some(pool.id.clone()),
        name: Some(pool.settings.name.clone()),
        lambda_config: Some(pool.settings.lambda_config.clone()),
        status: None,
        last_modified_date: Some(timestamp(pool.modified)),
        creation_date: Some(timestamp(pool.created)),
        replica_regions: pool
            .replica
            .as_ref()
            .map(|replica| vec![pool.region.clone(), replica.region.clone()]),
    }
}

/// The MFA settings. SMS settings are shown whether or not they serve MFA (aws-sdk-js, issue 4186).
pub(crate) fn mfa(pool: &Pool) -> wire::GetUserPoolMfaConfigResponse {
    let sms = pool.settings.sms_configuration.clone().map(|configuration| wire::SmsMfaConfigType {
        sms_authentication_message: pool.settings.sms_authentication_message.clone(),
        sms_configuration: Some(configuration),
    });
    wire::GetUserPoolMfaConfigResponse {
        sms_mfa_configuration: sms,
        software_token_mfa_configuration: pool.factors.software_token.clone(),
        email_mfa_configuration: pool.factors.email.clone(),
        mfa_configuration: Some(pool.settings.mfa),
        web_authn_configuration: pool.factors.web_authn.clone(),
    }
}

type Aliases = Option<Vec<wire::AliasAttributeType>>;
type UsernameAttributes = Option<Vec<wire::UsernameAttributeType>>;

/// AliasAttributes and UsernameAttributes; each absent if empty.
fn sign_in_names(names: &SignInNames) -> (Aliases, UsernameAttributes) {
    match names {
        SignInNames::Username { aliases } if aliases.is_empty() => (None, None),
        SignInNames::Username { aliases } => {
            let alias = |name: &NameAttribute| match name {
                NameAttribute::Email => wire::AliasAttributeType::Email,
                NameAttribute::PhoneNumber => wire::AliasAttributeType::PhoneNumber,
                NameAttribute::PreferredUsername => wire::AliasAttributeType::PreferredUsername,
            };
            (Some(aliases.iter().map(alias).collect()), None)
        }
        SignInNames::Attributes(attributes) => {
            let attribute = |name: &NameAttribute| match name {
                NameAttribute::Email => Some(wire::UsernameAttributeType::Email),
                NameAttribute::PhoneNumber => Some(wire::UsernameAttributeType::PhoneNumber),
                NameAttribute::PreferredUsername => None,
            };
            (None, Some(attributes.iter().filter_map(attribute).collect()))
        }
    }
}

/// An attribute of the schema. Strings and numbers have their limits, if only an empty object.
fn schema_attribute(attribute: &Attribute) -> wire::SchemaAttributeType {
    let (min, max) = (attribute.min.clone(), attribute.max.clone());
    let (string, number) = match attribute.data_type {
        DataType::String => {
            (Some(wire::StringAttributeConstraintsType { min_length: min, max_length: max }), None)
        }
        DataType::Number => {
            (None, Some(wire::NumberAttributeConstraintsType { min_value: min, max_value: max }))
        }
        DataType::Boolean | DataType::DateTime => (None, None),
    };
    wire::SchemaAttributeType {
        name: Some(attribute.name.clone()),
        attribute_data_type: Some(match attribute.data_type {
            DataType::String => wire::AttributeDataType::String,
            DataType::Number => wire::AttributeDataType::Number,
            DataType::DateTime => wire::AttributeDataType::DateTime,
            DataType::Boolean => wire::AttributeDataType::Boolean,
        }),
        developer_only_attribute: Some(attribute.developer_only),
        mutable: Some(attribute.mutable),
        required: Some(attribute.required),
        number_attribute_constraints: number,
        string_attribute_constraints: string,
    }
}
