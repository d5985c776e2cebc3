//! CreateResourceServer: makes a resource server with its scopes.
//! <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CreateResourceServer.html>

use cognito_core::Kind;
use cognito_core::resource_server::{BY_IDENTIFIER, MAX_SERVERS, ResourceServer};
use cognito_store::IndexRange;

use crate::prelude::*;

pub(crate) async fn handle(
    ctx: &Ctx<'_>,
    input: wire::CreateResourceServerRequest,
) -> Reply<wire::CreateResourceServerResponse> {
    let server = ctx
        .write(async |txn| {
            let pool = txn.pool(&input.user_pool_id).await?;
            if txn
                .get::<ResourceServer>(&ResourceServer::key_of(&pool.id, &input.identifier))
                .await?
                .is_some()
            {
                return Err(errors::resource_server_exists(&input.identifier, &pool.id));
            }
            let all = IndexRange::prefix(Kind::ResourceServer, BY_IDENTIFIER, format!("{}/", pool.id));
            if txn.scan::<ResourceServer>(all, MAX_SERVERS).await?.0.len() >= MAX_SERVERS {
                return Err(errors::limit_exceeded(
                    "The user pool has reached its number of resource servers.",
                ));
            }
            let mut server = ResourceServer::new(&pool.id, &input.identifier, &input.name);
            server.set_scopes(input.scopes.clone())?;
            txn.save(&server);
            Ok(server)
        })
        .await?;
    Ok(wire::CreateResourceServerResponse { resource_server: views::resource_server(&server) })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use testkit::World;
    use testkit::world::merged;

    fn orders(pool: &str, more: Value) -> Value {
        merged(json!({ "UserPoolId": pool, "Identifier": "orders", "Name": "Orders" }), more)
    }

    #[tokio::test]
    async fn with_and_without_scopes() {
        let world = World::new().await;
        let pool = world.pool(json!({})).await;
        let scopes = json!({ "Scopes": [
            { "ScopeName": "write", "ScopeDescription": "Change orders" },
            { "ScopeName": "read", "ScopeDescription": "See orders" },
        ] });
        let expected = json!({ "ResourceServer": orders(&pool, scopes.clone()) });
        assert_eq!(world.ok("CreateResourceServer", orders(&pool, scopes)).await, expected);
        let which = json!({ "UserPoolId": pool, "Identifier": "orders" });
        assert_eq!(world.ok("DescribeResourceServer", which).await, expected);
        let bare = json!({ "UserPoolId": pool, "Identifier": "https://api.example.com", "Name": "API" });
        let empty = json!({ "UserPoolId": pool, "Identifier": "empty", "Name": "API", "Scopes": [] });
        for server in [bare, empty] {
            let answer = world.ok("CreateResourceServer", server.clone()).await;
            assert_eq!(answer, json!({ "ResourceServer": server }), "no list is not an empty one");
        }
    }

    #[tokio::test]
    async fn refusals() {
        let world = World::new().await;
        let (pool, other) = (world.pool(json!({})).await, world.pool(json!({})).await);
        world.ok("CreateResourceServer", orders(&pool, json!({}))).await;
        assert_eq!(
            world.fails("CreateResourceServer", orders(&pool, json!({}))).await,
            format!("InvalidParameterException: orders already exists in user pool {pool}.")
        );
        let scope = json!({ "ScopeName": "read", "ScopeDescription": "Read" });
        assert_eq!(
            world.fails("CreateResourceServer", orders(&other, json!({ "Scopes": [scope, scope] }))).await,
            "InvalidParameterException: The scope read is given more than once."
        );
        assert_eq!(
            world.fails("CreateResourceServer", orders("us-east-1_none", json!({}))).await,
            "ResourceNotFoundException: User pool us-east-1_none does not exist."
        );
        world.ok("CreateResourceServer", orders(&other, json!({}))).await;
    }

    #[tokio::test]
    async fn twenty_five_in_a_pool() {
        let world = World::new().await;
        let pool = world.pool(json!({})).await;
        for n in 0..25 {
            world.ok("CreateResourceServer", orders(&pool, json!({ "Identifier": format!("api{n}") }))).await;
        }
        assert_eq!(
            world.fails("CreateResourceServer", orders(&pool, json!({}))).await,
            "LimitExceededException: The user pool has reached its number of resource servers."
        );
        world.ok("DeleteResourceServer", json!({ "UserPoolId": pool, "Identifier": "api7" })).await;
        world.ok("CreateResourceServer", orders(&pool, json!({}))).await;
    }

    #[tokio::test]
    async fn one_of_two_at_once() {
        let world = World::new().await;
        let pool = world.pool(json!({})).await;
        let answers = world.at_once("CreateResourceServer", vec![orders(&pool, json!({})); 2]);
        let failures: Vec<_> = answers.into_iter().filter_map(Result::err).collect();
        assert_eq!(failures.len(), 1);
        assert_eq!(failures[0].message, format!("orders already exists in user pool {pool}."));
    }
}
