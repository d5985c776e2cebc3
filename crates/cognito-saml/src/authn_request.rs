//! Requests to sign in (SAML Core 3.4).

use crate::binding::{self, Delivery, Message};
use crate::error::SamlError;
use crate::instant;
use crate::key::ServiceKey;
use crate::metadata::Endpoint;
use crate::names;
use crate::write::{attributes, escape};

/// A request to sign somebody in.
#[derive(Clone, Copy, Debug)]
pub struct AuthnRequest<'a> {
    /// A fresh id that begins with a letter or `_`; the answer repeats it.
    pub id: &'a str,
    /// The entity id of the user pool.
    pub issuer: &'a str,
    /// Where the response shall be posted.
    pub reply_to: &'a str,
    /// Whether the user must sign in again although a session exists.
    pub force: bool,
    /// Seconds since 1970.
    pub now: i64,
}

impl AuthnRequest<'_> {
    /// Packs the request for an endpoint of the identity provider, signed if there is a key.
    pub fn deliver(
        &self,
        endpoint: &Endpoint,
        relay_state: &str,
        key: Option<&ServiceKey>,
    ) -> Result<Delivery, SamlError> {
        binding::deliver(Message::Request, &self.xml(endpoint), endpoint, Some(relay_state), key)
    }

    fn xml(&self, endpoint: &Endpoint) -> String {
        let instant = instant::write(self.now);
        let attributes = attributes(&[
            ("xmlns:samlp", Some(names::PROTOCOL)),
            ("AssertionConsumerServiceURL", Some(self.reply_to)),
            ("Destination", Some(&endpoint.location)),
            ("ForceAuthn", self.force.then_some("true")),
            ("ID", Some(self.id)),
            ("IssueInstant", Some(&instant)),
            ("ProtocolBinding", Some(names::POST)),
            ("Version", Some("2.0")),
        ]);
        let (assertion, issuer) = (names::ASSERTION, escape(self.issuer));
        format!(
            "<samlp:AuthnRequest{attributes}><saml:Issuer xmlns:saml=\"{assertion}\">{issuer}</saml:Issuer>\
             </samlp:AuthnRequest>"
        )
    }
}
