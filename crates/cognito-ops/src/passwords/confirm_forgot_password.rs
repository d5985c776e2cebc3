//! ConfirmForgotPassword: replaces a forgotten password, with the code that was sent for it.
//! <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_ConfirmForgotPassword.html>

use cognito_core::attempts::{Attempts, Limited};
use cognito_core::client::Client;
use cognito_core::code::Purpose;
use cognito_core::password::Password;
use cognito_core::pool::Pool;
use cognito_core::user::User;
use cognito_store::Txn;

use super::forgot_password::destination;
use crate::prelude::*;
use crate::service::auth_events::{Deed, Told};
use crate::service::codes::{self, Owner};
use crate::service::{decoys, proofs, secret_hash, usage};
use crate::triggers::About;
use crate::triggers::post_confirmation::{self, Source};

pub(crate) async fn handle(
    ctx: &Ctx<'_>,
    input: wire::ConfirmForgotPasswordRequest,
) -> Reply<wire::ConfirmForgotPasswordResponse> {
    let (pool, client) = ctx.read().client_by_id(&input.client_id).await?;
    secret_hash::check(&client, &input.username, input.secret_hash.as_ref().map(|hash| hash.as_str()))?;
    let (name, told) = (&*input.username, Told::App(input.user_context_data.as_ref()));
    let deed = Deed {
        pool: &pool,
        client: &client,
        name,
        kind: wire::EventType::PasswordChange,
        told,
        password: Some(&input.password),
    };
    deed.watch(ctx, reset(ctx, &pool, &client, &input)).await
}

async fn reset(
    ctx: &Ctx<'_>,
    pool: &Pool,
    client: &Client,
    input: &wire::ConfirmForgotPasswordRequest,
) -> Reply<wire::ConfirmForgotPasswordResponse> {
    pool.password_policy().check(&input.password)?;
    let found = ctx.read().user_if_any(pool, &input.username).await?;
    if found.is_none() && !client.hides_users() {
        return Err(errors::combination_not_found());
    }
    // Whether there is a user or not, a password is hashed, and a code is looked at.
    let new = match &found {
        Some(user) => proofs::hash(ctx, &pool.id, &user.username, &input.password)?,
        None => proofs::hash(ctx, &pool.id, &input.username, &input.password)?,
    };
    let step = Step { ctx, client, input, new: &new };
    let user = ctx.write(async |txn| step.confirm(txn).await).await??;
    let about = About::user(pool, Some(client), &user);
    post_confirmation::call(ctx, about, Source::ConfirmForgotPassword, input.client_metadata.as_ref())
        .await?;
    Ok(wire::ConfirmForgotPasswordResponse {})
}

struct Step<'a> {
    ctx: &'a Ctx<'a>,
    client: &'a Client,
    input: &'a wire::ConfirmForgotPasswordRequest,
    new: &'a Password,
}

impl Step<'_> {
    /// A wrong code is counted, which is to be committed: that refusal is given inside `Ok`.
    async fn confirm(&self, txn: &mut Txn) -> Reply<Reply<User>> {
        let Step { ctx, client, input, new } = *self;
        let pool = txn.pool(&client.pool_id).await?;
        let user = txn.user_if_any(&pool, &input.username).await?;
        let counted = user.as_ref().map_or(input.username.as_str(), |user| &user.username);
        usage::count(txn, &pool, Limited::ForgotPassword, counted).await?;
        // Where existence is hidden, a user who can get no code is nobody here, as in ForgotPassword.
        let user = user.filter(|user| !client.hides_users() || destination(&pool, user).is_ok());
        let decoy = decoys::sub(ctx, &pool, &input.username);
        let sub = user.as_ref().map_or(&decoy, |user| &user.sub);
        let owner = Owner { pool_id: &pool.id, sub };
        let guess = input.confirmation_code.as_str();
        match codes::redeem(txn, owner, &Purpose::ForgotPassword, guess, Some(client)).await? {
            Err(error) => Ok(Err(error.into())),
            Ok(_) => match user {
                Some(user) => {
                    refuse_former(&pool, &user, &input.password)?;
                    Ok(Ok(replace(txn, &pool, &user, new).await?))
                }
                // The one guess in a million at a code that nobody got.
                None => Ok(Err(errors::code_mismatch())),
            },
        }
    }
}

fn refuse_former(pool: &Pool, user: &User, password: &str) -> Reply<()> {
    if proofs::was_used(pool, user, password)? { Err(errors::password_used_before()) } else { Ok(()) }
}

