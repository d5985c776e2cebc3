//! /login: signs a user in, from the name to the last factor.
//! <https://docs.aws.amazon.com/cognito/latest/developerguide/login-endpoint.html>

use cognito_api::ErrorCode;
use cognito_core::client::AllowedFlow;
use cognito_core::identity_provider::POOL_ITSELF;
use cognito_core::oauth::Parameters;
use cognito_core::oauth::interaction;

use crate::auth::login::{self, Step};
use crate::oauth::authorize::Place;
use crate::oauth::{Answer, Visit};
use crate::oauth::{assurance, conclude};
use crate::prelude::*;

use super::language::Language;
use super::page::{Asks, Notice, Provider, SignIn, View};
use super::stage::{self, Arrival, Lobby};
use super::{challenge, refusal, terms, user_list};

pub(crate) async fn answer(ctx: &Ctx<'_>, visit: &Visit) -> Reply<Answer> {
    let (lobby, form) = match stage::arrive(ctx, visit).await? {
        Arrival::Refused(refused) => return Ok(refused),
        Arrival::Opened(lobby) => {
            let step = interaction::Step::SignIn;
            let (username, notice) = lobby.begins_with(step);
            return show(ctx, &lobby, notice, &username).await;
        }
        Arrival::Posted(lobby, form) => (lobby, form),
    };
    let picked = form.field("pick").filter(|_| ctx.app().settings.user_list && asks(&lobby) != Asks::Nothing);
    if let Some(username) = picked {
        let begun = login::pick(ctx, &lobby.place.client.id, username).await;
        return go_on(ctx, &lobby.place, username, begun).await;
    }
    let username = form.field("username").unwrap_or_default();
    begin(ctx, &lobby, username, form.field("password")).await
}

/// Begins a sign-in with what was typed. Where users choose their first factor, a password is one that may be chosen.
pub(super) async fn begin(
    ctx: &Ctx<'_>,
    lobby: &Lobby<'_>,
    username: &str,
    password: Option<&str>,
) -> Reply<Answer> {
    let place = &lobby.place;
    let chooses = match asks(lobby) {
        Asks::Nothing => return Ok(stage::foreign()),
        Asks::Name => true,
        Asks::Password => false,
    };
    let target = assurance::target(place);
    let mut parameters = vec![("USERNAME", username)];
    if let Some(password) = password.or((!chooses).then_some("")) {
        parameters.extend([("PREFERRED_CHALLENGE", "PASSWORD"), ("PASSWORD", password)]);
    }
    parameters.extend(target.as_deref().map(|target| ("TARGET_ACR_VALUES", target)));
    let flow = match chooses || target.is_some() {
        true => wire::AuthFlowType::UserAuth,
        false => wire::AuthFlowType::UserPasswordAuth,
    };
    let begun = login::begin(ctx, &place.client.id, flow, None, &parameters).await;
    go_on(ctx, place, username, begun).await
}

/// What follows a step of the sign-in machine.
pub(super) async fn go_on(
    ctx: &Ctx<'_>,
    place: &Place<'_>,
    username: &str,
    step: Reply<Step>,
) -> Reply<Answer> {
    let error = match step {
        Ok(Step::SignedIn(signed_in)) => return conclude::conclude(ctx, place, &signed_in, None).await,
        Ok(Step::Challenge(challenge)) => return challenge::ask(ctx, place, challenge, None).await,
        Err(error) => error,
    };
    let step = if refusal::is(&error, ErrorCode::UserNotConfirmedException) {
        interaction::Step::Confirm
    } else if refusal::is(&error, ErrorCode::PasswordResetRequiredException) {
        interaction::Step::ForgotPassword
    } else {
        interaction::Step::SignIn
    };
    stage::lead(ctx, place, step, username, Some(refusal::notice(error)?)).await
}

