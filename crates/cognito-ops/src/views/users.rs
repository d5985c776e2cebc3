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
        mfa_options: None,
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

/// A user as AdminGetUser gives it.
pub(crate) fn admin_get_user(user: &User) -> wire::AdminGetUserResponse {
    wire::AdminGetUserResponse {
        username: user.username.as_str().into(),
        user_attributes: Some(attributes(user)),
        user_create_date: Some(timestamp(user.created)),
        user_last_modified_date: Some(timestamp(user.modified)),
        enabled: Some(user.enabled),
        user_status: Some(user_status(user.status)),
        mfa_options: None,
        preferred_mfa_setting: None,
        user_mfa_setting_list: None,
    }
}
