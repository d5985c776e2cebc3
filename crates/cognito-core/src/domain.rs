//! Domains: where a pool's login pages and OAuth endpoints are. A pool may have one below the service's own name, called
//! by its prefix, and one of its own. Source: `pools-and-clients` 2.1 and the model of the specification.

use cognito_api::wire;
use serde::{Deserialize, Serialize};

use crate::entity::{Entity, IndexEntry, Kind};
use crate::pool::{Feature, Pool};
use crate::time::Time;

/// The index of domains by what makes them unique: see [`Domain::name_value`].
pub const BY_NAME: &str = "domain.name";
/// The index of the custom domains of an account and region.
pub const CUSTOM_BY_ACCOUNT: &str = "domain.custom";
/// The most custom domains of an account in a region.
pub const MAX_CUSTOM: usize = 4;

/// What a prefix must not contain.
const RESERVED: [&str; 3] = ["aws", "amazon", "cognito"];

/// A domain of a pool.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Domain {
    /// The pool.
    pub pool_id: String,
    /// The account of the pool.
    pub account: String,
    /// The region of the pool.
    pub region: String,
    /// The prefix, or the whole name of a custom domain.
    pub name: String,
    /// CustomDomainConfig, which only a custom domain has.
    pub custom: Option<wire::CustomDomainConfigType>,
    /// Which login pages it shows.
    pub pages: LoginPages,
    /// Where requests go while the region is down, for a custom domain.
    pub routing: Option<wire::RoutingType>,
    /// The name to which a custom domain's DNS record points.
    pub distribution: String,
    /// When it was made.
    pub created: Time,
}

/// ManagedLoginVersion: the kind of the login pages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum LoginPages {
    /// 1, the classic hosted UI.
    #[default]
    Classic,
    /// 2, managed login.
    Managed,
}

/// Why a domain is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DomainError {
    /// A prefix with something other than lower-case letters, digits and hyphens.
    #[error("a character that no prefix may have")]
    Characters,
    /// A prefix with a word that is Amazon's.
    #[error("the reserved word {0}")]
    Reserved(&'static str),
    /// A custom domain that is not a whole name of DNS.
    #[error("not a fully qualified domain name")]
    NotQualified,
    /// The certificate is not one of ACM in us-east-1.
    #[error("not a certificate of ACM in us-east-1")]
    Certificate,
    /// ManagedLoginVersion is neither 1 nor 2.
    #[error("an unknown version of managed login")]
    Version,
    /// The pool's tier has no managed login.
    #[error("{0:?} is not in the tier")]
    Tier(Feature),
    /// CustomDomainConfig or Routing for a prefix domain.
    #[error("a setting of custom domains for a prefix domain")]
    OnlyCustom,
    /// The pool has a domain of this kind.
    #[error("the pool has a domain")]
    PoolHasDomain,
}

impl LoginPages {
    /// The ManagedLoginVersion.
    pub fn version(self) -> i32 {
        match self {
            Self::Classic => 1,
            Self::Managed => 2,
        }
    }

    fn new(version: i32, pool: &Pool) -> Result<Self, DomainError> {
        match version {
            1 => Ok(Self::Classic),
            2 if pool.settings.has(Feature::ManagedLogin) => Ok(Self::Managed),
            2 => Err(DomainError::Tier(Feature::ManagedLogin)),
            _ => Err(DomainError::Version),
        }
    }
}

impl Domain {
    /// Makes a domain for a pool. `distribution` is a name that no other domain has.
    ///
    /// # Errors
    /// [`DomainError`]
    pub fn new(
        pool: &Pool,
        request: wire::CreateUserPoolDomainRequest,
        distribution: String,
        now: Time,
    ) -> Result<Self, DomainError> {
        match &request.custom_domain_config {
            Some(_) => check_custom(&request.domain)?,
            None => check_prefix(&request.domain)?,
        }
        let mut domain = Self {
            pool_id: pool.id.clone(),
            account: pool.account.clone(),
            region: pool.region.clone(),
            name: request.domain,
            custom: request.custom_domain_config.clone(),
            pages: LoginPages::default(),
            routing: None,
            distribution,
            created: now,
        };
        domain.change(pool, request.managed_login_version, request.custom_domain_config, request.routing)?;
        Ok(domain)
    }

