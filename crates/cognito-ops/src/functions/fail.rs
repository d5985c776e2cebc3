//! Why a target gave no answer: what the caller hears, and what only the log does.

use crate::ports::InvokeError;

/// A failed call.
#[derive(Debug)]
pub(super) struct Failure {
    /// For the caller.
    pub error: InvokeError,
    /// For the log: nothing of the event or the answer. `None` where the function itself failed, as functions do.
    pub cause: Option<String>,
}

impl Failure {
    /// The function failed.
    pub fn function(message: impl Into<String>) -> Self {
        Self { error: InvokeError::Function(message.into()), cause: None }
    }

    /// It could not be called; `name` is AWS's.
    pub fn failed(name: impl Into<String>, cause: impl Into<String>) -> Self {
        Self { error: InvokeError::Failed(name.into()), cause: Some(cause.into()) }
    }

    /// It could not be called for a reason that AWS's functions do not have.
    pub fn unavailable(cause: impl Into<String>) -> Self {
        Self::failed("ServiceException", cause)
    }

    /// It answered what is no answer.
    pub fn unrecognizable(cause: impl Into<String>) -> Self {
        Self { error: InvokeError::Unrecognizable, cause: Some(cause.into()) }
    }
}
