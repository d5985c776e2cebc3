//! Making app clients: for CreateUserPoolClient and for the registration of apps by themselves.

use cognito_core::client::{BY_ID, Client, ClientSecret, MAX_CLIENTS, Settings};
use cognito_core::pool::Pool;
use cognito_core::tracking::SSO_MINUTES;

use crate::prelude::*;

/// A client that is to be made.
pub(crate) struct NewClient {
    pub(crate) id: String,
    pub(crate) name: String,
    /// Its secret, if it has one.
    pub(crate) secret: Option<String>,
    /// The part of it that UpdateUserPoolClient replaces, with the pool.
    pub(crate) request: wire::UpdateUserPoolClientRequest,
    /// Whether the app registered it.
    pub(crate) registered: bool,
}

/// Makes it.
pub(crate) async fn create(ctx: &Ctx<'_>, new: NewClient) -> Reply<Client> {
    let NewClient { id, name, secret, request, registered } = new;
    let secrets: Vec<_> =
        secret.map(|value| ClientSecret::first(&id, value, ctx.now())).into_iter().collect();
    let counter = Pool::client_counter(&request.user_pool_id);
    if ctx.store().counter(&counter).await? >= MAX_CLIENTS {
        return Err(errors::limit_exceeded("The user pool has reached its number of clients."));
    }
    ctx.write(async |txn| {
        let pool = txn.pool(&request.user_pool_id).await?;
        if txn.find::<Client>(BY_ID, &id).await?.is_some() {
            return Err(errors::client_id_taken(&id));
        }
        let scopes = request.allowed_oauth_scopes.as_deref().unwrap_or_default();
        let providers = request.supported_identity_providers.as_deref().unwrap_or_default();
        let known = txn.known(&pool, scopes, providers).await?;
        let client = Client {
            pool_id: pool.id.clone(),
            id: id.clone(),
            secrets: secrets.clone(),
            settings: Settings::new(name.clone(), request.clone(), &pool, !secrets.is_empty(), &known)?,
            sso_minutes: SSO_MINUTES,
            registered,
            created: ctx.now(),
            modified: ctx.now(),
        };
        txn.save(&client);
        txn.add(counter.as_str(), 1);
        Ok(client)
    })
    .await
}
