//! TagResource: adds tags to a pool, and changes the values of those that are there.
//! <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_TagResource.html>

use std::mem;

use cognito_core::pool::without_control_tags;

use crate::pools::arn;
use crate::prelude::*;

pub(crate) async fn handle(
    ctx: &Ctx<'_>,
    input: wire::TagResourceRequest,
) -> Reply<wire::TagResourceResponse> {
    arn::change_tags(ctx, &input.resource_arn, |tags| {
        tags.extend(input.tags.clone());
        *tags = without_control_tags(mem::take(tags))?;
        Ok(())
    })
    .await?;
    Ok(wire::TagResourceResponse {})
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use testkit::World;

    #[tokio::test]
    async fn tags() {
        let world = World::new().await;
        let pool = world.pool(json!({ "UserPoolTags": { "a": "1" } })).await;
        let arn = format!("arn:aws:cognito-idp:us-east-1:000000000000:userpool/{pool}");
        let list = async || world.ok("ListTagsForResource", json!({ "ResourceArn": arn })).await;
        assert_eq!(list().await, json!({ "Tags": { "a": "1" } }));
        let tags = json!({ "a": "2", "b": "", "_custom_id_": "x" });
        assert_eq!(world.ok("TagResource", json!({ "ResourceArn": arn, "Tags": tags })).await, json!({}));
        assert_eq!(list().await, json!({ "Tags": { "a": "2", "b": "" } }));
        let described = world.ok("DescribeUserPool", json!({ "UserPoolId": pool })).await;
        assert_eq!(described["UserPool"]["UserPoolTags"], json!({ "a": "2", "b": "" }));

        let keys = json!(["a", "never was"]);
        assert_eq!(
            world.ok("UntagResource", json!({ "ResourceArn": arn, "TagKeys": keys })).await,
            json!({})
        );
        assert_eq!(list().await, json!({ "Tags": { "b": "" } }));
        world.ok("UntagResource", json!({ "ResourceArn": arn, "TagKeys": ["b"] })).await;
        assert_eq!(list().await, json!({ "Tags": {} }));
    }

    #[tokio::test]
    async fn limits() {
        let world = World::new().await;
        let tags =
            |n: usize| (0..n).map(|i| (format!("k{i}"), json!("v"))).collect::<serde_json::Map<_, _>>();
        let pool = world.pool(json!({ "UserPoolTags": tags(50) })).await;
        let arn = format!("arn:aws:cognito-idp:us-east-1:000000000000:userpool/{pool}");
        let many = "InvalidParameterException: A user pool cannot have more than 50 tags.";
        let tag = |tags: Value| json!({ "ResourceArn": arn, "Tags": tags });
        world.ok("TagResource", tag(json!({ "k0": "w" }))).await;
        assert_eq!(world.fails("TagResource", tag(json!({ "new": "v" }))).await, many);
        assert_eq!(
            world.fails("CreateUserPool", json!({ "PoolName": "p", "UserPoolTags": tags(51) })).await,
            many
        );
        assert_eq!(
            world.fails("TagResource", tag(json!({ "aws:x": "v" }))).await,
            "InvalidParameterException: Tag keys cannot begin with aws:, which is reserved."
        );
    }

    #[tokio::test]
    async fn other_resources() {
        let world = World::new().await;
        let pool = world.pool(json!({})).await;
        let check = async |arn: String, expected: &str| {
            for (operation, more) in [
                ("TagResource", json!({ "Tags": { "a": "b" } })),
                ("UntagResource", json!({ "TagKeys": ["a"] })),
                ("ListTagsForResource", json!({})),
            ] {
                let request = testkit::world::merged(json!({ "ResourceArn": arn }), more);
                assert_eq!(world.fails(operation, request).await, expected, "{operation} {arn}");
            }
        };
        let gone = "arn:aws:cognito-idp:us-east-1:000000000000:userpool/us-east-1_none".to_owned();
        check(gone.clone(), &format!("ResourceNotFoundException: Resource {gone} does not exist.")).await;
        let foreign = format!("arn:aws:cognito-idp:us-east-1:111111111111:userpool/{pool}");
        check(foreign.clone(), &format!("ResourceNotFoundException: Resource {foreign} does not exist."))
            .await;
        let wrong = "InvalidParameterException: The resource ARN is not that of a user pool.";
        check("arn:aws:s3:us-east-1:000000000000:bucket/abc".to_owned(), wrong).await;
        check(format!("arn:aws:cognito-idp:us-east-1:000000000000:identitypool/{pool}"), wrong).await;
    }
}
