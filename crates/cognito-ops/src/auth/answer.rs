//! What a sign-in answers: tokens, or the next challenge with its session.

use std::collections::BTreeMap;
use std::sync::Arc;

use cognito_core::auth::{First, Journey, Outcome, State};
use cognito_core::code::OneTimeCode;
use cognito_core::delivery::{Destination, Medium};
use cognito_core::device::Device;
use cognito_core::mfa::Factor;
use cognito_core::pool::Pool;
use cognito_core::session::{Material, Owner, Session};
use cognito_core::template::Occasion;
use cognito_core::user::User;
use cognito_store::Txn;

use super::describe::{self, Described};
use super::login::SignedIn;
use super::secret_block::{self, Offer};
use super::sessions;
use super::start::Door;
use super::turn::{Provisions, Room, Turn};
use crate::prelude::*;
use crate::service::codes::Fresh;
use crate::service::decoys;
use crate::service::issue::{self, Beginning, Begun, Grant, Tracking};
use crate::service::messages;
use crate::triggers::pre_token_generation::Source;
use crate::triggers::{About, post_authentication};

/// The answer of all four operations.
#[derive(Default)]
pub(super) struct Answer {
    pub(super) challenge_name: Option<wire::ChallengeNameType>,
    pub(super) session: Option<wire::Sensitive<String>>,
    pub(super) challenge_parameters: Option<BTreeMap<String, String>>,
    pub(super) authentication_result: Option<wire::AuthenticationResultType>,
    pub(super) available_challenges: Option<Vec<wire::ChallengeNameType>>,
    /// Who has signed in at the login pages: tokens are made later, from a code.
    pub(super) signed_in: Option<SignedIn>,
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

