//! DeleteUserPool: deletes a pool with everything in it.
//! <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_DeleteUserPool.html>

use cognito_core::Kind;
use cognito_core::client::{BY_CREATION, Client};
use cognito_core::pool::Pool;
use cognito_store::IndexRange;

use crate::imports::work;
use crate::prelude::*;

pub(crate) async fn handle(ctx: &Ctx<'_>, input: wire::DeleteUserPoolRequest) -> Reply<wire::NoOutput> {
    ctx.write(async |txn| {
        let pool = txn.pool(&input.user_pool_id).await?;
        pool.check_deletable()?;
        work::check_idle(txn, &pool).await?;
        let inside = format!("{}/", pool.id);
        // Clients are found by their id alone, so their index entries do not begin with the pool.
        for client in
            txn.all::<Client>(IndexRange::prefix(Kind::Client, BY_CREATION, inside.as_str())).await?
        {
            txn.delete(&*client);
        }
        txn.purge(inside);
        txn.delete(&*pool);
        txn.add(Pool::pool_counter(&pool.account, &pool.region), -1);
        Ok(())
    })
    .await?;
    Ok(wire::NoOutput {})
}

#[cfg(test)]
mod tests {
    use cognito_core::Span;
    use serde_json::{Value, json};
    use testkit::World;
    use testkit::world::password_auth;

    #[tokio::test]
    async fn everything_goes() {
        let world = World::new().await;
        let pool = world.pool(json!({ "UserPoolTags": { "_custom_id_": "gone" } })).await;
        let other = world.pool(json!({ "UserPoolTags": { "_custom_id_": "gone2" } })).await;
        let client = world.client(&pool, json!({ "ClientName": "_custom_id_:app" })).await;
        world.user(&pool, "alice", "Abcdef1!").await;
        world.user(&other, "alice", "Abcdef1!").await;
        let tokens = world.sign_in(&client, "alice", "Abcdef1!").await;
        world.ok("GetUser", json!({ "AccessToken": tokens["AccessToken"] })).await;

        assert_eq!(world.ok("DeleteUserPool", json!({ "UserPoolId": pool })).await, Value::Null);
        assert_eq!(
            world.fails("DescribeUserPool", json!({ "UserPoolId": pool })).await,
            "ResourceNotFoundException: User pool us-east-1_gone does not exist."
        );
        assert_eq!(
            world.fails("DeleteUserPool", json!({ "UserPoolId": pool })).await,
            "ResourceNotFoundException: User pool us-east-1_gone does not exist."
        );
        assert_eq!(
            world.fails("InitiateAuth", password_auth(&client, "alice", "Abcdef1!")).await,
            "ResourceNotFoundException: User pool client app does not exist."
        );
        assert_eq!(
            world.fails("GetUser", json!({ "AccessToken": tokens["AccessToken"] })).await,
            "NotAuthorizedException: Invalid Access Token"
        );
        world.ok("AdminGetUser", json!({ "UserPoolId": other, "Username": "alice" })).await;

        world.advance(Span::seconds(1));
        // The ids are free again, and nothing of the old pool is in the new one.
        let again = world.pool(json!({ "UserPoolTags": { "_custom_id_": "gone" } })).await;
        assert_eq!(again, pool);
        let clients = world.ok("ListUserPoolClients", json!({ "UserPoolId": pool })).await;
        assert_eq!(clients, json!({ "UserPoolClients": [] }));
        assert_eq!(world.client(&pool, json!({ "ClientName": "_custom_id_:app" })).await, "app");
        assert_eq!(
            world.fails("AdminGetUser", json!({ "UserPoolId": pool, "Username": "alice" })).await,
            "UserNotFoundException: User does not exist."
        );
        assert_eq!(
            world.fails("GetUser", json!({ "AccessToken": tokens["AccessToken"] })).await,
            "NotAuthorizedException: Invalid Access Token"
        );
    }

    #[tokio::test]
    async fn protected_pools_stay() {
        let world = World::new().await;
        let pool = world.pool(json!({ "DeletionProtection": "ACTIVE" })).await;
        assert_eq!(
            world.fails("DeleteUserPool", json!({ "UserPoolId": pool })).await,
            "InvalidParameterException: The user pool cannot be deleted because deletion protection is activated. \
             Deletion protection must be inactivated first."
        );
        world.ok("UpdateUserPool", json!({ "UserPoolId": pool, "DeletionProtection": "INACTIVE" })).await;
        world.ok("DeleteUserPool", json!({ "UserPoolId": pool })).await;
    }

    #[tokio::test]
    async fn two_at_once() {
        let world = World::new().await;
        let pool = world.pool(json!({})).await;
        let delete = || world.call("DeleteUserPool", json!({ "UserPoolId": pool }));
        let (one, two) = tokio::join!(delete(), delete());
        assert_ne!(one.is_ok(), two.is_ok());
        let lists = world.ok("ListUserPools", json!({ "MaxResults": 1 })).await;
        assert_eq!(lists, json!({ "UserPools": [] }));
    }
}
