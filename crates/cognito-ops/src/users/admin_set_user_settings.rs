//! AdminSetUserSettings: switches codes by SMS for a user on or off: the way before SetUserMFAPreference.
//! <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminSetUserSettings.html>

use crate::prelude::*;
use crate::service::sms_settings;

pub(crate) async fn handle(
    ctx: &Ctx<'_>,
    input: wire::AdminSetUserSettingsRequest,
) -> Reply<wire::AdminSetUserSettingsResponse> {
    let on = sms_settings::read(&input.mfa_options)?;
    ctx.write(async |txn| {
        let pool = txn.pool(&input.user_pool_id).await?;
        let user = txn.user(&pool, &input.username).await?;
        sms_settings::save(txn, &user, on)
    })
    .await?;
    Ok(wire::AdminSetUserSettingsResponse {})
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use testkit::World;
    use testkit::world::{attribute_list, merged};

    #[tokio::test]
    async fn codes_by_sms_or_none() {
        let world = World::new().await;
        let pool = world.mfa_pool("OPTIONAL").await;
        world.user(&pool, "alice", "Abcdef1!").await;
        let alice = json!({ "UserPoolId": pool, "Username": "alice" });
        let set = |options: serde_json::Value| merged(alice.clone(), json!({ "MFAOptions": options }));
        let sms = json!([{ "DeliveryMedium": "SMS", "AttributeName": "phone_number" }]);
        assert_eq!(
            world.fails("AdminSetUserSettings", set(sms.clone())).await,
            "InvalidParameterException: User does not have delivery config set to turn on SMS_MFA"
        );
        let phone = attribute_list(json!({ "phone_number": "+12065550100" }));
        world
            .ok("AdminUpdateUserAttributes", merged(alice.clone(), json!({ "UserAttributes": phone })))
            .await;
        world.ok("AdminSetUserSettings", set(sms.clone())).await;
        let user = world.ok("AdminGetUser", alice.clone()).await;
        assert_eq!((&user["MFAOptions"], &user["UserMFASettingList"]), (&sms, &json!(["SMS_MFA"])));
        world.ok("AdminSetUserSettings", set(json!([]))).await;
        let user = world.ok("AdminGetUser", alice.clone()).await;
        assert_eq!((user.get("MFAOptions"), user.get("UserMFASettingList")), (None, None));
        let email = json!([{ "DeliveryMedium": "EMAIL", "AttributeName": "email" }]);
        assert_eq!(
            world.fails("AdminSetUserSettings", set(email)).await,
            "InvalidParameterException: MFAOptions can only be of delivery medium SMS and attribute phone_number."
        );
    }
}
