//! Threat protection: the risk configuration of a pool or a client, and the events that it is about.
//! Source: <https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pool-settings-threat-protection.html>

mod auth_event;
mod fingerprint;
mod ip_range;
pub mod notice;
mod protection;
mod risk_configuration;
mod sight;

pub use auth_event::{AuthEvent, BY_USER, Feedback, KEPT_EVENTS, Provider};
pub use fingerprint::{Fingerprint, shortened};
pub use ip_range::IpRange;
pub use protection::{Protection, Unprotected};
pub use risk_configuration::{RiskConfiguration, RiskError};
pub use sight::{Knowledge, Sight};
