//! ConfirmDevice: registers the device that the caller's sign-in was offered.
//! <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_ConfirmDevice.html>

use cognito_core::device::{Confirmation, Device, Secret};
use cognito_core::family::Family;

use crate::prelude::*;
use crate::service::{access, devices};

pub(crate) async fn handle(
    ctx: &Ctx<'_>,
    input: wire::ConfirmDeviceRequest,
) -> Reply<wire::ConfirmDeviceResponse> {
    let token = access::verify(ctx, &input.access_token).await?;
    let config = input.device_secret_verifier_config.unwrap_or_default();
    let verifier = config.password_verifier.unwrap_or_default();
    let salt = config.salt.unwrap_or_default();
    let necessary = ctx
        .write(async |txn| {
            let access::Signed { pool, user, family, .. } = devices::caller(txn, &token).await?;
            if txn.device_if_any(&user, &input.device_key).await?.is_some() {
                return Err(errors::device_key_exists());
            }
            let confirmation = Confirmation {
                key: &input.device_key,
                name: input.device_name.clone(),
                secret: Secret::parse(&verifier, &salt)?,
                ip: ctx.source_ip(),
            };
            let mut family = Family::clone(&family);
            let device = Device::confirm(&mut family, &pool, confirmation, ctx.now())?;
            txn.save(&family);
            txn.insert(&device);
            Ok(pool.remembers_on_prompt())
        })
        .await?;
    Ok(wire::ConfirmDeviceResponse { user_confirmation_necessary: Some(necessary) })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use testkit::devices::{Tracked, confirmation};
    use testkit::world::{claims, merged, text};

    const FOREIGN: &str = "InvalidParameterException: Invalid device key given.";

    #[tokio::test]
    async fn confirms_what_the_sign_in_was_offered_once() {
        let world = Tracked::new().await;
        let tokens = world.tokens().await;
        let offer = &tokens["NewDeviceMetadata"];
        let (key, group_key) = (text(&offer["DeviceKey"]), text(&offer["DeviceGroupKey"]));
        assert!(key.starts_with("us-east-1_") && key.len() == "us-east-1_".len() + 36, "{key}");
        assert!(group_key.starts_with('-') && group_key.len() == 9, "{group_key}");
        assert_eq!(claims(&tokens["AccessToken"])["device_key"], key);
        assert_eq!(claims(&tokens["IdToken"]).get("device_key"), None);

        let confirm = confirmation(&tokens);
        let answer = world.ok("ConfirmDevice", confirm.clone()).await;
        assert_eq!(answer, json!({ "UserConfirmationNecessary": false }));
        let exists = "DeviceKeyExistsException: Device key already exists.";
        assert_eq!(world.fails("ConfirmDevice", confirm.clone()).await, exists);

        world.ok("AdminForgetDevice", world.admin(json!({ "DeviceKey": key }))).await;
        assert_eq!(world.fails("ConfirmDevice", confirm).await, FOREIGN, "an offer is good once");
    }

    #[tokio::test]
    async fn asks_the_user_where_the_pool_says_so() {
        let world = Tracked::with(json!({ "DeviceOnlyRememberedOnUserPrompt": true })).await;
        let tokens = world.tokens().await;
        let confirm = merged(confirmation(&tokens), json!({ "DeviceName": "phone" }));
        let answer = world.ok("ConfirmDevice", confirm).await;
        assert_eq!(answer, json!({ "UserConfirmationNecessary": true }));
        let list = world.ok("ListDevices", json!({ "AccessToken": tokens["AccessToken"] })).await;
        assert_eq!(list, json!({ "Devices": [] }), "nobody has remembered it yet");
    }

    #[tokio::test]
    async fn refuses_the_device_of_another_sign_in() {
        let world = Tracked::new().await;
        let (own, other) = (world.tokens().await, world.tokens().await);
        world.user(&world.pool, "bob", "Abcdef1!").await;
        let bob = world.sign_in(&world.client, "bob", "Abcdef1!").await;
        world.ok("ConfirmDevice", confirmation(&bob)).await;
        let made_up = json!("us-east-1_00000000-0000-4000-8000-000000000000");
        for key in
            [&other["NewDeviceMetadata"]["DeviceKey"], &bob["NewDeviceMetadata"]["DeviceKey"], &made_up]
        {
            let confirm = merged(confirmation(&own), json!({ "DeviceKey": key }));
            assert_eq!(world.fails("ConfirmDevice", confirm).await, FOREIGN, "{key}");
        }
        world.ok("ConfirmDevice", confirmation(&own)).await;
    }

    #[tokio::test]
    async fn refuses_verifiers_that_anybody_could_prove() {
        let world = Tracked::new().await;
        let tokens = world.tokens().await;
        let check = async |config: Value, expected: &str| {
            let confirm = merged(confirmation(&tokens), json!({ "DeviceSecretVerifierConfig": config }));
            let failure = world.fails("ConfirmDevice", confirm).await;
            assert_eq!(failure, format!("InvalidParameterException: {expected}"), "{config}");
        };
        let verifier = "Invalid password verifier given.";
        for bad in ["", "AA==", "AQ==", "not Base64"] {
            check(json!({ "PasswordVerifier": bad, "Salt": "c2FsdA==" }), verifier).await;
        }
        check(json!({ "Salt": "c2FsdA==" }), verifier).await;
        check(json!({}), verifier).await;
        check(json!({ "PasswordVerifier": "AgM=" }), "Invalid salt given.").await;
        world.ok("ConfirmDevice", confirmation(&tokens)).await;
    }

    #[tokio::test]
    async fn only_where_devices_are_tracked() {
        let world = Tracked::new().await;
        let admin = world.admin_tokens().await;
        assert_eq!(admin.get("NewDeviceMetadata"), None, "not through the door of servers");
        assert_eq!(claims(&admin["AccessToken"]).get("device_key"), None);

        let tokens = world.tokens().await;
        world.ok("UpdateUserPool", json!({ "UserPoolId": world.pool })).await;
        let off = "InvalidUserPoolConfigurationException: Device tracking is not enabled for the user pool.";
        assert_eq!(world.fails("ConfirmDevice", confirmation(&tokens)).await, off);
        let untracked = world.tokens().await;
        assert_eq!(untracked.get("NewDeviceMetadata"), None);
        assert_eq!(claims(&untracked["AccessToken"]).get("device_key"), None);
    }

    #[tokio::test]
    async fn one_of_many_at_once_wins() {
        let world = Tracked::new().await;
        let confirm = confirmation(&world.tokens().await);
        let answers = world.at_once("ConfirmDevice", vec![confirm; 4]);
        assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1, "{answers:?}");
        let lost = answers.into_iter().filter_map(Result::err);
        assert!(lost.map(|failure| failure.code).all(|code| code == "DeviceKeyExistsException"));
    }
}
