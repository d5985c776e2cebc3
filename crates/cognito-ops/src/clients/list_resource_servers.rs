//! ListResourceServers: the resource servers of a pool with their scopes, by identifier.
//! <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_ListResourceServers.html>

use cognito_core::Kind;
use cognito_core::resource_server::{BY_IDENTIFIER, ResourceServer};
use cognito_store::IndexRange;

use crate::prelude::*;
use crate::service::pages;

/// The longest page.
const MOST: usize = 50;

pub(crate) async fn handle(
    ctx: &Ctx<'_>,
    input: wire::ListResourceServersRequest,
) -> Reply<wire::ListResourceServersResponse> {
    let mut txn = ctx.read();
    let pool = txn.pool(&input.user_pool_id).await?;
    let list = ["ListResourceServers", pool.id.as_str()];
    let after = pages::cursor(ctx, &list, input.next_token.as_deref())?;
    let range = IndexRange::prefix(Kind::ResourceServer, BY_IDENTIFIER, format!("{}/", pool.id)).after(after);
    let (servers, next) = txn.scan::<ResourceServer>(range, pages::size(input.max_results, MOST)).await?;
    Ok(wire::ListResourceServersResponse {
        resource_servers: servers.iter().map(|server| views::resource_server(server)).collect(),
        next_token: pages::token(ctx, &list, next)?,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use testkit::World;
    use testkit::world::merged;

    fn identifiers(answer: &Value) -> Vec<&str> {
        let servers = answer["ResourceServers"].as_array().expect("a list");
        servers.iter().map(|server| server["Identifier"].as_str().expect("an identifier")).collect()
    }

    #[tokio::test]
    async fn pages_by_identifier() {
        let world = World::new().await;
        let (pool, other) = (world.pool(json!({})).await, world.pool(json!({})).await);
        let input = json!({ "UserPoolId": pool, "MaxResults": 2 });
        assert_eq!(world.ok("ListResourceServers", input.clone()).await, json!({ "ResourceServers": [] }));
        let create = async |pool: &str, identifier: &str| {
            let server = json!({ "UserPoolId": pool, "Identifier": identifier, "Name": "API" });
            world.ok("CreateResourceServer", server).await
        };
        let first = create(&pool, "a/b").await;
        for identifier in ["c", "a"] {
            create(&pool, identifier).await;
        }
        create(&other, "z").await;
        let all = world.ok("ListResourceServers", json!({ "UserPoolId": pool })).await;
        assert_eq!((identifiers(&all), all.get("NextToken")), (vec!["a", "a/b", "c"], None));
        assert_eq!(all["ResourceServers"][1], first["ResourceServer"]);
        let page = world.ok("ListResourceServers", input.clone()).await;
        assert_eq!(identifiers(&page), ["a", "a/b"]);
        let token = json!({ "NextToken": page["NextToken"] });
        let page = world.ok("ListResourceServers", merged(input, token.clone())).await;
        assert_eq!((identifiers(&page), page.get("NextToken")), (vec!["c"], None));
        let foreign = world.fails("ListResourceServers", merged(json!({ "UserPoolId": other }), token)).await;
        assert_eq!(foreign, "InvalidParameterException: Invalid pagination token.");
    }
}
