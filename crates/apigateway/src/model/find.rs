//! Look-ups, each served by a key or an index.

use std::sync::Arc;

use cognito_core::{Entity, Kind};
use cognito_ops::{Reply, Scope};
use cognito_store::{Cursor, IndexRange, StoreError, Txn};

use super::api::BY_REGION;
use super::{Api, Authorizer, Deployment, Integration, Route, Snapshot, Stage};
use super::{authorizer, deployment, integration, route, stage};
use crate::errors;

/// What belongs to an API, and is listed by it.
pub trait Part: Entity {
    /// The index of all of an API.
    const BY_API: &'static str;

    /// How many an API may have.
    /// <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html>
    const MOST: usize;

    /// What is answered if there is none of that id.
    fn missing(id: &str) -> cognito_ops::ApiError;
}

macro_rules! parts {
    ($($part:ident in $module:ident, $most:literal, $missing:ident;)*) => {$(
        impl Part for $part {
            const BY_API: &'static str = $module::BY_API;
            const MOST: usize = $most;

            fn missing(id: &str) -> cognito_ops::ApiError {
                errors::$missing(id)
            }
        }
    )*};
}

parts! {
    Authorizer in authorizer, 10, no_authorizer;
    Route in route, 300, no_route;
    Integration in integration, 300, no_integration;
    Stage in stage, 10, no_stage;
    // Not documented for HTTP APIs: awsemu's own.
    Deployment in deployment, 1_000, no_deployment;
}

/// An API of the caller's account and region.
pub async fn api(txn: &mut Txn, scope: &Scope, id: &str) -> Reply<Arc<Api>> {
    let api = api_if_any(txn, id).await?;
    let is_theirs = |api: &Arc<Api>| api.account == scope.account && api.region == scope.region;
    api.filter(is_theirs).ok_or_else(|| errors::no_api(&scope.account, id))
}

/// An API, if it exists.
pub async fn api_if_any(txn: &mut Txn, id: &str) -> Result<Option<Arc<Api>>, StoreError> {
    txn.get::<Api>(id).await
}

/// Something that belongs to an API, by its id or, a stage, by its name.
pub async fn part<P: Part>(txn: &mut Txn, api_id: &str, id: &str) -> Reply<Arc<P>> {
    txn.get::<P>(&super::key_of(api_id, id)).await?.ok_or_else(|| P::missing(id))
}

/// An authorizer, if it still exists.
pub async fn authorizer_if_any(
    txn: &mut Txn,
    api_id: &str,
    id: &str,
) -> Result<Option<Arc<Authorizer>>, StoreError> {
    txn.get::<Authorizer>(&Authorizer::key_of(api_id, id)).await
}

/// A stage, if there is one of that name.
pub async fn stage_if_any(txn: &mut Txn, api_id: &str, name: &str) -> Result<Option<Arc<Stage>>, StoreError> {
    txn.get::<Stage>(&Stage::key_of(api_id, name)).await
}

/// A deployment, if it still exists.
pub async fn deployment_if_any(
    txn: &mut Txn,
    api_id: &str,
    id: &str,
) -> Result<Option<Arc<Deployment>>, StoreError> {
    txn.get::<Deployment>(&Deployment::key_of(api_id, id)).await
}

/// A page of the APIs of an account and region.
pub async fn apis(
    txn: &mut Txn,
    scope: &Scope,
    after: Option<Cursor>,
    limit: usize,
) -> Result<(Vec<Arc<Api>>, Option<Cursor>), StoreError> {
    let prefix = Api::region_prefix(&scope.account, &scope.region);
    txn.scan::<Api>(IndexRange::prefix(Kind::HttpApi, BY_REGION, prefix).after(after), limit).await
}

/// A page of what belongs to an API.
pub async fn page<P: Part>(
    txn: &mut Txn,
    api_id: &str,
    after: Option<Cursor>,
    limit: usize,
) -> Result<(Vec<Arc<P>>, Option<Cursor>), StoreError> {
    txn.scan::<P>(range::<P>(api_id).after(after), limit).await
}

/// Refuses one more than an API may have.
pub async fn room<P: Part>(txn: &mut Txn, api_id: &str) -> Reply<()> {
    match txn.scan::<P>(range::<P>(api_id), P::MOST).await?.0.len() < P::MOST {
        true => Ok(()),
        false => Err(errors::too_many(P::MOST)),
    }
}

/// All of what belongs to an API; [`room`] bounds it.
pub async fn all<P: Part>(txn: &mut Txn, api_id: &str) -> Result<Vec<P>, StoreError> {
    Ok(txn.all::<P>(range::<P>(api_id)).await?.into_iter().map(Arc::unwrap_or_clone).collect())
}

/// What an API is now, as committed.
pub async fn snapshot(txn: &mut Txn, api: &Api) -> Result<Snapshot, StoreError> {
    Ok(Snapshot {
        routes: all(txn, &api.id).await?,
        integrations: all(txn, &api.id).await?,
        authorizers: all(txn, &api.id).await?,
        cors: api.cors.clone(),
    })
}

fn range<P: Part>(api_id: &str) -> IndexRange {
    IndexRange::prefix(P::KIND, P::BY_API, format!("{api_id}/"))
}
