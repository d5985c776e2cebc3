//! The facts of the Amazon Cognito user pools API: its model, the types generated from it and the validator.
//!
//! - [`model`] describes each operation and shape at run time.
//! - [`wire`] holds the types of requests and answers, under AWS's own names.
//! - [`ops`] holds a marker for each operation, which joins its name, types and errors.
//! - [`validate()`] checks the JSON of a request against the model, in AWS's words.
//! - [`sample`] makes requests for tests and skeletons: valid ones, and broken ones with the expected text.

pub mod model;
pub mod sample;
pub mod wire;

mod enumeration;
mod generated;
mod operation;
mod pattern;
mod scalars;
mod sensitive;
mod validate;

pub use enumeration::UnknownValue;
pub use generated::errors::ErrorCode;
pub use generated::ops;
pub use operation::{NoOutput, Operation};
pub use scalars::{Blob, Timestamp};
pub use sensitive::Sensitive;
pub use validate::{Invalid, validate};
