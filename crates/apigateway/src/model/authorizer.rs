//! A JWT authorizer.

use cognito_core::{Entity, IndexEntry, Kind};
use serde::{Deserialize, Serialize};

use super::key_of;

/// The index of the authorizers of an API.
pub const BY_API: &str = "authorizer.by_api";
/// The index of the names, which are unique in an API.
pub const BY_NAME: &str = "authorizer.by_name";

/// A JWT authorizer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Authorizer {
    /// The API.
    pub api_id: String,
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Where the token stands: `$request.header.<name>` or `$request.querystring.<name>`.
    pub identity_source: String,
    /// Who issues the tokens, byte for byte as in `iss`.
    pub issuer: String,
    /// The audiences of which a token must be for one.
    pub audience: Vec<String>,
}

impl Authorizer {
    /// The key of an authorizer.
    pub fn key_of(api_id: &str, id: &str) -> String {
        key_of(api_id, id)
    }
}

impl Entity for Authorizer {
    const KIND: Kind = Kind::Authorizer;

    fn key(&self) -> String {
        Self::key_of(&self.api_id, &self.id)
    }

    fn index(&self) -> Vec<IndexEntry> {
        vec![
            IndexEntry::shared(BY_API, self.key()),
            IndexEntry::unique(BY_NAME, key_of(&self.api_id, &self.name)),
        ]
    }
}
