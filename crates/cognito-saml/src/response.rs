//! Responses to a sign-in: verified first, read afterwards, and only what is signed (SAML Profiles 4.1.4).

use crate::assertion::{self, Identity, answers};
use crate::binding;
use crate::encryption;
use crate::error::ResponseError;
use crate::key::ServiceKey;
use crate::metadata::Metadata;
use crate::names;
use crate::signature;
use crate::xml::{self, Element};

/// What a response is measured against.
#[derive(Clone, Copy, Debug)]
pub struct Expected<'a> {
    /// The identity provider that must have signed it.
    pub metadata: &'a Metadata,
    /// The entity id of the user pool.
    pub audience: &'a str,
    /// The URL that it is posted to.
    pub recipient: &'a str,
    /// Who began.
    pub initiator: Initiator<'a>,
    /// Whether assertions are encrypted.
    pub encryption: Encryption<'a>,
    /// Seconds since 1970.
    pub now: i64,
}

/// Who began a sign-in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Initiator<'a> {
    /// The user pool, with a request.
    ServiceProvider {
        /// The ID of the request.
        request_id: &'a str,
    },
    /// The identity provider, unasked.
    IdentityProvider,
}

/// Whether assertions are encrypted. Both are strict: what is not expected is refused.
#[derive(Clone, Copy, Debug)]
pub enum Encryption<'a> {
    /// They must be, for this key.
    Required(&'a ServiceKey),
    /// They are not.
    None,
}

/// A response that was received, not verified yet.
#[derive(Clone, Debug)]
pub struct Response {
    text: String,
}

impl Response {
    /// Takes the form field `SAMLResponse`: base64 of XML.
    pub fn decode(field: &str) -> Result<Self, ResponseError> {
        Ok(Self { text: binding::decode(field)? })
    }

    /// Who says that he issued it. Not verified: good for finding the metadata to verify it with.
    pub fn claimed_issuer(&self) -> Result<Option<String>, ResponseError> {
        let document = xml::parse(&self.text).map_err(ResponseError::Xml)?;
        let root = root(&document, "Response")?;
        let inside = || root.only(names::ASSERTION, "Assertion")?.only(names::ASSERTION, "Issuer");
        Ok(root.only(names::ASSERTION, "Issuer").or_else(inside).map(Element::text))
    }

    /// Verifies the response and reads who signed in.
    pub fn verify(&self, expected: &Expected<'_>) -> Result<Identity, ResponseError> {
        let document = xml::parse(&self.text).map_err(ResponseError::Xml)?;
        let root = root(&document, "Response")?;
        let trust = trust(root, expected.metadata)?;
        envelope(root, expected.metadata, expected.recipient)?;
        answers(root, expected.initiator)?;

        let plain: Vec<_> = root.named(names::ASSERTION, "Assertion").collect();
        let encrypted: Vec<_> = root.named(names::ASSERTION, "EncryptedAssertion").collect();
        match (plain.as_slice(), encrypted.as_slice(), expected.encryption) {
            ([assertion], [], Encryption::None) => {
                signed(*assertion, trust, expected.metadata)?;
                assertion::read(*assertion, expected)
            }
            ([], [encrypted], Encryption::Required(key)) => opened(*encrypted, key, trust, expected),
            ([_], [], _) | ([], [_], _) => Err(ResponseError::Encryption),
            _ => Err(ResponseError::Shape("Assertion")),
        }
    }
}

/// What the signature of the outermost element is worth for what lies in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Trust {
    /// It is signed, and with it everything inside.
    Signed,
    /// It has no signature: what lies inside needs one.
    Unsigned,
}

fn trust(element: Element<'_>, metadata: &Metadata) -> Result<Trust, ResponseError> {
    match signature::verify(element, metadata.keys()) {
        Ok(()) => Ok(Trust::Signed),
        Err(ResponseError::Unsigned) => Ok(Trust::Unsigned),
        Err(error) => Err(error),
    }
}

/// An assertion that has a signature must have a valid one, even in a response that is signed.
fn signed(assertion: Element<'_>, outside: Trust, metadata: &Metadata) -> Result<(), ResponseError> {
    match trust(assertion, metadata)? {
        Trust::Unsigned if outside == Trust::Unsigned => Err(ResponseError::Unsigned),
        _ => Ok(()),
    }
}

/// Reads an encrypted assertion. Until its signature is verified, every failure looks the same from outside.
fn opened(
    encrypted: Element<'_>,
    key: &ServiceKey,
    trust: Trust,
    expected: &Expected<'_>,
) -> Result<Identity, ResponseError> {
    let undecipherable = ResponseError::Undecipherable;
    let text = encryption::open(encrypted, key).ok_or(undecipherable.clone())?;
    let document = xml::parse(&text).map_err(|_| undecipherable.clone())?;
    let assertion = Element::root(&document).filter(|root| root.is(names::ASSERTION, "Assertion"));
    let assertion = assertion.filter(|root| root.ids_are_unique()).ok_or(undecipherable.clone())?;
    signed(assertion, trust, expected.metadata).map_err(|_| undecipherable)?;
    assertion::read(assertion, expected)
}

/// The outermost element of a message of the protocol.
pub(crate) fn root<'d>(
    document: &'d bergshamra_xml::Document<'d>,
    name: &'static str,
) -> Result<Element<'d>, ResponseError> {
    let root = Element::root(document).filter(|root| root.is(names::PROTOCOL, name));
    let root = root.ok_or(ResponseError::Shape(name))?;
    match root.ids_are_unique() {
        true => Ok(root),
        false => Err(ResponseError::RepeatedId),
    }
}

/// What every answer of the protocol says on its outside: version, issuer, destination and status.
pub(crate) fn envelope(root: Element<'_>, metadata: &Metadata, url: &str) -> Result<(), ResponseError> {
    if root.attribute("Version") != Some("2.0") {
        return Err(ResponseError::Version);
    }
    let issuer = root.at_most_one(names::ASSERTION, "Issuer").map_err(|_| ResponseError::Shape("Issuer"))?;
    if issuer.is_some_and(|issuer| issuer.text() != metadata.entity_id) {
        return Err(ResponseError::Issuer);
    }
    if root.attribute("Destination").is_some_and(|destination| destination != url) {
        return Err(ResponseError::Recipient);
    }
    status(root.only(names::PROTOCOL, "Status").ok_or(ResponseError::Shape("Status"))?)
}

fn status(status: Element<'_>) -> Result<(), ResponseError> {
    let outer = status.only(names::PROTOCOL, "StatusCode").ok_or(ResponseError::Shape("StatusCode"))?;
    if outer.attribute("Value") == Some(names::SUCCESS) {
        return Ok(());
    }
    let inner = outer.only(names::PROTOCOL, "StatusCode").unwrap_or(outer);
    let code = inner.attribute("Value").unwrap_or_default().rsplit(':').next().unwrap_or_default().to_owned();
    let message = status.only(names::PROTOCOL, "StatusMessage").map(Element::text);
    Err(ResponseError::Status { code, message })
}
