//! `Ctx`: what an operation works with.

use cognito_core::tracking::Activity;
use cognito_core::{Time, ids};
use cognito_store::{Store, StoreError, Txn};

use crate::app::Inner;
use crate::call::{Caller, Scope};
use crate::errors::{ApiError, Reply};

/// The region of callers who do not name one.
const REGION: &str = "us-east-1";

/// One call's view of the service.
#[derive(Clone, Copy)]
pub(crate) struct Ctx<'a> {
    app: &'a Inner,
    caller: &'a Caller,
    now: Time,
}

impl<'a> Ctx<'a> {
    pub(crate) fn new(app: &'a Inner, caller: &'a Caller, now: Time) -> Self {
        Self { app, caller, now }
    }

    /// The moment of the call; the same during the whole of it.
    pub(crate) fn now(&self) -> Time {
        self.now
    }

    /// What the clocks of clients say, wherever ours was moved: for what they stamp or compute with them.
    pub(crate) fn client_now(&self) -> Time {
        self.app.clock.system_now()
    }

    pub(crate) fn app(&self) -> &'a Inner {
        self.app
    }

    pub(crate) fn caller(&self) -> &'a Caller {
        self.caller
    }

    pub(crate) fn store(&self) -> &'a Store {
        &self.app.store
    }

    /// Account and region of the caller. Operations that need them are IAM operations, and so signed.
    pub(crate) fn scope(&self) -> Scope {
        let default = || Scope { account: "000000000000".to_owned(), region: REGION.to_owned() };
        self.caller.scope.clone().unwrap_or_else(default)
    }

    /// The Region that was called, if the caller says one: that of the signature, else that in the name of the endpoint.
    pub(crate) fn region(&self) -> Option<&'a str> {
        let signed_for = self.caller.scope.as_ref().map(|scope| &scope.region);
        signed_for.or(self.caller.region.as_ref()).map(|region| ids::pool_region(region))
    }

    /// The address of the caller.
    pub(crate) fn source_ip(&self) -> Option<&'a str> {
        self.caller.source_ip.as_deref()
    }

    /// Whether the call was signed with AWS credentials.
    pub(crate) fn is_signed(&self) -> bool {
        self.caller.scope.is_some()
    }

    /// The `iss` of a pool's tokens, as this caller sees the service.
    pub(crate) fn issuer(&self, pool_id: &str) -> String {
        self.caller.site.issuer(pool_id)
    }

    /// The URL of a path of ours, as this caller sees the service.
    pub(crate) fn endpoint(&self, path: &str) -> String {
        self.caller.site.endpoint(path)
    }

    /// What the caller does now, as sessions remember it.
    pub(crate) fn activity(&self) -> Activity {
        Activity::new(self.now, self.caller.source_ip.as_deref(), self.caller.user_agent.as_deref())
    }

    /// A transaction that is only read.
    pub(crate) fn read(&self) -> Txn {
        self.app.store.read(self.now)
    }

    /// The only way to write. The closure may run twice: no trigger, mail or token inside it.
    ///
    /// Who loses a race for a unique name looks again, and finds the winner: so the closure's own error is answered.
    pub(crate) async fn write<T, F>(&self, f: F) -> Reply<T>
    where
        F: AsyncFn(&mut Txn) -> Reply<T>,
    {
        match self.app.store.write(self.now, &f).await {
            Err(error) if lost_a_name(&error) => self.app.store.write(self.now, f).await,
            answer => answer,
        }
    }

    /// Random bytes.
    pub(crate) fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.app.ports.rng.fill(&mut bytes);
        bytes
    }

    /// Random words.
    pub(crate) fn words<const N: usize>(&self) -> [u64; N] {
        std::array::from_fn(|_| u64::from_le_bytes(self.bytes()))
    }

    /// A random UUID.
    pub(crate) fn uuid(&self) -> String {
        ids::uuid(self.bytes())
    }

    /// A confirmation code of six digits, or the configured one.
    pub(crate) fn code(&self) -> String {
        self.app.settings.fixed_code.clone().unwrap_or_else(|| ids::digits(&self.words::<6>()))
    }

    /// A code for a sign-in, of eight digits, or the configured one.
    pub(crate) fn sign_in_code(&self) -> String {
        self.app.settings.fixed_code.clone().unwrap_or_else(|| ids::digits(&self.words::<8>()))
    }

    /// Runs what takes long and never waits (a key generation) where it does not hold up other calls.
    pub(crate) async fn blocking<T: Send + 'static>(
        &self,
        f: impl FnOnce() -> T + Send + 'static,
    ) -> Reply<T> {
        tokio::task::spawn_blocking(f).await.map_err(|error| ApiError::internal().because(error))
    }
}

/// Whether the commit found a unique name taken that the closure found free.
fn lost_a_name(error: &ApiError) -> bool {
    let cause = std::error::Error::source(error).and_then(|cause| cause.downcast_ref::<StoreError>());
    matches!(cause, Some(StoreError::Taken { .. }))
}

/// The conversion that [`Ctx::write`] needs, spelled out so that a missing one is found here.
const _: fn(StoreError) -> ApiError = ApiError::from;
