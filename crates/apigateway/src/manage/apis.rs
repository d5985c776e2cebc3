//! APIs: CreateApi, GetApi, GetApis, UpdateApi, DeleteApi, DeleteCorsConfiguration.
//! <https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis.html>

use std::sync::Arc;

use cognito_api::apigatewayv2 as wire;
use cognito_core::ids;
use cognito_ops::Reply;
use cognito_store::Txn;

use super::ctx::Ctx;
use super::deploy::{changed, made, put, touch};
use super::integrations::TIMEOUT_MS;
use super::lists::{Items, Wanted};
use super::{check, stages, tags, views};
use crate::errors;
use crate::model::{Api, Integration, IntegrationKind, Route, Snapshot, find};

/// The default of an expression that only WebSocket APIs read.
const API_KEY_SELECTION: &str = "$request.header.x-api-key";

pub(super) async fn create(ctx: &Ctx<'_>, input: wire::CreateApiRequest) -> Reply<wire::Api> {
    if input.protocol_type != wire::ProtocolType::Http {
        return Err(errors::not_offered("WebSocket APIs"));
    }
    selects_as_http(input.route_selection_expression.as_deref())?;
    if let Some(cors) = &input.cors_configuration {
        check::cors(cors)?;
    }
    let api = Api {
        id: ids::gateway_id(&ctx.app.words::<10>()),
        account: ctx.scope.account.clone(),
        region: ctx.scope.region.clone(),
        name: input.name,
        description: input.description,
        version: input.version,
        created: ctx.now,
        cors: input.cors_configuration,
        disable_execute_api_endpoint: input.disable_execute_api_endpoint.unwrap_or(false),
        disable_schema_validation: input.disable_schema_validation,
        api_key_selection_expression: input
            .api_key_selection_expression
            .unwrap_or_else(|| API_KEY_SELECTION.to_owned()),
        ip_address_type: input.ip_address_type.unwrap_or(wire::IpAddressType::Ipv4),
        tags: tags::checked(input.tags.unwrap_or_default())?,
        revision: 0,
    };
    let quick = match input.target {
        Some(target) => Some(quick(ctx, &api, target, input.route_key, input.credentials_arn)?),
        None if input.route_key.is_some() || input.credentials_arn.is_some() => {
            return Err(errors::bad_request("routeKey and credentialsArn are supported with a target only"));
        }
        None => None,
    };
    ctx.write(async |txn| {
        txn.insert(&api);
        if let Some((route, integration)) = &quick {
            open_quickly(ctx, txn, &api, route, integration);
        }
        Ok(())
    })
    .await?;
    Ok(views::api(ctx, &api))
}

/// The route and the integration of an API with one target.
fn quick(
    ctx: &Ctx<'_>,
    api: &Api,
    target: String,
    route_key: Option<String>,
    credentials_arn: Option<String>,
) -> Reply<(Route, Integration)> {
    let key = route_key.unwrap_or_else(|| "$default".to_owned());
    check::route_key(&key)?;
    let blank = Integration {
        api_id: api.id.clone(),
        id: ctx.id(),
        kind: IntegrationKind::HttpProxy,
        uri: String::new(),
        method: None,
        payload_format: String::new(),
        timeout_ms: TIMEOUT_MS,
        request_parameters: Default::default(),
        response_parameters: Default::default(),
        description: None,
        credentials_arn,
        managed: true,
    };
    let integration = aimed(blank, target)?;
    let route = Route {
        api_id: api.id.clone(),
        id: ctx.id(),
        key,
        jwt: None,
        target: Some(integration.id.clone()),
        operation_name: None,
        managed: true,
    };
    Ok((route, integration))
}

/// The integration with another target, which says what kind it is.
fn aimed(integration: Integration, target: String) -> Reply<Integration> {
    let kind = match check::is_function(&target) {
        true => IntegrationKind::AwsProxy,
        false => IntegrationKind::HttpProxy,
    };
    check::integration_uri(kind, &target)?;
    let (method, payload_format) = match kind {
        IntegrationKind::AwsProxy => ("POST", "2.0"),
        IntegrationKind::HttpProxy => ("ANY", "1.0"),
    };
    Ok(Integration {
        kind,
        uri: target,
        method: Some(method.to_owned()),
        payload_format: payload_format.to_owned(),
        ..integration
    })
}

/// Saves what quick create makes: a route, an integration, and the stage `$default`, which deploys by itself.
fn open_quickly(ctx: &Ctx<'_>, txn: &mut Txn, api: &Api, route: &Route, integration: &Integration) {
    let snapshot = Snapshot {
        routes: vec![route.clone()],
        integrations: vec![integration.clone()],
        authorizers: Vec::new(),
        cors: api.cors.clone(),
    };
    let deployment = made(ctx, api, snapshot, true, None);
    txn.save(route);
    txn.save(integration);
    txn.save(&stages::quick(ctx, api, &deployment));
    txn.save(&deployment);
}

pub(super) async fn get(ctx: &Ctx<'_>, input: wire::GetApiRequest) -> Reply<wire::Api> {
    Ok(views::api(ctx, &*find::api(&mut ctx.read(), &ctx.scope, &input.api_id).await?))
}