    pub(super) fn challenge(described: Described, session: String) -> Self {
        Self {
            challenge_name: Some(described.name),
            session: Some(session.into()),
            challenge_parameters: Some(described.parameters),
            available_challenges: described.available,
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
                    available_challenges: answer.available_challenges,
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

/// What the write of a turn leaves behind.
pub(super) enum Concluded {
    /// A token family: its tokens are signed outside the write.
    SignedIn { user: Box<User>, journey: Box<Journey>, begun: Box<Begun> },
    /// A user at the login pages, who gets no tokens yet.
    LoggedIn(Box<SignedIn>),
    /// The next challenge, and the code that is to be sent for it.
    Challenge { answer: Box<Answer>, sending: Option<Box<messages::Answer>> },
}

/// How many wrong guesses a code for a sign-in bears. AWS was seen to bear six; what stops guessing at second factors is
/// the lock, and at the eight digits of first factors this number.
const BORNE: u32 = 20;

/// Saves what an outcome means: a family, or a session. To be called inside the write.
pub(super) async fn conclude(
    ctx: &Ctx<'_>,
    txn: &mut Txn,
    room: &Room<'_>,
    provisions: &Provisions,
    turn: Turn,
    outcome: Outcome,
) -> Reply<Concluded> {
    match outcome {
        Outcome::SignedIn if room.door == Door::Login => {
            let signed_in = SignedIn {
                user: turn.user,
                methods: turn.journey.methods,
                acr: None,
                event: turn.journey.event,
            };
            Ok(Concluded::LoggedIn(Box::new(signed_in)))
        }
        Outcome::SignedIn => {
            let begun = begin(ctx, txn, room, &turn).await?;
            let Turn { user, journey, .. } = turn;
            Ok(Concluded::SignedIn {
                user: Box::new(user),
                journey: Box::new(journey),
                begun: Box::new(begun),
            })
        }
        Outcome::Challenge(State::Verifier) => {
            // DefineAuthChallenge may want the proof of a password only of a client that sent SRP_A.
            let offer = provisions.srp.as_ref().ok_or_else(errors::trigger_unrecognizable)?;
            let answer = verifier(ctx, room, &turn, offer)?;
            Ok(Concluded::Challenge { answer: Box::new(answer), sending: None })
        }
        Outcome::Challenge(state) => ask(ctx, txn, room, provisions, turn, state),
        // DefineAuthChallenge was not asked, since the answer was refused when it was tried: a lock has just ended.
        Outcome::Define => Err(errors::too_many_requests()),
    }
}

async fn begin(ctx: &Ctx<'_>, txn: &mut Txn, room: &Room<'_>, turn: &Turn) -> Reply<Begun> {
    let Turn { user, journey, .. } = turn;
    let tracking = match &journey.device {
        _ if !room.pool.tracks_devices() || room.door.is_admin() => Tracking::Off,
        Some(device) => {
            let device = txn.get::<Device>(&Device::key_of(&user.pool_id, &user.sub, &device.key)).await?;
            Tracking::Known(device.ok_or_else(errors::device_not_found)?)
        }
        None => Tracking::New,
    };
    let acr = journey.target.and_then(|_| describe::acr(room.pool, journey));
    let beginning = Beginning {
        pool: room.pool,
        client: room.client,
        user,
        tracking,
        methods: &journey.methods,
        event: journey.event.clone(),
        acr,
        granted: None,
        auth_time: ctx.now(),
        refreshes: true,
        origin: None,
    };
    issue::begin(ctx, txn, beginning).await
}

/// Opens the session of a challenge.
fn ask(
    ctx: &Ctx<'_>,
    txn: &mut Txn,
    room: &Room<'_>,
    provisions: &Provisions,
    turn: Turn,
    state: State,
) -> Reply<Concluded> {
    let created = provisions.judged.as_ref().and_then(|judged| judged.created.as_ref());
    let sent = sent_to(ctx, room.pool, &turn, &state)?;
    let material = match (&state, &provisions.passkey, created) {
        (State::First(First::WebAuthn), Some(passkey), _) => Material::Passkey(passkey.challenge.clone()),
        (State::Custom, _, Some(created)) => {
            Material::Private { parameters: created.private.clone(), metadata: created.metadata.clone() }
        }
        _ => match &sent {
            Some(to) => Material::Code { code: code_of(ctx, room, &state), address: to.address.clone() },
            None => Material::None,
        },
    };
    let described = describe::describe(room, provisions, &turn, &state, sent.as_ref())?;
    let sending = match (sent, &material) {
        (Some(destination), Material::Code { code, .. }) if turn.exists => {
            let fresh = Fresh { destination, code: code.digits().to_owned() };
            Some(messages::Answer::Code(Arc::new(turn.user.clone()), fresh))
        }
        (Some(destination), Material::Code { .. }) => Some(messages::Answer::Decoy(destination)),
        _ => None,
    };
    let session = open_session(ctx, txn, room, &turn, state, material);
    let answer = Box::new(Answer::challenge(described, session));
    Ok(Concluded::Challenge { answer, sending: sending.map(Box::new) })
}

/// Where the code of a challenge goes as of now, if it has one.
pub(super) fn sent_to(ctx: &Ctx<'_>, pool: &Pool, turn: &Turn, state: &State) -> Reply<Option<Destination>> {
    let medium = match state {
        State::First(First::EmailOtp) | State::Mfa(Factor::Email) | State::NewEmail(_) => Medium::Email,
        State::First(First::SmsOtp) | State::Mfa(Factor::Sms) => Medium::Sms,
        _ => return Ok(None),
    };
    if let State::NewEmail(address) = state {
        return Ok(Some(Destination { medium, address: address.clone() }));
    }
    match turn.user.attribute(medium.attribute()) {
        Some(address) => Ok(Some(Destination { medium, address: address.to_owned() })),
        // The address was taken away meanwhile.
        None if turn.exists => Err(errors::invalid_session()),
        None => Ok(Some(decoys::destination_by(ctx, pool, &turn.user.username, medium))),
    }
}

/// Codes by e-mail and those that are the first factor have eight digits ([CAP-prms]), codes by SMS as the second six.
fn code_of(ctx: &Ctx<'_>, room: &Room<'_>, state: &State) -> OneTimeCode {
    let digits = match state {
        State::Mfa(Factor::Sms) => ctx.code(),
        _ => ctx.sign_in_code(),
    };
    OneTimeCode::new(digits, BORNE, ctx.now() + room.client.session_validity())
}

/// PASSWORD_VERIFIER, whose state is in its SECRET_BLOCK.
pub(super) fn verifier(ctx: &Ctx<'_>, room: &Room<'_>, turn: &Turn, offer: &Offer) -> Reply<Answer> {
    let session = sessions::text(ctx, &room.pool.id);
    let mut parameters =
        offer.challenge(ctx, secret_block::PASSWORD, room, turn, &sessions::hash(&session))?;
    let user_id = if turn.exists { &turn.user.username } else { &turn.user.sub };
    for name in ["USERNAME", "USER_ID_FOR_SRP"] {
        parameters.insert(name.to_owned(), user_id.clone());
    }
    let name = wire::ChallengeNameType::PasswordVerifier;
    let available = describe::available(turn, &State::Verifier);
    Ok(Answer::challenge(Described { name, parameters, available }, session))
}

/// Does outside the write what is felt outside: sends the code, calls the triggers, signs the tokens.
pub(super) async fn finish(ctx: &Ctx<'_>, room: &Room<'_>, concluded: Concluded) -> Reply<Answer> {
    let Room { pool, client, metadata, .. } = *room;
    match concluded {
        Concluded::Challenge { answer, sending } => {
            if let Some(sending) = sending {
                sending.deliver(ctx, pool, client, Occasion::Authentication, metadata).await?;
            }
            Ok(*answer)
        }
        Concluded::LoggedIn(signed_in) => {
            let about = About::user(pool, Some(client), &signed_in.user);
            post_authentication::call(ctx, about, pool.tracks_devices().then_some(true), metadata).await?;
            Ok(Answer { signed_in: Some(*signed_in), ..Answer::default() })
        }
        Concluded::SignedIn { user, journey, begun } => {
            let Begun { family, refresh_token, groups } = *begun;
            let source = match *journey {
                Journey { device_proven: true, .. } => Source::AuthenticateDevice,
                Journey { new_password: true, .. } => Source::NewPasswordChallenge,
                _ => Source::Authentication,
            };
            let grant = Grant {
                pool,
                client,
                user: &user,
                groups: &groups,
                family: &family,
                source,
                metadata,
                nonce: None,
            };
            let new_device = pool.tracks_devices().then_some(journey.device.is_none());
            let about = About::user(pool, Some(client), &user);
            let signed = match post_authentication::call(ctx, about, new_device, metadata).await {
                Ok(()) => issue::sign_first(ctx, &grant, refresh_token).await,
                Err(refusal) => Err(refusal),
            };
            if signed.is_err() {
                // A function denied the tokens: there is no sign-in that others could list or revoke.
                issue::withdraw(ctx, &family).await?;
            }
            Ok(Answer::tokens(signed?))
        }
    }
}

/// The challenge of a state; the beginning of a sign-in with a password has none.
pub(super) fn challenge(state: &State) -> Option<wire::ChallengeNameType> {
    use wire::ChallengeNameType as Name;
    Some(match state {
        State::Password | State::SignedUp | State::Confirmed => return None,
        State::Select(_) => Name::SelectChallenge,
        State::First(first) => first.challenge(),
        State::Verifier => Name::PasswordVerifier,
        State::NewPasswordRequired => Name::NewPasswordRequired,
        State::MfaSetup(_) => Name::MfaSetup,
        State::NewEmail(_) | State::Mfa(Factor::Email) => Name::EmailOtp,
        State::Mfa(Factor::Sms) => Name::SmsMfa,
        State::Mfa(Factor::SoftwareToken) => Name::SoftwareTokenMfa,
        State::SelectMfa(_) => Name::SelectMfaType,
        State::Device => Name::DeviceSrpAuth,
        State::DeviceVerifier => Name::DevicePasswordVerifier,
        State::Custom => Name::CustomChallenge,
    })
}

/// Saves a session, and gives its text.
pub(super) fn open_session(
    ctx: &Ctx<'_>,
    txn: &mut Txn,
    room: &Room<'_>,
    turn: &Turn,
    state: State,
    material: Material,
) -> String {
    let text = sessions::text(ctx, &turn.user.pool_id);
    txn.save(&Session {
        pool_id: turn.user.pool_id.clone(),
        hash: sessions::hash(&text),
        client_id: room.client.id.clone(),
        owner: Owner::of(&turn.user),
        admin: room.door.is_admin(),
        state,
        journey: turn.journey.clone(),
        material,
        used: false,
        expires: ctx.now() + room.client.session_validity(),
    });
    text
}
