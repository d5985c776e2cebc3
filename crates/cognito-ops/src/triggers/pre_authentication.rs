//! PreAuthentication: may deny a sign-in before the first factor is looked at.
//! <https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-pre-authentication.html>

use serde::de::IgnoredAny;
use serde_json::json;

use super::event::{self, Event};
use super::{About, Metadata};
use crate::ctx::Ctx;
use crate::errors::Reply;

/// `validation` is the ClientMetadata of InitiateAuth.
pub(crate) async fn call(ctx: &Ctx<'_>, about: About<'_>, validation: Option<&Metadata>) -> Reply<()> {
    let Some(arn) = &about.pool.settings.lambda_config.pre_authentication else { return Ok(()) };
    let mut request = event::request_for_sign_in(about, None);
    request.insert("validationData".to_owned(), json!(validation));
    let event = Event {
        trigger: "PreAuthentication",
        version: "1",
        source: "PreAuthentication_Authentication",
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

    async fn world(client: Value) -> (World, String, String) {
        let world = World::new().await;
        let pool = world.pool(json!({ "LambdaConfig": { "PreAuthentication": arn("pre") } })).await;
        let client = world.client(&pool, client).await;
        world.user(&pool, "alice", "Abcdef1!").await;
        world.functions.respond("pre", json!({}));
        (world, pool, client)
    }

    fn hiding() -> Value {
        json!({ "PreventUserExistenceErrors": "ENABLED" })
    }

    #[tokio::test]
    async fn the_event() {
        let (world, pool, client) = world(json!({})).await;
        let metadata = json!({ "ClientMetadata": { "from": "here" } });
        let auth = merged(password_auth(&client, "alice", "Abcdef1!"), metadata);
        let tokens = world.ok("InitiateAuth", auth).await["AuthenticationResult"].clone();
        let event = json!({
            "version": "1",
            "triggerSource": "PreAuthentication_Authentication",
            "region": "us-east-1",
            "userPoolId": pool,
            "userName": "alice",
            "callerContext": { "awsSdkVersion": "aws-sdk-unknown-unknown", "clientId": client },
            "request": {
                "userAttributes": {
                    "sub": claims(&tokens["IdToken"])["sub"], "cognito:user_status": "CONFIRMED",
                },
                "validationData": { "from": "here" },
            },
            "response": {},
        });
        assert_eq!(world.functions.events(), [event]);
    }

    #[tokio::test]
    async fn where_users_are_hidden_it_is_told_whether_there_is_one() {
        let (world, _, client) = world(hiding()).await;
        world.sign_in(&client, "alice", "Abcdef1!").await;
        let refused = world.fails("InitiateAuth", password_auth(&client, "nobody", "Abcdef1!")).await;
        assert_eq!(refused, "NotAuthorizedException: Incorrect username or password.");
        let events = world.functions.events();
        assert_eq!(events[0]["request"]["userNotFound"], false);
        let expected = json!({ "userAttributes": {}, "userNotFound": true, "validationData": null });
        assert_eq!((&events[1]["request"], &events[1]["userName"]), (&expected, &json!("nobody")));
    }

    #[tokio::test]
    async fn a_refusal_comes_before_the_password() {
        let (world, _, client) = world(json!({})).await;
        world.functions.answer("*", |_| Err(InvokeError::Function("closed".to_owned())));
        for password in ["Abcdef1!", "wrong"] {
            let refused = world.fails("InitiateAuth", password_auth(&client, "alice", password)).await;
            let expected = "UserLambdaValidationException: PreAuthentication failed with error closed.";
            assert_eq!(refused, expected, "{password}");
        }
    }
}
