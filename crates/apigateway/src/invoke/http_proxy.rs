//! HTTP_PROXY: hands a call to a URL, and its answer back as it comes.
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-http.html>

use std::time::Duration;

use futures_util::StreamExt as _;
use outbound::{Failure, Request};

use super::Gateway;
use super::call::{Answer, Body, Call, Matched, Refusal, values};
use super::mapping;
use super::outgoing::{self, Draft};
use crate::model::Integration;

/// How many bytes an answer may have: AWS's quota.
const LONGEST: usize = 10 * 1024 * 1024;

/// Answers up to this length are handed on in one piece.
const SHORT: usize = 64 * 1024;

/// How AWS's gateway calls itself to integrations.
const VIA: &str = "HTTP/1.1 AmazonAPIGateway";

/// Hands a call to the URL of its integration.
pub(crate) async fn forward(
    gateway: &Gateway,
    matched: &Matched<'_>,
    integration: &Integration,
) -> Result<Answer, Refusal> {
    let request = request(gateway, matched, integration)?;
    let response = gateway.outbound.stream(request).await.map_err(refusal)?;
    let length = values(&response.headers, "content-length").next();
    let length = length.and_then(|length| std::str::from_utf8(length).ok()?.parse::<usize>().ok());
    let body = match length {
        Some(length) if length <= SHORT => short(response.body).await?,
        _ => Body::Stream(response.body),
    };
    let answer = Answer { status: response.status, headers: response.headers, body };
    mapping::answer(matched, integration, answer).await
}

/// A short answer, which fails before its head is sent if it does not come.
async fn short(mut chunks: outbound::Stream) -> Result<Body, Refusal> {
    let mut body = Vec::new();
    while let Some(chunk) = chunks.next().await {
        body.extend_from_slice(&chunk.map_err(refusal)?);
    }
    Ok(Body::Whole(body.into()))
}

/// Why there is no answer, in the gateway's words. Which of 503 and 504 AWS answers when is unverified.
pub(super) fn refusal(failure: Failure) -> Refusal {
    let text = failure.to_string();
    match failure {
        Failure::TimedOut => Refusal::gateway_timeout(text),
        Failure::Unreachable(_) | Failure::Forbidden => Refusal::unavailable(text),
        Failure::Malformed(_) | Failure::TooLong(_) => Refusal::internal(text),
    }
}

fn request(gateway: &Gateway, matched: &Matched<'_>, integration: &Integration) -> Result<Request, Refusal> {
    let Matched { call, place, .. } = matched;
    let uri = outgoing::with_stage_variables(&integration.uri, place);
    let (origin, mut draft) = target(&uri, matched)?;
    mapping::request(matched, integration, &mut draft);
    if !is_plain(&draft.path) {
        return Err(Refusal::bad_request());
    }
    let query = draft.query.map(|query| format!("?{}", query.replace('#', "%23"))).unwrap_or_default();
    let mut headers = draft.headers;
    headers.push(("x-amzn-trace-id".to_owned(), outgoing::trace_id(gateway, place).into()));
    headers.push(("forwarded".to_owned(), forwarded(call).into()));
    headers.push(("via".to_owned(), VIA.into()));
    let method = integration.method.as_deref().filter(|method| *method != "ANY").unwrap_or(&call.method);
    Ok(Request {
        method: method.to_owned(),
        url: format!("{origin}{}{query}", draft.path),
        headers,
        body: call.body.clone(),
        timeout: Duration::from_millis(integration.timeout_ms.into()),
        limit: LONGEST,
    })
}

/// Scheme and host of a URI, and the request with the parts of the caller's path that the URI names. The host is never
/// the caller's choice.
fn target(uri: &str, matched: &Matched<'_>) -> Result<(String, Draft), Refusal> {
    let uri = uri.split('#').next().unwrap_or_default();
    let host = uri.find("://").map(|at| at + 3).ok_or_else(|| Refusal::internal("the URI has no scheme"))?;
    let end = uri[host..].find(['/', '?']).map_or(uri.len(), |at| host + at);
    let (path, query) = match uri[end..].split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (&uri[end..], None),
    };
    let parameter = |name: &str| {
        let wanted = name.trim_end_matches('+');
        let found = matched.path_parameters.iter().find(|(name, _)| name == wanted);
        found.map(|(_, value)| outgoing::path_text(value).into_owned()).unwrap_or_default()
    };
    let path = outgoing::filled(path, "{", parameter);
    let own = query.map(|query| outgoing::filled(query, "{", |name| parameter(name).replace('&', "%26")));
    let queries: Vec<&str> = own.as_deref().into_iter().chain(matched.call.query.as_deref()).collect();
    let draft = Draft {
        path: if path.starts_with('/') { path } else { format!("/{path}") },
        query: (!queries.is_empty()).then(|| queries.join("&")),
        headers: outgoing::headers(matched.call),
    };
    Ok((uri[..end].to_owned(), draft))
}

