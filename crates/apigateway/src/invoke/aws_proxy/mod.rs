//! AWS_PROXY: hands a call to a Lambda function.

use super::Gateway;
use super::call::{Answer, Matched, Refusal};
use crate::model::Integration;

/// Hands a call to the function of its integration.
pub(crate) async fn invoke(
    _gateway: &Gateway,
    _matched: &Matched<'_>,
    _integration: &Integration,
) -> Result<Answer, Refusal> {
    Err(Refusal::not_offered())
}
