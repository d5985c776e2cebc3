//! `App`: the whole service in process.

use std::sync::Arc;
use std::time::Duration;

use cognito_core::Time;
use cognito_core::auth::level_names;
use cognito_core::pool::Feature;
use cognito_core::threat::Knowledge;
use cognito_store::{Cursor, Store};
use serde_json::{Value, json};
use tokio::sync::Notify;

use crate::call::{self, Call, Caller};
use crate::ctx::Ctx;
use crate::errors::Reply;
use crate::imports::upload::{self, UploadPath};
use crate::imports::work;
use crate::ports::{Clock, InvokeError, Ports};
use crate::remote_keys::RemoteKeys;
use crate::service::access::VerifiedTokens;
use crate::service::clock::{self, ServiceClock};
use crate::service::imported::Hashing;
use crate::service::keys::PoolKeysCache;
use crate::service::looks::{self, LookFile};
use crate::service::outbox::{self, MessageQuery, Outbox};
use crate::service::pages;
use crate::service::proofs::Proofs;
use crate::service::recorder::{Recorder, TriggerQuery};
use crate::service::secrets::Installation;
use crate::site::Site;

/// What is configured about the service itself.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// Every confirmation code is this one, for tests that cannot read messages.
    pub fixed_code: Option<String>,
    /// The sign-in page lists the pool's users, and a click on one stands for the password. For development.
    pub user_list: bool,
    /// CustomEmailSender and CustomSMSSender get codes and temporary passwords as they are, where AWS encrypts them.
    pub plain_codes: bool,
    /// What threat protection knows of passwords and addresses.
    pub threat: Knowledge,
    /// Panics when an operation answers with an exception that the model does not list for it. For tests.
    pub strict: bool,
}

/// The service. A clone is the same service.
#[derive(Clone)]
pub struct App(pub(crate) Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) store: Store,
    pub(crate) ports: Ports,
    pub(crate) settings: Settings,
    pub(crate) keys: PoolKeysCache,
    pub(crate) remote_keys: RemoteKeys,
    pub(crate) tokens: VerifiedTokens,
    pub(crate) proofs: Proofs,
    pub(crate) hashing: Hashing,
    pub(crate) outbox: Outbox,
    /// Wakes who does import jobs.
    pub(crate) imports: Notify,
    pub(crate) recorder: Recorder,
    pub(crate) installation: Installation,
    pub(crate) clock: Arc<ServiceClock>,
}

impl App {
    /// Opens the service on a store; a new store gets the secrets of the installation.
    ///
    /// # Errors
    /// [`ApiError`](crate::ApiError) if the store fails.
    pub async fn open(store: Store, ports: Ports, settings: Settings) -> Reply<Self> {
        let clock = Arc::new(ServiceClock::load(&store, Arc::clone(&ports.clock)).await?);
        let ports = Ports { clock: Arc::clone(&clock) as Arc<dyn Clock>, ..ports };
        let installation = Installation::load(&store, &ports).await?;
        let proofs = Proofs::new(&*ports.rng);
        let mut name = [0; 6];
        ports.rng.fill(&mut name);
        let Ports { triggers, clock: now, .. } = ports.clone();
        let recorder = Recorder::new(triggers, store.clone(), now, name);
        let ports = Ports { triggers: Arc::new(recorder.clone()), ..ports };
        Ok(Self(Arc::new(Inner {
            store,
            ports,
            settings,
            keys: PoolKeysCache::default(),
            remote_keys: RemoteKeys::default(),
            tokens: VerifiedTokens::default(),
            proofs,
            hashing: Hashing::default(),
            outbox: Outbox::default(),
            imports: Notify::new(),
            recorder,
            installation,
            clock,
        })))
    }

    /// Calls an operation by name with a JSON body. The answer is the body of the 200; empty where the model has
    /// no output shape.
    ///
    /// # Errors
    /// [`ApiError`](crate::ApiError), with its HTTP status and text.
    pub async fn call(&self, call: Call<'_>) -> Reply<Vec<u8>> {
        call::call(&self.0, call).await
    }

    /// Calls an operation by its type: validated and authenticated as by [`App::call`].
    ///
    /// # Errors
    /// [`ApiError`](crate::ApiError)
    pub async fn invoke<O: cognito_api::Operation>(
        &self,
        caller: Caller,
        input: &O::Input,
    ) -> Reply<O::Output> {
        call::invoke::<O>(&self.0, caller, input).await
    }

