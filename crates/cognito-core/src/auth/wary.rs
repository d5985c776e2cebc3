//! A sign-in that looks risky and shall prove a second factor, whatever the user has switched on.
//! <https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pool-settings-adaptive-authentication.html>

use cognito_api::wire;

use crate::auth::flow::{Outcome, State, Subject};
use crate::auth::journey::{Flow, Journey};
use crate::auth::mfa::{self, Decision};
use crate::user::User;

/// Whether a sign-in has a second factor behind it. Challenges of the app's own are the first, whatever they are.
pub fn has_second_factor(journey: &Journey) -> bool {
    let firsts = usize::from(journey.flow != Flow::Custom);
    journey.methods.len() > firsts
}

/// What a sign-in leads to instead of tokens: the challenge of a second factor, or `None` if it has one already, or can
/// have none.
pub fn second_look(subject: Subject<'_>, user: &User, journey: &Journey) -> Option<Outcome> {
    if has_second_factor(journey) || subject.pool.settings.mfa == wire::UserPoolMfaType::Off {
        return None;
    }
    match mfa::decide_for_another(&journey.methods, subject.pool, user) {
        Decision::Ask(factor) => Some(Outcome::Challenge(State::Mfa(factor))),
        Decision::Select(factors) => Some(Outcome::Challenge(State::SelectMfa(factors))),
        Decision::None | Decision::SetUp(_) | Decision::Impossible => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::auth::method::Method;
    use crate::mfa::Factor;
    use crate::testing;

    #[test]
    fn one_more_factor() {
        let check_flow =
            |flow: Flow, mfa: &str, attributes: &[&str], methods: &[Method], expected: Option<State>| {
                let mut pool = testing::pool(json!({}));
                pool.settings.mfa = serde_json::from_value(json!(mfa)).unwrap();
                pool.factors.sms = true;
                pool.factors.email = Some(Default::default());
                let mut user = testing::user();
                for name in attributes {
                    user.set(name, "x");
                    user.set(&format!("{name}_verified"), "true");
                }
                let client = testing::client(&pool);
                let journey = Journey { methods: methods.to_vec(), ..Journey::new(flow) };
                let outcome = second_look(Subject { pool: &pool, client: &client }, &user, &journey);
                assert_eq!(outcome, expected.map(Outcome::Challenge), "{mfa} {attributes:?} {methods:?}");
            };
        let check = |mfa: &str, attributes: &[&str], methods: &[Method], expected: Option<State>| {
            check_flow(Flow::Password, mfa, attributes, methods, expected);
        };
        use Method::{Email, Password, Sms};
        let both = ["email", "phone_number"];
        check("OPTIONAL", &["phone_number"], &[Password], Some(State::Mfa(Factor::Sms)));
        check("OPTIONAL", &both, &[Password], Some(State::SelectMfa(vec![Factor::Sms, Factor::Email])));
        check("OPTIONAL", &both, &[Email], Some(State::Mfa(Factor::Sms)));
        check("OPTIONAL", &["email"], &[Email], None);
        check("OPTIONAL", &both, &[Password, Sms], None);
        check("OPTIONAL", &[], &[Password], None);
        check("OFF", &both, &[Password], None);
        check_flow(Flow::Custom, "OPTIONAL", &["phone_number"], &[], Some(State::Mfa(Factor::Sms)));
        check_flow(Flow::Custom, "OPTIONAL", &both, &[Sms], None);
    }
}
