//! CustomMessage: says what a message to a user says.
//! <https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-custom-message.html>

use cognito_core::template::{self, Custom, Occasion};
use serde::Deserialize;
use serde_json::json;

use super::event::{self, Event};
use super::{About, Metadata};
use crate::ctx::Ctx;
use crate::errors::Reply;

/// The placeholder of a link, with words that the function may change ([MSG1]).
const LINK: &str = "{##Click Here##}";

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Response {
    sms_message: Option<String>,
    email_message: Option<String>,
    email_subject: Option<String>,
}

/// Asks the function of the pool, if it names one. The code itself stays here: the function gets a placeholder.
pub(crate) async fn call(
    ctx: &Ctx<'_>,
    about: About<'_>,
    occasion: Occasion,
    metadata: Option<&Metadata>,
) -> Reply<Custom> {
    let Some(arn) = &about.pool.settings.lambda_config.custom_message else { return Ok(Custom::default()) };
    let username = (occasion == Occasion::Invitation).then_some(template::USERNAME);
    let mut request = event::request(about, metadata);
    request.insert("codeParameter".to_owned(), json!(template::CODE));
    request.insert("linkParameter".to_owned(), json!(LINK));
    request.insert("usernameParameter".to_owned(), json!(username));
    let event = Event {
        trigger: "CustomMessage",
        version: "1",
        source: &format!("CustomMessage_{}", occasion.as_str()),
        request,
        response: json!({ "smsMessage": null, "emailMessage": null, "emailSubject": null }),
    };
    let response = event.send::<Response>(ctx, about, arn).await?.unwrap_or_default();
    Ok(Custom {
        sms_message: response.sms_message,
        email_message: response.email_message,
        email_subject: response.email_subject,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use testkit::World;
    use testkit::functions::arn;
    use testkit::world::{attribute_list, merged, text};

    /// A pool that mails through SES, with a client and a signed-in user `bob`.
    async fn world() -> (World, String, String, Value) {
        let world = World::new().await;
        let ses = json!({
            "EmailSendingAccount": "DEVELOPER",
            "SourceArn": "arn:aws:ses:us-east-1:000000000000:identity/example.com",
        });
        let pool = json!({
            "LambdaConfig": { "CustomMessage": arn("message") },
            "AutoVerifiedAttributes": ["email"],
            "EmailConfiguration": ses,
        });
        let pool = world.pool(pool).await;
        let client = world.client(&pool, json!({})).await;
        world
            .functions
            .respond("message", json!({ "emailMessage": "<b>{####}</b> {username}", "emailSubject": "Hi" }));
        world.user(&pool, "bob", "Abcdef1!").await;
        let token = world.sign_in(&client, "bob", "Abcdef1!").await["AccessToken"].clone();
        (world, pool, client, token)
    }

    fn sign_up(client: &str) -> Value {
        let email = attribute_list(json!({ "email": "a@example.com" }));
        json!({ "ClientId": client, "Username": "alice", "Password": "Abcdef1!", "UserAttributes": email })
    }

    fn metadata() -> Value {
        json!({ "ClientMetadata": { "from": "here" } })
    }

    #[tokio::test]
    async fn the_event_and_what_is_sent() {
        let (world, pool, client, _) = world().await;
        let sub = world.ok("SignUp", merged(sign_up(&client), metadata())).await["UserSub"].clone();
        let event = json!({
            "version": "1",
            "triggerSource": "CustomMessage_SignUp",
            "region": "us-east-1",
            "userPoolId": pool,
            "userName": "alice",
            "callerContext": { "awsSdkVersion": "aws-sdk-unknown-unknown", "clientId": client },
            "request": {
                "userAttributes": {
                    "sub": sub, "cognito:user_status": "UNCONFIRMED", "email": "a@example.com",
                },
                "codeParameter": "{####}",
                "linkParameter": "{##Click Here##}",
                "usernameParameter": null,
                "clientMetadata": { "from": "here" },
            },
            "response": { "smsMessage": null, "emailMessage": null, "emailSubject": null },
        });
        assert_eq!(world.functions.events(), [event]);
        let message = world.messages(&pool, "alice").await.remove(0);
        let code = text(&message["code"]);
        assert_eq!(message["body"], format!("<b>{code}</b> alice"));
        assert_eq!(message["subject"], "Hi");
        assert_eq!(message["trigger_source"], "CustomMessage_SignUp");
        let confirm = json!({ "ClientId": client, "Username": "alice", "ConfirmationCode": code });
        world.ok("ConfirmSignUp", confirm).await;
    }

    #[tokio::test]
    async fn every_operation_that_sends_asks() {
        let (world, pool, client, token) = world().await;
        let as_client = |more: Value| merged(json!({ "ClientId": client, "Username": "alice" }), more);
        let as_admin = |more: Value| merged(json!({ "UserPoolId": pool, "Username": "alice" }), more);
        let check = async |operation: &str, input: Value, expected: (&str, &str, &str)| {
            let before = world.functions.events().len();
            world.ok(operation, merged(input, metadata())).await;
            let events = world.functions.events();
            assert_eq!(events.len(), before + 1, "{operation}");
            let event = &events[before];
            let (source, username, client) = expected;
            assert_eq!(event["triggerSource"], source);
            assert_eq!(event["userName"], username);
            assert_eq!(event["callerContext"]["clientId"], client);
            assert_eq!(event["request"]["clientMetadata"], json!({ "from": "here" }));
            let parameter = if operation == "AdminCreateUser" { json!("{username}") } else { Value::Null };
            assert_eq!(event["request"]["usernameParameter"], parameter);
            let message = world.messages(&pool, username).await.remove(0);
            assert_eq!(message["trigger_source"], source);
            assert_eq!(message["body"], format!("<b>{}</b> {username}", text(&message["code"])));
        };
        let (alice, bob) = ("alice", "bob");
        check("SignUp", sign_up(&client), ("CustomMessage_SignUp", alice, &client)).await;
        check("ResendConfirmationCode", as_client(json!({})), ("CustomMessage_ResendCode", alice, &client))
            .await;
        let code = world.code(&pool, "alice").await;
        world.ok("ConfirmSignUp", as_client(json!({ "ConfirmationCode": code }))).await;
        check("ForgotPassword", as_client(json!({})), ("CustomMessage_ForgotPassword", alice, &client)).await;
        let admin = "CLIENT_ID_NOT_APPLICABLE";
        let reset = ("CustomMessage_ForgotPassword", alice, admin);
        check("AdminResetUserPassword", as_admin(json!({})), reset).await;
        let email = json!({ "UserAttributes": attribute_list(json!({ "email": "c@example.com" })) });
        let update = ("CustomMessage_UpdateUserAttribute", alice, admin);
        check("AdminUpdateUserAttributes", as_admin(email.clone()), update).await;
        let update = ("CustomMessage_UpdateUserAttribute", bob, client.as_str());
        let by_token = |more: Value| merged(json!({ "AccessToken": token }), more);
        check("UpdateUserAttributes", by_token(email), update).await;
        let verify = ("CustomMessage_VerifyUserAttribute", bob, client.as_str());
        let attribute = by_token(json!({ "AttributeName": "email" }));
        check("GetUserAttributeVerificationCode", attribute, verify).await;
        let invitation = json!({
            "UserPoolId": pool, "Username": "carol", "DesiredDeliveryMediums": ["EMAIL"],
            "UserAttributes": attribute_list(json!({ "email": "c@example.com" })),
        });
        check("AdminCreateUser", invitation.clone(), ("CustomMessage_AdminCreateUser", "carol", admin)).await;
        let again = merged(invitation, json!({ "MessageAction": "RESEND" }));
        check("AdminCreateUser", again, ("CustomMessage_AdminCreateUser", "carol", admin)).await;
    }

    #[tokio::test]
    async fn the_code_of_a_sign_in() {
        let (world, pool, _, _) = world().await;
        let factors = json!({ "SignInPolicy": { "AllowedFirstAuthFactors": ["PASSWORD", "EMAIL_OTP"] } });
        let ses = json!({
            "EmailSendingAccount": "DEVELOPER",
            "SourceArn": "arn:aws:ses:us-east-1:000000000000:identity/example.com",
        });
        let lambda = json!({ "CustomMessage": arn("message") });
        let update = json!({
            "UserPoolId": pool, "Policies": factors, "LambdaConfig": lambda, "EmailConfiguration": ses,
        });
        world.ok("UpdateUserPool", update).await;
        let client = world.client(&pool, json!({ "ExplicitAuthFlows": ["ALLOW_USER_AUTH"] })).await;
        let email = attribute_list(json!({ "email": "c@example.com", "email_verified": "true" }));
        let create = json!({
            "UserPoolId": pool, "Username": "carol", "UserAttributes": email, "MessageAction": "SUPPRESS",
        });
        world.ok("AdminCreateUser", create).await;
        let parameters = json!({ "USERNAME": "carol", "PREFERRED_CHALLENGE": "EMAIL_OTP" });
        let auth = json!({ "ClientId": client, "AuthFlow": "USER_AUTH", "AuthParameters": parameters });
        let challenge = world.ok("InitiateAuth", merged(auth, metadata())).await;
        assert_eq!(challenge["ChallengeName"], "EMAIL_OTP");
        let events = world.functions.events();
        assert_eq!(events.len(), 1);
        assert_eq!(events[0]["triggerSource"], "CustomMessage_Authentication");
        assert_eq!(events[0]["request"].get("clientMetadata"), None, "that of InitiateAuth goes elsewhere");
        let message = world.messages(&pool, "carol").await.remove(0);
        assert_eq!(message["body"], format!("<b>{}</b> carol", text(&message["code"])));
    }

    #[tokio::test]
    async fn texts_that_cannot_be_sent() {
        let check = async |response: Value| {
            let (world, pool, client, _) = world().await;
            world.functions.respond("message", response);
            let failure = world.fails("SignUp", sign_up(&client)).await;
            assert_eq!(failure, "InvalidLambdaResponseException: Unrecognizable lambda output");
            assert_eq!(world.messages(&pool, "alice").await, Vec::<Value>::new());
            let alice = world.ok("AdminGetUser", json!({ "UserPoolId": pool, "Username": "alice" })).await;
            assert_eq!(alice["UserStatus"], "UNCONFIRMED", "the user is there already");
        };
        check(json!({ "emailMessage": "no code" })).await;
        check(json!({ "emailMessage": 1 })).await;
        check(json!({ "emailSubject": "x".repeat(141) })).await;
    }

    #[tokio::test]
    async fn nobody_is_told_of_decoys() {
        let (world, pool, _, _) = world().await;
        let hiding = world.client(&pool, json!({ "PreventUserExistenceErrors": "ENABLED" })).await;
        for operation in ["ForgotPassword", "ResendConfirmationCode"] {
            world.ok(operation, json!({ "ClientId": hiding, "Username": "nobody" })).await;
        }
        assert_eq!(world.functions.events(), Vec::<Value>::new());
    }
}
