//! AdminForgetDevice: deletes a device of a user.
//! <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminForgetDevice.html>

use crate::prelude::*;
use crate::service::devices;

pub(crate) async fn handle(ctx: &Ctx<'_>, input: wire::AdminForgetDeviceRequest) -> Reply<wire::NoOutput> {
    ctx.write(async |txn| {
        let pool = devices::pool(txn, &input.user_pool_id).await?;
        let user = txn.user(&pool, &input.username).await?;
        devices::forget(txn, &user, &input.device_key).await
    })
    .await?;
    Ok(wire::NoOutput {})
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use testkit::devices::Tracked;

    #[tokio::test]
    async fn as_its_user_could() {
        let world = Tracked::new().await;
        let (token, key) = world.confirmed().await;
        let forget = world.admin(json!({ "DeviceKey": key }));
        assert_eq!(world.ok("AdminForgetDevice", forget.clone()).await, Value::Null);
        let missing = "ResourceNotFoundException: Device does not exist.";
        assert_eq!(world.fails("AdminForgetDevice", forget).await, missing);
        assert_eq!(
            world.fails("GetDevice", json!({ "AccessToken": token, "DeviceKey": key })).await,
            missing
        );
    }

    #[tokio::test]
    async fn refusals() {
        let world = Tracked::new().await;
        let (_, key) = world.confirmed().await;
        let input = world.admin(json!({ "DeviceKey": key, "Username": "nobody" }));
        let nobody = "UserNotFoundException: User does not exist.";
        assert_eq!(world.fails("AdminForgetDevice", input).await, nobody);
        world.ok("UpdateUserPool", json!({ "UserPoolId": world.pool })).await;
        let off = "InvalidUserPoolConfigurationException: Device tracking is not enabled for the user pool.";
        let input = world.admin(json!({ "DeviceKey": key }));
        assert_eq!(world.fails("AdminForgetDevice", input).await, off);
    }
}
