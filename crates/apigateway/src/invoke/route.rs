//! Which route takes a call. Pure.
//!
//! Of the routes that match, the path decides first and then the method: no `{proxy+}` before one, in each part a text
//! before a name, the method itself before `ANY`, and `$default` last.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;

use super::call::{PathParameters, Refusal};
use crate::model::Route;

/// What `ANY` and `$default` stand for.
const METHODS: [&str; 7] = ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"];

/// A part of a path, as it came and decoded.
struct Part<'a> {
    raw: &'a str,
    text: Cow<'a, [u8]>,
}

/// How well a route matches, the worst first.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Match {
    Default,
    Greedy(Vec<Kind>, OwnMethod),
    Full(Vec<Kind>, OwnMethod),
}

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Rest,
    Named,
    Text,
}

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct OwnMethod(bool);

/// The route that takes a call, with the parts of the path that it has names for, percent-encoded as they came.
pub(super) fn of_call<'a>(
    routes: &'a [Route],
    method: &str,
    path: &str,
) -> Result<(&'a Route, PathParameters), Refusal> {
    let parts = parts(path)?;
    if !METHODS.contains(&method) {
        return Err(Refusal::not_found());
    }
    // Of two that match alike the one that wants a token is the safer.
    let best = routes
        .iter()
        .filter_map(|route| Some((matched(&route.key, method, &parts)?, route.jwt.is_some(), route)))
        .max_by(|(one, one_safe, _), (other, other_safe, _)| (one, one_safe).cmp(&(other, other_safe)));
    let (_, _, route) = best.ok_or_else(Refusal::not_found)?;
    Ok((route, parameters(&route.key, &parts)))
}

/// The parts of a path. What a URL parser behind the gateway would read as another path than we do is refused: `..` in
/// any spelling, a backslash, a `%` that encodes nothing.
fn parts(path: &str) -> Result<Vec<Part<'_>>, Refusal> {
    let part = |raw| {
        let text: Cow<'_, [u8]> = percent_decode_str(raw).into();
        let is_plain = !matches!(&*text, b"." | b"..") && !raw.contains('\\') && is_encoded(raw);
        is_plain.then_some(Part { raw, text }).ok_or_else(Refusal::bad_request)
    };
    path.strip_prefix('/').ok_or_else(Refusal::bad_request)?.split('/').map(part).collect()
}

/// Whether each `%` has two hexadecimal digits behind it.
fn is_encoded(raw: &str) -> bool {
    let is_digits = |rest: &str| rest.bytes().take(2).filter(u8::is_ascii_hexdigit).count() == 2;
    raw.split('%').skip(1).all(is_digits)
}

