//! Stages: CreateStage, GetStage, GetStages, UpdateStage, DeleteStage, ResetAuthorizersCache.
//! <https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid-stages.html>

use std::collections::BTreeMap;
use std::sync::Arc;

use cognito_api::apigatewayv2 as wire;
use cognito_ops::Reply;
use cognito_store::Txn;

use super::ctx::Ctx;
use super::deploy::{made, touch};
use super::lists::Items;
use super::{check, tags, views};
use crate::errors;
use crate::model::{Api, DEFAULT_STAGE, Deployment, Stage, find};

pub(super) async fn create(ctx: &Ctx<'_>, input: wire::CreateStageRequest) -> Reply<wire::Stage> {
    check::stage_name(&input.stage_name)?;
    check::only_websocket(&[("clientCertificateId", input.client_certificate_id.is_some())])?;
    let stage = Stage {
        api_id: input.api_id,
        name: input.stage_name,
        deployment_id: input.deployment_id,
        auto_deploy: input.auto_deploy.unwrap_or(false),
        variables: variables(input.stage_variables.unwrap_or_default())?,
        description: input.description,
        access_log: input.access_log_settings,
        default_route_settings: input.default_route_settings.unwrap_or_else(no_settings),
        route_settings: input.route_settings.unwrap_or_default(),
        tags: tags::checked(input.tags.unwrap_or_default())?,
        created: ctx.now,
        updated: ctx.now,
        managed: false,
    };
    let stage = ctx
        .write(async |txn| {
            let api = find::api(txn, &ctx.scope, &stage.api_id).await?;
            if find::stage_if_any(txn, &api.id, &stage.name).await?.is_some() {
                return Err(errors::conflict("Stage already exists"));
            }
            find::room::<Stage>(txn, &api.id).await?;
            settle(ctx, txn, &api, stage.clone(), stage.deployment_id.is_some(), stage.auto_deploy).await
        })
        .await?;
    Ok(views::stage(&stage))
}

/// The stage that quick create makes.
pub(super) fn quick(ctx: &Ctx<'_>, api: &Api, deployment: &Deployment) -> Stage {
    Stage {
        api_id: api.id.clone(),
        name: DEFAULT_STAGE.to_owned(),
        deployment_id: Some(deployment.id.clone()),
        auto_deploy: true,
        variables: BTreeMap::new(),
        description: None,
        access_log: None,
        default_route_settings: no_settings(),
        route_settings: BTreeMap::new(),
        tags: BTreeMap::new(),
        created: ctx.now,
        updated: ctx.now,
        managed: true,
    }
}

pub(super) async fn get(ctx: &Ctx<'_>, input: wire::GetStageRequest) -> Reply<wire::Stage> {
    ctx.get(&input.api_id, &input.stage_name, views::stage).await
}

pub(super) async fn list(ctx: &Ctx<'_>, input: wire::GetStagesRequest) -> Reply<Items<wire::Stage>> {
    ctx.list(&input.api_id, input.max_results.as_deref(), input.next_token.as_deref(), views::stage).await
}

pub(super) async fn update(ctx: &Ctx<'_>, input: wire::UpdateStageRequest) -> Reply<wire::Stage> {
    check::only_websocket(&[("clientCertificateId", input.client_certificate_id.is_some())])?;
    let given = input.stage_variables.clone().map(variables).transpose()?;
    let stage = ctx
        .write(async |txn| {
            let api = find::api(txn, &ctx.scope, &input.api_id).await?;
            let old = find::part::<Stage>(txn, &api.id, &input.stage_name).await?;
            let old = Arc::unwrap_or_clone(old);
            let input = input.clone();
            let turned_on = input.auto_deploy == Some(true) && !old.auto_deploy;
            let stage = Stage {
                deployment_id: input.deployment_id.clone().or(old.deployment_id),
                auto_deploy: input.auto_deploy.unwrap_or(old.auto_deploy),
                variables: given.clone().unwrap_or(old.variables),
                description: input.description.or(old.description),
                access_log: input.access_log_settings.or(old.access_log),
                default_route_settings: input.default_route_settings.unwrap_or(old.default_route_settings),
                route_settings: input.route_settings.unwrap_or(old.route_settings),
                updated: ctx.now,
                ..old
            };
            settle(ctx, txn, &api, stage, input.deployment_id.is_some(), turned_on).await
        })
        .await?;
    Ok(views::stage(&stage))
}