/// Whether a URL parser leaves a path as it is: it would take `..` in any spelling as a way out.
fn is_plain(path: &str) -> bool {
    let is_dots = |part: &str| matches!(&*part.to_ascii_lowercase().replace("%2e", "."), "." | "..");
    !path.split('/').any(is_dots)
}

/// RFC 7239, without what the caller said of earlier hops.
fn forwarded(call: &Call) -> String {
    let quoted =
        |text: &str| match text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte)) {
            true => text.to_owned(),
            false => format!("\"{}\"", text.replace(['"', '\\'], "")),
        };
    let source = call.source_ip.map(|address| match address.is_ipv6() {
        true => format!("for=\"[{address}]\";"),
        false => format!("for={address};"),
    });
    format!("{}host={};proto=http", source.unwrap_or_default(), quoted(&call.host))
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use testkit::World;

    use crate::invoke::scene::{Scene, server, shown};

    /// What arrives at the integration, and what the caller gets. `change` is made before the call.
    async fn exchange(path: &str, answer: &[&[u8]], change: impl FnOnce(&mut Scene)) -> (String, String) {
        let pieces = answer.iter().map(|piece| piece.to_vec()).collect();
        let (origin, seen) = server(pieces).await;
        let world = World::new().await;
        let mut scene = Scene::new(&format!("{origin}{path}"));
        change(&mut scene);
        let answer = shown(scene.forward(&world).await).await;
        let seen = seen.await.unwrap();
        (seen.escape_ascii().to_string().replace("\\r\\n", "\n"), answer)
    }

    const OK: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi";

    #[tokio::test]
    async fn exactly_what_arrives() {
        let (seen, answer) = exchange("/v1/{id}?own=1", &[OK], |scene| {
            let header = |(name, value): (&str, &'static [u8])| (name.to_owned(), value.into());
            let headers: [(&str, &[u8]); 10] = [
                ("authorization", b"Bearer x.y.z"),
                ("accept", b"a/b"),
                ("x-twice", b"1"),
                ("x-twice", b"\xe9"),
                ("x-forwarded-for", b"10.0.0.1"),
                ("x-forwarded-host", b"evil"),
                ("forwarded", b"for=10.0.0.1"),
                ("x-amzn-oidc-data", b"evil"),
                ("content-length", b"9"),
                ("via", b"1.1 before"),
            ];
            scene.call.headers.extend(headers.map(header));
            scene.call.query = Some("x=%20&x=2".to_owned());
            scene.call.body = b"\x00\xff{}".to_vec().into();
        })
        .await;
        let trace = seen.lines().find(|line| line.starts_with("x-amzn-trace-id: ")).unwrap().to_owned();
        let id = trace.strip_prefix("x-amzn-trace-id: Root=1-695e2277-").unwrap();
        assert!(id.len() == 24 && id.bytes().all(|byte| byte.is_ascii_hexdigit()), "{trace}");
        let host = seen.lines().find(|line| line.starts_with("host: ")).unwrap().to_owned();
        assert!(host.starts_with("host: 127.0.0.1:"), "{host}");
        let expected = format!(
            "POST /v1/a%2Fb?own=1&x=%20&x=2 HTTP/1.1\nuser-agent: curl \\\"8\\\"\nauthorization: Bearer x.y.z\n\
             accept: a/b\nx-twice: 1\nx-twice: \\xe9\nvia: 1.1 before\nvia: HTTP/1.1 AmazonAPIGateway\n{trace}\n\
             forwarded: for=192.0.2.7;host=\\\"api0000001.execute-api.us-east-1.localhost:4566\\\";proto=http\n\
             {host}\ncontent-length: 4\n\n\\x00\\xff{{}}"
        );
        let sorted = |text: &str| {
            let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
            lines.sort();
            lines
        };
        assert_eq!(sorted(&seen), sorted(&expected), "{seen}");
        assert_eq!(answer, "200 content-length=2 hi");
    }

    #[tokio::test]
    async fn methods_and_targets() {
        let first = async |path: &str, change: fn(&mut Scene)| {
            let (seen, _) = exchange(path, &[OK], change).await;
            seen.lines().next().unwrap().to_owned()
        };
        assert_eq!(first("", |_| {}).await, "POST / HTTP/1.1");
        assert_eq!(first("?a={id}", |_| {}).await, "POST /?a=a%2Fb HTTP/1.1");
        assert_eq!(first("/{missing}/x", |_| {}).await, "POST //x HTTP/1.1");
        assert_eq!(first("/${stageVariables.color}/{id+}", |_| {}).await, "POST /red/a%2Fb HTTP/1.1");
        let method = |scene: &mut Scene| scene.integration.method = Some("PUT".to_owned());
        assert_eq!(first("/x", method).await, "PUT /x HTTP/1.1");
        let path = |scene: &mut Scene| {
            let parameters = json!({ "overwrite:path": "/q/${request.path.id}#?" });
            scene.integration.request_parameters = serde_json::from_value(parameters).unwrap();
        };
        assert_eq!(first("/x?y=1", path).await, "POST /q/a%2Fb%23%3F?y=1 HTTP/1.1");
    }

    #[tokio::test]
    async fn no_way_out_of_the_path() {
        let world = World::new().await;
        for value in ["..", "%2e%2E", "a/%2e./b", "."] {
            let mut scene = Scene::new("http://127.0.0.1:1/public/{id}");
            scene.path_parameters[0].1 = value.to_owned();
            let answer = shown(scene.forward(&world).await).await;
            assert!(answer.starts_with("400 "), "{value} {answer}");
        }
        // Callers choose no hosts.
        let mut scene = Scene::new("http://{id}/");
        scene.path_parameters[0].1 = "127.0.0.1:1".to_owned();
        let answer = shown(scene.forward(&world).await).await;
        assert_eq!(answer, "503 content-type=application/json {\\\"message\\\":\\\"Service Unavailable\\\"}");
    }

    #[tokio::test]
    async fn answers_come_as_they_are() {
        let chunked: [&[u8]; 3] = [
            b"HTTP/1.1 404 No\r\nx-a: 1\r\nx-a: \xe9\r\ntransfer-encoding: chunked\r\n\r\n2\r\n\x00\xff\r\n",
            b"1\r\nb\r\n",
            b"0\r\n\r\n",
        ];
        let (_, answer) = exchange("/", &chunked, |_| {}).await;
        assert_eq!(answer, "404 x-a=1 x-a=\\xe9 transfer-encoding=chunked <\\x00\\xff><b>");
        let redirect: &[u8] =
            b"HTTP/1.1 302 Found\r\nlocation: http://169.254.169.254/\r\ncontent-length: 0\r\n\r\n";
        let (_, answer) = exchange("/", &[redirect], |_| {}).await;
        assert_eq!(answer, "302 location=http://169.254.169.254/ content-length=0 ");
    }

    #[tokio::test]
    async fn what_goes_wrong() {
        let body = |status: &str, message: &str| {
            format!("{status} content-type=application/json {{\\\"message\\\":\\\"{message}\\\"}}")
        };
        let short = |scene: &mut Scene| scene.integration.timeout_ms = 100;
        for answer in [&b""[..], b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nh"] {
            let (_, answer) = exchange("/", &[answer], short).await;
            assert_eq!(answer, body("504", "Gateway Timeout"));
        }
        let stalled: &[u8] = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\na\r\n";
        let (_, answer) = exchange("/", &[stalled], short).await;
        assert_eq!(answer, "200 transfer-encoding=chunked <a><failed to get an answer in time>");
        let long: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 10485761\r\n\r\n";
        let (_, answer) = exchange("/", &[long], |_| {}).await;
        assert_eq!(answer, body("500", "Internal Server Error"));
        let world = World::new().await;
        for target in ["http://127.0.0.1:1/", "http://169.254.169.254/latest", "http://no-such-host.invalid/"]
        {
            let answer = shown(Scene::new(target).forward(&world).await).await;
            assert_eq!(answer, body("503", "Service Unavailable"), "{target}");
        }
    }
}
