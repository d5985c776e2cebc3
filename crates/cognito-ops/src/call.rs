//! One call: everything around `handle`, once. Authentication by the model, JSON, validation, the operation.

use cognito_api::Operation;
use cognito_api::model::{Auth, Model};
use serde_json::Value;

use crate::app::Inner;
use crate::errors::{self, ApiError, Code, Reply};
use crate::service::{custom_id, secondary};
use crate::site::{IssuerForm, Site};
use crate::table;

/// A call of an operation.
pub struct Call<'a> {
    /// AWS's name of it.
    pub operation: &'a str,
    /// The body: a JSON object, or nothing for an empty one.
    pub body: &'a [u8],
    /// Who calls.
    pub caller: Caller,
}

/// Who calls, and as what the service is seen from there.
#[derive(Clone, Debug)]
pub struct Caller {
    /// Account and region of a signed call; `None` for an unsigned one, which IAM operations refuse.
    pub scope: Option<Scope>,
    /// The region in the name of the endpoint that was called, if it has one.
    pub region: Option<String>,
    /// The base of the URLs in the answer.
    pub site: Site,
    /// The id of the request, for the log.
    pub request_id: String,
    /// The address of the caller.
    pub source_ip: Option<String>,
    /// With what program.
    pub user_agent: Option<String>,
}

impl Caller {
    /// The service itself, at work in the background: it tells nobody a URL.
    pub(crate) fn service() -> Self {
        Self {
            scope: None,
            region: None,
            site: Site { base: "".into(), issuer: IssuerForm::Base, domain: None },
            request_id: String::new(),
            source_ip: None,
            user_agent: None,
        }
    }
}

/// Account and region.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scope {
    /// 12 digits.
    pub account: String,
    /// Such as `us-east-1`.
    pub region: String,
}

pub(crate) async fn call(app: &Inner, call: Call<'_>) -> Reply<Vec<u8>> {
    let model = Model::cognito_idp();
    let operation = model.operation(call.operation).ok_or_else(ApiError::unknown_operation)?;
    if operation.auth == Auth::Iam && call.caller.scope.is_none() {
        return Err(ApiError::missing_authentication_token());
    }
    let mut input = parse(call.body)?;
    let lifted = custom_id::lift(call.operation, &mut input);
    cognito_api::validate(model, operation, &mut input).map_err(|invalid| match &invalid {
        cognito_api::Invalid::WrongType { .. } => ApiError::serialization(&invalid.message()),
        cognito_api::Invalid::Constraints(_) => errors::validation(invalid.message()),
    })?;
    if lifted {
        custom_id::restore(&mut input);
    }
    let entry = table::find(call.operation).ok_or_else(|| ApiError::not_implemented(call.operation))?;
    let ctx = app.ctx(&call.caller).await?;
    let answer = match secondary::check(&ctx, operation, &input).await {
        Ok(()) => (entry.handler)(ctx, input).await,
        Err(error) => Err(error),
    };
    if let Err(error) = &answer {
        check_listed(app, &operation.errors, call.operation, error);
    }
    answer
}

/// Calls an operation by its type.
pub(crate) async fn invoke<O: Operation>(app: &Inner, caller: Caller, input: &O::Input) -> Reply<O::Output> {
    let body = serde_json::to_vec(input).map_err(|error| ApiError::internal().because(error))?;
    let answer = call(app, Call { operation: O::NAME, body: &body, caller }).await?;
    let answer: &[u8] = if answer.is_empty() { b"{}" } else { &answer };
    serde_json::from_slice(answer).map_err(|error| ApiError::internal().because(error))
}

/// Checks an input that did not come as a call against the model.
pub(crate) fn check<O: Operation>(input: &O::Input) -> Reply<()> {
    let model = Model::cognito_idp();
    let operation = model.operation(O::NAME).ok_or_else(ApiError::unknown_operation)?;
    let mut input = serde_json::to_value(input).map_err(|error| ApiError::internal().because(error))?;
    cognito_api::validate(model, operation, &mut input)
        .map_err(|invalid| errors::validation(invalid.message()))
}

/// Reads the body. serde_json refuses more than 128 levels, lone surrogates and invalid UTF-8.
fn parse(body: &[u8]) -> Reply<Value> {
    if body.iter().all(u8::is_ascii_whitespace) {
        return Ok(Value::Object(serde_json::Map::new()));
    }
    match serde_json::from_slice(body) {
        Ok(input @ Value::Object(_)) => Ok(input),
        Ok(_) => Err(ApiError::serialization("The request body must be a JSON object.")),
        Err(_) => Err(ApiError::serialization("The request body is not valid JSON.")),
    }
}

/// An operation answers only with exceptions that the model lists for it; tests insist.
fn check_listed(app: &Inner, listed: &[String], operation: &str, error: &ApiError) {
    if let Code::Service(code) = error.code
        && !listed.iter().any(|name| name == code.as_str())
    {
        tracing::warn!(
            operation,
            code = code.as_str(),
            "the model does not list this exception for the operation"
        );
        assert!(
            !app.settings.strict,
            "{operation} answers {code}, which the model does not list: {}",
            error.message
        );
    }
}
