//! The operations: `POST /` in AWS JSON 1.1.

use actix_web::http::header::{AUTHORIZATION, CONTENT_ENCODING, CONTENT_TYPE, HOST, HeaderMap, USER_AGENT};
use actix_web::{HttpRequest, HttpResponse, web};
use cognito_api::model::{Auth, Model, Operation};
use cognito_ops::{ApiError, Call, Caller, Scope, endpoint_region};

use crate::answer::AWS_JSON;
use crate::backend::Backend;
use crate::body;
use crate::cors::Origin;
use crate::gate::{Exchange, Gate};
use crate::settings::Iam;
use crate::sigv4::{self, Authorization, Refused, SignedRequest};

const TARGET_PREFIX: &str = "AWSCognitoIdentityProviderService.";

/// Largest body in bytes.
pub(crate) const LIMIT: usize = 1 << 20;
/// The API reference allows 2 MB for these, as they carry images.
const LARGE_LIMIT: usize = 2 << 20;
const LARGE: [&str; 2] = ["CreateManagedLoginBranding", "UpdateManagedLoginBranding"];

/// Answers `POST /`.
pub(crate) async fn answer<B: Backend>(
    gate: &Gate<B>,
    exchange: &mut Exchange,
    origin: Origin,
    request: &HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, ApiError> {
    let headers = request.headers();
    let operation = operation(headers);
    exchange.cors = origin.operation(operation.map(|operation| operation.auth))?;
    let operation = operation.ok_or_else(ApiError::unknown_operation)?;
    exchange.operation = &operation.name;
    check_content(headers)?;
    let authorization = authorization(headers, operation.auth)?;
    let service = &Model::cognito_idp().service().signing_name;
    let limit = if LARGE.contains(&operation.name.as_str()) { LARGE_LIMIT } else { LIMIT };
    let body = body::read(headers, payload, limit, gate.timeouts.body).await?;
    let scope = match authorization {
        Some(authorization) if operation.auth != Auth::None => {
            Some(gate.scope(service, &authorization, request, &body)?)
        }
        Some(authorization) => Some(authorization.scope()),
        None => None,
    };
    let caller = caller(gate, exchange, request, scope);
    let output = gate.backend.call(Call { operation: &operation.name, body: &body, caller }).await?;
    Ok(HttpResponse::Ok().insert_header((CONTENT_TYPE, AWS_JSON)).body(output))
}

/// Who calls, with account and region if the call was signed.
pub(crate) fn caller<B>(
    gate: &Gate<B>,
    exchange: &Exchange,
    request: &HttpRequest,
    scope: Option<Scope>,
) -> Caller {
    let agent = request.headers().get(USER_AGENT);
    let host = request.headers().get(HOST).and_then(|host| host.to_str().ok());
    Caller {
        scope,
        region: host.and_then(endpoint_region).map(str::to_owned),
        site: gate.site(request),
        request_id: exchange.request_id.clone(),
        source_ip: request.peer_addr().map(|address| address.ip().to_canonical().to_string()),
        user_agent: agent
            .map(|value| String::from_utf8_lossy(value.as_bytes()).chars().take(1_024).collect()),
    }
}

impl<B> Gate<B> {
    /// Account and region of a signed call; in the mode `verify` only if the signature is right.
    pub(crate) fn scope(
        &self,
        service: &str,
        authorization: &Authorization<'_>,
        request: &HttpRequest,
        body: &[u8],
    ) -> Result<Scope, ApiError> {
        authorization.check_service(service).map_err(refusal)?;
        let Iam::Verify(keys) = &self.iam else { return Ok(authorization.scope()) };
        let headers: Vec<(&str, &[u8])> =
            request.headers().iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect();
        let signed = SignedRequest {
            method: request.method().as_str(),
            path: request.uri().path(),
            query: request.uri().query().unwrap_or_default(),
            headers: &headers,
            body,
        };
        let key = sigv4::verify(authorization, &signed, keys, now()).map_err(refusal)?;
        let scope = authorization.scope();
        Ok(Scope { account: key.account.clone().unwrap_or(scope.account), ..scope })
    }
}

/// The operation that the one `X-Amz-Target` names. Its value counts letter by letter.
fn operation(headers: &HeaderMap) -> Option<&'static Operation> {
    let mut targets = headers.get_all("x-amz-target");
    let target = targets.next()?;
    if targets.next().is_some() {
        return None;
    }
    Model::cognito_idp().operation(target.to_str().ok()?.strip_prefix(TARGET_PREFIX)?)
}

/// AWS JSON, version 1.0 or 1.1, parameters let be, not compressed. Forms and plain text are what a page can send
/// without a preflight, so refusing them keeps such pages out.
fn check_content(headers: &HeaderMap) -> Result<(), ApiError> {
    let mut types = headers.get_all(CONTENT_TYPE);
    let (first, second) = (types.next(), types.next());
    let essence = first.and_then(|value| value.to_str().ok()?.split(';').next()).unwrap_or_default().trim();
    let known = ["application/x-amz-json-1.1", "application/x-amz-json-1.0"];
    if second.is_some() || !known.iter().any(|known| known.eq_ignore_ascii_case(essence)) {
        return Err(ApiError::unsupported_media_type());
    }
    check_encoding(headers)
}

/// Refuses compressed bodies.
pub(crate) fn check_encoding(headers: &HeaderMap) -> Result<(), ApiError> {
    match headers.get_all(CONTENT_ENCODING).all(|coding| coding.as_bytes().eq_ignore_ascii_case(b"identity"))
    {
        true => Ok(()),
        false => Err(ApiError::malformed_request(
            "The request body must not be compressed: Content-Encoding is not supported.",
        )),
    }
}

/// The SigV4 header, if there is one. Public operations need none, so a bad one is as good as none for them.
pub(crate) fn authorization(headers: &HeaderMap, auth: Auth) -> Result<Option<Authorization<'_>>, ApiError> {
    let header = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    match (header.and_then(Authorization::parse).transpose(), auth) {
        (Ok(authorization), _) => Ok(authorization),
        (Err(_), Auth::None) => Ok(None),
        (Err(refused), Auth::Iam | Auth::Optional) => Err(refusal(refused)),
    }
}

fn refusal(refused: Refused) -> ApiError {
    match refused {
        Refused::Incomplete(detail) => ApiError::incomplete_signature(&detail),
        Refused::OtherService | Refused::Mismatch => ApiError::invalid_signature(),
        Refused::UnknownKey => ApiError::unrecognized_client(),
        Refused::Expired => ApiError::signature_expired(),
    }
}

/// Seconds since 1970.
#[expect(
    clippy::disallowed_methods,
    reason = "signatures are dated by the caller's real clock, even when the service's clock was moved"
)]
fn now() -> i64 {
    jiff::Timestamp::now().as_second()
}
