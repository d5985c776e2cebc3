//! The parameters of challenges. Source: `auth-flows` 4.2 of the specification.

use std::collections::BTreeMap;

use cognito_core::auth::{First, Journey, Level, State, level_name, missing_attributes};
use cognito_core::delivery::Destination;
use cognito_core::mfa::Factor;
use cognito_core::pool::Pool;
use serde_json::{Map, Value, json};

use super::answer;
use super::turn::{Provisions, Room, Turn};
use crate::prelude::*;

/// A challenge as the client is told of it.
pub(super) struct Described {
    pub(super) name: wire::ChallengeNameType,
    pub(super) parameters: BTreeMap<String, String>,
    /// AvailableChallenges, in choice-based sign-in.
    pub(super) available: Option<Vec<wire::ChallengeNameType>>,
}

/// The name and the parameters of a challenge. `sent` is where its code goes.
pub(super) fn describe(
    room: &Room<'_>,
    provisions: &Provisions,
    turn: &Turn,
    state: &State,
    sent: Option<&Destination>,
) -> Reply<Described> {
    // A machine that asks for the password again would be a mistake of ours.
    let name = answer::challenge(state).ok_or_else(ApiError::internal)?;
    let mut parameters = Parameters::default();
    if let Some(destination) = sent {
        parameters.put("CODE_DELIVERY_DELIVERY_MEDIUM", destination.medium.as_str());
        parameters.put("CODE_DELIVERY_DESTINATION", destination.masked());
    }
    let user_id = if turn.exists { &turn.user.username } else { &turn.user.sub };
    match state {
        State::NewPasswordRequired => {
            let missing = missing_attributes(room.pool, &turn.user);
            let required: Vec<_> = missing.iter().map(|name| format!("userAttributes.{name}")).collect();
            let own: Map<String, Value> =
                turn.user.attributes.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
            parameters.put("USER_ID_FOR_SRP", user_id);
            parameters.put("requiredAttributes", json!(required).to_string());
            parameters.put("userAttributes", Value::Object(own).to_string());
        }
        State::MfaSetup(factors) => {
            parameters.put("USER_ID_FOR_SRP", user_id);
            parameters.put("MFAS_CAN_SETUP", names(factors));
        }
        State::SelectMfa(factors) => {
            parameters.put("USER_ID_FOR_SRP", user_id);
            parameters.put("MFAS_CAN_CHOOSE", names(factors));
        }
        State::Mfa(factor) => {
            parameters.put("USER_ID_FOR_SRP", user_id);
            let token = turn.user.mfa.software_token.as_ref().filter(|_| *factor == Factor::SoftwareToken);
            if let Some(name) = token.and_then(|token| token.name.as_deref()) {
                parameters.put("FRIENDLY_DEVICE_NAME", name);
            }
        }
        State::NewEmail(_) => parameters.put("USER_ID_FOR_SRP", user_id),
        State::First(First::WebAuthn) => {
            let passkey = provisions.passkey.as_ref().ok_or_else(ApiError::internal)?;
            parameters.put("CREDENTIAL_REQUEST_OPTIONS", &passkey.options);
        }
        State::Custom => {
            let created = provisions.judged.as_ref().and_then(|judged| judged.created.as_ref());
            parameters.0.extend(created.map(|created| created.public.clone()).unwrap_or_default());
            parameters.0.entry("USERNAME".to_owned()).or_insert_with(|| user_id.clone());
        }
        State::Password
        | State::Select(_)
        | State::First(_)
        | State::Verifier
        | State::Device
        | State::DeviceVerifier
        | State::SignedUp
        | State::Confirmed => {}
    }
    let available = available(turn, state);
    Ok(Described { name, parameters: parameters.0, available })
}

/// AvailableChallenges: what the first factor can be chosen from.
pub(super) fn available(turn: &Turn, state: &State) -> Option<Vec<wire::ChallengeNameType>> {
    let choosing = matches!(state, State::Select(_) | State::First(_) | State::Verifier);
    let offer = &turn.journey.offer;
    (choosing && !offer.is_empty()).then(|| offer.iter().copied().map(First::challenge).collect())
}

/// The `acr` of what was proven.
pub(super) fn acr(pool: &Pool, journey: &Journey) -> Option<String> {
    level_name(pool.settings.acr_configuration.as_ref(), Level::of(&journey.methods)?)
}

fn names(factors: &[Factor]) -> String {
    let names: Vec<_> = factors.iter().copied().map(Factor::as_str).collect();
    json!(names).to_string()
}

#[derive(Default)]
struct Parameters(BTreeMap<String, String>);

impl Parameters {
    fn put(&mut self, name: &str, value: impl Into<String> + Clone) {
        self.0.insert(name.to_owned(), value.into());
    }
}
