//! Signing up: registration, confirmation by code, another code.

mod confirm_sign_up;
mod resend_confirmation_code;
mod sign_up;

use crate::table::operations;

operations! {
    ConfirmSignUp => confirm_sign_up,
    ResendConfirmationCode => resend_confirmation_code,
    SignUp => sign_up,
}
