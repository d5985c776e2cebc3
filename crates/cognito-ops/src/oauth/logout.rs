//! GET /logout: ends the session of the browser, and goes back to the app or to a new sign-in.
//! <https://docs.aws.amazon.com/cognito/latest/developerguide/logout-endpoint.html>

use cognito_core::client::Client;
use cognito_core::oauth::Parameters;
use cognito_core::oauth::authorize::{Draft, PageError};
use cognito_core::saml::Next;

use super::answer::{Answer, Content};
use super::authorize;
use super::browser::{self, Name};
use super::visit::Visit;
use crate::federation;
use crate::prelude::*;

pub(super) async fn answer(ctx: &Ctx<'_>, visit: &Visit) -> Reply<Answer> {
    let refused = |error| Ok(authorize::error_page(error, &visit.query));
    let client_id = match visit.query.one("client_id") {
        Ok(Some(client_id)) => client_id,
        Ok(None) | Err(_) => return refused(PageError::InvalidRequest),
    };
    let found = authorize::client(&mut ctx.read(), visit.pool_id(), client_id).await?;
    let Some((pool, client)) = found else { return refused(PageError::RedirectMismatch) };
    let next = match next(&visit.query, &client) {
        Ok(next) => next,
        Err(error) => return refused(error),
    };
    let session = ctx.write(async |txn| browser::end_session(txn, visit, &pool).await).await?;
    let elsewhere = match session {
        Some(session) => federation::saml::sign_out(ctx, visit, &pool, &session, &next).await?,
        None => None,
    };
    let content = elsewhere.unwrap_or_else(|| content(next));
    Ok(Answer::from(content).with([Name::Session.clear(&pool)]))
}

/// `logout_uri` must be one of the client's logout URLs letter by letter; without one, the query is a request for a new
/// sign-in, which says itself where it leads.
fn next(query: &Parameters, client: &Client) -> Result<Next, PageError> {
    let Some(uri) = query.one("logout_uri")? else {
        for name in ["redirect_uri", "response_type"] {
            query.one(name)?.ok_or(PageError::InvalidRequest)?;
        }
        Draft::new(query)?.trust(client)?;
        return Ok(Next::SignIn(query.encode()));
    };
    let own = client.settings.logout_urls.as_deref().unwrap_or_default();
    match own.iter().any(|own| own == uri) {
        true => Ok(Next::Away(uri.to_owned())),
        false => Err(PageError::RedirectMismatch),
    }
}

/// The way on from here.
pub(crate) fn content(next: Next) -> Content {
    match next {
        Next::Away(location) => Content::Away(location),
        Next::SignIn(query) => Content::Ours(format!("login?{query}")),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use testkit::browser::{Endpoint, away, ours};

    use crate::oauth::testing::{CALLBACK, Scene};

    const BYE: &str = "https%3A%2F%2Fapp.example%2Fbye";

    /// P7: what the browser kept is worth nothing.
    #[tokio::test]
    async fn the_session_ends() {
        let scene = Scene::new(json!({})).await;
        let mut browser = scene.browser();
        browser.sign_in(&scene.query(&[]), "alice", "Abcdef1!").await;
        let kept = browser.cookies.clone();
        let query = format!("client_id={}&logout_uri={BYE}&redirect_uri=https%3A%2F%2Fevil", scene.client);
        assert_eq!(away(&browser.get(Endpoint::Logout, &query).await), "https://app.example/bye");
        let names: Vec<_> = browser.cookies.keys().cloned().collect();
        assert_eq!(names, [format!("XSRF-TOKEN-{}", scene.pool)], "other tabs may have forms");
        browser.cookies = kept;
        ours(&browser.get(Endpoint::Authorize, &scene.query(&[])).await);
    }

    #[tokio::test]
    async fn to_a_new_sign_in() {
        let scene = Scene::new(json!({})).await;
        let query = scene.query(&[]);
        assert_eq!(ours(&scene.browser().get(Endpoint::Logout, &query).await), format!("login?{query}"));
    }

    /// O7: no open redirect.
    #[tokio::test]
    async fn unregistered_uris() {
        let scene = Scene::new(json!({ "DefaultRedirectURI": CALLBACK })).await;
        let mut browser = scene.browser();
        browser.sign_in(&scene.query(&[]), "alice", "Abcdef1!").await;
        for uri in [
            "https%3A%2F%2Fevil.example",
            "%2F%2Fevil",
            "javascript%3Aalert(1)",
            "https%3A%2F%2Fapp.example%2Fbye%0D%0ASet-Cookie%3A+x",
            "https%3A%2F%2Fapp.example%2Fcb",
        ] {
            let query = format!("client_id={}&logout_uri={uri}", scene.client);
            let location = ours(&browser.get(Endpoint::Logout, &query).await);
            assert!(location.starts_with("error?error=redirect_mismatch&client_id="), "{uri}: {location}");
        }
        for query in [
            String::new(),
            format!("client_id={}", scene.client),
            scene.query(&[("response_type", "")]),
            format!("client_id={}&logout_uri={BYE}&logout_uri={BYE}", scene.client),
            scene.query(&[("redirect_uri", "https://evil.example")]),
            format!("client_id=none&logout_uri={BYE}"),
        ] {
            assert!(
                ours(&browser.get(Endpoint::Logout, &query).await).starts_with("error?error="),
                "{query}"
            );
        }
        away(&browser.get(Endpoint::Authorize, &scene.query(&[])).await);
    }
}
