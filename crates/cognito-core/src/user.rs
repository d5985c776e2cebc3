//! Users: their attributes, names, password and status, and the transitions between statuses.
//! Source: `users-and-groups` 3.1 to 3.4 of the specification.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::entity::{Entity, IndexEntry, Kind};
use crate::filter::Filter;
use crate::mfa::Mfa;
use crate::names::{Case, NameAttribute, SignInNames};
use crate::password::{ImportedPassword, Password};
use crate::pool::Pool;
use crate::time::Time;

mod automatic;

pub use automatic::{Automatic, AutomaticError};

/// Where a user stands. Disabled is a flag of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Status {
    /// Signed up, and not confirmed yet.
    Unconfirmed,
    /// May sign in.
    Confirmed,
    /// Has a temporary password, which is good until then.
    ForceChangePassword {
        /// When the temporary password expires.
        until: Time,
    },
    /// Must reset the password with a code.
    ResetRequired,
    /// Signs in through an identity provider.
    ExternalProvider,
}

impl Status {
    /// AWS's name of it (`UserStatusType`).
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unconfirmed => "UNCONFIRMED",
            Self::Confirmed => "CONFIRMED",
            Self::ForceChangePassword { .. } => "FORCE_CHANGE_PASSWORD",
            Self::ResetRequired => "RESET_REQUIRED",
            Self::ExternalProvider => "EXTERNAL_PROVIDER",
        }
    }
}

/// A user of a pool.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct User {
    /// The pool.
    pub pool_id: String,
    /// The username as it is told to others; the `sub` in pools that sign in by e-mail or phone.
    pub username: String,
    /// The subject: a UUID that never changes.
    pub sub: String,
    /// How the pool compares names.
    pub case: Case,
    /// Attributes in the order in which they were first written; without `sub`.
    pub attributes: Vec<(String, String)>,
    /// Values that wait for VerifyUserAttribute before they replace the present ones.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub pending: BTreeMap<String, String>,
    /// The names beside username and `sub` that the user can sign in with, folded.
    /// Kept by [`User::rename`], since an index does not know the pool.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
    /// The status.
    pub status: Status,
    /// Whether the user may sign in at all.
    pub enabled: bool,
    /// What is stored of the password; `None` for a user without one.
    pub password: Option<Password>,
    /// The hash of a password that was imported and not used since; then there is no password yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub imported: Option<Box<ImportedPassword>>,
    /// What is stored of former passwords, newest first; only with a history policy.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub former_passwords: Vec<Password>,
    /// The second factors.
    #[serde(default, skip_serializing_if = "Mfa::is_empty")]
    pub mfa: Mfa,
    /// Counts the times at which every session of the user was ended. A token family of an older count is dead.
    pub sign_outs: u32,
    /// When the user was made.
    pub created: Time,
    /// When the user was last changed.
    pub modified: Time,
}

/// Why a user cannot be confirmed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("user is {}", .0.as_str())]
pub struct ConfirmError(pub Status);

/// The index of every name that a user can be found by.
pub const BY_NAME: &str = "user.name";
/// The index of the users of a pool in the order of their creation.
pub const BY_CREATION: &str = "user.created";
/// The index of the attributes that ListUsers can search for.
pub const BY_ATTRIBUTE: &str = "user.attribute";

/// Attributes that ListUsers finds through [`BY_ATTRIBUTE`].
const SEARCHED: [&str; 6] =
    ["email", "phone_number", "name", "given_name", "family_name", "preferred_username"];

/// The longest part of a value that is indexed, in characters; a filter has at most 256.
const SEARCHED_LENGTH: usize = 256;

impl User {
    /// A new user of a pool: enabled, and without a password.
    pub fn new(
        pool: &Pool,
        username: String,
        sub: String,
        attributes: Vec<(String, String)>,
        status: Status,
        now: Time,
    ) -> Self {
        let mut user = Self {
            pool_id: pool.id.clone(),
            username,
            sub,
            case: pool.case(),
            attributes,
            pending: BTreeMap::new(),
            aliases: Vec::new(),
            status,
            enabled: true,
            password: None,
            imported: None,
            former_passwords: Vec::new(),
            mfa: Mfa::default(),
            sign_outs: 0,
            created: now,
            modified: now,
        };
        user.rename(&pool.sign_in);
        user
    }

