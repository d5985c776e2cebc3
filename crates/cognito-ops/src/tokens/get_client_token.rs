//! GetClientToken: an access token for a client itself, without a user and without a domain.
//! <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_GetClientToken.html>

use cognito_api::ErrorCode;

use crate::prelude::*;
use crate::service::{machine, secret_hash};

pub(crate) async fn handle(
    ctx: &Ctx<'_>,
    input: wire::GetClientTokenRequest,
) -> Reply<wire::GetClientTokenResponse> {
    let mut txn = ctx.read();
    let (pool, client) = txn.client_by_id(&input.client_id).await?;
    if !secret_hash::has_plain_secret(&client, Some(&input.secret)) {
        return Err(errors::client_secret_wrong(&client.id));
    }
    if !client.lists(wire::ExplicitAuthFlowsType::AllowClientTokenAuth) {
        return Err(errors::flow_not_enabled("CLIENT_TOKEN_AUTH"));
    }
    let scopes = machine::scopes(&mut txn, &pool, &client, input.scopes.as_deref()).await?;
    let scopes = scopes.map_err(|machine::Unknown(scope)| errors::scope_not_granted(&scope))?;
    let token = machine::token(ctx, &pool, &client, &scopes, input.client_metadata.as_ref()).await;
    let (token, seconds) = token.map_err(refused)?;
    Ok(wire::GetClientTokenResponse {
        client_authentication_result: Some(wire::ClientAuthenticationResultType {
            access_token: Some(token.into()),
            expires_in: i32::try_from(seconds).ok(),
            token_type: Some("Bearer".to_owned()),
        }),
    })
}

