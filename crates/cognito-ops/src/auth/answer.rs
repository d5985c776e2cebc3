//! What a sign-in answers: tokens, or the next challenge with its session.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use cognito_core::auth::{Outcome, State, Subject, missing_attributes};
use cognito_core::client::Client;
use cognito_core::mfa::Factor;
use cognito_core::pool::Pool;
use cognito_core::session::Session;
use cognito_core::user::User;
use cognito_store::Txn;
use openssl::sha::sha256;
use serde_json::{Map, Value, json};

use super::start::Door;
use crate::prelude::*;
use crate::service::issue::{self, Begun, Grant, Tracking};
use crate::triggers::pre_token_generation::Source;
use crate::triggers::{self, Trigger};

/// The answer of all four operations.
#[derive(Default)]
pub(super) struct Answer {
    pub(super) challenge_name: Option<wire::ChallengeNameType>,
    pub(super) session: Option<wire::Sensitive<String>>,
    pub(super) challenge_parameters: Option<BTreeMap<String, String>>,
    pub(super) authentication_result: Option<wire::AuthenticationResultType>,
}

impl Answer {
    /// Tokens, with the empty ChallengeParameters that AWS gives beside them.
    pub(super) fn tokens(result: wire::AuthenticationResultType) -> Self {
        Self {
            challenge_parameters: Some(BTreeMap::new()),
            authentication_result: Some(result),
            ..Self::default()
        }
    }
}

macro_rules! answers {
    ($($response:ident),*) => {$(
        impl From<Answer> for wire::$response {
            fn from(answer: Answer) -> Self {
                Self {
                    challenge_name: answer.challenge_name,
                    session: answer.session,
                    challenge_parameters: answer.challenge_parameters,
                    authentication_result: answer.authentication_result,
                    available_challenges: None,
                }
            }
        }
    )*};
}

answers!(
    InitiateAuthResponse,
    AdminInitiateAuthResponse,
    RespondToAuthChallengeResponse,
    AdminRespondToAuthChallengeResponse
);

/// What the write of a step leaves behind.
pub(super) enum Concluded {
    /// A token family: its tokens are signed outside the write.
    SignedIn { user: Box<User>, begun: Box<Begun> },
    /// The session of the next challenge.
    Challenge(Box<Answer>),
}

/// Saves what an outcome means: a family, or a session. To be called inside the write.
pub(super) async fn conclude(
    ctx: &Ctx<'_>,
    txn: &mut Txn,
    subject: Subject<'_>,
    door: Door<'_>,
    user: User,
    outcome: Outcome,
) -> Reply<Concluded> {
    match outcome {
        Outcome::SignedIn => {
            let tracked = subject.pool.tracks_devices() && !door.is_admin();
            let tracking = if tracked { Tracking::New } else { Tracking::Off };
            let begun = issue::begin(ctx, txn, subject.client, &user, tracking).await?;
            Ok(Concluded::SignedIn { user: Box::new(user), begun: Box::new(begun) })
        }
        Outcome::Challenge(state) => {
            let (name, parameters) = describe(subject.pool, &user, &state)?;
            let session = open_session(ctx, txn, subject.client, door, &user, state);
            Ok(Concluded::Challenge(Box::new(Answer {
                challenge_name: Some(name),
                session: Some(session.into()),
                challenge_parameters: Some(parameters),
                authentication_result: None,
            })))
        }
    }
}

/// Signs the tokens, if there are any: outside the write.
pub(super) async fn finish(
    ctx: &Ctx<'_>,
    pool: &Pool,
    client: &Client,
    concluded: Concluded,
) -> Reply<Answer> {
    match concluded {
        Concluded::Challenge(answer) => Ok(*answer),
        Concluded::SignedIn { user, begun } => {
            triggers::call(pool, Trigger::PostAuthentication)?;
            let Begun { family, refresh_token, groups } = *begun;
            let grant = Grant {
                pool,
                client,
                user: &user,
                groups: &groups,
                family: &family,
                source: Source::Authentication,
                metadata: None,
            };
            Ok(Answer::tokens(issue::sign_first(ctx, &grant, refresh_token).await?))
        }
    }
}

/// The hash under which a session is stored.
pub(super) fn session_hash(session: &str) -> String {
    sha256(session.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn open_session(
    ctx: &Ctx<'_>,
    txn: &mut Txn,
    client: &Client,
    door: Door<'_>,
    user: &User,
    state: State,
) -> String {
    let text = URL_SAFE_NO_PAD.encode(ctx.bytes::<96>());
    txn.save(&Session {
        pool_id: user.pool_id.clone(),
        hash: session_hash(&text),
        client_id: client.id.clone(),
        user: user.key(),
        sub: user.sub.clone(),
        sign_outs: user.sign_outs,
        admin: door.is_admin(),
        state,
        used: false,
        expires: ctx.now() + client.session_validity(),
    });
    text
}

/// The name and the parameters of a challenge. Source: `auth-flows` 4.2 of the specification.
fn describe(
    pool: &Pool,
    user: &User,
    state: &State,
) -> Reply<(wire::ChallengeNameType, BTreeMap<String, String>)> {
    let mut parameters = BTreeMap::from([("USER_ID_FOR_SRP".to_owned(), user.username.clone())]);
    match state {
        State::NewPasswordRequired => {
            let required: Vec<_> =
                missing_attributes(pool, user).iter().map(|name| format!("userAttributes.{name}")).collect();
            let own: Map<String, Value> =
                user.attributes.iter().map(|(n, v)| (n.clone(), json!(v))).collect();
            parameters.insert("requiredAttributes".to_owned(), json!(required).to_string());
            parameters.insert("userAttributes".to_owned(), Value::Object(own).to_string());
            Ok((wire::ChallengeNameType::NewPasswordRequired, parameters))
        }
        State::MfaSetup(factors) => {
            let names: Vec<_> = factors.iter().copied().map(Factor::as_str).collect();
            parameters.insert("MFAS_CAN_SETUP".to_owned(), json!(names).to_string());
            Ok((wire::ChallengeNameType::MfaSetup, parameters))
        }
        // Codes of second factors cannot be sent yet: the sign-in ends here, without tokens.
        State::Mfa(factor) => Err(ApiError::not_implemented(factor.as_str())),
        State::SelectMfa(_) => Err(ApiError::not_implemented("SELECT_MFA_TYPE")),
        // A machine that asks for the password again would be a mistake of ours.
        State::Password => Err(ApiError::internal()),
    }
}