pub(super) async fn delete(ctx: &Ctx<'_>, input: wire::DeleteStageRequest) -> Reply<()> {
    ctx.write(async |txn| {
        let api = find::api(txn, &ctx.scope, &input.api_id).await?;
        let stage = find::part::<Stage>(txn, &api.id, &input.stage_name).await?;
        txn.delete(&*stage);
        touch(txn, &api);
        Ok(())
    })
    .await
}

/// Only the answers of Lambda authorizers are kept, which are not offered: so there is nothing to forget.
pub(super) async fn reset_authorizers_cache(
    ctx: &Ctx<'_>,
    input: wire::ResetAuthorizersCacheRequest,
) -> Reply<()> {
    let deployment =
        ctx.get::<Stage, _>(&input.api_id, &input.stage_name, |stage| stage.deployment_id.clone());
    let Some(deployment) = deployment.await? else { return Ok(()) };
    let issuers = |deployment: &Deployment| {
        deployment.snapshot.authorizers.iter().map(|authorizer| authorizer.issuer.clone()).collect::<Vec<_>>()
    };
    for issuer in ctx.get::<Deployment, _>(&input.api_id, &deployment, issuers).await? {
        ctx.app.forget_issuer(&issuer);
    }
    Ok(())
}

/// Changes the tags of a stage.
pub(super) async fn retag(
    ctx: &Ctx<'_>,
    api_id: &str,
    name: &str,
    change: impl Fn(&mut tags::Tags) -> Reply<()>,
) -> Reply<()> {
    ctx.write(async |txn| {
        find::api(txn, &ctx.scope, api_id).await?;
        let mut stage = Arc::unwrap_or_clone(find::part::<Stage>(txn, api_id, name).await?);
        change(&mut stage.tags)?;
        txn.save(&stage);
        Ok(())
    })
    .await
}

/// Saves a stage with the deployment that it is to serve: the one that was named, or a new one if from now on it deploys
/// by itself.
async fn settle(
    ctx: &Ctx<'_>,
    txn: &mut Txn,
    api: &Api,
    mut stage: Stage,
    named: bool,
    turned_on: bool,
) -> Reply<Stage> {
    if named && stage.auto_deploy {
        return Err(errors::bad_request("deploymentId cannot be set for a stage with autoDeploy"));
    }
    if let Some(id) = stage.deployment_id.as_deref().filter(|_| named) {
        find::part::<Deployment>(txn, &api.id, id).await?;
    }
    if turned_on {
        let snapshot = find::snapshot(txn, api).await?;
        if stage.deployment_id.is_some() || !snapshot.routes.is_empty() {
            let deployment = made(ctx, api, snapshot, true, None);
            stage.deployment_id = Some(deployment.id.clone());
            txn.save(&deployment);
        }
    }
    txn.save(&stage);
    touch(txn, api);
    Ok(stage)
}

/// What is answered as the default settings of routes.
fn no_settings() -> wire::RouteSettings {
    wire::RouteSettings { detailed_metrics_enabled: Some(false), ..wire::RouteSettings::default() }
}

/// The names and values that AWS allows, as integrations put them into URLs.
fn variables(variables: BTreeMap<String, String>) -> Reply<BTreeMap<String, String>> {
    let is_name = |name: &str| name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let is_value = |value: &str| {
        value.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~:/?#&=,".contains(&byte))
    };
    match variables.iter().find(|(name, value)| name.is_empty() || !is_name(name) || !is_value(value)) {
        Some((name, _)) => Err(errors::bad_request(format!("Invalid stage variable: {name}"))),
        None => Ok(variables),
    }
}
