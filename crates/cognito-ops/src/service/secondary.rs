//! Requests for the Region of a pool's secondary replica: what it does not take is refused before the operation runs.

use std::sync::Arc;

use cognito_api::ErrorCode;
use cognito_api::model::Operation;
use cognito_core::ids;
use cognito_core::pool::Pool;
use cognito_jwt::unverified_claims;
use cognito_store::find::FindError;
use serde_json::Value;

use crate::prelude::*;
use crate::service::access;

/// Refuses an operation on a pool if the caller has called the Region of its secondary, which does not take it.
pub(crate) async fn check(ctx: &Ctx<'_>, operation: &Operation, input: &Value) -> Reply<()> {
    let Some(region) = ctx.region() else { return Ok(()) };
    let pool = match input["UserPoolId"].as_str() {
        // The id says where the primary is: most requests are for there, and need not look at the pool.
        Some(id) if ids::region_of(id) == Some(region) => None,
        Some(id) => ctx.read().get::<Pool>(id).await?,
        // Looked for only where the host names a Region, so that no other sign-in looks for its pool twice.
        None if ctx.caller().region.is_none() => None,
        None => pool_of(ctx, input).await?,
    };
    match pool.as_ref().and_then(|pool| pool.replica_in(region)) {
        Some(replica) => replica.check_enabled(operation).map_err(|error| listed(operation, error.into())),
        None => Ok(()),
    }
}

/// The pool that a user's request is about, by its client or its token. What is wrong with them the operation says.
async fn pool_of(ctx: &Ctx<'_>, input: &Value) -> Reply<Option<Arc<Pool>>> {
    if let Some(client_id) = input["ClientId"].as_str() {
        return match ctx.read().client_by_id(client_id).await {
            Ok((pool, _)) => Ok(Some(pool)),
            Err(FindError::Missing(_)) => Ok(None),
            Err(FindError::Store(error)) => Err(error.into()),
        };
    }
    let claims = input["AccessToken"].as_str().and_then(|token| unverified_claims(token).ok());
    match claims.as_ref().and_then(|(_, claims)| access::issued_by(claims)) {
        Some(pool_id) => Ok(ctx.read().get::<Pool>(pool_id).await?),
        None => Ok(None),
    }
}

/// The refusal as an exception that the model lists for the operation. Which one AWS answers where it lists none for
/// this is unverified.
fn listed(operation: &Operation, refusal: ApiError) -> ApiError {
    if operation.errors.iter().any(|name| name == refusal.name()) {
        return refusal;
    }
    ApiError::service(ErrorCode::InvalidParameterException, refusal.message)
}
