//! UntagResource: takes tags from a pool. Its tests stand with those of TagResource.
//! <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UntagResource.html>

use crate::pools::arn;
use crate::prelude::*;

pub(crate) async fn handle(
    ctx: &Ctx<'_>,
    input: wire::UntagResourceRequest,
) -> Reply<wire::UntagResourceResponse> {
    arn::change_tags(ctx, &input.resource_arn, |tags| {
        tags.retain(|key, _| !input.tag_keys.contains(key));
        Ok(())
    })
    .await?;
    Ok(wire::UntagResourceResponse {})
}
