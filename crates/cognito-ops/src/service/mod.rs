//! What several operations need: keys, tokens, proofs of passwords, codes and messages, pages of lists.

pub(crate) mod access;
pub(crate) mod attributes;
pub(crate) mod clock;
pub(crate) mod codes;
pub(crate) mod custom_id;
pub(crate) mod decoys;
pub(crate) mod devices;
pub(crate) mod identities;
pub(crate) mod issue;
pub(crate) mod journal;
pub(crate) mod keys;
pub(crate) mod messages;
pub(crate) mod new_user;
pub(crate) mod outbox;
pub(crate) mod pages;
pub(crate) mod passkeys;
pub(crate) mod presented;
pub(crate) mod proofs;
pub(crate) mod recorder;
pub(crate) mod refreshing;
pub(crate) mod sealed;
pub(crate) mod secret_hash;
pub(crate) mod secrets;
pub(crate) mod signing_certificate;
pub(crate) mod sms_settings;
pub(crate) mod usage;
