//! DescribeResourceServer: a resource server by its identifier.
//! <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_DescribeResourceServer.html>

use crate::prelude::*;

pub(crate) async fn handle(
    ctx: &Ctx<'_>,
    input: wire::DescribeResourceServerRequest,
) -> Reply<wire::DescribeResourceServerResponse> {
    let mut txn = ctx.read();
    let pool = txn.pool(&input.user_pool_id).await?;
    let server = txn.resource_server(&pool, &input.identifier).await?;
    Ok(wire::DescribeResourceServerResponse { resource_server: views::resource_server(&server) })
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use testkit::World;

    #[tokio::test]
    async fn gives_the_server_of_the_pool() {
        let world = World::new().await;
        let (pool, other) = (world.pool(json!({})).await, world.pool(json!({})).await);
        let create = json!({ "UserPoolId": pool, "Identifier": "https://api.example.com/v1", "Name": "API" });
        let created = world.ok("CreateResourceServer", create).await;
        let which = |pool: &str, identifier: &str| json!({ "UserPoolId": pool, "Identifier": identifier });
        let found = world.ok("DescribeResourceServer", which(&pool, "https://api.example.com/v1")).await;
        assert_eq!(found, created);
        for (pool, identifier) in [(&other, "https://api.example.com/v1"), (&pool, "https://api.example.com")]
        {
            assert_eq!(
                world.fails("DescribeResourceServer", which(pool, identifier)).await,
                format!("ResourceNotFoundException: Resource server {identifier} does not exist.")
            );
        }
    }
}
