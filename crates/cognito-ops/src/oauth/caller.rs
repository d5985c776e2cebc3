//! The app that calls an endpoint: who it is, and how it is refused.

use std::sync::Arc;

use cognito_core::client::Client;
use cognito_core::oauth::Parameters;
use cognito_core::oauth::token::{Credentials, TokenError};
use cognito_core::pool::Pool;
use serde_json::json;

use super::answer::Answer;
use super::authorize;
use super::visit::Visit;
use crate::prelude::*;
use crate::service::secret_hash;

/// Why an app gets no tokens.
#[derive(Debug)]
pub(super) enum Refused {
    /// By a rule of OAuth, with a description in some cases.
    Error(TokenError, Option<String>),
    /// Something failed in here.
    Failed(ApiError),
}

impl From<TokenError> for Refused {
    fn from(error: TokenError) -> Self {
        Self::Error(error, None)
    }
}

/// Errors of functions are the app's to see; AWS's words for them at this endpoint are not documented.
impl From<ApiError> for Refused {
    fn from(error: ApiError) -> Self {
        match error.status() {
            500.. => Self::Failed(error),
            _ => Self::Error(TokenError::InvalidGrant, Some(error.message().to_owned())),
        }
    }
}

impl From<cognito_store::StoreError> for Refused {
    fn from(error: cognito_store::StoreError) -> Self {
        Self::Failed(error.into())
    }
}

impl Refused {
    /// The answer; `status` is what the endpoint gives.
    pub(super) fn answer(self, status: u16) -> Reply<Answer> {
        match self {
            Self::Error(error, None) => Ok(Answer::json(status, json!({ "error": error.to_string() }))),
            Self::Error(error, Some(description)) => {
                let body = json!({ "error": error.to_string(), "error_description": description });
                Ok(Answer::json(status, body))
            }
            Self::Failed(error) => Err(error),
        }
    }
}

/// The client that calls, its secret checked. A client that is not there is like one with a wrong secret, but for the
/// description that AWS gives in the second case ([FIELD]).
pub(super) async fn client(
    ctx: &Ctx<'_>,
    visit: &Visit,
    form: &Parameters,
) -> Result<(Arc<Pool>, Arc<Client>), Refused> {
    let credentials = Credentials::read(visit.authorization.as_deref(), form)?;
    let found = authorize::client(&mut ctx.read(), visit.pool_id(), &credentials.client_id).await?;
    let (pool, client) = found.ok_or(TokenError::InvalidClient)?;
    if !secret_hash::has_plain_secret(&client, credentials.secret.as_deref()) {
        let description = "invalid_client_secret".to_owned();
        return Err(Refused::Error(TokenError::InvalidClient, Some(description)));
    }
    Ok((pool, client))
}
