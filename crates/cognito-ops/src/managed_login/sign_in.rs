//! /login: signs a user in with a name and a password.
//! <https://docs.aws.amazon.com/cognito/latest/developerguide/login-endpoint.html>

use crate::auth::login::{self, Step};
use crate::oauth::authorize::{self, Place};
use crate::oauth::browser;
use crate::oauth::conclude;
use crate::oauth::{Answer, Visit};
use crate::prelude::*;

use super::page::{Page, View};

pub(crate) async fn answer(ctx: &Ctx<'_>, visit: &Visit) -> Reply<Answer> {
    let place = match authorize::place(ctx, visit).await? {
        Ok(place) => place,
        Err(refused) => return Ok(refused),
    };
    let Some(form) = visit.form() else {
        let username = place.request.login_hint.clone().unwrap_or_default();
        return page(ctx, &place, 200, username, None);
    };
    if !browser::is_ours(ctx, visit, &place.pool)? {
        return Ok(Answer::page(403, Page::error()));
    }
    let username = form.field("username").unwrap_or_default();
    let password = form.field("password").unwrap_or_default();
    let parameters = [("USERNAME", username), ("PASSWORD", password)];
    let flow = wire::AuthFlowType::UserPasswordAuth;
    match login::begin(ctx, &place.client.id, flow, None, &parameters).await {
        Ok(Step::SignedIn(signed_in)) => conclude::conclude(ctx, &place, &signed_in, None).await,
        Ok(Step::Challenge(challenge)) => {
            let notice = format!("{} is not supported yet.", challenge.name.as_str());
            page(ctx, &place, 400, username.to_owned(), Some(notice))
        }
        Err(error) if error.status() < 500 => {
            page(ctx, &place, 400, username.to_owned(), Some(error.message().to_owned()))
        }
        Err(error) => Err(error),
    }
}

fn page(
    ctx: &Ctx<'_>,
    place: &Place<'_>,
    status: u16,
    username: String,
    notice: Option<String>,
) -> Reply<Answer> {
    let (csrf, cookie) = browser::csrf(ctx, place.visit, &place.pool)?;
    Ok(Answer::page(status, Page { notice, view: View::SignIn { csrf, username } }).with(cookie))
}
