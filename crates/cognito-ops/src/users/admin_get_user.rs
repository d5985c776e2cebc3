//! AdminGetUser: a user by any of its names.
//! <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminGetUser.html>

use crate::prelude::*;

pub(crate) async fn handle(
    ctx: &Ctx<'_>,
    input: wire::AdminGetUserRequest,
) -> Reply<wire::AdminGetUserResponse> {
    let mut txn = ctx.read();
    let pool = txn.pool(&input.user_pool_id).await?;
    let user = txn.user(&pool, &input.username).await?;
    Ok(views::admin_get_user(&user))
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use testkit::World;
    use testkit::world::attribute_list;

    #[tokio::test]
    async fn answers_by_any_name() {
        let world = World::new().await;
        let pool = world.pool(json!({ "AliasAttributes": ["email"] })).await;
        let attributes = json!({ "email": "a@example.com", "email_verified": "true" });
        let create = json!({
            "UserPoolId": pool, "Username": "Alice", "MessageAction": "SUPPRESS", "UserAttributes": attribute_list(attributes),
        });
        let created = world.ok("AdminCreateUser", create).await;
        let sub = created["User"]["Attributes"][0]["Value"].clone();
        let expected = json!({
            "Username": "Alice",
            "UserAttributes": [
                { "Name": "sub", "Value": sub },
                { "Name": "email", "Value": "a@example.com" },
                { "Name": "email_verified", "Value": "true" },
            ],
            "UserCreateDate": 1_767_776_887,
            "UserLastModifiedDate": 1_767_776_887,
            "Enabled": true,
            "UserStatus": "FORCE_CHANGE_PASSWORD",
        });
        for name in [json!("Alice"), sub, json!("a@example.com")] {
            assert_eq!(
                world.ok("AdminGetUser", json!({ "UserPoolId": pool, "Username": name })).await,
                expected
            );
        }
    }

    #[tokio::test]
    async fn finds_nobody_else() {
        let world = World::new().await;
        let (pool, other) = (world.pool(json!({})).await, world.pool(json!({})).await);
        world.user(&other, "alice", "Abcdef1!").await;
        world.user(&pool, "Bob", "Abcdef1!").await;
        let unknown = "UserNotFoundException: User does not exist.";
        for name in ["alice", "bob"] {
            assert_eq!(
                world.fails("AdminGetUser", json!({ "UserPoolId": pool, "Username": name })).await,
                unknown
            );
        }
        let input = json!({ "UserPoolId": "us-east-1_Nowhere00", "Username": "alice" });
        let missing = "ResourceNotFoundException: User pool us-east-1_Nowhere00 does not exist.";
        assert_eq!(world.fails("AdminGetUser", input).await, missing);
    }
}
