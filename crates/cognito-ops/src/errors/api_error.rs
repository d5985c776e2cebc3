//! The error that an operation answers with.

use std::error::Error;
use std::fmt;
use std::sync::Arc;

use cognito_api::ErrorCode;

/// What an operation answers: its output or an error.
pub type Reply<T> = Result<T, ApiError>;

/// The name of an error, as it stands in `__type`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    /// An exception of the service's model; its status is 400, or 500 for a fault.
    Service(ErrorCode),
    /// An error of the front end, which every AWS service shares.
    /// <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/CommonErrors.html>
    Common {
        /// Its name.
        name: &'static str,
        /// Its HTTP status.
        status: u16,
    },
}

/// An error with a text for the client and a cause for the log.
#[derive(Clone, Debug)]
pub struct ApiError {
    /// Its name.
    pub code: Code,
    /// The text for the client.
    pub message: String,
    source: Option<Arc<dyn Error + Send + Sync>>,
}

impl ApiError {
    /// An exception of the model.
    pub(crate) fn service(code: ErrorCode, message: impl Into<String>) -> Self {
        Self { code: Code::Service(code), message: message.into(), source: None }
    }

    /// An error that no model of user pools lists: of the front end, or of another service behind it.
    pub fn common(name: &'static str, status: u16, message: impl Into<String>) -> Self {
        Self { code: Code::Common { name, status }, message: message.into(), source: None }
    }

    /// Adds the cause, which only the log sees.
    #[must_use]
    pub(crate) fn because(mut self, source: impl Error + Send + Sync + 'static) -> Self {
        self.source = Some(Arc::new(source));
        self
    }

    /// The name, as it stands in `__type`: `UserNotFoundException`.
    pub fn name(&self) -> &'static str {
        match self.code {
            Code::Service(code) => code.as_str(),
            Code::Common { name, .. } => name,
        }
    }

    /// The HTTP status.
    pub fn status(&self) -> u16 {
        match self.code {
            Code::Service(code) if code.is_fault() => 500,
            Code::Service(_) => 400,
            Code::Common { status, .. } => status,
        }
    }

    /// The text for the client.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Whether it is this exception of the model.
    pub fn is(&self, code: ErrorCode) -> bool {
        self.code == Code::Service(code)
    }

    /// The causes for the log, outermost first; none for an error that is the client's own.
    pub fn source_chain(&self) -> Option<String> {
        let mut cause: Option<&dyn Error> = Some(self.source.as_deref()?);
        let mut chain = Vec::new();
        while let Some(error) = cause {
            chain.push(error.to_string());
            cause = error.source();
        }
        Some(chain.join(": "))
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.name(), self.message)
    }
}

impl Error for ApiError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref().map(|source| source as &(dyn Error + 'static))
    }
}
