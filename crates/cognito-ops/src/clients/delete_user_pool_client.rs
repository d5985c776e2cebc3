//! DeleteUserPoolClient: deletes a client with its terms, looks and risk configuration; its users and groups stay, its tokens are worth nothing.
//! <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_DeleteUserPoolClient.html>

use cognito_core::Kind;
use cognito_core::pool::Pool;
use cognito_core::terms::{BY_CLIENT, Terms};
use cognito_store::IndexRange;

use crate::prelude::*;
use crate::service::branding;

pub(crate) async fn handle(ctx: &Ctx<'_>, input: wire::DeleteUserPoolClientRequest) -> Reply<wire::NoOutput> {
    ctx.write(async |txn| {
        let pool = txn.pool(&input.user_pool_id).await?;
        let client = txn.client(&pool, &input.client_id).await?;
        let terms = Terms::client_prefix(&pool.id, &client.id);
        for terms in txn.all::<Terms>(IndexRange::prefix(Kind::Terms, BY_CLIENT, terms)).await? {
            txn.delete(&*terms);
        }
        if let Some(looks) = txn.looks_if_any(&pool, &client.id).await? {
            txn.delete(&*looks);
        }
        if let Some(configuration) = txn.risk_configuration_if_any(&pool.id, Some(&client.id)).await? {
            txn.delete(&*configuration);
        }
        if let Some(style) = txn.branding_of_client(&client).await? {
            branding::delete(txn, &style);
        }
        txn.delete(&*client);
        txn.add(Pool::client_counter(&pool.id), -1);
        Ok(())
    })
    .await?;
    Ok(wire::NoOutput {})
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use testkit::World;
    use testkit::world::password_auth;

    #[tokio::test]
    async fn its_tokens_go_and_its_id_is_free() {
        let world = World::new().await;
        let (pool, other) = (world.pool(json!({})).await, world.pool(json!({})).await);
        let client = world.client(&pool, json!({ "ClientName": "_custom_id_:app" })).await;
        world.user(&pool, "alice", "Abcdef1!").await;
        let tokens = world.sign_in(&client, "alice", "Abcdef1!").await;

        let request = json!({ "UserPoolId": pool, "ClientId": client });
        assert_eq!(world.ok("DeleteUserPoolClient", request.clone()).await, Value::Null);
        let gone = "ResourceNotFoundException: User pool client app does not exist.";
        assert_eq!(world.fails("DeleteUserPoolClient", request).await, gone);
        assert_eq!(world.fails("InitiateAuth", password_auth(&client, "alice", "Abcdef1!")).await, gone);
        assert_eq!(
            world.fails("GetUser", json!({ "AccessToken": tokens["AccessToken"] })).await,
            "NotAuthorizedException: Invalid Access Token"
        );
        world.ok("AdminGetUser", json!({ "UserPoolId": pool, "Username": "alice" })).await;
        assert_eq!(world.client(&other, json!({ "ClientName": "_custom_id_:app" })).await, "app");
    }
}
