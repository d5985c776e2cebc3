//! InitiateAuth: begins a sign-in from an app.
//! <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_InitiateAuth.html>

use crate::auth::start::{Door, Start, start};
use crate::prelude::*;

pub(crate) async fn handle(
    ctx: &Ctx<'_>,
    input: wire::InitiateAuthRequest,
) -> Reply<wire::InitiateAuthResponse> {
    let start_from = Start {
        door: Door::Client { told: input.user_context_data.as_ref() },
        client_id: input.client_id.as_str(),
        flow: input.auth_flow,
        parameters: input.auth_parameters.into(),
        session: input.session.as_ref().map(|session| session.as_str()),
        metadata: input.client_metadata.as_ref(),
    };
    Ok(start(ctx, start_from).await?.into())
}

#[cfg(test)]
mod tests {
    use cognito_core::Span;
    use serde_json::{Value, json};
    use testkit::World;
    use testkit::world::{claims, password_auth, text};

    const WRONG: &str = "NotAuthorizedException: Incorrect username or password.";
    const LOCKED: &str = "NotAuthorizedException: Password attempts exceeded";

    async fn world(pool: Value, client: Value) -> (World, String, String) {
        let world = World::new().await;
        let pool = world.pool(pool).await;
        let client = world.client(&pool, client).await;
        world.user(&pool, "alice", "Abcdef1!").await;
        (world, pool, client)
    }

    async fn fails(world: &World, client: &str, username: &str, password: &str) -> String {
        world.fails("InitiateAuth", password_auth(client, username, password)).await
    }

    #[tokio::test]
    async fn both_tokens_are_complete() {
        let (world, pool, client) = world(json!({}), json!({})).await;
        let group = |name: &str, precedence: i32| {
            json!({
                "UserPoolId": pool, "GroupName": name, "Precedence": precedence,
                "RoleArn": format!("arn:aws:iam::000000000000:role/{name}"),
            })
        };
        for (name, precedence) in [("second", 2), ("first", 1)] {
            world.ok("CreateGroup", group(name, precedence)).await;
            let member = json!({ "UserPoolId": pool, "Username": "alice", "GroupName": name });
            world.ok("AdminAddUserToGroup", member).await;
        }
        let attributes = json!([
            { "Name": "email", "Value": "a@example.com" },
            { "Name": "email_verified", "Value": "true" },
            { "Name": "updated_at", "Value": "1700000000" },
            { "Name": "address", "Value": "Unter den Linden 1" },
        ]);
        let input = json!({ "UserPoolId": pool, "Username": "alice", "UserAttributes": attributes });
        world.ok("AdminUpdateUserAttributes", input).await;

        let answer = world.ok("InitiateAuth", password_auth(&client, "alice", "Abcdef1!")).await;
        assert_eq!(answer["ChallengeParameters"], json!({}));
        let result = &answer["AuthenticationResult"];
        assert_eq!(result["ExpiresIn"], 3600);
        assert_eq!(result["TokenType"], "Bearer");
        let now = world.now().seconds();
        let (access, id) = (claims(&result["AccessToken"]), claims(&result["IdToken"]));
        let sub = &access["sub"];
        let expected_access = json!({
            "sub": sub,
            "cognito:groups": ["first", "second"],
            "iss": format!("http://localhost:4566/{pool}"),
            "client_id": client,
            "origin_jti": access["origin_jti"],
            "event_id": access["event_id"],
            "token_use": "access",
            "scope": "aws.cognito.signin.user.admin",
            "auth_time": now,
            "exp": now + 3600,
            "iat": now,
            "jti": access["jti"],
            "username": "alice",
        });
        assert_eq!(access, expected_access);
        let expected_id = json!({
            "sub": sub,
            "cognito:groups": ["first", "second"],
            "cognito:preferred_role": "arn:aws:iam::000000000000:role/first",
            "iss": format!("http://localhost:4566/{pool}"),
            "cognito:username": "alice",
            "cognito:roles": ["arn:aws:iam::000000000000:role/first", "arn:aws:iam::000000000000:role/second"],
            "origin_jti": access["origin_jti"],
            "aud": client,
            "event_id": access["event_id"],
            "token_use": "id",
            "auth_time": now,
            "exp": now + 3600,
            "iat": now,
            "jti": id["jti"],
            "email": "a@example.com",
            "email_verified": true,
            "updated_at": 1_700_000_000,
            "address": { "formatted": "Unter den Linden 1" },
        });
        assert_eq!(id, expected_id);
        assert_ne!(id["jti"], access["jti"]);
        let refresh = text(&result["RefreshToken"]);
        assert_eq!(refresh.split('.').count(), 5);
        assert!((1_000..2_000).contains(&refresh.len()), "{}", refresh.len());
    }

