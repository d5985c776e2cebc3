//! The way back to the app: its redirect URI with the members of an answer.

use super::parameters;

/// Where the members of an answer stand (RFC 6749, sections 4.1.2 and 4.2.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Behind `?`, for codes.
    Query,
    /// Behind `#`, for tokens, which servers shall not see.
    Fragment,
}

/// A redirect URI with members, in their order; those without a value are left out.
pub fn answer(redirect_uri: &str, place: Place, members: &[(&str, Option<&str>)]) -> String {
    let mut text = String::new();
    for (name, value) in members {
        if let Some(value) = value {
            parameters::push(&mut text, name, value);
        }
    }
    let separator = match place {
        Place::Fragment => '#',
        Place::Query if redirect_uri.contains('?') => '&',
        Place::Query => '?',
    };
    format!("{redirect_uri}{separator}{text}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers() {
        let check = |uri: &str, place, expected: &str| {
            assert_eq!(answer(uri, place, &[("code", Some("a b")), ("state", None)]), expected);
        };
        check("https://a.example/cb", Place::Query, "https://a.example/cb?code=a+b");
        check("https://a.example/cb?x=1", Place::Query, "https://a.example/cb?x=1&code=a+b");
        check("myapp://cb", Place::Fragment, "myapp://cb#code=a+b");
    }
}
