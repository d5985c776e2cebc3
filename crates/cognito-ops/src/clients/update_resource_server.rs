//! UpdateResourceServer: replaces name and scopes of a resource server; without scopes it has none any more.
//! <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UpdateResourceServer.html>

use crate::prelude::*;

pub(crate) async fn handle(
    ctx: &Ctx<'_>,
    input: wire::UpdateResourceServerRequest,
) -> Reply<wire::UpdateResourceServerResponse> {
    let server = ctx
        .write(async |txn| {
            let pool = txn.pool(&input.user_pool_id).await?;
            let mut server = (*txn.resource_server(&pool, &input.identifier).await?).clone();
            server.name.clone_from(&input.name);
            server.set_scopes(input.scopes.clone())?;
            txn.save(&server);
            Ok(server)
        })
        .await?;
    Ok(wire::UpdateResourceServerResponse { resource_server: views::resource_server(&server) })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use testkit::World;
    use testkit::world::merged;

    #[tokio::test]
    async fn replaces_name_and_scopes() {
        let world = World::new().await;
        let pool = world.pool(json!({})).await;
        let server = |more: Value| merged(json!({ "UserPoolId": pool, "Identifier": "orders" }), more);
        let scopes = |names: &[&str]| -> Value {
            names.iter().map(|name| json!({ "ScopeName": name, "ScopeDescription": "A scope" })).collect()
        };
        let first = json!({ "Name": "Orders", "Scopes": scopes(&["read", "write"]) });
        world.ok("CreateResourceServer", server(first)).await;
        for more in [
            json!({ "Name": "Old orders", "Scopes": scopes(&["read", "delete"]) }),
            json!({ "Name": "Orders" }),
            json!({ "Name": "Orders", "Scopes": [] }),
            json!({ "Name": "Orders" }),
        ] {
            let answer = world.ok("UpdateResourceServer", server(more.clone())).await;
            assert_eq!(answer, json!({ "ResourceServer": server(more) }));
            assert_eq!(world.ok("DescribeResourceServer", server(json!({}))).await, answer);
        }
        let twice = server(json!({ "Name": "x", "Scopes": scopes(&["a", "a"]) }));
        assert_eq!(
            world.fails("UpdateResourceServer", twice).await,
            "InvalidParameterException: The scope a is given more than once."
        );
        let described = world.ok("DescribeResourceServer", server(json!({}))).await;
        assert_eq!(described["ResourceServer"]["Name"], "Orders");
    }

    #[tokio::test]
    async fn unknown_server() {
        let world = World::new().await;
        let pool = world.pool(json!({})).await;
        let update = json!({ "UserPoolId": pool, "Identifier": "orders", "Name": "Orders" });
        assert_eq!(
            world.fails("UpdateResourceServer", update).await,
            "ResourceNotFoundException: Resource server orders does not exist."
        );
    }
}
