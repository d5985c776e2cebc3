//! One line for each request, at level `info`: no bodies, no headers, no query strings.

use std::time::Instant;

use actix_web::body::{BodySize, MessageBody};
use actix_web::{HttpRequest, HttpResponse};
use cognito_ops::UploadPath;

use crate::gate::Exchange;

/// The target of the lines, for filters such as `--log awsemu::access=info`.
const TARGET: &str = "awsemu::access";

/// A path without what is a secret in it.
fn shown(path: &str) -> &str {
    match path.find(UploadPath::BEGINNING) {
        Some(start) => &path[..start + UploadPath::BEGINNING.len()],
        None => path,
    }
}

/// Writes the line of a request that began at `started`.
pub(crate) fn write(request: &HttpRequest, exchange: &Exchange, response: &HttpResponse, started: Instant) {
    if !tracing::enabled!(target: TARGET, tracing::Level::INFO) {
        return;
    }
    let bytes = match response.body().size() {
        BodySize::Sized(bytes) => bytes,
        BodySize::None | BodySize::Stream => 0,
    };
    tracing::info!(
        target: TARGET,
        method = request.method().as_str(),
        path = %shown(request.uri().path()).escape_debug(),
        operation = exchange.operation,
        status = response.status().as_u16(),
        ms = started.elapsed().as_millis() as u64,
        bytes,
        request_id = exchange.request_id,
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_secret_of_an_upload_is_not_shown() {
        let check = |path: &str, expected: &str| assert_eq!(shown(path), expected);
        check("/", "/");
        check("/us-east-1_a/.well-known/jwks.json", "/us-east-1_a/.well-known/jwks.json");
        check("/_awsemu/import/us-east-1_a/import-1/secret", "/_awsemu/import/");
        check("/prefix/_awsemu/import/us-east-1_a/import-1/secret", "/prefix/_awsemu/import/");
    }
}
