//! MFA_SETUP: the user chooses a second factor, and sets it up: an authenticator app with its QR code, or an address.

use cognito_api::ops::{AssociateSoftwareToken, VerifySoftwareToken};
use cognito_core::mfa::Factor;
use cognito_core::oauth::Parameters;
use cognito_core::oauth::interaction::Challenge;
use cognito_core::oauth::parameters;

use crate::auth::login;
use crate::oauth::Answer;
use crate::oauth::authorize::Place;
use crate::prelude::*;

use super::page::View;
use super::{challenge, refusal, stage};

/// Beside the parameters of the challenge: the secret that the user was shown.
const SECRET: &str = "SECRET_CODE";
/// Beside the parameters of the challenge: the user chose e-mail.
const EMAIL: &str = "EMAIL_CHOSEN";

/// The page of the step that the set-up is at.
pub(super) fn view(place: &Place<'_>, asked: &Challenge) -> Option<View> {
    if let Some(secret) = asked.parameters.get(SECRET) {
        return Some(View::Authenticator { secret: secret.clone(), uri: uri(place, asked, secret) });
    }
    if asked.parameters.contains_key(EMAIL) {
        return Some(View::MfaEmail);
    }
    Some(View::MfaSetup(challenge::factors(asked.parameters.get("MFAS_CAN_SETUP")?)))
}

/// What authenticator apps read.
/// <https://github.com/google/google-authenticator/wiki/Key-Uri-Format>
fn uri(place: &Place<'_>, asked: &Challenge, secret: &str) -> String {
    let mut query = String::new();
    parameters::push(&mut query, "secret", secret);
    parameters::push(&mut query, "issuer", &place.pool.settings.name);
    let mut label = String::new();
    parameters::push(&mut label, &place.pool.settings.name, &asked.username);
    // These apps read a blank as %20 only.
    let label = label.replacen('=', ":", 1).replace('+', "%20");
    format!("otpauth://totp/{label}?{}", query.replace('+', "%20"))
}

/// Takes a step of the set-up.
pub(super) async fn answer(
    ctx: &Ctx<'_>,
    place: &Place<'_>,
    mut asked: Challenge,
    form: &Parameters,
) -> Reply<Answer> {
    if let Some(code) = form.field("code") {
        let input = wire::VerifySoftwareTokenRequest {
            session: Some(asked.session.clone().into()),
            user_code: code.trim().to_owned().into(),
            ..Default::default()
        };
        match stage::call::<VerifySoftwareToken>(ctx, &input).await {
            Ok(verified) => asked.session = session(verified.session),
            Err(error) => return challenge::ask(ctx, place, asked, Some(refusal::notice(error)?)).await,
        }
        let step = login::respond(ctx, &place.client.id, &asked, &[]).await;
        return challenge::after(ctx, place, asked, step).await;
    }
    if let Some(email) = form.field("email") {
        let step = login::respond(ctx, &place.client.id, &asked, &[("EMAIL", email)]).await;
        return challenge::after(ctx, place, asked, step).await;
    }
    match form.field("factor").and_then(Factor::named) {
        Some(Factor::SoftwareToken) => {
            let input = wire::AssociateSoftwareTokenRequest {
                session: Some(asked.session.clone().into()),
                ..Default::default()
            };
            match stage::call::<AssociateSoftwareToken>(ctx, &input).await {
                Ok(begun) => {
                    let secret = begun.secret_code.map(|secret| secret.as_str().to_owned());
                    asked.parameters.insert(SECRET.to_owned(), secret.unwrap_or_default());
                    asked.session = session(begun.session);
                    challenge::ask(ctx, place, asked, None).await
                }
                Err(error) => challenge::ask(ctx, place, asked, Some(refusal::notice(error)?)).await,
            }
        }
        Some(Factor::Email) => {
            asked.parameters.insert(EMAIL.to_owned(), String::new());
            challenge::ask(ctx, place, asked, None).await
        }
        Some(Factor::Sms) | None => challenge::ask(ctx, place, asked, None).await,
    }
}

fn session(text: Option<wire::Sensitive<String>>) -> String {
    text.map(|text| text.as_str().to_owned()).unwrap_or_default()
}
