//! CreateUserPoolClient: makes an app client, with a secret if one is wanted.
//! <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CreateUserPoolClient.html>

use cognito_core::ids;

use crate::prelude::*;
use crate::service::custom_id;
use crate::service::new_client::{self, NewClient};

pub(crate) async fn handle(
    ctx: &Ctx<'_>,
    input: wire::CreateUserPoolClientRequest,
) -> Reply<wire::CreateUserPoolClientResponse> {
    let (id, name) = id_and_name(ctx, &input.client_name)?;
    let secret = secret(ctx, &input)?;
    let new = NewClient { id, name, secret, request: replaceable(input), registered: false };
    let client = new_client::create(ctx, new).await?;
    Ok(wire::CreateUserPoolClientResponse { user_pool_client: Some(views::client(&client)) })
}

/// The id and the name; a name `_custom_id_:<id>` is both.
fn id_and_name(ctx: &Ctx<'_>, name: &str) -> Reply<(String, String)> {
    match name.strip_prefix(custom_id::PREFIX) {
        Some(id) if id.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'+')) => {
            Ok((id.to_owned(), id.to_owned()))
        }
        Some(_) => Err(errors::invalid_custom_client_id()),
        None => Ok((ids::client_id(&ctx.words()), name.to_owned())),
    }
}

fn secret(ctx: &Ctx<'_>, input: &wire::CreateUserPoolClientRequest) -> Reply<Option<String>> {
    match (&input.client_secret, input.generate_secret == Some(true)) {
        (Some(_), true) => Err(errors::generated_and_given_secret()),
        (Some(value), false) => Ok(Some(value.as_str().to_owned())),
        (None, true) => Ok(Some(ids::client_secret(&ctx.words()))),
        (None, false) => Ok(None),
    }
}

