//! /forgotPassword and /confirmForgotPassword: replace a forgotten password, with a code.

use cognito_api::ops::{ConfirmForgotPassword, ForgotPassword};
use cognito_core::oauth::interaction::Step;

use crate::oauth::{Answer, Visit};
use crate::prelude::*;
use crate::service::secret_hash;

use super::page::{Notice, View};
use super::refusal;
use super::stage::{self, Arrival, Lobby};

pub(crate) async fn answer(ctx: &Ctx<'_>, visit: &Visit) -> Reply<Answer> {
    let (lobby, form) = match stage::arrive(ctx, visit).await? {
        Arrival::Refused(refused) => return Ok(refused),
        Arrival::Opened(lobby) => return show(ctx, &lobby),
        Arrival::Posted(lobby, form) => (lobby, form),
    };
    let place = &lobby.place;
    let username = form.field("username").unwrap_or_default();
    let input = wire::ForgotPasswordRequest {
        client_id: place.client.id.clone().into(),
        secret_hash: secret_hash::of(&place.client, username).map(Into::into),
        username: username.to_owned().into(),
        ..Default::default()
    };
    let (step, notice) = match stage::call::<ForgotPassword>(ctx, &input).await {
        Ok(sent) => {
            let to = sent.code_delivery_details.and_then(|details| details.destination);
            (Step::ConfirmForgotPassword, Notice::CodeSent(to))
        }
        Err(error) => (Step::ForgotPassword, refusal::notice(error)?),
    };
    stage::lead(ctx, place, step, username, Some(notice)).await
}

/// The page that asks whose password it is.
fn show(ctx: &Ctx<'_>, lobby: &Lobby<'_>) -> Reply<Answer> {
    let (username, notice) = lobby.begins_with(Step::ForgotPassword);
    let names = stage::names(&lobby.place.pool);
    stage::show(ctx, lobby, notice, View::ForgotPassword { names, username })
}

/// /confirmForgotPassword
pub(crate) async fn confirm(ctx: &Ctx<'_>, visit: &Visit) -> Reply<Answer> {
    let (lobby, form) = match stage::arrive(ctx, visit).await? {
        Arrival::Refused(refused) => return Ok(refused),
        Arrival::Opened(lobby) => return show_confirm(ctx, &lobby),
        Arrival::Posted(lobby, form) => (lobby, form),
    };
    let place = &lobby.place;
    let field = |name: &str| form.field(name).unwrap_or_default();
    let (username, password) = (field("username"), field("new_password"));
    if password != field("confirm_password") {
        let differ = Some(Notice::PasswordsDiffer);
        return stage::lead(ctx, place, Step::ConfirmForgotPassword, username, differ).await;
    }
    let input = wire::ConfirmForgotPasswordRequest {
        client_id: place.client.id.clone().into(),
        secret_hash: secret_hash::of(&place.client, username).map(Into::into),
        username: username.to_owned().into(),
        confirmation_code: field("code").trim().to_owned(),
        password: password.to_owned().into(),
        ..Default::default()
    };
    let (step, notice) = match stage::call::<ConfirmForgotPassword>(ctx, &input).await {
        Ok(_) => (Step::SignIn, Notice::PasswordChanged),
        Err(error) => (Step::ConfirmForgotPassword, refusal::notice(error)?),
    };
    stage::lead(ctx, place, step, username, Some(notice)).await
}

/// The page that asks for the code; without a name it asks whose password it is.
fn show_confirm(ctx: &Ctx<'_>, lobby: &Lobby<'_>) -> Reply<Answer> {
    match lobby.led(Step::ConfirmForgotPassword) {
        Some((username, notice)) => {
            let policy = lobby.place.pool.password_policy();
            stage::show(ctx, lobby, notice, View::ConfirmForgotPassword { username, policy })
        }
        None => show(ctx, lobby),
    }
}
