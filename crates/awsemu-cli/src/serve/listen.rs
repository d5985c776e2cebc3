//! Opens the sockets that the server listens on.

use std::io::{self, ErrorKind};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};

const DEFAULT_PORT: u16 = 4566;

/// How often another free port is tried when the chosen one is taken on the other loopback address.
const ATTEMPTS: usize = 16;

/// One `--listen`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Place {
    /// Both loopback addresses, since `localhost` means either.
    Loopback(u16),
    Address(SocketAddr),
}

/// Open sockets, at least one.
#[derive(Debug)]
pub struct Sockets {
    pub listeners: Vec<TcpListener>,
    /// The addresses of the listeners.
    pub addresses: Vec<SocketAddr>,
}

impl Sockets {
    /// Opens the sockets for these `--listen` values; without any, both loopback addresses on port 4566.
    ///
    /// # Errors
    /// A text that names the address and what is wrong with it.
    pub fn open(values: &[String]) -> Result<Self, String> {
        let places = match values {
            [] => vec![Place::Loopback(DEFAULT_PORT)],
            values => values.iter().map(|value| parse(value)).collect::<Result<_, _>>()?,
        };
        let mut listeners = Vec::new();
        for place in places {
            match place {
                Place::Address(address) => listeners.push(bind(address)?),
                Place::Loopback(port) => listeners.extend(bind_loopback(port)?),
            }
        }
        let addresses: io::Result<Vec<SocketAddr>> = listeners.iter().map(TcpListener::local_addr).collect();
        let addresses =
            addresses.map_err(|error| format!("failed to read the address of a socket: {error}"))?;
        Ok(Self { listeners, addresses })
    }

    /// The port of the first socket.
    pub fn port(&self) -> u16 {
        self.addresses.first().map_or(DEFAULT_PORT, SocketAddr::port)
    }

    /// Whether other machines can connect.
    pub fn is_beyond_loopback(&self) -> bool {
        self.addresses.iter().any(|address| !address.ip().to_canonical().is_loopback())
    }

    /// A URL at which this machine reaches the server.
    pub fn url(&self) -> String {
        let local = |address: &&SocketAddr| {
            let ip = address.ip().to_canonical();
            ip.is_loopback() || ip.is_unspecified()
        };
        let (host, port) = match (self.addresses.iter().find(local), self.addresses.first()) {
            (Some(address), _) => ("localhost".to_owned(), address.port()),
            (None, Some(SocketAddr::V6(address))) => (format!("[{}]", address.ip()), address.port()),
            (None, Some(SocketAddr::V4(address))) => (address.ip().to_string(), address.port()),
            (None, None) => ("localhost".to_owned(), DEFAULT_PORT),
        };
        if port == 80 { format!("http://{host}") } else { format!("http://{host}:{port}") }
    }
}

fn parse(value: &str) -> Result<Place, String> {
    let port = value.strip_prefix("localhost:").or_else(|| value.strip_prefix(':')).unwrap_or(value);
    if let Ok(port) = port.parse() {
        return Ok(Place::Loopback(port));
    }
    value.parse().map(Place::Address).map_err(|_| {
        format!("{value:?} is no address to listen on: give ADDR:PORT, such as 127.0.0.1:4566, [::1]:4566 or localhost:0")
    })
}

fn bind(address: SocketAddr) -> Result<TcpListener, String> {
    TcpListener::bind(address).map_err(|error| failure(address, &error))
}

fn bind_loopback(port: u16) -> Result<Vec<TcpListener>, String> {
    let mut last = String::new();
    for _ in 0..ATTEMPTS {
        let first = bind((Ipv4Addr::LOCALHOST, port).into())?;
        let chosen =
            first.local_addr().map_err(|error| format!("failed to read the chosen port: {error}"))?.port();
        let second = SocketAddr::new(IpAddr::V6(Ipv6Addr::LOCALHOST), chosen);
        match TcpListener::bind(second) {
            Ok(listener) => return Ok(vec![first, listener]),
            // Somebody else there would get the half of our calls that goes to [::1].
            Err(error) if error.kind() == ErrorKind::AddrInUse => last = failure(second, &error),
            Err(error) => {
                tracing::warn!("not listening on {second}: {error}");
                return Ok(vec![first]);
            }
        }
        if port != 0 {
            break;
        }
    }
    Err(last)
}

fn failure(address: SocketAddr, error: &io::Error) -> String {
    match error.kind() {
        ErrorKind::AddrInUse => {
            format!(
                "failed to listen on {address}: the port is in use, perhaps by another awsemu; choose one with --listen"
            )
        }
        _ => format!("failed to listen on {address}: {error}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values() {
        check("127.0.0.1:4566", Some(Place::Address("127.0.0.1:4566".parse().unwrap())));
        check("[::1]:0", Some(Place::Address("[::1]:0".parse().unwrap())));
        check("0.0.0.0:80", Some(Place::Address("0.0.0.0:80".parse().unwrap())));
        check("localhost:4567", Some(Place::Loopback(4567)));
        check(":4567", Some(Place::Loopback(4567)));
        check("0", Some(Place::Loopback(0)));
        for bad in ["", "127.0.0.1", "::1:4566", "example.test:80", "127.0.0.1:70000", "localhost:"] {
            check(bad, None);
        }
    }

    #[test]
    fn a_free_port_on_both() {
        let sockets = Sockets::open(&["localhost:0".to_owned()]).unwrap();
        assert_ne!(sockets.port(), 0);
        assert!(sockets.addresses.iter().all(|address| address.port() == sockets.port()));
        assert!(!sockets.is_beyond_loopback());
        assert_eq!(sockets.url(), format!("http://localhost:{}", sockets.port()));
        let error = Sockets::open(&[format!("127.0.0.1:{}", sockets.port())]).unwrap_err();
        assert!(error.contains("the port is in use"), "{error}");
    }

    #[test]
    fn urls() {
        let url = |addresses: &[&str]| {
            let addresses = addresses.iter().map(|address| address.parse().unwrap()).collect();
            Sockets { listeners: Vec::new(), addresses }.url()
        };
        assert_eq!(url(&["127.0.0.1:4566", "[::1]:4566"]), "http://localhost:4566");
        assert_eq!(url(&["192.0.2.7:1", "[::1]:80"]), "http://localhost");
        assert_eq!(url(&["0.0.0.0:8080"]), "http://localhost:8080");
        assert_eq!(url(&["192.0.2.7:8080"]), "http://192.0.2.7:8080");
        assert_eq!(url(&["[2001:db8::1]:8080"]), "http://[2001:db8::1]:8080");
    }

    fn check(value: &str, expected: Option<Place>) {
        assert_eq!(parse(value).ok(), expected, "{value}");
    }
}
