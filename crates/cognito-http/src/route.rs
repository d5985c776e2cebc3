//! From a path to what answers it.

use cognito_ops::{Endpoint, UploadPath};

use crate::pages::Asset;

/// What a path leads to.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Route<'a> {
    /// `/`: the operations.
    Api,
    /// `/<pool-id>/.well-known/...`.
    WellKnown { pool_id: &'a str, document: Document },
    /// `/branding/<client-id>/<version>/<file>`. The version is for caches only.
    LookFile { client_id: &'a str, file: &'a str },
    /// `/_awsemu/health`.
    Health,
    /// `/_localstack/health`.
    LocalstackHealth,
    /// `/_awsemu/messages`.
    Messages,
    /// `/_awsemu/triggers`.
    Triggers,
    /// `/_awsemu/clock`.
    Clock,
    /// `/_awsemu/authorize`.
    Authorize,
    /// `/_awsemu/import/...`: the link for the file of an import job.
    Upload(UploadPath<'a>),
    /// A file that the pages load.
    Asset(Asset),
    /// `/v2/...`: the management API of HTTP APIs. The whole path, without the base URL's prefix.
    Gateway(&'a str),
    /// An endpoint of a pool.
    Pool(Endpoint),
}

/// The two documents of a pool that are for everyone.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Document {
    Jwks,
    Discovery,
}

impl<'a> Route<'a> {
    /// The route of a path as it was sent, still percent-encoded. `prefix` is the base URL's: a proxy may strip it or
    /// hand it on.
    pub fn of(path: &'a str, prefix: &str) -> Option<Self> {
        let inner = without(path, prefix);
        match inner {
            "/" => Some(Self::Api),
            _ if inner.starts_with("/v2/") => Some(Self::Gateway(inner)),
            "/_awsemu/health" => Some(Self::Health),
            "/_localstack/health" => Some(Self::LocalstackHealth),
            "/_awsemu/messages" => Some(Self::Messages),
            "/_awsemu/triggers" => Some(Self::Triggers),
            "/_awsemu/clock" => Some(Self::Clock),
            "/_awsemu/authorize" => Some(Self::Authorize),
            _ => Endpoint::of(inner)
                .map(Self::Pool)
                .or_else(|| UploadPath::of(inner).map(Self::Upload))
                .or_else(|| Asset::of(inner).map(Self::Asset))
                .or_else(|| well_known(inner))
                .or_else(|| look_file(inner)),
        }
    }

    /// Whether it is served on the domains of pools, too: endpoints, and what their pages load.
    pub fn is_of_pools(self) -> bool {
        matches!(self, Self::Pool(_) | Self::WellKnown { .. } | Self::Asset(_) | Self::LookFile { .. })
    }

    /// The methods that it answers, as in the header `Allow`.
    pub fn methods(self) -> &'static str {
        match self {
            Self::Api | Self::Authorize => "POST, OPTIONS",
            Self::Gateway(_) => "GET, POST, PATCH, DELETE, OPTIONS",
            Self::Pool(endpoint) if endpoint.takes_get() && endpoint.takes_post() => {
                "GET, HEAD, POST, OPTIONS"
            }
            Self::Pool(endpoint) if endpoint.takes_post() => "POST, OPTIONS",
            Self::Clock => "GET, HEAD, POST, OPTIONS",
            Self::Upload(_) => "PUT, OPTIONS",
            Self::Pool(_)
            | Self::Asset(_)
            | Self::WellKnown { .. }
            | Self::LookFile { .. }
            | Self::Messages
            | Self::Triggers
            | Self::Health
            | Self::LocalstackHealth => "GET, HEAD, OPTIONS",
        }
    }
}

/// A path without the base URL's prefix, if it has it.
pub(crate) fn without<'a>(path: &'a str, prefix: &str) -> &'a str {
    match path.strip_prefix(prefix) {
        Some("") => "/",
        Some(rest) if rest.starts_with('/') => rest,
        _ => path,
    }
}

fn well_known(path: &str) -> Option<Route<'_>> {
    let (pool_id, rest) = path.strip_prefix('/')?.split_once('/')?;
    let document = match rest {
        ".well-known/jwks.json" => Document::Jwks,
        ".well-known/openid-configuration" => Document::Discovery,
        _ => return None,
    };
    is_pool_id(pool_id).then_some(Route::WellKnown { pool_id, document })
}

fn look_file(path: &str) -> Option<Route<'_>> {
    let mut parts = path.strip_prefix("/branding/")?.split('/');
    let (client_id, _version, file) = (parts.next()?, parts.next()?, parts.next()?);
    parts.next().is_none().then_some(Route::LookFile { client_id, file })
}

/// `[\w-]+_[0-9a-zA-Z]+`, at most 55 characters, as in the API model: anything else is unknown before it is looked up.
fn is_pool_id(text: &str) -> bool {
    let Some((region, id)) = text.rsplit_once('_') else { return false };
    text.len() <= 55
        && !region.is_empty()
        && region.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
        && !id.is_empty()
        && id.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths() {
        check("/", "", Route::Api);
        check("/_awsemu/health", "", Route::Health);
        check("/_localstack/health", "", Route::LocalstackHealth);
        check("/v2/apis/a", "", Route::Gateway("/v2/apis/a"));
        check("/id/v2/apis", "/id", Route::Gateway("/v2/apis"));
        check("/_awsemu/messages", "", Route::Messages);
        check("/_awsemu/triggers", "", Route::Triggers);
        check("/_awsemu/clock", "", Route::Clock);
        check("/_awsemu/authorize", "", Route::Authorize);
        let upload = UploadPath::of("/_awsemu/import/p/j/k").unwrap();
        check("/_awsemu/import/p/j/k", "", Route::Upload(upload));
        let document = |document| Route::WellKnown { pool_id: "us-east-1_a1B2", document };
        check("/us-east-1_a1B2/.well-known/jwks.json", "", document(Document::Jwks));
        check("/us-east-1_a1B2/.well-known/openid-configuration", "", document(Document::Discovery));
        let file = Route::LookFile { client_id: "app", file: "managed.css" };
        check("/branding/app/1/managed.css", "", file);
    }

    #[test]
    fn a_prefix_may_be_stripped_or_not() {
        for path in ["/", "/id", "/id/"] {
            check(path, "/id", Route::Api);
        }
        check("/id/_awsemu/health", "/id", Route::Health);
        check("/_awsemu/health", "/id", Route::Health);
        check("/identity", "/id", None);
        check("/id/id/", "/id", None);
        check("/id", "", None);
    }

    #[test]
    fn unknown() {
        let document = "/.well-known/jwks.json";
        for pool_id in [
            "",
            "a",
            "_a",
            "a_",
            "..%2f_a",
            "a%00_b",
            "us-east-1_..",
            "us-east-1_a%2F",
            "\u{e9}_a",
            &"a".repeat(60),
        ] {
            check(&format!("/{pool_id}{document}"), "", None);
        }
        for path in [
            "*",
            "//",
            "/x",
            "/_awsemu",
            "/_awsemu/",
            "/_awsemu/health/",
            "//us-east-1_a/.well-known/jwks.json",
            "/branding/app/managed.css",
            "/branding/app/1/2/managed.css",
        ] {
            check(path, "", None);
        }
        check("/us-east-1_a/.well-known/jwks.json/", "", None);
        check("/us-east-1_a/.well-known/", "", None);
    }

    fn check(path: &str, prefix: &str, expected: impl Into<Option<Route<'static>>>) {
        assert_eq!(Route::of(path, prefix), expected.into(), "{path}");
    }
}