    #[tokio::test]
    async fn the_two_tokens_are_signed_by_the_two_keys() {
        let (world, pool, client) = world(json!({}), json!({})).await;
        let result = world.sign_in(&client, "alice", "Abcdef1!").await;
        let jwks = world.app.jwks(&pool).await.unwrap().unwrap();
        let keys = cognito_jwt::KeySet::from_json(&jwks, cognito_jwt::KeySetLimits::default()).unwrap();
        assert_eq!(keys.len(), 2);
        let kid = |token: &str| cognito_jwt::unverified_claims(token).unwrap().0.kid;
        let (access, id) = (text(&result["AccessToken"]), text(&result["IdToken"]));
        cognito_jwt::verify(&access, &keys).unwrap();
        cognito_jwt::verify(&id, &keys).unwrap();
        assert_ne!(kid(&access), kid(&id));
        assert_eq!(kid(&id).len(), 44);
    }

    #[tokio::test]
    async fn validities_are_the_clients() {
        let client = json!({
            "AccessTokenValidity": 10, "IdTokenValidity": 20, "RefreshTokenValidity": 2,
            "TokenValidityUnits": { "AccessToken": "minutes", "IdToken": "minutes", "RefreshToken": "hours" },
            "EnableTokenRevocation": false,
        });
        let (world, _, client) = world(json!({}), client).await;
        let result = world.sign_in(&client, "alice", "Abcdef1!").await;
        let (access, id) = (claims(&result["AccessToken"]), claims(&result["IdToken"]));
        let now = world.now().seconds();
        assert_eq!(
            (&result["ExpiresIn"], &access["exp"], &id["exp"]),
            (&json!(600), &json!(now + 600), &json!(now + 1200))
        );
        assert_eq!((access.get("origin_jti"), id.get("origin_jti"), id.get("jti")), (None, None, None));
        world.ok("GetUser", json!({ "AccessToken": result["AccessToken"] })).await;
        world.advance(Span::minutes(10));
        assert_eq!(
            world.fails("GetUser", json!({ "AccessToken": result["AccessToken"] })).await,
            "NotAuthorizedException: Access Token has expired"
        );
    }

    #[tokio::test]
    async fn unknown_users_and_wrong_passwords() {
        let (world, pool, client) = world(json!({}), json!({})).await;
        assert_eq!(fails(&world, &client, "alice", "Abcdef1?").await, WRONG);
        assert_eq!(
            fails(&world, &client, "nobody", "x").await,
            "UserNotFoundException: User does not exist."
        );
        let hiding = world.client(&pool, json!({ "PreventUserExistenceErrors": "ENABLED" })).await;
        assert_eq!(fails(&world, &hiding, "nobody", "x").await, WRONG);
        assert_eq!(fails(&world, &hiding, "alice", "x").await, WRONG);
        assert_eq!(
            fails(&world, "0123456789abcdefghijklmnop", "alice", "x").await,
            "ResourceNotFoundException: User pool client 0123456789abcdefghijklmnop does not exist."
        );
    }

    #[tokio::test]
    async fn five_wrong_passwords_lock() {
        let (world, pool, client) =
            world(json!({}), json!({ "PreventUserExistenceErrors": "ENABLED" })).await;
        for username in ["alice", "nobody"] {
            for _ in 0..5 {
                assert_eq!(fails(&world, &client, username, "Abcdef1?").await, WRONG);
            }
            assert_eq!(fails(&world, &client, username, "Abcdef1!").await, LOCKED, "even the right one");
        }
        world.advance(Span::seconds(1));
        assert_eq!(fails(&world, &client, "alice", "Abcdef1?").await, WRONG);
        world.advance(Span::seconds(1));
        assert_eq!(fails(&world, &client, "alice", "Abcdef1!").await, LOCKED, "two seconds now");
        world.advance(Span::seconds(1));
        world.sign_in(&client, "alice", "Abcdef1!").await;
        assert_eq!(fails(&world, &client, "alice", "Abcdef1?").await, WRONG, "the count began anew");
        let admin = json!({
            "UserPoolId": pool, "ClientId": client, "AuthFlow": "ADMIN_USER_PASSWORD_AUTH",
            "AuthParameters": { "USERNAME": "alice", "PASSWORD": "Abcdef1?" },
        });
        for _ in 0..4 {
            assert_eq!(world.fails("AdminInitiateAuth", admin.clone()).await, WRONG);
        }
        assert_eq!(fails(&world, &client, "alice", "Abcdef1!").await, LOCKED, "both doors count together");
    }

    #[tokio::test]
    async fn guesses_at_once_are_counted_one_by_one() {
        let (world, _, client) = world(json!({}), json!({})).await;
        let guess = |i: usize| {
            let client = client.clone();
            let world = &world;
            async move { fails(world, &client, "alice", &format!("Abcdef1?{i}")).await }
        };
        let answers =
            tokio::join!(guess(0), guess(1), guess(2), guess(3), guess(4), guess(5), guess(6), guess(7));
        let answers =
            [answers.0, answers.1, answers.2, answers.3, answers.4, answers.5, answers.6, answers.7];
        assert_eq!(answers.iter().filter(|answer| *answer == WRONG).count(), 5, "{answers:?}");
        assert_eq!(answers.iter().filter(|answer| *answer == LOCKED).count(), 3, "{answers:?}");
    }

