//! What every integration gets of a call: the headers that are the caller's, and those that only the gateway may write.

use std::borrow::Cow;

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

use super::Gateway;
use super::call::{Call, Headers, Place};

/// What may not stand in a path. A `%` stays: paths are kept as they came.
const PATH: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'\\')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

/// A request to an integration, while it is put together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Draft {
    /// The path, percent-encoded.
    pub(super) path: String,
    /// The query, percent-encoded.
    pub(super) query: Option<String>,
    /// The headers.
    pub(super) headers: Headers,
}

/// The caller's headers without those that tell integrations who called, from where and how: a caller could lie.
pub(super) fn headers(call: &Call) -> Headers {
    let is_callers = |name: &str| {
        !matches!(name, "host" | "content-length" | "expect" | "forwarded")
            && !name.starts_with("x-forwarded-")
            && !name.starts_with("x-amzn-")
    };
    call.headers.iter().filter(|(name, _)| is_callers(name)).cloned().collect()
}

/// A new trace id: `Root=1-<seconds>-<random>`.
pub(super) fn trace_id(gateway: &Gateway, place: &Place) -> String {
    let [one, two] = gateway.app.words();
    format!("Root=1-{:08x}-{one:016x}{:08x}", place.now.seconds(), two >> 32)
}

/// A text with `<open>name}` filled in.
pub(super) fn filled(template: &str, open: &str, value: impl Fn(&str) -> String) -> String {
    let mut filled = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((text, behind)) = rest.split_once(open) {
        let Some((name, after)) = behind.split_once('}') else { break };
        filled.push_str(text);
        filled.push_str(&value(name));
        rest = after;
    }
    filled + rest
}

/// The target of an integration with the stage's variables in it; one that is not set is empty.
pub(super) fn with_stage_variables(target: &str, place: &Place) -> String {
    let value = |name: &str| place.stage.variables.get(name).cloned().unwrap_or_default();
    filled(target, "${stageVariables.", value)
}

/// A text as it may stand in a path: what would end it or be read as another path is encoded.
pub(super) fn path_text(text: &str) -> Cow<'_, str> {
    utf8_percent_encode(text, PATH).into()
}

/// The names and values of a query, decoded.
pub(super) fn pairs(query: Option<&str>) -> Vec<(String, String)> {
    let parts = query.unwrap_or_default().split('&').filter(|part| !part.is_empty());
    let pair = |part: &str| {
        let (name, value) = part.split_once('=').unwrap_or((part, ""));
        (decoded(name), decoded(value))
    };
    parts.map(pair).collect()
}

/// A part of a query, decoded.
pub(super) fn decoded(text: &str) -> String {
    cognito_core::oauth::parameters::percent_decode(&text.replace('+', " "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn templates() {
        let check = |template: &str, expected: &str| {
            assert_eq!(filled(template, "{", |name| format!("<{name}>")), expected);
        };
        check("/a/{b}/{c+}", "/a/<b>/<c+>");
        check("{a}", "<a>");
        check("/a{b", "/a{b");
        check("", "");
    }

    #[test]
    fn paths() {
        let check = |text: &str, expected: &str| assert_eq!(path_text(text), expected);
        check("a%2Fb/c", "a%2Fb/c");
        check("a?b#c d\\e\u{fc}\n", "a%3Fb%23c%20d%5Ce%C3%BC%0A");
    }

    #[test]
    fn queries() {
        let check = |query: Option<&str>, expected: &[(&str, &str)]| {
            let pairs = pairs(query);
            let pairs: Vec<_> = pairs.iter().map(|(name, value)| (&**name, &**value)).collect();
            assert_eq!(pairs, expected, "{query:?}");
        };
        check(None, &[]);
        check(Some(""), &[]);
        check(
            Some("a=1&a=%202+3&b&=c&&d=e=f"),
            &[("a", "1"), ("a", " 2 3"), ("b", ""), ("", "c"), ("d", "e=f")],
        );
    }
}
