//! GetDevice: a device of the caller.
//! <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_GetDevice.html>

use crate::prelude::*;
use crate::service::{access, devices};

pub(crate) async fn handle(ctx: &Ctx<'_>, input: wire::GetDeviceRequest) -> Reply<wire::GetDeviceResponse> {
    let token = input.access_token.as_ref().ok_or_else(errors::invalid_access_token)?;
    let token = access::verify(ctx, token).await?;
    let mut txn = ctx.read();
    let signed = devices::caller(&mut txn, &token).await?;
    let device = txn.device(&signed.user, &input.device_key).await?;
    Ok(wire::GetDeviceResponse { device: views::device(&signed.pool, &signed.user, &device) })
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use testkit::devices::Tracked;
    use testkit::world::attribute_map;

    #[tokio::test]
    async fn only_the_callers_own() {
        let world = Tracked::new().await;
        let (token, key) = world.confirmed().await;
        let own = json!({ "AccessToken": token, "DeviceKey": key });
        let device = world.ok("GetDevice", own).await["Device"].clone();
        assert_eq!(device["DeviceKey"], key);
        let attributes = attribute_map(&device["DeviceAttributes"]);
        assert_eq!(attributes["dev:device_remembered_status"], "remembered");
        assert_eq!(attributes.get("device_name"), None, "it was given no name");

        world.user(&world.pool, "bob", "Abcdef1!").await;
        let bob = world.sign_in(&world.client, "bob", "Abcdef1!").await;
        let missing = "ResourceNotFoundException: Device does not exist.";
        let foreign = json!({ "AccessToken": bob["AccessToken"], "DeviceKey": key });
        assert_eq!(world.fails("GetDevice", foreign).await, missing);
        let unconfirmed = json!({
            "AccessToken": bob["AccessToken"], "DeviceKey": bob["NewDeviceMetadata"]["DeviceKey"],
        });
        assert_eq!(world.fails("GetDevice", unconfirmed).await, missing);
        let anonymous = world.fails("GetDevice", json!({ "DeviceKey": key })).await;
        assert_eq!(anonymous, "NotAuthorizedException: Invalid Access Token");
    }
}
