//! UserMigration: brings a user who is not there yet from elsewhere.
//! <https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-migrate-user.html>

use std::sync::Arc;

use cognito_api::{ErrorCode, wire};
use cognito_core::client::Client;
use cognito_core::delivery;
use cognito_core::mfa::Factor;
use cognito_core::pool::Pool;
use cognito_core::template::Occasion;
use cognito_core::user::{Status, User};
use serde::Deserialize;
use serde_json::{Map, json};

use super::event::Event;
use super::{About, Metadata};
use crate::ctx::Ctx;
use crate::errors::{self, ApiError, Reply};
use crate::service::attributes::Clash;
use crate::service::messages::{self, Letter};
use crate::service::new_user::{self, Door};
use crate::service::proofs;

/// What a user who does not exist tried.
pub(crate) enum Attempt<'a> {
    /// UserMigration_Authentication
    SignIn {
        /// What was typed.
        password: &'a str,
    },
    /// UserMigration_ForgotPassword
    ForgotPassword,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Response {
    user_attributes: Option<Metadata>,
    final_user_status: Option<FinalStatus>,
    message_action: Option<wire::MessageActionType>,
    desired_delivery_mediums: Option<Vec<wire::DeliveryMediumType>>,
    force_alias_creation: Option<bool>,
    #[serde(rename = "enableSMSMFA")]
    enable_sms_mfa: Option<bool>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum FinalStatus {
    Confirmed,
    ResetRequired,
}

/// Asks the function for the user, and makes the user in the pool; `None` if the pool has no function, the function knows
/// no such user, or the Region is that of a secondary replica, where no users are made.
pub(crate) async fn call(
    ctx: &Ctx<'_>,
    pool: &Pool,
    client: &Client,
    typed: &str,
    attempt: Attempt<'_>,
    metadata: Option<&Metadata>,
) -> Reply<Option<Arc<User>>> {
    let Some(arn) = &pool.settings.lambda_config.user_migration else { return Ok(None) };
    if ctx.region().is_some_and(|region| pool.replica_in(region).is_some()) {
        return Ok(None);
    }
    let about = About::nobody(pool, client, typed);
    let answer = event(&attempt, metadata).send::<Response>(ctx, about, arn).await?;
    let Some(response) =
        answer.filter(|response| response.user_attributes.as_ref().is_some_and(|a| !a.is_empty()))
    else {
        return Ok(None);
    };
    // Whatever is wrong with the answer: no user can be made of it.
    let failed = |error: ApiError| errors::migration_failed(&client.id).because(error);
    let user = build(ctx, pool, typed, &attempt, &response).map_err(failed)?;
    let clash = if response.force_alias_creation == Some(true) { Clash::Move } else { Clash::Refuse };
    let saved = ctx.write(async |txn| {
        // Somebody may have been faster.
        if let Some(other) = txn.user_if_any(pool, typed).await? {
            return Ok(other);
        }
        new_user::insert(txn, pool, &user, clash, Door::SignUp).await?;
        Ok(Arc::new(user.clone()))
    });
    let saved = match saved.await {
        Err(error) if error.is(ErrorCode::UsernameExistsException) => return Err(failed(error)),
        saved => saved?,
    };
    if saved.sub == user.sub && response.message_action != Some(wire::MessageActionType::Suppress) {
        welcome(ctx, pool, client, &user, &response).await?;
    }
    Ok(Some(saved))
}

fn event(attempt: &Attempt<'_>, metadata: Option<&Metadata>) -> Event<'static> {
    let (source, request) = match attempt {
        // ClientMetadata of InitiateAuth arrives as validationData.
        Attempt::SignIn { password } => (
            "UserMigration_Authentication",
            Map::from_iter([
                ("password".to_owned(), json!(password)),
                ("validationData".to_owned(), json!(metadata)),
            ]),
        ),
        Attempt::ForgotPassword => {
            let mut request = Map::from_iter([("validationData".to_owned(), json!(null))]);
            request.extend(metadata.map(|metadata| ("clientMetadata".to_owned(), json!(metadata))));
            ("UserMigration_ForgotPassword", request)
        }
    };
    Event {
        trigger: "UserMigration",
        version: "1",
        source,
        request,
        response: json!({
            "userAttributes": null,
            "forceAliasCreation": null,
            "enableSMSMFA": null,
            "finalUserStatus": null,
            "messageAction": null,
            "desiredDeliveryMediums": null,
        }),
    }
}

/// The user that an answer describes. The password is the one that was typed: no policy is asked.
fn build(ctx: &Ctx<'_>, pool: &Pool, typed: &str, attempt: &Attempt<'_>, response: &Response) -> Reply<User> {
    let mut attributes = response.user_attributes.clone().unwrap_or_default();
    // Who typed an alias has a username beside it. In pools that sign in by attribute the `sub` is the username.
    let given = attributes.remove("username").filter(|_| !pool.sign_in.are_attributes());
    let name = given.as_deref().unwrap_or(typed);
    let status = match response.final_user_status {
        Some(FinalStatus::Confirmed) => Status::Confirmed,
        Some(FinalStatus::ResetRequired) | None => Status::ResetRequired,
    };
    let mut user = new_user::build(ctx, pool, name, attributes.into_iter().collect(), status)?;
    pool.schema.check_required(|name| user.attribute(name).is_some())?;
    if !user.answers_to(typed) {
        return Err(errors::trigger_unrecognizable());
    }
    if response.enable_sms_mfa == Some(true) {
        user.attribute("phone_number").ok_or_else(|| errors::attribute_without_value("phone_number"))?;
        user.mfa.enabled.insert(Factor::Sms);
        user.mfa.preferred = Some(Factor::Sms);
    }
    if let (Attempt::SignIn { password }, Status::Confirmed) = (attempt, status) {
        user.password = Some(proofs::hash(ctx, &pool.id, &user.username, password)?);
    }
    Ok(user)
}

/// Sends the invitation, without a password: the user has one.
async fn welcome(ctx: &Ctx<'_>, pool: &Pool, client: &Client, user: &User, response: &Response) -> Reply<()> {
    for destination in &delivery::of_invitation(user, response.desired_delivery_mediums.as_deref()) {
        let (client, occasion) = (Some(client), Occasion::Invitation);
        let letter = Letter { pool, client, user, occasion, destination, code: "" };
        messages::deliver(ctx, &letter, None).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use testkit::functions::arn;
    use testkit::world::{attribute_map, merged, password_auth};
    use testkit::{InvokeError, World};

    async fn world(pool: Value) -> (World, String, String) {
        let world = World::new().await;
        let lambda = json!({ "LambdaConfig": { "UserMigration": arn("migrate") } });
        let pool = world.pool(merged(lambda, pool)).await;
        let client = world.client(&pool, json!({})).await;
        (world, pool, client)
    }

    fn forgot(client: &str, username: &str) -> Value {
        json!({ "ClientId": client, "Username": username, "ClientMetadata": { "from": "here" } })
    }

    fn found() -> Value {
        json!({
            "userAttributes": { "email": "a@example.com", "email_verified": "true" },
            "messageAction": "SUPPRESS",
        })
    }

    async fn user(world: &World, pool: &str, username: &str) -> Value {
        world.ok("AdminGetUser", json!({ "UserPoolId": pool, "Username": username })).await
    }

    #[tokio::test]
    async fn a_forgotten_password_brings_the_user() {
        let (world, pool, client) = world(json!({})).await;
        world.functions.respond("migrate", found());
        let answer = world.ok("ForgotPassword", forgot(&client, "alice")).await;
        assert_eq!(answer["CodeDeliveryDetails"]["Destination"], "a***@e***");
        let event = json!({
            "version": "1",
            "triggerSource": "UserMigration_ForgotPassword",
            "region": "us-east-1",
            "userPoolId": pool,
            "userName": "alice",
            "callerContext": { "awsSdkVersion": "aws-sdk-unknown-unknown", "clientId": client },
            "request": { "validationData": null, "clientMetadata": { "from": "here" } },
            "response": {
                "userAttributes": null, "forceAliasCreation": null, "enableSMSMFA": null,
                "finalUserStatus": null, "messageAction": null, "desiredDeliveryMediums": null,
            },
        });
        assert_eq!(world.functions.events(), [event]);
        assert_eq!(user(&world, &pool, "alice").await["UserStatus"], "RESET_REQUIRED");
        assert_eq!(world.messages(&pool, "alice").await.len(), 1, "only the code");
        let code = world.code(&pool, "alice").await;
        let confirm = json!({ "ClientId": client, "Username": "alice", "ConfirmationCode": code, "Password": "Bcdefg2!" });
        world.ok("ConfirmForgotPassword", confirm).await;
        world.sign_in(&client, "alice", "Bcdefg2!").await;
        world.ok("ForgotPassword", forgot(&client, "alice")).await;
        assert_eq!(world.functions.events().len(), 1, "who is here is not migrated");
    }

    #[tokio::test]
    async fn a_sign_in_brings_the_user_with_the_password() {
        let (world, pool, client) = world(json!({})).await;
        world.functions.respond("migrate", merged(found(), json!({ "finalUserStatus": "CONFIRMED" })));
        let metadata = json!({ "ClientMetadata": { "from": "here" } });
        // No policy is asked about a password that is brought along.
        let auth = password_auth(&client, "alice", "weak");
        world.ok("InitiateAuth", merged(auth, metadata)).await;
        let event = world.functions.events().remove(0);
        assert_eq!(event["triggerSource"], "UserMigration_Authentication");
        let request = json!({ "password": "weak", "validationData": { "from": "here" } });
        assert_eq!(event["request"], request);
        assert_eq!(user(&world, &pool, "alice").await["UserStatus"], "CONFIRMED");
        world.sign_in(&client, "alice", "weak").await;
        let wrong = world.fails("InitiateAuth", password_auth(&client, "alice", "other")).await;
        assert_eq!(wrong, "NotAuthorizedException: Incorrect username or password.");
        assert_eq!(world.functions.events().len(), 1);
    }

    #[tokio::test]
    async fn without_a_final_status_the_password_must_be_reset() {
        let (world, pool, client) = world(json!({})).await;
        world.functions.respond("migrate", found());
        assert_eq!(
            world.fails("InitiateAuth", password_auth(&client, "alice", "Abcdef1!")).await,
            "PasswordResetRequiredException: Password reset required for the user"
        );
        assert_eq!(user(&world, &pool, "alice").await["UserStatus"], "RESET_REQUIRED");
    }

    #[tokio::test]
    async fn who_is_not_found_stays_unknown() {
        let (world, pool, client) = world(json!({})).await;
        let hiding = world.client(&pool, json!({ "PreventUserExistenceErrors": "ENABLED" })).await;
        world.functions.respond("migrate", json!({}));
        assert_eq!(
            world.fails("InitiateAuth", password_auth(&client, "nobody", "Abcdef1!")).await,
            "UserNotFoundException: User does not exist."
        );
        assert_eq!(
            world.fails("InitiateAuth", password_auth(&hiding, "nobody", "Abcdef1!")).await,
            "NotAuthorizedException: Incorrect username or password."
        );
    }

    #[tokio::test]
    async fn a_welcome_has_no_password() {
        let (world, pool, client) = world(json!({})).await;
        let more = json!({ "messageAction": null, "desiredDeliveryMediums": ["EMAIL"] });
        world.functions.respond("migrate", merged(found(), more));
        world.ok("ForgotPassword", forgot(&client, "alice")).await;
        let messages = world.messages(&pool, "alice").await;
        let sources: Vec<_> = messages.iter().map(|message| &message["trigger_source"]).collect();
        assert_eq!(sources, ["CustomMessage_ForgotPassword", "CustomMessage_AdminCreateUser"]);
        assert_eq!(messages[1]["code"], Value::Null);
    }

    #[tokio::test]
    async fn an_alias_needs_a_username() {
        let (world, pool, client) = world(json!({ "AliasAttributes": ["email"] })).await;
        let failed = format!("UserNotFoundException: Exception migrating user in app client {client}");
        world.functions.respond("migrate", found());
        assert_eq!(world.fails("ForgotPassword", forgot(&client, "a@example.com")).await, failed);
        let attributes = json!({ "email": "a@example.com", "email_verified": "true", "username": "alice" });
        world.functions.respond("migrate", merged(found(), json!({ "userAttributes": attributes })));
        let other = world.fails("ForgotPassword", forgot(&client, "b@example.com")).await;
        assert_eq!(other, failed, "not the user who was asked for");
        world.ok("ForgotPassword", forgot(&client, "a@example.com")).await;
        let alice = user(&world, &pool, "a@example.com").await;
        assert_eq!(alice["Username"], "alice");
        let expected = json!({ "email": "a@example.com", "email_verified": "true" });
        assert_eq!(attribute_map(&alice["UserAttributes"]), expected);
    }

    #[tokio::test]
    async fn an_alias_moves_only_by_force() {
        let (world, pool, client) = world(json!({ "AliasAttributes": ["email"] })).await;
        world.functions.respond("migrate", found());
        world.ok("ForgotPassword", forgot(&client, "alice")).await;
        let failed = format!("UserNotFoundException: Exception migrating user in app client {client}");
        assert_eq!(world.fails("ForgotPassword", forgot(&client, "bob")).await, failed);
        world.functions.respond("migrate", merged(found(), json!({ "forceAliasCreation": true })));
        world.ok("ForgotPassword", forgot(&client, "bob")).await;
        assert_eq!(user(&world, &pool, "a@example.com").await["Username"], "bob");
    }

    #[tokio::test]
    async fn who_is_not_found() {
        let (world, pool, client) = world(json!({})).await;
        let check = async |response: Value, expected: &str| {
            world.functions.respond("migrate", response);
            assert_eq!(world.fails("ForgotPassword", forgot(&client, "alice")).await, expected);
            assert_eq!(world.ok("ListUsers", json!({ "UserPoolId": pool })).await, json!({ "Users": [] }));
        };
        let unknown = "UserNotFoundException: Username/client id combination not found.";
        check(json!({}), unknown).await;
        check(json!({ "userAttributes": {}, "finalUserStatus": "CONFIRMED" }), unknown).await;
        let failed = format!("UserNotFoundException: Exception migrating user in app client {client}");
        for attributes in [json!({ "email": "nobody" }), json!({ "custom:x": "1" }), json!({ "sub": "1" })] {
            check(json!({ "userAttributes": attributes }), &failed).await;
        }
        check(merged(found(), json!({ "enableSMSMFA": true })), &failed).await;
        let unrecognizable = "InvalidLambdaResponseException: Unrecognizable lambda output";
        check(merged(found(), json!({ "finalUserStatus": "UNCONFIRMED" })), unrecognizable).await;
        check(json!({ "userAttributes": { "email_verified": true } }), unrecognizable).await;
        world.functions.answer("*", |_| Err(InvokeError::Function("Bad password".to_owned())));
        let refused = "UserLambdaValidationException: UserMigration failed with error Bad password.";
        assert_eq!(world.fails("ForgotPassword", forgot(&client, "alice")).await, refused);
    }
}
