//! AdminUpdateDeviceStatus: sets whether a device of a user is remembered.
//! <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminUpdateDeviceStatus.html>

use crate::prelude::*;
use crate::service::devices;

pub(crate) async fn handle(
    ctx: &Ctx<'_>,
    input: wire::AdminUpdateDeviceStatusRequest,
) -> Reply<wire::AdminUpdateDeviceStatusResponse> {
    ctx.write(async |txn| {
        let pool = devices::pool(txn, &input.user_pool_id).await?;
        let user = txn.user(&pool, &input.username).await?;
        devices::set_status(ctx, txn, &user, &input.device_key, input.device_remembered_status).await
    })
    .await?;
    Ok(wire::AdminUpdateDeviceStatusResponse {})
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use testkit::devices::Tracked;

    #[tokio::test]
    async fn as_its_user_could() {
        let world = Tracked::new().await;
        let (token, key) = world.confirmed().await;
        let list = async || world.ok("ListDevices", json!({ "AccessToken": token })).await["Devices"].clone();
        assert_eq!(list().await[0]["DeviceKey"], key);
        let input = world.admin(json!({ "DeviceKey": key, "DeviceRememberedStatus": "not_remembered" }));
        for _ in 0..2 {
            assert_eq!(world.ok("AdminUpdateDeviceStatus", input.clone()).await, json!({}));
            assert_eq!(list().await, json!([]));
        }
    }

    #[tokio::test]
    async fn refusals() {
        let world = Tracked::new().await;
        let (_, key) = world.confirmed().await;
        let input = world.admin(json!({ "DeviceKey": "us-east-1_00" }));
        let missing = "ResourceNotFoundException: Device does not exist.";
        assert_eq!(world.fails("AdminUpdateDeviceStatus", input).await, missing);
        let input = world.admin(json!({ "DeviceKey": key, "Username": "nobody" }));
        let nobody = "UserNotFoundException: User does not exist.";
        assert_eq!(world.fails("AdminUpdateDeviceStatus", input).await, nobody);
    }
}
