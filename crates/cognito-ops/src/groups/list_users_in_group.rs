//! ListUsersInGroup: the members of a group, in the order in which they joined.
//! <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_ListUsersInGroup.html>

use crate::prelude::*;
use crate::service::pages;

/// The largest page.
const MOST: usize = 60;

pub(crate) async fn handle(
    ctx: &Ctx<'_>,
    input: wire::ListUsersInGroupRequest,
) -> Reply<wire::ListUsersInGroupResponse> {
    let mut txn = ctx.read();
    let pool = txn.pool(&input.user_pool_id).await?;
    let group = txn.group(&pool, &input.group_name).await?;
    let list = ["ListUsersInGroup", &pool.id, &group.name];
    let after = pages::cursor(ctx, &list, input.next_token.as_deref())?;
    let (users, next) = txn.users_in_group(&group, after, pages::size(input.limit, MOST)).await?;
    Ok(wire::ListUsersInGroupResponse {
        users: Some(users.iter().map(|user| views::user(user)).collect()),
        next_token: pages::token(ctx, &list, next)?,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use testkit::World;
    use testkit::world::merged;

    fn names(answer: &Value) -> Vec<&str> {
        let users = answer["Users"].as_array().expect("a list of users");
        users.iter().map(|user| user["Username"].as_str().expect("a username")).collect()
    }

    #[tokio::test]
    async fn pages_in_the_order_of_joining() {
        let world = World::new().await;
        let pool = world.pool(json!({})).await;
        let input = json!({ "UserPoolId": pool, "GroupName": "staff", "Limit": 2 });
        let missing = "ResourceNotFoundException: Group not found.";
        assert_eq!(world.fails("ListUsersInGroup", input.clone()).await, missing);
        world.ok("CreateGroup", json!({ "UserPoolId": pool, "GroupName": "staff" })).await;
        assert_eq!(world.ok("ListUsersInGroup", input.clone()).await, json!({ "Users": [] }));
        for username in ["c", "a", "b"] {
            world.user(&pool, username, "Abcdef1!").await;
            let join = json!({ "UserPoolId": pool, "GroupName": "staff", "Username": username });
            world.ok("AdminAddUserToGroup", join).await;
            world.advance(cognito_core::Span::seconds(1));
        }
        world.user(&pool, "outsider", "Abcdef1!").await;
        let first = world.ok("ListUsersInGroup", input.clone()).await;
        assert_eq!(names(&first), ["c", "a"]);
        let listed = world.ok("ListUsers", json!({ "UserPoolId": pool, "Filter": "username = \"c\"" })).await;
        assert_eq!(first["Users"][0], listed["Users"][0]);
        let second = merged(input, json!({ "NextToken": first["NextToken"] }));
        let second = world.ok("ListUsersInGroup", second).await;
        assert_eq!((names(&second), second.get("NextToken")), (vec!["b"], None));
    }
}
