//! The events that functions get, in both formats.
//!
//! HTTP APIs give paths decoded in both (github.com/hotsock/voker/pull/8, github.com/aws/aws-lambda-dotnet/pull/1901);
//! format 1.0 has the gateway's own headers in mixed case (github.com/milliHQ/terraform-aws-next-js/pull/31).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cognito_core::oauth::parameters::percent_decode;
use serde_json::{Map, Value, json};

use crate::invoke::call::{Claims, Matched, values};
use crate::invoke::context::{Context, claim_text, domain_prefix, user_agent};
use crate::invoke::outgoing::{Draft, pairs};

/// The event of format 2.0: members without a value are left out.
pub(super) fn of_format_2(matched: &Matched<'_>, draft: &Draft) -> Value {
    let Matched { call, place, route, .. } = matched;
    let (body, is_base64) = body(matched);
    let mut event = json!({
        "version": "2.0",
        "routeKey": route.key,
        "rawPath": percent_decode(&draft.path),
        "rawQueryString": draft.query.as_deref().unwrap_or_default(),
    });
    let cookies: Vec<String> = values(&draft.headers, "cookie").flat_map(|value| cookies(value)).collect();
    let query = grouped(pairs(draft.query.as_deref()));
    let headers = draft.headers.iter().filter(|(name, _)| name != "cookie");
    let headers = grouped(headers.map(|(name, value)| (name.clone(), text(value))));
    set(&mut event, "cookies", (!cookies.is_empty()).then(|| json!(cookies)));
    event["headers"] = joined(headers);
    set(&mut event, "queryStringParameters", (!query.is_empty()).then(|| joined(query)));
    event["requestContext"] = json!({
        "accountId": place.api.account,
        "apiId": place.api.id,
    });
    let context = &mut event["requestContext"];
    set(context, "authorizer", matched.claims.as_ref().map(|claims| json!({ "jwt": authorizer(claims) })));
    let more = json!({
        "domainName": call.host,
        "domainPrefix": domain_prefix(&call.host),
        "http": {
            "method": call.method,
            "path": percent_decode(&call.raw_path),
            "protocol": call.protocol,
            "sourceIp": call.source_ip.map(|address| address.to_string()).unwrap_or_default(),
            "userAgent": user_agent(call).unwrap_or_default(),
        },
        "requestId": call.request_id,
        "routeKey": route.key,
        "stage": place.stage.name,
        "time": place.now.as_log(),
        "timeEpoch": place.now.0,
    });
    extend(context, more);
    set(&mut event, "body", body.map(Value::from));
    set(&mut event, "pathParameters", path_parameters(matched));
    event["isBase64Encoded"] = json!(is_base64);
    set(&mut event, "stageVariables", stage_variables(matched));
    event
}

/// The event of format 1.0: members without a value are null.
pub(super) fn of_format_1(matched: &Matched<'_>, draft: &Draft) -> Value {
    let Matched { call, route, .. } = matched;
    let (body, is_base64) = body(matched);
    let query = grouped(pairs(draft.query.as_deref()));
    let headers = grouped(draft.headers.iter().map(|(name, value)| (mixed_case(name), text(value))));
    let resource = route.key.split_once(' ').map_or(&*route.key, |(_, path)| path);
    let asked = !query.is_empty();
    json!({
        "version": "1.0",
        "resource": resource,
        "path": percent_decode(&draft.path),
        "httpMethod": call.method,
        "headers": last(&headers),
        "multiValueHeaders": lists(&headers),
        "queryStringParameters": asked.then(|| last(&query)),
        "multiValueQueryStringParameters": asked.then(|| lists(&query)),
        "requestContext": context_of_format_1(matched, resource),
        "pathParameters": path_parameters(matched),
        "stageVariables": stage_variables(matched),
        "body": body,
        "isBase64Encoded": is_base64,
    })
}

