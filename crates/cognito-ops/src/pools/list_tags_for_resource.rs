//! ListTagsForResource: the tags of a pool. Its tests stand with those of TagResource.
//! <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_ListTagsForResource.html>

use crate::pools::arn;
use crate::prelude::*;

pub(crate) async fn handle(
    ctx: &Ctx<'_>,
    input: wire::ListTagsForResourceRequest,
) -> Reply<wire::ListTagsForResourceResponse> {
    Ok(wire::ListTagsForResourceResponse { tags: Some(arn::tags(ctx, &input.resource_arn).await?) })
}
