//! DeleteUserPoolDomain: takes a domain from its pool, so that the pool can be deleted and the name is free.
//! <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_DeleteUserPoolDomain.html>

use crate::prelude::*;

pub(crate) async fn handle(
    ctx: &Ctx<'_>,
    input: wire::DeleteUserPoolDomainRequest,
) -> Reply<wire::DeleteUserPoolDomainResponse> {
    ctx.write(async |txn| {
        let (pool, domain) = txn.domain(&input.user_pool_id, &input.domain).await?;
        let mut pool = (*pool).clone();
        domain.detach(&mut pool);
        txn.delete(&*domain);
        txn.save(&pool);
        Ok(())
    })
    .await?;
    Ok(wire::DeleteUserPoolDomainResponse {})
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use testkit::World;

    #[tokio::test]
    async fn the_name_and_the_pool_are_free() {
        let world = World::new().await;
        let (pool, other) = (world.pool(json!({})).await, world.pool(json!({})).await);
        let which = |pool: &str| json!({ "UserPoolId": pool, "Domain": "shop" });
        let missing = "InvalidParameterException: No such domain or user pool exists.";
        world.ok("CreateUserPoolDomain", which(&pool)).await;
        assert_eq!(world.fails("DeleteUserPoolDomain", which(&other)).await, missing);
        assert_eq!(world.fails("DeleteUserPoolDomain", which("us-east-1_none")).await, missing);
        assert_eq!(world.ok("DeleteUserPoolDomain", which(&pool)).await, json!({}));
        assert_eq!(world.fails("DeleteUserPoolDomain", which(&pool)).await, missing);
        let described = world.ok("DescribeUserPoolDomain", json!({ "Domain": "shop" })).await;
        assert_eq!(described, json!({ "DomainDescription": {} }));
        world.ok("DeleteUserPool", json!({ "UserPoolId": pool })).await;
        world.ok("CreateUserPoolDomain", which(&other)).await;
    }
}
