//! What is wrong with metadata and messages.

use thiserror::Error;

/// Why a document is not the metadata of an identity provider.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum MetadataError {
    /// It is not well-formed XML, has a document type, or is nested too deep.
    #[error("it is not XML that can be read: {0}")]
    Xml(String),
    /// Its root is another element.
    #[error("its root is not an EntityDescriptor of SAML 2.0")]
    Root,
    /// The entity has no name.
    #[error("the EntityDescriptor has no entityID")]
    EntityId,
    /// The entity is no identity provider, or several.
    #[error("there is not exactly one IDPSSODescriptor")]
    Role,
    /// The identity provider speaks an older protocol only.
    #[error("the IDPSSODescriptor does not support SAML 2.0")]
    Protocol,
    /// Nothing could be verified.
    #[error("there is no signing certificate")]
    NoCertificate,
    /// A certificate for signatures cannot be read, or its key is not RSA of 2048 bits or more.
    #[error("a signing certificate cannot be used: {0}")]
    Certificate(&'static str),
    /// Nobody could sign in.
    #[error("there is no SingleSignOnService with the binding HTTP-Redirect or HTTP-POST")]
    NoSignOn,
    /// An address that is not an absolute http or https URL.
    #[error("the Location of {0} is not an http or https URL")]
    Location(&'static str),
}

/// What the building or the reading of a message failed with, apart from what it says.
#[derive(Debug, Error)]
pub enum SamlError {
    /// OpenSSL refused.
    #[error("failed to sign or to read a key")]
    Crypto(#[from] openssl::error::ErrorStack),
    /// The own message could not be built.
    #[error("failed to build a message: {0}")]
    Build(String),
}

/// Why a message of an identity provider is refused.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum ResponseError {
    /// More than the quota of 100,000 characters.
    #[error("the message is longer than 100,000 characters")]
    TooLong,
    /// Not base64 of UTF-8.
    #[error("the message is not base64 of UTF-8 text")]
    Encoding,
    /// Not well-formed, with a document type, or nested too deep.
    #[error("the message is not XML that can be read: {0}")]
    Xml(String),
    /// Two elements have one id, so that a reference could mean either.
    #[error("two elements have the same ID")]
    RepeatedId,
    /// The element that should be there once is missing or repeated.
    #[error("the message does not have exactly one {0}")]
    Shape(&'static str),
    /// Another protocol version.
    #[error("the version is not 2.0")]
    Version,
    /// Neither response nor assertion is signed, or a message that must be.
    #[error("nothing that is signed")]
    Unsigned,
    /// The signature is not by a key of the metadata, or not over this element.
    #[error("the signature is invalid")]
    Signature,
    /// An algorithm or a form of signature that is not accepted.
    #[error("the signature uses {0}, which is not accepted")]
    Algorithm(String),
    /// Encryption is required and missing, or there and not expected.
    #[error("the assertion is encrypted and should not be, or the other way round")]
    Encryption,
    /// Deciphering failed. One error for every cause, so that nothing is told about the plain text.
    #[error("the encrypted assertion cannot be read")]
    Undecipherable,
    /// Somebody else issued it.
    #[error("the issuer is not the entity of the metadata")]
    Issuer,
    /// Sent to another address.
    #[error("the destination or the recipient is another")]
    Recipient,
    /// Meant for another service provider.
    #[error("the audience is another")]
    Audience,
    /// Who does not understand a condition may not rely on the assertion (Core 2.5.1.1).
    #[error("there is a condition that is not known")]
    Condition,
    /// Not valid yet or no longer.
    #[error("the message is not valid at this time")]
    Time,
    /// It answers another request, or none where one was made, or one where none was made.
    #[error("the message does not answer the request that was made")]
    InResponseTo,
    /// There is nobody in it, or nobody who is confirmed as a bearer.
    #[error("the subject is not confirmed")]
    Subject,
    /// The identity provider refused.
    #[error("the identity provider answered {code}")]
    Status {
        /// The innermost status code, without its common prefix.
        code: String,
        /// What the identity provider adds in words.
        message: Option<String>,
    },
}
