//! Identities: who a user is at the identity providers. A federated user has one from the first sign-in, a local one
//! has those that an administrator linked. Source: `users-and-groups` 3.8 of the specification.

use cognito_api::wire::IdentityProviderTypeType as Type;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::entity::{Entity, IndexEntry, Kind};
use crate::identity_provider::IdentityProvider;
use crate::names::Case;
use crate::time::Time;
use crate::user::User;

/// The index of the identities of a user, in the order in which they were made.
pub const BY_USER: &str = "identity.user";

/// The name of a provider's own name of a user: `sub`, `id`, the NameID...
pub const SUBJECT: &str = "Cognito_Subject";

/// The attribute of a user that tells the identities.
pub const ATTRIBUTE: &str = "identities";

/// The most identities that are linked with a user.
pub const MAX_LINKS: usize = 5;

/// The longest value that names a user at a provider, in bytes: it is part of a key.
pub const MAX_VALUE: usize = 512;

/// Who a user is at a provider.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// The pool.
    pub pool_id: String,
    /// The provider's name.
    pub provider: String,
    /// The provider's type.
    pub kind: Type,
    /// What names the user at the provider: [`SUBJECT`], or an attribute of the pool that is mapped.
    pub attribute: String,
    /// Its value.
    pub value: String,
    /// The entity id of a SAML provider.
    pub issuer: Option<String>,
    /// The user, by the one name that never changes.
    pub sub: String,
    /// The record key of the user.
    pub user: String,
    /// Whether the user came into being with it; others were linked.
    pub primary: bool,
    /// When it was made.
    pub created: Time,
}

impl Identity {
    /// An identity of a user at a provider.
    pub fn new(
        provider: &IdentityProvider,
        attribute: &str,
        value: &str,
        user: &User,
        primary: bool,
        now: Time,
    ) -> Self {
        Self {
            pool_id: provider.pool_id.clone(),
            provider: provider.name.clone(),
            kind: provider.kind,
            attribute: attribute.to_owned(),
            value: value.to_owned(),
            issuer: None,
            sub: user.sub.clone(),
            user: user.key(),
            primary,
            created: now,
        }
    }

    /// The record key. The lengths keep one name from running into the next: all of them may contain a `/`.
    pub fn key_of(pool_id: &str, provider: &str, attribute: &str, value: &str) -> String {
        format!("{pool_id}/{}.{}/{provider}/{attribute}/{value}", provider.len(), attribute.len())
    }

    /// The beginning of the values of [`BY_USER`] for a user.
    pub fn user_prefix(user: &User) -> String {
        format!("{}/{}/", user.pool_id, user.sub)
    }

    /// The identity once its owner has signed in: from then on the subject names it.
    #[must_use]
    pub fn signed_in(mut self, subject: &str, issuer: Option<&str>) -> Self {
        SUBJECT.clone_into(&mut self.attribute);
        subject.clone_into(&mut self.value);
        self.issuer = issuer.map(str::to_owned);
        self
    }
}

impl Entity for Identity {
    const KIND: Kind = Kind::Identity;

    fn key(&self) -> String {
        Self::key_of(&self.pool_id, &self.provider, &self.attribute, &self.value)
    }

    fn index(&self) -> Vec<IndexEntry> {
        let user = format!("{}/{}/{:016x}", self.pool_id, self.sub, self.created.0);
        vec![IndexEntry::shared(BY_USER, user)]
    }
}

/// The longest name of a user, in characters ([M]).
const MAX_NAME: usize = 128;

/// The name of the user that a subject of a provider becomes; `None` if none can. Where a pool does not tell cases
/// apart the provider is lower-cased; subjects stay as they are (FIELD).
pub fn username(provider: &str, subject: &str, case: Case) -> Option<String> {
    let provider = match case {
        Case::Sensitive => provider.to_owned(),
        Case::Insensitive => provider.to_lowercase(),
    };
    let name = format!("{provider}_{subject}");
    let plain = !subject.is_empty() && !subject.chars().any(|c| c.is_whitespace() || c.is_control());
    (plain && name.chars().count() <= MAX_NAME).then_some(name)
}

/// The value of [`ATTRIBUTE`]: JSON in a string. Only who has signed in so is in it. Empty without any, which deletes
/// the attribute.
pub fn attribute<'a>(identities: impl IntoIterator<Item = &'a Identity>) -> String {
    let identity = |identity: &Identity| {
        json!({
            "userId": identity.value,
            "providerName": identity.provider,
            "providerType": identity.kind.as_str(),
            "issuer": identity.issuer,
            "primary": identity.primary,
            "dateCreated": identity.created.0,
        })
    };
    let known = identities.into_iter().filter(|identity| identity.attribute == SUBJECT);
    let list: Vec<Value> = known.map(identity).collect();
    if list.is_empty() { String::new() } else { Value::Array(list).to_string() }
}

/// The claim that the attribute becomes: every value but `issuer` is text.
pub fn claim(attribute: &str) -> Option<Value> {
    let mut list: Value = serde_json::from_str(attribute).ok()?;
    for member in list.as_array_mut()?.iter_mut().filter_map(Value::as_object_mut) {
        for name in ["primary", "dateCreated"] {
            if let Some(value) = member.get_mut(name) {
                *value = json!(value.to_string());
            }
        }
    }
    Some(list)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn identity(attribute: &str, value: &str, primary: bool) -> Identity {
        Identity {
            pool_id: "us-east-1_A".into(),
            provider: "Google".into(),
            kind: Type::Google,
            attribute: attribute.into(),
            value: value.into(),
            issuer: None,
            sub: "sub".into(),
            user: "us-east-1_A/google_1".into(),
            primary,
            created: Time(1_642_699_117_273),
        }
    }

    #[test]
    fn the_attribute_and_the_claim() {
        let text = attribute(&[identity(SUBJECT, "1", true), identity("email", "a@example.com", false)]);
        let expected = json!([{
            "userId": "1", "providerName": "Google", "providerType": "Google", "issuer": null, "primary": true,
            "dateCreated": 1_642_699_117_273_i64,
        }]);
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), expected);
        let claim = claim(&text).unwrap();
        assert_eq!(
            (&claim[0]["primary"], &claim[0]["dateCreated"]),
            (&json!("true"), &json!("1642699117273"))
        );
        assert_eq!(claim[0]["issuer"], Value::Null);
        assert_eq!(attribute(&[identity("email", "a@example.com", false)]), "");
    }

    #[test]
    fn keys_do_not_run_into_each_other() {
        let key = |provider, attribute, value| Identity::key_of("p", provider, attribute, value);
        assert_ne!(key("a/b", "c", "d"), key("a", "b/c", "d"));
        assert_ne!(key("a", "b/c", "d"), key("a", "b", "c/d"));
    }

    #[test]
    fn names_of_users() {
        let check = |subject: &str, case, expected: Option<&str>| {
            assert_eq!(username("Google", subject, case).as_deref(), expected, "{subject}");
        };
        check("AbC", Case::Sensitive, Some("Google_AbC"));
        check("AbC", Case::Insensitive, Some("google_AbC"));
        check("", Case::Sensitive, None);
        check("a b", Case::Sensitive, None);
        check("a\u{0}", Case::Sensitive, None);
        check(&"x".repeat(5_000), Case::Sensitive, None);
    }

    #[test]
    fn a_link_becomes_a_subject() {
        let link = identity("email", "a@example.com", false).signed_in("7", Some("https://idp"));
        assert_eq!((link.attribute.as_str(), link.value.as_str()), (SUBJECT, "7"));
        assert_eq!(link.issuer.as_deref(), Some("https://idp"));
    }
}
