//! The style sheets and pictures of login pages: `GET /branding/<client>/<version>/<file>`.

use actix_web::HttpResponse;
use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderValue, X_CONTENT_TYPE_OPTIONS,
};
use cognito_ops::ApiError;

use crate::backend::Backend;
use crate::percent;

/// The path changes with what is in the file; an hour, as pools with the same ids come and go.
const CACHE: HeaderValue = HeaderValue::from_static("public, max-age=3600");
/// A picture that is opened by itself runs and loads nothing, as it came from whoever may brand the client.
const POLICY: HeaderValue =
    HeaderValue::from_static("default-src 'none'; style-src 'unsafe-inline'; sandbox");
const NOSNIFF: HeaderValue = HeaderValue::from_static("nosniff");

/// Answers with a file.
pub(crate) async fn answer<B: Backend>(
    backend: &B,
    client_id: &str,
    file: &str,
) -> Result<HttpResponse, ApiError> {
    let (client_id, file) = (percent::decode(client_id), percent::decode(file));
    let (Ok(client_id), Ok(file)) = (str::from_utf8(&client_id), str::from_utf8(&file)) else {
        return Err(ApiError::not_found());
    };
    let file = backend.look_file(client_id, file).await?.ok_or_else(ApiError::not_found)?;
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, file.media_type))
        .insert_header((CACHE_CONTROL, CACHE))
        .insert_header((CONTENT_SECURITY_POLICY, POLICY))
        .insert_header((X_CONTENT_TYPE_OPTIONS, NOSNIFF))
        .body(file.bytes))
}
