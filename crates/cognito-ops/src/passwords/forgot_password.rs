//! ForgotPassword: sends a code with which a forgotten password is replaced.
//! <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_ForgotPassword.html>

use cognito_core::attempts::Limited;
use cognito_core::client::Client;
use cognito_core::code::Purpose;
use cognito_core::delivery::{self, Destination};
use cognito_core::pool::Pool;
use cognito_core::template::Occasion;
use cognito_core::user::{Status, User};
use cognito_store::Txn;

use crate::prelude::*;
use crate::service::auth_events::{Deed, Told};
use crate::service::messages::Answer;
use crate::service::{codes, decoys, secret_hash, usage};
use crate::triggers::user_migration::{self, Attempt};

pub(crate) async fn handle(
    ctx: &Ctx<'_>,
    input: wire::ForgotPasswordRequest,
) -> Reply<wire::ForgotPasswordResponse> {
    let (pool, client) = ctx.read().client_by_id(&input.client_id).await?;
    secret_hash::check(&client, &input.username, input.secret_hash.as_ref().map(|hash| hash.as_str()))?;
    let (name, told) = (&*input.username, Told::App(input.user_context_data.as_ref()));
    let deed = Deed {
        pool: &pool,
        client: &client,
        name,
        kind: wire::EventType::ForgotPassword,
        told,
        password: None,
    };
    deed.watch(ctx, send(ctx, &pool, &client, &input)).await
}

async fn send(
    ctx: &Ctx<'_>,
    pool: &Pool,
    client: &Client,
    input: &wire::ForgotPasswordRequest,
) -> Reply<wire::ForgotPasswordResponse> {
    let metadata = input.client_metadata.as_ref();
    if ctx.read().user_if_any(pool, &input.username).await?.is_none() {
        user_migration::call(ctx, pool, client, &input.username, Attempt::ForgotPassword, metadata).await?;
    }
    let answer = ctx.write(async |txn| forgot(ctx, txn, client, &input.username).await).await?;
    let destination = answer.deliver(ctx, pool, client, Occasion::ForgotPassword, metadata).await?;
    Ok(wire::ForgotPasswordResponse { code_delivery_details: Some(views::delivery(&destination)) })
}

async fn forgot(ctx: &Ctx<'_>, txn: &mut Txn, client: &Client, username: &str) -> Reply<Answer> {
    let pool = txn.pool(&client.pool_id).await?;
    let user = txn.user_if_any(&pool, username).await?;
    let counted = user.as_ref().map_or(username, |user| &user.username);
    usage::count(txn, &pool, Limited::ForgotPassword, counted).await?;
    let hidden = client.hides_users();
    let decoy = async |txn: &mut Txn| {
        let purpose = Purpose::ForgotPassword;
        Ok(Answer::Decoy(decoys::code(ctx, txn, &pool, client, username, purpose).await?))
    };
    match user {
        None if hidden => decoy(txn).await,
        None => Err(errors::combination_not_found()),
        Some(user) => match destination(&pool, &user) {
            Ok(destination) => {
                let purpose = Purpose::ForgotPassword;
                let fresh = codes::make(ctx, txn, &user, destination, purpose, Some(&client.id)).await?;
                Ok(Answer::Code(user, fresh))
            }
            Err(_) if hidden => decoy(txn).await,
            Err(error) => Err(error),
        },
    }
}

