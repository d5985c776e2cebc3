//! What every operation names.

pub(crate) use cognito_api::wire;
pub(crate) use cognito_core::Entity as _;

pub(crate) use crate::ctx::Ctx;
pub(crate) use crate::errors::{self, ApiError, Reply};
pub(crate) use crate::views;
