//! Errors: what a client is told, and what the log is told beside it. Every text that a client can see is in `texts`.

mod api_error;
mod configuration;
mod convert;
mod texts;

pub use api_error::{ApiError, Code, Reply};
pub(crate) use texts::*;
