//! AdminSetUserPassword: gives a user a password, for good or until the next sign-in.
//! <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminSetUserPassword.html>

use crate::prelude::*;
use crate::service::proofs;

pub(crate) async fn handle(
    ctx: &Ctx<'_>,
    input: wire::AdminSetUserPasswordRequest,
) -> Reply<wire::AdminSetUserPasswordResponse> {
    ctx.write(async |txn| {
        let pool = txn.pool(&input.user_pool_id).await?;
        let mut user = (*txn.user(&pool, &input.username).await?).clone();
        let password = proofs::new_password(ctx, &pool, &user, &input.password)?;
        if input.permanent == Some(true) {
            user.set_password(password, pool.password_history(), ctx.now());
        } else {
            user.set_temporary_password(password, ctx.now() + pool.temporary_password_validity(), ctx.now());
        }
        txn.save(&user);
        Ok(())
    })
    .await?;
    Ok(wire::AdminSetUserPasswordResponse {})
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use testkit::World;
    use testkit::world::{merged, password_auth};

    async fn world(pool: Value) -> (World, String, String) {
        let world = World::new().await;
        let pool = world.pool(pool).await;
        let client = world.client(&pool, json!({})).await;
        world.user(&pool, "alice", "Abcdef1!").await;
        (world, pool, client)
    }

    fn input(pool: &str, password: &str, more: Value) -> Value {
        merged(json!({ "UserPoolId": pool, "Username": "alice", "Password": password }), more)
    }

    async fn status(world: &World, pool: &str) -> Value {
        world.ok("AdminGetUser", json!({ "UserPoolId": pool, "Username": "alice" })).await["UserStatus"]
            .clone()
    }

    #[tokio::test]
    async fn permanent() {
        let (world, pool, client) = world(json!({})).await;
        let answer =
            world.ok("AdminSetUserPassword", input(&pool, "Bcdefg2!", json!({ "Permanent": true }))).await;
        assert_eq!(answer, json!({}));
        assert_eq!(status(&world, &pool).await, "CONFIRMED");
        assert!(world.sign_in(&client, "alice", "Bcdefg2!").await["AccessToken"].is_string());
        let wrong = "NotAuthorizedException: Incorrect username or password.";
        assert_eq!(world.fails("InitiateAuth", password_auth(&client, "alice", "Abcdef1!")).await, wrong);
    }

    #[tokio::test]
    async fn temporary_unless_said_otherwise() {
        let (world, pool, client) = world(json!({})).await;
        world.ok("AdminSetUserPassword", input(&pool, "Bcdefg2!", json!({}))).await;
        assert_eq!(status(&world, &pool).await, "FORCE_CHANGE_PASSWORD");
        let answer = world.ok("InitiateAuth", password_auth(&client, "alice", "Bcdefg2!")).await;
        assert_eq!(answer["ChallengeName"], "NEW_PASSWORD_REQUIRED");
        world.advance(cognito_core::Span::days(7));
        let expired =
            "NotAuthorizedException: Temporary password has expired and must be reset by an administrator.";
        assert_eq!(world.fails("InitiateAuth", password_auth(&client, "alice", "Bcdefg2!")).await, expired);
    }

    #[tokio::test]
    async fn keeps_policy_and_history() {
        let policy = json!({ "PasswordPolicy": { "MinimumLength": 8, "RequireNumbers": true, "PasswordHistorySize": 2 } });
        let (world, pool, _) = world(json!({ "Policies": policy })).await;
        let set = async |password: &str| {
            let input = input(&pool, password, json!({ "Permanent": true }));
            world.call("AdminSetUserPassword", input).await.map_err(|failure| failure.code)
        };
        assert_eq!(set("short1").await, Err("InvalidPasswordException".to_owned()));
        assert_eq!(set("Abcdef1!").await, Err("PasswordHistoryPolicyViolationException".to_owned()));
        assert_eq!(set("Bcdefg2!").await, Ok(json!({})));
        assert_eq!(set("Abcdef1!").await, Err("PasswordHistoryPolicyViolationException".to_owned()));
        assert_eq!(set("Cdefgh3!").await, Ok(json!({})));
        assert_eq!(set("Abcdef1!").await, Ok(json!({})));
    }

    #[tokio::test]
    async fn unknown_user() {
        let world = World::new().await;
        let pool = world.pool(json!({})).await;
        let failure = world.fails("AdminSetUserPassword", input(&pool, "Bcdefg2!", json!({}))).await;
        assert_eq!(failure, "UserNotFoundException: User does not exist.");
    }
}
