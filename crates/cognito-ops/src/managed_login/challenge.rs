//! /challenge: the challenges of a sign-in, one page each. What a browser is asked is kept here; it has only a cookie.

use cognito_api::ErrorCode;
use cognito_api::wire::ChallengeNameType as Name;
use cognito_core::auth::First;
use cognito_core::mfa::Factor;
use cognito_core::oauth::interaction::{Challenge, Step};
use cognito_core::oauth::{Parameters, Stage};

use crate::auth::login;
use crate::oauth::authorize::Place;
use crate::oauth::{Answer, Endpoint, Visit};
use crate::prelude::*;

use super::page::{CodeSource, Field, Notice, View};
use super::stage::{self, Arrival};
use super::{mfa_setup, refusal, sign_in};

/// The prefix of attributes in forms, and in NEW_PASSWORD_REQUIRED.
pub(super) const ATTRIBUTES: &str = "userAttributes.";

pub(crate) async fn answer(ctx: &Ctx<'_>, visit: &Visit) -> Reply<Answer> {
    let (lobby, form) = match stage::arrive(ctx, visit).await? {
        Arrival::Refused(refused) => return Ok(refused),
        Arrival::Opened(lobby) => (lobby, None),
        Arrival::Posted(lobby, form) => (lobby, Some(form)),
    };
    let Some(Stage::Challenge { challenge, notice }) = lobby.stage().cloned() else {
        return sign_in::show(ctx, &lobby, Some(Notice::Expired), "").await;
    };
    match (form, view(&lobby.place, &challenge)) {
        (Some(form), _) => take(ctx, &lobby.place, challenge, form).await,
        (None, Some(view)) => stage::show(ctx, &lobby, notice, view),
        (None, None) => sign_in::show(ctx, &lobby, Some(Notice::Expired), "").await,
    }
}

/// Asks a challenge.
pub(super) async fn ask(
    ctx: &Ctx<'_>,
    place: &Place<'_>,
    challenge: Challenge,
    notice: Option<Notice>,
) -> Reply<Answer> {
    if view(place, &challenge).is_none() {
        // Custom challenges and those of devices: pages never begin what leads to them, nor do AWS's.
        let refused = refusal::notice(errors::invalid_session())?;
        return stage::lead(ctx, place, Step::SignIn, &challenge.username, Some(refused)).await;
    }
    stage::to(ctx, place, Endpoint::Challenge, Stage::Challenge { challenge, notice }).await
}

/// Takes the answer to the challenge that the browser was asked.
async fn take(ctx: &Ctx<'_>, place: &Place<'_>, challenge: Challenge, form: &Parameters) -> Reply<Answer> {
    let differ =
        form.field("confirm_password").is_some_and(|again| form.field("new_password") != Some(again));
    if differ {
        return ask(ctx, place, challenge, Some(Notice::PasswordsDiffer)).await;
    }
    if challenge.name == Name::MfaSetup {
        return mfa_setup::answer(ctx, place, challenge, form).await;
    }
    let typed = typed(&challenge, form);
    let responses: Vec<_> = typed.iter().map(|(name, value)| (name.as_str(), *value)).collect();
    let step = login::respond(ctx, &place.client.id, &challenge, &responses).await;
    after(ctx, place, challenge, step).await
}

/// What follows an answer. One that was refused may be given anew, but for a sign-in that has failed.
pub(super) async fn after(
    ctx: &Ctx<'_>,
    place: &Place<'_>,
    challenge: Challenge,
    step: Reply<login::Step>,
) -> Reply<Answer> {
    match step {
        Err(error) if error.status() < 500 && !refusal::is(&error, ErrorCode::NotAuthorizedException) => {
            ask(ctx, place, challenge, Some(refusal::notice(error)?)).await
        }
        step => sign_in::go_on(ctx, place, &challenge.username, step).await,
    }
}

/// The ChallengeResponses that a form makes.
fn typed<'a>(challenge: &Challenge, form: &'a Parameters) -> Vec<(String, &'a str)> {
    let fields = |pairs: &[(&str, &str)]| {
        let given = pairs.iter().filter_map(|(name, field)| Some(((*name).to_owned(), form.field(field)?)));
        given.collect::<Vec<_>>()
    };
    match challenge.name {
        Name::SelectChallenge => fields(&[("ANSWER", "factor"), ("PASSWORD", "password")]),
        Name::SelectMfaType => fields(&[("ANSWER", "factor")]),
        Name::Password => fields(&[("PASSWORD", "password")]),
        Name::WebAuthn => fields(&[("CREDENTIAL", "credential")]),
        Name::SmsMfa => fields(&[("SMS_MFA_CODE", "code")]),
        Name::SmsOtp => fields(&[("SMS_OTP_CODE", "code")]),
        Name::EmailOtp => fields(&[("EMAIL_OTP_CODE", "code")]),
        Name::SoftwareTokenMfa => fields(&[("SOFTWARE_TOKEN_MFA_CODE", "code")]),
        Name::NewPasswordRequired => {
            let mut all = fields(&[("NEW_PASSWORD", "new_password")]);
            let attributes = form.below(ATTRIBUTES).filter(|(_, value)| !value.is_empty());
            all.extend(attributes.map(|(name, value)| (format!("{ATTRIBUTES}{name}"), value)));
            all
        }
        _ => Vec::new(),
    }
}

/// The page of a challenge, if there is one.
fn view(place: &Place<'_>, challenge: &Challenge) -> Option<View> {
    let parameter = |name: &str| challenge.parameters.get(name).cloned();
    let code = |source| Some(View::Code { source, destination: parameter("CODE_DELIVERY_DESTINATION") });
    match challenge.name {
        Name::SelectChallenge | Name::Password => {
            let named =
                |name: &Name| First::named(name.as_str()).filter(|first| *first != First::PasswordSrp);
            let factors: Vec<_> = match challenge.name {
                Name::Password => vec![First::Password],
                _ => challenge.available.iter().filter_map(named).collect(),
            };
            Some(View::FirstFactor { username: challenge.username.clone(), factors })
        }
        Name::WebAuthn => Some(View::Passkey { options: parameter("CREDENTIAL_REQUEST_OPTIONS")? }),
        Name::SmsMfa | Name::SmsOtp => code(CodeSource::Sms),
        Name::EmailOtp => code(CodeSource::Email),
        Name::SoftwareTokenMfa => code(CodeSource::Authenticator),
        Name::SelectMfaType => Some(View::SelectMfa(factors(&parameter("MFAS_CAN_CHOOSE")?))),
        Name::MfaSetup => mfa_setup::view(place, challenge),
        Name::NewPasswordRequired => {
            let names = names(&parameter("requiredAttributes")?);
            let fields = names.iter().filter_map(|name| name.strip_prefix(ATTRIBUTES));
            Some(View::NewPassword {
                policy: place.pool.password_policy(),
                fields: fields.filter_map(|name| field(place, name, "")).collect(),
            })
        }
        _ => None,
    }
}

/// The field of an attribute of the pool.
pub(super) fn field(place: &Place<'_>, name: &str, value: &str) -> Option<Field> {
    let attribute = place.pool.schema.get(name)?;
    Some(Field { name: name.to_owned(), data_type: attribute.data_type, value: value.to_owned() })
}

/// The factors of a list in JSON.
pub(super) fn factors(json: &str) -> Vec<Factor> {
    names(json).iter().filter_map(|name| Factor::named(name)).collect()
}

/// A list in JSON of ours; it is well-formed.
fn names(json: &str) -> Vec<String> {
    serde_json::from_str(json).unwrap_or_default()
}
