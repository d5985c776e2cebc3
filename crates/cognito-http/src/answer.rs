//! Answers: the headers that every one has, and the one form of errors.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use cognito_ops::ApiError;

pub(crate) const REQUEST_ID: HeaderName = HeaderName::from_static("x-amzn-requestid");
/// The same in answers of the endpoints of pools.
pub(crate) const ENDPOINT_REQUEST_ID: HeaderName = HeaderName::from_static("x-amz-cognito-request-id");
const ERROR_TYPE: HeaderName = HeaderName::from_static("x-amzn-errortype");
const ERROR_MESSAGE: HeaderName = HeaderName::from_static("x-amzn-errormessage");

/// AWS JSON 1.1, for operations.
pub(crate) const AWS_JSON: HeaderValue = HeaderValue::from_static("application/x-amz-json-1.1");
/// For everything else.
pub(crate) const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// Long messages (many validation errors) are whole in the body only.
const LONGEST_HEADER: usize = 1024;

/// The answer to a request that failed. Operations and documents differ in their content type only.
pub(crate) fn error(error: &ApiError, content_type: HeaderValue) -> HttpResponse {
    match error.source_chain() {
        Some(chain) if error.status() >= 500 => tracing::error!(error = error.name(), "{chain}"),
        Some(chain) => tracing::debug!(error = error.name(), "{chain}"),
        None => {}
    }
    let body = serde_json::json!({ "__type": error.name(), "message": error.message() });
    HttpResponse::build(StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR))
        .insert_header((CONTENT_TYPE, content_type))
        .insert_header((ERROR_TYPE, header_text(&format!("{}:", error.name()))))
        .insert_header((ERROR_MESSAGE, header_text(error.message())))
        .body(body.to_string())
}

/// A text that may stand in a header: control characters become blanks, other characters beyond ASCII `?`.
fn header_text(text: &str) -> HeaderValue {
    let safe: String = text
        .chars()
        .take(LONGEST_HEADER)
        .map(|char| match char {
            ' '..='~' => char,
            _ if char.is_control() => ' ',
            _ => '?',
        })
        .collect();
    HeaderValue::try_from(safe).expect("printable ASCII is a header value")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn header_texts() {
        check("User does not exist.", "User does not exist.");
        check("a\r\nx-evil: 1", "a  x-evil: 1");
        check("Größe \u{7f}\u{0}", "Gr??e   ");
        check(&"ab".repeat(1000), &"ab".repeat(512));
    }

    fn check(text: &str, expected: &str) {
        assert_eq!(header_text(text), expected);
    }
}
