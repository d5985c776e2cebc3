//! Where the token of a call stands.

use percent_encoding::percent_decode_str;

use crate::invoke::call::Call;

/// The token that stands where the identity source says, with or without `Bearer` before it. `None` if there is none, or
/// if there are two: then nobody knows which one the integration will look at.
pub(super) fn token(call: &Call, source: &str) -> Option<String> {
    let found: Vec<String> = if let Some(name) = source.strip_prefix("$request.header.") {
        let name = name.to_ascii_lowercase();
        call.header(&name).map(|value| String::from_utf8(value.to_vec()).ok()).collect::<Option<_>>()?
    } else {
        parameters(call.query.as_deref()?, source.strip_prefix("$request.querystring.")?)?
    };
    let [value] = found.as_slice() else { return None };
    bare(value)
}

/// A token without `Bearer` before it; `None` if nothing is left.
pub(crate) fn bare(value: &str) -> Option<String> {
    let value = value.trim_matches(' ');
    // RFC 9110, section 11.1: the scheme has no case. What AWS does with other cases is not documented.
    let (scheme, rest) = value.split_once(' ').unwrap_or((value, ""));
    let token = if scheme.eq_ignore_ascii_case("bearer") { rest.trim_start_matches(' ') } else { value };
    (!token.is_empty()).then(|| token.to_owned())
}

/// The values of a query parameter; `None` if one is not UTF-8.
fn parameters(query: &str, name: &str) -> Option<Vec<String>> {
    let decoded = |text: &str| {
        let text = text.replace('+', " ");
        percent_decode_str(&text).decode_utf8().map(|text| text.into_owned()).ok()
    };
    let pairs = query.split('&').map(|pair| pair.split_once('=').unwrap_or((pair, "")));
    pairs
        .filter(|(found, _)| decoded(found).is_some_and(|found| found == name))
        .map(|(_, value)| decoded(value))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::invoke::call::testing::call;

    #[test]
    fn tokens_in_headers() {
        let check = |headers: &[(&str, &str)], expected: Option<&str>| {
            let mut call = call("GET", "/");
            call.headers = headers.iter().map(|(n, v)| ((*n).to_owned(), v.to_string().into())).collect();
            assert_eq!(token(&call, "$request.header.Authorization").as_deref(), expected, "{headers:?}");
        };
        check(&[], None);
        check(&[("authorization", "")], None);
        check(&[("authorization", "Bearer ")], None);
        check(&[("authorization", "a.b.c")], Some("a.b.c"));
        check(&[("authorization", "Bearer a.b.c")], Some("a.b.c"));
        check(&[("authorization", "bearer  a.b.c")], Some("a.b.c"));
        check(&[("authorization", "Basic a.b.c")], Some("Basic a.b.c"));
        check(&[("authorization", "Bearer a.b.c, Bearer d.e.f")], Some("a.b.c, Bearer d.e.f"));
        check(&[("authorization", "a.b.c"), ("authorization", "a.b.c")], None);
        check(&[("x-authorization", "a.b.c")], None);
    }

    #[test]
    fn tokens_in_queries() {
        let check = |query: Option<&str>, expected: Option<&str>| {
            let mut call = call("GET", "/");
            call.query = query.map(str::to_owned);
            call.headers = vec![("authorization".to_owned(), "d.e.f".into())];
            assert_eq!(token(&call, "$request.querystring.auth").as_deref(), expected, "{query:?}");
        };
        check(None, None);
        check(Some("a=1"), None);
        check(Some("auth"), None);
        check(Some("auth=a.b.c&x=1"), Some("a.b.c"));
        check(Some("auth=Bearer+a.b.c"), Some("a.b.c"));
        check(Some("auth=Bearer%20a.b.c"), Some("a.b.c"));
        check(Some("Auth=a.b.c"), None);
        check(Some("auth=a.b.c&auth=d.e.f"), None);
        check(Some("auth=a.b.c&%61uth=d.e.f"), None);
        check(Some("auth=%ff"), None);
    }
}