fn context_of_format_1(matched: &Matched<'_>, resource: &str) -> Value {
    let Matched { call, place, route, .. } = matched;
    let value = |name: &str| Context::from(matched).value(name);
    let mut context = json!({ "accountId": place.api.account, "apiId": place.api.id });
    set(&mut context, "authorizer", matched.claims.as_ref().map(authorizer));
    let more = json!({
        "domainName": call.host,
        "domainPrefix": domain_prefix(&call.host),
        "extendedRequestId": call.request_id,
        "httpMethod": call.method,
        "identity": {
            "accessKey": null,
            "accountId": null,
            "caller": null,
            "cognitoAmr": null,
            "cognitoAuthenticationProvider": null,
            "cognitoAuthenticationType": null,
            "cognitoIdentityId": null,
            "cognitoIdentityPoolId": null,
            "principalOrgId": null,
            "sourceIp": value("identity.sourceIp"),
            "user": null,
            "userAgent": value("identity.userAgent"),
            "userArn": null,
        },
        "path": percent_decode(&call.raw_path),
        "protocol": call.protocol,
        "requestId": call.request_id,
        "requestTime": place.now.as_log(),
        "requestTimeEpoch": place.now.0,
        "resourceId": route.key,
        "resourcePath": resource,
        "stage": place.stage.name,
    });
    extend(&mut context, more);
    context
}

fn authorizer(claims: &Claims) -> Value {
    let texts =
        claims.claims.iter().filter_map(|(name, claim)| Some((name.clone(), json!(claim_text(claim)?))));
    json!({ "claims": Map::from_iter(texts), "scopes": claims.scopes })
}

/// The body, and whether it is base64: everything is that is not known to be text.
fn body(matched: &Matched<'_>) -> (Option<String>, bool) {
    let call = matched.call;
    if call.body.is_empty() {
        return (None, false);
    }
    let kind = call.header("content-type").next().map(|value| text(value).to_ascii_lowercase());
    let kind = kind.as_deref().and_then(|kind| kind.split(';').next()).unwrap_or_default().trim();
    let is_text = kind.starts_with("text/")
        || matches!(kind, "application/json" | "application/javascript" | "application/xml")
        || kind.ends_with("+json")
        || kind.ends_with("+xml");
    match std::str::from_utf8(&call.body) {
        Ok(text) if is_text => (Some(text.to_owned()), false),
        _ => (Some(STANDARD.encode(&call.body)), true),
    }
}

fn path_parameters(matched: &Matched<'_>) -> Option<Value> {
    let parameters = matched.path_parameters.iter();
    let decoded = parameters.map(|(name, value)| (name.clone(), json!(percent_decode(value))));
    let decoded = Map::from_iter(decoded);
    (!decoded.is_empty()).then_some(Value::Object(decoded))
}

fn stage_variables(matched: &Matched<'_>) -> Option<Value> {
    let variables = &matched.place.stage.variables;
    (!variables.is_empty()).then(|| json!(variables))
}

fn cookies(value: &[u8]) -> Vec<String> {
    let value = text(value);
    let cookies = value.split(';').map(str::trim).filter(|cookie| !cookie.is_empty());
    cookies.map(str::to_owned).collect()
}

fn text(value: &[u8]) -> String {
    String::from_utf8_lossy(value).into_owned()
}

/// Names in their order, each with all of its values.
type Groups = Vec<(String, Vec<String>)>;

fn grouped(pairs: impl IntoIterator<Item = (String, String)>) -> Groups {
    let mut groups = Groups::new();
    for (name, value) in pairs {
        match groups.iter_mut().find(|(found, _)| *found == name) {
            Some((_, values)) => values.push(value),
            None => groups.push((name, vec![value])),
        }
    }
    groups
}

fn joined(groups: Groups) -> Value {
    Value::Object(groups.into_iter().map(|(name, values)| (name, json!(values.join(",")))).collect())
}

