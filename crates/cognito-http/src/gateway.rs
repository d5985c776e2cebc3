//! The management API of HTTP APIs: `/v2/...` in the JSON protocol of REST APIs.

use actix_web::http::StatusCode;
use actix_web::http::header::CONTENT_TYPE;
use actix_web::{HttpRequest, HttpResponse, web};
use apigateway::manage::Call;
use cognito_api::model::{Auth, Model};
use cognito_api::rest::{self, Found};
use cognito_ops::ApiError;

use crate::answer::JSON;
use crate::api::{self, LIMIT};
use crate::backend::Backend;
use crate::body;
use crate::cors::Origin;
use crate::gate::{Exchange, Gate};

/// Answers a request to `path`. Every operation wants a signature, and a foreign page is refused as with the
/// IAM operations of user pools.
pub(crate) async fn answer<B: Backend>(
    gate: &Gate<B>,
    exchange: &mut Exchange,
    origin: Origin,
    path: &str,
    request: &HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, ApiError> {
    exchange.cors = origin.operation(Some(Auth::Iam))?;
    let model = Model::apigatewayv2();
    let (operation, members) = match rest::find(model, request.method().as_str(), path) {
        Some(Found::Operation(operation, members)) => (operation, members),
        Some(Found::Other(name)) => return Err(ApiError::not_implemented(name)),
        None => return Err(ApiError::not_found()),
    };
    exchange.operation = &operation.name;
    let headers = request.headers();
    api::check_encoding(headers)?;
    let authorization =
        api::authorization(headers, operation.auth)?.ok_or_else(ApiError::missing_authentication_token)?;
    let body = body::read(headers, payload, LIMIT, gate.timeouts.body).await?;
    let scope = gate.scope(&model.service().signing_name, &authorization, request, &body)?;
    let caller = api::caller(gate, exchange, request, Some(scope));
    let query = request.uri().query().unwrap_or_default();
    let call = Call { operation, path: members, query, body: &body, caller };
    let answer = gate.backend.manage(call).await?;
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::OK);
    let mut response = HttpResponse::build(status);
    if !answer.body.is_empty() {
        response.insert_header((CONTENT_TYPE, JSON));
    }
    Ok(response.body(answer.body))
}
