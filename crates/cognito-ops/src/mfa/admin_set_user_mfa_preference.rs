//! AdminSetUserMFAPreference: switches the second factors of a user on and off, and prefers one.
//! <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminSetUserMFAPreference.html>

use super::preference::Preferences;
use crate::prelude::*;

pub(crate) async fn handle(
    ctx: &Ctx<'_>,
    input: wire::AdminSetUserMFAPreferenceRequest,
) -> Reply<wire::AdminSetUserMFAPreferenceResponse> {
    let preferences = Preferences::from(&input);
    ctx.write(async |txn| {
        let pool = txn.pool(&input.user_pool_id).await?;
        let user = txn.user(&pool, &input.username).await?;
        preferences.save(txn, &pool, &user)
    })
    .await?;
    Ok(wire::AdminSetUserMFAPreferenceResponse {})
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use testkit::World;
    use testkit::world::attribute_list;

    #[tokio::test]
    async fn factors_that_are_not_named_stay() {
        let world = World::new().await;
        let pool = world.mfa_pool("OPTIONAL").await;
        world.user(&pool, "alice", "Abcdef1!").await;
        let attributes = attribute_list(json!({ "email": "a@example.com", "phone_number": "+12065550100" }));
        let alice = || json!({ "UserPoolId": pool, "Username": "alice" });
        let with = |more| testkit::world::merged(alice(), more);
        world.ok("AdminUpdateUserAttributes", with(json!({ "UserAttributes": attributes }))).await;
        let set = "AdminSetUserMFAPreference";
        world.ok(set, with(json!({ "SMSMfaSettings": { "Enabled": true, "PreferredMfa": true } }))).await;
        world.ok(set, with(json!({ "EmailMfaSettings": { "Enabled": true } }))).await;
        let user = world.ok("AdminGetUser", alice()).await;
        assert_eq!(user["UserMFASettingList"], json!(["SMS_MFA", "EMAIL_OTP"]));
        assert_eq!(user["PreferredMfaSetting"], "SMS_MFA");
        let both = json!({
            "SMSMfaSettings": { "Enabled": true, "PreferredMfa": true },
            "EmailMfaSettings": { "Enabled": true, "PreferredMfa": true },
        });
        assert_eq!(
            world.fails(set, with(both)).await,
            "InvalidParameterException: Only one MFA method can be preferred."
        );
    }
}
