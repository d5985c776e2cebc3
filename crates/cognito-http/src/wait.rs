//! The parameter `wait`: how long a request may block.

use std::time::Duration;

/// The longest wait; a longer one is cut to it.
pub(crate) const LONGEST: Duration = Duration::from_secs(60);

/// Reads `10s`, `500ms` or plain seconds (`10`).
pub(crate) fn parse(text: &str) -> Option<Duration> {
    let (digits, unit): (&str, fn(u64) -> Duration) = match text {
        _ if text.ends_with("ms") => (&text[..text.len() - 2], Duration::from_millis),
        _ if text.ends_with('s') => (&text[..text.len() - 1], Duration::from_secs),
        _ => (text, Duration::from_secs),
    };
    // `str::parse` alone would take a sign, and no wait is longer than this many digits anyway.
    if digits.is_empty() || digits.len() > 9 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    digits.parse().ok().map(|number| unit(number).min(LONGEST))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reading() {
        check("10s", Some(10_000));
        check("500ms", Some(500));
        check("7", Some(7_000));
        check("0", Some(0));
        check("60s", Some(60_000));
        check("61s", Some(60_000));
        check("999999999", Some(60_000));
        check("60001ms", Some(60_000));
        for text in ["", "s", "ms", "-1s", "+1", "1.5s", "1m", "1 s", "10S", "9999999999", "١s"] {
            check(text, None);
        }
    }

    fn check(text: &str, expected: Option<u64>) {
        assert_eq!(parse(text), expected.map(Duration::from_millis), "{text}");
    }
}
