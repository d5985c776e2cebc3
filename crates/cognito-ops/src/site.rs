//! Where the service is, as clients see it: the base of every URL that it names.

use std::sync::Arc;

use cognito_core::ids;

/// How issuers are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IssuerForm {
    /// `<base>/<pool id>`
    Base,
    /// `https://cognito-idp.<region>.amazonaws.com/<pool id>`, for verifiers with a hard-wired URL.
    Aws,
}

/// The base URL of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Site {
    /// Scheme, host, port and path prefix, without a slash at the end.
    pub base: Arc<str>,
    /// How issuers are written.
    pub issuer: IssuerForm,
    /// The base of the endpoints and pages, if they were called by a domain of the pool. Issuers do not change with it.
    pub domain: Option<Arc<str>>,
}

impl Site {
    /// The `iss` of a pool's tokens, and `issuer` of its discovery document: one and the same, byte for byte.
    pub fn issuer(&self, pool_id: &str) -> String {
        match self.issuer {
            IssuerForm::Base => format!("{}/{pool_id}", self.base),
            IssuerForm::Aws => {
                let region = ids::region_of(pool_id).unwrap_or_default();
                format!("https://cognito-idp.{region}.amazonaws.com/{pool_id}")
            }
        }
    }

    /// The URL of a pool's JWKS: always ours, whatever the issuer.
    pub fn jwks_uri(&self, pool_id: &str) -> String {
        format!("{}/{pool_id}/.well-known/jwks.json", self.base)
    }

    /// The URL of an OAuth endpoint or a page: on the domain that was called, else on the plain host.
    pub fn endpoint(&self, path: &str) -> String {
        format!("{}{path}", self.domain.as_ref().unwrap_or(&self.base))
    }
}

/// The region in the name of a regional endpoint, in lower case: `cognito-idp.<region>.localhost`, or AWS's name for
/// those who lead it here.
pub fn endpoint_region(host: &str) -> Option<&str> {
    let (region, _) = host.strip_prefix("cognito-idp.")?.split_once('.')?;
    ids::is_region(region).then_some(region)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endpoints() {
        let check =
            |host: &str, expected: Option<&str>| assert_eq!(endpoint_region(host), expected, "{host}");
        check("cognito-idp.eu-west-1.localhost:4566", Some("eu-west-1"));
        check("cognito-idp.us-gov-west-1.amazonaws.com", Some("us-gov-west-1"));
        check("cognito-idp.internal.example.com", None);
        check("cognito-idp.localhost:4566", None);
        check("cognito-idp.eu-west-1", None);
        check("localhost:4566", None);
        check("", None);
    }

    #[test]
    fn issuers() {
        let check = |issuer, expected: &str| {
            let site = Site { base: "http://localhost:4566/x".into(), issuer, domain: None };
            assert_eq!(site.issuer("eu-west-1_AbCdEf123"), expected);
        };
        check(IssuerForm::Base, "http://localhost:4566/x/eu-west-1_AbCdEf123");
        check(IssuerForm::Aws, "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEf123");
    }
}
