//! One line for each request, at level `info`: no bodies, no headers, no query strings.

use std::time::Instant;

use actix_web::body::{BodySize, MessageBody};
use actix_web::{HttpRequest, HttpResponse};

use crate::gate::Exchange;

/// The target of the lines, for filters such as `--log awsemu::access=info`.
const TARGET: &str = "awsemu::access";

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
        path = %request.uri().path().escape_debug(),
        operation = exchange.operation,
        status = response.status().as_u16(),
        ms = started.elapsed().as_millis() as u64,
        bytes,
        request_id = exchange.request_id,
    );
}
