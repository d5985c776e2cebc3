//! GET /oauth2/authorize: looks at what an app asks for, and sends the browser to sign in, or straight back.
//! <https://docs.aws.amazon.com/cognito/latest/developerguide/authorization-endpoint.html>

use std::sync::Arc;

use cognito_core::client::Client;
use cognito_core::oauth::authorize::{Denied, Draft, Facts, PageError, Prompt};
use cognito_core::oauth::{AuthorizationRequest, Parameters, Refusal, interaction};
use cognito_core::pool::Pool;
use cognito_core::resource_server::ResourceServer;
use cognito_store::Txn;
use cognito_store::find::FindError;

use super::answer::{Answer, Content};
use super::visit::Visit;
use super::{assurance, browser, conclude};
use crate::federation::{self, Choice};
use crate::managed_login::stage;
use crate::prelude::*;

/// Where a browser signs in: the request of the app is in order.
pub(crate) struct Place<'a> {
    pub(crate) visit: &'a Visit,
    pub(crate) pool: Arc<Pool>,
    pub(crate) client: Arc<Client>,
    pub(crate) request: AuthorizationRequest,
}

pub(super) async fn answer(ctx: &Ctx<'_>, visit: &Visit) -> Reply<Answer> {
    let place = match place(ctx, visit).await? {
        Ok(place) => place,
        Err(refused) => return Ok(refused),
    };
    let session = browser::session(&mut ctx.read(), visit, &place.pool, &place.client).await?;
    match session {
        Some((session, user))
            if place.request.takes_session(session.auth_time, ctx.now())
                && assurance::is_enough(ctx, &place, &session, &user).await? =>
        {
            conclude::again(ctx, &place, &session, &user).await
        }
        _ if place.request.prompt.contains(&Prompt::None) => {
            Ok(Content::Away(place.request.deny(Denied::LoginRequired, None)).into())
        }
        _ => away(ctx, &place).await,
    }
}

/// The browser signs in: at the identity provider that is asked for, or at our page.
async fn away(ctx: &Ctx<'_>, place: &Place<'_>) -> Reply<Answer> {
    let Place { pool, client, request, .. } = place;
    match federation::choice(&mut ctx.read(), pool, client, request).await? {
        Choice::Pool => Ok(Content::Ours(format!("login?{}", request.query)).into()),
        Choice::Provider(provider) => federation::begin(ctx, place, &provider).await,
        Choice::Unknown => {
            let refusal = errors::provider_not_offered();
            Ok(Content::Away(request.deny(Denied::InvalidRequest, Some(refusal.message()))).into())
        }
    }
}

/// The place that a page belongs to, by the query that it came with: each page carries the whole request, and each
/// time it is looked at anew. The inner error is the answer to a request that is not in order.
pub(crate) async fn place<'a>(
    ctx: &Ctx<'_>,
    visit: &'a Visit,
) -> Reply<std::result::Result<Place<'a>, Answer>> {
    let asked = visit.query.without(&[interaction::PARAMETER]);
    Ok(match check(ctx, visit, &asked).await? {
        Ok((pool, client, request)) => Ok(Place { visit, pool, client, request }),
        Err(Refusal::Redirect(location)) => Err(Content::Away(location).into()),
        Err(Refusal::Page(error)) => Err(error_page(error, &visit.query)),
    })
}

/// The page about a request that gives no URI to trust.
pub(crate) fn error_page(error: PageError, query: &Parameters) -> Answer {
    let mut about = Parameters::default().with("error", &error.to_string());
    if let Ok(Some(client_id)) = query.one("client_id") {
        about = about.with("client_id", client_id);
    }
    Content::Ours(format!("error?{}", about.encode())).into()
}

/// Looks at a request, wherever in a visit it stands.
pub(crate) async fn check(
    ctx: &Ctx<'_>,
    visit: &Visit,
    parameters: &Parameters,
) -> Reply<std::result::Result<(Arc<Pool>, Arc<Client>, AuthorizationRequest), Refusal>> {
    let txn = &mut ctx.read();
    let draft = match Draft::new(parameters) {
        Ok(draft) => draft,
        Err(error) => return Ok(Err(Refusal::Page(error))),
    };
    let Some((pool, client)) = client(txn, visit.pool_id(), draft.client_id()).await? else {
        return Ok(Err(Refusal::Page(PageError::RedirectMismatch)));
    };
    let resource = match draft.resource() {
        Some(resource) => {
            let key = ResourceServer::key_of(&pool.id, resource);
            txn.get::<ResourceServer>(&key).await?.is_some()
        }
        None => false,
    };
    // What the pages are is only looked up where it matters.
    let classic = draft.needs_managed_login() && !stage::are_managed(ctx, visit, &pool, &client).await?;
    let facts = Facts { scopes: txn.custom_scopes(&pool, client.scopes()).await?, resource, classic };
    let checked = draft.trust(&client).map_err(Refusal::Page).and_then(|trusted| trusted.check(&facts));
    Ok(checked.map(|request| (pool, client, request)))
}

