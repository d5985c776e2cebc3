//! ChangePassword: replaces the caller's password.
//! <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_ChangePassword.html>

use cognito_core::attempts::Limited;
use cognito_core::auth::Proof;

use crate::prelude::*;
use crate::service::access::{self, AccessToken, Signed};
use crate::service::auth_events::{Deed, Told};
use crate::service::{imported, proofs, usage};

pub(crate) async fn handle(
    ctx: &Ctx<'_>,
    input: wire::ChangePasswordRequest,
) -> Reply<wire::ChangePasswordResponse> {
    let token = access::verify(ctx, &input.access_token).await?;
    let seen = access::signed(&mut ctx.read(), &token).await?;
    let (pool, client, name) = (&*seen.pool, &*seen.client, &*seen.user.username);
    let deed = Deed {
        pool,
        client,
        name,
        kind: wire::EventType::PasswordChange,
        told: Told::App(None),
        password: Some(&input.proposed_password),
    };
    deed.watch(ctx, change(ctx, &input, &token, &seen)).await
}

async fn change(
    ctx: &Ctx<'_>,
    input: &wire::ChangePasswordRequest,
    token: &AccessToken,
    seen: &Signed,
) -> Reply<wire::ChangePasswordResponse> {
    // Counted by itself, so that a wrong password counts too.
    ctx.write(async |txn| usage::count(txn, &seen.pool, Limited::ChangePassword, &seen.user.username).await)
        .await?;
    if seen.user.has_password() {
        let previous =
            input.previous_password.as_ref().ok_or_else(|| errors::missing_parameter("PreviousPassword"))?;
        let name = &seen.user.username;
        let right = match seen.user.imported {
            Some(_) => imported::open(ctx, &seen.pool, &seen.user, previous).await?.is_some(),
            None => proofs::prove(ctx, &seen.pool, Some(&seen.user), name, previous).await? == Proof::Right,
        };
        if !right {
            return Err(errors::incorrect_username_or_password());
        }
    }
    let new = proofs::new_password(ctx, &seen.pool, &seen.user, &input.proposed_password)?;
    ctx.write(async |txn| {
        let signed = access::signed(txn, token).await?;
        if (&signed.user.password, &signed.user.imported) != (&seen.user.password, &seen.user.imported) {
            return Err(errors::incorrect_username_or_password());
        }
        let mut user = (*signed.user).clone();
        user.set_password(new.clone(), signed.pool.password_history(), ctx.now());
        txn.save(&user);
        Ok(())
    })
    .await?;
    Ok(wire::ChangePasswordResponse {})
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use testkit::World;
    use testkit::world::password_auth;

    async fn signed_in(policy: Value) -> (World, String, String) {
        let world = World::new().await;
        let pool = world.pool(json!({ "Policies": { "PasswordPolicy": policy } })).await;
        let client = world.client(&pool, json!({})).await;
        world.user(&pool, "alice", "Abcdef1!").await;
        let tokens = world.sign_in(&client, "alice", "Abcdef1!").await;
        (world, client, tokens["AccessToken"].as_str().unwrap().to_owned())
    }

    fn change(token: &str, from: &str, to: &str) -> Value {
        json!({ "AccessToken": token, "PreviousPassword": from, "ProposedPassword": to })
    }

    #[tokio::test]
    async fn the_new_password_counts_and_the_tokens_stay() {
        let (world, client, token) = signed_in(json!({ "MinimumLength": 8 })).await;
        assert_eq!(world.ok("ChangePassword", change(&token, "Abcdef1!", "Bcdefg2!")).await, json!({}));
        world.sign_in(&client, "alice", "Bcdefg2!").await;
        assert_eq!(
            world.fails("InitiateAuth", password_auth(&client, "alice", "Abcdef1!")).await,
            "NotAuthorizedException: Incorrect username or password."
        );
        world.ok("GetUser", json!({ "AccessToken": token })).await;
    }

    #[tokio::test]
    async fn refusals_and_the_limit() {
        let (world, _, token) = signed_in(json!({ "MinimumLength": 8 })).await;
        let check = async |from: &str, to: &str, expected: &str| {
            assert_eq!(world.fails("ChangePassword", change(&token, from, to)).await, expected);
        };
        let wrong = "NotAuthorizedException: Incorrect username or password.";
        check("Abcdef1?", "Bcdefg2!", wrong).await;
        let short =
            "InvalidPasswordException: Password did not conform with policy: Password not long enough";
        check("Abcdef1!", "short", short).await;
        let none = json!({ "AccessToken": token, "ProposedPassword": "Bcdefg2!" });
        assert_eq!(
            world.fails("ChangePassword", none).await,
            "InvalidParameterException: Missing required parameter PreviousPassword"
        );
        check("Abcdef1?", "Bcdefg2!", wrong).await;
        check("Abcdef1?", "Bcdefg2!", wrong).await;
        let limit = "LimitExceededException: Attempt limit exceeded, please try after some time.";
        check("Abcdef1!", "Bcdefg2!", limit).await;
    }

    #[tokio::test]
    async fn former_passwords_are_refused() {
        let (world, _, token) = signed_in(json!({ "MinimumLength": 8, "PasswordHistorySize": 2 })).await;
        let used = "PasswordHistoryPolicyViolationException: Password has been used before.";
        assert_eq!(world.fails("ChangePassword", change(&token, "Abcdef1!", "Abcdef1!")).await, used);
        world.ok("ChangePassword", change(&token, "Abcdef1!", "Bcdefg2!")).await;
        assert_eq!(world.fails("ChangePassword", change(&token, "Bcdefg2!", "Abcdef1!")).await, used);
        world.ok("ChangePassword", change(&token, "Bcdefg2!", "Cdefgh3!")).await;
    }
}
