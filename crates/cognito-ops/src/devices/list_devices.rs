//! ListDevices: the devices of the caller that are remembered, in the order of their confirmation.
//! <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_ListDevices.html>
//!
//! That the others are left out, AWS's own clients rely on: <https://github.com/aws-amplify/amplify-js/pull/12171>.

use cognito_core::device;

use crate::prelude::*;
use crate::service::access;
use crate::service::devices::{self, PageOf};

pub(crate) async fn handle(
    ctx: &Ctx<'_>,
    input: wire::ListDevicesRequest,
) -> Reply<wire::ListDevicesResponse> {
    let token = access::verify(ctx, &input.access_token).await?;
    let mut txn = ctx.read();
    let signed = devices::caller(&mut txn, &token).await?;
    let page = PageOf {
        operation: "ListDevices",
        index: device::REMEMBERED,
        limit: input.limit,
        token: input.pagination_token.as_deref(),
    };
    let (devices, next) = devices::page(ctx, &mut txn, &signed.user, page).await?;
    Ok(wire::ListDevicesResponse {
        devices: Some(devices.iter().map(|device| views::own_device(device)).collect()),
        pagination_token: next,
    })
}

#[cfg(test)]
mod tests {
    use cognito_core::Span;
    use serde_json::{Value, json};
    use testkit::devices::{IP, Tracked};
    use testkit::world::text;

    fn keys(answer: &Value) -> Vec<String> {
        let devices = answer["Devices"].as_array().expect("a list of devices");
        devices.iter().map(|device| text(&device["DeviceKey"])).collect()
    }

    #[tokio::test]
    async fn pages_through_what_is_remembered() {
        let world = Tracked::with(json!({ "DeviceOnlyRememberedOnUserPrompt": true })).await;
        let mut confirmed = Vec::new();
        for _ in 0..4 {
            confirmed.push(world.confirmed().await);
            world.advance(Span(1));
        }
        let token = confirmed[0].0.clone();
        for index in [3, 0, 1] {
            let input = json!({
                "AccessToken": token, "DeviceKey": confirmed[index].1, "DeviceRememberedStatus": "remembered",
            });
            assert_eq!(world.ok("UpdateDeviceStatus", input).await, json!({}));
        }
        let first = world.ok("ListDevices", json!({ "AccessToken": token, "Limit": 2 })).await;
        assert_eq!(keys(&first), [confirmed[0].1.as_str(), &confirmed[1].1]);
        let more = json!({ "AccessToken": token, "PaginationToken": first["PaginationToken"] });
        let rest = world.ok("ListDevices", more).await;
        assert_eq!((keys(&rest), rest.get("PaginationToken")), (vec![confirmed[3].1.clone()], None));
    }

    #[tokio::test]
    async fn keeps_what_is_for_developers() {
        let world = Tracked::new().await;
        let (token, key) = world.confirmed().await;
        let expected = json!({ "Devices": [{
            "DeviceKey": key,
            "DeviceAttributes": [
                { "Name": "device_status", "Value": "valid" },
                { "Name": "last_ip_used", "Value": IP },
            ],
            "DeviceCreateDate": 1_767_776_887,
            "DeviceLastModifiedDate": 1_767_776_887,
            "DeviceLastAuthenticatedDate": 1_767_776_887,
        }] });
        assert_eq!(world.ok("ListDevices", json!({ "AccessToken": token })).await, expected);

        world.user(&world.pool, "bob", "Abcdef1!").await;
        let bob = world.sign_in(&world.client, "bob", "Abcdef1!").await;
        let list = world.ok("ListDevices", json!({ "AccessToken": bob["AccessToken"] })).await;
        assert_eq!(list, json!({ "Devices": [] }));
    }
}
