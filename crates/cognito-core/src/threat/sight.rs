//! What is seen of a request: where it comes from, what is known of that, and what is to be done about it.
//!
//! AWS learns from the sign-ins of all its customers. Here passwords and addresses are what the configuration says.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::sync::Arc;

use cognito_api::wire;

use super::ip_range::IpRange;
use super::risk_configuration::RiskConfiguration;

/// What the configuration says of the world outside.
#[derive(Clone, Debug, Default)]
pub struct Knowledge {
    /// Passwords that others have, too.
    pub compromised_passwords: BTreeSet<String>,
    /// How risky requests from some addresses are.
    pub risky_addresses: Vec<(IpRange, wire::RiskLevelType)>,
}

impl Knowledge {
    /// How risky an address is: the highest of all ranges that it is in.
    fn level(&self, address: IpAddr) -> Option<wire::RiskLevelType> {
        let levels = self.risky_addresses.iter().filter(|(range, _)| range.contains(address));
        levels.map(|(_, level)| *level).max_by_key(|level| match level {
            wire::RiskLevelType::Low => 0,
            wire::RiskLevelType::Medium => 1,
            wire::RiskLevelType::High => 2,
        })
    }
}

/// A request as it is seen.
pub struct Sight<'a> {
    /// What the configuration says.
    pub knowledge: &'a Knowledge,
    /// What is to be done, if that was said.
    pub configuration: Option<Arc<RiskConfiguration>>,
    /// Where its user is, as far as it is known.
    pub address: Option<IpAddr>,
}

impl Sight<'_> {
    /// Whether it comes from where nothing is let in from.
    pub fn is_blocked(&self) -> bool {
        self.is_in(|exceptions| exceptions.blocked_ip_range_list.as_deref())
    }

    /// Whether it comes from where no risks are looked for.
    fn is_skipped(&self) -> bool {
        self.is_in(|exceptions| exceptions.skipped_ip_range_list.as_deref())
    }

    fn is_in(&self, list: fn(&wire::RiskExceptionConfigurationType) -> Option<&[String]>) -> bool {
        let exceptions =
            self.configuration.as_ref().and_then(|configuration| configuration.exceptions.as_ref());
        let (Some(exceptions), Some(address)) = (exceptions, self.address) else { return false };
        let contains = |range: &String| range.parse::<IpRange>().is_ok_and(|range| range.contains(address));
        list(exceptions).unwrap_or_default().iter().any(contains)
    }

    /// Whether a password is seen to be compromised where such an event is looked at.
    pub fn sees_compromised(&self, password: &str, event: wire::EventFilterType) -> bool {
        let filter = self.compromised().and_then(|configuration| configuration.event_filter.as_ref());
        filter.is_none_or(|events| events.contains(&event))
            && !self.is_skipped()
            && self.knowledge.compromised_passwords.contains(password)
    }

    /// Whether compromised passwords are refused.
    pub fn refuses_compromised(&self) -> bool {
        let block = wire::CompromisedCredentialsEventActionType::Block;
        self.compromised().is_some_and(|configuration| configuration.actions.event_action == block)
    }

    fn compromised(&self) -> Option<&wire::CompromisedCredentialsRiskConfigurationType> {
        self.configuration.as_ref()?.compromised_credentials.as_ref()
    }

    /// How risky a sign-in is.
    pub fn level(&self) -> Option<wire::RiskLevelType> {
        self.address.filter(|_| !self.is_skipped()).and_then(|address| self.knowledge.level(address))
    }

    /// How users are told of sign-ins of that risk, if they are.
    pub fn notifies(&self, level: wire::RiskLevelType) -> Option<&wire::NotifyConfigurationType> {
        let notifies = self.action(level)?.notify;
        let configuration =
            self.configuration.as_ref()?.account_takeover.as_ref()?.notify_configuration.as_ref();
        configuration.filter(|_| notifies)
    }

    /// What is to be done about a sign-in of that risk.
    pub fn action(&self, level: wire::RiskLevelType) -> Option<&wire::AccountTakeoverActionType> {
        let actions = &self.configuration.as_ref()?.account_takeover.as_ref()?.actions;
        match level {
            wire::RiskLevelType::Low => actions.low_action.as_ref(),
            wire::RiskLevelType::Medium => actions.medium_action.as_ref(),
            wire::RiskLevelType::High => actions.high_action.as_ref(),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::time::Time;

    fn knowledge() -> Knowledge {
        let range = |range: &str, level| (range.parse().unwrap(), level);
        Knowledge {
            compromised_passwords: BTreeSet::from(["Password1!".to_owned()]),
            risky_addresses: vec![
                range("203.0.113.0/24", wire::RiskLevelType::Medium),
                range("203.0.113.128/25", wire::RiskLevelType::High),
                range("203.0.113.0/25", wire::RiskLevelType::Low),
            ],
        }
    }

    /// What a request from an address is in a pool with that configuration.
    fn seen(address: &str, mut configuration: Value) -> String {
        let knowledge = knowledge();
        configuration["UserPoolId"] = json!("us-east-1_AbCdEf123");
        let configuration = serde_json::from_value(configuration).unwrap();
        let configuration = RiskConfiguration::new(configuration, Time(0)).unwrap();
        let configuration = Some(Arc::new(configuration));
        let sight = Sight { knowledge: &knowledge, configuration, address: address.parse().ok() };
        let mut words = Vec::new();
        if sight.is_blocked() {
            words.push("blocked".to_owned());
        }
        if let Some(level) = sight.level() {
            let action = sight.action(level).map_or("nothing", |action| action.event_action.as_str());
            words.push(format!("{} {action}", level.as_str()));
        }
        if sight.sees_compromised("Password1!", wire::EventFilterType::SignIn) {
            words.push(if sight.refuses_compromised() { "refused" } else { "compromised" }.to_owned());
        }
        assert!(!sight.sees_compromised("password1!", wire::EventFilterType::SignIn));
        words.join(", ")
    }

    #[test]
    fn addresses() {
        let action = |action: &str| json!({ "Notify": false, "EventAction": action });
        let actions = json!({ "LowAction": action("NO_ACTION"), "MediumAction": action("MFA_REQUIRED") });
        let exceptions = json!({
            "BlockedIPRangeList": ["192.0.2.0/24", "203.0.113.9/32"], "SkippedIPRangeList": ["203.0.113.8/30"],
        });
        let configuration = json!({
            "AccountTakeoverRiskConfiguration": { "Actions": actions }, "RiskExceptionConfiguration": exceptions,
        });
        let check = |address: &str, expected: &str| {
            assert_eq!(seen(address, configuration.clone()), expected, "{address}");
        };
        check("198.51.100.1", "compromised");
        check("nowhere", "compromised");
        check("192.0.2.1", "blocked, compromised");
        check("203.0.113.1", "Medium MFA_REQUIRED, compromised");
        check("203.0.113.129", "High nothing, compromised");
        check("203.0.113.8", "");
        check("203.0.113.9", "blocked");
    }

    #[test]
    fn passwords() {
        let check = |configuration: Value, expected: &str| {
            let compromised = json!({ "CompromisedCredentialsRiskConfiguration": configuration });
            assert_eq!(seen("198.51.100.1", compromised), expected, "{configuration}");
        };
        let action = |action: &str| json!({ "Actions": { "EventAction": action } });
        check(Value::Null, "compromised");
        check(action("NO_ACTION"), "compromised");
        check(action("BLOCK"), "refused");
        check(json!({ "EventFilter": ["SIGN_UP"], "Actions": { "EventAction": "BLOCK" } }), "");
    }
}
