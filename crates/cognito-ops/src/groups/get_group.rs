//! GetGroup: a group by its name.
//! <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_GetGroup.html>

use crate::prelude::*;

pub(crate) async fn handle(ctx: &Ctx<'_>, input: wire::GetGroupRequest) -> Reply<wire::GetGroupResponse> {
    let mut txn = ctx.read();
    let pool = txn.pool(&input.user_pool_id).await?;
    let group = txn.group(&pool, &input.group_name).await?;
    Ok(wire::GetGroupResponse { group: Some(views::group(&group)) })
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use testkit::World;

    #[tokio::test]
    async fn gives_the_group_of_the_pool() {
        let world = World::new().await;
        let (pool, other) = (world.pool(json!({})).await, world.pool(json!({})).await);
        let create = json!({ "UserPoolId": pool, "GroupName": "a/b", "Description": "" });
        let created = world.ok("CreateGroup", create).await;
        assert_eq!(world.ok("GetGroup", json!({ "UserPoolId": pool, "GroupName": "a/b" })).await, created);
        let missing = "ResourceNotFoundException: Group not found.";
        assert_eq!(
            world.fails("GetGroup", json!({ "UserPoolId": other, "GroupName": "a/b" })).await,
            missing
        );
        assert_eq!(world.fails("GetGroup", json!({ "UserPoolId": pool, "GroupName": "a" })).await, missing);
    }
}
