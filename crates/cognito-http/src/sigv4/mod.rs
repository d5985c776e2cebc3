//! AWS Signature Version 4: who calls, in which account and region, and whether it is true.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html>

mod header;
mod verify;

pub(crate) use header::Authorization;
pub use verify::AccessKey;
pub(crate) use verify::{SignedRequest, verify};

/// Why an `Authorization` header is refused.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Refused {
    /// The header is not of the form that AWS wants; the text completes the answer.
    Incomplete(String),
    /// Signed for another service than this one.
    OtherService,
    /// No configured key has this id.
    UnknownKey,
    /// Dated more than 15 minutes before or after now.
    Expired,
    /// The signature is not the one of this request with this key.
    Mismatch,
}
