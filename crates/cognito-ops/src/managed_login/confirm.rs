//! /confirm, /resendcode and /confirmUser: confirm a registration with the code of a message, or by its link.

use cognito_api::ops::{ConfirmSignUp, ResendConfirmationCode};
use cognito_core::client::Client;
use cognito_core::oauth::interaction::Step;

use crate::auth::login;
use crate::oauth::authorize;
use crate::oauth::{Answer, Visit};
use crate::prelude::*;
use crate::service::secret_hash;

use super::language::Language;
use super::page::{Notice, Page, View};
use super::stage::{self, Arrival};
use super::{refusal, sign_in};

pub(crate) async fn answer(ctx: &Ctx<'_>, visit: &Visit) -> Reply<Answer> {
    let (lobby, form) = match stage::arrive(ctx, visit).await? {
        Arrival::Refused(refused) => return Ok(refused),
        Arrival::Opened(lobby) => {
            let (username, notice) = lobby.begins_with(Step::Confirm);
            return stage::show(ctx, &lobby, notice, View::Confirm { username });
        }
        Arrival::Posted(lobby, form) => (lobby, form),
    };
    let place = &lobby.place;
    let username = form.field("username").unwrap_or_default();
    let input = request(&place.client, username, form.field("code").unwrap_or_default().trim());
    match stage::call::<ConfirmSignUp>(ctx, &input).await {
        Ok(confirmed) => match confirmed.session {
            Some(session) => {
                let session = Some(session.as_str());
                let named = [("USERNAME", username)];
                let flow = wire::AuthFlowType::UserAuth;
                let step = login::begin(ctx, &place.client.id, flow, session, &named).await;
                sign_in::go_on(ctx, place, username, step).await
            }
            None => stage::lead(ctx, place, Step::SignIn, username, Some(Notice::Confirmed)).await,
        },
        Err(error) => stage::lead(ctx, place, Step::Confirm, username, Some(refusal::notice(error)?)).await,
    }
}

/// /resendcode
pub(crate) async fn resend(ctx: &Ctx<'_>, visit: &Visit) -> Reply<Answer> {
    let (lobby, form) = match stage::arrive(ctx, visit).await? {
        Arrival::Refused(refused) => return Ok(refused),
        Arrival::Opened(lobby) => {
            return stage::show(ctx, &lobby, None, View::Confirm { username: String::new() });
        }
        Arrival::Posted(lobby, form) => (lobby, form),
    };
    let place = &lobby.place;
    let username = form.field("username").unwrap_or_default();
    let input = wire::ResendConfirmationCodeRequest {
        client_id: place.client.id.clone().into(),
        secret_hash: secret_hash::of(&place.client, username).map(Into::into),
        username: username.to_owned().into(),
        ..Default::default()
    };
    let notice = match stage::call::<ResendConfirmationCode>(ctx, &input).await {
        Ok(sent) => Notice::CodeSent(sent.code_delivery_details.and_then(|details| details.destination)),
        Err(error) => refusal::notice(error)?,
    };
    stage::lead(ctx, place, Step::Confirm, username, Some(notice)).await
}

/// /confirmUser: the link of a message, which names no app's request. As at AWS opening it confirms, so that a scanner
/// of mails confirms, too; the code is good once.
pub(crate) async fn by_link(ctx: &Ctx<'_>, visit: &Visit) -> Reply<Answer> {
    let parameter = |name: &str| visit.query.one(name).ok().flatten();
    let (client_id, username) = (parameter("client_id"), parameter("user_name"));
    let (Some(client_id), Some(username), Some(code)) = (client_id, username, parameter("confirmation_code"))
    else {
        return Ok(Answer::page(400, Page::error()));
    };
    let found = authorize::client(&mut ctx.read(), visit.pool_id(), client_id).await?;
    let Some((pool, client)) = found else { return Ok(Answer::page(400, Page::error())) };
    let language = Language::of(visit, Some(&pool));
    let (status, notice) = match stage::call::<ConfirmSignUp>(ctx, &request(&client, username, code)).await {
        Ok(_) => (200, Notice::Confirmed),
        Err(error) => (400, refusal::notice(error)?),
    };
    Ok(Answer::page(status, Page::without_request(language, Some(notice), View::Verified)))
}

fn request(client: &Client, username: &str, code: &str) -> wire::ConfirmSignUpRequest {
    wire::ConfirmSignUpRequest {
        client_id: client.id.clone().into(),
        secret_hash: secret_hash::of(client, username).map(Into::into),
        username: username.to_owned().into(),
        confirmation_code: code.to_owned(),
        ..Default::default()
    }
}
