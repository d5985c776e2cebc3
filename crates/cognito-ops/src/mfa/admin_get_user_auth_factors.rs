//! AdminGetUserAuthFactors: tells which factors a user can sign in with.
//! <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminGetUserAuthFactors.html>

use super::factors;
use crate::prelude::*;

pub(crate) async fn handle(
    ctx: &Ctx<'_>,
    input: wire::AdminGetUserAuthFactorsRequest,
) -> Reply<wire::AdminGetUserAuthFactorsResponse> {
    let mut txn = ctx.read();
    let pool = txn.pool(&input.user_pool_id).await?;
    let user = txn.user(&pool, &input.username).await?;
    Ok(wire::AdminGetUserAuthFactorsResponse {
        username: user.username.as_str().into(),
        preferred_mfa_setting: views::preferred_factor(&user),
        user_mfa_setting_list: views::enabled_factors(&user),
        configured_user_auth_factors: Some(factors::configured(&mut txn, &pool, &user).await?),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use testkit::World;
    use testkit::world::{attribute_list, merged};

    #[tokio::test]
    async fn what_the_pool_allows_and_the_user_has() {
        let world = World::new().await;
        let factors = json!({ "SignInPolicy": { "AllowedFirstAuthFactors": ["PASSWORD", "EMAIL_OTP"] } });
        let pool = world.pool(json!({ "Policies": factors })).await;
        world.user(&pool, "alice", "Abcdef1!").await;
        let alice = json!({ "UserPoolId": pool, "Username": "alice" });
        let answer = world.ok("AdminGetUserAuthFactors", alice.clone()).await;
        assert_eq!(answer, json!({ "Username": "alice", "ConfiguredUserAuthFactors": ["PASSWORD"] }));
        let email = attribute_list(json!({ "email": "a@example.com", "email_verified": "true" }));
        world
            .ok("AdminUpdateUserAttributes", merged(alice.clone(), json!({ "UserAttributes": email })))
            .await;
        let answer = world.ok("AdminGetUserAuthFactors", alice).await;
        assert_eq!(answer["ConfiguredUserAuthFactors"], json!(["PASSWORD", "EMAIL_OTP"]));
    }
}
