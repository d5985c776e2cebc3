//! The JSON protocol of REST APIs: method, path and query name the operation and hold a part of its input.
//!
//! Inside, inputs and outputs have the model's member names (`RouteKey`), as everywhere; only what travels has its
//! own (`routeKey`). Both directions are pure, so that server and command line share them.

use serde_json::{Map, Value};

use crate::model::{Http, Model, Operation, Place, ShapeId, ShapeKind};

/// What a method and a path lead to.
pub enum Found<'m> {
    /// An operation, and the members of its input that stand in the path.
    Operation(&'m Operation, Map<String, Value>),
    /// An operation of the service that is not offered, by its name.
    Other(&'m str),
}

/// A request that is ready to be sent.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Request<'m> {
    /// Such as `POST`.
    pub method: &'m str,
    /// Percent-encoded, with a slash in front.
    pub path: String,
    /// Percent-encoded, sorted, without `?`; may be empty.
    pub query: String,
    /// A JSON object, or nothing.
    pub body: String,
}

/// The operation of a method and a path, which is still percent-encoded.
pub fn find<'m>(model: &'m Model, method: &str, path: &str) -> Option<Found<'m>> {
    let parts: Vec<&str> = path.strip_prefix('/')?.split('/').collect();
    for operation in model.operations() {
        let Some(http) = &operation.http else { continue };
        if http.method == method && fits(http, &parts) {
            return Some(Found::Operation(operation, of_path(model, operation, http, &parts)?));
        }
    }
    let other = model.others().iter().find(|(_, http)| http.method == method && fits(http, &parts));
    other.map(|(name, _)| Found::Other(name))
}

fn fits(http: &Http, parts: &[&str]) -> bool {
    let fits_part = |(pattern, part): (&String, &&str)| {
        if pattern.starts_with('{') { !part.is_empty() } else { pattern == part }
    };
    http.path.len() == parts.len() && http.path.iter().zip(parts).all(fits_part)
}

/// The members that stand in the path. `None` if a part of it is not UTF-8.
fn of_path(model: &Model, operation: &Operation, http: &Http, parts: &[&str]) -> Option<Map<String, Value>> {
    let mut input = Map::new();
    for (pattern, part) in http.path.iter().zip(parts) {
        let Some(name) = pattern.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) else { continue };
        let member = members(model, operation.input)
            .iter()
            .find(|member| matches!(&member.place, Place::Path(place) if place == name))?;
        input.insert(member.name.clone(), Value::String(decoded(part)?));
    }
    Some(input)
}

/// Adds the members that stand in the query to an input. What is malformed or unknown is left out.
pub fn read_query(model: &Model, operation: &Operation, query: &str, input: &mut Map<String, Value>) {
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let (Some(name), Some(value)) = (decoded(&name.replace('+', " ")), decoded(&value.replace('+', " ")))
        else {
            continue;
        };
        let member = members(model, operation.input)
            .iter()
            .find(|member| matches!(&member.place, Place::Query(place) if *place == name));
        let Some(member) = member else { continue };
        match &model.shape(member.shape).kind {
            ShapeKind::List { .. } => {
                let list = input.entry(member.name.clone()).or_insert_with(|| Value::Array(Vec::new()));
                if let Value::Array(list) = list {
                    list.push(Value::String(value));
                }
            }
            _ => {
                input.insert(member.name.clone(), Value::String(value));
            }
        }
    }
}

/// Adds the members that stand in the body to an input. Members of path and query count only there.
pub fn read_body(model: &Model, operation: &Operation, body: Value, input: &mut Map<String, Value>) {
    let Value::Object(mut body) = inner(model, operation.input, body) else { return };
    for member in members(model, operation.input).iter().filter(|member| member.place == Place::Body) {
        if let Some(value) = body.remove(&member.name) {
            input.insert(member.name.clone(), value);
        }
    }
}

