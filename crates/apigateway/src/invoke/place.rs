//! The place of a call: which deployment of which stage of which API it leads to.

use cognito_core::Time;
use cognito_ops::{ApiError, App};

use super::call::{Call, Place, Refusal};
use crate::model::{DEFAULT_STAGE, find};

/// The place of a call. An API that has no endpoint, and a stage that serves nothing, are not there.
pub(super) async fn of_call(app: &App, call: &Call, now: Time) -> Result<Place, Refusal> {
    let mut txn = app.store().read(now);
    let api = find::api_if_any(&mut txn, &call.api_id).await.map_err(failed)?;
    let is_called = |region: &str| call.region.as_deref().is_none_or(|named| named == region);
    let api = api
        .filter(|api| is_called(&api.region) && !api.disable_execute_api_endpoint)
        .ok_or_else(Refusal::not_found)?;
    let (first, rest) = split(&call.raw_path);
    let named = match first {
        "" | DEFAULT_STAGE => None,
        name => find::stage_if_any(&mut txn, &api.id, name).await.map_err(failed)?,
    };
    let (stage, path) = match named {
        Some(stage) => (stage, rest),
        None => {
            let stage = find::stage_if_any(&mut txn, &api.id, DEFAULT_STAGE).await.map_err(failed)?;
            (stage.ok_or_else(Refusal::not_found)?, &*call.raw_path)
        }
    };
    let id = stage.deployment_id.as_deref().ok_or_else(Refusal::not_found)?;
    let deployment = find::deployment_if_any(&mut txn, &api.id, id).await.map_err(failed)?;
    let deployment = deployment.ok_or_else(Refusal::not_found)?;
    Ok(Place { path: path.to_owned(), api, stage, deployment, now })
}

/// What fails behind the gateway is for the log alone.
pub(super) fn failed(error: impl Into<ApiError>) -> Refusal {
    let error = error.into();
    let text = error.source_chain().unwrap_or_else(|| error.message().to_owned());
    tracing::error!("failed to answer a call: {text}");
    Refusal::internal(text)
}

/// The first part of a path, and what follows it: `/prod/pets` as `prod` and `/pets`.
fn split(path: &str) -> (&str, &str) {
    let inner = path.strip_prefix('/').unwrap_or(path);
    match inner.find('/') {
        Some(slash) => inner.split_at(slash),
        None => (inner, "/"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_paths() {
        let check = |path: &str, expected: (&str, &str)| assert_eq!(split(path), expected, "{path}");
        check("/prod/pets/1", ("prod", "/pets/1"));
        check("/prod/", ("prod", "/"));
        check("/prod", ("prod", "/"));
        check("/", ("", "/"));
        check("//prod/x", ("", "/prod/x"));
    }
}
