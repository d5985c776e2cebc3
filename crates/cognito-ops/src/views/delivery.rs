//! Where a code went, on the wire.

use cognito_api::wire;
use cognito_core::delivery::{Destination, Medium};

/// CodeDeliveryDetails with the masked address.
pub(crate) fn delivery(destination: &Destination) -> wire::CodeDeliveryDetailsType {
    wire::CodeDeliveryDetailsType {
        destination: Some(destination.masked()),
        delivery_medium: Some(match destination.medium {
            Medium::Email => wire::DeliveryMediumType::Email,
            Medium::Sms => wire::DeliveryMediumType::Sms,
        }),
        attribute_name: Some(destination.medium.attribute().to_owned()),
    }
}
