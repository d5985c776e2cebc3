//! Lambda triggers: one file a trigger. What a pool names is called through the [`Triggers`](crate::Triggers) port,
//! never inside a write.
//! <https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-working-with-lambda-triggers.html>

use std::collections::BTreeMap;

use cognito_core::client::Client;
use cognito_core::pool::Pool;
use cognito_core::user::User;

pub(crate) mod custom_auth;
pub(crate) mod custom_message;
pub(crate) mod custom_sender;
mod event;
pub(crate) mod inbound_federation;
pub(crate) mod post_authentication;
pub(crate) mod post_confirmation;
pub(crate) mod pre_authentication;
pub(crate) mod pre_sign_up;
pub(crate) mod pre_token_generation;
pub(crate) mod user_migration;

/// ClientMetadata or ValidationData of a request: passed on as it is, never stored.
pub(crate) type Metadata = BTreeMap<String, String>;

/// Whom a trigger is about: what its envelope and `userAttributes` say.
#[derive(Clone, Copy)]
pub(crate) struct About<'a> {
    /// The pool, which names the functions.
    pub(crate) pool: &'a Pool,
    /// The app client; administrators' operations have none.
    pub(crate) client: Option<&'a Client>,
    /// The stored username, or what was typed if there is no such user.
    pub(crate) username: &'a str,
    /// The user; `None` means `userNotFound`.
    pub(crate) user: Option<&'a User>,
}

impl<'a> About<'a> {
    /// About a user who exists.
    pub(crate) fn user(pool: &'a Pool, client: Option<&'a Client>, user: &'a User) -> Self {
        Self { pool, client, username: &user.username, user: Some(user) }
    }

    /// About a name that no user has.
    pub(crate) fn nobody(pool: &'a Pool, client: &'a Client, typed: &'a str) -> Self {
        Self { pool, client: Some(client), username: typed, user: None }
    }
}
