//! Groups, and users' memberships of them. Source: `users-and-groups` 3.6 of the specification.

use serde::{Deserialize, Serialize};

use crate::entity::{Entity, IndexEntry, Kind};
use crate::time::Time;

/// The index of the groups of a pool, by name.
pub const BY_NAME: &str = "group.name";
/// The index of memberships by user.
pub const BY_USER: &str = "membership.user";
/// The index of memberships by group, in the order in which the users joined.
pub const BY_GROUP: &str = "membership.group";

/// The most groups of a pool.
pub const MAX_GROUPS: i64 = 10_000;
/// The most groups of a user.
pub const MAX_MEMBERSHIPS: usize = 100;

/// A group of a pool.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// The pool.
    pub pool_id: String,
    /// The name: unique in the pool, case-sensitive.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// The IAM role of its members.
    pub role_arn: Option<String>,
    /// Zero goes first, none goes last.
    pub precedence: Option<i32>,
    /// When it was made.
    pub created: Time,
    /// When it was last changed.
    pub modified: Time,
}

impl Group {
    /// The record key of a group.
    pub fn key_of(pool_id: &str, name: &str) -> String {
        format!("{pool_id}/{name}")
    }

    /// By what groups are ordered: precedence, then name.
    pub fn rank(&self) -> (i64, &str) {
        (self.precedence.map_or(i64::MAX, i64::from), &self.name)
    }
}

impl Entity for Group {
    const KIND: Kind = Kind::Group;

    fn key(&self) -> String {
        Self::key_of(&self.pool_id, &self.name)
    }

    fn index(&self) -> Vec<IndexEntry> {
        vec![IndexEntry::shared(BY_NAME, Self::key_of(&self.pool_id, &self.name))]
    }
}

/// One user's membership of one group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Membership {
    /// The pool.
    pub pool_id: String,
    /// The user, by the one name that never changes.
    pub sub: String,
    /// The record key of the user.
    pub user: String,
    /// The group's name.
    pub group: String,
    /// When the user joined.
    pub created: Time,
}

impl Membership {
    /// The record key. A `sub` has no `/`.
    pub fn key_of(pool_id: &str, sub: &str, group: &str) -> String {
        format!("{pool_id}/{sub}/{group}")
    }

    /// The value of [`BY_USER`].
    pub fn user_value(pool_id: &str, sub: &str) -> String {
        format!("{pool_id}/{sub}")
    }

    /// The value of [`BY_GROUP`] up to the moment of joining. The length keeps one group's name from being
    /// the beginning of another's.
    pub fn group_prefix(pool_id: &str, group: &str) -> String {
        format!("{pool_id}/{:04}/{group}/", group.len())
    }
}

impl Entity for Membership {
    const KIND: Kind = Kind::Membership;

    fn key(&self) -> String {
        Self::key_of(&self.pool_id, &self.sub, &self.group)
    }

    fn index(&self) -> Vec<IndexEntry> {
        let group = format!("{}{:016x}", Self::group_prefix(&self.pool_id, &self.group), self.created.0);
        vec![
            IndexEntry::shared(BY_USER, Self::user_value(&self.pool_id, &self.sub)),
            IndexEntry::shared(BY_GROUP, group),
        ]
    }
}

/// The role of the groups' lowest precedence, for `cognito:preferred_role`. None if groups of that precedence
/// disagree, or have no role.
/// <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_GroupType.html>
pub fn preferred_role<'a>(groups: impl IntoIterator<Item = &'a Group>) -> Option<&'a str> {
    let mut with_role: Vec<&Group> = groups.into_iter().filter(|g| g.role_arn.is_some()).collect();
    with_role.sort_by_key(|group| group.rank());
    let first = with_role.first()?;
    let tied = with_role.iter().filter(|group| group.rank().0 == first.rank().0);
    let role = first.role_arn.as_deref();
    if tied.into_iter().all(|group| group.role_arn.as_deref() == role) { role } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(groups: &[(Option<i32>, Option<&str>)], expected: Option<&str>) {
        let groups: Vec<Group> = groups
            .iter()
            .enumerate()
            .map(|(i, (precedence, role))| Group {
                pool_id: "us-east-1_A".into(),
                name: format!("g{i}"),
                description: None,
                role_arn: role.map(str::to_owned),
                precedence: *precedence,
                created: Time(0),
                modified: Time(0),
            })
            .collect();
        assert_eq!(preferred_role(&groups), expected);
    }

    #[test]
    fn preferred_roles() {
        check(&[], None);
        check(&[(Some(0), None)], None);
        check(&[(Some(2), Some("b")), (Some(1), Some("a"))], Some("a"));
        check(&[(None, Some("b")), (Some(9), Some("a"))], Some("a"));
        check(&[(Some(1), Some("a")), (Some(1), Some("b"))], None);
        check(&[(Some(1), Some("a")), (Some(1), Some("a"))], Some("a"));
        check(&[(None, Some("a"))], Some("a"));
    }

    #[test]
    fn one_group_is_not_the_beginning_of_another() {
        let prefix = Membership::group_prefix("p", "a");
        assert!(!Membership::group_prefix("p", "a/b").starts_with(&prefix));
    }
}
