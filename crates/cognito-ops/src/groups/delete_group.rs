//! DeleteGroup: deletes a group; its members stay, without it.
//! <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_DeleteGroup.html>

use cognito_core::Kind;
use cognito_core::group::{self, Membership};
use cognito_core::pool::Pool;
use cognito_store::IndexRange;

use crate::prelude::*;

pub(crate) async fn handle(ctx: &Ctx<'_>, input: wire::DeleteGroupRequest) -> Reply<wire::NoOutput> {
    ctx.write(async |txn| {
        let pool = txn.pool(&input.user_pool_id).await?;
        let group = txn.group(&pool, &input.group_name).await?;
        let members = Membership::group_prefix(&pool.id, &group.name);
        let members = IndexRange::prefix(Kind::Membership, group::BY_GROUP, members);
        for membership in txn.all::<Membership>(members).await? {
            txn.delete(&*membership);
        }
        txn.delete(&*group);
        txn.add(Pool::group_counter(&pool.id), -1);
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
    async fn takes_the_memberships_along() {
        let world = World::new().await;
        let pool = world.pool(json!({})).await;
        let group = |name: &str| json!({ "UserPoolId": pool, "GroupName": name });
        world.ok("CreateGroup", group("staff")).await;
        world.ok("CreateGroup", group("staff/a")).await;
        for username in ["alice", "bob"] {
            world.user(&pool, username, "Abcdef1!").await;
            for name in ["staff", "staff/a"] {
                let join = json!({ "UserPoolId": pool, "GroupName": name, "Username": username });
                world.ok("AdminAddUserToGroup", join).await;
            }
        }
        assert_eq!(world.ok("DeleteGroup", group("staff")).await, Value::Null);
        let missing = "ResourceNotFoundException: Group not found.";
        assert_eq!(world.fails("DeleteGroup", group("staff")).await, missing);
        assert_eq!(world.fails("ListUsersInGroup", group("staff")).await, missing);
        let groups =
            world.ok("AdminListGroupsForUser", json!({ "UserPoolId": pool, "Username": "alice" })).await;
        assert_eq!(groups["Groups"].as_array().map(Vec::len), Some(1));
        assert_eq!(groups["Groups"][0]["GroupName"], "staff/a");
        world.ok("CreateGroup", group("staff")).await;
        assert_eq!(
            world.ok("ListUsersInGroup", group("staff")).await,
            json!({ "Users": [] }),
            "a new group is empty"
        );
    }

    #[tokio::test]
    async fn while_somebody_joins() {
        let world = World::new().await;
        let pool = world.pool(json!({})).await;
        world.user(&pool, "alice", "Abcdef1!").await;
        let group = json!({ "UserPoolId": pool, "GroupName": "staff" });
        world.ok("CreateGroup", group.clone()).await;
        let join = json!({ "UserPoolId": pool, "GroupName": "staff", "Username": "alice" });
        let (joined, deleted) =
            tokio::join!(world.call("AdminAddUserToGroup", join), world.call("DeleteGroup", group.clone()));
        assert!(deleted.is_ok());
        assert!(
            joined.is_ok_and(|answer| answer.is_null())
                || world.call("GetGroup", group.clone()).await.is_err()
        );
        world.ok("CreateGroup", group.clone()).await;
        assert_eq!(
            world.ok("ListUsersInGroup", group).await,
            json!({ "Users": [] }),
            "no membership is left over"
        );
    }
}
