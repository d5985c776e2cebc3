//! Threat protection: what is done about risks, and the events that users are asked about.

mod admin_list_user_auth_events;
mod admin_update_auth_event_feedback;
mod describe_risk_configuration;
mod set_risk_configuration;
mod update_auth_event_feedback;

use crate::table::operations;

operations! {
    AdminListUserAuthEvents => admin_list_user_auth_events,
    AdminUpdateAuthEventFeedback => admin_update_auth_event_feedback,
    DescribeRiskConfiguration => describe_risk_configuration,
    SetRiskConfiguration => set_risk_configuration,
    UpdateAuthEventFeedback => update_auth_event_feedback,
}
