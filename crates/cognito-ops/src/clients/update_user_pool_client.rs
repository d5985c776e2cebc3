//! UpdateUserPoolClient: replaces the settings of a client; what is left out goes back to its default.
//! <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UpdateUserPoolClient.html>

use cognito_core::client::Settings;

use crate::prelude::*;

pub(crate) async fn handle(
    ctx: &Ctx<'_>,
    input: wire::UpdateUserPoolClientRequest,
) -> Reply<wire::UpdateUserPoolClientResponse> {
    let client = ctx
        .write(async |txn| {
            let pool = txn.pool(&input.user_pool_id).await?;
            let mut client = (*txn.client(&pool, &input.client_id).await?).clone();
            let scopes = input.allowed_oauth_scopes.as_deref().unwrap_or_default();
            let providers = input.supported_identity_providers.as_deref().unwrap_or_default();
            let known = txn.known(&pool, scopes, providers).await?;
            let (name, confidential) = (client.settings.name.clone(), client.is_confidential());
            client.settings = Settings::new(name, input.clone(), &pool, confidential, &known)?;
            client.modified = ctx.now();
            txn.save(&client);
            Ok(client)
        })
        .await?;
    Ok(wire::UpdateUserPoolClientResponse { user_pool_client: Some(views::client(&client)) })
}

#[cfg(test)]
mod tests {
    use cognito_core::Span;
    use serde_json::json;
    use testkit::World;
    use testkit::world::merged;

    #[tokio::test]
    async fn what_is_left_out_goes_back_to_its_default() {
        let world = World::new().await;
        let pool = world.pool(json!({})).await;
        let created = world
            .ok("CreateUserPoolClient", json!({
                "UserPoolId": pool, "ClientName": "app", "GenerateSecret": true, "RefreshTokenValidity": 5,
                "AccessTokenValidity": 2, "TokenValidityUnits": { "AccessToken": "hours" },
                "ReadAttributes": ["email"], "WriteAttributes": ["email"],
                "ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH"], "PreventUserExistenceErrors": "ENABLED",
                "EnableTokenRevocation": false, "AuthSessionValidity": 10,
                "RefreshTokenRotation": { "Feature": "ENABLED", "RetryGracePeriodSeconds": 10 },
            }))
            .await["UserPoolClient"]
            .clone();
        world.advance(Span::seconds(2));
        let request = json!({ "UserPoolId": pool, "ClientId": created["ClientId"] });
        let updated = world.ok("UpdateUserPoolClient", request.clone()).await;
        let expected = json!({ "UserPoolClient": {
            "UserPoolId": pool, "ClientName": "app", "ClientId": created["ClientId"],
            "ClientSecret": created["ClientSecret"], "ClientType": "REGULAR",
            "CreationDate": 1_767_776_887, "LastModifiedDate": 1_767_776_889,
            "RefreshTokenValidity": 30, "AllowedOAuthFlowsUserPoolClient": false, "EnableTokenRevocation": true,
            "EnablePropagateAdditionalUserContextData": false, "AuthSessionValidity": 3,
        } });
        assert_eq!(updated, expected);
        assert_eq!(world.ok("DescribeUserPoolClient", request.clone()).await, expected);

        let renamed = world.ok("UpdateUserPoolClient", merged(request, json!({ "ClientName": "new" }))).await;
        assert_eq!(renamed["UserPoolClient"]["ClientName"], "new");
        assert_eq!(renamed["UserPoolClient"]["ClientSecret"], created["ClientSecret"]);
    }

    #[tokio::test]
    async fn refusals_change_nothing() {
        let world = World::new().await;
        let pool = world.pool(json!({})).await;
        let client = world.client(&pool, json!({})).await;
        let request = json!({ "UserPoolId": pool, "ClientId": client });
        let before = world.ok("DescribeUserPoolClient", request.clone()).await;
        let bad = merged(request.clone(), json!({ "ClientName": "new", "AccessTokenValidity": 25 }));
        assert_eq!(
            world.fails("UpdateUserPoolClient", bad).await,
            "InvalidParameterException: Invalid range for token validity."
        );
        assert_eq!(world.ok("DescribeUserPoolClient", request).await, before);
    }
}