    #[tokio::test]
    async fn statuses() {
        let (world, pool, client) = world(json!({}), json!({})).await;
        world.ok("AdminDisableUser", json!({ "UserPoolId": pool, "Username": "alice" })).await;
        assert_eq!(
            fails(&world, &client, "alice", "Abcdef1!").await,
            "NotAuthorizedException: User is disabled."
        );
        assert_eq!(
            fails(&world, &client, "alice", "Abcdef1?").await,
            WRONG,
            "only who knows the password is told"
        );
        world.ok("AdminEnableUser", json!({ "UserPoolId": pool, "Username": "alice" })).await;
        world.sign_in(&client, "alice", "Abcdef1!").await;
    }

    #[tokio::test]
    async fn flows_must_be_allowed() {
        let (world, pool, client) =
            world(json!({}), json!({ "ExplicitAuthFlows": ["ALLOW_USER_SRP_AUTH"] })).await;
        assert_eq!(
            fails(&world, &client, "alice", "Abcdef1!").await,
            "InvalidParameterException: USER_PASSWORD_AUTH flow not enabled for this client"
        );
        let mut input = password_auth(&client, "alice", "Abcdef1!");
        input["AuthFlow"] = json!("ADMIN_USER_PASSWORD_AUTH");
        assert_eq!(
            world.fails("InitiateAuth", input.clone()).await,
            "InvalidParameterException: Initiate Auth method not supported."
        );
        input["UserPoolId"] = json!(pool);
        assert_eq!(
            world.fails("AdminInitiateAuth", input).await,
            "InvalidParameterException: Auth flow not enabled for this client"
        );
    }

    #[tokio::test]
    async fn parameters_must_be_there() {
        let (world, _, client) = world(json!({}), json!({})).await;
        for name in ["USERNAME", "PASSWORD"] {
            let mut input = password_auth(&client, "alice", "Abcdef1!");
            input["AuthParameters"].as_object_mut().unwrap().remove(name);
            assert_eq!(
                world.fails("InitiateAuth", input).await,
                format!("InvalidParameterException: Missing required parameter {name}")
            );
        }
    }

    #[tokio::test]
    async fn the_secret_hash_is_over_the_name_as_typed() {
        let pool = json!({ "UsernameAttributes": ["email"] });
        let world = World::new().await;
        let pool = world.pool(pool).await;
        let secret = "0123456789abcdefghijklmnop";
        let client = world.client(&pool, json!({ "ClientSecret": secret })).await;
        world.user(&pool, "a@example.com", "Abcdef1!").await;
        let mut input = password_auth(&client, "a@example.com", "Abcdef1!");
        let missing = format!(
            "NotAuthorizedException: Client {client} is configured with secret but SECRET_HASH was not received"
        );
        assert_eq!(world.fails("InitiateAuth", input.clone()).await, missing);
        let hash = |name: &str| cognito_core::secret::secret_hash(name, &client, secret);
        input["AuthParameters"]["SECRET_HASH"] = json!(hash("b@example.com"));
        assert_eq!(
            world.fails("InitiateAuth", input.clone()).await,
            format!("NotAuthorizedException: Unable to verify secret hash for client {client}")
        );
        input["AuthParameters"]["SECRET_HASH"] = json!(hash("a@example.com"));
        let result = world.ok("InitiateAuth", input).await["AuthenticationResult"].clone();
        let id = claims(&result["IdToken"]);
        assert_eq!((&id["cognito:username"], &id["email"]), (&id["sub"], &json!("a@example.com")));
        let refresh = |hash: String| {
            json!({
                "ClientId": client, "AuthFlow": "REFRESH_TOKEN_AUTH",
                "AuthParameters": { "REFRESH_TOKEN": result["RefreshToken"], "SECRET_HASH": hash },
            })
        };
        assert_eq!(
            world.fails("InitiateAuth", refresh(hash("a@example.com"))).await,
            format!("NotAuthorizedException: SecretHash does not match for the client: {client}")
        );
        world.ok("InitiateAuth", refresh(hash(id["sub"].as_str().unwrap()))).await;
    }

    #[tokio::test]
    async fn a_pool_that_wants_a_second_factor_gives_no_tokens() {
        let (world, pool, client) = world(json!({}), json!({})).await;
        let config = json!({
            "UserPoolId": pool, "MfaConfiguration": "ON", "SoftwareTokenMfaConfiguration": { "Enabled": true },
        });
        world.ok("SetUserPoolMfaConfig", config).await;
        let answer = world.ok("InitiateAuth", password_auth(&client, "alice", "Abcdef1!")).await;
        assert_eq!(answer["ChallengeName"], "MFA_SETUP");
        assert_eq!(answer["ChallengeParameters"]["MFAS_CAN_SETUP"], "[\"SOFTWARE_TOKEN_MFA\"]");
        assert_eq!(answer.get("AuthenticationResult"), None);
    }
}
