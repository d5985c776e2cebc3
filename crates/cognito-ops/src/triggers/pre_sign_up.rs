//! PreSignUp: may refuse a new user, or confirm the user and verify the addresses at once.
//! <https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-pre-sign-up.html>

use cognito_core::user::Automatic;
use serde::Deserialize;
use serde_json::{Value, json};

use super::event::{self, Event};
use super::{About, Metadata};
use crate::ctx::Ctx;
use crate::errors::Reply;

/// Who makes the user: the end of the trigger source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// SignUp
    SignUp,
    /// AdminCreateUser
    AdminCreateUser,
    /// The first sign-in at an identity provider.
    ExternalProvider,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Response {
    auto_confirm_user: Option<bool>,
    auto_verify_email: Option<bool>,
    auto_verify_phone: Option<bool>,
}

/// Asks whether the user, who is not saved yet, may come into being. An administrator's user is neither confirmed nor
/// verified by the answer.
pub(crate) async fn call(
    ctx: &Ctx<'_>,
    about: About<'_>,
    source: Source,
    validation: Option<&Metadata>,
    metadata: Option<&Metadata>,
) -> Reply<Automatic> {
    let Some(arn) = &about.pool.settings.lambda_config.pre_sign_up else { return Ok(Automatic::default()) };
    let mut request = event::request(about, metadata);
    // Only what was submitted: there is no `sub` and no status yet.
    let submitted = about.user.map(|user| user.attributes.iter().cloned()).into_iter().flatten();
    let submitted = submitted.map(|(name, value)| (name, json!(value))).collect();
    request.insert("userAttributes".to_owned(), Value::Object(submitted));
    request.insert("validationData".to_owned(), json!(validation));
    let event = Event {
        trigger: "PreSignUp",
        version: "1",
        source: match source {
            Source::SignUp => "PreSignUp_SignUp",
            Source::AdminCreateUser => "PreSignUp_AdminCreateUser",
            Source::ExternalProvider => "PreSignUp_ExternalProvider",
        },
        request,
        response: json!({ "autoConfirmUser": false, "autoVerifyEmail": false, "autoVerifyPhone": false }),
    };
    let response = event.send::<Response>(ctx, about, arn).await?.unwrap_or_default();
    Ok(match source {
        Source::AdminCreateUser => Automatic::default(),
        Source::SignUp | Source::ExternalProvider => Automatic {
            confirm: response.auto_confirm_user == Some(true),
            verify_email: response.auto_verify_email == Some(true),
            verify_phone_number: response.auto_verify_phone == Some(true),
        },
    })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use testkit::World;
    use testkit::functions::arn;
    use testkit::world::{attribute_list, attribute_map, merged};

    /// A world with a pool and a client, and a function `pre` that responds so.
    async fn world(pool: Value, response: Value) -> (World, String, String) {
        let world = World::new().await;
        let pool = world.pool(merged(json!({ "LambdaConfig": { "PreSignUp": arn("pre") } }), pool)).await;
        let client = world.client(&pool, json!({})).await;
        world.functions.respond("pre", response);
        (world, pool, client)
    }

    fn sign_up(client: &str, username: &str, attributes: Value) -> Value {
        let attributes = attribute_list(attributes);
        json!({ "ClientId": client, "Username": username, "Password": "Abcdef1!", "UserAttributes": attributes })
    }

    async fn user(world: &World, pool: &str, username: &str) -> (Value, Value) {
        let user = world.ok("AdminGetUser", json!({ "UserPoolId": pool, "Username": username })).await;
        (user["UserStatus"].clone(), attribute_map(&user["UserAttributes"]))
    }

    #[tokio::test]
    async fn the_events() {
        let (world, pool, client) = world(json!({}), json!({})).await;
        world.ok("SignUp", sign_up(&client, "alice", json!({ "email": "a@example.com" }))).await;
        let more = json!({
            "ValidationData": [{ "Name": "captcha", "Value": "7" }], "ClientMetadata": { "from": "here" },
        });
        world.ok("SignUp", merged(sign_up(&client, "bob", json!({ "name": "Bob" })), more.clone())).await;
        let admin = json!({ "UserPoolId": pool, "Username": "carol" });
        world.ok("AdminCreateUser", merged(admin, more)).await;
        let event = |source: &str, username: &str, client: &str, request: Value| {
            json!({
                "version": "1",
                "triggerSource": source,
                "region": "us-east-1",
                "userPoolId": pool,
                "userName": username,
                "callerContext": { "awsSdkVersion": "aws-sdk-unknown-unknown", "clientId": client },
                "request": request,
                "response": { "autoConfirmUser": false, "autoVerifyEmail": false, "autoVerifyPhone": false },
            })
        };
        let with_data = |attributes: Value| {
            json!({
                "userAttributes": attributes,
                "validationData": { "captcha": "7" },
                "clientMetadata": { "from": "here" },
            })
        };
        let plain = json!({ "userAttributes": { "email": "a@example.com" }, "validationData": null });
        assert_eq!(
            world.functions.events(),
            [
                event("PreSignUp_SignUp", "alice", &client, plain),
                event("PreSignUp_SignUp", "bob", &client, with_data(json!({ "name": "Bob" }))),
                event("PreSignUp_AdminCreateUser", "carol", "CLIENT_ID_NOT_APPLICABLE", with_data(json!({}))),
            ]
        );
    }

    #[tokio::test]
    async fn an_email_pool_tells_the_sub_and_the_address() {
        let (world, _, client) = world(json!({ "UsernameAttributes": ["email"] }), json!({})).await;
        let answer = world.ok("SignUp", sign_up(&client, "a@example.com", json!({}))).await;
        let event = world.functions.events().remove(0);
        assert_eq!(event["userName"], answer["UserSub"]);
        assert_eq!(event["request"]["userAttributes"], json!({ "email": "a@example.com" }));
    }

    #[tokio::test]
    async fn confirms_and_verifies() {
        let verified = json!({ "AutoVerifiedAttributes": ["email"] });
        let response = json!({ "autoConfirmUser": true, "autoVerifyEmail": true, "autoVerifyPhone": null });
        let (world, pool, client) = world(verified, response).await;
        let answer = world.ok("SignUp", sign_up(&client, "alice", json!({ "email": "a@example.com" }))).await;
        assert_eq!(answer, json!({ "UserConfirmed": true, "UserSub": answer["UserSub"] }));
        let attributes = json!({ "email": "a@example.com", "email_verified": "true" });
        assert_eq!(user(&world, &pool, "alice").await, (json!("CONFIRMED"), attributes));
        assert_eq!(world.messages(&pool, "alice").await, Vec::<Value>::new(), "there is nothing to confirm");
        world.sign_in(&client, "alice", "Abcdef1!").await;

        let email = json!({ "email": "b@example.com" });
        let admin =
            json!({ "UserPoolId": pool, "Username": "bob", "UserAttributes": attribute_list(email.clone()) });
        world.ok("AdminCreateUser", admin).await;
        let expected = (json!("FORCE_CHANGE_PASSWORD"), email);
        assert_eq!(user(&world, &pool, "bob").await, expected, "an administrator's user is not touched");
    }

    #[tokio::test]
    async fn a_verified_alias_moves_to_the_new_user() {
        let response = json!({ "autoConfirmUser": true, "autoVerifyEmail": true });
        let (world, pool, client) = world(json!({ "AliasAttributes": ["email"] }), response).await;
        for username in ["alice", "bob"] {
            world.ok("SignUp", sign_up(&client, username, json!({ "email": "a@example.com" }))).await;
        }
        let by_email = json!({ "UserPoolId": pool, "Username": "a@example.com" });
        assert_eq!(world.ok("AdminGetUser", by_email).await["Username"], "bob");
        let attributes = json!({ "email": "a@example.com", "email_verified": "false" });
        assert_eq!(user(&world, &pool, "alice").await, (json!("CONFIRMED"), attributes));
    }

    #[tokio::test]
    async fn what_is_refused_makes_nobody() {
        let check = async |response: Value, expected: &str| {
            let (world, pool, client) = world(json!({}), response).await;
            let email = json!({ "email": "a@example.com" });
            assert_eq!(world.fails("SignUp", sign_up(&client, "alice", email)).await, expected);
            assert_eq!(world.ok("ListUsers", json!({ "UserPoolId": pool })).await, json!({ "Users": [] }));
        };
        let unconfirmed = "InvalidLambdaResponseException: Phone or email cannot be auto verified, when user is not being auto confirmed.";
        check(json!({ "autoVerifyEmail": true }), unconfirmed).await;
        let no_phone =
            "InvalidLambdaResponseException: User has no phone_number that could be auto verified.";
        check(json!({ "autoConfirmUser": true, "autoVerifyPhone": true }), no_phone).await;
        let unrecognizable = "InvalidLambdaResponseException: Unrecognizable lambda output";
        check(json!({ "autoConfirmUser": "true" }), unrecognizable).await;
        check(json!({ "autoConfirmUser": 1 }), unrecognizable).await;
        check(json!(null), unrecognizable).await;
        check(json!([]), unrecognizable).await;
    }
}
