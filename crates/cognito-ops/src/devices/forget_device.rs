//! ForgetDevice: deletes a device of the caller.
//! <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_ForgetDevice.html>

use crate::prelude::*;
use crate::service::{access, devices};

pub(crate) async fn handle(ctx: &Ctx<'_>, input: wire::ForgetDeviceRequest) -> Reply<wire::NoOutput> {
    let token = input.access_token.as_ref().ok_or_else(errors::invalid_access_token)?;
    let token = access::verify(ctx, token).await?;
    ctx.write(async |txn| {
        let user = devices::caller(txn, &token).await?.user;
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
    async fn forgets_only_the_callers_own() {
        let world = Tracked::new().await;
        let (token, key) = world.confirmed().await;
        let (_, other) = world.confirmed().await;
        world.user(&world.pool, "bob", "Abcdef1!").await;
        let bob = world.sign_in(&world.client, "bob", "Abcdef1!").await;
        let missing = "ResourceNotFoundException: Device does not exist.";
        let foreign = json!({ "AccessToken": bob["AccessToken"], "DeviceKey": key });
        assert_eq!(world.fails("ForgetDevice", foreign).await, missing);

        let forget = json!({ "AccessToken": token, "DeviceKey": key });
        assert_eq!(world.ok("ForgetDevice", forget.clone()).await, Value::Null);
        assert_eq!(world.fails("ForgetDevice", forget).await, missing);
        let list = world.ok("ListDevices", json!({ "AccessToken": token })).await;
        assert_eq!(list["Devices"].as_array().map(Vec::len), Some(1), "access tokens go on");
        assert_eq!(list["Devices"][0]["DeviceKey"], other);
        let anonymous = world.fails("ForgetDevice", json!({ "DeviceKey": other })).await;
        assert_eq!(anonymous, "NotAuthorizedException: Invalid Access Token");
    }
}
