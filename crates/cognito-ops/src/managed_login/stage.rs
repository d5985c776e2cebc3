//! What every page flow begins and ends with: the place and its looks, the form that must be ours, the page around a
//! view, and the redirect that leads from a form to the next page.

use std::sync::Arc;

use cognito_api::Operation;
use cognito_core::client::Client;
use cognito_core::domain::LoginPages;
use cognito_core::look::Look;
use cognito_core::names::{NameAttribute, SignInNames};
use cognito_core::oauth::interaction::{self, Interaction, Step};
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
    /// What the tab is in the middle of, with this request of the app.
    tab: Option<Arc<Interaction>>,
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

    /// Where the tab is.
    pub(super) fn stage(&self) -> Option<&Stage> {
        self.tab.as_ref().map(|interaction| &interaction.stage)
    }

    /// The name and the notice for a page that is opened, if a form has led there.
    pub(super) fn led(&self, wanted: Step) -> Option<(String, Option<Notice>)> {
        match self.stage()? {
            Stage::Page { step, username, notice } if *step == wanted => {
                Some((username.clone(), notice.clone()))
            }
            _ => None,
        }
    }

    /// As [`Self::led`]; one who comes by another way begins with the name that the app knows.
    pub(super) fn begins_with(&self, wanted: Step) -> (String, Option<Notice>) {
        let hint = || (self.place.request.login_hint.clone().unwrap_or_default(), None);
        self.led(wanted).unwrap_or_else(hint)
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
    let tab = tab(ctx, &place).await?;
    let lobby = Lobby { place, look, tab };
    Ok(match visit.form() {
        None => Arrival::Opened(lobby),
        Some(form) if form.field("username").is_some_and(|name| name.len() > LONGEST_NAME) => {
            Arrival::Refused(Answer::page(400, Page::error()))
        }
        Some(form) if browser::is_ours(ctx, visit, &lobby.place.pool) => Arrival::Posted(lobby, form),
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
    let (csrf, cookie) = browser::csrf(ctx, visit, pool);
    let page = Page {
        language: Language::of(visit, Some(pool)),
        look: lobby.look.clone(),
        query: request.query.clone(),
        interaction: lobby.tab.as_ref().and(visit.interaction()).map(str::to_owned),
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

/// Leads to a page of an endpoint, which shows the stage that the tab is at then.
pub(super) async fn to(ctx: &Ctx<'_>, place: &Place<'_>, endpoint: Endpoint, stage: Stage) -> Reply<Answer> {
    let name = browser::secret_text(ctx);
    let cookie = browser::open_interaction(ctx, place, &name, stage).await?;
    let path = endpoint.path().trim_start_matches('/');
    let target = format!("{path}?{}&{}={name}", place.request.query, interaction::PARAMETER);
    Ok(Answer::from(Content::Ours(target)).with(cookie))
}

/// What the tab is in the middle of, if that is what the app asks for.
async fn tab(ctx: &Ctx<'_>, place: &Place<'_>) -> Reply<Option<Arc<Interaction>>> {
    let Some(name) = place.visit.interaction() else { return Ok(None) };
    let found = browser::interaction(&mut ctx.read(), place.visit, &place.pool, name).await?;
    Ok(found.filter(|interaction| interaction.request.query == place.request.query))
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

#[cfg(test)]
mod tests {
    use serde_json::json;
    use testkit::browser::views::Notice;
    use testkit::browser::{Browser, Content, Endpoint, View, away, member, ours, page, whole_page};
    use testkit::totp::App;

    use crate::oauth::testing::{CALLBACK, Scene};

    const PASSWORD: (&str, &str) = ("password", "Abcdef1!");

    fn signed_in(location: &str) -> (bool, Option<String>) {
        (member(location, "code").is_some(), member(location, "state"))
    }

    /// Tabs share the cookies: one that has a page open goes on when another has signed in.
    #[tokio::test]
    async fn two_tabs_at_the_sign_in() {
        let scene = Scene::new(json!({})).await;
        let mut browser = scene.browser();
        let queries = ["one", "two", "two"].map(|state| scene.query(&[("state", state)]));
        let mut forms = Vec::new();
        for query in &queries {
            forms.push(browser.csrf(query).await);
        }
        for (query, csrf) in queries.iter().zip(&forms) {
            let form = [("_csrf", csrf.as_str()), ("username", "alice"), PASSWORD];
            let location = away(&browser.post(Endpoint::Login, query, &form).await);
            let state = query.rsplit_once("state=").map(|(_, state)| state.to_owned());
            assert_eq!(signed_in(&location), (true, state));
        }
    }

    async fn is_asked_for_an_app(browser: &mut Browser<'_>, query: &str, username: &str) -> (String, App) {
        let csrf = browser.csrf(query).await;
        let form = [("_csrf", csrf.as_str()), ("username", username), PASSWORD];
        browser.submit(Endpoint::Login, query, &form).await;
        let form = [("_csrf", csrf.as_str()), ("factor", "SOFTWARE_TOKEN_MFA")];
        let answer = browser.submit(Endpoint::Challenge, &browser.query.clone(), &form).await;
        let View::Authenticator { secret, .. } = page(&answer) else { panic!("{answer:?}") };
        (browser.query.clone(), App::new(secret))
    }

    /// Two users in two tabs, with the same request of the app: each tab goes on where it is.
    #[tokio::test]
    async fn two_tabs_at_a_challenge() {
        let scene = Scene::new(json!({})).await;
        scene.world.user(&scene.pool, "bob", "Abcdef1!").await;
        let factors = json!({
            "UserPoolId": scene.pool, "MfaConfiguration": "ON", "SoftwareTokenMfaConfiguration": { "Enabled": true },
        });
        scene.world.ok("SetUserPoolMfaConfig", factors).await;
        let (query, mut browser) = (scene.query(&[]), scene.browser());
        let mut tabs = Vec::new();
        for username in ["alice", "bob"] {
            let (tab, app) = is_asked_for_an_app(&mut browser, &query, username).await;
            tabs.push((username, tab, app));
        }
        for (username, tab, app) in tabs {
            let answer = browser.get(Endpoint::Challenge, &tab).await;
            let csrf = whole_page(&answer).csrf.clone();
            let mut other = scene.browser();
            assert_eq!(whole_page(&other.get(Endpoint::Challenge, &tab).await).notice, Some(Notice::Expired));
            assert_eq!(whole_page(&answer).interaction.as_ref().map(|name| tab.ends_with(name)), Some(true));
            let form = [("_csrf", csrf.as_str()), ("code", &app.code(scene.world.now()))];
            let location = away(&browser.post(Endpoint::Challenge, &tab, &form).await);
            let (_, tokens) = scene.redeem(&member(&location, "code").unwrap(), &[]).await;
            assert_eq!(scene.user_info(&tokens["access_token"]).await.1["username"], username);
            let again = browser.get(Endpoint::Challenge, &tab).await;
            assert_eq!(whole_page(&again).notice, Some(Notice::Expired), "it counts once");
        }
    }

    /// What is said on a page belongs to it: a link, and the way back by a link, leave it behind.
    #[tokio::test]
    async fn notices_stay_on_their_page() {
        let scene = Scene::new(json!({})).await;
        let (query, mut browser) = (scene.query(&[]), scene.browser());
        let csrf = browser.csrf(&query).await;
        for (endpoint, back) in [
            (Endpoint::Login, Endpoint::Login),
            (Endpoint::ForgotPassword, Endpoint::ForgotPassword),
            (Endpoint::ResendCode, Endpoint::Confirm),
        ] {
            let form = [("_csrf", csrf.as_str()), ("username", "nobody"), PASSWORD];
            let answer = browser.submit(endpoint, &query, &form).await;
            assert!(whole_page(&answer).notice.is_some(), "{endpoint:?}");
            let linked = whole_page(&answer).query.clone();
            assert_eq!(linked, query, "{endpoint:?}");
            let answer = browser.get(back, &linked).await;
            assert_eq!((&whole_page(&answer).notice, &whole_page(&answer).interaction), (&None, &None));
        }
    }

    /// The name of what a tab is in the middle of is of use at its own pages, for its own request, and once.
    #[tokio::test]
    async fn a_name_at_another_place() {
        let scene = Scene::new(json!({})).await;
        let other = json!({
            "AllowedOAuthFlowsUserPoolClient": true, "AllowedOAuthFlows": ["code"],
            "AllowedOAuthScopes": ["openid"], "CallbackURLs": [CALLBACK], "SupportedIdentityProviders": ["COGNITO"],
        });
        let other = scene.world.client(&scene.pool, other).await;
        let factors = json!({
            "UserPoolId": scene.pool, "MfaConfiguration": "ON", "SoftwareTokenMfaConfiguration": { "Enabled": true },
        });
        scene.world.ok("SetUserPoolMfaConfig", factors).await;
        let mut browser = scene.browser();
        let (tab, app) = is_asked_for_an_app(&mut browser, &scene.query(&[]), "alice").await;
        let (_, name) = tab.rsplit_once("&interaction=").unwrap();
        let csrf = browser.csrf(&scene.query(&[])).await;
        let code = app.code(scene.world.now());
        let form = [("_csrf", csrf.as_str()), ("code", code.as_str())];
        let at = |query: String| format!("{query}&interaction={name}");
        for elsewhere in [
            at(scene.query(&[("client_id", &other)])),
            at(scene.query(&[("state", "other")])),
            format!("{tab}&interaction={name}"),
            format!("{tab}x"),
            scene.query(&[]),
        ] {
            let answer = browser.get(Endpoint::Challenge, &elsewhere).await;
            assert_eq!(whole_page(&answer).notice, Some(Notice::Expired), "{elsewhere}");
            assert_eq!(whole_page(&answer).interaction, None, "{elsewhere}");
            let answer = browser.post(Endpoint::Challenge, &elsewhere, &form).await;
            assert_eq!(whole_page(&answer).notice, Some(Notice::Expired), "{elsewhere}");
        }
        // Nor is it a state that an identity provider was given.
        let mixed_up = format!("code=c&state={name}");
        assert_eq!(ours(&browser.get(Endpoint::IdpResponse, &mixed_up).await), "error?error=invalid_request");
        // A browser that has another mark, with the form of the first.
        let mut stranger = scene.browser();
        stranger.csrf(&scene.query(&[])).await;
        let refused = stranger.post(Endpoint::Challenge, &tab, &form).await;
        assert!(matches!(refused.content, Content::Page { status: 403, .. }), "{refused:?}");
        // None of this has used it up, and a sign-out elsewhere leaves it.
        let bye = format!("client_id={}&logout_uri=https%3A%2F%2Fapp.example%2Fbye", scene.client);
        away(&browser.get(Endpoint::Logout, &bye).await);
        let location = away(&browser.post(Endpoint::Challenge, &tab, &form).await);
        assert!(signed_in(&location).0, "{location}");
        let again = browser.post(Endpoint::Challenge, &tab, &form).await;
        assert_eq!(whole_page(&again).notice, Some(Notice::Expired), "it counts once");
    }
}