/// How well a route key matches, if it does.
fn matched(key: &str, method: &str, parts: &[Part<'_>]) -> Option<Match> {
    let Some((wanted, path)) = key.split_once(" /") else { return Some(Match::Default) };
    if wanted != method && wanted != "ANY" {
        return None;
    }
    let own = OwnMethod(wanted == method);
    let mut kinds = Vec::new();
    let mut parts = parts.iter();
    for pattern in path.split('/') {
        let part = parts.next()?;
        match name(pattern) {
            // An empty part is one of the rest as well: `/admin//x` must not go by `/admin/{proxy+}`.
            Some(name) if name.ends_with('+') => {
                let has_rest = !part.text.is_empty() || parts.len() > 0;
                kinds.push(Kind::Rest);
                return has_rest.then_some(Match::Greedy(kinds, own));
            }
            Some(_) if part.text.is_empty() => return None,
            Some(_) => kinds.push(Kind::Named),
            None if *part.text == *Cow::from(percent_decode_str(pattern)) => kinds.push(Kind::Text),
            None => return None,
        }
    }
    parts.next().is_none().then_some(Match::Full(kinds, own))
}

/// The parts that a route key has names for.
fn parameters(key: &str, parts: &[Part<'_>]) -> Vec<(String, String)> {
    let Some((_, path)) = key.split_once(" /") else { return Vec::new() };
    let named = path.split('/').enumerate().filter_map(|(at, pattern)| Some((at, name(pattern)?)));
    let value = |(at, name): (usize, &str)| match name.strip_suffix('+') {
        Some(name) => {
            let rest: Vec<&str> = parts[at..].iter().map(|part| part.raw).collect();
            (name.to_owned(), rest.join("/"))
        }
        None => (name.to_owned(), parts[at].raw.to_owned()),
    };
    named.map(value).collect()
}

/// `id` of `{id}`, `proxy+` of `{proxy+}`.
fn name(pattern: &str) -> Option<&str> {
    pattern.strip_prefix('{')?.strip_suffix('}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::JwtRule;

    /// `*` before a key: the route wants a token.
    fn routes(keys: &[&str]) -> Vec<Route> {
        let route = |(at, key): (usize, &&str)| Route {
            api_id: "api".to_owned(),
            id: at.to_string(),
            key: key.trim_start_matches('*').to_owned(),
            jwt: key.starts_with('*').then(|| JwtRule { authorizer_id: String::new(), scopes: Vec::new() }),
            target: None,
            operation_name: None,
            managed: false,
        };
        keys.iter().enumerate().map(route).collect()
    }

    /// The key of the route and its parameters, or the status of the refusal.
    fn found(keys: &[&str], request: &str) -> String {
        let (method, path) = request.split_once(' ').unwrap();
        match of_call(&routes(keys), method, path) {
            Ok((route, parameters)) => {
                let parameters = parameters.iter().map(|(name, value)| format!(" {name}={value}"));
                format!("{}{}", route.key, parameters.collect::<String>())
            }
            Err(refusal) => refusal.status.to_string(),
        }
    }

    fn check(keys: &[&str], request: &str, expected: &str) {
        assert_eq!(found(keys, request), expected, "{request}");
        let reversed: Vec<&str> = keys.iter().rev().copied().collect();
        assert_eq!(found(&reversed, request), expected, "{request}, the other way round");
    }

    #[test]
    fn as_documented() {
        let keys =
            ["GET /pets/dog/1", "GET /pets/dog/{id}", "GET /pets/{proxy+}", "ANY /{proxy+}", "$default"];
        check(&keys, "GET /pets/dog/1", "GET /pets/dog/1");
        check(&keys, "GET /pets/dog/2", "GET /pets/dog/{id} id=2");
        check(&keys, "GET /pets/cat/1", "GET /pets/{proxy+} proxy=cat/1");
        check(&keys, "POST /test/5", "ANY /{proxy+} proxy=test/5");
        check(&keys, "GET /", "$default");
    }

    #[test]
    fn priorities() {
        check(&["GET /a", "ANY /a"], "GET /a", "GET /a");
        check(&["GET /a", "ANY /a"], "PUT /a", "ANY /a");
        check(&["GET /{x}", "ANY /a"], "GET /a", "ANY /a");
        check(&["ANY /{a}/{b}", "GET /a/{proxy+}"], "GET /a/b", "ANY /{a}/{b} a=a b=b");
        check(&["GET /{proxy+}", "GET /a/{proxy+}"], "GET /a/b", "GET /a/{proxy+} proxy=b");
        check(&["GET /a/b/d", "GET /a/{x}/c"], "GET /a/b/c", "GET /a/{x}/c x=b");
        check(&["GET /{x}", "*GET /{y}"], "GET /a", "GET /{y} y=a");
        check(&["GET /a"], "POST /a", "404");
        check(&["GET /a"], "HEAD /a", "404");
        check(&[], "GET /a", "404");
    }

    #[test]
    fn one_spelling_of_each_path() {
        let keys = ["*GET /admin", "*GET /admin/{id}", "$default"];
        check(&keys, "GET /%61dmin", "GET /admin");
        check(&keys, "GET /admin/%2e%2e", "400");
        check(&keys, "GET /x/../admin", "400");
        check(&keys, "GET /x/.%2E/admin", "400");
        check(&keys, "GET /./admin", "400");
        check(&keys, "GET /x\\..\\admin", "400");
        check(&keys, "GET /admin%", "400");
        check(&keys, "GET /admin%zz", "400");
        check(&keys, "GET /admin/a%2Fb", "GET /admin/{id} id=a%2Fb");
        check(&keys, "GET /admin/%2e%2e%2f", "GET /admin/{id} id=%2e%2e%2f");
        check(&keys, "GET /Admin", "$default");
        check(&keys, "GET /admin%2F1", "$default");
        check(&["GET /a%20b"], "GET /%61%20b", "GET /a%20b");
    }

    #[test]
    fn empty_parts() {
        check(&["GET /a", "GET /a/{id}", "GET /a/{proxy+}"], "GET /a/", "404");
        check(&["GET /a/"], "GET /a/", "GET /a/");
        check(&["GET /a/"], "GET /a", "404");
        check(&["GET /"], "GET /", "GET /");
        check(&["ANY /{proxy+}"], "GET /", "404");
        check(&["ANY /{proxy+}", "$default"], "GET //a", "ANY /{proxy+} proxy=/a");
        check(&["*ANY /a/{proxy+}", "$default"], "GET /a//b", "ANY /a/{proxy+} proxy=/b");
        check(&["*ANY /a/{proxy+}", "$default"], "GET /a//", "ANY /a/{proxy+} proxy=/");
        check(&["ANY /{proxy+}"], "GET /a//b/", "ANY /{proxy+} proxy=a//b/");
    }

    #[test]
    fn only_methods_that_there_are() {
        for method in ["get", "TRACE", "CONNECT", "PROPFIND", "ANY"] {
            check(&["ANY /a", "$default"], &format!("{method} /a"), "404");
        }
    }
}
