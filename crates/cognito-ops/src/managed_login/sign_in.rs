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

#[cfg(test)]
mod tests {
    use serde_json::json;
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
        assert!(matches!(page(&answer), View::SignIn { username, .. } if username == "<alice>"));
        let csrf = browser.csrf(&query).await;
        for username in ["alice", "nobody"] {
            let form = [("_csrf", csrf.as_str()), ("username", username), ("password", "x")];
            let answer = browser.post(Endpoint::Login, &query, &form).await;
            let Content::Page { status: 400, page } = answer.content else { panic!("{answer:?}") };
            assert_eq!(page.notice.as_deref(), Some("Incorrect username or password."));
            assert!(!browser.cookies.contains_key(&format!("cognito-{}", scene.pool)));
        }
    }
}
