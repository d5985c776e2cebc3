//! The rules of Amazon Cognito user pools. Pure: time, randomness and ids are arguments.

pub mod attempts;
pub mod auth;
pub mod branding;
pub mod bytes;
pub mod change;
pub mod claims;
pub mod client;
pub mod clock;
pub mod code;
pub mod delivery;
pub mod device;
pub mod domain;
pub mod entity;
pub mod exchange;
pub mod family;
pub mod filter;
pub mod group;
pub mod identity;
pub mod identity_provider;
pub mod ids;
pub mod look;
pub mod message;
pub mod mfa;
pub mod names;
pub mod oauth;
pub mod password;
pub mod pool;
pub mod resource_server;
pub mod saml;
pub mod schema;
pub mod secret;
pub mod session;
pub mod srp;
pub mod template;
pub mod terms;
#[cfg(test)]
mod testing;
pub mod time;
pub mod totp;
pub mod tracking;
pub mod trigger_call;
pub mod ui_customization;
pub mod user;
pub mod webauthn;

pub use entity::{Entity, IndexEntry, Kind};
pub use time::{Span, Time};
