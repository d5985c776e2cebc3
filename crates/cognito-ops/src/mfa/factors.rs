//! What GetUserAuthFactors and its twin have in common.

use cognito_core::auth::{First, offered};
use cognito_core::mfa::Factor;
use cognito_core::pool::Pool;
use cognito_core::user::User;
use cognito_store::Txn;

use crate::prelude::*;
use crate::service::passkeys;

/// The factors of a user: those that a sign-in could begin with, and the authenticator app.
pub(super) async fn configured(txn: &mut Txn, pool: &Pool, user: &User) -> Reply<Vec<wire::AuthFactorType>> {
    let passkeys = passkeys::registered(txn, user).await?;
    let first = offered(pool, user, !passkeys.is_empty());
    let mut factors: Vec<_> = first.into_iter().filter_map(factor).collect();
    if user.has_factor(Factor::SoftwareToken) {
        factors.push(wire::AuthFactorType::SoftwareToken);
    }
    Ok(factors)
}

/// A password is told once, whatever the ways to prove it.
fn factor(first: First) -> Option<wire::AuthFactorType> {
    match first {
        First::PasswordSrp => None,
        First::Password => Some(wire::AuthFactorType::Password),
        First::EmailOtp => Some(wire::AuthFactorType::EmailOtp),
        First::SmsOtp => Some(wire::AuthFactorType::SmsOtp),
        First::WebAuthn => Some(wire::AuthFactorType::WebAuthn),
    }
}
