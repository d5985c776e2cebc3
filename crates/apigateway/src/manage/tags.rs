//! Tags: TagResource, UntagResource, GetTags.
//! <https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/tags-resource-arn.html>

use std::collections::BTreeMap;

use cognito_api::apigatewayv2 as wire;
use cognito_core::pool::{TagError, without_control_tags};
use cognito_ops::Reply;

use super::ctx::Ctx;
use super::{apis, stages};
use crate::errors;
use crate::model::{Stage, find};

/// Keys and values.
pub(super) type Tags = BTreeMap<String, String>;

/// What an ARN names.
enum Resource<'a> {
    Api(&'a str),
    Stage(&'a str, &'a str),
}

pub(super) async fn add(ctx: &Ctx<'_>, input: wire::TagResourceRequest) -> Reply<wire::TagResourceResponse> {
    let new = input.tags.unwrap_or_default();
    change(ctx, &input.resource_arn, |tags| {
        tags.extend(new.clone());
        *tags = checked(std::mem::take(tags))?;
        Ok(())
    })
    .await?;
    Ok(wire::TagResourceResponse {})
}

pub(super) async fn remove(ctx: &Ctx<'_>, input: wire::UntagResourceRequest) -> Reply<()> {
    change(ctx, &input.resource_arn, |tags| {
        tags.retain(|key, _| !input.tag_keys.contains(key));
        Ok(())
    })
    .await
}

pub(super) async fn get(ctx: &Ctx<'_>, input: wire::GetTagsRequest) -> Reply<wire::GetTagsResponse> {
    let tags = match resource(ctx, &input.resource_arn)? {
        Resource::Api(id) => find::api(&mut ctx.read(), &ctx.scope, id).await?.tags.clone(),
        Resource::Stage(api_id, name) => {
            ctx.get::<Stage, Tags>(api_id, name, |stage| stage.tags.clone()).await?
        }
    };
    Ok(wire::GetTagsResponse { tags: Some(tags) })
}

async fn change(ctx: &Ctx<'_>, arn: &str, change: impl Fn(&mut Tags) -> Reply<()>) -> Reply<()> {
    match resource(ctx, arn)? {
        Resource::Api(id) => apis::retag(ctx, id, change).await,
        Resource::Stage(api_id, name) => stages::retag(ctx, api_id, name, change).await,
    }
}

/// `arn:aws:apigateway:<region>::/apis/<id>`, or the same with `/stages/<name>`.
fn resource<'a>(ctx: &Ctx<'_>, arn: &'a str) -> Reply<Resource<'a>> {
    let path = arn
        .strip_prefix("arn:aws:apigateway:")
        .and_then(|rest| rest.strip_prefix(ctx.scope.region.as_str()))
        .and_then(|rest| rest.strip_prefix("::/apis/"))
        .ok_or_else(|| errors::no_resource(arn))?;
    match path.split('/').collect::<Vec<_>>()[..] {
        [id] if !id.is_empty() => Ok(Resource::Api(id)),
        [id, "stages", name] if !id.is_empty() && !name.is_empty() => Ok(Resource::Stage(id, name)),
        _ => Err(errors::no_resource(arn)),
    }
}

/// The tags, if there are not too many and none is AWS's own.
pub(super) fn checked(tags: Tags) -> Reply<Tags> {
    without_control_tags(tags).map_err(|error| match error {
        TagError::TooMany => errors::bad_request("A resource has 50 tags at most"),
        TagError::Reserved | TagError::CustomId => {
            errors::bad_request("Tag keys that begin with aws: are reserved")
        }
    })
}
