//! Deployments: a change reaches a stage by one only, which stages with `autoDeploy` make by themselves.

use cognito_core::Entity;
use cognito_ops::Reply;
use cognito_store::Txn;

use super::ctx::Ctx;
use crate::model::{Api, Deployment, Snapshot, Stage, find};

/// Writes that an API has changed, and deploys it to the stages that deploy by themselves. `edit` makes the change in
/// what was committed, as a transaction does not list what it saved.
pub(super) async fn changed(
    ctx: &Ctx<'_>,
    txn: &mut Txn,
    api: &Api,
    edit: impl FnOnce(&mut Snapshot),
) -> Reply<()> {
    touch(txn, api);
    let stages: Vec<Stage> = find::all(txn, &api.id).await?;
    let (auto, others): (Vec<Stage>, Vec<Stage>) = stages.into_iter().partition(|stage| stage.auto_deploy);
    if auto.is_empty() {
        return Ok(());
    }
    let mut snapshot = find::snapshot(txn, api).await?;
    edit(&mut snapshot);
    let is_due = |stage: &Stage| stage.deployment_id.is_some() || !snapshot.routes.is_empty();
    let mut due: Vec<Stage> = auto.into_iter().filter(is_due).collect();
    if due.is_empty() {
        return Ok(());
    }
    forget_old(txn, api, &due, &others).await?;
    let deployment = made(ctx, api, snapshot, true, None);
    txn.save(&deployment);
    for stage in &mut due {
        stage.deployment_id = Some(deployment.id.clone());
        stage.updated = ctx.now;
        txn.save(stage);
    }
    Ok(())
}

/// Writes the API, so that of two changes at once the later one sees the earlier.
pub(super) fn touch(txn: &mut Txn, api: &Api) {
    txn.save(&Api { revision: api.revision + 1, ..api.clone() });
}

/// A new deployment.
pub(super) fn made(
    ctx: &Ctx<'_>,
    api: &Api,
    snapshot: Snapshot,
    auto_deployed: bool,
    description: Option<String>,
) -> Deployment {
    Deployment {
        api_id: api.id.clone(),
        id: ctx.id(),
        description,
        created: ctx.now,
        auto_deployed,
        snapshot,
    }
}

/// Puts something in the place of what has its key, or at the end.
pub(super) fn put<E: Entity>(list: &mut Vec<E>, entity: &E) {
    match list.iter_mut().find(|old| old.key() == entity.key()) {
        Some(old) => *old = entity.clone(),
        None => list.push(entity.clone()),
    }
}

/// Takes something out.
pub(super) fn take<E: Entity>(list: &mut Vec<E>, entity: &E) {
    list.retain(|old| old.key() != entity.key());
}

/// Deletes the automatic deployments that nothing will serve any more: each change would leave one behind.
async fn forget_old(txn: &mut Txn, api: &Api, due: &[Stage], others: &[Stage]) -> Reply<()> {
    for id in due.iter().filter_map(|stage| stage.deployment_id.as_deref()) {
        let is_served = others.iter().any(|stage| stage.deployment_id.as_deref() == Some(id));
        let old = find::deployment_if_any(txn, &api.id, id).await?;
        if let Some(old) = old.filter(|old| old.auto_deployed && !is_served) {
            txn.delete(&*old);
        }
    }
    Ok(())
}
