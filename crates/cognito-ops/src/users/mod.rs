//! Users: made and managed by administrators, and by themselves.

mod admin_confirm_sign_up;
mod admin_create_user;
mod admin_delete_user;
mod admin_delete_user_attributes;
mod admin_disable_user;
mod admin_enable_user;
mod admin_get_user;
mod admin_set_user_password;
mod admin_set_user_settings;
mod admin_update_user_attributes;
mod delete_user;
mod delete_user_attributes;
mod get_user;
mod get_user_attribute_verification_code;
mod list_users;
mod set_user_settings;
mod update_user_attributes;
mod verify_user_attribute;

use crate::table::operations;

operations! {
    AdminConfirmSignUp => admin_confirm_sign_up,
    AdminCreateUser => admin_create_user,
    AdminDeleteUser => admin_delete_user,
    AdminDeleteUserAttributes => admin_delete_user_attributes,
    AdminDisableUser => admin_disable_user,
    AdminEnableUser => admin_enable_user,
    AdminGetUser => admin_get_user,
    AdminSetUserPassword => admin_set_user_password,
    AdminSetUserSettings => admin_set_user_settings,
    AdminUpdateUserAttributes => admin_update_user_attributes,
    DeleteUser => delete_user,
    DeleteUserAttributes => delete_user_attributes,
    GetUser => get_user,
    ListUsers => list_users,
    SetUserSettings => set_user_settings,
    UpdateUserAttributes => update_user_attributes,
    GetUserAttributeVerificationCode => get_user_attribute_verification_code,
    VerifyUserAttribute => verify_user_attribute,
}
