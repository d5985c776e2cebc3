//! Refusals that a page can show: those of the visitor's own making.

use cognito_api::ErrorCode;

use crate::errors::Code;
use crate::prelude::*;

use super::page::Notice;

/// The notice of a refusal; what is not the visitor's business goes on as an error.
pub(super) fn notice(error: ApiError) -> Reply<Notice> {
    if error.status() < 500 { Ok(Notice::Refused(error.message().to_owned())) } else { Err(error) }
}

/// Whether it is that exception.
pub(super) fn is(error: &ApiError, code: ErrorCode) -> bool {
    error.code == Code::Service(code)
}
