//! DescribeUserPool: everything about a pool.
//! <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_DescribeUserPool.html>

use cognito_core::pool::Pool;

use crate::prelude::*;

pub(crate) async fn handle(
    ctx: &Ctx<'_>,
    input: wire::DescribeUserPoolRequest,
) -> Reply<wire::DescribeUserPoolResponse> {
    let pool = ctx.read().pool(&input.user_pool_id).await?;
    let users = ctx.store().counter(&Pool::user_counter(&pool.id)).await?;
    let view = match ctx.region().and_then(|region| pool.replica_in(region)) {
        Some(replica) => views::pool_in_secondary(&pool, replica, users),
        None => views::pool(&pool, users),
    };
    Ok(wire::DescribeUserPoolResponse { user_pool: Some(view) })
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use testkit::World;

    #[tokio::test]
    async fn users_are_counted() {
        let world = World::new().await;
        let pool = world.pool(json!({})).await;
        let users = async || {
            let answer = world.ok("DescribeUserPool", json!({ "UserPoolId": pool })).await;
            answer["UserPool"]["EstimatedNumberOfUsers"].clone()
        };
        assert_eq!(users().await, 0);
        world.user(&pool, "alice", "Abcdef1!").await;
        world.user(&pool, "bob", "Abcdef1!").await;
        assert_eq!(users().await, 2);
        world.ok("AdminDeleteUser", json!({ "UserPoolId": pool, "Username": "bob" })).await;
        assert_eq!(users().await, 1);
    }

    #[tokio::test]
    async fn unknown_pools() {
        let world = World::new().await;
        assert_eq!(
            world.fails("DescribeUserPool", json!({ "UserPoolId": "us-east-1_AbCdEf123" })).await,
            "ResourceNotFoundException: User pool us-east-1_AbCdEf123 does not exist."
        );
    }
}
