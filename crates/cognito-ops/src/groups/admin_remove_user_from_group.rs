//! AdminRemoveUserFromGroup: ends a membership.
//! <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminRemoveUserFromGroup.html>

use cognito_core::group::Membership;

use crate::prelude::*;

pub(crate) async fn handle(
    ctx: &Ctx<'_>,
    input: wire::AdminRemoveUserFromGroupRequest,
) -> Reply<wire::NoOutput> {
    ctx.write(async |txn| {
        let pool = txn.pool(&input.user_pool_id).await?;
        let user = txn.user(&pool, &input.username).await?;
        let group = txn.group(&pool, &input.group_name).await?;
        let key = Membership::key_of(&pool.id, &user.sub, &group.name);
        if let Some(membership) = txn.get::<Membership>(&key).await? {
            txn.delete(&*membership);
        }
        Ok(())
    })
    .await?;
    Ok(wire::NoOutput {})
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use testkit::World;

    #[tokio::test]
    async fn leaves_once_and_needs_no_membership() {
        let world = World::new().await;
        let pool = world.pool(json!({})).await;
        world.user(&pool, "alice", "Abcdef1!").await;
        world.user(&pool, "bob", "Abcdef1!").await;
        world.ok("CreateGroup", json!({ "UserPoolId": pool, "GroupName": "staff" })).await;
        let input =
            |username: &str| json!({ "UserPoolId": pool, "GroupName": "staff", "Username": username });
        world.ok("AdminAddUserToGroup", input("alice")).await;
        world.ok("AdminAddUserToGroup", input("bob")).await;
        for _ in 0..2 {
            assert_eq!(world.ok("AdminRemoveUserFromGroup", input("alice")).await, Value::Null);
        }
        let members = world.ok("ListUsersInGroup", json!({ "UserPoolId": pool, "GroupName": "staff" })).await;
        assert_eq!(members["Users"].as_array().map(Vec::len), Some(1));
        assert_eq!(members["Users"][0]["Username"], "bob");
    }
}
