//! CustomEmailSender and CustomSMSSender: functions that send messages themselves.
//! <https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-custom-sender-triggers.html>
//!
//! AWS encrypts the code with a KMS key of the pool's owner. There is none here, so the function gets `code: null`,
//! unless the service is told to hand codes out as they are (`plain_codes` of [`Settings`](crate::Settings)). Whoever
//! tests reads the code in the message that is kept.

use std::sync::Arc;

use cognito_core::delivery::Medium;
use cognito_core::pool::Pool;
use cognito_core::template::{Occasion, html_escaped};
use serde_json::json;

use super::event::{self, Event};
use super::{About, Metadata};
use crate::ctx::Ctx;
use crate::ports::InvokeError;
use crate::service::log_delivery::FailureLog;

/// Whether the pool has a function that sends messages of this medium.
pub(crate) fn is_set(pool: &Pool, medium: Medium) -> bool {
    arn(pool, medium).is_some()
}

/// The trigger source of a message.
pub(crate) fn source(medium: Medium, occasion: Occasion) -> String {
    match medium {
        Medium::Email => format!("CustomEmailSender_{}", occasion.as_str()),
        Medium::Sms => format!("CustomSMSSender_{}", occasion.as_str()),
    }
}

/// Gives the message to the function, if the pool names one. Nobody waits for it, and nobody is told if it fails.
pub(crate) fn call(
    ctx: &Ctx<'_>,
    about: About<'_>,
    occasion: Occasion,
    medium: Medium,
    code: &str,
    metadata: Option<&Metadata>,
) {
    let Some(arn) = arn(about.pool, medium).map(str::to_owned) else { return };
    let plain = ctx.app().settings.plain_codes.then(|| match occasion {
        // As AWS gives it to senders: safe to stand in HTML.
        Occasion::Invitation => html_escaped(code),
        _ => code.to_owned(),
    });
    let (trigger, request_type) = match medium {
        Medium::Email => ("CustomEmailSender", "customEmailSenderRequestV1"),
        Medium::Sms => ("CustomSMSSender", "customSMSSenderRequestV1"),
    };
    let mut request = event::request(about, metadata);
    request.insert("type".to_owned(), json!(request_type));
    request.insert("code".to_owned(), json!(plain));
    let source = source(medium, occasion);
    let event = Event { trigger, version: "1", source: &source, request, response: json!({}) };
    let message = event.envelope(about);
    let triggers = Arc::clone(&ctx.app().ports.triggers);
    let failures = FailureLog::of(ctx, about.pool);
    tokio::spawn(async move {
        if let Err(error) = triggers.invoke(&arn, &message, event::PATIENCE).await {
            tracing::warn!(trigger, arn, %error, "failed to give a message to its sender");
            if let Some(log) = failures {
                log.write(format_args!("{trigger} {arn}: {}", reason(&error)));
            }
        }
    });
}

/// Without the function's own words, in which the code may stand.
fn reason(error: &InvokeError) -> String {
    match error {
        InvokeError::Function(_) => "the function failed".to_owned(),
        error => error.to_string(),
    }
}

