//! GetUserAuthFactors: tells which factors the caller can sign in with.
//! <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_GetUserAuthFactors.html>

use super::factors;
use crate::prelude::*;
use crate::service::access;

pub(crate) async fn handle(
    ctx: &Ctx<'_>,
    input: wire::GetUserAuthFactorsRequest,
) -> Reply<wire::GetUserAuthFactorsResponse> {
    let signed = access::caller(ctx, &input.access_token).await?;
    let configured = factors::configured(&mut ctx.read(), &signed.pool, &signed.user).await?;
    Ok(wire::GetUserAuthFactorsResponse {
        username: signed.user.username.as_str().into(),
        preferred_mfa_setting: views::preferred_factor(&signed.user),
        user_mfa_setting_list: views::enabled_factors(&signed.user),
        configured_user_auth_factors: Some(configured),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use testkit::World;

    #[tokio::test]
    async fn the_authenticator_app_is_told() {
        let world = World::new().await;
        let pool = world.mfa_pool("OPTIONAL").await;
        let client = world.client(&pool, json!({})).await;
        world.user(&pool, "alice", "Abcdef1!").await;
        let tokens = world.sign_in(&client, "alice", "Abcdef1!").await;
        world.enrol(&tokens["AccessToken"]).await;
        let answer = world.ok("GetUserAuthFactors", json!({ "AccessToken": tokens["AccessToken"] })).await;
        let expected =
            json!({ "Username": "alice", "ConfiguredUserAuthFactors": ["PASSWORD", "SOFTWARE_TOKEN"] });
        assert_eq!(answer, expected);
    }
}