/// A client and its pool. On a pool's domain there are no other pools' clients.
pub(crate) async fn client(
    txn: &mut Txn,
    pool_id: Option<&str>,
    client_id: &str,
) -> Reply<Option<(Arc<Pool>, Arc<Client>)>> {
    match txn.client_by_id(client_id).await {
        Ok((pool, client)) => Ok(pool_id.is_none_or(|id| id == pool.id).then_some((pool, client))),
        Err(FindError::Missing(_)) => Ok(None),
        Err(FindError::Store(error)) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use cognito_core::Span;
    use serde_json::json;
    use testkit::browser::views::LoginPages;
    use testkit::browser::{self, Endpoint, away, member, ours, page};

    use crate::oauth::testing::{CALLBACK, Scene};

    #[tokio::test]
    async fn to_the_sign_in_with_the_same_query() {
        let scene = Scene::new(json!({})).await;
        let query = scene.query(&[("scope", "openid email"), ("login_hint", "alice")]);
        assert_eq!(ours(&scene.browser().get(Endpoint::Authorize, &query).await), format!("login?{query}"));
    }

    /// O5, O6: nothing leads away from us before the redirect URI is trusted.
    #[tokio::test]
    async fn pages_before_trust() {
        let scene = Scene::new(json!({})).await;
        let check = async |query: &str, expected: &str| {
            for endpoint in [Endpoint::Authorize, Endpoint::Login] {
                assert_eq!(
                    ours(&scene.browser().get(endpoint, query).await),
                    format!("error?error={expected}")
                );
            }
        };
        let client = &scene.client;
        let mismatch = format!("redirect_mismatch&client_id={client}");
        for uri in ["https://evil.example", "https://app.example/cb/", "//evil", "javascript:alert(1)"] {
            check(&scene.query(&[("redirect_uri", uri)]), &mismatch).await;
        }
        check(&scene.query(&[("client_id", "<none>")]), "redirect_mismatch&client_id=%3Cnone%3E").await;
        let twice = format!("{}&redirect_uri=x", scene.query(&[]));
        check(&twice, &format!("invalid_request&client_id={client}")).await;
        check(&format!("{}&client_id=x", scene.query(&[])), "invalid_request").await;
        check("", "invalid_request").await;
        let answer = scene.browser().get(Endpoint::Error, "error=redirect_mismatch&client_id=x").await;
        assert!(matches!(answer.content, browser::Content::Page { status: 400, .. }), "{answer:?}");
    }

    /// A domain has only its own pool's clients.
    #[tokio::test]
    async fn clients_of_other_pools() {
        let scene = Scene::new(json!({})).await;
        let mut browser = scene.browser();
        browser.at(&scene.world.pool(json!({})).await, LoginPages::Classic);
        let location = ours(&browser.get(Endpoint::Authorize, &scene.query(&[])).await);
        assert!(location.starts_with("error?error=redirect_mismatch"), "{location}");
        browser.at(&scene.pool, LoginPages::Classic);
        assert!(ours(&browser.get(Endpoint::Authorize, &scene.query(&[])).await).starts_with("login?"));
    }

    /// O9: a very long state comes back whole.
    #[tokio::test]
    async fn a_long_state() {
        let scene = Scene::new(json!({})).await;
        let state = "x\n".repeat(5_000);
        let location = scene.browser().sign_in(&scene.query(&[("state", &state)]), "alice", "Abcdef1!").await;
        assert_eq!(member(&location, "state"), Some(state));
    }

    #[tokio::test]
    async fn one_sign_in_for_all_apps() {
        let scene = Scene::new(json!({})).await;
        let mut browser = scene.browser();
        let none = scene.query(&[("prompt", "none")]);
        assert_eq!(
            away(&browser.get(Endpoint::Authorize, &none).await),
            format!("{CALLBACK}?state=s&error=login_required")
        );
        browser.sign_in(&scene.query(&[]), "alice", "Abcdef1!").await;
        for prompt in [none.as_str(), &scene.query(&[]), &scene.query(&[("prompt", "consent")])] {
            let location = away(&browser.get(Endpoint::Authorize, prompt).await);
            assert!(member(&location, "code").is_some(), "{location}");
        }
        for prompt in ["login", "select_account"] {
            let query = scene.query(&[("prompt", prompt)]);
            assert!(ours(&browser.get(Endpoint::Authorize, &query).await).starts_with("login?"), "{prompt}");
        }
        scene.world.advance(Span::minutes(59));
        assert_eq!(member(&away(&browser.get(Endpoint::Authorize, &none).await), "error"), None);
        scene.world.advance(Span::minutes(1));
        let location = away(&browser.get(Endpoint::Authorize, &none).await);
        assert_eq!(member(&location, "error").as_deref(), Some("login_required"), "reuse prolongs nothing");
    }

    /// Classic pages know neither `prompt` nor `resource`.
    /// O9
    #[tokio::test]
    async fn long_requests() {
        let scene = Scene::new(json!({})).await;
        for (length, leads_to) in [(10_000, "login?"), (40_000, "error?error=invalid_request")] {
            let query = scene.query(&[("state", &"x".repeat(length))]);
            let to = ours(&scene.browser().get(Endpoint::Authorize, &query).await);
            assert!(to.starts_with(leads_to), "{length}: {}", &to[..40]);
        }
    }

    #[tokio::test]
    async fn what_classic_pages_ignore() {
        let scene = Scene::new(json!({})).await;
        let mut browser = scene.browser();
        browser.at(&scene.pool, LoginPages::Classic);
        let query = scene.query(&[("prompt", "none"), ("resource", "https://none.example")]);
        assert!(ours(&browser.get(Endpoint::Authorize, &query).await).starts_with("login?"));
        browser.at(&scene.pool, LoginPages::Managed);
        let location = away(&browser.get(Endpoint::Authorize, &query).await);
        assert_eq!(member(&location, "error").as_deref(), Some("invalid_request"));
        let location = away(&browser.get(Endpoint::Authorize, &scene.query(&[("prompt", "none")])).await);
        assert_eq!(member(&location, "error").as_deref(), Some("login_required"));
    }

    #[tokio::test]
    async fn how_long_a_client_reuses_a_session() {
        let scene = Scene::new(json!({})).await;
        let tracking = json!({
            "UserPoolId": scene.pool, "UserSessionTracking": "ENABLED", "TokenSession": { "MaxPerUser": 20 },
        });
        scene.world.ok("SetUserPoolSessionConfiguration", tracking).await;
        let minutes = json!({
            "UserPoolId": scene.pool, "ClientId": scene.client, "SSOSession": { "MaxValidityMinutes": 0 },
        });
        scene.world.ok("SetUserPoolClientSessionConfiguration", minutes).await;
        let mut browser = scene.browser();
        browser.sign_in(&scene.query(&[]), "alice", "Abcdef1!").await;
        assert!(ours(&browser.get(Endpoint::Authorize, &scene.query(&[])).await).starts_with("login?"));
    }

    #[tokio::test]
    async fn a_session_ends_with_its_user() {
        let scene = Scene::new(json!({})).await;
        let mut browser = scene.browser();
        browser.sign_in(&scene.query(&[]), "alice", "Abcdef1!").await;
        let alice = json!({ "UserPoolId": scene.pool, "Username": "alice" });
        scene.world.ok("AdminUserGlobalSignOut", alice.clone()).await;
        away(&browser.get(Endpoint::Authorize, &scene.query(&[])).await);
        scene.world.ok("AdminDisableUser", alice).await;
        ours(&browser.get(Endpoint::Authorize, &scene.query(&[])).await);
    }

    /// P2, P6: the names have the pool in them, and the session is a new one at each sign-in.
    #[tokio::test]
    async fn cookies() {
        let scene = Scene::new(json!({})).await;
        let mut browser = scene.browser();
        browser.get(Endpoint::Authorize, &scene.query(&[])).await;
        assert!(browser.cookies.is_empty());
        let session = format!("cognito-{}", scene.pool);
        browser.cookies.insert(session.clone(), "fixed".to_owned());
        browser.sign_in(&scene.query(&[]), "alice", "Abcdef1!").await;
        let first = browser.cookies[&session].clone();
        assert!(first != "fixed" && first.len() == 43, "{first}");
        browser.sign_in(&scene.query(&[]), "alice", "Abcdef1!").await;
        assert_ne!(browser.cookies[&session], first);
        let mut old = scene.browser();
        old.cookies.insert(session, first);
        ours(&old.get(Endpoint::Authorize, &scene.query(&[])).await);
        page(&old.get(Endpoint::Login, &scene.query(&[])).await);
    }
}