async fn replace(txn: &mut Txn, pool: &Pool, user: &User, new: &Password) -> Reply<User> {
    let mut user = user.clone();
    user.set_password(new.clone(), pool.password_history(), txn.now());
    txn.save(&user);
    let attempts = Attempts::password_key(&pool.id, &pool.case().fold(&user.username));
    if let Some(attempts) = txn.get::<Attempts>(&attempts).await? {
        txn.delete(&*attempts);
    }
    Ok(user)
}

#[cfg(test)]
mod tests {
    use cognito_core::Span;
    use serde_json::{Value, json};
    use testkit::World;

    const MISMATCH: &str = "CodeMismatchException: Invalid verification code provided, please try again.";
    const EXPIRED: &str = "ExpiredCodeException: Invalid code provided, please request a code again.";
    const LIMIT: &str = "LimitExceededException: Attempt limit exceeded, please try after some time.";

    async fn world(client: Value) -> (World, String, String) {
        let world = World::new().await;
        let pool = world.pool(json!({})).await;
        let client = world.client(&pool, client).await;
        world.user(&pool, "alice", "Abcdef1!").await;
        let attributes = json!([
            { "Name": "email", "Value": "a@example.com" },
            { "Name": "email_verified", "Value": "true" },
        ]);
        let input = json!({ "UserPoolId": pool, "Username": "alice", "UserAttributes": attributes });
        world.ok("AdminUpdateUserAttributes", input).await;
        (world, pool, client)
    }

    fn confirm(client: &str, username: &str, code: &str) -> Value {
        json!({ "ClientId": client, "Username": username, "ConfirmationCode": code, "Password": "Bcdefg2!" })
    }

    fn forgot(client: &str, username: &str) -> Value {
        json!({ "ClientId": client, "Username": username })
    }

    #[tokio::test]
    async fn a_code_sets_a_password_once() {
        let (world, pool, client) = world(json!({})).await;
        world.ok("ForgotPassword", forgot(&client, "alice")).await;
        let code = world.code(&pool, "alice").await;
        let mut weak = confirm(&client, "alice", &code);
        weak["Password"] = json!("weakweak");
        assert!(world.fails("ConfirmForgotPassword", weak).await.starts_with("InvalidPasswordException"));
        world.ok("ConfirmForgotPassword", confirm(&client, "alice", &code)).await;
        world.sign_in(&client, "alice", "Bcdefg2!").await;
        assert_eq!(world.fails("ConfirmForgotPassword", confirm(&client, "alice", &code)).await, EXPIRED);
    }

    #[tokio::test]
    async fn a_code_lives_an_hour() {
        let (world, pool, client) = world(json!({})).await;
        world.ok("ForgotPassword", forgot(&client, "alice")).await;
        let code = world.code(&pool, "alice").await;
        world.advance(Span::hours(1));
        assert_eq!(world.fails("ConfirmForgotPassword", confirm(&client, "alice", &code)).await, EXPIRED);
    }

    #[tokio::test]
    async fn existing_and_missing_users_answer_alike_where_hidden() {
        let (world, pool, client) = world(json!({ "PreventUserExistenceErrors": "ENABLED" })).await;
        world.user(&pool, "bob", "Abcdef1!").await;
        for username in ["alice", "bob, who has no address", "nobody"] {
            let username = username.split(',').next().unwrap();
            let guess = || world.fails("ConfirmForgotPassword", confirm(&client, username, "12345"));
            assert_eq!(guess().await, EXPIRED, "{username} asked for no code");
            world.ok("ForgotPassword", forgot(&client, username)).await;
            for _ in 0..5 {
                assert_eq!(guess().await, MISMATCH, "{username}");
            }
            assert_eq!(guess().await, LIMIT, "{username}");
        }
    }

    #[tokio::test]
    async fn a_reset_user_can_go_on() {
        let (world, pool, client) = world(json!({})).await;
        world.ok("AdminResetUserPassword", json!({ "UserPoolId": pool, "Username": "alice" })).await;
        let auth = testkit::world::password_auth(&client, "alice", "Abcdef1!");
        let refused = world.fails("InitiateAuth", auth).await;
        assert_eq!(refused, "PasswordResetRequiredException: Password reset required for the user");
        let code = world.code(&pool, "alice").await;
        world.ok("ConfirmForgotPassword", confirm(&client, "alice", &code)).await;
        let user = world.ok("AdminGetUser", json!({ "UserPoolId": pool, "Username": "alice" })).await;
        assert_eq!(user["UserStatus"], "CONFIRMED");
        world.sign_in(&client, "alice", "Bcdefg2!").await;
    }
}
