//! GET /oauth2/authorize: looks at what an app asks for, and sends the browser to sign in, or straight back.
//! <https://docs.aws.amazon.com/cognito/latest/developerguide/authorization-endpoint.html>

use std::sync::Arc;

use cognito_core::client::Client;
use cognito_core::oauth::authorize::{Denied, Draft, Facts, PageError, Prompt};
use cognito_core::oauth::{AuthorizationRequest, Parameters, Refusal};
use cognito_core::pool::Pool;
use cognito_core::resource_server::ResourceServer;
use cognito_store::Txn;
use cognito_store::find::FindError;

use super::answer::{Answer, Content};
use super::visit::Visit;
use super::{browser, conclude};
use crate::federation::{self, Choice};
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
        Some((session, user)) if place.request.takes_session() => {
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
    Ok(match check(&mut ctx.read(), visit.pool_id.as_deref(), &visit.query).await? {
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

/// Looks at a request, wherever it comes from. `pool_id` is the pool of the domain that was called.
pub(crate) async fn check(
    txn: &mut Txn,
    pool_id: Option<&str>,
    parameters: &Parameters,
) -> Reply<std::result::Result<(Arc<Pool>, Arc<Client>, AuthorizationRequest), Refusal>> {
    let draft = match Draft::new(parameters) {
        Ok(draft) => draft,
        Err(error) => return Ok(Err(Refusal::Page(error))),
    };
    let Some((pool, client)) = client(txn, pool_id, draft.client_id()).await? else {
        return Ok(Err(Refusal::Page(PageError::RedirectMismatch)));
    };
    let resource = match draft.resource() {
        Some(resource) => {
            let key = ResourceServer::key_of(&pool.id, resource);
            txn.get::<ResourceServer>(&key).await?.is_some()
        }
        None => false,
    };
    let facts = Facts { scopes: txn.custom_scopes(&pool, client.scopes()).await?, resource };
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
