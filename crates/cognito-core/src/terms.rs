//! Terms documents: the links to terms of use and privacy policy that the sign-up page of an app client shows.

use std::collections::BTreeMap;

use cognito_api::wire;
use serde::{Deserialize, Serialize};

use crate::entity::{Entity, IndexEntry, Kind};
use crate::time::Time;

/// The index of terms by client and name.
pub const BY_CLIENT: &str = "terms.client";
/// The index of the terms of a pool in the order of their creation.
pub const BY_CREATION: &str = "terms.created";
/// The most terms documents of a pool.
pub const MAX_TERMS: usize = 40;

/// One kind of terms document of a client, in all its languages.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Terms {
    /// The pool.
    pub pool_id: String,
    /// The id.
    pub id: String,
    /// The client.
    pub client_id: String,
    /// `terms-of-use` or `privacy-policy`.
    pub name: String,
    /// Where the documents are.
    pub source: wire::TermsSourceType,
    /// Whether users must agree.
    pub enforcement: wire::TermsEnforcementType,
    /// The links by language.
    pub links: BTreeMap<String, String>,
    /// When it was made.
    pub created: Time,
    /// When it was last changed.
    pub modified: Time,
}

/// A link that is not one to a page by HTTPS.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0} is not a link to a page by HTTPS")]
pub struct BadLink(pub String);

impl Terms {
    /// Makes the terms of a client.
    ///
    /// # Errors
    /// [`BadLink`]
    pub fn new(id: String, request: wire::CreateTermsRequest, now: Time) -> Result<Self, BadLink> {
        let mut terms = Self {
            pool_id: request.user_pool_id,
            id,
            client_id: request.client_id.into_inner(),
            name: request.terms_name,
            source: request.terms_source,
            enforcement: request.enforcement,
            links: BTreeMap::new(),
            created: now,
            modified: now,
        };
        terms.set_links(request.links)?;
        Ok(terms)
    }

    /// Changes what is given, and leaves the rest. Links are replaced as a whole.
    ///
    /// # Errors
    /// [`BadLink`]
    pub fn update(mut self, request: wire::UpdateTermsRequest, now: Time) -> Result<Self, BadLink> {
        self.set_links(request.links)?;
        self.name = request.terms_name.unwrap_or(self.name);
        self.source = request.terms_source.unwrap_or(self.source);
        self.enforcement = request.enforcement.unwrap_or(self.enforcement);
        self.modified = now;
        Ok(self)
    }

    /// The links stand on a page of ours, where `javascript:` would be a script of ours.
    fn set_links(&mut self, links: Option<BTreeMap<String, String>>) -> Result<(), BadLink> {
        let Some(links) = links else { return Ok(()) };
        let is_page = |link: &&String| link.strip_prefix("https://").is_some_and(|rest| !rest.is_empty());
        if let Some(bad) = links.values().find(|link| !is_page(link)) {
            return Err(BadLink(bad.clone()));
        }
        self.links = links;
        Ok(())
    }

    /// The record key.
    pub fn key_of(pool_id: &str, id: &str) -> String {
        format!("{pool_id}/{id}")
    }

    /// The value of [`BY_CLIENT`] up to the name.
    pub fn client_prefix(pool_id: &str, client_id: &str) -> String {
        format!("{pool_id}/{client_id}/")
    }

    /// The value of [`BY_CLIENT`].
    pub fn client_value(pool_id: &str, client_id: &str, name: &str) -> String {
        format!("{}{name}", Self::client_prefix(pool_id, client_id))
    }
}

impl Entity for Terms {
    const KIND: Kind = Kind::Terms;

    fn key(&self) -> String {
        Self::key_of(&self.pool_id, &self.id)
    }

    fn index(&self) -> Vec<IndexEntry> {
        vec![
            IndexEntry::unique(BY_CLIENT, Self::client_value(&self.pool_id, &self.client_id, &self.name)),
            IndexEntry::shared(BY_CREATION, format!("{}/{:016x}", self.pool_id, self.created.0)),
        ]
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn terms(links: Value) -> Result<Terms, BadLink> {
        let request = json!({
            "UserPoolId": "us-east-1_A", "ClientId": "app", "TermsName": "terms-of-use", "TermsSource": "LINK",
            "Enforcement": "NONE", "Links": links,
        });
        Terms::new("1".to_owned(), serde_json::from_value(request).unwrap(), Time(0))
    }

    #[test]
    fn links() {
        let check = |link: &str, good: bool| {
            let expected = if good { Ok(1) } else { Err(BadLink(link.to_owned())) };
            let links = json!({ "cognito:default": "https://example.com", "cognito:french": link });
            assert_eq!(terms(links).map(|terms| terms.links.len() - 1), expected, "{link}");
        };
        check("https://example.com/fr", true);
        check("https://", false);
        check("http://example.com", false);
        check("javascript:alert(1)", false);
        check("/terms", false);
    }

    #[test]
    fn updates_leave_what_is_not_given() {
        let old = terms(
            json!({ "cognito:default": "https://example.com", "cognito:french": "https://example.fr" }),
        );
        let old = old.unwrap();
        let update = |more: Value| {
            let mut request = json!({ "TermsId": "1", "UserPoolId": "us-east-1_A" });
            request.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            old.clone().update(serde_json::from_value(request).unwrap(), Time(5))
        };
        assert_eq!(update(json!({})), Ok(Terms { modified: Time(5), ..old.clone() }));
        let name = "privacy-policy".to_owned();
        let renamed = Terms { name, modified: Time(5), ..old.clone() };
        assert_eq!(update(json!({ "TermsName": "privacy-policy" })), Ok(renamed));
        let links: BTreeMap<_, _> = [("cognito:default".to_owned(), "https://example.org".to_owned())].into();
        let relinked = Terms { links: links.clone(), modified: Time(5), ..old.clone() };
        assert_eq!(update(json!({ "Links": links })), Ok(relinked));
        assert_eq!(update(json!({ "Links": { "cognito:default": "x" } })), Err(BadLink("x".to_owned())));
    }
}