fn last(groups: &[(String, Vec<String>)]) -> Value {
    Value::Object(groups.iter().map(|(name, values)| (name.clone(), json!(values.last()))).collect())
}

fn lists(groups: &[(String, Vec<String>)]) -> Value {
    Value::Object(groups.iter().map(|(name, values)| (name.clone(), json!(values))).collect())
}

fn mixed_case(name: &str) -> String {
    let own = ["Content-Length", "Content-Type", "Host", "User-Agent", "X-Amzn-Trace-Id", "X-Forwarded-For"];
    let own = own.iter().chain(&["X-Forwarded-Port", "X-Forwarded-Proto"]);
    let found = own.into_iter().find(|own| own.eq_ignore_ascii_case(name));
    found.map_or_else(|| name.to_owned(), |own| (*own).to_owned())
}

fn set(object: &mut Value, name: &str, value: Option<Value>) {
    if let Some(value) = value {
        object[name] = value;
    }
}

fn extend(object: &mut Value, more: Value) {
    if let (Value::Object(object), Value::Object(more)) = (object, more) {
        object.extend(more);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::invoke::scene::Scene;

    fn scene() -> (Scene, Draft) {
        let mut scene = Scene::new("arn:aws:lambda:us-east-1:000000000000:function:f");
        let draft = Draft {
            path: "/prod/pets/a%2Fb".to_owned(),
            query: Some("x=1&x=%20&y=".to_owned()),
            headers: [("x-a", "1"), ("x-a", "2"), ("cookie", "a=1; b=2"), ("cookie", "c=3"), ("host", "h")]
                .map(|(name, value)| (name.to_owned(), value.into()))
                .into(),
        };
        scene.call.headers.push(("content-type".to_owned(), "Application/JSON; charset=utf-8".into()));
        scene.call.body = "{\"a\":\"\u{fc}\"}".into();
        (scene, draft)
    }

    const HOST: &str = "api0000001.execute-api.us-east-1.localhost:4566";

    #[test]
    fn format_2() {
        let (scene, draft) = scene();
        let expected = json!({
            "version": "2.0",
            "routeKey": "ANY /pets/{id}",
            "rawPath": "/prod/pets/a/b",
            "rawQueryString": "x=1&x=%20&y=",
            "cookies": ["a=1", "b=2", "c=3"],
            "headers": { "x-a": "1,2", "host": "h" },
            "queryStringParameters": { "x": "1, ", "y": "" },
            "requestContext": {
                "accountId": "000000000000",
                "apiId": "api0000001",
                "authorizer": { "jwt": {
                    "claims": { "sub": "jane", "exp": "1767780000", "cognito:groups": "[a b]" },
                    "scopes": ["s/read"],
                } },
                "domainName": HOST,
                "domainPrefix": "api0000001",
                "http": { "method": "POST", "path": "/prod/pets/a/b", "protocol": "HTTP/1.1", "sourceIp": "192.0.2.7", "userAgent": "curl \"8\"" },
                "requestId": "request-1",
                "routeKey": "ANY /pets/{id}",
                "stage": "prod",
                "time": "07/Jan/2026:09:08:07 +0000",
                "timeEpoch": 1_767_776_887_000_u64,
            },
            "body": "{\"a\":\"\u{fc}\"}",
            "pathParameters": { "id": "a/b" },
            "isBase64Encoded": false,
            "stageVariables": { "color": "red" },
        });
        assert_eq!(of_format_2(&scene.matched(), &draft), expected);
    }

    #[test]
    fn format_1() {
        let (scene, draft) = scene();
        let headers = json!({ "x-a": ["1", "2"], "cookie": ["a=1; b=2", "c=3"], "Host": ["h"] });
        let mut expected = json!({
            "version": "1.0",
            "resource": "/pets/{id}",
            "path": "/prod/pets/a/b",
            "httpMethod": "POST",
            "headers": { "x-a": "2", "cookie": "c=3", "Host": "h" },
            "multiValueHeaders": headers,
            "queryStringParameters": { "x": " ", "y": "" },
            "multiValueQueryStringParameters": { "x": ["1", " "], "y": [""] },
            "requestContext": {
                "accountId": "000000000000",
                "apiId": "api0000001",
                "authorizer": {
                    "claims": { "sub": "jane", "exp": "1767780000", "cognito:groups": "[a b]" },
                    "scopes": ["s/read"],
                },
                "domainName": HOST,
                "domainPrefix": "api0000001",
                "extendedRequestId": "request-1",
                "httpMethod": "POST",
                "identity": {},
                "path": "/prod/pets/a/b",
                "protocol": "HTTP/1.1",
                "requestId": "request-1",
                "requestTime": "07/Jan/2026:09:08:07 +0000",
                "requestTimeEpoch": 1_767_776_887_000_u64,
                "resourceId": "ANY /pets/{id}",
                "resourcePath": "/pets/{id}",
                "stage": "prod",
            },
            "pathParameters": { "id": "a/b" },
            "stageVariables": { "color": "red" },
            "body": "{\"a\":\"\u{fc}\"}",
            "isBase64Encoded": false,
        });
        let unknown = [
            "accessKey",
            "accountId",
            "caller",
            "cognitoAmr",
            "cognitoAuthenticationProvider",
            "cognitoAuthenticationType",
            "cognitoIdentityId",
            "cognitoIdentityPoolId",
            "principalOrgId",
            "user",
            "userArn",
        ];
        let identity = &mut expected["requestContext"]["identity"];
        unknown.iter().for_each(|name| identity[*name] = Value::Null);
        identity["sourceIp"] = json!("192.0.2.7");
        identity["userAgent"] = json!("curl \"8\"");
        assert_eq!(of_format_1(&scene.matched(), &draft), expected);
    }

    #[test]
    fn what_is_not_there() {
        let (mut scene, mut draft) = scene();
        scene.claims = None;
        scene.path_parameters.clear();
        scene.call.body = bytes::Bytes::new();
        scene.call.source_ip = None;
        std::sync::Arc::make_mut(&mut scene.place.stage).variables.clear();
        draft.query = None;
        draft.headers.clear();
        let event = of_format_2(&scene.matched(), &draft);
        for absent in ["cookies", "queryStringParameters", "body", "pathParameters", "stageVariables"] {
            assert_eq!(event.get(absent), None, "{absent}");
        }
        assert_eq!((&event["rawQueryString"], event["requestContext"].get("authorizer")), (&json!(""), None));
        let event = of_format_1(&scene.matched(), &draft);
        let nulls = [
            "queryStringParameters",
            "multiValueQueryStringParameters",
            "body",
            "pathParameters",
            "stageVariables",
        ];
        for null in nulls {
            assert_eq!(event.get(null), Some(&Value::Null), "{null}");
        }
        assert_eq!(event["requestContext"].get("authorizer"), None);
    }

    #[test]
    fn scopes_are_null_where_the_route_wants_none() {
        let claims = Claims { scopes: None, ..Claims::default() };
        assert_eq!(authorizer(&claims), json!({ "claims": {}, "scopes": null }));
    }

    #[test]
    fn bodies() {
        let check = |kind: &'static str, given: &'static [u8], expected: (&str, bool)| {
            let (mut scene, _) = scene();
            scene.call.headers = vec![("content-type".to_owned(), kind.into())];
            scene.call.body = given.into();
            let (text, is_base64) = body(&scene.matched());
            assert_eq!((text.as_deref().unwrap(), is_base64), expected, "{kind}");
        };
        check("text/csv", b"a,b", ("a,b", false));
        check("application/problem+json", b"{}", ("{}", false));
        check("application/x-www-form-urlencoded", b"a=b", ("YT1i", true));
        check("image/png", b"\x89P", ("iVA=", true));
        check("text/plain", b"\xff", ("/w==", true));
        check("", b"a", ("YQ==", true));
    }
}
