//! Whatever comes in: the right error, nothing changed, no panic, no internal error. Over all operations of the model.

mod at_once;
mod authentication;
mod bytes;
mod constraints;
mod fixture;
mod random;
mod tokens;
mod types;
