//! Identity providers on the network.

use std::time::Duration;

use async_trait::async_trait;
use outbound::{Client, Guard, Request};

use crate::ports::{IdpAnswer, IdpClient, IdpError, IdpMethod, IdpRequest};

/// How long an identity provider may take for an answer.
const TIMEOUT: Duration = Duration::from_secs(5);

/// How large an answer may be: metadata of SAML federations are the largest.
const LONGEST: usize = 4 * 1024 * 1024;

/// Identity providers behind a guard.
#[derive(Clone)]
pub struct HttpIdps(Client);

impl HttpIdps {
    /// Providers that the guard lets through.
    pub fn new(guard: Guard) -> Self {
        Self(Client::new(guard))
    }
}

#[async_trait]
impl IdpClient for HttpIdps {
    async fn send(&self, request: IdpRequest) -> Result<IdpAnswer, IdpError> {
        let IdpRequest { method, url, bearer, form, limit } = request;
        let mut headers =
            vec![("accept".to_owned(), "application/json, application/xml;q=0.9, */*;q=0.8".into())];
        headers.extend(bearer.map(|token| ("authorization".to_owned(), format!("Bearer {token}").into())));
        let mut body = String::new();
        for (name, value) in &form {
            cognito_core::oauth::parameters::push(&mut body, name, value);
        }
        if method == IdpMethod::Post {
            headers.push(("content-type".to_owned(), "application/x-www-form-urlencoded".into()));
        }
        let method = match method {
            IdpMethod::Get => "GET",
            IdpMethod::Post => "POST",
        };
        let request = Request {
            method: method.to_owned(),
            url,
            headers,
            body: body.into(),
            timeout: TIMEOUT,
            limit: limit.map_or(LONGEST, |limit| limit.min(LONGEST)),
        };
        let response = self.0.send(request).await.map_err(|failure| IdpError(failure.to_string()))?;
        Ok(IdpAnswer { status: response.status, body: response.body.into() })
    }
}
