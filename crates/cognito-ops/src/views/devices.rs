//! Devices on the wire.

use cognito_api::wire;
use cognito_core::family::Family;

/// The device that a sign-in was offered, until the offer is taken up.
pub(crate) fn new_device(family: &Family) -> Option<wire::NewDeviceMetadataType> {
    let group_key = family.device_offer.as_ref()?;
    Some(wire::NewDeviceMetadataType {
        device_key: family.device_key.clone(),
        device_group_key: Some(group_key.clone()),
    })
}