pub(super) async fn list(ctx: &Ctx<'_>, input: wire::GetApisRequest) -> Reply<Items<wire::Api>> {
    let list = ["apis", ctx.scope.account.as_str(), ctx.scope.region.as_str()];
    let Wanted { after, limit } =
        ctx.wanted(&list, input.max_results.as_deref(), input.next_token.as_deref())?;
    let (page, next) = find::apis(&mut ctx.read(), &ctx.scope, after, limit).await?;
    ctx.items(&list, page.iter().map(|api| views::api(ctx, api)).collect(), next)
}

pub(super) async fn update(ctx: &Ctx<'_>, input: wire::UpdateApiRequest) -> Reply<wire::Api> {
    selects_as_http(input.route_selection_expression.as_deref())?;
    if let Some(cors) = &input.cors_configuration {
        check::cors(cors)?;
    }
    let api = ctx
        .write(async |txn| {
            let old = find::api(txn, &ctx.scope, &input.api_id).await?;
            let api = merged(Arc::unwrap_or_clone(old), input.clone());
            let quick = requick(txn, &api, &input).await?;
            changed(ctx, txn, &api, |snapshot| {
                if let Some((route, integration)) = &quick {
                    put(&mut snapshot.routes, route);
                    put(&mut snapshot.integrations, integration);
                }
            })
            .await?;
            Ok(api)
        })
        .await?;
    Ok(views::api(ctx, &api))
}

/// What is given replaces what was.
fn merged(old: Api, input: wire::UpdateApiRequest) -> Api {
    Api {
        name: input.name.unwrap_or(old.name),
        description: input.description.or(old.description),
        version: input.version.or(old.version),
        cors: input.cors_configuration.or(old.cors),
        disable_execute_api_endpoint: input
            .disable_execute_api_endpoint
            .unwrap_or(old.disable_execute_api_endpoint),
        disable_schema_validation: input.disable_schema_validation.or(old.disable_schema_validation),
        api_key_selection_expression: input
            .api_key_selection_expression
            .unwrap_or(old.api_key_selection_expression),
        ip_address_type: input.ip_address_type.unwrap_or(old.ip_address_type),
        ..old
    }
}

/// Changes the route and the integration that quick create made, if that is asked for.
async fn requick(
    txn: &mut Txn,
    api: &Api,
    input: &wire::UpdateApiRequest,
) -> Reply<Option<(Route, Integration)>> {
    if input.target.is_none() && input.route_key.is_none() && input.credentials_arn.is_none() {
        return Ok(None);
    }
    let routes: Vec<Route> = find::all(txn, &api.id).await?;
    let integrations: Vec<Integration> = find::all(txn, &api.id).await?;
    let route = routes.iter().find(|route| route.managed);
    let integration = integrations.into_iter().find(|integration| integration.managed);
    let (Some(route), Some(mut integration)) = (route, integration) else {
        return Err(errors::bad_request(
            "target, routeKey and credentialsArn are for APIs made by quick create",
        ));
    };
    let mut route = route.clone();
    if let Some(key) = &input.route_key {
        check::route_key(key)?;
        if routes.iter().any(|other| other.key == *key && other.id != route.id) {
            return Err(errors::conflict(format!("Route with key {key} already exists for this API")));
        }
        route.key.clone_from(key);
    }
    if let Some(target) = &input.target {
        integration = aimed(integration, target.clone())?;
    }
    if let Some(arn) = &input.credentials_arn {
        integration.credentials_arn = Some(arn.clone());
    }
    txn.save(&route);
    txn.save(&integration);
    Ok(Some((route, integration)))
}

pub(super) async fn delete(ctx: &Ctx<'_>, input: wire::DeleteApiRequest) -> Reply<()> {
    ctx.write(async |txn| {
        let api = find::api(txn, &ctx.scope, &input.api_id).await?;
        txn.delete(&*api);
        txn.purge(format!("{}/", api.id));
        Ok(())
    })
    .await
}

pub(super) async fn delete_cors(ctx: &Ctx<'_>, input: wire::DeleteCorsConfigurationRequest) -> Reply<()> {
    ctx.write(async |txn| {
        let api = find::api(txn, &ctx.scope, &input.api_id).await?;
        let api = Api { cors: None, ..Arc::unwrap_or_clone(api) };
        changed(ctx, txn, &api, |_| ()).await
    })
    .await
}

/// Changes the tags of an API.
pub(super) async fn retag(
    ctx: &Ctx<'_>,
    id: &str,
    change: impl Fn(&mut tags::Tags) -> Reply<()>,
) -> Reply<()> {
    ctx.write(async |txn| {
        let mut api = Arc::unwrap_or_clone(find::api(txn, &ctx.scope, id).await?);
        change(&mut api.tags)?;
        touch(txn, &api);
        Ok(())
    })
    .await
}

fn selects_as_http(expression: Option<&str>) -> Reply<()> {
    match expression {
        None | Some(check::ROUTE_SELECTION) => Ok(()),
        Some(other) => Err(errors::bad_request(format!(
            "Invalid routeSelectionExpression for HTTP APIs: {other}. It is {}",
            check::ROUTE_SELECTION
        ))),
    }
}
