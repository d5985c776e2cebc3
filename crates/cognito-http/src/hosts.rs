//! Which `Host` headers are answered: DNS rebinding ends here.
//!
//! A page at `evil.example` whose name is made to resolve to 127.0.0.1 reaches this server with `Host: evil.example`;
//! the browser sees one origin and no CORS rule applies. So a request is answered only under a name that can't be an
//! attacker's: a loopback name or address, the configured base, a configured host, or an address that we listen on.

use std::net::IpAddr;

use crate::authority::{Authority, Host};
use crate::base_url::BaseUrl;

/// The allow-list of hosts. Ports don't matter: rebinding works by name, and proxies change ports.
#[derive(Clone, Debug)]
pub(crate) struct Hosts {
    names: Vec<String>,
    /// From `*.suffix`: `.suffix`.
    suffixes: Vec<String>,
    addresses: Vec<IpAddr>,
    /// Listening on all addresses: which one a client used is unknown, and an address can't be rebound.
    any_address: bool,
}

/// A configured host that is neither a name, an address nor `*.name`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct InvalidHost(pub String);

impl std::fmt::Display for InvalidHost {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{:?} in the list of hosts is not a host name, an IP address or *.name", self.0)
    }
}

impl std::error::Error for InvalidHost {}

impl Hosts {
    /// The list for a server with this base, these additional hosts (`name`, `*.name` or an address; a port is
    /// ignored), listening on these addresses.
    pub fn new(base: &BaseUrl, configured: &[String], listening: &[IpAddr]) -> Result<Self, InvalidHost> {
        let mut hosts =
            Self { names: Vec::new(), suffixes: Vec::new(), addresses: Vec::new(), any_address: false };
        for text in configured {
            hosts.add(text).ok_or_else(|| InvalidHost(text.clone()))?;
        }
        hosts.add(base.host()).ok_or_else(|| InvalidHost(base.host().to_owned()))?;
        for address in listening.iter().map(IpAddr::to_canonical) {
            if address.is_unspecified() {
                hosts.any_address = true;
            } else {
                hosts.addresses.push(address);
            }
        }
        Ok(hosts)
    }

    /// Whether a request with this `Host` is answered.
    pub fn allows(&self, host: &str) -> bool {
        match Authority::parse(host).map(|authority| authority.host) {
            Some(Host::Ip(address)) => {
                address.is_loopback() || self.any_address || self.addresses.contains(&address)
            }
            Some(Host::Name(name)) => {
                name.eq_ignore_ascii_case("localhost")
                    || ends_with(name, ".localhost")
                    || self.names(host)
                    || self.suffixes.iter().any(|suffix| ends_with(name, suffix))
            }
            None => false,
        }
    }

    /// Whether it is configured, by itself and not by a suffix.
    pub fn names(&self, host: &str) -> bool {
        match Authority::parse(host).map(|authority| authority.host) {
            Some(Host::Name(name)) => self.names.iter().any(|known| known.eq_ignore_ascii_case(name)),
            Some(Host::Ip(_)) | None => false,
        }
    }

    fn add(&mut self, text: &str) -> Option<()> {
        let (name, wildcard) = match text.strip_prefix("*.") {
            Some(name) => (name, true),
            None => (text, false),
        };
        match Authority::parse(name)?.host {
            Host::Name(name) if wildcard => self.suffixes.push(format!(".{name}")),
            Host::Name(name) => self.names.push(name.to_owned()),
            Host::Ip(_) if wildcard => return None,
            Host::Ip(address) => self.addresses.push(address),
        }
        Some(())
    }
}

fn ends_with(name: &str, suffix: &str) -> bool {
    name.len() > suffix.len()
        && name.as_bytes()[name.len() - suffix.len()..].eq_ignore_ascii_case(suffix.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOOPBACK: &[&str] = &["127.0.0.1", "::1"];

    #[test]
    fn by_default() {
        for host in [
            "localhost",
            "localhost:4566",
            "LOCALHOST:1",
            "localhost.",
            "127.0.0.1:4566",
            "127.8.9.10",
            "[::1]:4566",
        ] {
            check(&[], LOOPBACK, host, true);
        }
        check(&[], LOOPBACK, "shop.auth.us-east-1.localhost:4566", true);
        check(&[], LOOPBACK, "[::ffff:127.0.0.1]", true);
        let foreign = [
            "evil.example",
            "evil.example:4566",
            "localhost.evil.example",
            "notlocalhost",
            ".localhost",
            "10.0.0.1",
            "0.0.0.0",
            "127.1",
            "2130706433",
            "[::2]",
            "",
            "localhost:4566@evil.example",
            "localhost,evil.example",
            "localhost/",
            " localhost",
        ];
        for host in foreign {
            check(&[], LOOPBACK, host, false);
        }
    }

    #[test]
    fn configured_names() {
        let hosts = ["awsemu", "*.example.test", "10.1.2.3", "other:80"];
        check(&hosts, LOOPBACK, "awsemu:4566", true);
        check(&hosts, LOOPBACK, "AWSEMU", true);
        check(&hosts, LOOPBACK, "a.example.test", true);
        check(&hosts, LOOPBACK, "A.B.EXAMPLE.TEST:1", true);
        check(&hosts, LOOPBACK, "example.test", false);
        check(&hosts, LOOPBACK, "badexample.test", false);
        check(&hosts, LOOPBACK, "10.1.2.3:9", true);
        check(&hosts, LOOPBACK, "other", true);
    }

    #[test]
    fn the_base_and_the_addresses_listened_on() {
        let base = BaseUrl::configured(Some("https://id.example.test/cognito"), None, 4566).unwrap();
        let hosts = Hosts::new(&base, &[], &["192.0.2.7".parse().unwrap()]).unwrap();
        assert!(
            hosts.allows("id.example.test") && hosts.allows("192.0.2.7:4566") && !hosts.allows("192.0.2.8")
        );
        check(&[], &["0.0.0.0"], "192.0.2.8:4566", true);
        check(&[], &["::"], "[2001:db8::1]", true);
        check(&[], &["0.0.0.0"], "evil.example", false);
    }

    #[test]
    fn bad_entries() {
        let base = BaseUrl::configured(None, None, 1).unwrap();
        for text in ["*", "*.10.0.0.1", "http://a", "a b", "*.*.a"] {
            let error = Hosts::new(&base, &[text.to_owned()], &[]).unwrap_err();
            assert_eq!(error, InvalidHost(text.to_owned()));
        }
    }

    fn check(configured: &[&str], listening: &[&str], host: &str, allowed: bool) {
        let base = BaseUrl::configured(None, None, 4566).unwrap();
        let configured: Vec<String> = configured.iter().map(ToString::to_string).collect();
        let listening: Vec<IpAddr> = listening.iter().map(|address| address.parse().unwrap()).collect();
        let hosts = Hosts::new(&base, &configured, &listening).unwrap();
        assert_eq!(hosts.allows(host), allowed, "{host:?}");
    }
}
