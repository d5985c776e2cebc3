//! What joins an operation's name, types and errors.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::ErrorCode;

/// An operation of the API; each is a unit struct in [`ops`](crate::ops).
pub trait Operation {
    /// AWS's name, as in `X-Amz-Target`.
    const NAME: &'static str;
    /// Whether a success has a body: without an output shape it is empty, and not `{}`.
    const HAS_OUTPUT: bool;
    /// The exceptions that the model lists for the operation.
    const ERRORS: &'static [ErrorCode];
    /// The request.
    type Input: DeserializeOwned + Serialize + Send + 'static;
    /// The answer.
    type Output: DeserializeOwned + Serialize + Send + 'static;
}

/// The answer of an operation that answers nothing.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct NoOutput {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops;

    #[test]
    fn operations_know_whether_they_answer() {
        const { assert!(ops::AdminGetUser::HAS_OUTPUT) };
        const { assert!(!ops::AdminDeleteUser::HAS_OUTPUT) };
        assert_eq!(ops::AdminDeleteUser::NAME, "AdminDeleteUser");
        assert!(ops::AdminDeleteUser::ERRORS.contains(&ErrorCode::UserNotFoundException));
    }
}
