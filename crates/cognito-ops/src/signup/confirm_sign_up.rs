//! ConfirmSignUp: confirms a registration with the code that was sent for it.
//! <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_ConfirmSignUp.html>

use cognito_core::attempts::Limited;
use cognito_core::auth::Method;
use cognito_core::client::Client;
use cognito_core::code::Purpose;
use cognito_core::user::{Status, User};
use cognito_store::Txn;

use crate::auth::sessions;
use crate::prelude::*;
use crate::service::attributes::{self, Clash};
use crate::service::{codes, secret_hash, usage};
use crate::triggers::About;
use crate::triggers::post_confirmation::{self, Source};

pub(crate) async fn handle(
    ctx: &Ctx<'_>,
    input: wire::ConfirmSignUpRequest,
) -> Reply<wire::ConfirmSignUpResponse> {
    let (pool, client) = ctx.read().client_by_id(&input.client_id).await?;
    secret_hash::check(&client, &input.username, input.secret_hash.as_ref().map(|hash| hash.as_str()))?;
    let (user, session) = ctx.write(async |txn| confirm(ctx, txn, &client, &input).await).await??;
    let about = About::user(&pool, Some(&client), &user);
    post_confirmation::call(ctx, about, Source::ConfirmSignUp, input.client_metadata.as_ref()).await?;
    Ok(wire::ConfirmSignUpResponse { session: session.map(Into::into) })
}

/// A wrong code is counted, which is to be committed: that refusal is given inside `Ok`.
async fn confirm(
    ctx: &Ctx<'_>,
    txn: &mut Txn,
    client: &Client,
    input: &wire::ConfirmSignUpRequest,
) -> Reply<Reply<(User, Option<String>)>> {
    let pool = txn.pool(&client.pool_id).await?;
    let Some(user) = txn.user_if_any(&pool, &input.username).await? else {
        return Err(if client.hides_users() {
            errors::code_expired()
        } else {
            errors::combination_not_found()
        });
    };
    let mut user = (*user).clone();
    if user.status != Status::Unconfirmed {
        return Err(errors::user_cannot_be_confirmed(user.status.as_str()));
    }
    usage::count(txn, &pool, Limited::ConfirmSignUp, &user.username).await?;
    let guess = input.confirmation_code.as_str();
    let code = match codes::redeem(txn, (&user).into(), &Purpose::SignUp, guess, Some(client)).await? {
        Ok(code) => code,
        Err(error) => return Ok(Err(error.into())),
    };
    codes::verify_address(&mut user, &code);
    user.confirm(txn.now())?;
    user.rename(&pool.sign_in);
    let clash = if input.force_alias_creation == Some(true) { Clash::Move } else { Clash::Refuse };
    attributes::claim_aliases(txn, &pool, &user, clash).await?;
    txn.save(&user);
    let method = code
        .attribute
        .as_deref()
        .map(|attribute| if attribute == "phone_number" { Method::Sms } else { Method::Email });
    let session = input.session.as_ref().map(|session| session.as_str());
    let session = sessions::confirm(ctx, txn, client, &user, session, method).await?;
    Ok(Ok((user, session)))
}

#[cfg(test)]
mod tests {
    use cognito_core::Span;
    use serde_json::{Value, json};
    use testkit::World;
    use testkit::world::password_auth;

    const MISMATCH: &str = "CodeMismatchException: Invalid verification code provided, please try again.";
    const EXPIRED: &str = "ExpiredCodeException: Invalid code provided, please request a code again.";

    async fn signed_up(pool: Value) -> (World, String, String) {
        let world = World::new().await;
        let pool = world.pool(pool).await;
        let client = world.client(&pool, json!({})).await;
        sign_up(&world, &client, "alice").await;
        (world, pool, client)
    }

    async fn sign_up(world: &World, client: &str, username: &str) {
        let email = json!([{ "Name": "email", "Value": "a@example.com" }]);
        let input = json!({ "ClientId": client, "Username": username, "Password": "Abcdef1!", "UserAttributes": email });
        world.ok("SignUp", input).await;
    }

    fn confirm(client: &str, username: &str, code: &str) -> Value {
        json!({ "ClientId": client, "Username": username, "ConfirmationCode": code })
    }

    fn verified() -> Value {
        json!({ "AutoVerifiedAttributes": ["email"] })
    }

