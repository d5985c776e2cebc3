//! Passwords: changed, forgotten, reset.

mod admin_reset_user_password;
mod change_password;
mod confirm_forgot_password;
mod forgot_password;

use crate::table::operations;

operations! {
    AdminResetUserPassword => admin_reset_user_password,
    ChangePassword => change_password,
    ConfirmForgotPassword => confirm_forgot_password,
    ForgotPassword => forgot_password,
}
