//! DeleteUser: deletes the caller.
//! <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_DeleteUser.html>

use crate::prelude::*;
use crate::service::{access, new_user};

pub(crate) async fn handle(ctx: &Ctx<'_>, input: wire::DeleteUserRequest) -> Reply<wire::NoOutput> {
    let token = access::verify(ctx, &input.access_token).await?;
    ctx.write(async |txn| {
        let signed = access::signed(txn, &token).await?;
        new_user::remove(txn, &signed.user).await
    })
    .await?;
    Ok(wire::NoOutput {})
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use testkit::World;

    #[tokio::test]
    async fn deletes_the_caller() {
        let world = World::new().await;
        let pool = world.pool(json!({})).await;
        let client = world.client(&pool, json!({})).await;
        world.user(&pool, "alice", "Abcdef1!").await;
        world.user(&pool, "bob", "Abcdef1!").await;
        let token =
            json!({ "AccessToken": world.sign_in(&client, "alice", "Abcdef1!").await["AccessToken"] });
        assert_eq!(world.ok("DeleteUser", token.clone()).await, Value::Null);
        assert_eq!(world.fails("DeleteUser", token).await, "UserNotFoundException: User does not exist.");
        let users = world.ok("ListUsers", json!({ "UserPoolId": pool })).await;
        assert_eq!(users["Users"].as_array().map(Vec::len), Some(1));
        assert_eq!(users["Users"][0]["Username"], "bob");
    }

    #[tokio::test]
    async fn wants_an_access_token() {
        let world = World::new().await;
        let failure = world.fails("DeleteUser", json!({ "AccessToken": "abc" })).await;
        assert_eq!(failure, "NotAuthorizedException: Invalid Access Token");
    }
}
