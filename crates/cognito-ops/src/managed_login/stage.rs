//! What every page flow begins and ends with: the place, the form that must be ours, the page around a view.

use cognito_api::Operation;
use cognito_core::client::Client;
use cognito_core::domain::LoginPages;
use cognito_core::look::Look;
use cognito_core::names::{NameAttribute, SignInNames};
use cognito_core::oauth::Parameters;
use cognito_core::pool::Pool;
use cognito_store::Txn;

use crate::call;
use crate::oauth::authorize::Place;
use crate::oauth::browser::{self, Name};
use crate::oauth::{Answer, Visit};
use crate::prelude::*;
use crate::service::looks;

use super::language::Language;
use super::page::{Names, Notice, Page, View};

/// The form that was posted, if one was, and if it is ours.
pub(super) enum Posted<'a> {
    /// The page was only opened.
    Nothing,
    /// A form of ours.
    Form(&'a Parameters),
    /// A form of somebody else's.
    Foreign,
}

/// Reads what was posted.
pub(super) fn posted<'a>(ctx: &Ctx<'_>, place: &Place<'a>) -> Reply<Posted<'a>> {
    Ok(match place.visit.form() {
        None => Posted::Nothing,
        Some(form) if browser::is_ours(ctx, place.visit, &place.pool)? => Posted::Form(form),
        Some(_) => Posted::Foreign,
    })
}

/// The answer to a form of somebody else's.
pub(super) fn foreign() -> Answer {
    Answer::page(403, Page::error())
}

/// A page that shows what was asked for.
pub(super) async fn show(
    ctx: &Ctx<'_>,
    place: &Place<'_>,
    notice: Option<Notice>,
    view: View,
) -> Reply<Answer> {
    let status = match notice {
        Some(Notice::Refused(_) | Notice::PasswordsDiffer | Notice::Expired) => 400,
        _ => 200,
    };
    let Place { visit, pool, request, .. } = place;
    // AWS's managed login shows a client without a style an error, with a text of its own.
    let Some(look) = look(ctx, visit, pool, &place.client).await? else {
        return Ok(Answer::page(400, Page::error()));
    };
    let (csrf, cookie) = browser::csrf(ctx, visit, pool)?;
    let page = Page {
        language: Language::of(visit, Some(pool)),
        look,
        query: request.query.clone(),
        csrf,
        notice,
        view,
    };
    Ok(Answer::page(status, page).with(cookie).with(language(visit, pool)))
}

/// Remembers the language that the app asks for.
fn language(visit: &Visit, pool: &Pool) -> Option<crate::oauth::Cookie> {
    Language::asked(visit).map(|language| Name::Language.set(pool, language.tag().to_owned()))
}

/// What the pages of a client look like; nothing where AWS shows an error.
pub(super) async fn look(ctx: &Ctx<'_>, visit: &Visit, pool: &Pool, client: &Client) -> Reply<Option<Look>> {
    let txn = &mut ctx.read();
    let pages = pages_of_domain(ctx, txn, visit, pool).await?;
    looks::of_client(txn, pool, client, pages).await
}

/// Whether the pages are of the newer generation.
pub(crate) async fn are_managed(ctx: &Ctx<'_>, visit: &Visit, pool: &Pool, client: &Client) -> Reply<bool> {
    Ok(look(ctx, visit, pool, client).await?.is_none_or(|look| look.pages == LoginPages::Managed))
}

/// The generation of the pages of the domain that was called; the plain host is none.
async fn pages_of_domain(
    ctx: &Ctx<'_>,
    txn: &mut Txn,
    visit: &Visit,
    pool: &Pool,
) -> Reply<Option<LoginPages>> {
    if visit.pool_id.is_none() {
        return Ok(None);
    }
    let base = ctx.endpoint("");
    let host = base.split("://").nth(1).and_then(|rest| rest.split([':', '/']).next());
    let custom = pool.custom_domain.as_deref().filter(|custom| host == Some(*custom));
    let Some(name) = custom.or(pool.domain.as_deref()) else { return Ok(None) };
    let (_, domain) = txn.domain(&pool.id, name).await?;
    Ok(Some(domain.pages))
}

/// Calls an operation, as the app could.
pub(super) async fn call<O: Operation>(ctx: &Ctx<'_>, input: &O::Input) -> Reply<O::Output> {
    call::invoke::<O>(ctx.app(), ctx.caller().clone(), input).await
}

/// What users of a pool sign in with.
pub(super) fn names(pool: &Pool) -> Names {
    let (username, attributes) = match &pool.sign_in {
        SignInNames::Username { aliases } => (true, aliases),
        SignInNames::Attributes(attributes) => (false, attributes),
    };
    Names {
        username,
        email: attributes.contains(&NameAttribute::Email),
        phone_number: attributes.contains(&NameAttribute::PhoneNumber),
    }
}
