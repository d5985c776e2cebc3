//! Deployments: CreateDeployment, GetDeployment, GetDeployments, UpdateDeployment, DeleteDeployment.
//! <https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid-deployments.html>

use std::sync::Arc;

use cognito_api::apigatewayv2 as wire;
use cognito_ops::Reply;

use super::ctx::Ctx;
use super::deploy::{made, touch};
use super::lists::Items;
use super::views;
use crate::errors;
use crate::model::{Deployment, Stage, find};

pub(super) async fn create(ctx: &Ctx<'_>, input: wire::CreateDeploymentRequest) -> Reply<wire::Deployment> {
    let deployment = ctx
        .write(async |txn| {
            let api = find::api(txn, &ctx.scope, &input.api_id).await?;
            find::room::<Deployment>(txn, &api.id).await?;
            let snapshot = find::snapshot(txn, &api).await?;
            if snapshot.routes.is_empty() {
                return Err(errors::bad_request("At least one route is required before deploying the Api."));
            }
            let deployment = made(ctx, &api, snapshot, false, input.description.clone());
            if let Some(name) = &input.stage_name {
                let stage = find::part::<Stage>(txn, &api.id, name).await?;
                if stage.auto_deploy {
                    return Err(errors::bad_request("A stage with autoDeploy takes no other deployments"));
                }
                let mut stage = Arc::unwrap_or_clone(stage);
                stage.deployment_id = Some(deployment.id.clone());
                stage.updated = ctx.now;
                txn.save(&stage);
            }
            txn.save(&deployment);
            touch(txn, &api);
            Ok(deployment)
        })
        .await?;
    Ok(views::deployment(&deployment))
}

pub(super) async fn get(ctx: &Ctx<'_>, input: wire::GetDeploymentRequest) -> Reply<wire::Deployment> {
    ctx.get(&input.api_id, &input.deployment_id, views::deployment).await
}

pub(super) async fn list(
    ctx: &Ctx<'_>,
    input: wire::GetDeploymentsRequest,
) -> Reply<Items<wire::Deployment>> {
    ctx.list(&input.api_id, input.max_results.as_deref(), input.next_token.as_deref(), views::deployment)
        .await
}

pub(super) async fn update(ctx: &Ctx<'_>, input: wire::UpdateDeploymentRequest) -> Reply<wire::Deployment> {
    let deployment = ctx
        .write(async |txn| {
            find::api(txn, &ctx.scope, &input.api_id).await?;
            let old = find::part::<Deployment>(txn, &input.api_id, &input.deployment_id).await?;
            let mut deployment = Arc::unwrap_or_clone(old);
            if let Some(description) = &input.description {
                deployment.description = Some(description.clone());
            }
            txn.save(&deployment);
            Ok(deployment)
        })
        .await?;
    Ok(views::deployment(&deployment))
}

pub(super) async fn delete(ctx: &Ctx<'_>, input: wire::DeleteDeploymentRequest) -> Reply<()> {
    ctx.write(async |txn| {
        let api = find::api(txn, &ctx.scope, &input.api_id).await?;
        let deployment = find::part::<Deployment>(txn, &api.id, &input.deployment_id).await?;
        let stages: Vec<Stage> = find::all(txn, &api.id).await?;
        if stages.iter().any(|stage| stage.deployment_id.as_deref() == Some(deployment.id.as_str())) {
            return Err(errors::deployment_in_use());
        }
        txn.delete(&*deployment);
        touch(txn, &api);
        Ok(())
    })
    .await
}
