//! What the writer knows of the records that commits check. Most check the same few: a pool, a client, a user.

use std::collections::HashMap;

use cognito_core::{Kind, Time};

/// Most records; beyond, they are collected anew.
const MOST: usize = 4096;

/// Records that were checked and not written since. Nobody else writes, so what was found of them holds.
#[derive(Default)]
pub(super) struct Known {
    kinds: HashMap<Kind, HashMap<String, Option<There>>>,
    count: usize,
}

/// A record that is there, expired or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct There {
    pub(super) version: u64,
    pub(super) expires: Option<Time>,
}

impl Known {
    /// What is known of a record: that it is there, or that it is not.
    pub(super) fn get(&self, kind: Kind, key: &str) -> Option<Option<There>> {
        self.kinds.get(&kind)?.get(key).copied()
    }

    /// Notes what was found.
    pub(super) fn note(&mut self, kind: Kind, key: &str, there: Option<There>) {
        if self.count >= MOST {
            *self = Self::default();
        }
        if self.kinds.entry(kind).or_default().insert(key.to_owned(), there).is_none() {
            self.count += 1;
        }
    }

    /// Forgets a record that is written.
    pub(super) fn forget(&mut self, kind: Kind, key: &str) {
        if self.kinds.get_mut(&kind).and_then(|records| records.remove(key)).is_some() {
            self.count -= 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_until_written_and_bounded() {
        let mut known = Known::default();
        let there = Some(There { version: 7, expires: None });
        known.note(Kind::Pool, "a", there);
        known.note(Kind::User, "a", None);
        assert_eq!((known.get(Kind::Pool, "a"), known.get(Kind::User, "a")), (Some(there), Some(None)));
        known.forget(Kind::Pool, "a");
        assert_eq!((known.get(Kind::Pool, "a"), known.get(Kind::User, "a")), (None, Some(None)));
        for number in 0..2 * MOST {
            known.note(Kind::User, &number.to_string(), None);
        }
        let kept: usize = known.kinds.values().map(HashMap::len).sum();
        assert!(kept == known.count && kept <= MOST, "{kept}");
    }
}
