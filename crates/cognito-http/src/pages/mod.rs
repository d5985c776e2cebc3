//! The pages, as HTML. Their templates stand beside them.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_SECURITY_POLICY, ContentType, HeaderValue};
use askama::Template;
use cognito_ops::{Page, View};

/// Nothing but our own, and no script in the page. Where forms lead is left open: browsers hold `form-action` against
/// the redirect that answers a form, too, and apps have schemes of their own.
const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self' data:; \
    frame-ancestors 'none'; base-uri 'none'";

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignIn<'a> {
    notice: Option<&'a str>,
    csrf: &'a str,
    username: &'a str,
}

#[derive(Template)]
#[template(path = "error.html")]
struct Error;

/// A page with its headers.
pub(crate) fn response(status: StatusCode, page: &Page) -> HttpResponse {
    let html = match &page.view {
        View::SignIn { csrf, username } => SignIn { notice: page.notice.as_deref(), csrf, username }.render(),
        View::Error => Error.render(),
    };
    match html {
        Ok(html) => HttpResponse::build(status)
            .insert_header(ContentType::html())
            .insert_header((CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY)))
            .body(html),
        Err(error) => {
            tracing::error!("failed to render a page: {error}");
            HttpResponse::InternalServerError().finish()
        }
    }
}
