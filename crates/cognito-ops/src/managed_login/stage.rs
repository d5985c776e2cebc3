//! What every page flow begins and ends with: the place and its looks, the form that must be ours, the page around a
//! view, and the redirect that leads from a form to the next page.

use cognito_api::Operation;
use cognito_core::client::Client;
use cognito_core::domain::LoginPages;
use cognito_core::look::Look;
use cognito_core::names::{NameAttribute, SignInNames};
use cognito_core::oauth::interaction::Step;
use cognito_core::oauth::{Parameters, Stage};
use cognito_core::pool::Pool;

use crate::call;
use crate::oauth::authorize::{self, Place};
use crate::oauth::browser::{self, Name};
use crate::oauth::{Answer, Content, Endpoint, Visit};
use crate::prelude::*;
use crate::service::looks;

use super::language::Language;
use super::page::{Names, Notice, Page, View};

/// Where a visitor stands: the place, and what its pages look like.
pub(super) struct Lobby<'a> {
    pub(super) place: Place<'a>,
    pub(super) look: Look,
}

/// How a visitor arrives.
pub(super) enum Arrival<'a> {
    /// Not at all: the request is not in order, there are no pages, or the form is somebody else's.
    Refused(Answer),
    /// To see the page.
    Opened(Lobby<'a>),
    /// With a form of ours.
    Posted(Lobby<'a>, &'a Parameters),
}

impl Lobby<'_> {
    /// Whether the pages are of the newer generation.
    pub(super) fn is_managed(&self) -> bool {
        self.look.pages == LoginPages::Managed
    }
}

/// The longest name in a form, in bytes: that of the value of an attribute, which a name may be. Names are kept, of
/// those who are nobody, too, and everybody can post one.
const LONGEST_NAME: usize = 2048;

/// Lets a visitor in.
pub(super) async fn arrive<'a>(ctx: &Ctx<'_>, visit: &'a Visit) -> Reply<Arrival<'a>> {
    let place = match authorize::place(ctx, visit).await? {
        Ok(place) => place,
        Err(refused) => return Ok(Arrival::Refused(refused)),
    };
    let Some(look) = look(ctx, visit, &place.pool, &place.client).await? else {
        return Ok(Arrival::Refused(unavailable(Language::of(visit, Some(&place.pool)))));
    };
    Ok(match visit.form() {
        None => Arrival::Opened(Lobby { place, look }),
        Some(form) if form.field("username").is_some_and(|name| name.len() > LONGEST_NAME) => {
            Arrival::Refused(Answer::page(400, Page::error()))
        }
        Some(form) if browser::is_ours(ctx, visit, &place.pool)? => {
            Arrival::Posted(Lobby { place, look }, form)
        }
        Some(_) => Arrival::Refused(foreign()),
    })
}

/// The answer to a form of somebody else's.
pub(super) fn foreign() -> Answer {
    Answer::page(403, Page::error())
}

/// The answer where the domain has managed login and the client no style.
pub(super) fn unavailable(language: Language) -> Answer {
    Answer::page(400, Page::without_request(language, None, View::Unavailable))
}

/// A page at this place. One that answers a form refuses it; what a form leads to has a URL of its own, see [`lead`].
pub(super) fn show(ctx: &Ctx<'_>, lobby: &Lobby<'_>, notice: Option<Notice>, view: View) -> Reply<Answer> {
    let Place { visit, pool, request, .. } = &lobby.place;
    let (csrf, cookie) = browser::csrf(ctx, visit, pool)?;
    let page = Page {
        language: Language::of(visit, Some(pool)),
        look: lobby.look.clone(),
        query: request.query.clone(),
        csrf,
        notice,
        view,
    };
    let status = if visit.form().is_some() { 400 } else { 200 };
    Ok(Answer::page(status, page).with(cookie).with(language(visit, pool)))
}

/// Leads from a form to a page, by a redirect: so a reload posts nothing, and the way back is harmless.
pub(super) async fn lead(
    ctx: &Ctx<'_>,
    place: &Place<'_>,
    step: Step,
    username: &str,
    notice: Option<Notice>,
) -> Reply<Answer> {
    let endpoint = match step {
        Step::SignIn => Endpoint::Login,
        Step::Confirm => Endpoint::Confirm,
        Step::ForgotPassword => Endpoint::ForgotPassword,
        Step::ConfirmForgotPassword => Endpoint::ConfirmForgotPassword,
    };
    to(ctx, place, endpoint, Stage::Page { step, username: username.to_owned(), notice }).await
}

/// Leads to a page of an endpoint, which shows the stage that the browser is at then.
pub(super) async fn to(ctx: &Ctx<'_>, place: &Place<'_>, endpoint: Endpoint, stage: Stage) -> Reply<Answer> {
    let Place { visit, pool, request, .. } = place;
    let cookie = browser::open_interaction(ctx, visit, pool, request, stage).await?;
    let target = format!("{}?{}", endpoint.path().trim_start_matches('/'), request.query);
    Ok(Answer::from(Content::Ours(target)).with([cookie]))
}

/// The name and the notice for a page that is opened, if a form has led there.
pub(super) async fn led(
    ctx: &Ctx<'_>,
    place: &Place<'_>,
    wanted: Step,
) -> Reply<Option<(String, Option<Notice>)>> {
    Ok(match stage(ctx, place).await? {
        Some(Stage::Page { step, username, notice }) if step == wanted => Some((username, notice)),
        _ => None,
    })
}

/// As [`led`]; one who comes by another way begins with the name that the app knows.
pub(super) async fn begins_with(
    ctx: &Ctx<'_>,
    place: &Place<'_>,
    wanted: Step,
) -> Reply<(String, Option<Notice>)> {
    let hint = || (place.request.login_hint.clone().unwrap_or_default(), None);
    Ok(led(ctx, place, wanted).await?.unwrap_or_else(hint))
}

/// What the browser is in the middle of, with this request of the app.
pub(super) async fn stage(ctx: &Ctx<'_>, place: &Place<'_>) -> Reply<Option<Stage>> {
    let found = browser::interaction(&mut ctx.read(), place.visit, &place.pool).await?;
    let found = found.filter(|interaction| interaction.request.query == place.request.query);
    Ok(found.map(|interaction| interaction.stage.clone()))
}

/// Remembers the language that the app asks for.
fn language(visit: &Visit, pool: &Pool) -> Option<crate::oauth::Cookie> {
    Language::asked(visit).map(|language| Name::Language.set(pool, language.tag().to_owned()))
}

/// What the pages of a client look like; nothing where AWS shows an error.
pub(super) async fn look(ctx: &Ctx<'_>, visit: &Visit, pool: &Pool, client: &Client) -> Reply<Option<Look>> {
    let pages = visit.domain.as_ref().map(|domain| domain.pages);
    looks::of_client(&mut ctx.read(), pool, client, pages).await
}

/// Whether the pages are of the newer generation.
pub(crate) async fn are_managed(ctx: &Ctx<'_>, visit: &Visit, pool: &Pool, client: &Client) -> Reply<bool> {
    Ok(look(ctx, visit, pool, client).await?.is_none_or(|look| look.pages == LoginPages::Managed))
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
