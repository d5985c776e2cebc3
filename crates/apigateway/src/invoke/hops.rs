//! Headers that speak of one connection, and go no further.

use super::call::Headers;

/// RFC 9110, section 7.6.1, with those that are no longer in it.
const HOPS: [&str; 9] = [
    "connection",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// Takes out what speaks of the connection, and what `Connection` names.
pub(super) fn remove(headers: &mut Headers) {
    let named: Vec<String> = headers
        .iter()
        .filter(|(name, _)| name == "connection")
        .flat_map(|(_, value)| value.split(|byte| *byte == b','))
        .map(|name| String::from_utf8_lossy(name.trim_ascii()).to_ascii_lowercase())
        .collect();
    headers.retain(|(name, _)| !HOPS.contains(&name.as_str()) && !named.contains(name));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_of_connections() {
        let check = |given: &[(&str, &'static str)], expected: &[&str]| {
            let header = |&(name, value): &(&str, &'static str)| (name.to_owned(), value.into());
            let mut headers: Headers = given.iter().map(header).collect();
            remove(&mut headers);
            let left: Vec<&str> = headers.iter().map(|(name, _)| name.as_str()).collect();
            assert_eq!(left, expected);
        };
        check(&[("accept", "a"), ("te", "trailers"), ("upgrade", "h2c")], &["accept"]);
        check(&[("connection", "close, X-One"), ("x-one", "1"), ("x-two", "2")], &["x-two"]);
        check(&[("connection", "keep-alive"), ("connection", "x-one"), ("x-one", "1")], &[]);
    }
}