/// The model lists none of the exceptions of functions for this operation.
fn refused(error: ApiError) -> ApiError {
    let of_functions = [
        ErrorCode::UnexpectedLambdaException,
        ErrorCode::UserLambdaValidationException,
        ErrorCode::InvalidLambdaResponseException,
    ];
    match of_functions.into_iter().any(|code| error.is(code)) {
        true => errors::client_token_refused(&error.message),
        false => error,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use testkit::World;
    use testkit::functions::arn;
    use testkit::world::{claims, merged};

    const SECRET: &str = "0123456789abcdefghijklmnop";

    /// A pool with a resource server, and a client that may ask for two of its three scopes.
    async fn machine(more: Value) -> (World, String, String) {
        let world = World::new().await;
        let pool = world.pool(json!({})).await;
        let scope = |name: &str| json!({ "ScopeName": name, "ScopeDescription": "A scope" });
        let orders = json!({
            "UserPoolId": pool, "Identifier": "https://orders.example.com", "Name": "Orders",
            "Scopes": [scope("read"), scope("write"), scope("delete")],
        });
        world.ok("CreateResourceServer", orders).await;
        let client = json!({
            "ClientSecret": SECRET, "ExplicitAuthFlows": ["ALLOW_CLIENT_TOKEN_AUTH"],
            "AllowedOAuthScopes":
                ["https://orders.example.com/write", "openid", "https://orders.example.com/read"],
        });
        let client = world.client(&pool, merged(client, more)).await;
        (world, pool, client)
    }

    fn get(client: &str, more: Value) -> Value {
        merged(json!({ "ClientId": client, "Secret": SECRET }), more)
    }

    #[tokio::test]
    async fn the_token_of_a_machine() {
        let units = json!({ "AccessTokenValidity": 10, "TokenValidityUnits": { "AccessToken": "minutes" } });
        let (world, pool, client) = machine(units).await;
        let mut unsigned = World::caller();
        unsigned.scope = None;
        let answer = world.call_as(unsigned, "GetClientToken", get(&client, json!({}))).await.unwrap();
        let result = &answer["ClientAuthenticationResult"];
        assert_eq!((&result["ExpiresIn"], &result["TokenType"]), (&json!(600), &json!("Bearer")));
        let found = claims(&result["AccessToken"]);
        let expected = json!({
            "sub": client, "client_id": client, "token_use": "access", "version": 2,
            "scope": "https://orders.example.com/read https://orders.example.com/write",
            "iss": format!("http://localhost:4566/{pool}"),
            "auth_time": 1_767_776_887, "iat": 1_767_776_887, "exp": 1_767_777_487, "jti": found["jti"],
        });
        assert_eq!(found, expected);
        assert_eq!(found["jti"].as_str().map(str::len), Some(36));
        // It is nobody's.
        let failure = world.fails("GetUser", json!({ "AccessToken": result["AccessToken"] })).await;
        assert_eq!(failure, "NotAuthorizedException: Invalid Access Token");
    }

    #[tokio::test]
    async fn scopes() {
        let (world, pool, client) = machine(json!({})).await;
        let granted = async |scopes: Value| {
            let answer = world.ok("GetClientToken", get(&client, json!({ "Scopes": scopes }))).await;
            claims(&answer["ClientAuthenticationResult"]["AccessToken"])["scope"].clone()
        };
        let read = "https://orders.example.com/read";
        assert_eq!(granted(json!([read])).await, read);
        assert_eq!(granted(json!([read, read])).await, read);
        let both = "https://orders.example.com/read https://orders.example.com/write";
        assert_eq!(granted(json!([])).await, both);
        for bad in
            ["openid", "https://orders.example.com/delete", "https://orders.example.com/none", "*", "x/y"]
        {
            assert_eq!(
                world.fails("GetClientToken", get(&client, json!({ "Scopes": [read, bad] }))).await,
                format!("InvalidParameterException: Invalid scope requested: {bad}")
            );
        }
        let server = json!({ "UserPoolId": pool, "Identifier": "https://orders.example.com" });
        world.ok("DeleteResourceServer", server).await;
        assert_eq!(granted(json!([])).await, Value::Null, "nothing is left to be granted");
    }

    #[tokio::test]
    async fn refusals() {
        let (world, pool, client) = machine(json!({})).await;
        let wrong = |client: &str| {
            format!("NotAuthorizedException: Unable to verify client secret for client {client}")
        };
        let other = json!({ "Secret": "0123456789abcdefghijklmnoq" });
        assert_eq!(world.fails("GetClientToken", get(&client, other)).await, wrong(&client));
        let public = world.client(&pool, json!({})).await;
        assert_eq!(world.fails("GetClientToken", get(&public, json!({}))).await, wrong(&public));
        let users = world.client(&pool, json!({ "ClientSecret": SECRET })).await;
        assert_eq!(
            world.fails("GetClientToken", get(&users, json!({}))).await,
            "InvalidParameterException: CLIENT_TOKEN_AUTH flow not enabled for this client"
        );
        assert_eq!(
            world.fails("GetClientToken", get("none", json!({}))).await,
            "ResourceNotFoundException: User pool client none does not exist."
        );
        world.user(&pool, "alice", "Abcdef1!").await;
        for flow in ["USER_PASSWORD_AUTH", "USER_SRP_AUTH", "REFRESH_TOKEN_AUTH"] {
            let parameters = json!({
                "USERNAME": "alice", "PASSWORD": "Abcdef1!", "SRP_A": "2", "REFRESH_TOKEN": "x",
                "SECRET_HASH": cognito_core::secret::secret_hash("alice", &client, SECRET),
            });
            let sign_in = json!({ "ClientId": client, "AuthFlow": flow, "AuthParameters": parameters });
            let failure = world.fails("InitiateAuth", sign_in).await;
            assert!(failure.ends_with("flow not enabled for this client"), "{failure}");
        }
    }

    #[tokio::test]
    async fn both_secrets_are_good_and_a_deleted_one_is_not() {
        let (world, pool, client) = machine(json!({})).await;
        let which = json!({ "UserPoolId": pool, "ClientId": client });
        let added = world.ok("AddUserPoolClientSecret", which.clone()).await;
        let second = json!({ "Secret": added["ClientSecretDescriptor"]["ClientSecretValue"] });
        for secret in [json!({}), second.clone()] {
            world.ok("GetClientToken", get(&client, secret)).await;
        }
        let id = json!({ "ClientSecretId": added["ClientSecretDescriptor"]["ClientSecretId"] });
        world.ok("DeleteUserPoolClientSecret", merged(which, id)).await;
        world.ok("GetClientToken", get(&client, json!({}))).await;
        let failure = world.fails("GetClientToken", get(&client, second)).await;
        assert!(failure.starts_with("NotAuthorizedException"), "{failure}");
    }

    #[tokio::test]
    async fn only_the_third_version_of_the_trigger_knows_machines() {
        let (world, pool, client) = machine(json!({})).await;
        let update = async |version: &str| {
            let config = json!({ "LambdaArn": arn("token"), "LambdaVersion": version });
            let update =
                json!({ "UserPoolId": pool, "LambdaConfig": { "PreTokenGenerationConfig": config } });
            world.ok("UpdateUserPool", update).await
        };
        let changes = json!({
            "claimsToAddOrOverride": { "tenant": "t", "sub": "forged" },
            "scopesToAdd": ["more"], "scopesToSuppress": ["https://orders.example.com/write"],
        });
        let details = json!({ "accessTokenGeneration": changes });
        world.functions.respond("token", json!({ "claimsAndScopeOverrideDetails": details }));
        update("V2_0").await;
        world.ok("GetClientToken", get(&client, json!({}))).await;
        assert_eq!(world.functions.events().len(), 0);
        update("V3_0").await;
        let answer =
            world.ok("GetClientToken", get(&client, json!({ "ClientMetadata": { "a": "b" } }))).await;
        let found = claims(&answer["ClientAuthenticationResult"]["AccessToken"]);
        assert_eq!((&found["tenant"], &found["sub"]), (&json!("t"), &json!(client)));
        assert_eq!(found["scope"], "https://orders.example.com/read more");
        let event = world.functions.events().remove(0);
        assert_eq!(event["triggerSource"], "TokenGeneration_ClientCredentials");
        assert_eq!(event["request"]["clientMetadata"], json!({ "a": "b" }));
        world.functions.respond("token", json!({ "claimsAndScopeOverrideDetails": 1 }));
        assert_eq!(
            world.fails("GetClientToken", get(&client, json!({}))).await,
            "NotAuthorizedException: Unrecognizable lambda output"
        );
    }
}
