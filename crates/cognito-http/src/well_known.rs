//! JWKS and discovery of a pool.

use actix_web::HttpResponse;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue};
use actix_web::web::Bytes;
use cognito_ops::{ApiError, Site};

use crate::answer::JSON;
use crate::backend::Backend;
use crate::route::Document;

/// AWS says a day. Here pools with the same id come and go, so a minute.
const CACHE: HeaderValue = HeaderValue::from_static("public, max-age=60");

/// Answers `GET /<pool-id>/.well-known/...`. The site is only asked for where URLs are built.
pub(crate) async fn answer<B: Backend>(
    backend: &B,
    document: Document,
    pool_id: &str,
    site: impl FnOnce() -> Site,
) -> Result<HttpResponse, ApiError> {
    let body = match document {
        Document::Jwks => backend.jwks(pool_id).await?.map(|jwks| Bytes::copy_from_slice(jwks.as_bytes())),
        Document::Discovery => backend.discovery(&site(), pool_id).await?.map(Bytes::from),
    };
    match body {
        Some(body) => Ok(HttpResponse::Ok()
            .insert_header((CONTENT_TYPE, JSON))
            .insert_header((CACHE_CONTROL, CACHE))
            .body(body)),
        None => Err(ApiError::no_pool_document(pool_id)),
    }
}
