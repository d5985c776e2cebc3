//! Threat protection: the risk configuration of a pool or a client, and the events that it is about.
//! Source: <https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pool-settings-threat-protection.html>

mod ip_range;
mod risk_configuration;

pub use ip_range::IpRange;
pub use risk_configuration::{RiskConfiguration, RiskError};
