//! UpdateDeviceStatus: sets whether a device of the caller is remembered.
//! <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UpdateDeviceStatus.html>

use crate::prelude::*;
use crate::service::{access, devices};

pub(crate) async fn handle(
    ctx: &Ctx<'_>,
    input: wire::UpdateDeviceStatusRequest,
) -> Reply<wire::UpdateDeviceStatusResponse> {
    let token = access::verify(ctx, &input.access_token).await?;
    ctx.write(async |txn| {
        let user = devices::caller(txn, &token).await?.user;
        devices::set_status(ctx, txn, &user, &input.device_key, input.device_remembered_status).await
    })
    .await?;
    Ok(wire::UpdateDeviceStatusResponse {})
}

#[cfg(test)]
mod tests {
    use cognito_core::Span;
    use serde_json::{Value, json};
    use testkit::devices::Tracked;
    use testkit::world::{attribute_map, merged};

    #[tokio::test]
    async fn remembers_and_does_not() {
        let world = Tracked::with(json!({ "DeviceOnlyRememberedOnUserPrompt": true })).await;
        let (token, key) = world.confirmed().await;
        let own = json!({ "AccessToken": token, "DeviceKey": key });
        let status = async || {
            let device = world.ok("GetDevice", own.clone()).await["Device"].clone();
            let attributes = attribute_map(&device["DeviceAttributes"]);
            (attributes["dev:device_remembered_status"].clone(), device["DeviceLastModifiedDate"].clone())
        };
        let set = async |status: Value| {
            world.advance(Span::seconds(1));
            let input = merged(own.clone(), json!({ "DeviceRememberedStatus": status }));
            assert_eq!(world.ok("UpdateDeviceStatus", input).await, json!({}));
        };
        assert_eq!(status().await, (json!("not_remembered"), json!(1_767_776_887)));
        set(json!("remembered")).await;
        assert_eq!(status().await, (json!("remembered"), json!(1_767_776_888)));
        set(Value::Null).await;
        assert_eq!(status().await, (json!("remembered"), json!(1_767_776_888)), "nothing was asked for");
        set(json!("not_remembered")).await;
        assert_eq!(status().await, (json!("not_remembered"), json!(1_767_776_890)));
    }

    #[tokio::test]
    async fn refusals() {
        let world = Tracked::new().await;
        let (token, _) = world.confirmed().await;
        let foreign = json!({
            "AccessToken": token, "DeviceKey": "us-east-1_00", "DeviceRememberedStatus": "remembered",
        });
        let missing = "ResourceNotFoundException: Device does not exist.";
        assert_eq!(world.fails("UpdateDeviceStatus", foreign).await, missing);
        let status = json!({
            "AccessToken": token, "DeviceKey": "us-east-1_00", "DeviceRememberedStatus": "forgotten",
        });
        let failure = world.fails("UpdateDeviceStatus", status).await;
        assert!(failure.starts_with("InvalidParameterException: 1 validation error detected"), "{failure}");
    }
}
