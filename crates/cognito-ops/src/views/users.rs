//! Users on the wire.

use cognito_api::wire;
use cognito_core::client::Client;
use cognito_core::user::{Status, User};

use super::timestamp;

/// The status by AWS's name.
pub(crate) fn user_status(status: Status) -> wire::UserStatusType {
    match status {
        Status::Unconfirmed => wire::UserStatusType::Unconfirmed,
        Status::Confirmed => wire::UserStatusType::Confirmed,
        Status::ForceChangePassword { .. } => wire::UserStatusType::ForceChangePassword,
        Status::ResetRequired => wire::UserStatusType::ResetRequired,
        Status::ExternalProvider => wire::UserStatusType::ExternalProvider,
    }
}

fn attribute((name, value): (&str, &str)) -> wire::AttributeType {
    wire::AttributeType { name: name.to_owned(), value: Some(value.into()) }
}

/// Every attribute, `sub` first.
pub(crate) fn attributes(user: &User) -> Vec<wire::AttributeType> {
    user.all_attributes().map(attribute).collect()
}

/// The attributes that a client may read.
pub(crate) fn readable_attributes(user: &User, client: &Client) -> Vec<wire::AttributeType> {
    user.all_attributes().filter(|(name, _)| client.can_read(name)).map(attribute).collect()
}

/// A user as lists and AdminCreateUser give it.
pub(crate) fn user(user: &User) -> wire::UserType {
    wire::UserType { attributes: Some(attributes(user)), ..bare_user(user) }
}

fn bare_user(user: &User) -> wire::UserType {
    wire::UserType {
        username: Some(user.username.as_str().into()),
        attributes: None,
        user_create_date: Some(timestamp(user.created)),
        user_last_modified_date: Some(timestamp(user.modified)),
        enabled: Some(user.enabled),
        user_status: Some(user_status(user.status)),
        mfa_options: mfa_options(user),
    }
}

/// A user as ListUsers gives it, with these attributes only; `None` if the user lacks one.
pub(crate) fn user_with(user: &User, names: &[String]) -> Option<wire::UserType> {
    if names.iter().any(|name| user.attribute(name).is_none()) {
        return None;
    }
    let wanted = user.all_attributes().filter(|(name, _)| names.iter().any(|wanted| wanted == name));
    Some(wire::UserType { attributes: Some(wanted.map(attribute).collect()), ..bare_user(user) })
}

/// PreferredMfaSetting
pub(crate) fn preferred_factor(user: &User) -> Option<String> {
    user.mfa.preferred.map(|factor| factor.as_str().to_owned())
}

/// UserMFASettingList; absent if it is empty ([CAP-moto]).
pub(crate) fn enabled_factors(user: &User) -> Option<Vec<String>> {
    let names: Vec<_> = user.mfa.enabled.iter().map(|factor| factor.as_str().to_owned()).collect();
    (!names.is_empty()).then_some(names)
}

/// MFAOptions: what SetUserSettings set.
pub(crate) fn mfa_options(user: &User) -> Option<Vec<wire::MFAOptionType>> {
    let sms = || wire::MFAOptionType {
        delivery_medium: Some(wire::DeliveryMediumType::Sms),
        attribute_name: Some("phone_number".to_owned()),
    };
    user.mfa.by_settings.then(|| vec![sms()])
}

/// A user as AdminGetUser gives it.
pub(crate) fn admin_get_user(user: &User) -> wire::AdminGetUserResponse {
    wire::AdminGetUserResponse {
        username: user.username.as_str().into(),
        user_attributes: Some(attributes(user)),
        user_create_date: Some(timestamp(user.created)),
        user_last_modified_date: Some(timestamp(user.modified)),
        enabled: Some(user.enabled),
        user_status: Some(user_status(user.status)),
        mfa_options: mfa_options(user),
        preferred_mfa_setting: preferred_factor(user),
        user_mfa_setting_list: enabled_factors(user),
    }
}
