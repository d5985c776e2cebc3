//! `GET /_awsemu/health` and, for tools that wait for LocalStack, `/_localstack/health`.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue};
use serde_json::{Value, json};

use crate::answer::JSON;
use crate::backend::Backend;

const VERSION: &str = env!("CARGO_PKG_VERSION");

/// 200 `{"status": "ok", "version": ...}` when requests can be served, else 503 and `"unavailable"`.
pub(crate) async fn own<B: Backend>(backend: &B) -> HttpResponse {
    let ready = is_ready(backend).await;
    answer(ready, &json!({ "status": if ready { "ok" } else { "unavailable" }, "version": VERSION }))
}

/// LocalStack's form: the services and their states.
pub(crate) async fn localstack<B: Backend>(backend: &B) -> HttpResponse {
    let ready = is_ready(backend).await;
    let state = if ready { "running" } else { "error" };
    answer(ready, &json!({ "services": { "cognito-idp": state }, "edition": "awsemu", "version": VERSION }))
}

async fn is_ready<B: Backend>(backend: &B) -> bool {
    match backend.ready().await {
        Ok(()) => true,
        Err(error) => {
            tracing::error!("not ready: {}", error.source_chain().as_deref().unwrap_or(error.message()));
            false
        }
    }
}

fn answer(ready: bool, body: &Value) -> HttpResponse {
    HttpResponse::build(if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE })
        .insert_header((CONTENT_TYPE, JSON))
        .insert_header((CACHE_CONTROL, HeaderValue::from_static("no-store")))
        .body(body.to_string())
}
