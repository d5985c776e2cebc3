//! SetUserPoolClientSessionConfiguration: how long a client silently reuses an SSO session.
//! <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_SetUserPoolClientSessionConfiguration.html>

use crate::prelude::*;

pub(crate) async fn handle(
    ctx: &Ctx<'_>,
    input: wire::SetUserPoolClientSessionConfigurationRequest,
) -> Reply<wire::SetUserPoolClientSessionConfigurationResponse> {
    let client = ctx
        .write(async |txn| {
            let mut pool = (*txn.pool(&input.user_pool_id).await?).clone();
            let mut client = (*txn.client(&pool, &input.client_id).await?).clone();
            client.set_sso_minutes(&mut pool, input.sso_session.max_validity_minutes)?;
            client.modified = ctx.now();
            txn.save(&client);
            txn.save(&pool);
            Ok(client)
        })
        .await?;
    Ok(wire::SetUserPoolClientSessionConfigurationResponse {
        user_pool_id: Some(client.pool_id.clone()),
        client_id: Some(client.id.as_str().into()),
        sso_session: Some(views::sso_session(&client)),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use testkit::World;

    #[tokio::test]
    async fn in_pools_that_track() {
        let world = World::new().await;
        let pool = world.pool(json!({})).await;
        let client = world.client(&pool, json!({})).await;
        let set = |minutes: i32| {
            json!({
                "UserPoolId": pool, "ClientId": client, "SSOSession": { "MaxValidityMinutes": minutes },
            })
        };
        let get = || async {
            let input = json!({ "UserPoolId": pool, "ClientId": client });
            world.ok("GetUserPoolClientSessionConfiguration", input).await
        };
        let track = async |tracking: &str| -> Value {
            let tracking = json!({
                "UserPoolId": pool, "UserSessionTracking": tracking, "TokenSession": { "MaxPerUser": 20 },
            });
            world.ok("SetUserPoolSessionConfiguration", tracking).await
        };
        let off = "OperationNotEnabledException: Session tracking is not enabled for the user pool.";
        assert_eq!(get().await, set(60));
        assert_eq!(world.fails("SetUserPoolClientSessionConfiguration", set(0)).await, off);
        track("ENABLED").await;
        for minutes in [0, 129_600, 30] {
            assert_eq!(world.ok("SetUserPoolClientSessionConfiguration", set(minutes)).await, set(minutes));
            assert_eq!(get().await, set(minutes));
        }
        world.ok("UpdateUserPoolClient", json!({ "UserPoolId": pool, "ClientId": client })).await;
        track("DISABLED").await;
        assert_eq!(get().await, set(30), "dormant, and still there");
        assert_eq!(world.fails("SetUserPoolClientSessionConfiguration", set(0)).await, off);
        track("ENABLED").await;
        world.ok("UpdateUserPool", json!({ "UserPoolId": pool, "UserPoolTier": "LITE" })).await;
        assert_eq!(
            world.fails("SetUserPoolClientSessionConfiguration", set(0)).await,
            "FeatureUnavailableInTierException: Session tracking needs the ESSENTIALS tier."
        );
    }

    #[tokio::test]
    async fn unknown_client() {
        let world = World::new().await;
        let pool = world.pool(json!({})).await;
        let mut input = json!({ "UserPoolId": pool, "ClientId": "none" });
        let missing = "ResourceNotFoundException: User pool client none does not exist.";
        assert_eq!(world.fails("GetUserPoolClientSessionConfiguration", input.clone()).await, missing);
        input["SSOSession"] = json!({ "MaxValidityMinutes": 1 });
        assert_eq!(world.fails("SetUserPoolClientSessionConfiguration", input).await, missing);
    }
}
