//! Calls of HTTP APIs, by host (`<api>.execute-api.<region>.localhost`) and by path (`/_aws/execute-api/<api>/...`).
//!
//! Such a host is an API's alone: nothing else of this server is there, so that a page which an API answers is of
//! another origin than the operations, the tools and the login pages. By path it is of the same, and is shut off from
//! them by a sandbox.

use std::convert::Infallible;

use actix_web::body::SizedStream;
use actix_web::http::header::{
    CONTENT_LENGTH, CONTENT_SECURITY_POLICY, COOKIE, HeaderName, HeaderValue, SET_COOKIE,
};
use actix_web::http::{Method, StatusCode};
use actix_web::{HttpRequest, HttpResponse, web};
use apigateway::invoke::{self, Body, Call, Refusal};
use cognito_ops::ApiError;
use futures_util::stream;

use crate::authority::{Authority, Host};
use crate::backend::Backend;
use crate::body;
use crate::gate::{Exchange, Gate};
use crate::oauth::HOST_ONLY;

/// How large the body of a call may be: API Gateway's 10 MB.
const LIMIT: usize = 10 * 1024 * 1024;

/// Before the id of an API in a path.
const PATH: &str = "/_aws/execute-api/";

/// After the id of an API in a host.
const HOST: &str = ".execute-api.";

/// What an answer by path may do in a browser: run, but as nobody.
const SANDBOX: HeaderValue = HeaderValue::from_static("sandbox allow-scripts allow-forms allow-popups");

/// An API, as a request names it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Target {
    api_id: String,
    /// Only a host names one.
    region: Option<String>,
    /// With the stage, if one is named.
    path: String,
}

