//! Which web pages may call what.
//!
//! Written by hand and not with actix-cors: what is allowed depends on the operation, which a preflight can't see. So
//! every preflight of the API is granted, and an IAM operation from a foreign page is refused before it is executed.

use actix_web::HttpResponse;
use actix_web::http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ALLOW, HeaderMap, HeaderValue, ORIGIN, VARY,
};
use cognito_api::model::Auth;
use cognito_ops::{ApiError, Endpoint, Readers};

use crate::base_url::BaseUrl;
use crate::route::Route;

/// What browsers may send: AWS's clients send these.
const ALLOWED_HEADERS: &str = "content-type,x-amz-target,x-amz-user-agent,authorization,x-amz-date,\
    x-amz-security-token,amz-sdk-invocation-id,amz-sdk-request,cache-control,x-amz-content-sha256";
/// What pages may read besides the headers that are always readable.
const EXPOSED_HEADERS: &str = "x-amzn-requestid,x-amzn-errortype,x-amzn-errormessage,date";
/// How long a preflight is remembered, in seconds: two hours, the most that Chromium keeps.
const MAX_AGE: &str = "7200";

/// Where a request comes from, by its `Origin`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Origin {
    /// No web page, or one that needs no leave: our own.
    Own,
    /// A configured one.
    Configured(HeaderValue),
    Foreign,
}

/// What an answer says about other origins.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) enum Cors {
    /// Nothing: only pages of our own may read it.
    #[default]
    Closed,
    /// Every page may read it.
    Everyone,
    /// Pages of this origin may read it.
    One(HeaderValue),
}

/// The origins that count as our own or are configured.
#[derive(Clone, Debug)]
pub(crate) struct Origins {
    base: String,
    configured: Vec<String>,
}

impl Origins {
    pub fn new(base: &BaseUrl, configured: &[String]) -> Self {
        let origin = base.as_str().strip_suffix(base.prefix()).unwrap_or(base.as_str());
        let configured = configured.iter().map(|origin| origin.trim_end_matches('/').to_owned()).collect();
        Self { base: origin.to_owned(), configured }
    }

    /// The origin of a request. `host` is its `Host`, which is an allowed one, so that a page of the same host is ours.
    pub fn of(&self, headers: &HeaderMap, host: &str) -> Origin {
        let Some(value) = headers.get(ORIGIN) else { return Origin::Own };
        let Ok(origin) = value.to_str() else { return Origin::Foreign };
        if headers.get_all(ORIGIN).count() > 1 {
            return Origin::Foreign;
        }
        let authority = origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://"));
        if origin == self.base || authority.is_some_and(|authority| authority.eq_ignore_ascii_case(host)) {
            return Origin::Own;
        }
        match self.configured.iter().any(|known| known.eq_ignore_ascii_case(origin)) {
            true => Origin::Configured(value.clone()),
            false => Origin::Foreign,
        }
    }
}

impl Origin {
    /// For an operation; `auth` is `None` for one that doesn't exist. Public operations are for every page, as at AWS;
    /// IAM operations would let any page that someone visits take over the pools of a developer's machine.
    pub fn operation(self, auth: Option<Auth>) -> Result<Cors, ApiError> {
        match (self, auth) {
            (Self::Own, _) => Ok(Cors::Closed),
            (Self::Configured(origin), _) => Ok(Cors::One(origin)),
            (Self::Foreign, Some(Auth::Iam | Auth::Optional)) => Err(ApiError::origin_not_allowed()),
            (Self::Foreign, _) => Ok(Cors::Everyone),
        }
    }

    /// For our own tools under `/_awsemu/`.
    pub fn tool(self, headers: &HeaderMap) -> Result<Cors, ApiError> {
        match self {
            Self::Configured(origin) => Ok(Cors::One(origin)),
            // An image or a script of a foreign page is fetched without `Origin`.
            Self::Own if headers.get("sec-fetch-site").is_none_or(|site| site != "cross-site") => {
                Ok(Cors::Closed)
            }
            Self::Own | Self::Foreign => Err(ApiError::origin_not_allowed()),
        }
    }
}

impl Cors {
    pub fn apply(self, headers: &mut HeaderMap) {
        let origin = match self {
            Self::Closed => return,
            Self::Everyone => HeaderValue::from_static("*"),
            Self::One(origin) => {
                headers.insert(VARY, HeaderValue::from_static("origin"));
                origin
            }
        };
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(EXPOSED_HEADERS));
    }
}

