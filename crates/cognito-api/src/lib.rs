//! The facts of the APIs of Amazon Cognito user pools and of HTTP APIs (API Gateway v2): their models, the types
//! generated from them and the validator.
//!
//! - [`model`] describes each operation and shape at run time.
//! - [`wire`] holds the types of requests and answers, under AWS's own names.
//! - [`rest`] turns requests and answers of a REST API into those of the model, and back.
//! - [`ops`] holds a marker for each operation, which joins its name, types and errors.
//! - [`validate()`] checks the JSON of a request against the model, in AWS's words.
//! - [`sample`] makes requests for tests and skeletons: valid ones, and broken ones with the expected text.

pub mod model;
pub mod rest;
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

/// The types that travel to and from HTTP APIs.
pub mod apigatewayv2 {
    pub use crate::generated::apigatewayv2::enums::*;
    pub use crate::generated::apigatewayv2::types::*;
}
pub use operation::{NoOutput, Operation};
pub use scalars::{Blob, Timestamp};
pub use sensitive::Sensitive;
pub use validate::{Invalid, validate};
