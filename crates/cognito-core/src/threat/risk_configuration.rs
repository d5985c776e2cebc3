//! What a pool does about risks, for one app client or for all without a configuration of their own.
//! <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_SetRiskConfiguration.html>

use cognito_api::wire;
use serde::{Deserialize, Serialize};

use super::ip_range::IpRange;
use crate::entity::{Entity, Kind};
use crate::time::Time;

/// The risk configuration of a pool or of a client.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RiskConfiguration {
    /// The pool.
    pub pool_id: String,
    /// The client; none stands for all that have no configuration of their own.
    pub client_id: Option<String>,
    /// CompromisedCredentialsRiskConfiguration, with the default of EventFilter filled in.
    pub compromised_credentials: Option<wire::CompromisedCredentialsRiskConfigurationType>,
    /// AccountTakeoverRiskConfiguration
    pub account_takeover: Option<wire::AccountTakeoverRiskConfigurationType>,
    /// RiskExceptionConfiguration
    pub exceptions: Option<wire::RiskExceptionConfigurationType>,
    /// When it was set.
    pub modified: Time,
}

/// Why a risk configuration is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RiskError {
    /// A range that is not in CIDR notation.
    #[error("not a range of IP addresses")]
    Range(String),
    /// An action notifies users, and nothing says how.
    #[error("a notification without its configuration")]
    NothingToNotifyWith,
}

impl RiskConfiguration {
    /// The configuration that a request makes, whatever it was before.
    ///
    /// # Errors
    /// [`RiskError`]
    pub fn new(request: wire::SetRiskConfigurationRequest, now: Time) -> Result<Self, RiskError> {
        let mut compromised_credentials = request.compromised_credentials_risk_configuration;
        if let Some(configuration) = &mut compromised_credentials {
            let filter = configuration.event_filter.take().filter(|events| !events.is_empty());
            configuration.event_filter = Some(filter.unwrap_or_else(every_event));
        }
        request.account_takeover_risk_configuration.as_ref().map_or(Ok(()), check_notification)?;
        if let Some(exceptions) = &request.risk_exception_configuration {
            check_ranges(exceptions.blocked_ip_range_list.as_deref())?;
            check_ranges(exceptions.skipped_ip_range_list.as_deref())?;
        }
        Ok(Self {
            pool_id: request.user_pool_id,
            client_id: request.client_id.map(|id| id.as_str().to_owned()),
            compromised_credentials,
            account_takeover: request.account_takeover_risk_configuration,
            exceptions: request.risk_exception_configuration,
            modified: now,
        })
    }

    /// Whether it configures nothing: it is then as if it had never been set.
    pub fn is_empty(&self) -> bool {
        self.compromised_credentials.is_none() && self.account_takeover.is_none() && self.exceptions.is_none()
    }

    /// The record key.
    pub fn key_of(pool_id: &str, client_id: Option<&str>) -> String {
        // No client has an empty id.
        format!("{pool_id}/{}", client_id.unwrap_or_default())
    }
}

fn every_event() -> Vec<wire::EventFilterType> {
    use wire::EventFilterType as Event;
    vec![Event::SignIn, Event::PasswordChange, Event::SignUp]
}

fn check_notification(takeover: &wire::AccountTakeoverRiskConfigurationType) -> Result<(), RiskError> {
    let wire::AccountTakeoverActionsType { low_action, medium_action, high_action } = &takeover.actions;
    let notifies = [low_action, medium_action, high_action].into_iter().flatten().any(|action| action.notify);
    if notifies && takeover.notify_configuration.is_none() {
        return Err(RiskError::NothingToNotifyWith);
    }
    Ok(())
}

fn check_ranges(ranges: Option<&[String]>) -> Result<(), RiskError> {
    let wrong = |range: &&String| range.parse::<IpRange>().is_err();
    match ranges.unwrap_or_default().iter().find(wrong) {
        Some(range) => Err(RiskError::Range(range.clone())),
        None => Ok(()),
    }
}

impl Entity for RiskConfiguration {
    const KIND: Kind = Kind::RiskConfiguration;

    fn key(&self) -> String {
        Self::key_of(&self.pool_id, self.client_id.as_deref())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn configuration(mut request: Value) -> Result<RiskConfiguration, RiskError> {
        request["UserPoolId"] = json!("us-east-1_AbCdEf123");
        RiskConfiguration::new(serde_json::from_value(request).unwrap(), Time(0))
    }

    #[test]
    fn every_event_is_the_default() {
        let check = |given: Value, expected: &[&str]| {
            let mut compromised = json!({ "Actions": { "EventAction": "BLOCK" } });
            compromised["EventFilter"] = given;
            let made =
                configuration(json!({ "CompromisedCredentialsRiskConfiguration": compromised })).unwrap();
            let made = serde_json::to_value(made.compromised_credentials).unwrap();
            assert_eq!(made["EventFilter"], json!(expected));
        };
        check(Value::Null, &["SIGN_IN", "PASSWORD_CHANGE", "SIGN_UP"]);
        check(json!([]), &["SIGN_IN", "PASSWORD_CHANGE", "SIGN_UP"]);
        check(json!(["SIGN_UP"]), &["SIGN_UP"]);
    }

    #[test]
    fn notifications_need_their_configuration() {
        let check = |notify: bool, more: Value, expected: Result<(), RiskError>| {
            let action = json!({ "Notify": notify, "EventAction": "BLOCK" });
            let mut takeover = json!({ "Actions": { "LowAction": { "Notify": false, "EventAction": "NO_ACTION" }, "HighAction": action } });
            takeover["NotifyConfiguration"] = more;
            let made = configuration(json!({ "AccountTakeoverRiskConfiguration": takeover }));
            assert_eq!(made.map(|_| ()), expected);
        };
        let sender = json!({ "SourceArn": "arn:aws:ses:us-east-1:000000000000:identity/example.com" });
        check(false, Value::Null, Ok(()));
        check(true, Value::Null, Err(RiskError::NothingToNotifyWith));
        check(true, sender, Ok(()));
    }

    #[test]
    fn ranges() {
        let check = |blocked: &str, skipped: &str, expected: Result<(), RiskError>| {
            let lists = json!({ "BlockedIPRangeList": [blocked], "SkippedIPRangeList": [skipped] });
            let made = configuration(json!({ "RiskExceptionConfiguration": lists }));
            assert_eq!(made.map(|_| ()), expected);
        };
        check("192.0.2.0/24", "2001:db8::/32", Ok(()));
        check("192.0.2.1", "2001:db8::/32", Err(RiskError::Range("192.0.2.1".to_owned())));
        check("192.0.2.0/24", "everywhere", Err(RiskError::Range("everywhere".to_owned())));
    }

    #[test]
    fn nothing_is_nothing() {
        assert!(configuration(json!({})).unwrap().is_empty());
        assert!(!configuration(json!({ "RiskExceptionConfiguration": {} })).unwrap().is_empty());
        let own =
            RiskConfiguration { client_id: Some("app".to_owned()), ..configuration(json!({})).unwrap() };
        assert_eq!(
            (own.key(), RiskConfiguration::key_of("p", None)),
            ("us-east-1_AbCdEf123/app".to_owned(), "p/".to_owned())
        );
    }
}