/// Where the code of a user goes who may have one.
pub(super) fn destination(pool: &Pool, user: &User) -> Reply<Destination> {
    if !user.enabled {
        return Err(errors::user_disabled());
    }
    match user.status {
        Status::Confirmed | Status::ResetRequired => Ok(delivery::of_recovery(pool, user)?),
        Status::Unconfirmed | Status::ForceChangePassword { .. } | Status::ExternalProvider => {
            Err(errors::password_cannot_be_reset())
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use testkit::World;

    async fn world(pool: Value) -> (World, String, String) {
        let world = World::new().await;
        let pool = world.pool(pool).await;
        let client = world.client(&pool, json!({})).await;
        world.user(&pool, "alice", "Abcdef1!").await;
        (world, pool, client)
    }

    async fn set(world: &World, pool: &str, username: &str, attributes: &[(&str, &str)]) {
        let attributes: Vec<_> = attributes.iter().map(|(n, v)| json!({ "Name": n, "Value": v })).collect();
        let input = json!({ "UserPoolId": pool, "Username": username, "UserAttributes": attributes });
        world.ok("AdminUpdateUserAttributes", input).await;
    }

    fn forgot(client: &str, username: &str) -> Value {
        json!({ "ClientId": client, "Username": username })
    }

    #[tokio::test]
    async fn a_code_goes_to_a_verified_address() {
        let (world, pool, client) = world(json!({})).await;
        assert_eq!(
            world.fails("ForgotPassword", forgot(&client, "alice")).await,
            "InvalidParameterException: Cannot reset password for the user as there is no registered/verified email or phone_number"
        );
        set(&world, &pool, "alice", &[("email", "test@test.com"), ("email_verified", "True")]).await;
        let answer = world.ok("ForgotPassword", forgot(&client, "alice")).await;
        let details =
            json!({ "Destination": "t***@t***", "DeliveryMedium": "EMAIL", "AttributeName": "email" });
        assert_eq!(answer, json!({ "CodeDeliveryDetails": details }));
        assert_eq!(world.messages(&pool, "alice").await[0]["trigger_source"], "CustomMessage_ForgotPassword");
        let phone = [("phone_number", "+12065559934"), ("phone_number_verified", "true")];
        set(&world, &pool, "alice", &phone).await;
        let answer = world.ok("ForgotPassword", forgot(&client, "alice")).await;
        assert_eq!(
            answer["CodeDeliveryDetails"]["Destination"], "+*******9934",
            "the phone goes first by default"
        );
    }

    #[tokio::test]
    async fn the_recovery_setting_decides() {
        let only = |name: &str| json!({ "AccountRecoverySetting": { "RecoveryMechanisms": [{ "Priority": 1, "Name": name }] } });
        let (world, pool, client) = world(only("admin_only")).await;
        set(&world, &pool, "alice", &[("email", "test@test.com"), ("email_verified", "true")]).await;
        assert_eq!(
            world.fails("ForgotPassword", forgot(&client, "alice")).await,
            "NotAuthorizedException: Contact administrator to reset password."
        );
    }

    #[tokio::test]
    async fn statuses_without_a_reset() {
        let (world, pool, client) = world(json!({})).await;
        world
            .ok(
                "AdminCreateUser",
                json!({ "UserPoolId": pool, "Username": "new", "MessageAction": "SUPPRESS" }),
            )
            .await;
        assert_eq!(
            world.fails("ForgotPassword", forgot(&client, "new")).await,
            "NotAuthorizedException: User password cannot be reset in the current state."
        );
        world.ok("AdminDisableUser", json!({ "UserPoolId": pool, "Username": "alice" })).await;
        assert_eq!(
            world.fails("ForgotPassword", forgot(&client, "alice")).await,
            "NotAuthorizedException: User is disabled."
        );
    }

    #[tokio::test]
    async fn unknown_users() {
        let (world, pool, client) = world(json!({})).await;
        assert_eq!(
            world.fails("ForgotPassword", forgot(&client, "nobody")).await,
            "UserNotFoundException: Username/client id combination not found."
        );
        let hiding = world.client(&pool, json!({ "PreventUserExistenceErrors": "ENABLED" })).await;
        let first = world.ok("ForgotPassword", forgot(&hiding, "nobody")).await;
        assert_eq!(world.ok("ForgotPassword", forgot(&hiding, "nobody")).await, first);
        assert!(world.messages(&pool, "nobody").await.is_empty());
        world.ok("ForgotPassword", forgot(&hiding, "alice")).await;
    }
}
