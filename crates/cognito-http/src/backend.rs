//! What HTTP asks of the service behind it: the application, or a fake in the tests of the protocol.

use std::sync::Arc;
use std::time::Duration;

use actix_web::web::Bytes;
use apigateway::invoke::{self, Gateway, Refusal};
use apigateway::manage;
use cognito_ops::{
    Answer, ApiError, App, Call, CalledDomain, Endpoint, LookFile, MessageQuery, Site, TriggerQuery,
    UploadPath, Visit,
};

/// The service behind HTTP. Futures stay on the worker's thread, so they need not be `Send`.
pub(crate) trait Backend: Clone + Send + Sync + 'static {
    /// Performs an operation. The answer is the body; empty if the operation has no output.
    async fn call(&self, call: Call<'_>) -> Result<Vec<u8>, ApiError>;
    /// Performs an operation of the management API of HTTP APIs.
    async fn manage(&self, call: manage::Call<'_>) -> Result<manage::Answer, ApiError>;
    /// Answers a call of an HTTP API. `unread` is why it could not be read to its end.
    async fn invoke(&self, call: invoke::Call, unread: Option<Refusal>) -> invoke::Answer;
    /// What an authorizer would answer; question and answer are JSON.
    async fn verdict(&self, site: &Site, question: &[u8]) -> Result<String, ApiError>;
    /// The pool's JWKS as JSON.
    async fn jwks(&self, pool_id: &str) -> Result<Option<Arc<str>>, ApiError>;
    /// The pool's discovery document as JSON.
    async fn discovery(&self, site: &Site, pool_id: &str) -> Result<Option<String>, ApiError>;
    /// A style sheet or a picture of the login pages of a client.
    async fn look_file(&self, client_id: &str, name: &str) -> Result<Option<LookFile>, ApiError>;
    /// Takes the file of an import job, piece by piece until `next` gives none.
    async fn upload(
        &self,
        path: UploadPath<'_>,
        next: impl AsyncFnMut() -> Result<Option<Bytes>, ApiError>,
    ) -> Result<(), ApiError>;
    /// The kept messages as a JSON array, newest first; waits for one if there is none.
    async fn messages(&self, query: &MessageQuery, wait: Duration) -> Result<String, ApiError>;
    /// The recorded calls of functions as a JSON array, newest first; waits for one if there is none.
    async fn trigger_calls(&self, query: &TriggerQuery, wait: Duration) -> Result<String, ApiError>;
    /// The clock as JSON.
    async fn clock(&self) -> Result<String, ApiError>;
    /// Changes the clock, and gives it as JSON.
    async fn change_clock(&self, change: &[u8]) -> Result<String, ApiError>;
    /// The domain of this name.
    async fn domain(&self, name: &str) -> Result<Option<CalledDomain>, ApiError>;
    /// Answers a request to an endpoint of a pool.
    async fn visit(&self, endpoint: Endpoint, visit: Visit) -> Result<Answer, ApiError>;
    /// Whether requests can be served.
    async fn ready(&self) -> Result<(), ApiError>;
}

impl Backend for Gateway {
    async fn call(&self, call: Call<'_>) -> Result<Vec<u8>, ApiError> {
        App::call(self.app(), call).await
    }

    async fn manage(&self, call: manage::Call<'_>) -> Result<manage::Answer, ApiError> {
        manage::call(self.app(), call).await
    }

    async fn invoke(&self, call: invoke::Call, unread: Option<Refusal>) -> invoke::Answer {
        match unread {
            Some(refusal) => invoke::refuse(self, call, refusal).await,
            None => invoke::invoke(self, call).await,
        }
    }

    async fn verdict(&self, site: &Site, question: &[u8]) -> Result<String, ApiError> {
        invoke::verdict(self.app(), site, question).await
    }

    async fn jwks(&self, pool_id: &str) -> Result<Option<Arc<str>>, ApiError> {
        App::jwks(self.app(), pool_id).await
    }

    async fn discovery(&self, site: &Site, pool_id: &str) -> Result<Option<String>, ApiError> {
        App::discovery(self.app(), site, pool_id).await
    }

    async fn look_file(&self, client_id: &str, name: &str) -> Result<Option<LookFile>, ApiError> {
        App::look_file(self.app(), client_id, name).await
    }

    async fn upload(
        &self,
        path: UploadPath<'_>,
        next: impl AsyncFnMut() -> Result<Option<Bytes>, ApiError>,
    ) -> Result<(), ApiError> {
        App::upload(self.app(), path, next).await
    }

    async fn messages(&self, query: &MessageQuery, wait: Duration) -> Result<String, ApiError> {
        App::messages(self.app(), query, wait).await
    }

    async fn trigger_calls(&self, query: &TriggerQuery, wait: Duration) -> Result<String, ApiError> {
        App::trigger_calls(self.app(), query, wait).await
    }

    async fn clock(&self) -> Result<String, ApiError> {
        App::clock(self.app()).await
    }

    async fn change_clock(&self, change: &[u8]) -> Result<String, ApiError> {
        App::change_clock(self.app(), change).await
    }

    async fn domain(&self, name: &str) -> Result<Option<CalledDomain>, ApiError> {
        App::domain(self.app(), name).await
    }

    async fn visit(&self, endpoint: Endpoint, visit: Visit) -> Result<Answer, ApiError> {
        App::visit(self.app(), endpoint, visit).await
    }

    async fn ready(&self) -> Result<(), ApiError> {
        App::ready(self.app()).await
    }
}
