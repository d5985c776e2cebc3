//! The authorization request: an ordered table of small steps.
//!
//! A [`Draft`] can only be refused with a page. The check of the redirect URI consumes it and gives a [`Trusted`], whose
//! steps may be refused by a redirect: to send a browser to a URI that nobody registered does not compile.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::grant::Granted;
use super::parameters::{Parameters, Repeated};
use super::redirect::{self, Place};
use crate::client::Client;
use crate::time::{Span, Time};

mod steps;

use steps::STEPS;

/// The longest request, in bytes: four times the longest URL that CloudFront takes. It is kept while a browser signs in,
/// and everybody can make one.
const LONGEST: usize = 32 * 1024;

/// What an app asks for, once it is known to be in order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AuthorizationRequest {
    /// The client.
    pub client_id: String,
    /// One of its callback URLs.
    pub redirect_uri: String,
    /// What it wants.
    pub response: Response,
    /// What is granted with a sign-in.
    pub granted: Granted,
    /// Given back as it is.
    pub state: Option<String>,
    /// For the ID token.
    pub nonce: Option<String>,
    /// The PKCE challenge.
    pub challenge: Option<String>,
    /// How well the user is to be authenticated: names of levels, the best first.
    pub acr_values: Option<String>,
    /// How many seconds ago the user may have signed in at most.
    pub max_age: Option<u32>,
    /// The name to begin with.
    pub login_hint: Option<String>,
    /// The language of the pages.
    pub lang: Option<String>,
    /// Which pages are shown.
    pub prompt: BTreeSet<Prompt>,
    /// The identity provider to go to at once.
    pub provider: Option<ProviderHint>,
    /// The request as it came, for the links of pages.
    pub query: String,
}

/// `response_type`
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Response {
    /// A code.
    Code,
    /// Tokens at once: the implicit flow.
    Token,
}

/// `prompt` (OpenID Connect Core 1.0, section 3.1.2.1)
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Prompt {
    /// No page at all.
    None,
    /// A new sign-in, whatever session there is.
    Login,
    /// The choice of an account.
    SelectAccount,
    /// Consent, which is the identity provider's business.
    Consent,
}

/// An identity provider as a request names it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ProviderHint {
    /// `identity_provider`: its name; `COGNITO` is the pool itself.
    Name(String),
    /// `idp_identifier`: one of its identifiers.
    Identifier(String),
}

/// What the answer to a refused request is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// A page of ours: there is no URI to trust.
    Page(PageError),
    /// A redirect to the app.
    Redirect(String),
}

/// What the page at `/error` is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PageError {
    /// The request contradicts itself.
    #[error("invalid_request")]
    InvalidRequest,
    /// The client is unknown, or the URI is not one of its own.
    #[error("redirect_mismatch")]
    RedirectMismatch,
}

/// Errors that an app is told (RFC 6749, section 4.1.2.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Denied {
    /// `invalid_request`
    InvalidRequest,
    /// `invalid_request` too, with the description `invalid_scope`, as AWS answers.
    InvalidScope,
    /// `unauthorized_client`
    UnauthorizedClient,
    /// `login_required`
    LoginRequired,
    /// `server_error`
    ServerError,
}

/// What the store knows about a request.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// The client's custom scopes that still exist.
    pub scopes: BTreeSet<String>,
    /// Whether `resource` is the identifier of a resource server.
    pub resource: bool,
    /// Whether the pages are the classic ones.
    pub classic: bool,
}

/// A request of which nothing is known but its client.
#[derive(Debug)]
pub struct Draft<'a> {
    parameters: &'a Parameters,
    client_id: &'a str,
}

/// A request whose redirect URI is the client's own.
#[derive(Debug)]
pub struct Trusted<'a> {
    parameters: &'a Parameters,
    client: &'a Client,
    request: AuthorizationRequest,
}

impl From<Repeated> for PageError {
    fn from(_: Repeated) -> Self {
        Self::InvalidRequest
    }
}

impl From<Repeated> for Denied {
    fn from(_: Repeated) -> Self {
        Self::InvalidRequest
    }
}

impl<'a> Draft<'a> {
    /// Begins with the parameters.
    ///
    /// # Errors
    /// [`PageError`]
    pub fn new(parameters: &'a Parameters) -> Result<Self, PageError> {
        let client_id = parameters.one("client_id")?.ok_or(PageError::InvalidRequest)?;
        Ok(Self { parameters, client_id })
    }

