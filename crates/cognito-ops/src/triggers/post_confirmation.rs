//! PostConfirmation: is told of a user who was confirmed. That stays so if the function fails.
//! <https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-post-confirmation.html>

use serde::de::IgnoredAny;
use serde_json::json;

use super::event::{self, Event};
use super::{About, Metadata};
use crate::ctx::Ctx;
use crate::errors::Reply;

/// What was confirmed: the end of the trigger source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// A registration.
    ConfirmSignUp,
    /// A new password for a forgotten one.
    ConfirmForgotPassword,
}

/// Tells the function of the pool, if it names one.
pub(crate) async fn call(
    ctx: &Ctx<'_>,
    about: About<'_>,
    source: Source,
    metadata: Option<&Metadata>,
) -> Reply<()> {
    let Some(arn) = &about.pool.settings.lambda_config.post_confirmation else { return Ok(()) };
    let event = Event {
        trigger: "PostConfirmation",
        version: "1",
        source: match source {
            Source::ConfirmSignUp => "PostConfirmation_ConfirmSignUp",
            Source::ConfirmForgotPassword => "PostConfirmation_ConfirmForgotPassword",
        },
        request: event::request(about, metadata),
        response: json!({}),
    };
    event.send::<IgnoredAny>(ctx, about, arn).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use testkit::functions::arn;
    use testkit::world::merged;
    use testkit::{InvokeError, World};

    async fn world(more: Value) -> (World, String, String) {
        let world = World::new().await;
        let lambda = merged(json!({ "PostConfirmation": arn("post") }), more);
        let settings = json!({ "LambdaConfig": lambda, "AutoVerifiedAttributes": ["email"] });
        let pool = world.pool(settings).await;
        let client = world.client(&pool, json!({})).await;
        world.functions.respond("post", json!({}));
        (world, pool, client)
    }

    async fn sign_up(world: &World, client: &str) -> Value {
        let email = json!([{ "Name": "email", "Value": "a@example.com" }]);
        let input = json!({ "ClientId": client, "Username": "alice", "Password": "Abcdef1!", "UserAttributes": email });
        world.ok("SignUp", merged(input, metadata())).await
    }

    fn metadata() -> Value {
        json!({ "ClientMetadata": { "from": "here" } })
    }

    fn event(source: &str, pool: &str, client: &str, sub: &Value, verified: Option<&str>) -> Value {
        let mut attributes =
            json!({ "sub": sub, "cognito:user_status": "CONFIRMED", "email": "a@example.com" });
        if let Some(verified) = verified {
            attributes["email_verified"] = json!(verified);
        }
        json!({
            "version": "1",
            "triggerSource": source,
            "region": "us-east-1",
            "userPoolId": pool,
            "userName": "alice",
            "callerContext": { "awsSdkVersion": "aws-sdk-unknown-unknown", "clientId": client },
            "request": { "userAttributes": attributes, "clientMetadata": { "from": "here" } },
            "response": {},
        })
    }

    #[tokio::test]
    async fn after_a_code_and_a_new_password() {
        let (world, pool, client) = world(json!({})).await;
        let sub = sign_up(&world, &client).await["UserSub"].clone();
        let code = world.code(&pool, "alice").await;
        let confirm = json!({ "ClientId": client, "Username": "alice", "ConfirmationCode": code });
        world.ok("ConfirmSignUp", merged(confirm, metadata())).await;
        let expected = event("PostConfirmation_ConfirmSignUp", &pool, &client, &sub, Some("true"));
        assert_eq!(world.functions.events(), [expected]);

        world.ok("ForgotPassword", json!({ "ClientId": client, "Username": "alice" })).await;
        let code = world.code(&pool, "alice").await;
        let confirm = json!({ "ClientId": client, "Username": "alice", "ConfirmationCode": code, "Password": "Bcdefg2!" });
        world.ok("ConfirmForgotPassword", merged(confirm, metadata())).await;
        let expected = event("PostConfirmation_ConfirmForgotPassword", &pool, &client, &sub, Some("true"));
        assert_eq!(world.functions.events()[1..], [expected]);
    }

    #[tokio::test]
    async fn after_an_administrator_and_a_function_confirmed() {
        let (world, pool, client) = world(json!({})).await;
        let sub = sign_up(&world, &client).await["UserSub"].clone();
        let confirm = json!({ "UserPoolId": pool, "Username": "alice" });
        world.ok("AdminConfirmSignUp", merged(confirm, metadata())).await;
        let source = "PostConfirmation_ConfirmSignUp";
        let expected = event(source, &pool, "CLIENT_ID_NOT_APPLICABLE", &sub, None);
        assert_eq!(world.functions.events(), [expected]);

        let (world, pool, client) = self::world(json!({ "PreSignUp": arn("pre") })).await;
        world.functions.respond("pre", json!({ "autoConfirmUser": true }));
        let sub = sign_up(&world, &client).await["UserSub"].clone();
        assert_eq!(world.functions.events()[1..], [event(source, &pool, &client, &sub, None)]);
    }

    #[tokio::test]
    async fn a_failure_undoes_nothing() {
        let (world, pool, client) = world(json!({})).await;
        world.functions.answer("*", |_| Err(InvokeError::Function("no".to_owned())));
        sign_up(&world, &client).await;
        let alice = json!({ "UserPoolId": pool, "Username": "alice" });
        assert_eq!(
            world.fails("AdminConfirmSignUp", alice.clone()).await,
            "UserLambdaValidationException: PostConfirmation failed with error no."
        );
        assert_eq!(world.ok("AdminGetUser", alice).await["UserStatus"], "CONFIRMED");
    }
}