/// The answer to `OPTIONS`, preflight or not. `Access-Control-Allow-Origin` is the business of [`preflight_cors`].
pub(crate) fn preflight(route: Route<'_>) -> HttpResponse {
    HttpResponse::NoContent()
        .insert_header((ALLOW, route.methods()))
        .insert_header((ACCESS_CONTROL_ALLOW_METHODS, route.methods()))
        .insert_header((ACCESS_CONTROL_ALLOW_HEADERS, ALLOWED_HEADERS))
        .insert_header((ACCESS_CONTROL_MAX_AGE, MAX_AGE))
        .finish()
}

/// Whether the page of another site posts a form (Fetch Metadata); `none` is a person who loads a page again. A form of
/// ours has its `_csrf` besides, but that hangs on a cookie, which other ports and subdomains of a host can set.
pub(crate) fn is_foreign_form(headers: &HeaderMap) -> bool {
    headers.get("sec-fetch-site").is_some_and(|site| site != "same-origin" && site != "none")
}

/// Who may read the answers of an endpoint of a pool.
pub(crate) fn endpoint_cors(endpoint: Endpoint) -> Cors {
    match endpoint.readers() {
        Readers::Everyone => Cors::Everyone,
        Readers::Own => Cors::Closed,
    }
}

/// To whom the preflight of a route is granted.
pub(crate) fn preflight_cors(
    route: Route<'_>,
    origin: Origin,
    headers: &HeaderMap,
) -> Result<Cors, ApiError> {
    match route {
        Route::Api | Route::WellKnown { .. } => Ok(Cors::Everyone),
        Route::Gateway(_) => origin.operation(Some(Auth::Iam)),
        Route::Messages | Route::Triggers | Route::Clock | Route::Authorize => origin.tool(headers),
        Route::Pool(endpoint) => Ok(endpoint_cors(endpoint)),
        Route::Upload(_)
        | Route::Asset(_)
        | Route::LookFile { .. }
        | Route::Health
        | Route::LocalstackHealth => Ok(Cors::Closed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins() {
        check(None, "own");
        check(Some("http://localhost:4566"), "own");
        check(Some("https://LOCALHOST:4566"), "own");
        check(Some("https://id.example.test"), "own");
        check(Some("https://app.example.test"), "configured");
        check(Some("http://app.example.test"), "foreign");
        check(Some("https://app.example.test.evil.example"), "foreign");
        check(Some("http://localhost:3000"), "foreign");
        check(Some("http://localhost"), "foreign");
        check(Some("ftp://localhost:4566"), "foreign");
        check(Some("null"), "foreign");
        check(Some(""), "foreign");
    }

    #[test]
    fn two_origins_are_foreign() {
        let mut headers = HeaderMap::new();
        headers.append(ORIGIN, HeaderValue::from_static("http://localhost:4566"));
        headers.append(ORIGIN, HeaderValue::from_static("http://evil.example"));
        assert_eq!(known().of(&headers, "localhost:4566"), Origin::Foreign);
    }

    #[test]
    fn operations() {
        let one = HeaderValue::from_static("https://app.example.test");
        for auth in [Some(Auth::Iam), Some(Auth::Optional), Some(Auth::None), None] {
            assert_eq!(Origin::Own.operation(auth).unwrap(), Cors::Closed);
            assert_eq!(Origin::Configured(one.clone()).operation(auth).unwrap(), Cors::One(one.clone()));
        }
        assert_eq!(Origin::Foreign.operation(Some(Auth::None)).unwrap(), Cors::Everyone);
        assert_eq!(Origin::Foreign.operation(None).unwrap(), Cors::Everyone);
        assert!(Origin::Foreign.operation(Some(Auth::Iam)).is_err());
        assert!(Origin::Foreign.operation(Some(Auth::Optional)).is_err());
    }

    fn known() -> Origins {
        let base = BaseUrl::configured(Some("https://id.example.test/id"), None, 4566).unwrap();
        Origins::new(&base, &["https://app.example.test/".to_owned()])
    }

    fn check(origin: Option<&'static str>, expected: &str) {
        let mut headers = HeaderMap::new();
        if let Some(origin) = origin {
            headers.insert(ORIGIN, HeaderValue::from_static(origin));
        }
        let found = match known().of(&headers, "localhost:4566") {
            Origin::Own => "own",
            Origin::Configured(_) => "configured",
            Origin::Foreign => "foreign",
        };
        assert_eq!(found, expected, "{origin:?}");
    }
}
