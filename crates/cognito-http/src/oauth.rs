//! The endpoints of a pool: from a request to a visit, and from its answer to a response.

use std::collections::BTreeMap;

use actix_web::cookie::{Cookie as HttpCookie, SameSite};
use actix_web::http::header::{
    ACCEPT, ACCEPT_LANGUAGE, AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE, COOKIE, HeaderMap, HeaderValue,
    LOCATION, PRAGMA, WWW_AUTHENTICATE, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use actix_web::http::{Method, StatusCode};
use actix_web::{HttpRequest, HttpResponse, web};
use cognito_ops::{Answer, ApiError, Body, CalledDomain, Content, Cookie, Endpoint, Page, Parameters, Visit};

use crate::answer::JSON;
use crate::backend::Backend;
use crate::gate::{Exchange, Gate};
use crate::{api, body, cors, pages};

/// The largest body in bytes. A SAML response may have 100,000 characters, which a form makes longer.
const LIMIT: usize = 256 * 1024;

/// Browsers take a cookie of this prefix only over https and for this very host, so that no neighbour of it can set one
/// (RFC 6265bis, section 4.1.3.2). Over http they would not take it at all.
pub(crate) const HOST_ONLY: &str = "__Host-";

/// Answers a request to an endpoint of a pool.
pub(crate) async fn answer<B: Backend>(
    gate: &Gate<B>,
    exchange: &Exchange,
    endpoint: Endpoint,
    domain: Option<CalledDomain>,
    request: &HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, ApiError> {
    let headers = request.headers();
    let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    let mut caller = api::caller(gate, exchange, request, None);
    caller.site = gate.site_of(request, domain.as_ref());
    let secure = caller.site.endpoint("").starts_with("https://");
    let jar = Jar { path: gate.prefix(), secure };
    let posts = *request.method() == Method::POST;
    if posts && endpoint.takes_own_forms_only() && cors::is_foreign_form(headers) {
        let page = Box::new(Page::error());
        return Ok(response(endpoint, Content::Page { status: 403, page }.into(), jar));
    }
    let visit = Visit {
        caller,
        domain,
        query: Parameters::parse(request.uri().query().unwrap_or_default()),
        body: if posts { read(headers, payload, gate).await? } else { Body::None },
        cookies: jar.read(headers),
        authorization: text(AUTHORIZATION).map(str::to_owned),
        accept: text(ACCEPT).map(str::to_owned),
        languages: text(ACCEPT_LANGUAGE).map(str::to_owned),
    };
    let answer = gate.backend.visit(endpoint, visit).await?;
    Ok(response(endpoint, answer, jar))
}

/// The body by its type; what is neither a form nor JSON is not read.
async fn read<B>(headers: &HeaderMap, payload: web::Payload, gate: &Gate<B>) -> Result<Body, ApiError> {
    let body = body::read(headers, payload, LIMIT, gate.timeouts.body).await?;
    let kind = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    Ok(match essence.as_str() {
        "application/x-www-form-urlencoded" => Body::Form(Parameters::parse(&String::from_utf8_lossy(&body))),
        "application/json" => Body::Json(body.to_vec()),
        _ => Body::Other,
    })
}

/// How cookies are named and set.
struct Jar<'a> {
    path: &'a str,
    secure: bool,
}

impl Jar<'_> {
    /// The cookies that are ours, by the names that the endpoints know. Names are taken as they are: one that was written
    /// in another way would not have been held to the rules of the prefix. Of two of one name the first counts, which is
    /// the one of the longer path (RFC 6265, section 5.4).
    fn read(&self, headers: &HeaderMap) -> BTreeMap<String, String> {
        let mut found = BTreeMap::new();
        let lines = headers.get_all(COOKIE).filter_map(|line| std::str::from_utf8(line.as_bytes()).ok());
        let pairs = lines.flat_map(|line| line.split(';'));
        for cookie in pairs.filter_map(|pair| HttpCookie::parse(pair).ok()) {
            let name = if self.secure { cookie.name().strip_prefix(HOST_ONLY) } else { Some(cookie.name()) };
            if let Some(name) = name {
                found.entry(name.to_owned()).or_insert_with(|| cookie.value().to_owned());
            }
        }
        found
    }

    /// Host-only, for no script, not with requests of other sites but links.
    fn cookie(&self, cookie: Cookie) -> HttpCookie<'static> {
        // The prefix wants the path `/`.
        let (prefix, path) = match self.path {
            _ if self.secure => (HOST_ONLY, "/"),
            "" => ("", "/"),
            path => ("", path),
        };
        let name = format!("{prefix}{}", cookie.name);
        let mut made = HttpCookie::build(name, cookie.value.clone().unwrap_or_default())
            .path(path.to_owned())
            .http_only(true)
            .same_site(SameSite::Lax)
            .secure(self.secure)
            .finish();
        if cookie.value.is_none() {
            made.make_removal();
        }
        made
    }
}

/// Nothing of these endpoints is to be kept by caches, framed, or taken for another type than it is.
fn response(endpoint: Endpoint, answer: Answer, jar: Jar<'_>) -> HttpResponse {
    let mut response = match answer.content {
        Content::Ours(target) => redirect(&format!("{}{target}", up(endpoint))),
        Content::Away(target) => redirect(&target),
        Content::Post { language, action, fields } => pages::post(language, &action, &fields, &up(endpoint)),
        Content::Page { status, page } => pages::response(code(status), &page, &up(endpoint)),
        Content::Json { status, body } => {
            HttpResponse::build(code(status)).insert_header((CONTENT_TYPE, JSON)).body(body.to_string())
        }
        Content::Empty { status, challenge } => {
            let mut builder = HttpResponse::build(code(status));
            if let Some(challenge) = challenge {
                builder.insert_header((WWW_AUTHENTICATE, HeaderValue::from_static(challenge)));
            }
            builder.finish()
        }
    };
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache, no-store, max-age=0, must-revalidate"));
    headers.insert(PRAGMA, HeaderValue::from_static("no-cache"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    for cookie in answer.cookies {
        // A name or value that is no cookie's cannot come out of ops: both are made of base64url and pool ids.
        if let Err(error) = response.add_cookie(&jar.cookie(cookie)) {
            tracing::error!("failed to set a cookie: {error}");
        }
    }
    response
}

/// From an endpoint up to the base: redirects to our own pages are relative, so that they survive proxies.
fn up(endpoint: Endpoint) -> String {
    "../".repeat(endpoint.path().matches('/').count() - 1)
}

/// Targets are percent-encoded where they hold anything that a client sent.
fn redirect(target: &str) -> HttpResponse {
    match HeaderValue::try_from(target) {
        Ok(target) => HttpResponse::Found().insert_header((LOCATION, target)).finish(),
        Err(error) => {
            tracing::error!("failed to redirect: {error}");
            HttpResponse::InternalServerError().finish()
        }
    }
}

fn code(status: u16) -> StatusCode {
    StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}
