//! DeleteResourceServer: deletes a resource server; clients keep its scopes, which nobody gets any more.
//! <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_DeleteResourceServer.html>

use crate::prelude::*;

pub(crate) async fn handle(ctx: &Ctx<'_>, input: wire::DeleteResourceServerRequest) -> Reply<wire::NoOutput> {
    ctx.write(async |txn| {
        let pool = txn.pool(&input.user_pool_id).await?;
        let server = txn.resource_server(&pool, &input.identifier).await?;
        txn.delete(&*server);
        Ok(())
    })
    .await?;
    Ok(wire::NoOutput {})
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use testkit::World;

    #[tokio::test]
    async fn clients_keep_its_scopes_until_they_are_changed() {
        let world = World::new().await;
        let pool = world.pool(json!({})).await;
        let scope = json!({ "ScopeName": "read", "ScopeDescription": "Read" });
        let create =
            json!({ "UserPoolId": pool, "Identifier": "orders", "Name": "Orders", "Scopes": [scope] });
        world.ok("CreateResourceServer", create).await;
        let client = world.client(&pool, json!({ "AllowedOAuthScopes": ["orders/read"] })).await;
        let which = json!({ "UserPoolId": pool, "Identifier": "orders" });
        assert_eq!(world.ok("DeleteResourceServer", which.clone()).await, Value::Null);
        assert_eq!(
            world.fails("DeleteResourceServer", which).await,
            "ResourceNotFoundException: Resource server orders does not exist."
        );
        let client = json!({ "UserPoolId": pool, "ClientId": client });
        let described = world.ok("DescribeUserPoolClient", client.clone()).await;
        assert_eq!(described["UserPoolClient"]["AllowedOAuthScopes"], json!(["orders/read"]));
        let mut again = client;
        again["AllowedOAuthScopes"] = json!(["orders/read"]);
        assert_eq!(
            world.fails("UpdateUserPoolClient", again).await,
            "ScopeDoesNotExistException: Invalid scope requested: orders/read"
        );
    }

    #[tokio::test]
    async fn goes_with_its_pool() {
        let world = World::new().await;
        let pool = json!({ "UserPoolTags": { "_custom_id_": "gone" } });
        let id = world.pool(pool.clone()).await;
        let create = json!({ "UserPoolId": id, "Identifier": "orders", "Name": "Orders" });
        world.ok("CreateResourceServer", create).await;
        world.ok("DeleteUserPool", json!({ "UserPoolId": id })).await;
        assert_eq!(world.pool(pool).await, id);
        let list = world.ok("ListResourceServers", json!({ "UserPoolId": id })).await;
        assert_eq!(list, json!({ "ResourceServers": [] }));
    }
}
