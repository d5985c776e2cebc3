//! The base URL: what stands before `/<pool-id>` in issuers and before every other URL that we hand out.

use std::fmt;
use std::sync::Arc;

use cognito_ops::{IssuerForm, Site};

use crate::authority::Authority;
use crate::hosts::Hosts;

/// An absolute http or https URL without a trailing slash, without its scheme's default port, host in lower case.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct BaseUrl {
    text: Arc<str>,
    /// Where the host stands in `text`, and where the path prefix begins.
    host: (usize, usize),
    path: usize,
}

/// Where the `iss` of tokens, and with it discovery, comes from.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum IssuerMode {
    /// The configured base, whatever name a request came by.
    #[default]
    Public,
    /// The name that the request came by: `Host`, or `X-Forwarded-*` when the forwarded host is an allowed one.
    Request,
    /// `https://cognito-idp.<region>.amazonaws.com/<pool-id>`, for verifiers with a hard-wired URL.
    Aws,
}

impl std::str::FromStr for IssuerMode {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "public" => Ok(Self::Public),
            "request" => Ok(Self::Request),
            "aws" => Ok(Self::Aws),
            _ => Err(format!("the issuer is one of public, request and aws, not {text:?}")),
        }
    }
}

/// A setting that no URL can be made of.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct InvalidBaseUrl {
    setting: &'static str,
    value: String,
    reason: &'static str,
}

impl fmt::Display for InvalidBaseUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "the {} {:?} {}", self.setting, self.value, self.reason)
    }
}

impl std::error::Error for InvalidBaseUrl {}

/// What a request says about the name that it came by. Each is the header's raw value.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct RequestName<'a> {
    pub host: &'a str,
    pub forwarded_host: Option<&'a str>,
    pub forwarded_proto: Option<&'a str>,
    pub forwarded_port: Option<&'a str>,
    pub forwarded_prefix: Option<&'a str>,
}

impl BaseUrl {
    /// The base of a server that listens on `port`: `publish_url` (a full URL, a path prefix allowed), else `host`
    /// (`host`, `host:port`, `[v6]:port` or a full URL; without a port, that of the server), else
    /// `http://localhost:<port>`.
    pub fn configured(
        publish_url: Option<&str>,
        host: Option<&str>,
        port: u16,
    ) -> Result<Self, InvalidBaseUrl> {
        if let Some(url) = publish_url {
            return parse_url(url).map_err(|reason| InvalidBaseUrl {
                setting: "publish URL",
                value: url.to_owned(),
                reason,
            });
        }
        let Some(host) = host else {
            return Ok(Self::assemble(Scheme::Http, "localhost", Some(port), ""));
        };
        let parsed = if host.contains("://") {
            parse_url(host)
        } else {
            match Authority::parse(host.trim_end_matches('/')) {
                Some(authority) => {
                    let port = authority.port.unwrap_or(port);
                    Ok(Self::assemble(Scheme::Http, &authority.host.to_url(), Some(port), ""))
                }
                None => Err("is not host, host:port, [v6]:port or a URL"),
            }
        };
        parsed.map_err(|reason| InvalidBaseUrl { setting: "host", value: host.to_owned(), reason })
    }

    /// The URL.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The host, IPv6 in brackets.
    pub fn host(&self) -> &str {
        &self.text[self.host.0..self.host.1]
    }

    /// The path prefix: empty, or `/a/b`.
    pub fn prefix(&self) -> &str {
        &self.text[self.path..]
    }

    /// The base by which a request came. `self` gives the path prefix where no proxy names one.
    pub(crate) fn of_request<'a>(&self, name: RequestName<'a>, hosts: &Hosts) -> Option<Self> {
        let forwarded_host = name.forwarded_host.map(first);
        // A proxy that we don't know can't be told from the client itself: then nothing that it says counts.
        let trusted = forwarded_host.is_none_or(|host| hosts.allows(host));
        let forwarded = |value: Option<&'a str>| value.filter(|_| trusted).map(first);
        let authority = Authority::parse(forwarded(forwarded_host).unwrap_or(name.host))?;
        let scheme = forwarded(name.forwarded_proto).and_then(Scheme::parse).unwrap_or(Scheme::Http);
        let port =
            authority.port.or_else(|| forwarded(name.forwarded_port)?.parse().ok().filter(|port| *port != 0));
        let prefix = match forwarded(name.forwarded_prefix).map(|prefix| prefix.trim_end_matches('/')) {
            Some(prefix) if valid_prefix(prefix) => prefix,
            _ => self.prefix(),
        };
        Some(Self::assemble(scheme, &authority.host.to_url(), port, prefix))
    }

    fn assemble(scheme: Scheme, host: &str, port: Option<u16>, prefix: &str) -> Self {
        let start = scheme.as_str().len() + "://".len();
        let mut text = format!("{}://{host}", scheme.as_str());
        if let Some(port) = port.filter(|port| *port != scheme.default_port()) {
            text.push(':');
            text.push_str(&port.to_string());
        }
        let path = text.len();
        text.push_str(prefix);
        Self { text: text.into(), host: (start, start + host.len()), path }
    }
}

