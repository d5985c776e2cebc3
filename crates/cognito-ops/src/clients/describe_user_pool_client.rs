//! DescribeUserPoolClient: everything about a client, its first secret included.
//! <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_DescribeUserPoolClient.html>

use crate::prelude::*;

pub(crate) async fn handle(
    ctx: &Ctx<'_>,
    input: wire::DescribeUserPoolClientRequest,
) -> Reply<wire::DescribeUserPoolClientResponse> {
    let mut txn = ctx.read();
    let pool = txn.pool(&input.user_pool_id).await?;
    let client = txn.client(&pool, &input.client_id).await?;
    Ok(wire::DescribeUserPoolClientResponse { user_pool_client: Some(views::client(&client)) })
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use testkit::World;

    #[tokio::test]
    async fn clients_of_others() {
        let world = World::new().await;
        let (pool, other) = (world.pool(json!({})).await, world.pool(json!({})).await);
        let client = world.client(&pool, json!({})).await;
        for operation in ["DescribeUserPoolClient", "UpdateUserPoolClient", "DeleteUserPoolClient"] {
            let fails = async |pool: &str, client: &str| {
                world.fails(operation, json!({ "UserPoolId": pool, "ClientId": client })).await
            };
            assert_eq!(
                fails(&other, &client).await,
                format!("ResourceNotFoundException: User pool client {client} does not exist.")
            );
            assert_eq!(
                fails(&pool, "none").await,
                "ResourceNotFoundException: User pool client none does not exist."
            );
            assert_eq!(
                fails("us-east-1_none", &client).await,
                "ResourceNotFoundException: User pool us-east-1_none does not exist."
            );
        }
        world.ok("DescribeUserPoolClient", json!({ "UserPoolId": pool, "ClientId": client })).await;
    }
}
