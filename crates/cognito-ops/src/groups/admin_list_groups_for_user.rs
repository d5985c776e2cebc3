//! AdminListGroupsForUser: the groups of a user, by precedence and name.
//! <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminListGroupsForUser.html>

use cognito_core::group::Group;
use cognito_store::Cursor;

use crate::prelude::*;
use crate::service::pages;

/// The largest page.
const MOST: usize = 60;

pub(crate) async fn handle(
    ctx: &Ctx<'_>,
    input: wire::AdminListGroupsForUserRequest,
) -> Reply<wire::AdminListGroupsForUserResponse> {
    let mut txn = ctx.read();
    let pool = txn.pool(&input.user_pool_id).await?;
    let user = txn.user(&pool, &input.username).await?;
    let list = ["AdminListGroupsForUser", &pool.id, &user.sub];
    let after = pages::cursor(ctx, &list, input.next_token.as_deref())?;
    // A user has 100 groups at most: they are read as a whole, and the page is cut out.
    let mut groups = txn.groups_of(&user).await?;
    if let Some(after) = after {
        groups.retain(|group| place(group) > (after.value.clone(), after.tie.clone()));
    }
    let size = pages::size(input.limit, MOST);
    let more = groups.len() > size;
    groups.truncate(size);
    let next = groups.last().filter(|_| more).map(place).map(|(value, tie)| Cursor { value, tie });
    Ok(wire::AdminListGroupsForUserResponse {
        groups: Some(groups.iter().map(views::group).collect()),
        next_token: pages::token(ctx, &list, next)?,
    })
}

/// The rank as texts that compare as it does.
fn place(group: &Group) -> (String, String) {
    let (precedence, name) = group.rank();
    (format!("{precedence:016x}"), name.to_owned())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use testkit::World;
    use testkit::world::merged;

    fn names(answer: &Value) -> Vec<&str> {
        let groups = answer["Groups"].as_array().expect("a list of groups");
        groups.iter().map(|group| group["GroupName"].as_str().expect("a name")).collect()
    }

    #[tokio::test]
    async fn pages_by_precedence_and_name() {
        let world = World::new().await;
        let pool = world.pool(json!({})).await;
        world.user(&pool, "alice", "Abcdef1!").await;
        let input = json!({ "UserPoolId": pool, "Username": "alice", "Limit": 2 });
        assert_eq!(world.ok("AdminListGroupsForUser", input.clone()).await, json!({ "Groups": [] }));
        let groups =
            [("none", json!({})), ("b", json!({ "Precedence": 10 })), ("a", json!({ "Precedence": 10 }))];
        for (name, more) in groups.into_iter().chain([("first", json!({ "Precedence": 9 }))]) {
            world.ok("CreateGroup", merged(json!({ "UserPoolId": pool, "GroupName": name }), more)).await;
            let join = json!({ "UserPoolId": pool, "GroupName": name, "Username": "alice" });
            world.ok("AdminAddUserToGroup", join).await;
        }
        let first = world.ok("AdminListGroupsForUser", input.clone()).await;
        assert_eq!(names(&first), ["first", "a"]);
        let get = world.ok("GetGroup", json!({ "UserPoolId": pool, "GroupName": "first" })).await;
        assert_eq!(first["Groups"][0], get["Group"]);
        let second = merged(input, json!({ "NextToken": first["NextToken"] }));
        let second = world.ok("AdminListGroupsForUser", second).await;
        assert_eq!((names(&second), second.get("NextToken")), (vec!["b", "none"], None));

        world.user(&pool, "bob", "Abcdef1!").await;
        let other = json!({ "UserPoolId": pool, "Username": "bob", "NextToken": first["NextToken"] });
        let failure = world.fails("AdminListGroupsForUser", other).await;
        assert_eq!(failure, "InvalidParameterException: Invalid pagination token.");
    }

    #[tokio::test]
    async fn unknown_user() {
        let world = World::new().await;
        let pool = world.pool(json!({})).await;
        let failure =
            world.fails("AdminListGroupsForUser", json!({ "UserPoolId": pool, "Username": "alice" })).await;
        assert_eq!(failure, "UserNotFoundException: User does not exist.");
    }
}
