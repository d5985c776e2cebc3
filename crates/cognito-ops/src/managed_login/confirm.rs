//! /confirm, /resendcode and /confirmUser: confirm a registration with the code of a message, or by its link.

use cognito_api::ops::{ConfirmSignUp, ResendConfirmationCode};

use crate::auth::login;
use crate::oauth::authorize::{self, Place};
use crate::oauth::{Answer, Visit};
use crate::prelude::*;
use crate::service::secret_hash;

use super::language::Language;
use super::page::{Notice, Page, View};
use super::stage::{self, Posted};
use super::{refusal, sign_in};

pub(crate) async fn answer(ctx: &Ctx<'_>, visit: &Visit) -> Reply<Answer> {
    let place = match authorize::place(ctx, visit).await? {
        Ok(place) => place,
        Err(refused) => return Ok(refused),
    };
    let form = match stage::posted(ctx, &place)? {
        Posted::Nothing => {
            let username = place.request.login_hint.clone().unwrap_or_default();
            return show(ctx, &place, &username, None).await;
        }
        Posted::Foreign => return Ok(stage::foreign()),
        Posted::Form(form) => form,
    };
    let username = form.field("username").unwrap_or_default();
    let code = form.field("code").unwrap_or_default().trim();
    let input = request(&place, username, code)?;
    match stage::call::<ConfirmSignUp>(ctx, &input).await {
        Ok(confirmed) => match confirmed.session {
            Some(session) => {
                let session = Some(session.as_str());
                let named = [("USERNAME", username)];
                let flow = wire::AuthFlowType::UserAuth;
                let step = login::begin(ctx, &place.client.id, flow, session, &named).await;
                sign_in::go_on(ctx, &place, username, step).await
            }
            None => sign_in::show(ctx, &place, Some(Notice::Confirmed), username).await,
        },
        Err(error) => show(ctx, &place, username, Some(refusal::notice(error)?)).await,
    }
}

/// The page that asks for the code.
pub(super) async fn show(
    ctx: &Ctx<'_>,
    place: &Place<'_>,
    username: &str,
    notice: Option<Notice>,
) -> Reply<Answer> {
    stage::show(ctx, place, notice, View::Confirm { username: username.to_owned() }).await
}

/// /resendcode
pub(crate) async fn resend(ctx: &Ctx<'_>, visit: &Visit) -> Reply<Answer> {
    let place = match authorize::place(ctx, visit).await? {
        Ok(place) => place,
        Err(refused) => return Ok(refused),
    };
    let form = match stage::posted(ctx, &place)? {
        Posted::Nothing => return show(ctx, &place, "", None).await,
        Posted::Foreign => return Ok(stage::foreign()),
        Posted::Form(form) => form,
    };
    let username = form.field("username").unwrap_or_default();
    let input = wire::ResendConfirmationCodeRequest {
        client_id: place.client.id.clone().into(),
        secret_hash: secret_hash::of(&place.client, username)?.map(Into::into),
        username: username.to_owned().into(),
        ..Default::default()
    };
    let notice = match stage::call::<ResendConfirmationCode>(ctx, &input).await {
        Ok(sent) => Notice::CodeSent(sent.code_delivery_details.and_then(|details| details.destination)),
        Err(error) => refusal::notice(error)?,
    };
    show(ctx, &place, username, Some(notice)).await
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
    let found = authorize::client(&mut ctx.read(), visit.pool_id.as_deref(), client_id).await?;
    let Some((pool, client)) = found else { return Ok(Answer::page(400, Page::error())) };
    let input = wire::ConfirmSignUpRequest {
        client_id: client.id.clone().into(),
        secret_hash: secret_hash::of(&client, username)?.map(Into::into),
        username: username.to_owned().into(),
        confirmation_code: code.to_owned(),
        ..Default::default()
    };
    let language = Language::of(visit, Some(&pool));
    let (status, notice) = match stage::call::<ConfirmSignUp>(ctx, &input).await {
        Ok(_) => (200, Notice::Confirmed),
        Err(error) => (400, refusal::notice(error)?),
    };
    Ok(Answer::page(status, Page::without_request(language, Some(notice), View::Verified)))
}

fn request(place: &Place<'_>, username: &str, code: &str) -> Reply<wire::ConfirmSignUpRequest> {
    Ok(wire::ConfirmSignUpRequest {
        client_id: place.client.id.clone().into(),
        secret_hash: secret_hash::of(&place.client, username)?.map(Into::into),
        username: username.to_owned().into(),
        confirmation_code: code.to_owned(),
        ..Default::default()
    })
}