    /// Changes what is given, and leaves the rest. A Routing without Failover ends the routing.
    ///
    /// # Errors
    /// [`DomainError`], and then nothing was changed.
    pub fn change(
        &mut self,
        pool: &Pool,
        version: Option<i32>,
        custom: Option<wire::CustomDomainConfigType>,
        routing: Option<wire::RoutingType>,
    ) -> Result<(), DomainError> {
        if self.custom.is_none() && (custom.is_some() || routing.is_some()) {
            return Err(DomainError::OnlyCustom);
        }
        if custom.as_ref().is_some_and(|custom| !is_certificate(&custom.certificate_arn)) {
            return Err(DomainError::Certificate);
        }
        if let Some(version) = version {
            self.pages = LoginPages::new(version, pool)?;
        }
        if custom.is_some() {
            self.custom = custom;
        }
        if let Some(routing) = routing {
            self.routing = routing.failover.is_some().then_some(routing);
        }
        Ok(())
    }

    /// Names the domain in its pool.
    ///
    /// # Errors
    /// [`DomainError::PoolHasDomain`]
    pub fn attach(&self, pool: &mut Pool) -> Result<(), DomainError> {
        let place = self.place(pool);
        if place.is_some() {
            return Err(DomainError::PoolHasDomain);
        }
        *place = Some(self.name.clone());
        Ok(())
    }

    /// Takes the domain from its pool.
    pub fn detach(&self, pool: &mut Pool) {
        *self.place(pool) = None;
    }

    fn place<'a>(&self, pool: &'a mut Pool) -> &'a mut Option<String> {
        if self.custom.is_some() { &mut pool.custom_domain } else { &mut pool.domain }
    }

    /// The record key.
    pub fn key_of(pool_id: &str, name: &str) -> String {
        format!("{pool_id}/{name}")
    }

    /// The value of [`BY_NAME`] of what a caller in this region calls so: a prefix is one of the region, and only the
    /// name of a custom domain has a dot.
    pub fn name_value(region: &str, name: &str) -> String {
        if name.contains('.') { name.to_owned() } else { format!("{region}/{name}") }
    }

    /// The value of [`CUSTOM_BY_ACCOUNT`] up to the name.
    pub fn account_prefix(account: &str, region: &str) -> String {
        format!("{account}/{region}/")
    }
}

impl Entity for Domain {
    const KIND: Kind = Kind::Domain;

    fn key(&self) -> String {
        Self::key_of(&self.pool_id, &self.name)
    }

    fn index(&self) -> Vec<IndexEntry> {
        let mut entries = vec![IndexEntry::unique(BY_NAME, Self::name_value(&self.region, &self.name))];
        if self.custom.is_some() {
            let value = format!("{}{}", Self::account_prefix(&self.account, &self.region), self.name);
            entries.push(IndexEntry::shared(CUSTOM_BY_ACCOUNT, value));
        }
        entries
    }
}

fn check_prefix(name: &str) -> Result<(), DomainError> {
    if !is_label(name) {
        return Err(DomainError::Characters);
    }
    RESERVED.iter().find(|word| name.contains(**word)).map_or(Ok(()), |word| Err(DomainError::Reserved(word)))
}

fn check_custom(name: &str) -> Result<(), DomainError> {
    let qualified = name.contains('.') && name.split('.').all(is_label);
    if qualified { Ok(()) } else { Err(DomainError::NotQualified) }
}

