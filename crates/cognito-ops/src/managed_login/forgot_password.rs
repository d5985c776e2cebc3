//! /forgotPassword and /confirmForgotPassword: replace a forgotten password, with a code.

use cognito_api::ops::{ConfirmForgotPassword, ForgotPassword};

use crate::oauth::authorize::{self, Place};
use crate::oauth::{Answer, Visit};
use crate::prelude::*;
use crate::service::secret_hash;

use super::page::{Notice, View};
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
    let input = wire::ForgotPasswordRequest {
        client_id: place.client.id.clone().into(),
        secret_hash: secret_hash::of(&place.client, username)?.map(Into::into),
        username: username.to_owned().into(),
        ..Default::default()
    };
    match stage::call::<ForgotPassword>(ctx, &input).await {
        Ok(sent) => {
            let to = sent.code_delivery_details.and_then(|details| details.destination);
            confirming(ctx, &place, username, Some(Notice::CodeSent(to))).await
        }
        Err(error) => show(ctx, &place, username, Some(refusal::notice(error)?)).await,
    }
}

/// The page that asks whose password it is.
pub(super) async fn show(
    ctx: &Ctx<'_>,
    place: &Place<'_>,
    username: &str,
    notice: Option<Notice>,
) -> Reply<Answer> {
    let view = View::ForgotPassword { names: stage::names(&place.pool), username: username.to_owned() };
    stage::show(ctx, place, notice, view).await
}

/// /confirmForgotPassword
pub(crate) async fn confirm(ctx: &Ctx<'_>, visit: &Visit) -> Reply<Answer> {
    let place = match authorize::place(ctx, visit).await? {
        Ok(place) => place,
        Err(refused) => return Ok(refused),
    };
    let form = match stage::posted(ctx, &place)? {
        Posted::Nothing => return show(ctx, &place, "", None).await,
        Posted::Foreign => return Ok(stage::foreign()),
        Posted::Form(form) => form,
    };
    let field = |name: &str| form.field(name).unwrap_or_default();
    let (username, password) = (field("username"), field("new_password"));
    if password != field("confirm_password") {
        return confirming(ctx, &place, username, Some(Notice::PasswordsDiffer)).await;
    }
    let input = wire::ConfirmForgotPasswordRequest {
        client_id: place.client.id.clone().into(),
        secret_hash: secret_hash::of(&place.client, username)?.map(Into::into),
        username: username.to_owned().into(),
        confirmation_code: field("code").trim().to_owned(),
        password: password.to_owned().into(),
        ..Default::default()
    };
    match stage::call::<ConfirmForgotPassword>(ctx, &input).await {
        Ok(_) => sign_in::show(ctx, &place, Some(Notice::PasswordChanged), username).await,
        Err(error) => confirming(ctx, &place, username, Some(refusal::notice(error)?)).await,
    }
}

async fn confirming(
    ctx: &Ctx<'_>,
    place: &Place<'_>,
    username: &str,
    notice: Option<Notice>,
) -> Reply<Answer> {
    let policy = place.pool.password_policy();
    stage::show(ctx, place, notice, View::ConfirmForgotPassword { username: username.to_owned(), policy })
        .await
}