    /// The record key of a username in a pool.
    pub fn key_of(pool_id: &str, case: Case, username: &str) -> String {
        format!("{pool_id}/{}", case.fold(username))
    }

    /// The value of [`BY_NAME`] for any name, folded by the pool's rule.
    pub fn name_value(pool_id: &str, folded: &str) -> String {
        format!("{pool_id}/{folded}")
    }

    /// The value of [`BY_ATTRIBUTE`], as a whole or as the beginning of one.
    pub fn attribute_value(pool_id: &str, attribute: &str, value: &str) -> String {
        let sensitive = matches!(attribute, "username" | "status");
        let value: String = value.chars().take(SEARCHED_LENGTH).collect();
        let value = if sensitive { value } else { value.to_lowercase() };
        format!("{pool_id}/{attribute}={value}")
    }

    /// An attribute's value; `sub` included.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        if name == "sub" {
            return Some(&self.sub);
        }
        self.attributes.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }

    /// Whether `email_verified` or `phone_number_verified` says so.
    pub fn is_verified(&self, attribute: &str) -> bool {
        self.attribute(&format!("{attribute}_verified"))
            .is_some_and(|value| value.eq_ignore_ascii_case("true"))
    }

    /// Writes an attribute; an empty value deletes it.
    pub fn set(&mut self, name: &str, value: &str) {
        if value.is_empty() {
            self.attributes.retain(|(n, _)| n != name);
        } else if let Some((_, old)) = self.attributes.iter_mut().find(|(n, _)| n == name) {
            value.clone_into(old);
        } else {
            self.attributes.push((name.to_owned(), value.to_owned()));
        }
    }

    /// Every attribute, `sub` first.
    pub fn all_attributes(&self) -> impl Iterator<Item = (&str, &str)> {
        std::iter::once(("sub", self.sub.as_str()))
            .chain(self.attributes.iter().map(|(n, v)| (n.as_str(), v.as_str())))
    }

    /// Computes the aliases anew. To be called after attributes, verification or status changed.
    ///
    /// An alias is active once it is verified; a preferred username always is. In pools that sign in
    /// by attribute, e-mail and phone number stand for the username from the start. Who signs in through an identity
    /// provider has none: an address that a provider tells takes nothing from a local user.
    pub fn rename(&mut self, names: &SignInNames) {
        let mut aliases = Vec::new();
        for attribute in [NameAttribute::Email, NameAttribute::PhoneNumber, NameAttribute::PreferredUsername]
        {
            let active = self.status != Status::ExternalProvider
                && names.uses(attribute)
                && (names.are_attributes()
                    || attribute == NameAttribute::PreferredUsername
                    || self.is_verified(attribute.as_str()));
            if let (true, Some(value)) = (active, self.attribute(attribute.as_str())) {
                let folded = self.case.fold(value);
                if !aliases.contains(&folded) {
                    aliases.push(folded);
                }
            }
        }
        self.aliases = aliases;
    }

    /// Whether the user can sign in with a name, as typed.
    pub fn answers_to(&self, typed: &str) -> bool {
        let folded = self.case.fold(typed);
        folded == self.case.fold(&self.username) || self.aliases.contains(&folded)
    }

    /// Whether a preferred username that is an alias is there already: a user who is not confirmed may have none.
    pub fn has_preferred_username_too_early(&self, names: &SignInNames) -> bool {
        self.status == Status::Unconfirmed
            && names.uses(NameAttribute::PreferredUsername)
            && self.attribute(NameAttribute::PreferredUsername.as_str()).is_some()
    }

    /// Whether a new user needs no password: the pool sends one-time codes as the first factor, and the user has a
    /// verified address for them ([CAP-prms]).
    pub fn can_do_without_password(&self, pool: &Pool) -> bool {
        pool.allows_passwordless() && (self.is_verified("email") || self.is_verified("phone_number"))
    }

    /// Whether a filter of ListUsers finds the user.
    pub fn passes(&self, filter: &Filter) -> bool {
        match filter.attribute.as_str() {
            "username" => filter.accepts(&self.username),
            "cognito:user_status" => filter.accepts(self.status.as_str()),
            "status" => filter.accepts(self.flag()),
            attribute => self.attribute(attribute).is_some_and(|value| filter.accepts(value)),
        }
    }

    /// What ListUsers calls `status`.
    fn flag(&self) -> &'static str {
        if self.enabled { "Enabled" } else { "Disabled" }
    }

    /// Confirms a user who signed up.
    ///
    /// # Errors
    /// [`ConfirmError`] in every other status.
    pub fn confirm(&mut self, now: Time) -> Result<(), ConfirmError> {
        match self.status {
            Status::Unconfirmed => {
                self.status = Status::Confirmed;
                self.modified = now;
                Ok(())
            }
            status => Err(ConfirmError(status)),
        }
    }

    /// Whether there is a password to sign in with, be it only as the hash of another system.
    pub fn has_password(&self) -> bool {
        self.password.is_some() || self.imported.is_some()
    }

    /// Gives a user who is being imported the password that was hashed.
    pub fn import_password(&mut self, imported: ImportedPassword) {
        self.imported = Some(Box::new(imported));
        self.status = Status::Confirmed;
    }

    /// Replaces an imported hash by the password that it is of.
    pub fn adopt_password(&mut self, password: Password) {
        self.password = Some(password);
        self.imported = None;
    }

    /// Gives the user a password for good, and remembers `history` former ones.
    pub fn set_password(&mut self, password: Password, history: usize, now: Time) {
        self.imported = None;
        if let Some(old) = self.password.replace(password) {
            self.former_passwords.insert(0, old);
        }
        self.former_passwords.truncate(history);
        self.status = Status::Confirmed;
        self.modified = now;
    }

    /// Gives the user a password that must be changed at the next sign-in.
    pub fn set_temporary_password(&mut self, password: Password, until: Time, now: Time) {
        self.imported = None;
        self.password = Some(password);
        self.status = Status::ForceChangePassword { until };
        self.modified = now;
    }

    /// Makes the user reset the password with a code. The old one works no more.
    pub fn require_reset(&mut self, now: Time) {
        self.status = Status::ResetRequired;
        self.modified = now;
    }

    /// Ends every session of the user: token families of before are dead from now on.
    pub fn sign_out(&mut self) {
        self.sign_outs = self.sign_outs.wrapping_add(1);
    }

    /// Switches the flag. Disabling also ends every session.
    pub fn enable(&mut self, enabled: bool, now: Time) {
        if self.enabled && !enabled {
            self.sign_out();
        }
        self.enabled = enabled;
        self.modified = now;
    }
}

