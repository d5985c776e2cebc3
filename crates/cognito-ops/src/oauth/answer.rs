//! What an endpoint answers, without HTTP.

use serde_json::Value;

use crate::managed_login::page::{Language, Page};

/// The answer to a [`Visit`](super::Visit).
#[derive(Debug)]
pub struct Answer {
    /// What it is.
    pub content: Content,
    /// Cookies that are set or taken away.
    pub cookies: Vec<Cookie>,
}

/// What is answered.
#[derive(Debug)]
pub enum Content {
    /// A redirect to a page of ours: path without the slash, and query.
    Ours(String),
    /// A redirect to the app or to an identity provider.
    Away(String),
    /// A form that the browser posts at once: how SAML carries messages.
    Post {
        /// The language of its button.
        language: Language,
        /// Where to.
        action: String,
        /// What is in it.
        fields: Vec<(&'static str, String)>,
    },
    /// A page.
    Page {
        /// The HTTP status.
        status: u16,
        /// The page.
        page: Box<Page>,
    },
    /// JSON for an app.
    Json {
        /// The HTTP status.
        status: u16,
        /// The body.
        body: Value,
    },
    /// Nothing but the status, and what `WWW-Authenticate` says.
    Empty {
        /// The HTTP status.
        status: u16,
        /// `WWW-Authenticate`
        challenge: Option<&'static str>,
    },
}

/// A cookie of this host, which no script reads.
#[derive(Debug, PartialEq, Eq)]
pub struct Cookie {
    /// Its name, which has the pool's id in it: the ports of a host share their cookies.
    pub name: String,
    /// Its value; `None` takes it away.
    pub value: Option<String>,
}

impl From<Content> for Answer {
    fn from(content: Content) -> Self {
        Self { content, cookies: Vec::new() }
    }
}

impl Answer {
    /// A page.
    pub(crate) fn page(status: u16, page: Page) -> Self {
        Content::Page { status, page: Box::new(page) }.into()
    }

    /// JSON for an app.
    pub(crate) fn json(status: u16, body: Value) -> Self {
        Content::Json { status, body }.into()
    }

    /// With these cookies besides.
    #[must_use]
    pub(crate) fn with(mut self, cookies: impl IntoIterator<Item = Cookie>) -> Self {
        self.cookies.extend(cookies);
        self
    }
}
