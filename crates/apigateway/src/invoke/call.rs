//! What is called, what is answered, and what is refused.

use std::net::IpAddr;
use std::sync::Arc;

use bytes::Bytes;
use cognito_core::Time;
use cognito_ops::Site;
use futures_util::stream::BoxStream;
use serde_json::{Map, Value};

use crate::model::{Api, Deployment, Route, Stage};

/// Headers in their order, with names in lower case. A name may come several times, and a value need not be text.
pub type Headers = Vec<(String, Bytes)>;

/// The parts of a path that a route has names for, percent-encoded as they came.
pub type PathParameters = Vec<(String, String)>;

/// A request to an API, as it came.
#[derive(Clone, Debug)]
pub struct Call {
    /// The API.
    pub api_id: String,
    /// The region that its host names, if it names one.
    pub region: Option<String>,
    /// `GET`, `POST`... in the case that was sent.
    pub method: String,
    /// The path with the stage if one was named, percent-encoded as it came. It begins with `/`.
    pub raw_path: String,
    /// The query without its `?`, percent-encoded as it came; `None` if there was no `?`.
    pub query: Option<String>,
    /// The headers, without those of the connection.
    pub headers: Headers,
    /// The body, as it was sent.
    pub body: Bytes,
    /// Who called.
    pub source_ip: Option<IpAddr>,
    /// `HTTP/1.1`.
    pub protocol: &'static str,
    /// The host that was called, with its port.
    pub host: String,
    /// This service as the issuer of tokens.
    pub site: Site,
    /// The id that the answer, the function and the log bear.
    pub request_id: String,
}

impl Call {
    /// The values of a header, whose name is given in lower case.
    pub fn header<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Bytes> {
        values(&self.headers, name)
    }
}

/// The values of a header, whose name is given in lower case.
pub fn values<'a>(headers: &'a Headers, name: &'a str) -> impl Iterator<Item = &'a Bytes> {
    headers.iter().filter(move |(found, _)| found == name).map(|(_, value)| value)
}

/// An answer.
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: Headers,
    /// The body.
    pub body: Body,
}

impl Answer {
    /// Puts a header in the place of all of its name, which is given in lower case.
    pub fn set(&mut self, name: &str, value: impl Into<Bytes>) {
        self.headers.retain(|(found, _)| found != name);
        self.headers.push((name.to_owned(), value.into()));
    }
}

/// The body of an answer.
pub enum Body {
    /// All of it.
    Whole(Bytes),
    /// As it comes.
    Stream(BoxStream<'static, Result<Bytes, outbound::Failure>>),
}

/// Why a call gets no answer of its integration. The words are the gateway's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The status.
    pub status: u16,
    /// What the body says.
    pub message: &'static str,
    /// The header `www-authenticate`.
    pub challenge: Option<String>,
    /// `$context.authorizer.error`: for the access log alone.
    pub authorizer_error: Option<String>,
    /// `$context.integrationErrorMessage`: for the access log alone.
    pub integration_error: Option<String>,
}

impl Refusal {
    const fn new(status: u16, message: &'static str) -> Self {
        Self { status, message, challenge: None, authorizer_error: None, integration_error: None }
    }

    /// Nothing is there.
    pub fn not_found() -> Self {
        Self::new(404, "Not Found")
    }

    /// There is no token that passes. `error` is for the log.
    pub fn unauthorized(challenge: impl Into<String>, error: impl Into<String>) -> Self {
        Self {
            challenge: Some(challenge.into()),
            authorizer_error: Some(error.into()),
            ..Self::new(401, "Unauthorized")
        }
    }

    /// The token has not the scope that it takes. `error` is for the log.
    pub fn forbidden(challenge: impl Into<String>, error: impl Into<String>) -> Self {
        Self {
            challenge: Some(challenge.into()),
            authorizer_error: Some(error.into()),
            ..Self::new(403, "Forbidden")
        }
    }

    /// The body has more bytes than the gateway takes.
    pub fn too_large() -> Self {
        Self::new(413, "Request Entity Too Large")
    }

    /// The body did not come in time. The text is unverified.
    pub fn timeout() -> Self {
        Self::new(408, "Request Timeout")
    }

    /// The request cannot be read. The text is unverified.
    pub fn bad_request() -> Self {
        Self::new(400, "Bad Request")
    }

    /// Something of the gateway or its integration is wrong. `error` is for the log.
    pub fn internal(error: impl Into<String>) -> Self {
        Self { integration_error: Some(error.into()), ..Self::new(500, "Internal Server Error") }
    }

    /// The integration cannot be reached, or took too long. `error` is for the log.
    pub fn unavailable(error: impl Into<String>) -> Self {
        Self { integration_error: Some(error.into()), ..Self::new(503, "Service Unavailable") }
    }

    /// The integration took too long. `error` is for the log.
    pub fn gateway_timeout(error: impl Into<String>) -> Self {
        Self { integration_error: Some(error.into()), ..Self::new(504, "Gateway Timeout") }
    }

    /// What awsemu does not do yet. Our own.
    pub fn not_offered() -> Self {
        Self::new(501, "Not Implemented")
    }
}

impl From<&Refusal> for Answer {
    fn from(refusal: &Refusal) -> Self {
        let body = format!(r#"{{"message":"{}"}}"#, refusal.message);
        let mut headers = vec![("content-type".to_owned(), Bytes::from_static(b"application/json"))];
        headers.extend(
            refusal.challenge.clone().map(|challenge| ("www-authenticate".to_owned(), challenge.into())),
        );
        Self { status: refusal.status, headers, body: Body::Whole(body.into()) }
    }
}

/// Where a call leads: what an API serves.
#[derive(Clone, Debug)]
pub struct Place {
    /// The API.
    pub api: Arc<Api>,
    /// The stage.
    pub stage: Arc<Stage>,
    /// What the stage serves.
    pub deployment: Arc<Deployment>,
    /// The path behind the stage, percent-encoded as it came. It begins with `/`.
    pub path: String,
    /// The moment of the call.
    pub now: Time,
}

/// A call with its place, its route and its claims: what integrations, mappings and logs see of it.
#[derive(Clone, Debug)]
pub struct Matched<'a> {
    /// The call.
    pub call: &'a Call,
    /// Where it leads.
    pub place: &'a Place,
    /// The route that takes it.
    pub route: &'a Route,
    /// The parts of the path that the route has names for.
    pub path_parameters: PathParameters,
    /// The claims of the caller's token, if the route wants one.
    pub claims: Option<Claims>,
}

/// What a token that passed says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Claims {
    /// Its claims, as they stand in it.
    pub claims: Map<String, Value>,
    /// All of its scopes, if the route wants one.
    pub scopes: Option<Vec<String>>,
}

#[cfg(test)]
pub(crate) mod testing {
    use super::*;

    /// A call without headers and body.
    pub(crate) fn call(method: &str, path: &str) -> Call {
        Call {
            api_id: "api".to_owned(),
            region: None,
            method: method.to_owned(),
            raw_path: path.to_owned(),
            query: None,
            headers: Vec::new(),
            body: Bytes::new(),
            source_ip: None,
            protocol: "HTTP/1.1",
            host: "api.execute-api.us-east-1.localhost:4566".to_owned(),
            site: Site {
                base: "http://localhost:4566".into(),
                issuer: cognito_ops::IssuerForm::Base,
                domain: None,
            },
            request_id: "request".to_owned(),
        }
    }
}
