//! ListUserPoolClients: ids and names of the clients of a pool, in the order in which they were made.
//! <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_ListUserPoolClients.html>

use cognito_core::Kind;
use cognito_core::client::{BY_CREATION, BY_TYPE, Client};
use cognito_store::IndexRange;

use crate::prelude::*;
use crate::service::pages;

pub(crate) async fn handle(
    ctx: &Ctx<'_>,
    input: wire::ListUserPoolClientsRequest,
) -> Reply<wire::ListUserPoolClientsResponse> {
    let mut txn = ctx.read();
    let pool = txn.pool(&input.user_pool_id).await?;
    let kind = input.client_type.map_or("", |kind| kind.as_str());
    let list = ["ListUserPoolClients", pool.id.as_str(), kind];
    let after = pages::cursor(ctx, &list, input.next_token.as_deref())?;
    let (index, prefix) = match input.client_type {
        None => (BY_CREATION, format!("{}/", pool.id)),
        Some(kind) => (BY_TYPE, Client::type_prefix(&pool.id, kind == wire::ClientTypeType::Dcr)),
    };
    let range = IndexRange::prefix(Kind::Client, index, prefix).after(after);
    let (clients, next) = txn.scan::<Client>(range, pages::size(input.max_results, 60)).await?;
    Ok(wire::ListUserPoolClientsResponse {
        user_pool_clients: Some(clients.iter().map(|client| views::client_description(client)).collect()),
        next_token: pages::token(ctx, &list, next)?,
    })
}

#[cfg(test)]
mod tests {
    use cognito_core::Span;
    use serde_json::{Value, json};
    use testkit::World;
    use testkit::world::merged;

    #[tokio::test]
    async fn pages() {
        let world = World::new().await;
        let (pool, other) = (world.pool(json!({})).await, world.pool(json!({})).await);
        let list = async |more: Value| {
            world.ok("ListUserPoolClients", merged(json!({ "UserPoolId": pool }), more)).await
        };
        assert_eq!(list(json!({})).await, json!({ "UserPoolClients": [] }));
        world.client(&other, json!({})).await;
        for id in ["c1", "b2", "a3"] {
            world.client(&pool, json!({ "ClientName": format!("_custom_id_:{id}") })).await;
            world.advance(Span::seconds(1));
        }
        let shown = |id: &str| json!({ "ClientId": id, "ClientName": id, "UserPoolId": pool });
        let first = list(json!({ "MaxResults": 2 })).await;
        assert_eq!(first["UserPoolClients"], json!([shown("c1"), shown("b2")]));
        let rest = list(json!({ "MaxResults": 2, "NextToken": first["NextToken"] })).await;
        assert_eq!(rest, json!({ "UserPoolClients": [shown("a3")] }));
        assert_eq!(list(json!({ "ClientType": "DCR" })).await, json!({ "UserPoolClients": [] }));
        assert_eq!(
            list(json!({ "ClientType": "REGULAR" })).await["UserPoolClients"].as_array().unwrap().len(),
            3
        );

        let foreign = json!({ "UserPoolId": other, "NextToken": first["NextToken"] });
        assert_eq!(
            world.fails("ListUserPoolClients", foreign).await,
            "InvalidParameterException: Invalid pagination token."
        );
        assert_eq!(
            world.fails("ListUserPoolClients", json!({ "UserPoolId": "us-east-1_none" })).await,
            "ResourceNotFoundException: User pool us-east-1_none does not exist."
        );
    }
}
