//! The rules of what may be configured. All pure.

use std::collections::BTreeMap;

use cognito_api::apigatewayv2 as wire;
use cognito_ops::Reply;

use super::ctx::{is_loopback, split_port};
use crate::errors::bad_request;
use crate::model::IntegrationKind;
use crate::model::expression::{Side, is_known, is_reserved};

/// How requests are told apart; HTTP APIs know no other way.
pub(super) const ROUTE_SELECTION: &str = "$request.method $request.path";

const METHODS: [&str; 8] = ["ANY", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"];

/// Refuses members that only WebSocket APIs have.
pub(super) fn only_websocket(members: &[(&str, bool)]) -> Reply<()> {
    none_given(members, "is supported for WebSocket APIs only")
}

/// Refuses members that only Lambda authorizers have.
pub(super) fn only_lambda(members: &[(&str, bool)]) -> Reply<()> {
    none_given(members, "is not supported for authorizers of type JWT")
}

fn none_given(members: &[(&str, bool)], otherwise: &str) -> Reply<()> {
    match members.iter().find(|(_, given)| *given) {
        Some((name, _)) => Err(bad_request(format!("{name} {otherwise}"))),
        None => Ok(()),
    }
}

/// `$default`, or a method and a path: `GET /pets/{id}`, `ANY /{proxy+}`.
pub(super) fn route_key(key: &str) -> Reply<()> {
    if key == "$default" || is_method_and_path(key) {
        return Ok(());
    }
    Err(bad_request(format!(
        "The provided route key is not formatted properly for HTTP protocol. Format should be \"<HTTP METHOD> /<RESOURCE PATH>\" or \"$default\": {key}"
    )))
}

fn is_method_and_path(key: &str) -> bool {
    let Some((method, path)) = key.split_once(' ') else { return false };
    let Some(path) = path.strip_prefix('/') else { return false };
    let parts: Vec<&str> = path.split('/').collect();
    let mut names = Vec::new();
    for (index, part) in parts.iter().enumerate() {
        let is_last = index + 1 == parts.len();
        let name = part.strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
        match name {
            Some(name) => {
                let plain = name.strip_suffix('+');
                if plain.is_some() && !is_last {
                    return false;
                }
                let name = plain.unwrap_or(name);
                let is_name = !name.is_empty()
                    && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte));
                if !is_name || names.contains(&name) {
                    return false;
                }
                names.push(name);
            }
            None if part.is_empty() && !(is_last && index > 0 || parts.len() == 1) => return false,
            None if !part.bytes().all(|byte| byte.is_ascii_graphic() && !b"{}?#".contains(&byte)) => {
                return false;
            }
            None => {}
        }
    }
    METHODS.contains(&method)
}

/// Where the token stands: one place, in a header or the query.
pub(super) fn identity_source(sources: &[String]) -> Reply<String> {
    let [source] = sources else {
        return Err(bad_request("A JWT authorizer has exactly one identity source"));
    };
    let place =
        ["$request.header.", "$request.querystring."].iter().find_map(|place| source.strip_prefix(place));
    let is_name = |name: &str| {
        !name.is_empty()
            && name.bytes().all(|byte| byte.is_ascii_graphic() && !b"\"(),/:;<=>?@[\\]{}".contains(&byte))
    };
    match place.is_some_and(is_name) {
        true => Ok(source.clone()),
        false => Err(bad_request(format!("Invalid identity source specified: {source}"))),
    }
}

/// Issuer and audience. An issuer is found by HTTPS; without TLS only on this machine, or if it is this server.
pub(super) fn jwt(configuration: wire::JWTConfiguration, base: &str) -> Reply<(String, Vec<String>)> {
    let wire::JWTConfiguration { issuer, audience } = configuration;
    let issuer = issuer.ok_or_else(|| bad_request("A JWT authorizer needs an issuer"))?;
    let audience = audience.unwrap_or_default();
    if audience.is_empty() || audience.iter().any(String::is_empty) {
        return Err(bad_request("A JWT authorizer needs an audience"));
    }
    if !is_issuer(&issuer, base) {
        return Err(bad_request(format!(
            "Invalid issuer: {issuer}. It must be an https URL, or an http URL of this machine"
        )));
    }
    Ok((issuer, audience))
}

fn is_issuer(issuer: &str, base: &str) -> bool {
    if !issuer.bytes().all(|byte| byte.is_ascii_graphic() && !b"?#@\\\"<>".contains(&byte)) {
        return false;
    }
    let host = |rest: &str| split_port(rest.split('/').next().unwrap_or_default()).0.to_owned();
    if let Some(rest) = issuer.strip_prefix("https://") {
        return !host(rest).is_empty();
    }
    let is_ours = issuer.strip_prefix(base).is_some_and(|rest| rest.starts_with('/'));
    issuer.strip_prefix("http://").is_some_and(|rest| is_ours || is_loopback(&host(rest)))
}

