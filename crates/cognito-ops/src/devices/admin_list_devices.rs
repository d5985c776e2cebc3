//! AdminListDevices: every device of a user, in the order of their confirmation.
//! <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminListDevices.html>

use cognito_core::device;

use crate::prelude::*;
use crate::service::devices::{self, PageOf};

pub(crate) async fn handle(
    ctx: &Ctx<'_>,
    input: wire::AdminListDevicesRequest,
) -> Reply<wire::AdminListDevicesResponse> {
    let mut txn = ctx.read();
    let pool = devices::pool(&mut txn, &input.user_pool_id).await?;
    let user = txn.user_if_any(&pool, &input.username).await?;
    let user = user.ok_or_else(errors::device_owner_not_found)?;
    let page = PageOf {
        operation: "AdminListDevices",
        index: device::BY_USER,
        limit: input.limit,
        token: input.pagination_token.as_deref(),
    };
    let (devices, next) = devices::page(ctx, &mut txn, &user, page).await?;
    Ok(wire::AdminListDevicesResponse {
        devices: Some(devices.iter().map(|device| views::device(&pool, &user, device)).collect()),
        pagination_token: next,
    })
}

#[cfg(test)]
mod tests {
    use cognito_core::Span;
    use serde_json::{Value, json};
    use testkit::devices::{Tracked, confirmation};
    use testkit::world::text;

    fn keys(answer: &Value) -> Vec<String> {
        let devices = answer["Devices"].as_array().expect("a list of devices");
        devices.iter().map(|device| text(&device["DeviceKey"])).collect()
    }

    #[tokio::test]
    async fn pages_in_the_order_of_confirmation() {
        let world = Tracked::with(json!({ "DeviceOnlyRememberedOnUserPrompt": true })).await;
        assert_eq!(world.ok("AdminListDevices", world.admin(json!({}))).await, json!({ "Devices": [] }));
        let mut confirmed = Vec::new();
        for _ in 0..3 {
            confirmed.push(world.confirmed().await.1);
            world.advance(Span(1));
        }
        let first = world.ok("AdminListDevices", world.admin(json!({ "Limit": 2 }))).await;
        assert_eq!(keys(&first), confirmed[..2]);
        let get = world.ok("AdminGetDevice", world.admin(json!({ "DeviceKey": confirmed[0] }))).await;
        assert_eq!(first["Devices"][0], get["Device"]);
        let token = &first["PaginationToken"];
        let rest = world.ok("AdminListDevices", world.admin(json!({ "PaginationToken": token }))).await;
        assert_eq!((keys(&rest), rest.get("PaginationToken")), (confirmed[2..].to_vec(), None));

        world.user(&world.pool, "bob", "Abcdef1!").await;
        let other = world.admin(json!({ "Username": "bob", "PaginationToken": token }));
        let failure = world.fails("AdminListDevices", other).await;
        assert_eq!(failure, "InvalidParameterException: Invalid pagination token.");
    }

    #[tokio::test]
    async fn a_deleted_user_takes_the_devices_along() {
        let world = Tracked::new().await;
        let (token, key) = world.confirmed().await;
        world.user(&world.pool, "bob", "Abcdef1!").await;
        let bob = world.sign_in(&world.client, "bob", "Abcdef1!").await;
        world.confirm(confirmation(&bob)).await;
        world.ok("DeleteUser", json!({ "AccessToken": token })).await;
        let nobody = "ResourceNotFoundException: User does not exist.";
        assert_eq!(world.fails("AdminListDevices", world.admin(json!({}))).await, nobody);
        world.user(&world.pool, "alice", "Abcdef1!").await;
        assert_eq!(world.ok("AdminListDevices", world.admin(json!({}))).await, json!({ "Devices": [] }));
        let gone = "ResourceNotFoundException: Device does not exist.";
        assert_eq!(world.fails("AdminGetDevice", world.admin(json!({ "DeviceKey": key }))).await, gone);
        let bobs = world.ok("AdminListDevices", world.admin(json!({ "Username": "bob" }))).await;
        assert_eq!(keys(&bobs), [text(&bob["NewDeviceMetadata"]["DeviceKey"])]);
    }
}