/// The sign-in page.
pub(super) async fn show(
    ctx: &Ctx<'_>,
    lobby: &Lobby<'_>,
    notice: Option<Notice>,
    username: &str,
) -> Reply<Answer> {
    let Place { visit, pool, client, .. } = &lobby.place;
    let language = Language::of(visit, Some(pool));
    let asks = asks(lobby);
    let view = SignIn {
        names: stage::names(pool),
        username: username.to_owned(),
        asks,
        sign_up: asks != Asks::Nothing && pool.allows_sign_up(),
        providers: providers(&lobby.place),
        terms: terms::links(&mut ctx.read(), client, language).await?,
        users: if asks == Asks::Nothing { Vec::new() } else { user_list::of(ctx, pool).await? },
    };
    stage::show(ctx, lobby, notice, View::SignIn(view))
}

/// Users choose their first factor where the app takes USER_AUTH, and the pages are new enough.
fn asks(lobby: &Lobby<'_>) -> Asks {
    let client = &lobby.place.client;
    if !client.offers(None) {
        return Asks::Nothing;
    }
    if client.allows(AllowedFlow::UserAuth) && lobby.is_managed() { Asks::Name } else { Asks::Password }
}

fn providers(place: &Place<'_>) -> Vec<Provider> {
    let Place { client, request, .. } = place;
    let listed = client.settings.supported_identity_providers.as_deref().unwrap_or_default();
    let query = Parameters::parse(&request.query).without(&["identity_provider", "idp_identifier"]);
    let others = listed.iter().filter(|name| *name != POOL_ITSELF);
    let provider = |name: &String| Provider {
        name: name.clone(),
        query: query.clone().with("identity_provider", name).encode(),
    };
    others.map(provider).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use testkit::browser::views::Notice;
    use testkit::browser::{Content, Endpoint, View, page};

    use crate::oauth::testing::Scene;

    /// P1: without a proof of ours, with another browser's, or with another pool's.
    #[tokio::test]
    async fn forms_of_others() {
        let scene = Scene::new(json!({})).await;
        let query = scene.query(&[]);
        let foreign = scene.browser().csrf(&query).await;
        let mut browser = scene.browser();
        let own = browser.csrf(&query).await;
        let right = [("username", "alice"), ("password", "Abcdef1!")];
        let cookie = browser.cookies[&format!("XSRF-TOKEN-{}", scene.pool)].clone();
        for proof in ["", foreign.as_str(), cookie.as_str()] {
            let form = [&[("_csrf", proof)], right.as_slice()].concat();
            let answer = browser.post(Endpoint::Login, &query, &form).await;
            assert!(matches!(answer.content, Content::Page { status: 403, .. }), "{answer:?}");
            assert!(answer.cookies.is_empty());
        }
        let mut bare = scene.browser();
        let form = [&[("_csrf", own.as_str())], right.as_slice()].concat();
        let answer = bare.post(Endpoint::Login, &query, &form).await;
        assert!(matches!(answer.content, Content::Page { status: 403, .. }), "the cookie is not there");
        let answer = browser.post(Endpoint::Login, &query, &form).await;
        assert!(matches!(answer.content, Content::Away(_)), "{answer:?}");
    }

    #[tokio::test]
    async fn wrong_passwords() {
        let scene = Scene::new(json!({ "PreventUserExistenceErrors": "ENABLED" })).await;
        let query = scene.query(&[("login_hint", "<alice>")]);
        let mut browser = scene.browser();
        let answer = browser.get(Endpoint::Login, &query).await;
        assert!(matches!(page(&answer), View::SignIn(view) if view.username == "<alice>"));
        let csrf = browser.csrf(&query).await;
        for username in ["alice", "nobody"] {
            let form = [("_csrf", csrf.as_str()), ("username", username), ("password", "x")];
            let answer = browser.submit(Endpoint::Login, &query, &form).await;
            let Content::Page { page, .. } = answer.content else { panic!("{answer:?}") };
            let expected = Notice::Refused("Incorrect username or password.".to_owned());
            assert_eq!(page.notice, Some(expected));
            assert!(!browser.cookies.contains_key(&format!("cognito-{}", scene.pool)));
        }
    }
}
