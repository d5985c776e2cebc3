//! The file of an import job: `PUT /_awsemu/import/...`.

use actix_web::http::header::HeaderMap;
use actix_web::web::Payload;
use actix_web::{HttpResponse, rt};
use cognito_ops::{ApiError, UploadPath};

use crate::backend::Backend;
use crate::body;
use crate::gate::Gate;

/// Hands the body on as it arrives. A slow sender may take long for the whole, but not for any piece of it.
pub(crate) async fn answer<B: Backend>(
    gate: &Gate<B>,
    path: UploadPath<'_>,
    headers: &HeaderMap,
    mut payload: Payload,
) -> Result<HttpResponse, ApiError> {
    body::check_length(headers, UploadPath::MAX_BYTES)?;
    let (backend, patience, path) = (gate.backend.clone(), gate.timeouts.body, path.text());
    // If the connection is lost, this future is dropped; the task goes on, to delete what has arrived.
    let task = rt::spawn(async move {
        let path = UploadPath::of(&path).ok_or(ApiError::not_found())?;
        let next = async || body::piece(&mut payload, patience).await;
        backend.upload(path, next).await
    });
    task.await.map_err(|error| {
        tracing::error!(%error, "an upload broke off");
        ApiError::internal()
    })??;
    Ok(HttpResponse::Ok().finish())
}
