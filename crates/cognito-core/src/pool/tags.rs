//! The tags of a pool, and the control tag that sets a pool's id.

use std::collections::BTreeMap;

use crate::ids;

/// The tag that sets the id of a new pool. It is never stored.
pub const CUSTOM_ID: &str = "_custom_id_";
/// The most tags of a pool.
pub const MAX_TAGS: usize = 50;

/// Why tags are refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TagError {
    /// More than [`MAX_TAGS`].
    #[error("too many tags")]
    TooMany,
    /// A key begins with `aws:`, which AWS keeps to itself.
    #[error("a reserved tag key")]
    Reserved,
    /// The value of [`CUSTOM_ID`] is not the id of a pool in this region.
    #[error("not a pool id")]
    CustomId,
}

/// The tags without the control tag.
///
/// # Errors
/// [`TagError::TooMany`], [`TagError::Reserved`].
pub fn without_control_tags(
    mut tags: BTreeMap<String, String>,
) -> Result<BTreeMap<String, String>, TagError> {
    tags.remove(CUSTOM_ID);
    let reserved = |key: &String| key.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("aws:"));
    if tags.keys().any(reserved) {
        return Err(TagError::Reserved);
    }
    if tags.len() > MAX_TAGS { Err(TagError::TooMany) } else { Ok(tags) }
}

/// The id that the control tag asks for: `<region>_<name>`, or the name alone.
///
/// # Errors
/// [`TagError::CustomId`] if that is no pool id of the region.
pub fn custom_id(tags: Option<&BTreeMap<String, String>>, region: &str) -> Result<Option<String>, TagError> {
    let Some(wanted) = tags.and_then(|tags| tags.get(CUSTOM_ID)) else { return Ok(None) };
    let id = if wanted.contains('_') { wanted.clone() } else { format!("{region}_{wanted}") };
    if ids::is_pool_id(&id) && ids::region_of(&id) == Some(region) {
        Ok(Some(id))
    } else {
        Err(TagError::CustomId)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(wanted: &str, expected: Result<&str, TagError>) {
        let tags = BTreeMap::from([(CUSTOM_ID.to_owned(), wanted.to_owned())]);
        assert_eq!(custom_id(Some(&tags), "us-east-1"), expected.map(|id| Some(id.to_owned())), "{wanted}");
    }

    #[test]
    fn custom_ids() {
        assert_eq!(custom_id(None, "us-east-1"), Ok(None));
        check("us-east-1_MyPool01", Ok("us-east-1_MyPool01"));
        check("MyPool01", Ok("us-east-1_MyPool01"));
        check("eu-west-1_MyPool01", Err(TagError::CustomId));
        check("us-east-1_", Err(TagError::CustomId));
        check("", Err(TagError::CustomId));
        check("a/b", Err(TagError::CustomId));
        check(&"a".repeat(60), Err(TagError::CustomId));
    }

    #[test]
    fn limits() {
        let tags = |n: usize| (0..n).map(|i| (format!("k{i}"), String::new())).collect::<BTreeMap<_, _>>();
        assert_eq!(without_control_tags(tags(50)).unwrap().len(), 50);
        assert_eq!(without_control_tags(tags(51)), Err(TagError::TooMany));
        let one = |key: &str| BTreeMap::from([(key.to_owned(), String::new())]);
        assert_eq!(without_control_tags(one(CUSTOM_ID)), Ok(BTreeMap::new()));
        assert_eq!(without_control_tags(one("AWS:x")), Err(TagError::Reserved));
        assert!(without_control_tags(one("awsome")).is_ok());
    }
}
