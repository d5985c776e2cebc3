//! Risk configurations on the wire.

use cognito_api::wire;
use cognito_core::threat::RiskConfiguration;

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
