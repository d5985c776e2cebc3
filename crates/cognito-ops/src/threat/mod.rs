//! Threat protection: what is done about risks, and the events that users are asked about.

mod describe_risk_configuration;
mod set_risk_configuration;

use crate::table::operations;

operations! {
    DescribeRiskConfiguration => describe_risk_configuration,
    SetRiskConfiguration => set_risk_configuration,
}
