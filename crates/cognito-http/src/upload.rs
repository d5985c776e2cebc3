//! The file of an import job: `PUT /_awsemu/import/...`.

use actix_web::HttpResponse;
use actix_web::http::header::HeaderMap;
use actix_web::web::Payload;
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
    let next = async || body::piece(&mut payload, gate.timeouts.body).await;
    gate.backend.upload(path, next).await?;
    Ok(HttpResponse::Ok().finish())
}
