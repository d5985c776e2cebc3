//! SetUserSettings: switches codes by SMS for the caller on or off: the way before SetUserMFAPreference.
//! <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_SetUserSettings.html>

use crate::prelude::*;
use crate::service::{access, sms_settings};

pub(crate) async fn handle(
    ctx: &Ctx<'_>,
    input: wire::SetUserSettingsRequest,
) -> Reply<wire::SetUserSettingsResponse> {
    let on = sms_settings::read(&input.mfa_options)?;
    let token = access::verify(ctx, &input.access_token).await?;
    ctx.write(async |txn| {
        let signed = access::signed(txn, &token).await?;
        sms_settings::save(txn, &signed.user, on)
    })
    .await?;
    Ok(wire::SetUserSettingsResponse {})
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use testkit::World;
    use testkit::world::{attribute_list, password_auth};

    #[tokio::test]
    async fn the_next_sign_in_asks_for_a_code() {
        let world = World::new().await;
        let pool = world.mfa_pool("OPTIONAL").await;
        let client = world.client(&pool, json!({})).await;
        world.user(&pool, "alice", "Abcdef1!").await;
        let phone = attribute_list(json!({ "phone_number": "+12065550100" }));
        let update = json!({ "UserPoolId": pool, "Username": "alice", "UserAttributes": phone });
        world.ok("AdminUpdateUserAttributes", update).await;
        let tokens = world.sign_in(&client, "alice", "Abcdef1!").await;
        let sms = json!([{ "DeliveryMedium": "SMS", "AttributeName": "phone_number" }]);
        let input = json!({ "AccessToken": tokens["AccessToken"], "MFAOptions": sms });
        world.ok("SetUserSettings", input).await;
        let asked = world.ok("InitiateAuth", password_auth(&client, "alice", "Abcdef1!")).await;
        assert_eq!(asked["ChallengeName"], "SMS_MFA");
    }
}
