//! User sessions on the wire.

use cognito_api::wire;
use cognito_core::client::Client;
use cognito_core::family::Family;
use cognito_core::tracking::SessionTracking;

use super::timestamp;

/// A session; where its address lies in the world nobody knows here.
pub(crate) fn session(family: &Family, current: bool) -> wire::SessionDescriptionType {
    wire::SessionDescriptionType {
        session_id: Some(family.session_id()),
        session_type: Some(wire::SessionTypeType::Token),
        client_id: Some(family.client_id.as_str().into()),
        create_date: Some(timestamp(family.auth_time)),
        last_active_date: Some(timestamp(family.last.at)),
        device_type: Some(family.last.device()),
        last_ip_address: family.last.ip.as_deref().map(Into::into),
        last_location: Some(wire::SessionLocationType { city: None, country: Some("unknown".to_owned()) }),
        origin_session_id: None,
        is_current_session: Some(current),
    }
}

/// The session configuration of a pool.
pub(crate) fn tracking(
    tracking: SessionTracking,
) -> (wire::UserSessionTrackingType, wire::UserPoolTokenSessionConfigType) {
    let state = match tracking.on {
        true => wire::UserSessionTrackingType::Enabled,
        false => wire::UserSessionTrackingType::Disabled,
    };
    (state, wire::UserPoolTokenSessionConfigType { max_per_user: tracking.max_per_user })
}

/// The session configuration of a client.
pub(crate) fn sso_session(client: &Client) -> wire::ClientSSOSessionConfigType {
    wire::ClientSSOSessionConfigType { max_validity_minutes: client.sso_minutes }
}