    /// The client that is to be looked up.
    pub fn client_id(&self) -> &'a str {
        self.client_id
    }

    /// The resource that is to be looked up.
    pub fn resource(&self) -> Option<&'a str> {
        self.parameters.one("resource").ok().flatten()
    }

    /// Whether it uses something that classic pages do not have.
    pub fn needs_managed_login(&self) -> bool {
        ["prompt", "resource"].iter().any(|name| self.parameters.field(name).is_some())
    }

    /// Trusts the redirect URI if it is letter by letter one of the client's callback URLs. A request without one means
    /// the client's default.
    ///
    /// # Errors
    /// [`PageError`]
    pub fn trust(self, client: &'a Client) -> Result<Trusted<'a>, PageError> {
        let default = client.settings.default_redirect_uri.as_deref();
        let uri = self.parameters.one("redirect_uri")?.or(default).ok_or(PageError::InvalidRequest)?;
        let callbacks = client.settings.callback_urls.as_deref().unwrap_or_default();
        if client.id != self.client_id || !callbacks.iter().any(|callback| callback == uri) {
            return Err(PageError::RedirectMismatch);
        }
        let query = self.parameters.encode();
        if query.len() > LONGEST {
            return Err(PageError::InvalidRequest);
        }
        let request = AuthorizationRequest {
            client_id: client.id.clone(),
            redirect_uri: uri.to_owned(),
            response: Response::Code,
            granted: Granted::default(),
            state: None,
            nonce: None,
            challenge: None,
            acr_values: None,
            max_age: None,
            login_hint: None,
            lang: None,
            prompt: BTreeSet::new(),
            provider: None,
            query,
        };
        Ok(Trusted { parameters: self.parameters, client, request })
    }
}

impl Trusted<'_> {
    /// Goes through the steps.
    ///
    /// # Errors
    /// Where the browser is sent with the error.
    pub fn check(mut self, facts: &Facts) -> Result<AuthorizationRequest, Refusal> {
        for step in STEPS {
            if let Err(denied) = step(&mut self, facts) {
                return Err(Refusal::Redirect(self.request.deny(denied, None)));
            }
        }
        Ok(self.request)
    }
}

impl Denied {
    fn members(self) -> (&'static str, Option<&'static str>) {
        match self {
            Self::InvalidRequest => ("invalid_request", None),
            Self::InvalidScope => ("invalid_request", Some("invalid_scope")),
            Self::UnauthorizedClient => ("unauthorized_client", None),
            Self::LoginRequired => ("login_required", None),
            Self::ServerError => ("server_error", None),
        }
    }
}

impl AuthorizationRequest {
    /// Where the browser goes with an error, in the order of members that AWS has. `description` stands for the error's
    /// own: what a function or an identity provider said.
    pub fn deny(&self, denied: Denied, description: Option<&str>) -> String {
        let (error, own) = denied.members();
        let description = description.or(own);
        let members =
            [("error_description", description), ("state", self.state.as_deref()), ("error", Some(error))];
        redirect::answer(&self.redirect_uri, self.place(), &members)
    }

    /// Where the browser goes with a code.
    pub fn with_code(&self, code: &str) -> String {
        let members = [("code", Some(code)), ("state", self.state.as_deref())];
        redirect::answer(&self.redirect_uri, Place::Query, &members)
    }

    /// Where the browser goes with tokens.
    pub fn with_tokens(&self, id: Option<&str>, access: &str, seconds: i32) -> String {
        let seconds = seconds.to_string();
        let members = [
            ("id_token", id),
            ("access_token", Some(access)),
            ("token_type", Some("bearer")),
            ("expires_in", Some(seconds.as_str())),
            ("state", self.state.as_deref()),
        ];
        redirect::answer(&self.redirect_uri, Place::Fragment, &members)
    }

    /// Whether a session of the browser that began then will do. A `max_age` of 0 asks for a new sign-in, as `prompt`
    /// may (OpenID Connect Core 1.0, section 3.1.2.1).
    pub fn takes_session(&self, auth_time: Time, now: Time) -> bool {
        let is_new = self.max_age.is_none_or(|age| age > 0 && now - auth_time <= Span::seconds(age.into()));
        is_new && !self.prompt.contains(&Prompt::Login) && !self.prompt.contains(&Prompt::SelectAccount)
    }

    fn place(&self) -> Place {
        match self.response {
            Response::Code => Place::Query,
            Response::Token => Place::Fragment,
        }
    }
}

#[cfg(test)]
mod tests;
