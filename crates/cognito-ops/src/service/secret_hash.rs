//! SECRET_HASH and client secrets in requests. Source: `auth-flows` 4.3 of the specification.

use cognito_core::client::Client;
use cognito_core::secret;

use crate::errors::{self, Reply};

/// Checks the SECRET_HASH for a user name as typed.
pub(crate) fn check(client: &Client, username: &str, hash: Option<&str>) -> Reply<()> {
    match hash {
        None if !client.is_confidential() => Ok(()),
        None => Err(errors::secret_hash_missing(&client.id)),
        Some(hash) if client.accepts_secret_hash(username, hash) => Ok(()),
        Some(_) => Err(errors::secret_hash_wrong(&client.id)),
    }
}

/// The SECRET_HASH that a client with a secret sends for a user name.
pub(crate) fn of(client: &Client, username: &str) -> Option<String> {
    client.secrets.first().map(|secret| secret::secret_hash(username, &client.id, &secret.value))
}

/// Checks the SECRET_HASH of a refresh, which is over the stored username.
pub(crate) fn check_refresh(client: &Client, username: &str, hash: Option<&str>) -> Reply<()> {
    match hash {
        None if !client.is_confidential() => Ok(()),
        None => Err(errors::secret_hash_missing(&client.id)),
        Some(hash) if client.accepts_secret_hash(username, hash) => Ok(()),
        Some(_) => Err(errors::secret_hash_wrong_on_refresh(&client.id)),
    }
}

/// Checks a client secret that is sent as it is. A public client must send none.
pub(crate) fn has_plain_secret(client: &Client, secret: Option<&str>) -> bool {
    match secret {
        None => !client.is_confidential(),
        Some(secret) => client.has_secret(secret),
    }
}
