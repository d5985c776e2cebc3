//! /passkeys/add: registers a passkey of a user who is signed in.
//! <https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-authentication-flow-methods.html>

use std::sync::Arc;

use cognito_core::client::Client;
use cognito_core::domain::LoginPages;
use cognito_core::look::Look;
use cognito_core::oauth::Parameters;
use cognito_core::pool::Pool;
use cognito_core::user::User;

use crate::oauth::authorize;
use crate::oauth::browser;
use crate::oauth::{Answer, Content, Visit};
use crate::prelude::*;
use crate::service::passkeys;

use super::language::Language;
use super::page::{Notice, Page, View};
use super::{refusal, stage};

/// Where a passkey is registered.
struct Desk<'a> {
    visit: &'a Visit,
    pool: Arc<Pool>,
    client: Arc<Client>,
    user: Arc<User>,
    look: Look,
    /// One of the client's callback URLs.
    back: &'a str,
}

pub(crate) async fn answer(ctx: &Ctx<'_>, visit: &Visit) -> Reply<Answer> {
    let desk = match desk(ctx, visit).await? {
        Ok(desk) => desk,
        Err(refused) => return Ok(refused),
    };
    let Desk { pool, client, user, back, .. } = &desk;
    let Some(form) = visit.form() else { return show(ctx, &desk, None).await };
    if !browser::is_ours(ctx, visit, pool) {
        return Ok(stage::foreign());
    }
    // Not JSON is not a credential, as the operation's model says it.
    let credential = form.field("credential").and_then(|text| serde_json::from_str(text).ok());
    let registered = match credential {
        Some(credential) => {
            let register =
                async |txn: &mut _| passkeys::register(ctx, txn, pool, &client.id, user, &credential).await;
            ctx.write(register).await
        }
        None => Err(errors::passkey_challenge_not_found()),
    };
    match registered {
        Ok(()) => Ok(Content::Away((*back).to_owned()).into()),
        Err(error) => show(ctx, &desk, Some(refusal::notice(error)?)).await,
    }
}

/// The page, with a challenge that is made anew each time.
async fn show(ctx: &Ctx<'_>, desk: &Desk<'_>, notice: Option<Notice>) -> Reply<Answer> {
    let Desk { visit, pool, client, user, look, back } = desk;
    let challenge = ctx.bytes::<32>();
    let begun = ctx
        .write(async |txn| passkeys::begin_registration(ctx, txn, pool, &client.id, user, &challenge).await)
        .await;
    let language = Language::of(visit, Some(pool));
    let options = match begun {
        Ok(options) => options.to_string(),
        Err(error) => {
            let page = Page::without_request(language, Some(refusal::notice(error)?), View::Error);
            return Ok(Answer::page(400, page));
        }
    };
    let (csrf, cookie) = browser::csrf(ctx, visit, pool);
    let status = if notice.is_some() { 400 } else { 200 };
    let view = View::AddPasskey { options, back: (*back).to_owned() };
    let query = visit.query.encode();
    let page = Page { query, csrf, look: look.clone(), ..Page::without_request(language, notice, view) };
    Ok(Answer::page(status, page).with(cookie))
}

/// Who is signed in with a client that knows the URI; without a session the way leads through the sign-in.
async fn desk<'a>(ctx: &Ctx<'_>, visit: &'a Visit) -> Reply<std::result::Result<Desk<'a>, Answer>> {
    let parameter = |name: &str| visit.query.one(name).ok().flatten();
    let refused = || Ok(Err(Answer::page(400, Page::error())));
    let (Some(client_id), Some(back)) = (parameter("client_id"), parameter("redirect_uri")) else {
        return refused();
    };
    let txn = &mut ctx.read();
    let Some((pool, client)) = authorize::client(txn, visit.pool_id(), client_id).await? else {
        return refused();
    };
    let known = client.settings.callback_urls.as_deref().unwrap_or_default().iter().any(|url| url == back);
    if !known {
        return refused();
    }
    let look = match stage::look(ctx, visit, &pool, &client).await? {
        Some(look) if look.pages == LoginPages::Managed => look,
        Some(_) => return refused(),
        None => return Ok(Err(stage::unavailable(Language::of(visit, Some(&pool))))),
    };
    Ok(match browser::session(txn, visit, &pool, &client).await? {
        Some((_, user)) => Ok(Desk { visit, pool, client, user, look, back }),
        None => {
            let query = Parameters::default()
                .with("client_id", client_id)
                .with("response_type", "code")
                .with("redirect_uri", back);
            Err(Content::Ours(format!("login?{}", query.encode())).into())
        }
    })
}
