//! PostAuthentication: is told of a sign-in, and may still deny its tokens.
//! <https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-post-authentication.html>

use serde::de::IgnoredAny;
use serde_json::json;

use super::event::{self, Event};
use super::{About, Metadata};
use crate::ctx::Ctx;
use crate::errors::Reply;

/// `new_device` is told where the pool tracks devices.
pub(crate) async fn call(
    ctx: &Ctx<'_>,
    about: About<'_>,
    new_device: Option<bool>,
    metadata: Option<&Metadata>,
) -> Reply<()> {
    let Some(arn) = &about.pool.settings.lambda_config.post_authentication else { return Ok(()) };
    let mut request = event::request(about, metadata);
    if let Some(new_device) = new_device {
        request.insert("newDeviceUsed".to_owned(), json!(new_device));
    }
    let event = Event {
        trigger: "PostAuthentication",
        version: "1",
        source: "PostAuthentication_Authentication",
        request,
        response: json!({}),
    };
    event.send::<IgnoredAny>(ctx, about, arn).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use testkit::functions::arn;
    use testkit::world::{claims, merged, password_auth};
    use testkit::{InvokeError, World};

    async fn world(pool: Value) -> (World, String, String) {
        let world = World::new().await;
        let lambda = json!({ "LambdaConfig": { "PostAuthentication": arn("post") } });
        let pool = world.pool(merged(lambda, pool)).await;
        let client = world.client(&pool, json!({})).await;
        world.functions.respond("post", json!({}));
        (world, pool, client)
    }

    #[tokio::test]
    async fn the_event() {
        let (world, pool, client) = world(json!({})).await;
        world.user(&pool, "alice", "Abcdef1!").await;
        let tokens = world.sign_in(&client, "alice", "Abcdef1!").await;
        let event = json!({
            "version": "1",
            "triggerSource": "PostAuthentication_Authentication",
            "region": "us-east-1",
            "userPoolId": pool,
            "userName": "alice",
            "callerContext": { "awsSdkVersion": "aws-sdk-unknown-unknown", "clientId": client },
            "request": {
                "userAttributes": {
                    "sub": claims(&tokens["IdToken"])["sub"], "cognito:user_status": "CONFIRMED",
                },
            },
            "response": {},
        });
        assert_eq!(world.functions.events(), [event]);
    }

    #[tokio::test]
    async fn where_devices_are_tracked_it_is_told_of_new_ones() {
        let device =
            json!({ "ChallengeRequiredOnNewDevice": false, "DeviceOnlyRememberedOnUserPrompt": false });
        let (world, pool, client) = world(json!({ "DeviceConfiguration": device })).await;
        world.user(&pool, "alice", "Abcdef1!").await;
        world.sign_in(&client, "alice", "Abcdef1!").await;
        assert_eq!(world.functions.events()[0]["request"]["newDeviceUsed"], true);
    }

    #[tokio::test]
    async fn it_gets_the_metadata_of_the_last_answer() {
        let (world, pool, client) = world(json!({})).await;
        let create = json!({ "UserPoolId": pool, "Username": "alice", "TemporaryPassword": "Abcdef1!" });
        world.ok("AdminCreateUser", create).await;
        let metadata = |from: &str| json!({ "ClientMetadata": { "from": from } });
        let auth = merged(password_auth(&client, "alice", "Abcdef1!"), metadata("the start"));
        let challenge = world.ok("InitiateAuth", auth).await;
        let answer = json!({
            "ClientId": client, "ChallengeName": "NEW_PASSWORD_REQUIRED", "Session": challenge["Session"],
            "ChallengeResponses": { "USERNAME": "alice", "NEW_PASSWORD": "Bcdefg2!" },
        });
        world.ok("RespondToAuthChallenge", merged(answer, metadata("the answer"))).await;
        let events = world.functions.events();
        assert_eq!(events.len(), 1, "a challenge is no sign-in");
        assert_eq!(events[0]["request"]["clientMetadata"], json!({ "from": "the answer" }));
    }

    #[tokio::test]
    async fn a_failure_denies_the_tokens() {
        let (world, pool, client) = world(json!({})).await;
        world.user(&pool, "alice", "Abcdef1!").await;
        world.functions.answer("*", |_| Err(InvokeError::Function("not now".to_owned())));
        let refused = world.fails("InitiateAuth", password_auth(&client, "alice", "Abcdef1!")).await;
        assert_eq!(refused, "UserLambdaValidationException: PostAuthentication failed with error not now.");
    }
}