/// The request that calls an operation with an input. `None` if a member of the path is missing or empty, which would
/// lead to another operation.
pub fn request<'m>(model: &Model, operation: &'m Operation, input: &Value) -> Option<Request<'m>> {
    let http = operation.http.as_ref()?;
    let members = members(model, operation.input);
    let mut path = String::new();
    for part in &http.path {
        path.push('/');
        match part.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
            None => path.push_str(part),
            Some(name) => {
                let is_it = |place: &Place| matches!(place, Place::Path(place) if place == name);
                let member = members.iter().find(|member| is_it(&member.place))?;
                let value = input.get(&member.name)?.as_str().filter(|value| !value.is_empty())?;
                encode(value, &mut path);
            }
        }
    }
    let mut pairs: Vec<(&str, String)> = Vec::new();
    let mut body = Map::new();
    for member in members {
        let Some(value) = input.get(&member.name) else { continue };
        match &member.place {
            Place::Path(_) => {}
            Place::Query(name) => pairs.extend(texts(value).into_iter().map(|text| (name.as_str(), text))),
            Place::Body => {
                body.insert(outer_name(&member.name), outer(model, member.shape, value.clone()));
            }
        }
    }
    pairs.sort();
    let query = pairs.iter().map(|(name, value)| {
        let mut pair = String::new();
        encode(name, &mut pair);
        pair.push('=');
        encode(value, &mut pair);
        pair
    });
    let query = query.collect::<Vec<_>>().join("&");
    let body = if body.is_empty() { String::new() } else { Value::Object(body).to_string() };
    Some(Request { method: &http.method, path, query, body })
}

fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::Array(list) => list.iter().flat_map(texts).collect(),
        Value::String(text) => vec![text.clone()],
        other => vec![other.to_string()],
    }
}

/// A value with the names that travel, of one with the model's.
pub fn outer(model: &Model, shape: ShapeId, value: Value) -> Value {
    renamed(model, shape, value, &|name| (name.to_owned(), outer_name(name)))
}

/// A value with the model's names, of one with those that travel.
pub fn inner(model: &Model, shape: ShapeId, value: Value) -> Value {
    renamed(model, shape, value, &|name| (outer_name(name), name.to_owned()))
}

/// Renames the members of structures: `names` says for a member of the model from what to what. Unknown members are
/// left out.
fn renamed(model: &Model, shape: ShapeId, value: Value, names: &dyn Fn(&str) -> (String, String)) -> Value {
    match (&model.shape(shape).kind, value) {
        (ShapeKind::Structure { members, document: false }, Value::Object(mut object)) => {
            let mut result = Map::new();
            for member in members {
                let (from, to) = names(&member.name);
                if let Some(value) = object.remove(&from) {
                    result.insert(to, renamed(model, member.shape, value, names));
                }
            }
            Value::Object(result)
        }
        (ShapeKind::List { member, .. }, Value::Array(list)) => {
            list.into_iter().map(|element| renamed(model, *member, element, names)).collect()
        }
        (ShapeKind::Map { value: shape, .. }, Value::Object(map)) => {
            map.into_iter().map(|(key, value)| (key, renamed(model, *shape, value, names))).collect()
        }
        (_, value) => value,
    }
}

/// `RouteKey` travels as `routeKey`.
fn outer_name(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map(|first| first.to_lowercase().chain(letters).collect()).unwrap_or_default()
}

fn members(model: &Model, shape: ShapeId) -> &[crate::model::Member] {
    match &model.shape(shape).kind {
        ShapeKind::Structure { members, .. } => members,
        _ => &[],
    }
}

/// Percent-encodes all but the unreserved characters (RFC 3986, section 2.3).
fn encode(text: &str, out: &mut String) {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let digits = [HEX[usize::from(byte >> 4)], HEX[usize::from(byte & 15)]];
            out.push('%');
            out.extend(digits.map(char::from));
        }
    }
}