    /// The JWKS of a pool as JSON text; `None` if there is no such pool.
    ///
    /// # Errors
    /// [`ApiError`](crate::ApiError) if the store fails.
    pub async fn jwks(&self, pool_id: &str) -> Reply<Option<Arc<str>>> {
        let now = self.0.now().await?;
        Ok(self.0.pool_keys(pool_id, now).await?.map(|keys| Arc::clone(&keys.jwks)))
    }

    /// The discovery document of a pool as JSON text (OpenID Connect Discovery 1.0, section 3); `None` if there is
    /// no such pool.
    ///
    /// # Errors
    /// [`ApiError`](crate::ApiError) if the store fails.
    pub async fn discovery(&self, site: &Site, pool_id: &str) -> Reply<Option<String>> {
        let pool = self.0.store.get::<cognito_core::pool::Pool>(pool_id, self.0.now().await?).await?;
        Ok(pool.map(|pool| discovery(site, &pool).to_string()))
    }

    /// A style sheet or a picture of the login pages of a client, by its name; `None` if there is none.
    ///
    /// # Errors
    /// [`ApiError`](crate::ApiError) if the store fails.
    pub async fn look_file(&self, client_id: &str, name: &str) -> Reply<Option<LookFile>> {
        looks::file(&mut self.0.store.read(self.0.now().await?), client_id, name).await
    }

    /// Takes the file of an import job from whoever has its link, piece by piece until `next` gives none.
    ///
    /// # Errors
    /// [`ApiError`](crate::ApiError) if the link is not good, or the file cannot be one; or what `next` gives.
    pub async fn upload<B: AsRef<[u8]>>(
        &self,
        path: UploadPath<'_>,
        next: impl AsyncFnMut() -> Reply<Option<B>>,
    ) -> Reply<()> {
        upload::take(&self.0, path, next).await
    }

    /// The messages that would have been sent, newest first, as JSON text. Without any it waits for one.
    ///
    /// # Errors
    /// [`ApiError`](crate::ApiError) if the store fails.
    pub async fn messages(&self, query: &MessageQuery, wait: Duration) -> Reply<String> {
        outbox::messages(&self.0, query, wait).await
    }

    /// The calls of Lambda functions, newest first, as JSON text. Without any it waits for one.
    ///
    /// # Errors
    /// [`ApiError`](crate::ApiError) if the store fails.
    pub async fn trigger_calls(&self, query: &TriggerQuery, wait: Duration) -> Reply<String> {
        self.0.recorder.calls(query, wait).await
    }

    /// Gives a function an event that is no pool's, and gives back the JSON that it answers. The function goes on when
    /// the caller goes away. The call is not recorded: such events hold the tokens of callers.
    ///
    /// # Errors
    /// [`InvokeError`]
    pub async fn call_function(
        &self,
        arn: String,
        event: Value,
        patience: Duration,
    ) -> Result<Value, InvokeError> {
        let functions = Arc::clone(self.0.recorder.functions());
        let call = tokio::spawn(async move { functions.invoke(&arn, &event, patience).await });
        let answer =
            call.await.unwrap_or_else(|_| Err(InvokeError::Failed("ServiceException".to_owned())))?;
        answer.ok_or_else(|| InvokeError::Failed("ResourceNotFoundException".to_owned()))
    }

    /// The store, for a front end with entities of its own.
    pub fn store(&self) -> &Store {
        &self.0.store
    }

    /// Random words.
    pub fn words<const N: usize>(&self) -> [u64; N] {
        std::array::from_fn(|_| {
            let mut bytes = [0; 8];
            self.0.ports.rng.fill(&mut bytes);
            u64::from_le_bytes(bytes)
        })
    }

    /// The token for the page after a cursor. `list` names the list with all that it depends on.
    ///
    /// # Errors
    /// [`ApiError`](crate::ApiError) if it cannot be made.
    pub fn page_token(&self, list: &[&str], now: Time, cursor: Option<Cursor>) -> Reply<Option<String>> {
        pages::sealed(&self.0, list, now, cursor)
    }

    /// The cursor of a token.
    ///
    /// # Errors
    /// [`ApiError`](crate::ApiError) if it is not the token of a page of this list, or too old.
    pub fn page_cursor(&self, list: &[&str], now: Time, token: Option<&str>) -> Reply<Option<Cursor>> {
        pages::opened(&self.0, list, now, token)
    }

