//! A request to an endpoint, without HTTP.

use std::collections::BTreeMap;

use cognito_core::oauth::{Parameters, interaction};

use super::domain::CalledDomain;
use crate::call::Caller;

/// A request of a browser or an app. It does not print: cookies and `Authorization` are secrets.
#[derive(Clone)]
pub struct Visit {
    /// Who calls.
    pub caller: Caller,
    /// The domain that was called; on the plain host the client says which pool it is.
    pub domain: Option<CalledDomain>,
    /// The query.
    pub query: Parameters,
    /// The body of a `POST`.
    pub body: Body,
    /// The cookies.
    pub cookies: BTreeMap<String, String>,
    /// `Authorization`
    pub authorization: Option<String>,
    /// `Accept`
    pub accept: Option<String>,
    /// `Accept-Language`
    pub languages: Option<String>,
}

/// The body of a request.
#[derive(Clone, Debug)]
pub enum Body {
    /// There is none: it is a `GET`.
    None,
    /// A form.
    Form(Parameters),
    /// JSON.
    Json(Vec<u8>),
    /// Something else.
    Other,
}

impl Visit {
    /// The pool whose domain was called.
    pub(crate) fn pool_id(&self) -> Option<&str> {
        self.domain.as_ref().map(|domain| domain.pool_id.as_str())
    }

    /// The name of what this tab is in the middle of.
    pub(crate) fn interaction(&self) -> Option<&str> {
        self.query.one(interaction::PARAMETER).ok().flatten()
    }

    /// The access token in the header (RFC 6750, section 2.1).
    pub(crate) fn bearer(&self) -> Option<&str> {
        let (scheme, token) = self.authorization.as_deref()?.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
    }

    /// Whether a page is asked for: browsers name its type, and programs that take anything do not.
    pub(crate) fn wants_page(&self) -> bool {
        let ranges = self.accept.as_deref().unwrap_or_default().split(',');
        ranges
            .filter_map(|range| range.split(';').next())
            .any(|kind| kind.trim().eq_ignore_ascii_case("text/html"))
    }

    /// The form that was posted.
    pub(crate) fn form(&self) -> Option<&Parameters> {
        match &self.body {
            Body::Form(form) => Some(form),
            Body::None | Body::Json(_) | Body::Other => None,
        }
    }
}
