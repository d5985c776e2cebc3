//! Routes: CreateRoute, GetRoute, GetRoutes, UpdateRoute, DeleteRoute.
//! <https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid-routes.html>

use std::sync::Arc;

use cognito_api::apigatewayv2 as wire;
use cognito_ops::Reply;
use cognito_store::Txn;

use super::ctx::Ctx;
use super::deploy::{changed, put, take};
use super::lists::Items;
use super::{check, views};
use crate::errors;
use crate::model::{Integration, JwtRule, Route, find};

/// Refuses what only routes of WebSocket APIs have. The two requests are types of their own with the same members.
macro_rules! only_http {
    ($input:expr) => {
        check::only_websocket(&[
            ("apiKeyRequired", $input.api_key_required == Some(true)),
            ("modelSelectionExpression", $input.model_selection_expression.is_some()),
            ("requestModels", $input.request_models.is_some()),
            ("requestParameters", $input.request_parameters.is_some()),
            ("routeResponseSelectionExpression", $input.route_response_selection_expression.is_some()),
        ])?
    };
}

pub(super) async fn create(ctx: &Ctx<'_>, input: wire::CreateRouteRequest) -> Reply<wire::Route> {
    only_http!(input);
    check::route_key(&input.route_key)?;
    let kind = input.authorization_type.unwrap_or(wire::AuthorizationType::None);
    let jwt = rule(kind, input.authorizer_id, input.authorization_scopes, None)?;
    let route = Route {
        api_id: input.api_id,
        id: ctx.id(),
        key: input.route_key,
        jwt,
        target: input.target.as_deref().map(target).transpose()?,
        operation_name: input.operation_name,
        managed: false,
    };
    ctx.write(async |txn| {
        let api = find::api(txn, &ctx.scope, &route.api_id).await?;
        find::room::<Route>(txn, &api.id).await?;
        referred(txn, &route).await?;
        txn.save(&route);
        changed(ctx, txn, &api, |snapshot| put(&mut snapshot.routes, &route)).await
    })
    .await?;
    Ok(views::route(&route))
}

pub(super) async fn get(ctx: &Ctx<'_>, input: wire::GetRouteRequest) -> Reply<wire::Route> {
    ctx.get(&input.api_id, &input.route_id, views::route).await
}

pub(super) async fn list(ctx: &Ctx<'_>, input: wire::GetRoutesRequest) -> Reply<Items<wire::Route>> {
    ctx.list(&input.api_id, input.max_results.as_deref(), input.next_token.as_deref(), views::route).await
}

pub(super) async fn update(ctx: &Ctx<'_>, input: wire::UpdateRouteRequest) -> Reply<wire::Route> {
    only_http!(input);
    let route = ctx
        .write(async |txn| {
            let api = find::api(txn, &ctx.scope, &input.api_id).await?;
            let mut route = Arc::unwrap_or_clone(find::part::<Route>(txn, &api.id, &input.route_id).await?);
            if let Some(key) = &input.route_key {
                check::route_key(key)?;
                route.key.clone_from(key);
            }
            let kind = input.authorization_type.unwrap_or(route.authorization_type());
            let (id, scopes) = (input.authorizer_id.clone(), input.authorization_scopes.clone());
            route.jwt = rule(kind, id, scopes, route.jwt.take())?;
            if let Some(given) = &input.target {
                route.target = Some(target(given)?);
            }
            if let Some(name) = &input.operation_name {
                route.operation_name = Some(name.clone());
            }
            referred(txn, &route).await?;
            txn.save(&route);
            changed(ctx, txn, &api, |snapshot| put(&mut snapshot.routes, &route)).await?;
            Ok(route)
        })
        .await?;
    Ok(views::route(&route))
}

pub(super) async fn delete(ctx: &Ctx<'_>, input: wire::DeleteRouteRequest) -> Reply<()> {
    ctx.write(async |txn| {
        let api = find::api(txn, &ctx.scope, &input.api_id).await?;
        let route = find::part::<Route>(txn, &api.id, &input.route_id).await?;
        txn.delete(&*route);
        changed(ctx, txn, &api, |snapshot| take(&mut snapshot.routes, &route)).await
    })
    .await
}

/// Which token a route wants, given what it wanted before. A route is never left open by half of a configuration.
fn rule(
    kind: wire::AuthorizationType,
    authorizer_id: Option<String>,
    scopes: Option<Vec<String>>,
    before: Option<JwtRule>,
) -> Reply<Option<JwtRule>> {
    match kind {
        wire::AuthorizationType::None => {
            if scopes.is_some_and(|scopes| !scopes.is_empty()) {
                return Err(errors::bad_request(
                    "authorizationScopes are supported for authorizationType JWT only",
                ));
            }
            if authorizer_id.is_some() {
                return Err(errors::bad_request("authorizerId is not supported for authorizationType NONE"));
            }
            Ok(None)
        }
        wire::AuthorizationType::Jwt => {
            let (old_id, old_scopes) =
                before.map_or((None, Vec::new()), |rule| (Some(rule.authorizer_id), rule.scopes));
            let authorizer_id = authorizer_id
                .or(old_id)
                .ok_or_else(|| errors::bad_request("authorizerId is required for authorizationType JWT"))?;
            Ok(Some(JwtRule { authorizer_id, scopes: scopes.unwrap_or(old_scopes) }))
        }
        wire::AuthorizationType::AwsIam => Err(errors::not_offered("authorizationType AWS_IAM")),
        wire::AuthorizationType::Custom => Err(errors::not_offered("authorizationType CUSTOM")),
    }
}

/// The id of the integration in `integrations/<id>`.
fn target(text: &str) -> Reply<String> {
    let id = text.strip_prefix("integrations/").filter(|id| !id.is_empty() && !id.contains('/'));
    id.map(str::to_owned).ok_or_else(|| errors::bad_request(format!("Invalid target specified: {text}")))
}

/// The route key is free, and what the route names exists.
async fn referred(txn: &mut Txn, route: &Route) -> Reply<()> {
    let routes: Vec<Route> = find::all(txn, &route.api_id).await?;
    if routes.iter().any(|other| other.key == route.key && other.id != route.id) {
        return Err(errors::conflict(format!("Route with key {} already exists for this API", route.key)));
    }
    if let Some(rule) = &route.jwt
        && find::authorizer_if_any(txn, &route.api_id, &rule.authorizer_id).await?.is_none()
    {
        return Err(errors::bad_request(format!("Invalid authorizer specified: {}", rule.authorizer_id)));
    }
    if let Some(id) = &route.target
        && txn.get::<Integration>(&Integration::key_of(&route.api_id, id)).await?.is_none()
    {
        return Err(errors::bad_request(format!("Invalid integration specified: {id}")));
    }
    Ok(())
}
