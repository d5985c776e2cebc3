//! The gate that every request passes: host, origin, tools; and what is remembered of a request until it is answered.

use std::net::IpAddr;

use actix_web::HttpRequest;
use actix_web::http::Version;
use actix_web::http::header::{AUTHORIZATION, HOST, HeaderMap};
use cognito_ops::{ApiError, CalledDomain, Site, is_prefix_domain};
use tokio::sync::watch;

use crate::authority::{Authority, Host};
use crate::backend::Backend;
use crate::base_url::{RequestName, Sites};
use crate::cors::{Cors, Origins};
use crate::execute_api;
use crate::hosts::{Hosts, InvalidHost};
use crate::request_id;
use crate::settings::{Iam, Settings, Timeouts};

/// The service behind HTTP with what is decided about requests once.
pub(crate) struct Gate<B> {
    pub backend: B,
    pub origins: Origins,
    pub iam: Iam,
    pub timeouts: Timeouts,
    /// True as soon as the server is stopped.
    pub stopping: watch::Receiver<bool>,
    hosts: Hosts,
    sites: Sites,
    tools: Tools,
}

/// What is known of a request while it is answered; it outlives a panic.
pub(crate) struct Exchange {
    pub request_id: String,
    /// The operation's name; empty where there is none.
    pub operation: &'static str,
    pub cors: Cors,
}

/// The name that a request was made to.
pub(crate) struct Called<'a> {
    /// The `Host`.
    pub host: &'a str,
    /// The domain of a pool that it is.
    pub domain: Option<CalledDomain>,
}

/// Who may use `/_awsemu/`.
#[derive(Clone, Debug)]
enum Tools {
    Open,
    Token(String),
    Closed,
}

impl Exchange {
    pub fn new() -> Self {
        Self { request_id: request_id::new(), operation: "", cors: Cors::default() }
    }
}

impl<B> Gate<B> {
    pub fn new(
        backend: B,
        settings: Settings,
        listening: &[IpAddr],
        stopping: watch::Receiver<bool>,
    ) -> Result<Self, InvalidHost> {
        let loopback_only = listening.iter().all(|address| address.to_canonical().is_loopback());
        let tools = match settings.tools_token {
            Some(token) => Tools::Token(token),
            None if loopback_only => Tools::Open,
            None => Tools::Closed,
        };
        Ok(Self {
            backend,
            origins: Origins::new(&settings.base, &settings.origins),
            iam: settings.iam,
            timeouts: settings.timeouts,
            stopping,
            hosts: Hosts::new(&settings.base, &settings.hosts, listening)?,
            sites: Sites::new(settings.base, settings.issuer),
            tools,
        })
    }

    /// The `Host` of a request, if it is an allowed one.
    ///
    /// A request of HTTP/1.0 may have none (load balancers' health checks): no browser sends such a request, and only
    /// browsers can be led here by DNS. An absolute request line names a host of its own, which must be allowed too.
    /// The domains of pools are allowed, too, and only looked up for what is served there.
    pub async fn host<'a>(&self, request: &'a HttpRequest, by_domain: bool) -> Result<Called<'a>, ApiError>
    where
        B: Backend,
    {
        let mut hosts = request.headers().get_all(HOST);
        let host = match (hosts.next(), hosts.next()) {
            (Some(host), None) => host.to_str().map_err(|_| ApiError::host_not_allowed())?,
            (None, _) if request.version() <= Version::HTTP_10 => {
                return Ok(Called { host: "", domain: None });
            }
            _ => return Err(ApiError::host_not_allowed()),
        };
        let line = request.uri().authority().map(|authority| authority.as_str());
        let name = if by_domain { domain(host) } else { None };
        let domain = match &name {
            Some(name) => Box::pin(self.backend.domain(name)).await?,
            None => None,
        };
        let allows = |name: &str| self.hosts.allows(name) || (domain.is_some() && name == host);
        if !allows(host) || line.is_some_and(|line| !allows(line)) {
            tracing::warn!(
                host = %host.escape_debug(),
                "refused a request for an unknown host; if it is yours, add it to server.hosts or set the publish URL"
            );
            return Err(ApiError::host_not_allowed());
        }
        // An app that is led to a domain that was mistyped or deleted is to notice.
        if domain.is_none() && name.is_some_and(|name| is_prefix_domain(&name)) && !self.hosts.names(host) {
            return Err(ApiError::no_such_domain());
        }
        Ok(Called { host, domain })
    }

    /// How URLs are built for a request.
    pub fn site(&self, request: &HttpRequest) -> Site {
        self.sites.site(&self.hosts, || name(request))
    }

    /// The same where endpoints are told: they are on the domain of the pool that was called, if one was.
    pub fn site_of(&self, request: &HttpRequest, domain: Option<&CalledDomain>) -> Site {
        let domain = domain.and_then(|_| self.sites.of_request(&self.hosts, name(request)));
        Site { domain, ..self.site(request) }
    }

    /// The same for a call of an HTTP API: pools are on the host without the API's name.
    pub fn site_of_api(&self, request: &HttpRequest) -> Site {
        let plain = || {
            let name = name(request);
            let forwarded_host = name.forwarded_host.map(execute_api::plain);
            RequestName { host: execute_api::plain(name.host), forwarded_host, ..name }
        };
        self.sites.site(&self.hosts, plain)
    }

    /// The path prefix of the base.
    pub fn prefix(&self) -> &str {
        self.sites.prefix()
    }

    /// Whether a caller may use `/_awsemu/`.
    pub fn may_use_tools(&self, headers: &HeaderMap) -> bool {
        match &self.tools {
            Tools::Open => true,
            Tools::Closed => false,
            Tools::Token(token) => {
                let given =
                    headers.get(AUTHORIZATION).and_then(|value| value.as_bytes().strip_prefix(b"Bearer "));
                given.is_some_and(|given| {
                    given.len() == token.len() && openssl::memcmp::eq(given, token.as_bytes())
                })
            }
        }
    }
}

/// What a request says about the name that it came by.
fn name(request: &HttpRequest) -> RequestName<'_> {
    let header = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok());
    RequestName {
        host: header("host").unwrap_or_default(),
        forwarded_host: header("x-forwarded-host"),
        forwarded_proto: header("x-forwarded-proto"),
        forwarded_port: header("x-forwarded-port"),
        forwarded_prefix: header("x-forwarded-prefix"),
    }
}

/// The name of a host that may be a pool's domain: only names with a dot are.
fn domain(host: &str) -> Option<String> {
    match Authority::parse(host)?.host {
        Host::Name(name) => name.contains('.').then(|| name.to_ascii_lowercase()),
        Host::Ip(_) => None,
    }
}
