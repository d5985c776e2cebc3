//! Single logout (SAML Core 3.7, Profiles 4.4): the user pool asks, the identity provider answers.

use crate::assertion::NameId;
use crate::binding::{self, Delivery, Message};
use crate::error::{ResponseError, SamlError};
use crate::instant;
use crate::key::ServiceKey;
use crate::metadata::{Endpoint, Metadata};
use crate::names;
use crate::response::{envelope, root};
use crate::signature;
use crate::write::{attributes, escape};
use crate::xml;

/// A request to end somebody's session at the identity provider.
#[derive(Clone, Copy, Debug)]
pub struct LogoutRequest<'a> {
    /// A fresh id that begins with a letter or `_`; the answer repeats it.
    pub id: &'a str,
    /// The entity id of the user pool.
    pub issuer: &'a str,
    /// Who signs out, as the assertion named him.
    pub name_id: &'a NameId,
    /// The session, as the assertion named it.
    pub session_index: Option<&'a str>,
    /// Seconds since 1970.
    pub now: i64,
}

impl LogoutRequest<'_> {
    /// Packs the request for an endpoint of the identity provider. Logout requests are always signed.
    pub fn deliver(
        &self,
        endpoint: &Endpoint,
        relay_state: &str,
        key: &ServiceKey,
    ) -> Result<Delivery, SamlError> {
        binding::deliver(Message::Request, &self.xml(endpoint), endpoint, Some(relay_state), Some(key))
    }

    fn xml(&self, endpoint: &Endpoint) -> String {
        let instant = instant::write(self.now);
        let request = attributes(&[
            ("xmlns:samlp", Some(names::PROTOCOL)),
            ("xmlns:saml", Some(names::ASSERTION)),
            ("Destination", Some(&endpoint.location)),
            ("ID", Some(self.id)),
            ("IssueInstant", Some(&instant)),
            ("Version", Some("2.0")),
        ]);
        let name = attributes(&[
            ("Format", self.name_id.format.as_deref()),
            ("NameQualifier", self.name_id.name_qualifier.as_deref()),
            ("SPNameQualifier", self.name_id.sp_name_qualifier.as_deref()),
        ]);
        let (issuer, value) = (escape(self.issuer), escape(&self.name_id.value));
        let index = self
            .session_index
            .map(|index| format!("<samlp:SessionIndex>{}</samlp:SessionIndex>", escape(index)));
        format!(
            "<samlp:LogoutRequest{request}><saml:Issuer>{issuer}</saml:Issuer><saml:NameID{name}>{value}</saml:NameID>\
             {}</samlp:LogoutRequest>",
            index.unwrap_or_default(),
        )
    }
}

/// The answer to a logout request, not verified yet.
#[derive(Clone, Debug)]
pub struct LogoutResponse {
    text: String,
}

impl LogoutResponse {
    /// Takes the form field `SAMLResponse`: base64 of XML.
    pub fn decode(field: &str) -> Result<Self, ResponseError> {
        Ok(Self { text: binding::decode(field)? })
    }

    /// Whether the identity provider signed it, sent it to `url`, and answers the request with it.
    pub fn verify(&self, metadata: &Metadata, url: &str, request_id: &str) -> Result<(), ResponseError> {
        let document = xml::parse(&self.text).map_err(ResponseError::Xml)?;
        let root = root(&document, "LogoutResponse")?;
        signature::verify(root, metadata.keys())?;
        if root.attribute("InResponseTo") != Some(request_id) {
            return Err(ResponseError::InResponseTo);
        }
        envelope(root, metadata, url)
    }
}
