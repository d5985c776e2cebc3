//! ResendConfirmationCode: sends another code for a registration. The one of before is good no more.
//! <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_ResendConfirmationCode.html>

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

pub(crate) async fn handle(
    ctx: &Ctx<'_>,
    input: wire::ResendConfirmationCodeRequest,
) -> Reply<wire::ResendConfirmationCodeResponse> {
    let (pool, client) = ctx.read().client_by_id(&input.client_id).await?;
    secret_hash::check(&client, &input.username, input.secret_hash.as_ref().map(|hash| hash.as_str()))?;
    let (name, told) = (&*input.username, Told::App(input.user_context_data.as_ref()));
    let deed =
        Deed { pool: &pool, client: &client, name, kind: wire::EventType::ResendCode, told, password: None };
    deed.watch(ctx, send(ctx, &pool, &client, &input)).await
}

async fn send(
    ctx: &Ctx<'_>,
    pool: &Pool,
    client: &Client,
    input: &wire::ResendConfirmationCodeRequest,
) -> Reply<wire::ResendConfirmationCodeResponse> {
    let answer = ctx.write(async |txn| resend(ctx, txn, client, &input.username).await).await?;
    let destination =
        answer.deliver(ctx, pool, client, Occasion::ResendCode, input.client_metadata.as_ref()).await?;
    Ok(wire::ResendConfirmationCodeResponse { code_delivery_details: Some(views::delivery(&destination)) })
}

async fn resend(ctx: &Ctx<'_>, txn: &mut Txn, client: &Client, username: &str) -> Reply<Answer> {
    let pool = txn.pool(&client.pool_id).await?;
    let user = txn.user_if_any(&pool, username).await?;
    let counted = user.as_ref().map_or(username, |user| &user.username);
    usage::count(txn, &pool, Limited::ResendConfirmationCode, counted).await?;
    let found = user.ok_or_else(errors::combination_not_found);
    match found.and_then(|user| Ok((destination(&pool, &user)?, user))) {
        Ok((destination, user)) => {
            let fresh = codes::make(ctx, txn, &user, destination, Purpose::SignUp, Some(&client.id)).await?;
            Ok(Answer::Code(user, fresh))
        }
        Err(_) if client.hides_users() => {
            Ok(Answer::Decoy(decoys::code(ctx, txn, &pool, client, username, Purpose::SignUp).await?))
        }
        Err(error) => Err(error),
    }
}

/// Where the code of a user goes who may have one.
fn destination(pool: &Pool, user: &User) -> Reply<Destination> {
    if user.status != Status::Unconfirmed {
        return Err(errors::user_already_confirmed());
    }
    delivery::of_sign_up(pool, user).ok_or_else(errors::resend_without_auto_verification)
}

#[cfg(test)]
mod tests {
    use cognito_core::Span;
    use serde_json::{Value, json};
    use testkit::World;

    async fn world() -> (World, String, String) {
        let world = World::new().await;
        let pool = world.pool(json!({ "AutoVerifiedAttributes": ["email"] })).await;
        let client = world.client(&pool, json!({})).await;
        let email = json!([{ "Name": "email", "Value": "fixture@example.com" }]);
        let input = json!({ "ClientId": client, "Username": "alice", "Password": "Abcdef1!", "UserAttributes": email });
        world.ok("SignUp", input).await;
        (world, pool, client)
    }

    fn resend(client: &str, username: &str) -> Value {
        json!({ "ClientId": client, "Username": username })
    }

    #[tokio::test]
    async fn answers_as_sign_up_does_and_is_limited() {
        let (world, pool, client) = world().await;
        for _ in 0..5 {
            let answer = world.ok("ResendConfirmationCode", resend(&client, "alice")).await;
            assert_eq!(answer["CodeDeliveryDetails"]["Destination"], "f***@e***");
        }
        assert_eq!(world.messages(&pool, "alice").await.len(), 6);
        let limit = "LimitExceededException: Attempt limit exceeded, please try after some time.";
        assert_eq!(world.fails("ResendConfirmationCode", resend(&client, "alice")).await, limit);
        world.advance(Span::hours(1));
        world.ok("ResendConfirmationCode", resend(&client, "alice")).await;
    }

    #[tokio::test]
    async fn unknown_and_confirmed_users() {
        let (world, pool, client) = world().await;
        assert_eq!(
            world.fails("ResendConfirmationCode", resend(&client, "nobody")).await,
            "UserNotFoundException: Username/client id combination not found."
        );
        let hiding = world.client(&pool, json!({ "PreventUserExistenceErrors": "ENABLED" })).await;
        let first = world.ok("ResendConfirmationCode", resend(&hiding, "nobody")).await;
        assert_eq!(first["CodeDeliveryDetails"]["DeliveryMedium"], "EMAIL");
        assert_eq!(
            world.ok("ResendConfirmationCode", resend(&hiding, "nobody")).await,
            first,
            "decoys are stable"
        );
        world.user(&pool, "carol", "Abcdef1!").await;
        assert_eq!(
            world.fails("ResendConfirmationCode", resend(&client, "carol")).await,
            "InvalidParameterException: User is already confirmed."
        );
        let hidden = world.ok("ResendConfirmationCode", resend(&hiding, "carol")).await;
        assert_eq!(
            hidden["CodeDeliveryDetails"]["DeliveryMedium"], "EMAIL",
            "as for a user who is not there"
        );
        assert_eq!(world.messages(&pool, "carol").await, Vec::<Value>::new());
    }
}