    /// Whether the store answers.
    ///
    /// # Errors
    /// [`ApiError`](crate::ApiError) if it does not.
    pub async fn ready(&self) -> Reply<()> {
        self.0.store.counter("ready").await?;
        Ok(())
    }

    /// Deletes what has expired. To be called every minute or so.
    ///
    /// # Errors
    /// [`ApiError`](crate::ApiError) if the store fails.
    pub async fn sweep(&self) -> Reply<()> {
        self.0.store.sweep(self.0.now().await?).await?;
        Ok(())
    }

    /// Does the import jobs that were started, also those that another process left. To be called at the start, after
    /// each [`App::import_called`], and every minute or so; it may take long, and may be dropped: the next call goes on.
    ///
    /// # Errors
    /// [`ApiError`](crate::ApiError) if the store fails.
    pub async fn import_users(&self) -> Reply<()> {
        work::all(&self.0).await
    }

    /// Waits until there is something to do for [`App::import_users`].
    pub async fn import_called(&self) {
        self.0.imports.notified().await;
    }

    /// What the service's clock says.
    ///
    /// # Errors
    /// [`ApiError`](crate::ApiError) if the store fails.
    pub async fn now(&self) -> Reply<Time> {
        self.0.now().await
    }

    /// The clock as JSON text: what it says, how far it is ahead of the system's, and whether it stands still.
    ///
    /// # Errors
    /// [`ApiError`](crate::ApiError) if the store fails.
    pub async fn clock(&self) -> Reply<String> {
        self.0.clock.show(&self.0.store).await
    }

    /// Changes the clock as a JSON object says (`{"advance_seconds": 3600}`, `{"freeze": true}`, a moment to freeze at,
    /// `{"freeze": false}` or `{"reset": true}`), and gives what [`App::clock`] gives then. Every replica has the change
    /// when it returns.
    ///
    /// # Errors
    /// [`ApiError`](crate::ApiError) if the object says something else.
    pub async fn change_clock(&self, change: &[u8]) -> Reply<String> {
        self.0.clock.change(&self.0.store, clock::parse(change)?).await?;
        self.clock().await
    }
}

impl Inner {
    pub(crate) async fn ctx<'a>(&'a self, caller: &'a Caller) -> Reply<Ctx<'a>> {
        Ok(Ctx::new(self, caller, self.now().await?))
    }

    /// The present moment, also if another replica has moved the clock.
    pub(crate) async fn now(&self) -> Reply<Time> {
        self.clock.refresh(&self.store).await?;
        Ok(self.clock.now())
    }
}

fn discovery(site: &Site, pool: &cognito_core::pool::Pool) -> serde_json::Value {
    let pool_id = &pool.id;
    let mut document = json!({
        "issuer": site.issuer(pool_id),
        "authorization_endpoint": site.endpoint("/oauth2/authorize"),
        "token_endpoint": site.endpoint("/oauth2/token"),
        "userinfo_endpoint": site.endpoint("/oauth2/userInfo"),
        "revocation_endpoint": site.endpoint("/oauth2/revoke"),
        "end_session_endpoint": site.endpoint("/logout"),
        "jwks_uri": site.jwks_uri(pool_id),
        "response_types_supported": ["code", "token"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "scopes_supported": ["openid", "email", "phone", "profile"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post", "none"],
        "code_challenge_methods_supported": ["S256"],
        "claims_supported": [
            "sub", "iss", "aud", "exp", "iat", "auth_time", "nonce", "at_hash", "token_use", "origin_jti", "event_id",
            "cognito:username", "cognito:groups", "cognito:roles", "cognito:preferred_role", "name", "given_name",
            "family_name", "middle_name", "nickname", "preferred_username", "profile", "picture", "website", "email",
            "email_verified", "gender", "birthdate", "zoneinfo", "locale", "phone_number", "phone_number_verified",
            "address", "updated_at", "acr", "amr"
        ],
    });
    if pool.settings.has(Feature::StepUp) {
        let names = level_names(pool.settings.acr_configuration.as_ref());
        let names: Vec<_> = names.into_values().map(|name| name.acr_value).collect();
        document["acr_values_supported"] = json!(names);
    }
    if pool.settings.registration().is_some() {
        // On the plain host nothing else says which pool it is.
        let query = if site.domain.is_some() { String::new() } else { format!("?user_pool_id={pool_id}") };
        document["registration_endpoint"] = json!(site.endpoint(&format!("/oauth2/register{query}")));
    }
    document
}
