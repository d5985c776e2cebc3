//! Resource servers: the APIs that a pool's tokens open, and their scopes. Source: `oauth-and-managed-login` 6.8 of
//! the specification.

use std::collections::BTreeSet;

use cognito_api::wire;
use serde::{Deserialize, Serialize};

use crate::entity::{Entity, IndexEntry, Kind};

/// The index of the resource servers of a pool, by identifier.
pub const BY_IDENTIFIER: &str = "resource_server.identifier";

/// The most resource servers of a pool.
pub const MAX_SERVERS: usize = 25;

/// A resource server of a pool.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ResourceServer {
    /// The pool.
    pub pool_id: String,
    /// What its scopes begin with, such as `https://orders.example.com`: unique in the pool.
    pub identifier: String,
    /// Its name for people.
    pub name: String,
    /// Its scopes, in the order in which they were given. An empty list that was given is told of, none is not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    scopes: Option<Vec<wire::ResourceServerScopeType>>,
}

/// Two scopes of one name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("two scopes of the name {0}")]
pub struct RepeatedScope(pub String);

impl ResourceServer {
    /// Makes a resource server without scopes.
    pub fn new(pool_id: &str, identifier: &str, name: &str) -> Self {
        Self {
            pool_id: pool_id.to_owned(),
            identifier: identifier.to_owned(),
            name: name.to_owned(),
            scopes: None,
        }
    }

    /// The record key.
    pub fn key_of(pool_id: &str, identifier: &str) -> String {
        format!("{pool_id}/{identifier}")
    }

    /// Its scopes.
    pub fn scopes(&self) -> Option<&[wire::ResourceServerScopeType]> {
        self.scopes.as_deref()
    }

    /// Replaces the scopes.
    ///
    /// # Errors
    /// [`RepeatedScope`]
    pub fn set_scopes(
        &mut self,
        scopes: Option<Vec<wire::ResourceServerScopeType>>,
    ) -> Result<(), RepeatedScope> {
        let mut names = BTreeSet::new();
        if let Some(twice) = scopes.iter().flatten().find(|scope| !names.insert(&scope.scope_name)) {
            return Err(RepeatedScope(twice.scope_name.clone()));
        }
        self.scopes = scopes;
        Ok(())
    }

    /// Whether it has a scope of that name.
    pub fn has_scope(&self, name: &str) -> bool {
        self.scopes.iter().flatten().any(|scope| scope.scope_name == name)
    }
}

/// The identifier and the name in a scope `<identifier>/<name>`: only the name is free of `/`.
pub fn split_scope(scope: &str) -> Option<(&str, &str)> {
    scope.rsplit_once('/').filter(|(identifier, name)| !identifier.is_empty() && !name.is_empty())
}

impl Entity for ResourceServer {
    const KIND: Kind = Kind::ResourceServer;

    fn key(&self) -> String {
        Self::key_of(&self.pool_id, &self.identifier)
    }

    fn index(&self) -> Vec<IndexEntry> {
        vec![IndexEntry::shared(BY_IDENTIFIER, self.key())]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_are_split_at_the_last_slash() {
        let check = |scope: &str, expected: Option<(&str, &str)>| assert_eq!(split_scope(scope), expected);
        check("orders/read", Some(("orders", "read")));
        check("https://orders.example.com/read", Some(("https://orders.example.com", "read")));
        check("a/b/c", Some(("a/b", "c")));
        check("openid", None);
        check("/read", None);
        check("orders/", None);
        check("", None);
    }

    #[test]
    fn names_of_scopes_are_unique() {
        let scope = |name: &str| wire::ResourceServerScopeType {
            scope_name: name.to_owned(),
            scope_description: "A scope".to_owned(),
        };
        let mut server = ResourceServer::new("us-east-1_A", "orders", "Orders");
        server.set_scopes(Some(vec![scope("read"), scope("Read")])).unwrap();
        assert!(server.has_scope("read") && server.has_scope("Read") && !server.has_scope("write"));
        let refused = server.set_scopes(Some(vec![scope("write"), scope("read"), scope("write")]));
        assert_eq!(refused, Err(RepeatedScope("write".to_owned())));
        assert!(server.has_scope("read"), "a refused change changes nothing");
        server.set_scopes(None).unwrap();
        assert!(!server.has_scope("read"));
    }
}
