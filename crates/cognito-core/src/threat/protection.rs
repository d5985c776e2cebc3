//! How far a pool is protected.

use cognito_api::wire;

use crate::auth::Flow;
use crate::pool::Pool;

/// How far a pool is protected: UserPoolAddOns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protection {
    /// Not at all.
    Off,
    /// Risks are recorded.
    Audit,
    /// Risks are recorded, and answered.
    Enforced,
}

/// The pool has no threat protection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no threat protection")]
pub struct Unprotected;

impl Pool {
    /// Whether events are recorded.
    pub fn is_protected(&self) -> bool {
        self.protection() != Protection::Off
    }

    /// How far it is protected, but for sign-ins with challenges of the app's own.
    pub fn protection(&self) -> Protection {
        use wire::AdvancedSecurityModeType as Mode;
        match self.settings.user_pool_add_ons.as_ref().map(|add_ons| add_ons.advanced_security_mode) {
            None | Some(Mode::Off) => Protection::Off,
            Some(Mode::Audit) => Protection::Audit,
            Some(Mode::Enforced) => Protection::Enforced,
        }
    }

    /// How far sign-ins of a kind are protected. Those with challenges of the app's own have a mode of their own; without
    /// it they are recorded, and go on.
    pub fn protection_of(&self, flow: Flow) -> Protection {
        use wire::AdvancedSecurityEnabledModeType as Mode;
        let protection = self.protection();
        if flow != Flow::Custom || protection == Protection::Off {
            return protection;
        }
        let add_ons = self.settings.user_pool_add_ons.as_ref();
        let more = add_ons.and_then(|add_ons| add_ons.advanced_security_additional_flows.as_ref());
        match more.and_then(|more| more.custom_auth_mode) {
            Some(Mode::Enforced) => Protection::Enforced,
            Some(Mode::Audit) | None => Protection::Audit,
        }
    }

    /// Refuses to speak of events that are not recorded.
    ///
    /// # Errors
    /// [`Unprotected`]
    pub fn check_protected(&self) -> Result<(), Unprotected> {
        if self.is_protected() { Ok(()) } else { Err(Unprotected) }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::testing;

    #[test]
    fn modes() {
        use Protection::{Audit, Enforced, Off};
        let check = |add_ons: Value, expected: [Protection; 2]| {
            let pool = testing::pool(json!({ "UserPoolAddOns": add_ons }));
            assert_eq!(
                [pool.protection_of(Flow::Password), pool.protection_of(Flow::Custom)],
                expected,
                "{add_ons}"
            );
            assert_eq!(pool.check_protected().is_ok(), expected[0] != Off);
        };
        let mode = |mode: &str| json!({ "AdvancedSecurityMode": mode });
        let custom = |standard: &str, custom: &str| json!({ "AdvancedSecurityMode": standard, "AdvancedSecurityAdditionalFlows": { "CustomAuthMode": custom } });
        check(Value::Null, [Off, Off]);
        check(mode("OFF"), [Off, Off]);
        check(mode("AUDIT"), [Audit, Audit]);
        check(mode("ENFORCED"), [Enforced, Audit]);
        check(custom("AUDIT", "ENFORCED"), [Audit, Enforced]);
        check(custom("ENFORCED", "ENFORCED"), [Enforced, Enforced]);
        check(custom("OFF", "ENFORCED"), [Off, Off]);
    }
}
