//! Devices on the wire.

use cognito_api::wire;
use cognito_core::Time;
use cognito_core::device::Device;
use cognito_core::family::Family;
use cognito_core::pool::Pool;
use cognito_core::user::User;

use super::timestamp;

/// A device with all that AWS says of one, except for `dev:device_sdk`: how it tells SDKs apart is not known.
pub(crate) fn device(pool: &Pool, user: &User, device: &Device) -> wire::DeviceType {
    let owner = format!("{}.{}", user.username, pool.id);
    let arn =
        format!("arn:aws:cognito-idp:{}:{}:owner/{owner}/device/{}", pool.region, pool.account, device.key);
    let status = match device.remembered {
        true => wire::DeviceRememberedStatusType::Remembered,
        false => wire::DeviceRememberedStatusType::NotRemembered,
    };
    let mut view = own_device(device);
    view.device_attributes.get_or_insert_default().extend([
        attribute("dev:device_arn", &arn),
        attribute("dev:device_owner", &owner),
        attribute("dev:device_remembered_status", status.as_str()),
    ]);
    view
}

/// A device as ListDevices shows it to its user: without the attributes that are for developers.
pub(crate) fn own_device(device: &Device) -> wire::DeviceType {
    let name = device.name.as_deref().map(|name| attribute("device_name", name));
    let last_ip = device.last_ip.as_deref().map(|ip| attribute("last_ip_used", ip));
    let attributes = [Some(attribute("device_status", "valid")), name, last_ip];
    wire::DeviceType {
        device_key: Some(device.key.clone()),
        device_attributes: Some(attributes.into_iter().flatten().collect()),
        device_create_date: Some(timestamp(device.created)),
        device_last_modified_date: Some(timestamp(device.modified)),
        // AWS gives this one in whole seconds.
        device_last_authenticated_date: Some(timestamp(Time::from_seconds(
            device.last_authenticated.seconds(),
        ))),
    }
}

fn attribute(name: &str, value: &str) -> wire::AttributeType {
    wire::AttributeType { name: name.to_owned(), value: Some(value.into()) }
}

/// The device that a sign-in was offered, until the offer is taken up.
pub(crate) fn new_device(family: &Family) -> Option<wire::NewDeviceMetadataType> {
    let group_key = family.device_offer.as_ref()?;
    Some(wire::NewDeviceMetadataType {
        device_key: family.device_key.clone(),
        device_group_key: Some(group_key.clone()),
    })
}
