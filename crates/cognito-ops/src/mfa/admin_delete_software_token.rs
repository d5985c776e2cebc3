//! AdminDeleteSoftwareToken: forgets the authenticator app of a user.
//! <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminDeleteSoftwareToken.html>

use crate::prelude::*;

pub(crate) async fn handle(
    ctx: &Ctx<'_>,
    input: wire::AdminDeleteSoftwareTokenRequest,
) -> Reply<wire::AdminDeleteSoftwareTokenResponse> {
    ctx.write(async |txn| {
        let pool = txn.pool(&input.user_pool_id).await?;
        let mut user = (*txn.user(&pool, &input.username).await?).clone();
        user.mfa.forget_software_token();
        user.modified = txn.now();
        txn.save(&user);
        Ok(())
    })
    .await?;
    Ok(wire::AdminDeleteSoftwareTokenResponse {})
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use testkit::World;

    #[tokio::test]
    async fn the_user_signs_in_without_it_and_can_register_another() {
        let world = World::new().await;
        let pool = world.mfa_pool("OPTIONAL").await;
        let client = world.client(&pool, json!({})).await;
        world.user(&pool, "alice", "Abcdef1!").await;
        let tokens = world.sign_in(&client, "alice", "Abcdef1!").await;
        let first = world.enrol(&tokens["AccessToken"]).await;
        let alice = json!({ "UserPoolId": pool, "Username": "alice" });
        world.ok("AdminDeleteSoftwareToken", alice.clone()).await;
        let user = world.ok("AdminGetUser", alice.clone()).await;
        assert_eq!(user.get("UserMFASettingList"), None);
        assert!(world.sign_in(&client, "alice", "Abcdef1!").await["AccessToken"].is_string());
        let second = world.enrol(&tokens["AccessToken"]).await;
        assert_ne!(first.secret_code(), second.secret_code());
        let nobody = json!({ "UserPoolId": pool, "Username": "bob" });
        assert_eq!(
            world.fails("AdminDeleteSoftwareToken", nobody).await,
            "UserNotFoundException: User does not exist."
        );
    }
}