/// Which origins, methods and headers a CORS configuration may name.
pub(super) fn cors(cors: &wire::Cors) -> Reply<()> {
    let origins = cors.allow_origins.as_deref().unwrap_or_default();
    let is_origin = |origin: &String| {
        origin == "*"
            || origin.split_once("://").is_some_and(|(scheme, rest)| {
                !scheme.is_empty()
                    && !rest.is_empty()
                    && rest.bytes().all(|byte| byte.is_ascii_graphic() && !b"/?#@\\".contains(&byte))
            })
    };
    if let Some(origin) = origins.iter().find(|origin| !is_origin(origin)) {
        return Err(bad_request(format!("Invalid origin in allowOrigins: {origin}")));
    }
    let is_method = |method: &String| method == "*" || METHODS[1..].contains(&method.as_str());
    if let Some(method) = cors.allow_methods.iter().flatten().find(|method| !is_method(method)) {
        return Err(bad_request(format!("Invalid method in allowMethods: {method}")));
    }
    let is_header = |name: &String| {
        !name.is_empty()
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte))
    };
    let headers = cors.allow_headers.iter().chain(&cors.expose_headers).flatten();
    if let Some(header) = headers.into_iter().find(|header| !is_header(header)) {
        return Err(bad_request(format!("Invalid header in the CORS configuration: {header}")));
    }
    if cors.allow_credentials == Some(true) && origins.iter().any(|origin| origin == "*") {
        return Err(bad_request("allowCredentials is not possible with the origin *"));
    }
    Ok(())
}

/// The target of an integration: a URL, or the ARN of a function.
pub(super) fn integration_uri(kind: IntegrationKind, uri: &str) -> Reply<()> {
    let is_right = match kind {
        IntegrationKind::HttpProxy => is_url(uri),
        IntegrationKind::AwsProxy => is_function(uri),
    };
    if is_right { Ok(()) } else { Err(bad_request(format!("Invalid integration URI specified: {uri}"))) }
}

fn is_url(uri: &str) -> bool {
    let rest = uri.strip_prefix("http://").or_else(|| uri.strip_prefix("https://"));
    // A password in it would take the place of the caller's `Authorization`.
    let host = rest.and_then(|rest| rest.split(['/', '?', '#']).next());
    host.is_some_and(|host| !host.is_empty() && !host.contains('@'))
        && uri.bytes().all(|byte| byte.is_ascii_graphic())
}

/// The ARN of a function, bare or in the URI by which API Gateway invokes it.
pub(super) fn is_function(uri: &str) -> bool {
    uri.starts_with("arn:")
        && (uri.contains(":lambda:") && uri.contains(":function:"))
        && uri.bytes().all(|byte| byte.is_ascii_graphic())
}

/// The method of an integration.
pub(super) fn method(method: &str) -> Reply<()> {
    if METHODS.contains(&method) {
        return Ok(());
    }
    Err(bad_request(format!("Invalid integration method specified: {method}")))
}

/// The form of the event: a function takes both, a URL has the first only.
pub(super) fn payload_format(kind: IntegrationKind, version: Option<String>) -> Reply<String> {
    match (kind, version.as_deref()) {
        (IntegrationKind::HttpProxy, None | Some("1.0")) => Ok("1.0".to_owned()),
        (IntegrationKind::AwsProxy, Some(version @ ("1.0" | "2.0"))) => Ok(version.to_owned()),
        (IntegrationKind::AwsProxy, None) => {
            Err(bad_request("PayloadFormatVersion is a required parameter for integration"))
        }
        (_, Some(other)) => Err(bad_request(format!("Invalid payloadFormatVersion specified: {other}"))),
    }
}

/// The changes of a request or an answer: `append:header.x`, `overwrite:querystring.y`, `overwrite:path`.
pub(super) fn parameters(parameters: &BTreeMap<String, String>, of_answer: bool) -> Reply<()> {
    let is_change = |key: &str| {
        let Some((verb, place)) = key.split_once(':') else { return false };
        let named = |prefix: &str| place.strip_prefix(prefix).is_some_and(|name| !name.is_empty());
        let is_place = match of_answer {
            true => named("header.") || place == "statuscode" && verb == "overwrite",
            false => named("header.") || named("querystring.") || place == "path" && verb == "overwrite",
        };
        is_place && ["append", "overwrite", "remove"].contains(&verb)
    };
    let side = if of_answer { Side::Answer } else { Side::Request };
    for (key, value) in parameters {
        let is_right = is_change(key) && (key.starts_with("remove:") || is_known(value, side));
        if !is_right {
            let wrong = if is_change(key) { value } else { key };
            return Err(bad_request(format!("Invalid mapping expression specified: {wrong}")));
        }
        // The text is unverified.
        if let Some((_, header)) = key.split_once(":header.").filter(|(_, header)| is_reserved(header)) {
            return Err(bad_request(format!("Operations on header {header} are restricted")));
        }
    }
    Ok(())
}

