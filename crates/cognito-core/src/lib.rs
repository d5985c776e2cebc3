//! The rules of Amazon Cognito user pools. Pure: time, randomness and ids are arguments.

pub mod entity;
pub mod time;

pub use entity::{Entity, IndexEntry, Kind};
pub use time::{Span, Time};