/// The part of the request that UpdateUserPoolClient knows too.
fn replaceable(input: wire::CreateUserPoolClientRequest) -> wire::UpdateUserPoolClientRequest {
    wire::UpdateUserPoolClientRequest {
        user_pool_id: input.user_pool_id,
        client_id: wire::Sensitive::new(String::new()),
        client_name: None,
        refresh_token_validity: input.refresh_token_validity,
        access_token_validity: input.access_token_validity,
        id_token_validity: input.id_token_validity,
        token_validity_units: input.token_validity_units,
        read_attributes: input.read_attributes,
        write_attributes: input.write_attributes,
        explicit_auth_flows: input.explicit_auth_flows,
        supported_identity_providers: input.supported_identity_providers,
        callback_urls: input.callback_urls,
        logout_urls: input.logout_urls,
        default_redirect_uri: input.default_redirect_uri,
        allowed_oauth_flows: input.allowed_oauth_flows,
        allowed_oauth_scopes: input.allowed_oauth_scopes,
        allowed_oauth_flows_user_pool_client: input.allowed_oauth_flows_user_pool_client,
        analytics_configuration: input.analytics_configuration,
        prevent_user_existence_errors: input.prevent_user_existence_errors,
        enable_token_revocation: input.enable_token_revocation,
        enable_propagate_additional_user_context_data: input.enable_propagate_additional_user_context_data,
        auth_session_validity: input.auth_session_validity,
        refresh_token_rotation: input.refresh_token_rotation,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use testkit::World;
    use testkit::world::{merged, text};

    fn request(pool: &str, more: Value) -> Value {
        merged(json!({ "UserPoolId": pool, "ClientName": "app" }), more)
    }

    #[tokio::test]
    async fn a_name_is_enough() {
        let world = World::new().await;
        let pool = world.pool(json!({})).await;
        let answer = world.ok("CreateUserPoolClient", request(&pool, json!({}))).await;
        let id = text(&answer["UserPoolClient"]["ClientId"]);
        assert!(id.len() == 26 && id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()), "{id}");
        let expected = json!({ "UserPoolClient": {
            "UserPoolId": pool, "ClientName": "app", "ClientId": id, "ClientType": "REGULAR",
            "CreationDate": 1_767_776_887, "LastModifiedDate": 1_767_776_887, "RefreshTokenValidity": 30,
            "AllowedOAuthFlowsUserPoolClient": false, "EnableTokenRevocation": true,
            "EnablePropagateAdditionalUserContextData": false, "AuthSessionValidity": 3,
        } });
        assert_eq!(answer, expected);
        let described =
            world.ok("DescribeUserPoolClient", json!({ "UserPoolId": pool, "ClientId": id })).await;
        assert_eq!(described, expected);
    }

    #[tokio::test]
    async fn what_is_set_is_read_back() {
        let world = World::new().await;
        let pool = world.pool(json!({ "Schema": [{ "Name": "a" }] })).await;
        let settings = json!({
            "RefreshTokenValidity": 120, "AccessTokenValidity": 30, "IdTokenValidity": 1,
            "TokenValidityUnits": { "AccessToken": "minutes", "IdToken": "hours", "RefreshToken": "days" },
            "ReadAttributes": ["email", "custom:a"], "WriteAttributes": ["email"],
            "ExplicitAuthFlows": ["ADMIN_NO_SRP_AUTH", "CUSTOM_AUTH_FLOW_ONLY", "USER_PASSWORD_AUTH"],
            "SupportedIdentityProviders": ["COGNITO"],
            "CallbackURLs": ["https://www.example.com/redirect", "https://www.example.com/callback"],
            "LogoutURLs": ["https://www.example.com/login"],
            "DefaultRedirectURI": "https://www.example.com/redirect",
            "AllowedOAuthFlows": ["code", "implicit"],
            "AllowedOAuthScopes": ["phone", "email", "openid", "profile", "aws.cognito.signin.user.admin"],
            "AllowedOAuthFlowsUserPoolClient": true,
            "AnalyticsConfiguration": { "ApplicationArn": "arn:aws:mobiletargeting:us-east-1:000000000000:apps/x" },
            "PreventUserExistenceErrors": "LEGACY", "EnableTokenRevocation": false,
            "EnablePropagateAdditionalUserContextData": true, "AuthSessionValidity": 15,
            "RefreshTokenRotation": { "Feature": "ENABLED", "RetryGracePeriodSeconds": 10 },
        });
        let more = merged(settings.clone(), json!({ "GenerateSecret": true }));
        let answer = world.ok("CreateUserPoolClient", request(&pool, more)).await;
        let client = &answer["UserPoolClient"];
        for (member, value) in settings.as_object().unwrap() {
            assert_eq!(&client[member], value, "{member}");
        }
        let secret = text(&client["ClientSecret"]);
        assert!(
            secret.len() == 52 && secret.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'v')),
            "{secret}"
        );
        let which = json!({ "UserPoolId": pool, "ClientId": client["ClientId"] });
        assert_eq!(world.ok("DescribeUserPoolClient", which).await, answer);
    }

    #[tokio::test]
    async fn refusals() {
        let world = World::new().await;
        let pool = world.pool(json!({})).await;
        let check = async |more: Value, expected: &str| {
            assert_eq!(
                world.fails("CreateUserPoolClient", request(&pool, more.clone())).await,
                expected,
                "{more}"
            );
        };
        let secret = "a".repeat(24);
        check(
            json!({ "GenerateSecret": true, "ClientSecret": secret }),
            "InvalidParameterException: GenerateSecret and ClientSecret cannot be set together.",
        )
        .await;
        check(
            json!({ "AllowedOAuthFlows": ["code", "client_credentials"], "GenerateSecret": true }),
            "InvalidOAuthFlowException: client_credentials flow can not be selected along with code \
             flow or implicit flow.",
        )
        .await;
        check(
            json!({ "AllowedOAuthFlows": ["client_credentials"] }),
            "InvalidOAuthFlowException: client_credentials flow can not be selected if client does \
             not have a client secret.",
        )
        .await;
        check(
            json!({ "AllowedOAuthScopes": ["openid", "orders/read"] }),
            "ScopeDoesNotExistException: Invalid scope requested: orders/read",
        )
        .await;
        check(
            json!({ "AllowedOAuthFlowsUserPoolClient": true }),
            "InvalidParameterException: AllowedOAuthFlows and AllowedOAuthScopes are required if user pool client is \
             allowed to use OAuth flows.",
        )
        .await;
        check(
            json!({ "CallbackURLs": ["http://example.com/"] }),
            "InvalidParameterException: http://example.com/ cannot use the HTTP protocol.",
        )
        .await;
        check(
            json!({ "LogoutURLs": ["https://example.com/#x"] }),
            "InvalidParameterException: https://example.com/#x is not an absolute URL without a fragment.",
        )
        .await;
        check(
            json!({ "CallbackURLs": ["https://example.com/"], "DefaultRedirectURI": "https://example.com/x" }),
            "InvalidParameterException: The default redirect URI must be one of the callback URLs.",
        )
        .await;
        check(
            json!({ "SupportedIdentityProviders": ["Google"] }),
            &format!("InvalidParameterException: The provider Google does not exist for User Pool {pool}."),
        )
        .await;
        check(
            json!({ "WriteAttributes": ["custom:none"] }),
            "InvalidParameterException: Invalid write attributes specified while creating a client",
        )
        .await;
        check(
            json!({ "UserPoolId": "us-east-1_none" }),
            "ResourceNotFoundException: User pool us-east-1_none does not exist.",
        )
        .await;
        let list = world.ok("ListUserPoolClients", json!({ "UserPoolId": pool })).await;
        assert_eq!(list, json!({ "UserPoolClients": [] }));
        let lite = world.pool(json!({ "UserPoolTier": "LITE" })).await;
        assert_eq!(
            world
                .fails(
                    "CreateUserPoolClient",
                    request(&lite, json!({ "ExplicitAuthFlows": ["ALLOW_USER_AUTH"] }))
                )
                .await,
            "FeatureUnavailableInTierException: Choice-based sign-in needs the ESSENTIALS tier."
        );
    }

    #[tokio::test]
    async fn a_thousand_in_a_pool() {
        let world = World::new().await;
        let pool = world.pool(json!({})).await;
        let mut client = String::new();
        for _ in 0..1_000 {
            client = world.client(&pool, json!({})).await;
        }
        assert_eq!(
            world.fails("CreateUserPoolClient", request(&pool, json!({}))).await,
            "LimitExceededException: The user pool has reached its number of clients."
        );
        world.ok("DeleteUserPoolClient", json!({ "UserPoolId": pool, "ClientId": client })).await;
        world.client(&pool, json!({})).await;
        world.ok("DeleteUserPool", json!({ "UserPoolId": pool })).await;
    }

    #[tokio::test]
    async fn custom_ids() {
        let world = World::new().await;
        let (pool, other) = (world.pool(json!({})).await, world.pool(json!({})).await);
        let named =
            |pool: &str, id: &str| json!({ "UserPoolId": pool, "ClientName": format!("_custom_id_:{id}") });
        let client = world.ok("CreateUserPoolClient", named(&pool, "My_App+1")).await;
        assert_eq!(client["UserPoolClient"]["ClientId"], "My_App+1");
        assert_eq!(client["UserPoolClient"]["ClientName"], "My_App+1");
        for pool in [&pool, &other] {
            assert_eq!(
                world.fails("CreateUserPoolClient", named(pool, "My_App+1")).await,
                "InvalidParameterException: A client with the ID My_App+1 already exists."
            );
        }
        assert_eq!(
            world.fails("CreateUserPoolClient", named(&pool, "my app")).await,
            "InvalidParameterException: The id after _custom_id_: must have only letters, digits, _ and +."
        );
        let (one, two) = tokio::join!(
            world.call("CreateUserPoolClient", named(&pool, "race")),
            world.call("CreateUserPoolClient", named(&other, "race"))
        );
        assert_ne!(one.is_ok(), two.is_ok());
        assert_eq!(one.and(two).unwrap_err().message, "A client with the ID race already exists.");
    }
}
