//! The style and the script of the pages.

use actix_web::HttpResponse;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue, X_CONTENT_TYPE_OPTIONS};

/// A file that pages load.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Asset {
    /// `/static/login.css`
    Style,
    /// `/static/passkey.js`
    Script,
    /// `/static/post.js`
    Post,
}

impl Asset {
    /// The file of a path.
    pub fn of(path: &str) -> Option<Self> {
        match path {
            "/static/login.css" => Some(Self::Style),
            "/static/passkey.js" => Some(Self::Script),
            "/static/post.js" => Some(Self::Post),
            _ => None,
        }
    }

    /// The file. Its name does not change with what is in it, so browsers keep it for minutes only.
    pub fn answer(self) -> HttpResponse {
        let (kind, text) = match self {
            Self::Style => ("text/css; charset=utf-8", include_str!("login.css")),
            Self::Script => ("text/javascript; charset=utf-8", include_str!("passkey.js")),
            Self::Post => ("text/javascript; charset=utf-8", include_str!("post.js")),
        };
        HttpResponse::Ok()
            .insert_header((CONTENT_TYPE, HeaderValue::from_static(kind)))
            .insert_header((CACHE_CONTROL, HeaderValue::from_static("public, max-age=300")))
            .insert_header((X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")))
            .body(text)
    }
}