/// The changes of answers, by their status.
pub(super) fn response_parameters(changes: &BTreeMap<String, BTreeMap<String, String>>) -> Reply<()> {
    for (status, changes) in changes {
        if !status.parse::<u16>().is_ok_and(|status| (200..600).contains(&status)) {
            return Err(bad_request(format!("Invalid status code in responseParameters: {status}")));
        }
        parameters(changes, true)?;
    }
    Ok(())
}

/// `$default`, or letters, digits, `-` and `_`.
pub(super) fn stage_name(name: &str) -> Reply<()> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    if name == crate::model::DEFAULT_STAGE || name.bytes().all(is_plain) {
        return Ok(());
    }
    Err(bad_request("Stage name only allows a-zA-Z0-9-_"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn route_keys() {
        for key in ["$default", "GET /", "GET /a/{id}", "ANY /{proxy+}", "POST /a/{b}/c/{d+}", "GET /a/"] {
            assert!(route_key(key).is_ok(), "{key}");
        }
        for key in [
            "",
            "GET",
            "GET a",
            "get /a",
            "GET /{a+}/b",
            "GET /{}",
            "GET /{a}/{a}",
            "GET /a{b}",
            "GET //a",
            "GET  /a",
            "$connect",
            "TRACE /a",
        ] {
            assert!(route_key(key).is_err(), "{key}");
        }
    }

    #[test]
    fn issuers() {
        let base = "http://awsemu:4566";
        for issuer in [
            "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_a",
            "http://localhost:4566/us-east-1_a",
            "http://127.0.0.1:1",
            "http://[::1]:1/x",
            "http://awsemu:4566/us-east-1_a",
        ] {
            assert!(is_issuer(issuer, base), "{issuer}");
        }
        for issuer in [
            "",
            "https://",
            "http://example.com/x",
            "http://localhost.example.com",
            "http://awsemu:45667/x",
            "ftp://a",
            "https://a/?b",
            "https://u@a",
            "http://localhost@example.com/",
            "https://a b",
        ] {
            assert!(!is_issuer(issuer, base), "{issuer}");
        }
    }

    #[test]
    fn identity_sources() {
        let check = |sources: &[&str], right: bool| {
            let sources: Vec<String> = sources.iter().map(|source| (*source).to_owned()).collect();
            assert_eq!(identity_source(&sources).is_ok(), right, "{sources:?}");
        };
        check(&["$request.header.Authorization"], true);
        check(&["$request.querystring.token"], true);
        check(&[], false);
        check(&["$request.header.A", "$request.header.B"], false);
        check(&["$request.header."], false);
        check(&["$context.identity"], false);
    }

    #[test]
    fn changes() {
        let check = |key: &str, of_answer: bool, right: bool| {
            let map = BTreeMap::from([(key.to_owned(), "x".to_owned())]);
            assert_eq!(parameters(&map, of_answer).is_ok(), right, "{key}");
        };
        check("append:header.x", false, true);
        check("overwrite:path", false, true);
        check("append:path", false, false);
        check("remove:querystring.y", false, true);
        check("remove:querystring.y", true, false);
        check("overwrite:statuscode", true, true);
        check("header.x", false, false);
        check("overwrite:header.Authorization", false, false);
        check("append:header.x-amzn-trace-id", false, false);
        check("remove:header.access-control-allow-origin", true, false);
    }

    #[test]
    fn values_of_changes() {
        let check = |key: &str, value: &str, of_answer: bool, right: bool| {
            let map = BTreeMap::from([(key.to_owned(), value.to_owned())]);
            assert_eq!(parameters(&map, of_answer).is_ok(), right, "{key} {value}");
        };
        check("append:header.x", "$request.header.y", false, true);
        check("append:header.x", "$request.header.y", true, false);
        check("append:header.x", "$response.body.y", true, true);
        check("append:header.x", "$odd", false, false);
        check("remove:header.x", "$odd", false, true);
    }

    #[test]
    fn targets() {
        let check = |uri: &str, right: bool| {
            assert_eq!(integration_uri(IntegrationKind::HttpProxy, uri).is_ok(), right, "{uri}");
        };
        check("https://example.com/{proxy}?a=@", true);
        check("http://localhost:3000", true);
        check("http://${stageVariables.host}/a@b", true);
        check("http://user:password@example.com/", false);
        check("ftp://example.com", false);
        check("http:///a", false);
    }
}
