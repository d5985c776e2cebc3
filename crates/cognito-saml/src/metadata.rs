//! Metadata of an identity provider (SAML Metadata, sections 2.3 and 2.4).

use openssl::pkey::{Id, PKey, Public};
use serde::{Deserialize, Serialize};

use crate::error::MetadataError;
use crate::instant;
use crate::key::read_certificate;
use crate::names;
use crate::xml::{self, Element};

/// The fewest bits of a key that signatures are accepted from.
const LEAST_BITS: u32 = 2048;

/// How a message travels through the browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Binding {
    /// In the query of a redirect.
    Redirect,
    /// In a form that the browser posts.
    Post,
}

/// Where an identity provider takes messages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// How it takes them.
    pub binding: Binding,
    /// Its URL.
    pub location: String,
    /// Where it wants answers to its own messages, if elsewhere.
    pub response_location: Option<String>,
}

/// What a user pool needs to know of an identity provider.
#[derive(Clone, Debug)]
pub struct Metadata {
    /// Its name, and the issuer of its messages.
    pub entity_id: String,
    /// Where sign-ins begin, in the order of the document.
    pub sign_on: Vec<Endpoint>,
    /// Where sign-outs are announced, in the order of the document.
    pub sign_out: Vec<Endpoint>,
    /// Whether it refuses requests that are not signed.
    pub wants_signed_requests: bool,
    /// Until when it may be used (`validUntil`), in seconds since 1970.
    pub valid_until: Option<i64>,
    keys: Vec<PKey<Public>>,
}

impl Metadata {
    /// Reads a document of one `EntityDescriptor` with one `IDPSSODescriptor`.
    pub fn parse(text: &str) -> Result<Self, MetadataError> {
        let document = xml::parse(text).map_err(MetadataError::Xml)?;
        let root = Element::root(&document).filter(|root| root.is(names::METADATA, "EntityDescriptor"));
        let root = root.ok_or(MetadataError::Root)?;
        let entity_id = root.attribute("entityID").map(str::trim).filter(|id| !id.is_empty());
        let entity_id = entity_id.ok_or(MetadataError::EntityId)?.to_owned();
        let role = root.only(names::METADATA, "IDPSSODescriptor").ok_or(MetadataError::Role)?;
        let protocols = role.attribute("protocolSupportEnumeration").unwrap_or_default();
        if !protocols.split_whitespace().any(|protocol| protocol == names::PROTOCOL) {
            return Err(MetadataError::Protocol);
        }
        let sign_on = endpoints(role, "SingleSignOnService")?;
        if sign_on.is_empty() {
            return Err(MetadataError::NoSignOn);
        }
        Ok(Self {
            entity_id,
            sign_on,
            sign_out: endpoints(role, "SingleLogoutService")?,
            valid_until: root.attribute("validUntil").and_then(instant::read),
            wants_signed_requests: matches!(role.attribute("WantAuthnRequestsSigned"), Some("true" | "1")),
            keys: signing_keys(role)?,
        })
    }

    /// Where a sign-in begins: by redirect where the identity provider takes it, as Amazon Cognito does.
    pub fn sign_on(&self) -> Option<&Endpoint> {
        preferred(&self.sign_on)
    }

    /// Where a sign-out is announced, if it can be.
    pub fn sign_out(&self) -> Option<&Endpoint> {
        preferred(&self.sign_out)
    }

    /// The keys that its messages are signed with.
    pub(crate) fn keys(&self) -> &[PKey<Public>] {
        &self.keys
    }
}

fn preferred(endpoints: &[Endpoint]) -> Option<&Endpoint> {
    endpoints.iter().find(|endpoint| endpoint.binding == Binding::Redirect).or(endpoints.first())
}

fn endpoints(role: Element<'_>, name: &'static str) -> Result<Vec<Endpoint>, MetadataError> {
    let mut found = Vec::new();
    for element in role.named(names::METADATA, name) {
        let binding = match element.attribute("Binding") {
            Some(names::REDIRECT) => Binding::Redirect,
            Some(names::POST) => Binding::Post,
            _ => continue,
        };
        let location = element.attribute("Location").filter(|url| is_web_address(url));
        let location = location.ok_or(MetadataError::Location(name))?.to_owned();
        let response_location = match element.attribute("ResponseLocation") {
            Some(url) if !is_web_address(url) => return Err(MetadataError::Location(name)),
            url => url.map(str::to_owned),
        };
        found.push(Endpoint { binding, location, response_location });
    }
    Ok(found)
}

/// Whether browsers may be sent there. `javascript:` and its like are no addresses.
fn is_web_address(url: &str) -> bool {
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    let is_plain = url.chars().all(|c| c.is_ascii_graphic() && !matches!(c, '"' | '<' | '>' | '\\'));
    is_plain
        && rest.is_some_and(|rest| rest.chars().next().is_some_and(|c| c.is_ascii_alphanumeric() || c == '['))
}

/// The keys of the descriptors that are for signing, or for everything.
fn signing_keys(role: Element<'_>) -> Result<Vec<PKey<Public>>, MetadataError> {
    let mut keys = Vec::new();
    let descriptors = role.named(names::METADATA, "KeyDescriptor");
    for descriptor in descriptors.filter(|d| matches!(d.attribute("use"), None | Some("signing"))) {
        let info = descriptor.named(names::DSIG, "KeyInfo");
        let data = info.flat_map(|info| info.named(names::DSIG, "X509Data"));
        for certificate in data.flat_map(|data| data.named(names::DSIG, "X509Certificate")) {
            keys.push(key(&certificate.text())?);
        }
    }
    match keys.is_empty() {
        true => Err(MetadataError::NoCertificate),
        false => Ok(keys),
    }
}

fn key(certificate: &str) -> Result<PKey<Public>, MetadataError> {
    let unread = MetadataError::Certificate("it is not an X.509 certificate");
    let key = read_certificate(certificate).ok().and_then(|c| c.public_key().ok()).ok_or(unread)?;
    match key.id() == Id::RSA && key.bits() >= LEAST_BITS {
        true => Ok(key),
        false => Err(MetadataError::Certificate("its key is not RSA of 2048 bits or more")),
    }
}
