//! The parameters of a query or a form, `application/x-www-form-urlencoded`.

use std::fmt;

/// Parameters in their order. The values do not print: there are passwords among them.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Parameters(Vec<(String, String)>);

/// A parameter that stands more than once (RFC 6749, section 3.1).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("parameter {0} is repeated")]
pub struct Repeated(pub String);

impl Parameters {
    /// Reads a query or a body. What is not UTF-8 becomes a replacement character, and so equals nothing registered.
    pub fn parse(text: &str) -> Self {
        let pairs = text.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decode(name), decode(value))
        });
        Self(pairs.collect())
    }

    /// A parameter that may stand once. One without a value is as good as none (RFC 6749, section 3.1).
    ///
    /// # Errors
    /// [`Repeated`]
    pub fn one(&self, name: &str) -> Result<Option<&str>, Repeated> {
        let mut values = self.all(name);
        let first = values.next();
        match values.next() {
            None => Ok(first.filter(|value| !value.is_empty())),
            Some(_) => Err(Repeated(name.to_owned())),
        }
    }

    /// The first value of a field of a form of ours, as it was typed.
    pub fn field(&self, name: &str) -> Option<&str> {
        self.all(name).next()
    }

    /// The names and values that begin so, without that beginning.
    pub fn below<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.0.iter().filter_map(move |(name, value)| Some((name.strip_prefix(prefix)?, value.as_str())))
    }

    /// Without the parameters of these names.
    #[must_use]
    pub fn without(&self, names: &[&str]) -> Self {
        Self(self.0.iter().filter(|(name, _)| !names.contains(&name.as_str())).cloned().collect())
    }

    /// With one more.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.0.push((name.to_owned(), value.to_owned()));
        self
    }

    /// As a query.
    pub fn encode(&self) -> String {
        let mut text = String::new();
        for (name, value) in &self.0 {
            push(&mut text, name, value);
        }
        text
    }

    fn all<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(found, _)| found == name).map(|(_, value)| value.as_str())
    }
}

impl fmt::Debug for Parameters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.iter().map(|(name, _)| name)).finish()
    }
}

/// Appends `name=value`, after an `&` if it is not the first. Only unreserved characters stay as they are, so that
/// nothing in a value can end a header or begin another parameter; a blank is a `+`, as AWS writes it.
pub fn push(text: &mut String, name: &str, value: &str) {
    if !text.is_empty() {
        text.push('&');
    }
    encode(text, name);
    text.push('=');
    encode(text, value);
}

fn encode(text: &mut String, value: &str) {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    for byte in value.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => text.push(byte.into()),
            b' ' => text.push('+'),
            _ => text.extend(['%', HEX[usize::from(byte >> 4)].into(), HEX[usize::from(byte & 15)].into()]),
        }
    }
}

/// Decodes `%XX` and `+`.
fn decode(text: &str) -> String {
    percent_decode(&text.replace('+', " "))
}

/// Decodes `%XX`. A `%` without two hexadecimal digits behind it stays as it is.
pub fn percent_decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let digit = |at: usize| bytes.get(at).and_then(|byte| char::from(*byte).to_digit(16));
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        match (bytes[at], digit(at + 1), digit(at + 2)) {
            (b'%', Some(high), Some(low)) => {
                decoded.push((high << 4 | low) as u8);
                at += 3;
            }
            (byte, _, _) => {
                decoded.push(byte);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reading() {
        let check = |text: &str, name: &str, expected: Result<Option<&str>, &str>| {
            let parameters = Parameters::parse(text);
            let expected = expected.map_err(|name| Repeated(name.to_owned()));
            assert_eq!(parameters.one(name), expected, "{text}");
        };
        check("a=1&b=2", "b", Ok(Some("2")));
        check("a=1&b=2", "c", Ok(None));
        check("a=", "a", Ok(None));
        check("a", "a", Ok(None));
        check("a=1&a=1", "a", Err("a"));
        check("a=&a=1", "a", Err("a"));
        check("%61=x%20y+z", "a", Ok(Some("x y z")));
        check("a=%zz%4", "a", Ok(Some("%zz%4")));
        check("a=%ff", "a", Ok(Some("\u{fffd}")));
        check("a=b=c", "a", Ok(Some("b=c")));
        check("&&a=1&", "a", Ok(Some("1")));
    }

    #[test]
    fn writing() {
        let check = |value: &str, expected: &str| {
            let text = Parameters::default().with("a", value).encode();
            assert_eq!(text, format!("a={expected}"));
            assert_eq!(Parameters::parse(&text).one("a"), Ok(Some(value)));
        };
        check("a\r\nLocation: x", "a%0D%0ALocation%3A+x");
        check("Größe", "Gr%C3%B6%C3%9Fe");
        check("<\"'&#=+%>", "%3C%22%27%26%23%3D%2B%25%3E");
        assert_eq!(Parameters::parse("a=1&b=2&a=3").without(&["a"]).with("c", "4").encode(), "b=2&c=4");
    }

    #[test]
    fn values_do_not_print() {
        assert_eq!(format!("{:?}", Parameters::parse("password=secret")), r#"["password"]"#);
    }
}