/// `None` if there is a broken escape or the bytes are not UTF-8.
fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => {
                let mut digit = || char::from(rest.next()?).to_digit(16);
                u8::try_from(digit()? * 16 + digit()?).ok()?
            }
            byte => byte,
        });
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn requests_come_back_as_they_were() {
        check(
            "CreateRoute",
            json!({ "ApiId": "a1", "RouteKey": "GET /x", "AuthorizationScopes": ["a", "b"] }),
            r#"POST /v2/apis/a1/routes?{"authorizationScopes":["a","b"],"routeKey":"GET /x"}"#,
        );
        check("GetRoutes", json!({ "ApiId": "a", "MaxResults": "5" }), "GET /v2/apis/a/routes?maxResults=5");
        check(
            "DeleteStage",
            json!({ "ApiId": "a", "StageName": "$default" }),
            "DELETE /v2/apis/a/stages/%24default?",
        );
        check(
            "UntagResource",
            json!({ "ResourceArn": "arn:x::/apis/a", "TagKeys": ["k 1", "\u{e9}"] }),
            "DELETE /v2/tags/arn%3Ax%3A%3A%2Fapis%2Fa?tagKeys=k%201&tagKeys=%C3%A9",
        );
        check(
            "CreateIntegration",
            json!({ "ApiId": "a", "IntegrationType": "HTTP_PROXY", "RequestParameters": { "Overwrite:Path": "$request.path" } }),
            r#"POST /v2/apis/a/integrations?{"integrationType":"HTTP_PROXY","requestParameters":{"Overwrite:Path":"$request.path"}}"#,
        );
    }

    fn check(name: &str, input: Value, expected: &str) {
        let model = Model::apigatewayv2();
        let operation = model.operation(name).unwrap();
        let Request { method, path, query, body } = request(model, operation, &input).unwrap();
        assert_eq!(format!("{method} {path}?{query}{body}"), expected);
        let Some(Found::Operation(found, mut back)) = find(model, method, &path) else { panic!("{path}") };
        assert_eq!(found.name, name);
        read_query(model, found, &query, &mut back);
        if !body.is_empty() {
            read_body(model, found, serde_json::from_str(&body).unwrap(), &mut back);
        }
        assert_eq!(Value::Object(back), input);
    }

    #[test]
    fn paths() {
        let model = Model::apigatewayv2();
        let name = |method, path| match find(model, method, path) {
            Some(Found::Operation(operation, _)) => operation.name.clone(),
            Some(Found::Other(name)) => format!("other {name}"),
            None => String::new(),
        };
        assert_eq!(name("GET", "/v2/apis"), "GetApis");
        assert_eq!(name("PATCH", "/v2/apis/a/stages/s"), "UpdateStage");
        assert_eq!(name("POST", "/v2/domainnames"), "other CreateDomainName");
        for (method, path) in [
            ("HEAD", "/v2/apis/a"),
            ("GET", "/v2/apis/"),
            ("GET", "/v2"),
            ("GET", "/v2/apis/%ff"),
            ("GET", "v2/apis"),
        ] {
            assert_eq!(name(method, path), "", "{method} {path}");
        }
    }

    #[test]
    fn a_member_counts_only_in_its_place() {
        let model = Model::apigatewayv2();
        let operation = model.operation("UpdateRoute").unwrap();
        let mut input = Map::from_iter([("ApiId".to_owned(), json!("mine"))]);
        read_body(model, operation, json!({ "apiId": "theirs", "RouteKey": "x", "target": "t" }), &mut input);
        assert_eq!(Value::Object(input), json!({ "ApiId": "mine", "Target": "t" }));
    }

    #[test]
    fn an_empty_part_of_the_path_is_no_request() {
        let model = Model::apigatewayv2();
        let operation = model.operation("DeleteRoute").unwrap();
        assert_eq!(request(model, operation, &json!({ "ApiId": "a", "RouteId": "" })), None);
    }
}
