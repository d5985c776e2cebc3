//! Requests for the Region of a pool's secondary replica: what it does not take is refused before the operation runs.

use cognito_api::ErrorCode;
use cognito_api::model::Operation;
use cognito_core::ids;
use cognito_core::pool::Pool;
use serde_json::Value;

use crate::prelude::*;

/// Refuses an operation on a pool if the caller has signed for the Region of its secondary, which does not take it.
pub(crate) async fn check(ctx: &Ctx<'_>, operation: &Operation, input: &Value) -> Reply<()> {
    let Some(scope) = &ctx.caller().scope else { return Ok(()) };
    let Some(pool_id) = input["UserPoolId"].as_str() else { return Ok(()) };
    // The id says where the primary is: most requests are for there, and need not look at the pool.
    if ids::region_of(pool_id) == Some(&scope.region) {
        return Ok(());
    }
    let pool = ctx.read().get::<Pool>(pool_id).await?;
    match pool.as_ref().and_then(|pool| pool.replica_in(ctx.region())) {
        Some(replica) => {
            replica.check_enabled(&operation.name).map_err(|error| listed(operation, error.into()))
        }
        None => Ok(()),
    }
}

/// The refusal as an exception that the model lists for the operation. Which one AWS answers where it lists none for
/// this is unverified.
fn listed(operation: &Operation, refusal: ApiError) -> ApiError {
    if operation.errors.iter().any(|name| name == refusal.name()) {
        return refusal;
    }
    ApiError::service(ErrorCode::InvalidParameterException, refusal.message().to_owned())
}
