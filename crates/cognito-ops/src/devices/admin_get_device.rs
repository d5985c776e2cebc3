//! AdminGetDevice: a device of a user.
//! <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminGetDevice.html>

use crate::prelude::*;
use crate::service::devices;

pub(crate) async fn handle(
    ctx: &Ctx<'_>,
    input: wire::AdminGetDeviceRequest,
) -> Reply<wire::AdminGetDeviceResponse> {
    let mut txn = ctx.read();
    let pool = devices::pool(&mut txn, &input.user_pool_id).await?;
    let user = txn.user_if_any(&pool, &input.username).await?;
    let user = user.ok_or_else(errors::device_owner_not_found)?;
    let device = txn.device(&user, &input.device_key).await?;
    Ok(wire::AdminGetDeviceResponse { device: views::device(&pool, &user, &device) })
}

#[cfg(test)]
mod tests {
    use cognito_core::Span;
    use serde_json::json;
    use testkit::devices::{IP, Tracked, confirmation};
    use testkit::world::{merged, text};

    #[tokio::test]
    async fn says_all_that_is_known_of_it() {
        let world = Tracked::with(json!({ "DeviceOnlyRememberedOnUserPrompt": true })).await;
        let tokens = world.tokens().await;
        world.advance(Span(250));
        let confirm = merged(confirmation(&tokens), json!({ "DeviceName": "phone" }));
        let key = text(&confirm["DeviceKey"]);
        world.confirm(confirm).await;
        let owner = format!("alice.{}", world.pool);
        let arn = format!("arn:aws:cognito-idp:us-east-1:000000000000:owner/{owner}/device/{key}");
        let expected = json!({ "Device": {
            "DeviceKey": key,
            "DeviceAttributes": [
                { "Name": "device_status", "Value": "valid" },
                { "Name": "device_name", "Value": "phone" },
                { "Name": "last_ip_used", "Value": IP },
                { "Name": "dev:device_arn", "Value": arn },
                { "Name": "dev:device_owner", "Value": owner },
                { "Name": "dev:device_remembered_status", "Value": "not_remembered" },
            ],
            "DeviceCreateDate": 1_767_776_887.25,
            "DeviceLastModifiedDate": 1_767_776_887.25,
            "DeviceLastAuthenticatedDate": 1_767_776_887,
        } });
        let input = world.admin(json!({ "DeviceKey": key }));
        assert_eq!(world.ok("AdminGetDevice", input).await, expected);
        let own = json!({ "AccessToken": tokens["AccessToken"], "DeviceKey": key });
        assert_eq!(world.ok("GetDevice", own).await, expected);
    }

    #[tokio::test]
    async fn refusals() {
        let world = Tracked::new().await;
        let (_, key) = world.confirmed().await;
        world.user(&world.pool, "bob", "Abcdef1!").await;
        let missing = "ResourceNotFoundException: Device does not exist.";
        let input = world.admin(json!({ "DeviceKey": "us-east-1_00" }));
        assert_eq!(world.fails("AdminGetDevice", input).await, missing);
        let input = world.admin(json!({ "DeviceKey": key, "Username": "bob" }));
        assert_eq!(world.fails("AdminGetDevice", input).await, missing, "it is not bob's");
        let input = world.admin(json!({ "DeviceKey": key, "Username": "nobody" }));
        let nobody = "ResourceNotFoundException: User does not exist.";
        assert_eq!(world.fails("AdminGetDevice", input).await, nobody);
        world.ok("UpdateUserPool", json!({ "UserPoolId": world.pool })).await;
        let off = "InvalidUserPoolConfigurationException: Device tracking is not enabled for the user pool.";
        let input = world.admin(json!({ "DeviceKey": key }));
        assert_eq!(world.fails("AdminGetDevice", input).await, off);
    }
}