impl Target {
    /// The API that a request names; `None` if it names none. `path` has no prefix any more.
    pub fn of(host: &str, path: &str) -> Option<Self> {
        // Most hosts are too short to be the name of an API.
        if host.len() > HOST.len()
            && let Some(Host::Name(name)) = Authority::parse(host).map(|authority| authority.host)
        {
            let name = name.to_ascii_lowercase();
            if let Some((api_id, rest)) = name.split_once(HOST) {
                let region = rest.split('.').next().unwrap_or_default().to_owned();
                let path = if path.starts_with('/') { path } else { "/" };
                return Some(Self { api_id: api_id.to_owned(), region: Some(region), path: path.to_owned() });
            }
        }
        let rest = path.strip_prefix(PATH)?;
        let (api_id, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        let path = if path.is_empty() { "/" } else { path };
        Some(Self { api_id: api_id.to_owned(), region: None, path: path.to_owned() })
    }

    fn is_by_path(&self) -> bool {
        self.region.is_none()
    }
}

/// The host on which this server has its other endpoints: `localhost:4566` for `<api>.execute-api.<region>.localhost:4566`.
pub(crate) fn plain(host: &str) -> &str {
    let is_named = |window: &[u8]| window.eq_ignore_ascii_case(HOST.as_bytes());
    let Some(at) = host.as_bytes().windows(HOST.len()).position(is_named) else { return host };
    let rest = host.get(at + HOST.len()..).unwrap_or_default();
    rest.split_once('.').map_or(host, |(_region, plain)| plain)
}

/// Answers a call.
pub(crate) async fn answer<B: Backend>(
    gate: &Gate<B>,
    exchange: &mut Exchange,
    target: Target,
    request: &HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, ApiError> {
    exchange.operation = "Invoke";
    let host = gate.host(request, false).await?.host.to_owned();
    let (by_path, is_head) = (target.is_by_path(), request.method() == Method::HEAD);
    let headers = request.headers();
    let (body, unread) = match body::read(headers, payload, LIMIT, gate.timeouts.body).await {
        Ok(body) => (body, None),
        Err(error) => (web::Bytes::new(), Some(unreadable(&error))),
    };
    let given = |(name, value): (&HeaderName, &HeaderValue)| {
        let value = match *name == COOKIE {
            true => callers_cookies(value.as_bytes())?,
            false => web::Bytes::copy_from_slice(value.as_bytes()),
        };
        Some((name.as_str().to_owned(), value))
    };
    let call = Call {
        api_id: target.api_id,
        region: target.region,
        method: request.method().as_str().to_owned(),
        raw_path: target.path,
        query: request.uri().query().map(str::to_owned),
        headers: headers.iter().filter_map(given).collect(),
        body,
        source_ip: request.peer_addr().map(|address| address.ip().to_canonical()),
        protocol: protocol(request),
        host,
        site: gate.site_of_api(request),
        request_id: exchange.request_id.clone(),
    };
    Ok(response(gate.backend.invoke(call, unread).await, by_path, is_head))
}

/// The cookies of a call without those of our login pages, which have the same host by path: who has them is signed in.
fn callers_cookies(value: &[u8]) -> Option<web::Bytes> {
    let kept: Vec<&[u8]> = value.split(|byte| *byte == b';').filter(|cookie| !is_ours(cookie)).collect();
    (!kept.is_empty()).then(|| kept.join(&b';').into())
}

/// Whether `name=value` is a cookie of our login pages, by either of its names.
fn is_ours(cookie: &[u8]) -> bool {
    let name = cookie.split(|byte| *byte == b'=').next().unwrap_or_default();
    let plain = |name: &str| cognito_ops::is_login_cookie(name.strip_prefix(HOST_ONLY).unwrap_or(name));
    std::str::from_utf8(name).is_ok_and(|name| plain(name.trim()))
}

fn unreadable(error: &ApiError) -> Refusal {
    match error.status() {
        413 => Refusal::too_large(),
        408 => Refusal::timeout(),
        _ => Refusal::bad_request(),
    }
}

fn protocol(request: &HttpRequest) -> &'static str {
    match request.version() {
        actix_web::http::Version::HTTP_10 => "HTTP/1.0",
        actix_web::http::Version::HTTP_2 => "HTTP/2.0",
        _ => "HTTP/1.1",
    }
}

/// An answer as it travels. A header that HTTP does not know is left out, and a cookie that would sign somebody in here or
/// out; the length is the body's own, and that which an
/// integration tells of a body that is read as it comes.
fn response(answer: invoke::Answer, by_path: bool, is_head: bool) -> HttpResponse {
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = HttpResponse::build(status);
    let mut length = None;
    for (name, value) in answer.headers {
        let name = HeaderName::try_from(name.as_str());
        let (Ok(name), Ok(value)) = (name, HeaderValue::from_bytes(&value)) else { continue };
        if name == SET_COOKIE && is_ours(value.as_bytes()) {
            continue;
        }
        match name == CONTENT_LENGTH {
            true => length = value.to_str().ok().and_then(|text| text.parse::<u64>().ok()),
            false => drop(response.append_header((name, value))),
        }
    }
    if by_path {
        response.append_header((CONTENT_SECURITY_POLICY, SANDBOX));
    }
    match (answer.body, length) {
        // The length is that of the body which a GET would get.
        (Body::Whole(_), Some(length)) if is_head => {
            response.body(SizedStream::new(length, stream::empty::<Result<_, Infallible>>()))
        }
        (Body::Whole(body), _) => response.body(body),
        (Body::Stream(stream), Some(length)) => response.body(SizedStream::new(length, stream)),
        (Body::Stream(stream), None) => response.streaming(stream),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets() {
        let check = |host: &str, path: &str, expected: Option<(&str, Option<&str>, &str)>| {
            let expected = expected.map(|(api_id, region, path)| Target {
                api_id: api_id.to_owned(),
                region: region.map(str::to_owned),
                path: path.to_owned(),
            });
            assert_eq!(Target::of(host, path), expected, "{host} {path}");
        };
        let host = "abc.execute-api.eu-west-1.localhost:4566";
        check(host, "/prod/a", Some(("abc", Some("eu-west-1"), "/prod/a")));
        check(host, "/_awsemu/messages", Some(("abc", Some("eu-west-1"), "/_awsemu/messages")));
        check(
            host,
            "/_aws/execute-api/other/x",
            Some(("abc", Some("eu-west-1"), "/_aws/execute-api/other/x")),
        );
        check(host, "*", Some(("abc", Some("eu-west-1"), "/")));
        check("ABC.Execute-API.eu-west-1.localhost", "/", Some(("abc", Some("eu-west-1"), "/")));
        check("a.b.execute-api.x.localhost", "/", Some(("a.b", Some("x"), "/")));
        check("localhost:4566", "/_aws/execute-api/abc/prod/a", Some(("abc", None, "/prod/a")));
        check("localhost:4566", "/_aws/execute-api/abc", Some(("abc", None, "/")));
        check("localhost:4566", "/_aws/execute-api/", Some(("", None, "/")));
        check("localhost:4566", "/", None);
        check("execute-api.eu-west-1.localhost", "/", None);
        check("localhost:4566", "/_aws/execute-apix/abc", None);
    }

    #[test]
    fn cookies_of_callers() {
        let check = |value: &str, expected: Option<&str>| {
            let kept = callers_cookies(value.as_bytes());
            assert_eq!(kept.as_deref(), expected.map(str::as_bytes), "{value}");
        };
        let session = "cognito-us-east-1_AbCdEf123=secret";
        check("a=1; b=2", Some("a=1; b=2"));
        check(session, None);
        check(&format!("a=1; {session};b=2"), Some("a=1;b=2"));
        check(&format!("a={session}"), Some(&format!("a={session}")));
        check("a=1; \tXSRF-TOKEN-us-east-1_AbCdEf123 =x", Some("a=1"));
        check(&format!("__Host-{session}"), None);
        check("%63ognito-us-east-1%5FAbCdEf123=x", Some("%63ognito-us-east-1%5FAbCdEf123=x"));
        check("", Some(""));
    }

    #[test]
    fn plain_hosts() {
        let check = |host: &str, expected: &str| assert_eq!(plain(host), expected, "{host}");
        check("abc.execute-api.eu-west-1.localhost:4566", "localhost:4566");
        check("abc.EXECUTE-API.eu-west-1.id.example.test", "id.example.test");
        check("abc.execute-api.localhost", "abc.execute-api.localhost");
        check("localhost:4566", "localhost:4566");
        check("abc.execute-api.x", "abc.execute-api.x");
    }
}
