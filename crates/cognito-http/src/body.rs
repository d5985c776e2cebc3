//! Reads the body of a request, within a size and a time.

use std::time::Duration;

use actix_web::error::PayloadError;
use actix_web::http::header::{CONTENT_LENGTH, HeaderMap};
use actix_web::web::{Bytes, BytesMut, Payload};
use cognito_ops::ApiError;
use futures_util::StreamExt;

/// Reads the whole body. A declared length over the limit is refused before anything is read, an undeclared one as
/// soon as it is over; memory is taken as the bytes arrive, never by the declared length.
pub(crate) async fn read(
    headers: &HeaderMap,
    payload: Payload,
    limit: usize,
    timeout: Duration,
) -> Result<Bytes, ApiError> {
    check_length(headers, limit)?;
    // actix-web asks for an answer before it hands over the body that came with the head. By the next poll it has, and no
    // timer is started.
    tokio::task::yield_now().await;
    match tokio::time::timeout(timeout, collect(payload, limit)).await {
        Ok(body) => body,
        Err(_) => Err(ApiError::request_timeout()),
    }
}

/// Refuses a declared length over the limit.
pub(crate) fn check_length(headers: &HeaderMap, limit: usize) -> Result<(), ApiError> {
    let declared = headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    if declared.is_some_and(|length| length > limit as u64) { Err(ApiError::too_large()) } else { Ok(()) }
}

/// Reads the next piece of a body that is handed on as it arrives; `None` at its end.
pub(crate) async fn piece(payload: &mut Payload, timeout: Duration) -> Result<Option<Bytes>, ApiError> {
    match tokio::time::timeout(timeout, payload.next()).await {
        Ok(piece) => piece.transpose().map_err(broken),
        Err(_) => Err(ApiError::request_timeout()),
    }
}

async fn collect(mut payload: Payload, limit: usize) -> Result<Bytes, ApiError> {
    // Nearly every body comes in one piece, which is then not copied.
    let Some(first) = payload.next().await else { return Ok(Bytes::new()) };
    let first = first.map_err(broken)?;
    let Some(second) = payload.next().await else { return within(first, limit) };
    let mut body = BytesMut::from(within(first, limit)?);
    let mut chunk = second.map_err(broken)?;
    loop {
        if body.len() + chunk.len() > limit {
            return Err(ApiError::too_large());
        }
        body.extend_from_slice(&chunk);
        match payload.next().await {
            Some(next) => chunk = next.map_err(broken)?,
            None => return Ok(body.freeze()),
        }
    }
}

fn within(body: Bytes, limit: usize) -> Result<Bytes, ApiError> {
    if body.len() > limit { Err(ApiError::too_large()) } else { Ok(body) }
}

fn broken(error: PayloadError) -> ApiError {
    tracing::debug!("failed to read the body of a request: {error}");
    ApiError::malformed_request("The body of the request could not be read.")
}