impl Entity for User {
    const KIND: Kind = Kind::User;

    fn key(&self) -> String {
        Self::key_of(&self.pool_id, self.case, &self.username)
    }

    fn index(&self) -> Vec<IndexEntry> {
        let username = self.case.fold(&self.username);
        let mut entries = vec![
            IndexEntry::shared(BY_CREATION, format!("{}/{:016x}", self.pool_id, self.created.0)),
            IndexEntry::unique(BY_NAME, Self::name_value(&self.pool_id, &username)),
        ];
        let others = std::iter::once(&self.sub).chain(&self.aliases).filter(|name| **name != username);
        entries.extend(others.map(|name| IndexEntry::unique(BY_NAME, Self::name_value(&self.pool_id, name))));
        let searched =
            |name, value| IndexEntry::shared(BY_ATTRIBUTE, Self::attribute_value(&self.pool_id, name, value));
        entries.extend(SEARCHED.iter().filter_map(|name| Some(searched(name, self.attribute(name)?))));
        entries.push(searched("username", &self.username));
        entries.push(searched("sub", &self.sub));
        entries.push(searched("cognito:user_status", self.status.as_str()));
        entries.push(searched("status", self.flag()));
        entries
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user(status: Status) -> User {
        User {
            pool_id: "us-east-1_AbCdEf123".into(),
            username: "Alice".into(),
            sub: "34c84488-e0e1-40ae-92ee-991ad1a898c8".into(),
            case: Case::Insensitive,
            attributes: vec![("email".into(), "Alice@Example.com".into())],
            pending: BTreeMap::new(),
            aliases: Vec::new(),
            status,
            enabled: true,
            password: None,
            imported: None,
            former_passwords: Vec::new(),
            mfa: Mfa::default(),
            sign_outs: 0,
            created: Time(1_000),
            modified: Time(1_000),
        }
    }

    #[test]
    fn confirming() {
        let check = |status: Status, expected: Result<(), ConfirmError>| {
            let mut user = user(status);
            user.enabled = false;
            assert_eq!(user.confirm(Time(5)), expected);
            assert!(!user.enabled, "confirming does not enable");
        };
        check(Status::Unconfirmed, Ok(()));
        check(Status::Confirmed, Err(ConfirmError(Status::Confirmed)));
        check(Status::ResetRequired, Err(ConfirmError(Status::ResetRequired)));
    }

    #[test]
    fn aliases_follow_verification() {
        let check = |names: SignInNames, verified: bool, expected: &[&str]| {
            let mut user = user(Status::Confirmed);
            if verified {
                user.set("email_verified", "true");
            }
            user.rename(&names);
            assert_eq!(user.aliases, expected);
        };
        let alias = || SignInNames::Username { aliases: vec![NameAttribute::Email] };
        check(alias(), false, &[]);
        check(alias(), true, &["alice@example.com"]);
        check(SignInNames::Username { aliases: vec![] }, true, &[]);
        check(SignInNames::Attributes(vec![NameAttribute::Email]), false, &["alice@example.com"]);
        check(SignInNames::Attributes(vec![NameAttribute::PhoneNumber]), false, &[]);
        let mut external = user(Status::ExternalProvider);
        external.set("email_verified", "true");
        external.rename(&alias());
        assert_eq!(external.aliases, [""; 0]);
    }

    #[test]
    fn a_preferred_username_waits_for_the_confirmation() {
        let check = |status: Status, names: &SignInNames, value: &str, expected: bool| {
            let mut user = user(status);
            user.set("preferred_username", value);
            assert_eq!(user.has_preferred_username_too_early(names), expected, "{status:?} {value:?}");
        };
        let alias = SignInNames::Username { aliases: vec![NameAttribute::PreferredUsername] };
        check(Status::Unconfirmed, &alias, "al", true);
        check(Status::Unconfirmed, &alias, "", false);
        check(Status::Confirmed, &alias, "al", false);
        check(
            Status::Unconfirmed,
            &SignInNames::Username { aliases: vec![NameAttribute::Email] },
            "al",
            false,
        );
    }

    #[test]
    fn attributes() {
        let mut user = user(Status::Confirmed);
        user.set("name", "A");
        user.set("name", "B");
        assert_eq!(user.attribute("name"), Some("B"));
        user.set("name", "");
        assert_eq!(user.attribute("name"), None);
        assert_eq!(user.all_attributes().next(), Some(("sub", user.sub.as_str())));
        user.set("email_verified", "True");
        assert!(user.is_verified("email"));
    }

    #[test]
    fn disabling_ends_sessions() {
        let mut user = user(Status::Confirmed);
        user.enable(false, Time(2));
        assert_eq!((user.enabled, user.sign_outs), (false, 1));
        user.enable(false, Time(3));
        user.enable(true, Time(4));
        assert_eq!((user.enabled, user.sign_outs), (true, 1));
    }

    #[test]
    fn index_has_each_name_once() {
        let mut user = user(Status::Confirmed);
        user.username = user.sub.clone();
        user.rename(&SignInNames::Attributes(vec![NameAttribute::Email]));
        let names: Vec<_> =
            user.index().into_iter().filter(|e| e.index == BY_NAME).map(|e| e.value).collect();
        assert_eq!(
            names,
            [
                "us-east-1_AbCdEf123/34c84488-e0e1-40ae-92ee-991ad1a898c8",
                "us-east-1_AbCdEf123/alice@example.com"
            ]
        );
    }
}