    /// A code that is not this one.
    fn other(code: &str) -> &'static str {
        if code == "000000" { "000001" } else { "000000" }
    }

    #[tokio::test]
    async fn a_code_confirms_once() {
        let (world, pool, client) = signed_up(verified()).await;
        let refused = world.fails("InitiateAuth", password_auth(&client, "alice", "Abcdef1!")).await;
        assert_eq!(refused, "UserNotConfirmedException: User is not confirmed.");
        let code = world.code(&pool, "alice").await;
        assert_eq!(world.fails("ConfirmSignUp", confirm(&client, "alice", other(&code))).await, MISMATCH);
        assert_eq!(world.ok("ConfirmSignUp", confirm(&client, "alice", &code)).await, json!({}));
        let user = world.ok("AdminGetUser", json!({ "UserPoolId": pool, "Username": "alice" })).await;
        assert_eq!(user["UserStatus"], "CONFIRMED");
        let verified = json!({ "Name": "email_verified", "Value": "true" });
        assert!(user["UserAttributes"].as_array().unwrap().contains(&verified), "{user}");
        assert_eq!(
            world.fails("ConfirmSignUp", confirm(&client, "alice", &code)).await,
            "NotAuthorizedException: User cannot be confirmed. Current status is CONFIRMED"
        );
        world.sign_in(&client, "alice", "Abcdef1!").await;
    }

    #[tokio::test]
    async fn codes_expire_and_are_replaced() {
        let (world, pool, client) = signed_up(verified()).await;
        let first = world.code(&pool, "alice").await;
        world.ok("ResendConfirmationCode", json!({ "ClientId": client, "Username": "alice" })).await;
        assert_eq!(world.fails("ConfirmSignUp", confirm(&client, "alice", &first)).await, MISMATCH);
        world.advance(Span::hours(24));
        let second = world.code(&pool, "alice").await;
        assert_eq!(world.fails("ConfirmSignUp", confirm(&client, "alice", &second)).await, EXPIRED);
    }

    #[tokio::test]
    async fn wrong_codes_are_limited() {
        let (world, pool, client) = signed_up(verified()).await;
        let code = world.code(&pool, "alice").await;
        for _ in 0..5 {
            assert_eq!(world.fails("ConfirmSignUp", confirm(&client, "alice", other(&code))).await, MISMATCH);
        }
        assert_eq!(
            world.fails("ConfirmSignUp", confirm(&client, "alice", &code)).await,
            "LimitExceededException: Attempt limit exceeded, please try after some time."
        );
    }

    #[tokio::test]
    async fn a_code_is_for_its_client() {
        let (world, pool, client) = signed_up(verified()).await;
        let other = world.client(&pool, json!({})).await;
        let code = world.code(&pool, "alice").await;
        assert_eq!(world.fails("ConfirmSignUp", confirm(&other, "alice", &code)).await, MISMATCH);
        world.ok("ConfirmSignUp", confirm(&client, "alice", &code)).await;
    }

    #[tokio::test]
    async fn a_verified_alias_moves_only_when_asked() {
        let pool = json!({ "AutoVerifiedAttributes": ["email"], "AliasAttributes": ["email"] });
        let (world, pool, client) = signed_up(pool).await;
        let code = world.code(&pool, "alice").await;
        world.ok("ConfirmSignUp", confirm(&client, "alice", &code)).await;
        world.sign_in(&client, "a@example.com", "Abcdef1!").await;
        sign_up(&world, &client, "bob").await;
        let code = world.code(&pool, "bob").await;
        assert_eq!(
            world.fails("ConfirmSignUp", confirm(&client, "bob", &code)).await,
            "AliasExistsException: An account with the email already exists."
        );
        let mut force = confirm(&client, "bob", &code);
        force["ForceAliasCreation"] = json!(true);
        world.ok("ConfirmSignUp", force).await;
        let user = world.ok("AdminGetUser", json!({ "UserPoolId": pool, "Username": "a@example.com" })).await;
        assert_eq!(user["Username"], "bob");
        let alice = world.ok("AdminGetUser", json!({ "UserPoolId": pool, "Username": "alice" })).await;
        let unverified = json!({ "Name": "email_verified", "Value": "false" });
        assert!(alice["UserAttributes"].as_array().unwrap().contains(&unverified), "{alice}");
    }

    #[tokio::test]
    async fn unknown_users() {
        let (world, pool, client) = signed_up(verified()).await;
        assert_eq!(
            world.fails("ConfirmSignUp", confirm(&client, "nobody", "123456")).await,
            "UserNotFoundException: Username/client id combination not found."
        );
        let hiding = world.client(&pool, json!({ "PreventUserExistenceErrors": "ENABLED" })).await;
        assert_eq!(world.fails("ConfirmSignUp", confirm(&hiding, "nobody", "123456")).await, EXPIRED);
    }
}
