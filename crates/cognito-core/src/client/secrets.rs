//! The secrets of a client: up to two, so that one can take over from the other.
//! <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AddUserPoolClientSecret.html>

use super::{Client, ClientSecret, MAX_SECRETS};
use crate::time::Time;

/// Why a secret is not added or deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SecretError {
    /// The client is a public one: it was made without a secret.
    #[error("a public client")]
    Public,
    /// It has [`MAX_SECRETS`] already.
    #[error("too many secrets")]
    TooMany,
    /// It has this secret already.
    #[error("the secret is there already")]
    Same,
    /// It has no secret of that id.
    #[error("no such secret")]
    Unknown,
    /// It is the last one.
    #[error("the last secret")]
    Last,
}

impl ClientSecret {
    /// A client's first secret.
    pub fn first(client_id: &str, value: String, now: Time) -> Self {
        Self { id: id(client_id, now.seconds()), value, created: now }
    }
}

impl Client {
    /// Adds a second secret.
    ///
    /// # Errors
    /// [`SecretError`]
    pub fn add_secret(&mut self, value: String, now: Time) -> Result<&ClientSecret, SecretError> {
        if self.secrets.is_empty() {
            return Err(SecretError::Public);
        }
        if self.secrets.len() >= MAX_SECRETS {
            return Err(SecretError::TooMany);
        }
        if self.has_secret(&value) {
            return Err(SecretError::Same);
        }
        // Of two secrets of one second the later has the id of the next free second.
        let taken = |id: &str| self.secrets.iter().any(|secret| secret.id == id);
        let free = (now.seconds()..).map(|second| id(&self.id, second)).find(|id| !taken(id));
        let id = free.expect("a client has fewer secrets than there are seconds");
        self.modified = now;
        self.secrets.push(ClientSecret { id, value, created: now });
        Ok(&self.secrets[self.secrets.len() - 1])
    }

    /// Deletes one of two secrets.
    ///
    /// # Errors
    /// [`SecretError`]
    pub fn delete_secret(&mut self, id: &str, now: Time) -> Result<(), SecretError> {
        let at = self.secrets.iter().position(|secret| secret.id == id).ok_or(SecretError::Unknown)?;
        if self.secrets.len() == 1 {
            return Err(SecretError::Last);
        }
        self.secrets.remove(at);
        self.modified = now;
        Ok(())
    }
}

fn id(client_id: &str, seconds: i64) -> String {
    format!("{client_id}--{seconds}")
}
