//! The secrets of an installation: made once, kept in the store, the same on every replica.

use cognito_core::secret::hmac_sha256;
use cognito_core::{Entity, Kind};
use cognito_store::Store;
use serde::{Deserialize, Serialize};

use crate::errors::Reply;
use crate::ports::Ports;

/// The secret from which the others are derived.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Installation {
    #[serde(with = "cognito_core::bytes")]
    root: Vec<u8>,
}

const KEY: &str = "root";

impl Entity for Installation {
    const KIND: Kind = Kind::Secret;

    fn key(&self) -> String {
        KEY.to_owned()
    }
}

impl Installation {
    /// Reads it, or makes it. Of two servers that start at once, one wins and both use its secret.
    pub(crate) async fn load(store: &Store, ports: &Ports) -> Reply<Self> {
        let now = ports.clock.now();
        if let Some(found) = store.get::<Self>(KEY, now).await? {
            return Ok((*found).clone());
        }
        let mut root = vec![0; 32];
        ports.rng.fill(&mut root);
        store
            .write(now, async |txn| match txn.get::<Self>(KEY).await? {
                Some(found) => Ok((*found).clone()),
                None => {
                    let new = Self { root: root.clone() };
                    txn.save(&new);
                    Ok(new)
                }
            })
            .await
    }

    /// A value that depends on the secret, the purpose and the parts: for page tokens and for what is told of
    /// users who do not exist. Each part is preceded by its length, so that no two lists of parts are alike.
    pub(crate) fn derive(&self, purpose: &str, parts: &[&str]) -> [u8; 32] {
        let mut message = Vec::new();
        for part in std::iter::once(&purpose).chain(parts) {
            message.extend_from_slice(&(part.len() as u64).to_be_bytes());
            message.extend_from_slice(part.as_bytes());
        }
        hmac_sha256(&self.root, &[&message])
    }
}
