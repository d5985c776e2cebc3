//! GlobalSignOut: ends every session of the caller.
//! <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_GlobalSignOut.html>

use crate::prelude::*;
use crate::service::access;

pub(crate) async fn handle(
    ctx: &Ctx<'_>,
    input: wire::GlobalSignOutRequest,
) -> Reply<wire::GlobalSignOutResponse> {
    let token = access::verify(ctx, &input.access_token).await?;
    ctx.write(async |txn| {
        let signed = access::signed(txn, &token).await.map_err(access::gone_is_revoked)?;
        let mut user = (*signed.user).clone();
        user.sign_out();
        txn.save(&user);
        Ok(())
    })
    .await?;
    Ok(wire::GlobalSignOutResponse {})
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use testkit::World;

    #[tokio::test]
    async fn everything_of_before_ends_and_a_new_sign_in_works() {
        let world = World::new().await;
        let pool = world.pool(json!({})).await;
        let client = world.client(&pool, json!({})).await;
        world.user(&pool, "alice", "Abcdef1!").await;
        world.user(&pool, "bob", "Abcdef1!").await;
        let bob = world.sign_in(&client, "bob", "Abcdef1!").await;
        let revoked = "NotAuthorizedException: Access Token has been revoked";
        for admin in [false, true] {
            let old = world.sign_in(&client, "alice", "Abcdef1!").await;
            if admin {
                world.ok("AdminUserGlobalSignOut", json!({ "UserPoolId": pool, "Username": "alice" })).await;
            } else {
                world.ok("GlobalSignOut", json!({ "AccessToken": old["AccessToken"] })).await;
            }
            assert_eq!(world.fails("GetUser", json!({ "AccessToken": old["AccessToken"] })).await, revoked);
            assert_eq!(
                world.fails("GlobalSignOut", json!({ "AccessToken": old["AccessToken"] })).await,
                revoked
            );
            let refresh = json!({ "ClientId": client, "RefreshToken": old["RefreshToken"] });
            assert_eq!(
                world.fails("GetTokensFromRefreshToken", refresh).await,
                "NotAuthorizedException: Refresh Token has been revoked"
            );
            // In the same millisecond: it is no matter of the clock.
            let new = world.sign_in(&client, "alice", "Abcdef1!").await;
            world.ok("GetUser", json!({ "AccessToken": new["AccessToken"] })).await;
        }
        world.ok("GetUser", json!({ "AccessToken": bob["AccessToken"] })).await;
    }

    #[tokio::test]
    async fn the_token_of_a_deleted_user() {
        let world = World::new().await;
        let pool = world.pool(json!({})).await;
        let client = world.client(&pool, json!({})).await;
        world.user(&pool, "alice", "Abcdef1!").await;
        let tokens = world.sign_in(&client, "alice", "Abcdef1!").await;
        world.ok("AdminDeleteUser", json!({ "UserPoolId": pool, "Username": "alice" })).await;
        assert_eq!(
            world.fails("GlobalSignOut", json!({ "AccessToken": tokens["AccessToken"] })).await,
            "NotAuthorizedException: Access Token has been revoked"
        );
    }
}
