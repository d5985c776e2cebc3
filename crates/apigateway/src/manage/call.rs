//! One call: everything around an operation, once.

use cognito_api::model::{Model, Operation};
use cognito_api::rest;
use cognito_ops::{ApiError, App, Caller, Reply};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::ctx::Ctx;
use super::{apis, authorizers, deployments, integrations, routes, stages, tags};
use crate::errors;

/// A call of an operation.
pub struct Call<'a> {
    /// The operation, as [`rest::find`] found it.
    pub operation: &'a Operation,
    /// The members of its input that stand in the path.
    pub path: Map<String, Value>,
    /// The query, still percent-encoded.
    pub query: &'a str,
    /// A JSON object, or nothing.
    pub body: &'a [u8],
    /// Who calls.
    pub caller: Caller,
}

/// The answer to a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// JSON, or nothing.
    pub body: Vec<u8>,
}

/// Performs an operation.
///
/// # Errors
/// [`ApiError`], with its HTTP status and text.
pub async fn call(app: &App, call: Call<'_>) -> Reply<Answer> {
    let Call { operation, path: mut input, query, body, caller } = call;
    let Some(scope) = caller.scope else { return Err(ApiError::missing_authentication_token()) };
    let model = Model::apigatewayv2();
    rest::read_query(model, operation, query, &mut input);
    rest::read_body(model, operation, parse(body)?, &mut input);
    let mut input = Value::Object(input);
    cognito_api::validate(model, operation, &mut input)
        .map_err(|invalid| errors::bad_request(invalid.message()))?;
    let ctx = Ctx { app, scope, site: caller.site, now: app.now().await? };
    let output = dispatch(&ctx, &operation.name, input).await?;
    let body = match operation.output {
        Some(shape) => rest::outer(model, shape, output).to_string().into_bytes(),
        None => Vec::new(),
    };
    Ok(Answer { status: operation.http.as_ref().map_or(200, |http| http.status), body })
}

fn parse(body: &[u8]) -> Reply<Value> {
    if body.iter().all(u8::is_ascii_whitespace) {
        return Ok(Value::Object(Map::new()));
    }
    match serde_json::from_slice(body) {
        Ok(input @ Value::Object(_)) => Ok(input),
        _ => Err(errors::bad_request("The request body is not a JSON object.")),
    }
}

fn read<T: DeserializeOwned>(input: Value) -> Reply<T> {
    serde_json::from_value(input)
        .map_err(|_| errors::bad_request("The request does not have the form of the operation's input."))
}

/// Registers the operations: name and function.
macro_rules! operations {
    ($($name:literal => $function:path,)*) => {
        /// The names of the operations that are offered.
        #[cfg(test)]
        pub(super) const OFFERED: &[&str] = &[$($name,)*];

        async fn dispatch(ctx: &Ctx<'_>, name: &str, input: Value) -> Reply<Value> {
            match name {
                // Boxed, so that a call takes the room of its own operation and not of the largest.
                $($name => written(Box::pin($function(ctx, read(input)?)).await?),)*
                _ => Err(errors::not_offered(name)),
            }
        }
    };
}

fn written(output: impl serde::Serialize) -> Reply<Value> {
    serde_json::to_value(output).map_err(|_| ApiError::internal())
}

operations! {
    "CreateApi" => apis::create,
    "CreateAuthorizer" => authorizers::create,
    "CreateDeployment" => deployments::create,
    "CreateIntegration" => integrations::create,
    "CreateRoute" => routes::create,
    "CreateStage" => stages::create,
    "DeleteApi" => apis::delete,
    "DeleteAuthorizer" => authorizers::delete,
    "DeleteCorsConfiguration" => apis::delete_cors,
    "DeleteDeployment" => deployments::delete,
    "DeleteIntegration" => integrations::delete,
    "DeleteRoute" => routes::delete,
    "DeleteStage" => stages::delete,
    "GetApi" => apis::get,
    "GetApis" => apis::list,
    "GetAuthorizer" => authorizers::get,
    "GetAuthorizers" => authorizers::list,
    "GetDeployment" => deployments::get,
    "GetDeployments" => deployments::list,
    "GetIntegration" => integrations::get,
    "GetIntegrations" => integrations::list,
    "GetRoute" => routes::get,
    "GetRoutes" => routes::list,
    "GetStage" => stages::get,
    "GetStages" => stages::list,
    "GetTags" => tags::get,
    "ResetAuthorizersCache" => stages::reset_authorizers_cache,
    "TagResource" => tags::add,
    "UntagResource" => tags::remove,
    "UpdateApi" => apis::update,
    "UpdateAuthorizer" => authorizers::update,
    "UpdateDeployment" => deployments::update,
    "UpdateIntegration" => integrations::update,
    "UpdateRoute" => routes::update,
    "UpdateStage" => stages::update,
}
