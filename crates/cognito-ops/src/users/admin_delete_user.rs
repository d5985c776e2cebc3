//! AdminDeleteUser: deletes a user; the names are free again.
//! <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminDeleteUser.html>

use crate::prelude::*;
use crate::service::new_user;

pub(crate) async fn handle(ctx: &Ctx<'_>, input: wire::AdminDeleteUserRequest) -> Reply<wire::NoOutput> {
    ctx.write(async |txn| {
        let pool = txn.pool(&input.user_pool_id).await?;
        let user = txn.user(&pool, &input.username).await?;
        new_user::remove(txn, &user).await
    })
    .await?;
    Ok(wire::NoOutput {})
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use testkit::World;
    use testkit::world::attribute_list;

    async fn count(world: &World, pool: &str) -> Value {
        world.ok("DescribeUserPool", json!({ "UserPoolId": pool })).await["UserPool"]["EstimatedNumberOfUsers"].clone()
    }

    #[tokio::test]
    async fn frees_the_names_and_ends_memberships() {
        let world = World::new().await;
        let pool = world.pool(json!({ "UsernameAttributes": ["email"] })).await;
        let create = json!({ "UserPoolId": pool, "Username": "a@example.com", "MessageAction": "SUPPRESS" });
        let first = world.ok("AdminCreateUser", create.clone()).await["User"]["Username"].clone();
        world.ok("CreateGroup", json!({ "UserPoolId": pool, "GroupName": "staff" })).await;
        let join = json!({ "UserPoolId": pool, "GroupName": "staff", "Username": "a@example.com" });
        world.ok("AdminAddUserToGroup", join).await;
        assert_eq!(count(&world, &pool).await, 1);

        let input = json!({ "UserPoolId": pool, "Username": "a@example.com" });
        assert_eq!(world.ok("AdminDeleteUser", input.clone()).await, Value::Null);
        assert_eq!(
            world.fails("AdminDeleteUser", input).await,
            "UserNotFoundException: User does not exist."
        );
        assert_eq!(count(&world, &pool).await, 0);
        let members = world.ok("ListUsersInGroup", json!({ "UserPoolId": pool, "GroupName": "staff" })).await;
        assert_eq!(members, json!({ "Users": [] }));

        let second = world.ok("AdminCreateUser", create).await["User"]["Username"].clone();
        assert_ne!(first, second, "the subject is a new one");
        let groups =
            world.ok("AdminListGroupsForUser", json!({ "UserPoolId": pool, "Username": second })).await;
        assert_eq!(groups, json!({ "Groups": [] }));
    }

    #[tokio::test]
    async fn ends_tokens() {
        let world = World::new().await;
        let pool = world.pool(json!({})).await;
        let client = world.client(&pool, json!({})).await;
        world.user(&pool, "alice", "Abcdef1!").await;
        let token =
            json!({ "AccessToken": world.sign_in(&client, "alice", "Abcdef1!").await["AccessToken"] });
        world.ok("AdminDeleteUser", json!({ "UserPoolId": pool, "Username": "alice" })).await;
        let unknown = "UserNotFoundException: User does not exist.";
        assert_eq!(world.fails("GetUser", token.clone()).await, unknown);
        world.user(&pool, "alice", "Abcdef1!").await;
        assert_eq!(world.fails("GetUser", token).await, unknown, "another user of the same name");
    }

    #[tokio::test]
    async fn several_at_once() {
        let world = World::new().await;
        let pool = world.pool(json!({})).await;
        let attributes = attribute_list(json!({ "email": "a@example.com" }));
        let create = json!({ "UserPoolId": pool, "Username": "alice", "UserAttributes": attributes });
        world.ok("AdminCreateUser", create).await;
        let input = json!({ "UserPoolId": pool, "Username": "alice" });
        let answers = world.at_once("AdminDeleteUser", vec![input; 4]);
        assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1);
        assert_eq!(count(&world, &pool).await, 0, "counted once");
    }
}