/// How URLs are built for a request: made once, or from each request in the mode `request`.
#[derive(Clone, Debug)]
pub(crate) struct Sites {
    base: BaseUrl,
    mode: IssuerMode,
    configured: Site,
}

impl Sites {
    pub fn new(base: BaseUrl, mode: IssuerMode) -> Self {
        let issuer = match mode {
            IssuerMode::Public | IssuerMode::Request => IssuerForm::Base,
            IssuerMode::Aws => IssuerForm::Aws,
        };
        let configured = Site { base: base.text.clone(), issuer, domain: None };
        Self { base, mode, configured }
    }

    /// The site of a request whose `Host` was let in. `name` is only asked in the mode `request`.
    pub fn site<'a>(&self, hosts: &Hosts, name: impl FnOnce() -> RequestName<'a>) -> Site {
        if self.mode != IssuerMode::Request {
            return self.configured.clone();
        }
        match self.base.of_request(name(), hosts) {
            Some(base) => Site { base: base.text, issuer: IssuerForm::Base, domain: None },
            None => self.configured.clone(),
        }
    }

    /// The base by which a request came, whatever the mode: for the domains of pools.
    pub fn of_request(&self, hosts: &Hosts, name: RequestName<'_>) -> Option<Arc<str>> {
        self.base.of_request(name, hosts).map(|base| base.text)
    }

    pub fn prefix(&self) -> &str {
        self.base.prefix()
    }
}

#[derive(Clone, Copy, Debug)]
enum Scheme {
    Http,
    Https,
}

impl Scheme {
    fn parse(text: &str) -> Option<Self> {
        match text {
            _ if text.eq_ignore_ascii_case("http") => Some(Self::Http),
            _ if text.eq_ignore_ascii_case("https") => Some(Self::Https),
            _ => None,
        }
    }

    fn as_str(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
        }
    }

    fn default_port(self) -> u16 {
        match self {
            Self::Http => 80,
            Self::Https => 443,
        }
    }
}

fn parse_url(url: &str) -> Result<BaseUrl, &'static str> {
    let (scheme, rest) = url.split_once("://").ok_or("does not begin with http:// or https://")?;
    let scheme = Scheme::parse(scheme).ok_or("does not begin with http:// or https://")?;
    let (authority, prefix) = match rest.find('/') {
        Some(slash) => rest.split_at(slash),
        None => (rest, ""),
    };
    let authority = Authority::parse(authority).ok_or("has no valid host and port")?;
    let prefix = prefix.trim_end_matches('/');
    if !valid_prefix(prefix) {
        return Err("has a path other than plain segments (no query, fragment, `..` or `//`)");
    }
    Ok(BaseUrl::assemble(scheme, &authority.host.to_url(), authority.port, prefix))
}

/// Empty, or segments of unreserved characters: what needs no escaping in a URL or in HTML.
fn valid_prefix(prefix: &str) -> bool {
    let segment = |segment: &str| {
        !matches!(segment, "" | "." | "..")
            && segment.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte))
    };
    prefix.is_empty() || prefix.strip_prefix('/').is_some_and(|rest| rest.split('/').all(segment))
}

