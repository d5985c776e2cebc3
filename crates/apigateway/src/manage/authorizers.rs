//! Authorizers: CreateAuthorizer, GetAuthorizer, GetAuthorizers, UpdateAuthorizer, DeleteAuthorizer.
//! <https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid-authorizers.html>

use std::sync::Arc;

use cognito_api::apigatewayv2 as wire;
use cognito_ops::Reply;
use cognito_store::Txn;

use super::ctx::Ctx;
use super::deploy::{changed, put, take};
use super::lists::Items;
use super::{check, views};
use crate::errors;
use crate::model::{Authorizer, Route, find};

pub(super) async fn create(ctx: &Ctx<'_>, input: wire::CreateAuthorizerRequest) -> Reply<wire::Authorizer> {
    only_jwt(Some(input.authorizer_type))?;
    check::only_lambda(&[
        ("authorizerUri", input.authorizer_uri.is_some()),
        ("authorizerCredentialsArn", input.authorizer_credentials_arn.is_some()),
        ("authorizerPayloadFormatVersion", input.authorizer_payload_format_version.is_some()),
        ("authorizerResultTtlInSeconds", input.authorizer_result_ttl_in_seconds.is_some()),
        ("enableSimpleResponses", input.enable_simple_responses.is_some()),
    ])?;
    let configuration = input.jwt_configuration.unwrap_or_default();
    let (issuer, audience) = check::jwt(configuration, &ctx.site.base)?;
    let authorizer = Authorizer {
        api_id: input.api_id,
        id: ctx.id(),
        name: input.name,
        identity_source: check::identity_source(&input.identity_source)?,
        issuer,
        audience,
    };
    ctx.write(async |txn| {
        let api = find::api(txn, &ctx.scope, &authorizer.api_id).await?;
        free_name(txn, &authorizer).await?;
        find::room::<Authorizer>(txn, &api.id).await?;
        txn.save(&authorizer);
        changed(ctx, txn, &api, |snapshot| put(&mut snapshot.authorizers, &authorizer)).await
    })
    .await?;
    Ok(views::authorizer(&authorizer))
}

pub(super) async fn get(ctx: &Ctx<'_>, input: wire::GetAuthorizerRequest) -> Reply<wire::Authorizer> {
    ctx.get(&input.api_id, &input.authorizer_id, views::authorizer).await
}

pub(super) async fn list(
    ctx: &Ctx<'_>,
    input: wire::GetAuthorizersRequest,
) -> Reply<Items<wire::Authorizer>> {
    ctx.list(&input.api_id, input.max_results.as_deref(), input.next_token.as_deref(), views::authorizer)
        .await
}

pub(super) async fn update(ctx: &Ctx<'_>, input: wire::UpdateAuthorizerRequest) -> Reply<wire::Authorizer> {
    only_jwt(input.authorizer_type)?;
    check::only_lambda(&[
        ("authorizerUri", input.authorizer_uri.is_some()),
        ("authorizerCredentialsArn", input.authorizer_credentials_arn.is_some()),
        ("authorizerPayloadFormatVersion", input.authorizer_payload_format_version.is_some()),
        ("authorizerResultTtlInSeconds", input.authorizer_result_ttl_in_seconds.is_some()),
        ("enableSimpleResponses", input.enable_simple_responses.is_some()),
    ])?;
    let authorizer = ctx
        .write(async |txn| {
            let api = find::api(txn, &ctx.scope, &input.api_id).await?;
            let old = find::part::<Authorizer>(txn, &api.id, &input.authorizer_id).await?;
            let mut authorizer = Arc::unwrap_or_clone(old);
            if let Some(name) = &input.name {
                authorizer.name.clone_from(name);
                free_name(txn, &authorizer).await?;
            }
            if let Some(sources) = &input.identity_source {
                authorizer.identity_source = check::identity_source(sources)?;
            }
            if let Some(given) = &input.jwt_configuration {
                let merged = wire::JWTConfiguration {
                    issuer: given.issuer.clone().or_else(|| Some(authorizer.issuer.clone())),
                    audience: given.audience.clone().or_else(|| Some(authorizer.audience.clone())),
                };
                (authorizer.issuer, authorizer.audience) = check::jwt(merged, &ctx.site.base)?;
            }
            txn.save(&authorizer);
            changed(ctx, txn, &api, |snapshot| put(&mut snapshot.authorizers, &authorizer)).await?;
            Ok(authorizer)
        })
        .await?;
    Ok(views::authorizer(&authorizer))
}

pub(super) async fn delete(ctx: &Ctx<'_>, input: wire::DeleteAuthorizerRequest) -> Reply<()> {
    ctx.write(async |txn| {
        let api = find::api(txn, &ctx.scope, &input.api_id).await?;
        let authorizer = find::part::<Authorizer>(txn, &api.id, &input.authorizer_id).await?;
        let routes: Vec<Route> = find::all(txn, &api.id).await?;
        let uses =
            |route: &&Route| route.jwt.as_ref().is_some_and(|rule| rule.authorizer_id == authorizer.id);
        if let Some(route) = routes.iter().find(uses) {
            return Err(errors::authorizer_in_use(&authorizer.name, &route.key));
        }
        txn.delete(&*authorizer);
        changed(ctx, txn, &api, |snapshot| take(&mut snapshot.authorizers, &authorizer)).await
    })
    .await
}

/// Lambda authorizers are not offered; to make one that lets everybody in would be worse than none.
fn only_jwt(kind: Option<wire::AuthorizerType>) -> Reply<()> {
    match kind {
        None | Some(wire::AuthorizerType::Jwt) => Ok(()),
        Some(wire::AuthorizerType::Request) => Err(errors::not_offered("Lambda authorizers")),
    }
}

async fn free_name(txn: &mut Txn, authorizer: &Authorizer) -> Reply<()> {
    let taken: Vec<Authorizer> = find::all(txn, &authorizer.api_id).await?;
    if taken.iter().any(|other| other.name == authorizer.name && other.id != authorizer.id) {
        return Err(errors::conflict(format!("Authorizer with name {} already exists", authorizer.name)));
    }
    Ok(())
}
