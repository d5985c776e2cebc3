//! SetUserMFAPreference: switches the second factors of the caller on and off, and prefers one.
//! <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_SetUserMFAPreference.html>

use super::preference::Preferences;
use crate::prelude::*;
use crate::service::access;

pub(crate) async fn handle(
    ctx: &Ctx<'_>,
    input: wire::SetUserMFAPreferenceRequest,
) -> Reply<wire::SetUserMFAPreferenceResponse> {
    let token = access::verify(ctx, &input.access_token).await?;
    let preferences = Preferences::from(&input);
    ctx.write(async |txn| {
        let signed = access::signed(txn, &token).await?;
        preferences.save(txn, &signed.pool, &signed.user)
    })
    .await?;
    Ok(wire::SetUserMFAPreferenceResponse {})
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use testkit::World;

    #[tokio::test]
    async fn prefers_a_factor_that_is_registered() {
        let world = World::new().await;
        let pool = world.mfa_pool("OPTIONAL").await;
        let client = world.client(&pool, json!({})).await;
        world.user(&pool, "alice", "Abcdef1!").await;
        let tokens = world.sign_in(&client, "alice", "Abcdef1!").await;
        let set = |settings: Value| {
            let mut input = settings;
            input["AccessToken"] = tokens["AccessToken"].clone();
            input
        };
        let token = json!({ "SoftwareTokenMfaSettings": { "Enabled": true, "PreferredMfa": true } });
        let refused =
            "InvalidParameterException: User does not have delivery config set to turn on SOFTWARE_TOKEN_MFA";
        assert_eq!(world.fails("SetUserMFAPreference", set(token.clone())).await, refused);
        let sms = json!({ "SMSMfaSettings": { "Enabled": true } });
        let refused = "InvalidParameterException: User does not have delivery config set to turn on SMS_MFA";
        assert_eq!(world.fails("SetUserMFAPreference", set(sms)).await, refused);

        world.enrol(&tokens["AccessToken"]).await;
        world.ok("SetUserMFAPreference", set(token)).await;
        let user = world.ok("GetUser", json!({ "AccessToken": tokens["AccessToken"] })).await;
        assert_eq!(user["PreferredMfaSetting"], "SOFTWARE_TOKEN_MFA");
        assert_eq!(user["UserMFASettingList"], json!(["SOFTWARE_TOKEN_MFA"]));
        let off = json!({ "SoftwareTokenMfaSettings": { "Enabled": false, "PreferredMfa": false } });
        world.ok("SetUserMFAPreference", set(off)).await;
        let user = world.ok("GetUser", json!({ "AccessToken": tokens["AccessToken"] })).await;
        assert_eq!((user.get("PreferredMfaSetting"), user.get("UserMFASettingList")), (None, None));
    }
}
