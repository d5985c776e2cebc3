//! JWT authorizers: whether a token passes.

use cognito_core::Time;

use super::Gateway;
use super::call::{Call, Claims, Refusal};
use crate::model::Authorizer;

/// Whether the token of a call passes, and what it says. `scopes` are those of which it must have one.
pub(crate) async fn authorize(
    _gateway: &Gateway,
    _call: &Call,
    _now: Time,
    _authorizer: &Authorizer,
    _scopes: &[String],
) -> Result<Claims, Refusal> {
    Err(Refusal::not_offered())
}
