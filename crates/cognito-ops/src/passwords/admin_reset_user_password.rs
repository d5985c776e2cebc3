//! AdminResetUserPassword: makes a user replace the password, with a code that is sent.
//! <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminResetUserPassword.html>

use cognito_core::code::Purpose;
use cognito_core::delivery;
use cognito_core::template::Occasion;
use cognito_core::user::Status;

use crate::prelude::*;
use crate::service::codes;
use crate::service::messages::{self, Letter};

pub(crate) async fn handle(
    ctx: &Ctx<'_>,
    input: wire::AdminResetUserPasswordRequest,
) -> Reply<wire::AdminResetUserPasswordResponse> {
    let (pool, user, fresh) = ctx
        .write(async |txn| {
            let pool = txn.pool(&input.user_pool_id).await?;
            let mut user = (*txn.user(&pool, &input.username).await?).clone();
            match user.status {
                Status::Confirmed | Status::ResetRequired => {}
                Status::Unconfirmed | Status::ForceChangePassword { .. } | Status::ExternalProvider => {
                    return Err(errors::password_cannot_be_reset());
                }
            }
            let destination = delivery::of_reset(&pool, &user)?;
            let fresh = codes::make(ctx, txn, &user, destination, Purpose::ForgotPassword, None).await?;
            user.require_reset(ctx.now());
            txn.save(&user);
            Ok((pool, user, fresh))
        })
        .await?;
    let letter = Letter {
        pool: &pool,
        client: None,
        user: &user,
        occasion: Occasion::ForgotPassword,
        destination: &fresh.destination,
        code: &fresh.code,
    };
    messages::deliver(ctx, &letter, input.client_metadata.as_ref()).await?;
    Ok(wire::AdminResetUserPasswordResponse {})
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use testkit::World;

    #[tokio::test]
    async fn refusals() {
        let world = World::new().await;
        let pool = world.pool(json!({})).await;
        let reset = |username: &str| json!({ "UserPoolId": pool, "Username": username });
        assert_eq!(
            world.fails("AdminResetUserPassword", reset("nobody")).await,
            "UserNotFoundException: User does not exist."
        );
        world
            .ok(
                "AdminCreateUser",
                json!({ "UserPoolId": pool, "Username": "new", "MessageAction": "SUPPRESS" }),
            )
            .await;
        assert_eq!(
            world.fails("AdminResetUserPassword", reset("new")).await,
            "NotAuthorizedException: User password cannot be reset in the current state."
        );
        world.user(&pool, "alice", "Abcdef1!").await;
        assert_eq!(
            world.fails("AdminResetUserPassword", reset("alice")).await,
            "InvalidParameterException: Cannot reset password for the user as there is no registered/verified email or phone_number"
        );
        let user = world.ok("AdminGetUser", reset("alice")).await;
        assert_eq!(user["UserStatus"], "CONFIRMED", "a refused reset changes nothing");
    }
}
