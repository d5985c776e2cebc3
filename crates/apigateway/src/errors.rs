//! What the service answers when it refuses, with where the text is from.

use cognito_ops::ApiError;

fn not_found(text: String) -> ApiError {
    ApiError::common("NotFoundException", 404, text)
}

/// A request that cannot be granted. The texts of awsemu's own are `unverified`.
pub(crate) fn bad_request(text: impl Into<String>) -> ApiError {
    ApiError::common("BadRequestException", 400, text)
}

/// Something of that name exists, or is in use. The texts are `unverified`.
pub(crate) fn conflict(text: impl Into<String>) -> ApiError {
    ApiError::common("ConflictException", 409, text)
}

/// A quota of an API is reached. AWS's text is not known (`unverified`).
pub(crate) fn too_many(most: usize) -> ApiError {
    bad_request(format!("An API has at most {most} of these"))
}

/// What awsemu does not offer. Our own.
pub(crate) fn not_offered(what: &str) -> ApiError {
    ApiError::common("NotImplementedException", 501, format!("awsemu does not offer {what} yet."))
}

/// Seen on AWS: github.com/aws/aws-sam-cli/issues/7030.
pub(crate) fn no_api(account: &str, id: &str) -> ApiError {
    not_found(format!("Invalid API identifier specified {account}:{id}"))
}

/// Seen on AWS: github.com/anomalyco/sst/issues/5586.
pub(crate) fn authorizer_in_use(name: &str, route_key: &str) -> ApiError {
    conflict(format!("Cannot delete authorizer '{name}', is referenced in route: {route_key}"))
}

/// Seen on AWS: github.com/milliHQ/terraform-aws-next-js/issues/247.
pub(crate) fn integration_in_use(routes: &[&str]) -> ApiError {
    let routes = routes.join(", ");
    conflict(format!(
        "Cannot delete Integration because it is referenced by the following Routes with Ids: [{routes}]"
    ))
}

/// The text of REST APIs; unverified for HTTP APIs.
pub(crate) fn deployment_in_use() -> ApiError {
    bad_request("Active stages pointing to this deployment must be moved or deleted")
}

/// unverified
pub(crate) fn no_authorizer(id: &str) -> ApiError {
    not_found(format!("Invalid Authorizer identifier specified {id}"))
}

/// unverified
pub(crate) fn no_route(id: &str) -> ApiError {
    not_found(format!("Invalid Route identifier specified {id}"))
}

/// unverified
pub(crate) fn no_integration(id: &str) -> ApiError {
    not_found(format!("Invalid Integration identifier specified {id}"))
}

/// unverified
pub(crate) fn no_stage(name: &str) -> ApiError {
    not_found(format!("Invalid stage identifier specified {name}"))
}

/// unverified
pub(crate) fn no_deployment(id: &str) -> ApiError {
    not_found(format!("Invalid deployment identifier specified {id}"))
}

/// unverified
pub(crate) fn no_resource(arn: &str) -> ApiError {
    not_found(format!("Invalid resource ARN specified {arn}"))
}