/// The first of a list: the proxy nearest to the client.
fn first(list: &str) -> &str {
    list.split(',').next().unwrap_or_default().trim()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default() {
        check(None, None, 4566, "http://localhost:4566");
        check(None, None, 80, "http://localhost");
        check(None, None, 443, "http://localhost:443");
    }

    #[test]
    fn by_host() {
        check(None, Some("awsemu"), 4566, "http://awsemu:4566");
        check(None, Some("AwsEmu:8080"), 4566, "http://awsemu:8080");
        check(None, Some("awsemu:80"), 4566, "http://awsemu");
        check(None, Some("[::1]:4567"), 4566, "http://[::1]:4567");
        check(None, Some("::1"), 4566, "http://[::1]:4566");
        check(None, Some("[2001:DB8:0::1]"), 80, "http://[2001:db8::1]");
        check(None, Some("https://awsemu"), 4566, "https://awsemu");
        check(None, Some("http://awsemu/"), 4566, "http://awsemu");
        check(None, Some("http://awsemu:4566/id/"), 1, "http://awsemu:4566/id");
        check(None, Some(""), 1, "error: the host \"\" is not host, host:port, [v6]:port or a URL");
        check(None, Some("a b"), 1, "error: the host \"a b\" is not host, host:port, [v6]:port or a URL");
    }

    #[test]
    fn by_publish_url() {
        check(Some("https://id.example.test"), Some("ignored"), 4566, "https://id.example.test");
        check(Some("HTTPS://ID.example.test:443/"), None, 4566, "https://id.example.test");
        check(Some("https://id.example.test:80"), None, 4566, "https://id.example.test:80");
        check(Some("http://id.example.test:80/a/b//"), None, 4566, "http://id.example.test/a/b");
        check(Some("https://[::1]:8443/x"), None, 4566, "https://[::1]:8443/x");
        let path = "has a path other than plain segments (no query, fragment, `..` or `//`)";
        let scheme = "does not begin with http:// or https://";
        let host = "has no valid host and port";
        for (url, reason) in [
            ("id.example.test", scheme),
            ("ftp://a", scheme),
            ("https://", host),
            ("https:///x", host),
            ("https://user@a", host),
            ("https://a:99999", host),
            ("https://a?x", host),
            ("https://a/b?x", path),
            ("https://a/b#x", path),
            ("https://a/../b", path),
            ("https://a//b", path),
            ("https://a/\"><b", path),
        ] {
            check(Some(url), None, 1, &format!("error: the publish URL {url:?} {reason}"));
        }
    }

    #[test]
    fn parts() {
        let base = BaseUrl::configured(Some("https://id.example.test:8443/a/b"), None, 1).unwrap();
        assert_eq!((base.host(), base.prefix()), ("id.example.test", "/a/b"));
        let base = BaseUrl::configured(None, Some("[::1]"), 80).unwrap();
        assert_eq!((base.host(), base.prefix()), ("[::1]", ""));
    }

    #[test]
    fn from_a_request() {
        let plain = RequestName { host: "127.0.0.1:4566", ..Default::default() };
        check_request(plain, "http://127.0.0.1:4566");
        check_request(RequestName { host: "LOCALHOST:80", ..plain }, "http://localhost");
        check_request(RequestName { host: "[::1]:4566", ..plain }, "http://[::1]:4566");
        let proxied = RequestName {
            forwarded_host: Some("trusted.test, 10.0.0.1"),
            forwarded_proto: Some("https"),
            ..plain
        };
        check_request(proxied, "https://trusted.test");
        check_request(RequestName { forwarded_port: Some("8443"), ..proxied }, "https://trusted.test:8443");
        check_request(RequestName { forwarded_port: Some("443"), ..proxied }, "https://trusted.test");
        check_request(RequestName { forwarded_prefix: Some("/id/"), ..proxied }, "https://trusted.test/id");
        check_request(RequestName { forwarded_prefix: Some("/\"x"), ..proxied }, "https://trusted.test");
        check_request(RequestName { forwarded_proto: Some("javascript"), ..proxied }, "http://trusted.test");
        check_request(
            RequestName { forwarded_host: Some("trusted.test:81"), forwarded_port: Some("82"), ..proxied },
            "https://trusted.test:81",
        );
    }

    #[test]
    fn nothing_of_an_unknown_proxy_counts() {
        let name = RequestName {
            host: "localhost:4566",
            forwarded_host: Some("evil.example"),
            forwarded_proto: Some("https"),
            forwarded_port: Some("1"),
            forwarded_prefix: Some("/x"),
        };
        check_request(name, "http://localhost:4566");
        check_request(RequestName { forwarded_host: Some(""), ..name }, "http://localhost:4566");
    }

    #[test]
    fn sites() {
        let base = BaseUrl::configured(Some("https://id.example.test"), None, 1).unwrap();
        let hosts = Hosts::new(&base, &[], &[]).unwrap();
        let name = || RequestName { host: "localhost:9", ..Default::default() };
        let site = |mode| Sites::new(base.clone(), mode).site(&hosts, name);
        let found = |mode| (site(mode).base.to_string(), site(mode).issuer == IssuerForm::Aws);
        assert_eq!(found(IssuerMode::Public), ("https://id.example.test".to_owned(), false));
        assert_eq!(found(IssuerMode::Request), ("http://localhost:9".to_owned(), false));
        assert_eq!(found(IssuerMode::Aws), ("https://id.example.test".to_owned(), true));
    }

    fn check(publish_url: Option<&str>, host: Option<&str>, port: u16, expected: &str) {
        let found = match BaseUrl::configured(publish_url, host, port) {
            Ok(base) => base.as_str().to_owned(),
            Err(error) => format!("error: {error}"),
        };
        assert_eq!(found, expected);
    }

    fn check_request(name: RequestName<'_>, expected: &str) {
        let base = BaseUrl::configured(None, None, 4566).unwrap();
        let hosts = Hosts::new(&base, &["trusted.test".to_owned()], &[]).unwrap();
        assert_eq!(base.of_request(name, &hosts).unwrap().as_str(), expected, "{name:?}");
    }
}
