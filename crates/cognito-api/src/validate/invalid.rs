//! Why a request was refused.

use std::fmt;

use super::text;

/// Why a request was refused.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Invalid {
    /// A value has the wrong JSON type: the `SerializationException` of AWS's JSON front ends.
    WrongType {
        /// The member, empty for the request itself.
        path: String,
        /// What the member is.
        expected: &'static str,
    },
    /// Constraints are violated: the `InvalidParameterException`. One text for each, in member order.
    Constraints(Vec<String>),
}

impl Invalid {
    /// The message for the client. It never repeats a value of the wrong type, nor a sensitive one.
    pub fn message(&self) -> String {
        match self {
            // unverified: AWS's text for a value of the wrong type.
            Self::WrongType { path, expected } if path.is_empty() => {
                format!("The request must be a {expected}")
            }
            Self::WrongType { path, expected } => format!("The value at '{path}' must be a {expected}"),
            Self::Constraints(violations) => text::message(violations),
        }
    }
}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message())
    }
}

impl std::error::Error for Invalid {}
