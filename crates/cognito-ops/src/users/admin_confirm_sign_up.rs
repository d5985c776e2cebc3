//! AdminConfirmSignUp: confirms a user without a code.
//! <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminConfirmSignUp.html>

use crate::prelude::*;
use crate::triggers::About;
use crate::triggers::post_confirmation::{self, Source};

pub(crate) async fn handle(
    ctx: &Ctx<'_>,
    input: wire::AdminConfirmSignUpRequest,
) -> Reply<wire::AdminConfirmSignUpResponse> {
    let (pool, user) = ctx
        .write(async |txn| {
            let pool = txn.pool(&input.user_pool_id).await?;
            let mut user = (*txn.user(&pool, &input.username).await?).clone();
            user.confirm(ctx.now())?;
            txn.save(&user);
            Ok((pool, user))
        })
        .await?;
    // The user stays confirmed if the function fails, as on AWS.
    let about = About::user(&pool, None, &user);
    post_confirmation::call(ctx, about, Source::ConfirmSignUp, input.client_metadata.as_ref()).await?;
    Ok(wire::AdminConfirmSignUpResponse {})
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use testkit::World;

    #[tokio::test]
    async fn confirms_once() {
        let world = World::new().await;
        let pool = world.pool(json!({})).await;
        let client = world.client(&pool, json!({})).await;
        let sign_up = json!({ "ClientId": client, "Username": "alice", "Password": "Abcdef1!" });
        world.ok("SignUp", sign_up).await;
        let alice = json!({ "UserPoolId": pool, "Username": "alice" });
        assert_eq!(world.ok("AdminGetUser", alice.clone()).await["UserStatus"], "UNCONFIRMED");
        assert_eq!(world.ok("AdminConfirmSignUp", alice.clone()).await, json!({}));
        assert_eq!(world.ok("AdminGetUser", alice.clone()).await["UserStatus"], "CONFIRMED");
        let again = "NotAuthorizedException: User cannot be confirmed. Current status is CONFIRMED";
        assert_eq!(world.fails("AdminConfirmSignUp", alice).await, again);
    }

    #[tokio::test]
    async fn refuses_other_states_and_unknown_users() {
        let world = World::new().await;
        let pool = world.pool(json!({})).await;
        let alice = json!({ "UserPoolId": pool, "Username": "alice" });
        let unknown = "UserNotFoundException: User does not exist.";
        assert_eq!(world.fails("AdminConfirmSignUp", alice.clone()).await, unknown);
        world.ok("AdminCreateUser", alice.clone()).await;
        let status =
            "NotAuthorizedException: User cannot be confirmed. Current status is FORCE_CHANGE_PASSWORD";
        assert_eq!(world.fails("AdminConfirmSignUp", alice).await, status);
    }
}
