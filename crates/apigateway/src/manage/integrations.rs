//! Integrations: CreateIntegration, GetIntegration, GetIntegrations, UpdateIntegration, DeleteIntegration.
//! <https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid-integrations.html>

use std::sync::Arc;

use cognito_api::apigatewayv2 as wire;
use cognito_ops::Reply;

use super::ctx::Ctx;
use super::deploy::{changed, put, take};
use super::lists::Items;
use super::{check, views};
use crate::errors;
use crate::model::{Integration, IntegrationKind, Route, find};

/// The longest that an integration may take, and the default.
pub(super) const TIMEOUT_MS: u32 = 30_000;

pub(super) async fn create(ctx: &Ctx<'_>, input: wire::CreateIntegrationRequest) -> Reply<wire::Integration> {
    let kind = kind_of(input.integration_type)?;
    refuse(&input.integration_subtype, input.connection_type, server_name(&input.tls_config))?;
    check::only_websocket(&[
        ("contentHandlingStrategy", input.content_handling_strategy.is_some()),
        ("passthroughBehavior", input.passthrough_behavior.is_some()),
        ("requestTemplates", input.request_templates.is_some()),
        ("templateSelectionExpression", input.template_selection_expression.is_some()),
    ])?;
    let uri = input.integration_uri.ok_or_else(|| errors::bad_request("integrationUri is required"))?;
    let integration = Integration {
        api_id: input.api_id,
        id: ctx.id(),
        kind,
        uri,
        method: method_of(kind, input.integration_method)?,
        payload_format: check::payload_format(kind, input.payload_format_version)?,
        timeout_ms: timeout_of(input.timeout_in_millis).unwrap_or(TIMEOUT_MS),
        request_parameters: input.request_parameters.unwrap_or_default(),
        response_parameters: input.response_parameters.unwrap_or_default(),
        description: input.description,
        credentials_arn: input.credentials_arn,
        managed: false,
    };
    check_whole(&integration)?;
    ctx.write(async |txn| {
        let api = find::api(txn, &ctx.scope, &integration.api_id).await?;
        find::room::<Integration>(txn, &api.id).await?;
        txn.save(&integration);
        changed(ctx, txn, &api, |snapshot| put(&mut snapshot.integrations, &integration)).await
    })
    .await?;
    Ok(views::integration(&integration))
}

pub(super) async fn get(ctx: &Ctx<'_>, input: wire::GetIntegrationRequest) -> Reply<wire::Integration> {
    ctx.get(&input.api_id, &input.integration_id, views::integration).await
}

pub(super) async fn list(
    ctx: &Ctx<'_>,
    input: wire::GetIntegrationsRequest,
) -> Reply<Items<wire::Integration>> {
    ctx.list(&input.api_id, input.max_results.as_deref(), input.next_token.as_deref(), views::integration)
        .await
}

pub(super) async fn update(ctx: &Ctx<'_>, input: wire::UpdateIntegrationRequest) -> Reply<wire::Integration> {
    refuse(&input.integration_subtype, input.connection_type, server_name(&input.tls_config))?;
    check::only_websocket(&[
        ("contentHandlingStrategy", input.content_handling_strategy.is_some()),
        ("passthroughBehavior", input.passthrough_behavior.is_some()),
        ("requestTemplates", input.request_templates.is_some()),
        ("templateSelectionExpression", input.template_selection_expression.is_some()),
    ])?;
    let integration = ctx
        .write(async |txn| {
            let api = find::api(txn, &ctx.scope, &input.api_id).await?;
            let old = find::part::<Integration>(txn, &api.id, &input.integration_id).await?;
            let integration = merged(Arc::unwrap_or_clone(old), input.clone())?;
            check_whole(&integration)?;
            txn.save(&integration);
            changed(ctx, txn, &api, |snapshot| put(&mut snapshot.integrations, &integration)).await?;
            Ok(integration)
        })
        .await?;
    Ok(views::integration(&integration))
}

