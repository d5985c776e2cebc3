//! The host and port of a URL or of a `Host` header, read without copying.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// A host and the port behind it, if one was given.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Authority<'a> {
    pub host: Host<'a>,
    pub port: Option<u16>,
}

/// A DNS name or an address. Names are compared without regard to case.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Host<'a> {
    Name(&'a str),
    Ip(IpAddr),
}

impl<'a> Authority<'a> {
    /// Reads `host`, `host:port`, `a.b.c.d:port`, `[v6]`, `[v6]:port` or a bare IPv6 address.
    ///
    /// Only dotted-quad text is an IPv4 address: `127.1` or `0x7f000001` stay names, so that no list of addresses
    /// can be evaded by another spelling.
    pub fn parse(text: &'a str) -> Option<Self> {
        if let Some(rest) = text.strip_prefix('[') {
            let (address, after) = rest.split_once(']')?;
            let address: Ipv6Addr = address.parse().ok()?;
            let port = match after.strip_prefix(':') {
                Some(port) => Some(parse_port(port)?),
                None if after.is_empty() => None,
                None => return None,
            };
            return Some(Self { host: Host::Ip(IpAddr::V6(address).to_canonical()), port });
        }
        if let Ok(address) = text.parse::<Ipv6Addr>() {
            return Some(Self { host: Host::Ip(IpAddr::V6(address).to_canonical()), port: None });
        }
        let (name, port) = match text.split_once(':') {
            Some((name, port)) => (name, Some(parse_port(port)?)),
            None => (text, None),
        };
        let host = match name.parse::<Ipv4Addr>() {
            Ok(address) => Host::Ip(address.into()),
            Err(_) => Host::Name(valid_name(name)?),
        };
        Some(Self { host, port })
    }
}

impl Host<'_> {
    /// The host as it stands in a URL: names in lower case, IPv6 in brackets.
    pub fn to_url(self) -> String {
        match self {
            Self::Name(name) => name.to_ascii_lowercase(),
            Self::Ip(IpAddr::V4(address)) => address.to_string(),
            Self::Ip(IpAddr::V6(address)) => format!("[{address}]"),
        }
    }
}

/// Ports as RFC 3986 has them, digits only (`str::parse` alone would take a sign), without 0.
fn parse_port(text: &str) -> Option<u16> {
    if !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    text.parse().ok().filter(|port| *port != 0)
}

/// A DNS name without its final dot. Underscores are let through because container names have them.
fn valid_name(name: &str) -> Option<&str> {
    let name = name.strip_suffix('.').unwrap_or(name);
    let label = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
    };
    (name.len() <= 253 && name.split('.').all(label)).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reading() {
        check("localhost", "localhost");
        check("LocalHost:4566", "localhost 4566");
        check("localhost.:4566", "localhost 4566");
        check("my_container.internal:80", "my_container.internal 80");
        check("127.0.0.1:4566", "127.0.0.1 4566");
        check("127.1", "127.1");
        check("[::1]:4566", "[::1] 4566");
        check("[::1]", "[::1]");
        check("::1", "[::1]");
        check("[::ffff:127.0.0.1]:80", "127.0.0.1 80");
    }

    #[test]
    fn refusing() {
        let bad = [
            "", ":80", "a:", "a:0", "a:+1", "a:65536", "a:1:2", "a b", "a/b", "a@b", "a..b", ".", "[::1",
            "[::1]x", "[::1]:", "[a]", "a\u{e9}", "a\r\nb", "a%00", "*",
        ];
        for text in bad {
            assert_eq!(Authority::parse(text), None, "{text:?}");
        }
        assert_eq!(Authority::parse(&"a".repeat(64)), None);
    }

    fn check(text: &str, expected: &str) {
        let authority = Authority::parse(text).unwrap_or_else(|| panic!("{text} is refused"));
        let port = authority.port.map(|port| format!(" {port}")).unwrap_or_default();
        assert_eq!(authority.host.to_url() + &port, expected, "{text}");
    }
}
