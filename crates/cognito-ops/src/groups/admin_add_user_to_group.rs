//! AdminAddUserToGroup: makes a user a member of a group.
//! <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminAddUserToGroup.html>

use cognito_core::Kind;
use cognito_core::group::{self, MAX_MEMBERSHIPS, Membership};
use cognito_store::IndexRange;

use crate::prelude::*;

pub(crate) async fn handle(ctx: &Ctx<'_>, input: wire::AdminAddUserToGroupRequest) -> Reply<wire::NoOutput> {
    ctx.write(async |txn| {
        let pool = txn.pool(&input.user_pool_id).await?;
        let user = txn.user(&pool, &input.username).await?;
        let group = txn.group(&pool, &input.group_name).await?;
        let key = Membership::key_of(&pool.id, &user.sub, &group.name);
        if txn.get::<Membership>(&key).await?.is_some() {
            return Ok(());
        }
        let memberships = Membership::user_value(&pool.id, &user.sub);
        let memberships = IndexRange::exact(Kind::Membership, group::BY_USER, memberships);
        if txn.all::<Membership>(memberships).await?.len() >= MAX_MEMBERSHIPS {
            return Err(errors::too_many_memberships());
        }
        txn.insert(&Membership {
            pool_id: pool.id.clone(),
            sub: user.sub.clone(),
            user: user.key(),
            group: group.name.clone(),
            created: ctx.now(),
        });
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
    async fn joins_once_by_any_name() {
        let world = World::new().await;
        let pool = world.pool(json!({ "UsernameAttributes": ["email"] })).await;
        world.user(&pool, "a@example.com", "Abcdef1!").await;
        world.ok("CreateGroup", json!({ "UserPoolId": pool, "GroupName": "staff" })).await;
        let user = world.ok("AdminGetUser", json!({ "UserPoolId": pool, "Username": "a@example.com" })).await;
        for name in [json!("a@example.com"), user["Username"].clone()] {
            let join = json!({ "UserPoolId": pool, "GroupName": "staff", "Username": name });
            assert_eq!(world.ok("AdminAddUserToGroup", join).await, Value::Null);
        }
        let members = world.ok("ListUsersInGroup", json!({ "UserPoolId": pool, "GroupName": "staff" })).await;
        assert_eq!(members["Users"].as_array().map(Vec::len), Some(1));
    }

    #[tokio::test]
    async fn several_at_once() {
        let world = World::new().await;
        let pool = world.pool(json!({})).await;
        world.user(&pool, "alice", "Abcdef1!").await;
        world.ok("CreateGroup", json!({ "UserPoolId": pool, "GroupName": "staff" })).await;
        let join = json!({ "UserPoolId": pool, "GroupName": "staff", "Username": "alice" });
        assert_eq!(world.at_once("AdminAddUserToGroup", vec![join; 4]), vec![Ok(Value::Null); 4]);
        let members = world.ok("ListUsersInGroup", json!({ "UserPoolId": pool, "GroupName": "staff" })).await;
        assert_eq!(members["Users"].as_array().map(Vec::len), Some(1));
    }

    #[tokio::test]
    async fn refusals() {
        let world = World::new().await;
        let (pool, other) = (world.pool(json!({})).await, world.pool(json!({})).await);
        world.user(&pool, "alice", "Abcdef1!").await;
        world.ok("CreateGroup", json!({ "UserPoolId": other, "GroupName": "staff" })).await;
        for operation in ["AdminAddUserToGroup", "AdminRemoveUserFromGroup"] {
            let check = async |pool: &str, username: &str, expected: &str| {
                let input = json!({ "UserPoolId": pool, "GroupName": "staff", "Username": username });
                assert_eq!(world.fails(operation, input).await, expected);
            };
            check(&pool, "alice", "ResourceNotFoundException: Group not found.").await;
            check(&other, "alice", "UserNotFoundException: User does not exist.").await;
            let missing = "ResourceNotFoundException: User pool us-east-1_Nowhere00 does not exist.";
            check("us-east-1_Nowhere00", "alice", missing).await;
        }
    }

    #[tokio::test]
    async fn a_user_is_in_100_groups_at_most() {
        let world = World::new().await;
        let pool = world.pool(json!({})).await;
        world.user(&pool, "alice", "Abcdef1!").await;
        let join = async |number: usize| {
            let group = format!("group{number}");
            world.ok("CreateGroup", json!({ "UserPoolId": pool, "GroupName": group })).await;
            let join = json!({ "UserPoolId": pool, "GroupName": group, "Username": "alice" });
            world.call("AdminAddUserToGroup", join).await.map_err(|failure| failure.code)
        };
        for number in 0..100 {
            assert_eq!(join(number).await, Ok(Value::Null));
        }
        assert_eq!(join(100).await, Err("InvalidParameterException".to_owned()));
        let again = json!({ "UserPoolId": pool, "GroupName": "group0", "Username": "alice" });
        world.ok("AdminAddUserToGroup", again).await;
    }
}