/// Whether a text is one label of a name of DNS. The model bounds its length.
fn is_label(text: &str) -> bool {
    !text.is_empty()
        && !text.starts_with('-')
        && !text.ends_with('-')
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

fn is_certificate(arn: &str) -> bool {
    let mut parts = arn.split(':').skip(2);
    parts.next() == Some("acm") && parts.next() == Some("us-east-1")
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const CERTIFICATE: &str = "arn:aws:acm:us-east-1:000000000000:certificate/1";

    fn pool(tier: &str) -> Pool {
        let request = serde_json::from_value(json!({ "PoolName": "pool", "UserPoolTier": tier })).unwrap();
        let (id, account) = ("eu-west-1_AbCdEf123".to_owned(), "000000000000".to_owned());
        Pool::new(id, account, "eu-west-1".to_owned(), request, Time(0)).unwrap()
    }

    fn domain(pool: &Pool, name: &str, more: Value) -> Result<Domain, DomainError> {
        let mut request = more;
        request["Domain"] = json!(name);
        request["UserPoolId"] = json!(pool.id);
        Domain::new(pool, serde_json::from_value(request).unwrap(), "d1.cloudfront.net".to_owned(), Time(0))
    }

    #[test]
    fn names() {
        let check = |name: &str, certificate: Option<&str>, expected: Result<&str, DomainError>| {
            let more = certificate
                .map_or(json!({}), |arn| json!({ "CustomDomainConfig": { "CertificateArn": arn } }));
            let made = domain(&pool("LITE"), name, more).map(|domain| domain.index()[0].value.clone());
            assert_eq!(made, expected.map(str::to_owned), "{name}");
        };
        let custom = Some(CERTIFICATE);
        check("shop", None, Ok("eu-west-1/shop"));
        check("my-shop-1", None, Ok("eu-west-1/my-shop-1"));
        for bad in ["Shop", "-shop", "shop-", "my_shop", "login.example.com", "shöp", "a/b", "a b"] {
            check(bad, None, Err(DomainError::Characters));
        }
        check("jaws", None, Err(DomainError::Reserved("aws")));
        check("my-cognito", None, Err(DomainError::Reserved("cognito")));
        check("amazonas", None, Err(DomainError::Reserved("amazon")));
        check("login.example.com", custom, Ok("login.example.com"));
        check("aws.example.com", custom, Ok("aws.example.com"));
        for bad in ["shop", "Login.example.com", ".example.com", "example.com.", "a..b", "-a.b", "a.b/c"] {
            check(bad, custom, Err(DomainError::NotQualified));
        }
        let elsewhere = "arn:aws:acm:eu-west-1:000000000000:certificate/1";
        check("login.example.com", Some(elsewhere), Err(DomainError::Certificate));
        let role = "arn:aws:iam:us-east-1:000000000000:role/1";
        check("login.example.com", Some(role), Err(DomainError::Certificate));
    }

    #[test]
    fn versions_and_tiers() {
        let check = |tier: &str, version: Value, expected: Result<i32, DomainError>| {
            let made = domain(&pool(tier), "shop", json!({ "ManagedLoginVersion": version }));
            assert_eq!(made.map(|domain| domain.pages.version()), expected, "{tier} {version}");
        };
        check("ESSENTIALS", Value::Null, Ok(1));
        check("ESSENTIALS", json!(1), Ok(1));
        check("ESSENTIALS", json!(2), Ok(2));
        check("PLUS", json!(2), Ok(2));
        check("ESSENTIALS", json!(0), Err(DomainError::Version));
        check("ESSENTIALS", json!(3), Err(DomainError::Version));
        check("LITE", json!(1), Ok(1));
        check("LITE", json!(2), Err(DomainError::Tier(Feature::ManagedLogin)));
    }

    #[test]
    fn one_of_each_kind() {
        let mut pool = pool("ESSENTIALS");
        let prefix = domain(&pool, "shop", json!({})).unwrap();
        let other = domain(&pool, "shop2", json!({})).unwrap();
        let config = json!({ "CustomDomainConfig": { "CertificateArn": CERTIFICATE } });
        let custom = domain(&pool, "login.example.com", config).unwrap();
        prefix.attach(&mut pool).unwrap();
        assert_eq!(other.attach(&mut pool), Err(DomainError::PoolHasDomain));
        custom.attach(&mut pool).unwrap();
        assert_eq!(
            (pool.domain.as_deref(), pool.custom_domain.as_deref()),
            (Some("shop"), Some("login.example.com"))
        );
        prefix.detach(&mut pool);
        assert_eq!(
            (pool.domain.as_deref(), pool.custom_domain.as_deref()),
            (None, Some("login.example.com"))
        );
        other.attach(&mut pool).unwrap();
    }
}
