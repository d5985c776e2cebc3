//! HTTP_PROXY: hands a call to a URL.

use super::Gateway;
use super::call::{Answer, Matched, Refusal};
use crate::model::Integration;

/// Hands a call to the URL of its integration.
pub(crate) async fn forward(
    _gateway: &Gateway,
    _matched: &Matched<'_>,
    _integration: &Integration,
) -> Result<Answer, Refusal> {
    Err(Refusal::not_offered())
}
