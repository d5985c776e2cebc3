//! Risk configurations and the events of users on the wire.

use cognito_api::wire;
use cognito_core::threat::{AuthEvent, Feedback, RiskConfiguration};

use super::timestamp;

/// A risk configuration in full.
pub(crate) fn risk_configuration(configuration: &RiskConfiguration) -> wire::RiskConfigurationType {
    wire::RiskConfigurationType {
        user_pool_id: Some(configuration.pool_id.clone()),
        client_id: configuration.client_id.clone().map(wire::Sensitive::new),
        compromised_credentials_risk_configuration: configuration.compromised_credentials.clone(),
        account_takeover_risk_configuration: configuration.account_takeover.clone(),
        risk_exception_configuration: configuration.exceptions.clone(),
        last_modified_date: Some(timestamp(configuration.modified)),
    }
}

/// An event in full.
pub(crate) fn auth_event(event: &AuthEvent) -> wire::AuthEventType {
    wire::AuthEventType {
        event_id: Some(event.id.clone()),
        event_type: Some(event.kind),
        creation_date: Some(timestamp(event.created)),
        event_response: Some(event.response),
        event_risk: Some(event.risk.clone()),
        challenge_responses: Some(event.answers.clone()),
        event_context_data: Some(event.context.clone()),
        event_feedback: event.feedback.as_ref().map(feedback),
    }
}

fn feedback(feedback: &Feedback) -> wire::EventFeedbackType {
    wire::EventFeedbackType {
        feedback_value: feedback.value,
        provider: feedback.provider.as_str().to_owned(),
        feedback_date: Some(timestamp(feedback.date)),
    }
}