fn arn(pool: &Pool, medium: Medium) -> Option<&str> {
    let lambda = &pool.settings.lambda_config;
    match medium {
        Medium::Email => lambda.custom_email_sender.as_ref().map(|sender| sender.lambda_arn.as_str()),
        Medium::Sms => lambda.custom_sms_sender.as_ref().map(|sender| sender.lambda_arn.as_str()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use testkit::functions::arn;
    use testkit::world::{attribute_list, merged};
    use testkit::{InvokeError, Settings, World};

    async fn world(plain_codes: bool) -> (World, String, String) {
        let world = World::with(Settings { plain_codes, ..Settings::default() }).await;
        let sender = |name: &str| json!({ "LambdaVersion": "V1_0", "LambdaArn": arn(name) });
        let lambda = json!({
            "CustomEmailSender": sender("mail"),
            "CustomSMSSender": sender("sms"),
            "CustomMessage": arn("message"),
            "KMSKeyID": "arn:aws:kms:us-east-1:000000000000:key/1",
        });
        let pool = json!({ "LambdaConfig": lambda, "AutoVerifiedAttributes": ["email"] });
        let pool = world.pool(pool).await;
        let client = world.client(&pool, json!({})).await;
        world.functions.answer("*", |_| Err(InvokeError::Function("out of order".to_owned())));
        (world, pool, client)
    }

    fn sign_up(client: &str) -> Value {
        let email = attribute_list(json!({ "email": "a@example.com" }));
        json!({
            "ClientId": client, "Username": "alice", "Password": "Abcdef1!", "UserAttributes": email,
            "ClientMetadata": { "from": "here" },
        })
    }

    /// The events, once there are as many: nobody waits for senders.
    async fn events(world: &World, count: usize) -> Vec<Value> {
        while world.functions.events().len() < count {
            tokio::task::yield_now().await;
        }
        world.functions.events()
    }

    #[tokio::test]
    async fn the_event_of_an_email() {
        for plain_codes in [false, true] {
            let (world, pool, client) = world(plain_codes).await;
            let sub = world.ok("SignUp", sign_up(&client)).await["UserSub"].clone();
            let code = if plain_codes { json!(world.code(&pool, "alice").await) } else { Value::Null };
            let event = json!({
                "version": "1",
                "triggerSource": "CustomEmailSender_SignUp",
                "region": "us-east-1",
                "userPoolId": pool,
                "userName": "alice",
                "callerContext": { "awsSdkVersion": "aws-sdk-unknown-unknown", "clientId": client },
                "request": {
                    "type": "customEmailSenderRequestV1",
                    "code": code,
                    "userAttributes": {
                        "sub": sub, "cognito:user_status": "UNCONFIRMED", "email": "a@example.com",
                    },
                    "clientMetadata": { "from": "here" },
                },
                "response": {},
            });
            assert_eq!(events(&world, 1).await, [event], "and CustomMessage is not asked");
        }
    }

    #[tokio::test]
    async fn the_message_is_kept_where_codes_are_read() {
        let (world, pool, client) = world(false).await;
        world.ok("SignUp", sign_up(&client)).await;
        let message = world.messages(&pool, "alice").await.remove(0);
        assert_eq!(message["trigger_source"], "CustomEmailSender_SignUp");
        let confirm = json!({ "ClientId": client, "Username": "alice", "ConfirmationCode": message["code"] });
        world.ok("ConfirmSignUp", confirm).await;
    }

    #[tokio::test]
    async fn a_temporary_password_is_safe_in_html() {
        let (world, pool, _) = world(true).await;
        let create = json!({
            "UserPoolId": pool, "Username": "bob", "TemporaryPassword": "Ab1<&>\"'",
            "UserAttributes": attribute_list(json!({ "phone_number": "+12065550100" })),
        });
        world.ok("AdminCreateUser", create).await;
        let event = events(&world, 1).await.remove(0);
        assert_eq!(event["triggerSource"], "CustomSMSSender_AdminCreateUser");
        assert_eq!(event["request"]["type"], "customSMSSenderRequestV1");
        assert_eq!(event["request"]["code"], "Ab1&lt;&amp;&gt;&quot;&#39;");
        assert_eq!(world.messages(&pool, "bob").await[0]["code"], "Ab1<&>\"'");
    }

    #[tokio::test]
    async fn each_medium_has_its_own_function() {
        let (world, pool, client) = world(false).await;
        let lambda = json!({
            "CustomSMSSender": { "LambdaVersion": "V1_0", "LambdaArn": arn("sms") },
            "CustomMessage": arn("message"),
        });
        let update =
            json!({ "UserPoolId": pool, "LambdaConfig": lambda, "AutoVerifiedAttributes": ["email"] });
        world.ok("UpdateUserPool", update).await;
        world.functions.respond("message", json!({}));
        world.ok("SignUp", merged(sign_up(&client), json!({}))).await;
        assert_eq!(world.functions.events()[0]["triggerSource"], "CustomMessage_SignUp");
    }
}
