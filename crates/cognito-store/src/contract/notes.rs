//! The entity of the contract, and short forms.

use std::sync::Arc;

use cognito_core::{Entity, IndexEntry, Kind, Time};
use serde::{Deserialize, Serialize};

use crate::engine::{Changes, Delete, Engine, IndexRange, Put, StoreError};

pub(super) const NOW: Time = Time(1_000_000);

/// The unique and the shared index.
pub(super) const ALIAS: &str = "note.alias";
pub(super) const TAG: &str = "note.tag";

/// A record with unique and shared values.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Note {
    pub(super) id: String,
    pub(super) number: u64,
    pub(super) aliases: Vec<String>,
    pub(super) tags: Vec<String>,
    pub(super) expires: Option<Time>,
}

impl Entity for Note {
    const KIND: Kind = Kind::User;

    fn key(&self) -> String {
        self.id.clone()
    }

    fn index(&self) -> Vec<IndexEntry> {
        let aliases = self.aliases.iter().map(|alias| IndexEntry::unique(ALIAS, alias));
        let tags = self.tags.iter().map(|tag| IndexEntry::shared(TAG, tag));
        aliases.chain(tags).collect()
    }

    fn expires(&self) -> Option<Time> {
        self.expires
    }
}

pub(super) fn note(id: &str) -> Note {
    Note { id: id.to_owned(), ..Note::default() }
}

impl Note {
    pub(super) fn alias(mut self, alias: &str) -> Self {
        self.aliases.push(alias.to_owned());
        self
    }

    pub(super) fn tag(mut self, tag: &str) -> Self {
        self.tags.push(tag.to_owned());
        self
    }

    pub(super) fn until(mut self, expires: i64) -> Self {
        self.expires = Some(Time(expires));
        self
    }
}

/// A new record whose first version is 1; `expected` makes it an update.
pub(super) fn put(note: &Note, expected: u64) -> Put {
    Put {
        kind: Kind::User,
        key: note.id.clone(),
        expected,
        version: expected + 1,
        body: serde_json::to_string(note).unwrap_or_default(),
        expires: note.expires,
        entries: note.index(),
    }
}

pub(super) fn delete(id: &str, expected: Option<u64>) -> Delete {
    Delete { kind: Kind::User, key: id.to_owned(), expected }
}

pub(super) fn puts(puts: Vec<Put>) -> Changes {
    Changes { now: NOW, puts, ..Changes::default() }
}

pub(super) fn deletes(deletes: Vec<Delete>) -> Changes {
    Changes { now: NOW, deletes, ..Changes::default() }
}

/// Commits new notes.
pub(super) async fn seed(engine: &Arc<dyn Engine>, notes: &[Note]) -> Result<(), StoreError> {
    engine.commit(puts(notes.iter().map(|note| put(note, 0)).collect())).await
}

/// The version of a note; 0 if there is none.
pub(super) async fn version(engine: &Arc<dyn Engine>, id: &str) -> Result<u64, StoreError> {
    Ok(engine.get(Kind::User, id).await?.map_or(0, |record| record.version))
}

/// The keys in a range, all pages.
pub(super) async fn keys(engine: &Arc<dyn Engine>, range: IndexRange) -> Result<Vec<String>, StoreError> {
    let page = engine.scan(&range, 100_000).await?;
    assert_eq!(page.next, None);
    Ok(page.records.into_iter().map(|record| record.key).collect())
}

pub(super) fn exact(index: &'static str, value: &str) -> IndexRange {
    IndexRange::exact(Kind::User, index, value)
}

pub(super) fn prefix(index: &'static str, prefix: &str) -> IndexRange {
    IndexRange::prefix(Kind::User, index, prefix)
}

pub(super) fn is_conflict<T>(answer: &Result<T, StoreError>) -> bool {
    matches!(answer, Err(StoreError::Conflict { .. }))
}

/// The index that an answer says is taken.
pub(super) fn taken<T>(answer: Result<T, StoreError>) -> Option<(String, String)> {
    match answer {
        Err(StoreError::Taken { index, value }) => Some((index, value)),
        _ => None,
    }
}
