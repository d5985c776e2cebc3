//! User sessions on the wire.

use cognito_api::wire;
use cognito_core::client::Client;
use cognito_core::family::Family;
use cognito_core::oauth::BrowserSession;
use cognito_core::tracking::{Activity, SessionTracking};

use super::timestamp;

/// A token session.
pub(crate) fn token_session(family: &Family, current: bool) -> wire::SessionDescriptionType {
    wire::SessionDescriptionType {
        session_id: Some(family.session_id()),
        session_type: Some(wire::SessionTypeType::Token),
        client_id: Some(family.client_id.as_str().into()),
        create_date: Some(timestamp(family.auth_time)),
        origin_session_id: family.origin.as_deref().map(BrowserSession::id_of),
        is_current_session: Some(current),
        ..last(&family.last)
    }
}

/// An SSO session.
pub(crate) fn browser_session(session: &BrowserSession) -> wire::SessionDescriptionType {
    wire::SessionDescriptionType {
        session_id: Some(BrowserSession::id_of(&session.hash)),
        session_type: Some(wire::SessionTypeType::Sso),
        client_id: Some(session.client_id.as_str().into()),
        create_date: Some(timestamp(session.auth_time)),
        is_current_session: Some(false),
        ..last(&session.last)
    }
}

/// The latest use of a session; where its address lies in the world nobody knows here.
fn last(activity: &Activity) -> wire::SessionDescriptionType {
    wire::SessionDescriptionType {
        last_active_date: Some(timestamp(activity.at)),
        device_type: Some(activity.device()),
        last_ip_address: activity.ip.as_deref().map(Into::into),
        last_location: Some(wire::SessionLocationType { city: None, country: Some("unknown".to_owned()) }),
        ..Default::default()
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