/// What is given replaces what was; an empty map of parameters removes them.
fn merged(old: Integration, input: wire::UpdateIntegrationRequest) -> Reply<Integration> {
    let kind = input.integration_type.map(kind_of).transpose()?.unwrap_or(old.kind);
    let format = input.payload_format_version.or_else(|| (kind == old.kind).then_some(old.payload_format));
    Ok(Integration {
        kind,
        uri: input.integration_uri.unwrap_or(old.uri),
        method: method_of(kind, input.integration_method.or(old.method))?,
        payload_format: check::payload_format(kind, format)?,
        timeout_ms: timeout_of(input.timeout_in_millis).unwrap_or(old.timeout_ms),
        request_parameters: input.request_parameters.unwrap_or(old.request_parameters),
        response_parameters: input.response_parameters.unwrap_or(old.response_parameters),
        description: input.description.or(old.description),
        credentials_arn: input.credentials_arn.or(old.credentials_arn),
        api_id: old.api_id,
        id: old.id,
        managed: old.managed,
    })
}

pub(super) async fn delete(ctx: &Ctx<'_>, input: wire::DeleteIntegrationRequest) -> Reply<()> {
    ctx.write(async |txn| {
        let api = find::api(txn, &ctx.scope, &input.api_id).await?;
        let integration = find::part::<Integration>(txn, &api.id, &input.integration_id).await?;
        let routes: Vec<Route> = find::all(txn, &api.id).await?;
        let users: Vec<&str> = routes
            .iter()
            .filter(|route| route.target.as_deref() == Some(integration.id.as_str()))
            .map(|route| route.id.as_str())
            .collect();
        if !users.is_empty() {
            return Err(errors::integration_in_use(&users));
        }
        txn.delete(&*integration);
        changed(ctx, txn, &api, |snapshot| take(&mut snapshot.integrations, &integration)).await
    })
    .await
}

fn kind_of(kind: wire::IntegrationType) -> Reply<IntegrationKind> {
    match kind {
        wire::IntegrationType::HttpProxy => Ok(IntegrationKind::HttpProxy),
        wire::IntegrationType::AwsProxy => Ok(IntegrationKind::AwsProxy),
        other => {
            Err(errors::bad_request(format!("Integration type {other} is supported for WebSocket APIs only")))
        }
    }
}

/// A function is always called by POST, whatever the caller's method.
fn method_of(kind: IntegrationKind, method: Option<String>) -> Reply<Option<String>> {
    match (kind, method) {
        (IntegrationKind::AwsProxy, None) => Ok(Some("POST".to_owned())),
        (IntegrationKind::HttpProxy, None) => {
            Err(errors::bad_request("HttpMethod must be specified for HTTP_PROXY integrations"))
        }
        (_, Some(method)) => check::method(&method).map(|()| Some(method)),
    }
}

/// The model bounds it to 50 and 30,000.
fn timeout_of(millis: Option<i32>) -> Option<u32> {
    millis.and_then(|millis| u32::try_from(millis).ok())
}

fn check_whole(integration: &Integration) -> Reply<()> {
    check::integration_uri(integration.kind, &integration.uri)?;
    check::parameters(&integration.request_parameters, false)?;
    check::response_parameters(&integration.response_parameters)
}

fn server_name(tls: &Option<wire::TlsConfigInput>) -> Option<&str> {
    tls.as_ref()?.server_name_to_verify.as_deref()
}

/// What awsemu does not offer. A name to verify is for integrations behind a VPC link.
fn refuse(
    subtype: &Option<String>,
    connection: Option<wire::ConnectionType>,
    server_name: Option<&str>,
) -> Reply<()> {
    if server_name.is_some() {
        return Err(errors::not_offered("tlsConfig.serverNameToVerify"));
    }
    if subtype.is_some() {
        return Err(errors::not_offered("integrations of AWS services (integrationSubtype)"));
    }
    match connection {
        Some(wire::ConnectionType::VpcLink) => Err(errors::not_offered("connectionType VPC_LINK")),
        None | Some(wire::ConnectionType::Internet) => Ok(()),
    }
}
