//! What is stored, as it travels. The answers of an operation, of its twins and of lists have the same members.

use cognito_api::apigatewayv2 as wire;

use super::ctx::Ctx;
use crate::model::{Api, Authorizer, Deployment, Integration, IntegrationKind, Route, Stage};

/// An API.
pub(super) fn api(ctx: &Ctx<'_>, api: &Api) -> wire::Api {
    wire::Api {
        api_endpoint: Some(ctx.endpoint(&api.id)),
        api_gateway_managed: None,
        api_id: Some(api.id.clone()),
        api_key_selection_expression: Some(api.api_key_selection_expression.clone()),
        cors_configuration: api.cors.clone(),
        created_date: Some(api.created.as_iso()),
        description: api.description.clone(),
        disable_schema_validation: api.disable_schema_validation,
        disable_execute_api_endpoint: Some(api.disable_execute_api_endpoint),
        import_info: None,
        ip_address_type: Some(api.ip_address_type),
        name: api.name.clone(),
        protocol_type: wire::ProtocolType::Http,
        route_selection_expression: super::check::ROUTE_SELECTION.to_owned(),
        tags: Some(api.tags.clone()),
        version: api.version.clone(),
        warnings: None,
    }
}

/// An authorizer.
pub(super) fn authorizer(authorizer: &Authorizer) -> wire::Authorizer {
    wire::Authorizer {
        authorizer_id: Some(authorizer.id.clone()),
        authorizer_type: Some(wire::AuthorizerType::Jwt),
        identity_source: Some(vec![authorizer.identity_source.clone()]),
        jwt_configuration: Some(wire::JWTConfiguration {
            audience: Some(authorizer.audience.clone()),
            issuer: Some(authorizer.issuer.clone()),
        }),
        name: authorizer.name.clone(),
        ..wire::Authorizer::default()
    }
}

/// A route.
pub(super) fn route(route: &Route) -> wire::Route {
    let scopes = route.jwt.as_ref().map(|rule| rule.scopes.clone()).filter(|scopes| !scopes.is_empty());
    wire::Route {
        api_gateway_managed: route.managed.then_some(true),
        api_key_required: Some(false),
        authorization_scopes: scopes,
        authorization_type: Some(route.authorization_type()),
        authorizer_id: route.jwt.as_ref().map(|rule| rule.authorizer_id.clone()),
        operation_name: route.operation_name.clone(),
        route_id: Some(route.id.clone()),
        route_key: route.key.clone(),
        target: route.target.as_ref().map(|id| format!("integrations/{id}")),
        ..wire::Route::default()
    }
}

/// An integration.
pub(super) fn integration(integration: &Integration) -> wire::Integration {
    let parameters = &integration.request_parameters;
    let changes = &integration.response_parameters;
    wire::Integration {
        api_gateway_managed: integration.managed.then_some(true),
        connection_type: Some(wire::ConnectionType::Internet),
        credentials_arn: integration.credentials_arn.clone(),
        description: integration.description.clone(),
        integration_id: Some(integration.id.clone()),
        integration_method: integration.method.clone(),
        integration_type: Some(match integration.kind {
            IntegrationKind::HttpProxy => wire::IntegrationType::HttpProxy,
            IntegrationKind::AwsProxy => wire::IntegrationType::AwsProxy,
        }),
        integration_uri: Some(integration.uri.clone()),
        payload_format_version: Some(integration.payload_format.clone()),
        request_parameters: (!parameters.is_empty()).then(|| parameters.clone()),
        response_parameters: (!changes.is_empty()).then(|| changes.clone()),
        timeout_in_millis: i32::try_from(integration.timeout_ms).ok(),
        tls_config: None,
        ..wire::Integration::default()
    }
}

/// A stage.
pub(super) fn stage(stage: &Stage) -> wire::Stage {
    wire::Stage {
        access_log_settings: stage.access_log.clone(),
        api_gateway_managed: stage.managed.then_some(true),
        auto_deploy: Some(stage.auto_deploy),
        client_certificate_id: None,
        created_date: Some(stage.created.as_iso()),
        default_route_settings: Some(stage.default_route_settings.clone()),
        deployment_id: stage.deployment_id.clone(),
        description: stage.description.clone(),
        last_deployment_status_message: None,
        last_updated_date: Some(stage.updated.as_iso()),
        route_settings: Some(stage.route_settings.clone()),
        stage_name: stage.name.clone(),
        stage_variables: Some(stage.variables.clone()),
        tags: Some(stage.tags.clone()),
    }
}

/// A deployment. It is made at once.
pub(super) fn deployment(deployment: &Deployment) -> wire::Deployment {
    wire::Deployment {
        auto_deployed: Some(deployment.auto_deployed),
        created_date: Some(deployment.created.as_iso()),
        deployment_id: Some(deployment.id.clone()),
        deployment_status: Some(wire::DeploymentStatus::Deployed),
        deployment_status_message: None,
        description: deployment.description.clone(),
    }
}
