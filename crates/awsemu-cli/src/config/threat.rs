//! What threat protection knows of passwords and addresses: `[threat]`.

use cognito_api::wire::RiskLevelType;
use cognito_core::threat::{IpRange, Knowledge};

use super::file::{RiskLevel, RiskyAddresses, ThreatSection};

/// Reads the section.
///
/// # Errors
/// A text that names the range that is none.
pub fn knowledge(section: ThreatSection) -> Result<Knowledge, String> {
    Ok(Knowledge {
        compromised_passwords: section.compromised_passwords.into_iter().collect(),
        risky_addresses: section.risky_addresses.into_iter().map(risky).collect::<Result<_, _>>()?,
    })
}

fn risky(section: RiskyAddresses) -> Result<(IpRange, RiskLevelType), String> {
    let RiskyAddresses { range, level } = section;
    let parsed = range.parse().map_err(|error| format!("threat.risky_addresses {range:?}: {error}"))?;
    let level = match level {
        RiskLevel::Low => RiskLevelType::Low,
        RiskLevel::Medium => RiskLevelType::Medium,
        RiskLevel::High => RiskLevelType::High,
    };
    Ok((parsed, level))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges() {
        let section = |range: &str| ThreatSection {
            compromised_passwords: vec!["Password1!".to_owned()],
            risky_addresses: vec![RiskyAddresses { range: range.to_owned(), level: RiskLevel::High }],
        };
        let read = knowledge(section("203.0.113.0/24")).unwrap();
        assert_eq!(read.risky_addresses, [("203.0.113.0/24".parse().unwrap(), RiskLevelType::High)]);
        assert!(read.compromised_passwords.contains("Password1!"));
        let error = knowledge(section("203.0.113.0")).unwrap_err();
        assert_eq!(error, "threat.risky_addresses \"203.0.113.0\": not in CIDR notation");
    }
}
