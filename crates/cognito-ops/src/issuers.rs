//! Tokens of any issuer: the pools of this service by their own keys, issuers elsewhere by the keys that they publish.

use cognito_core::ids;
use cognito_jwt::VerifyError;
use serde_json::{Map, Value};

use crate::app::App;
use crate::errors::ApiError;
use crate::remote_keys::Place;
use crate::site::Site;

/// Why a token is not known to be an issuer's.
#[derive(Debug, thiserror::Error)]
pub enum Unverified {
    /// The issuer cannot be reached, or publishes nothing that can be read; or the pool was deleted.
    #[error("the keys of the issuer cannot be had")]
    NoKeys,
    /// The token is malformed, or not signed with a key of the issuer's.
    #[error(transparent)]
    Token(#[from] VerifyError),
    /// The store failed.
    #[error("failed to look for the issuer")]
    Failed(#[source] ApiError),
}

impl App {
    /// The claims of a token that is signed with a key of this issuer. What they say, `iss` too, is the caller's to
    /// check.
    ///
    /// A pool of this service is known by the issuer that it has on this site, and nothing is fetched for it: its
    /// tokens are good as long as it is there.
    ///
    /// # Errors
    /// [`Unverified`]
    pub async fn verify_issued(
        &self,
        site: &Site,
        issuer: &str,
        token: &str,
    ) -> Result<Map<String, Value>, Unverified> {
        let Some(pool_id) = pool_of(site, issuer) else {
            let place = Place::Issuer(issuer.to_owned());
            return self.0.remote_keys.verify(&self.0.ports.idps, &place, token).await;
        };
        let now = self.0.now().await.map_err(Unverified::Failed)?;
        let keys = self.0.pool_keys(pool_id, now).await.map_err(Unverified::Failed)?;
        let keys = keys.ok_or(Unverified::NoKeys)?;
        Ok(Map::clone(&*keys.verify(token)?))
    }

    /// Forgets the keys that were fetched of an issuer elsewhere: the next token fetches them anew.
    pub fn forget_issuer(&self, issuer: &str) {
        self.0.remote_keys.forget(&Place::Issuer(issuer.to_owned()));
    }
}

/// The pool of this service that an issuer is, whether or not there is one of that id.
fn pool_of<'a>(site: &Site, issuer: &'a str) -> Option<&'a str> {
    let id = issuer.rsplit('/').next().filter(|id| ids::is_pool_id(id))?;
    (site.issuer(id) == issuer).then_some(id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::site::IssuerForm;

    #[test]
    fn own_pools() {
        let check = |form, issuer: &str, own: bool| {
            let site = Site { base: "http://localhost:4566".into(), issuer: form, domain: None };
            assert_eq!(pool_of(&site, issuer).is_some(), own, "{issuer}");
        };
        let (here, aws) = (IssuerForm::Base, IssuerForm::Aws);
        check(here, "http://localhost:4566/us-east-1_a", true);
        check(here, "http://localhost:4566/us-east-1_a/", false);
        check(here, "http://localhost:4566/x/us-east-1_a", false);
        check(here, "http://localhost:45667/us-east-1_a", false);
        check(here, "http://LOCALHOST:4566/us-east-1_a", false);
        check(here, "http://localhost:4566/", false);
        check(here, "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_a", false);
        check(aws, "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_a", true);
        check(aws, "https://cognito-idp.eu-west-1.amazonaws.com/us-east-1_a", false);
        check(aws, "http://localhost:4566/us-east-1_a", false);
    }
}
