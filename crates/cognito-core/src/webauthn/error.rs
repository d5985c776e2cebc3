//! Why the answer of an authenticator is refused.

/// What is wrong with a credential that a client presents, at its registration or at a sign-in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PasskeyError {
    /// It does not have the form that the specification gives it.
    #[error("credential is malformed")]
    Malformed,
    /// It answers a sign-in where a registration was asked for, or the other way round.
    #[error("credential is for another ceremony")]
    Ceremony,
    /// It answers another challenge, or none.
    #[error("credential is for another challenge")]
    Challenge,
    /// It answers a registration that another app client began.
    #[error("registration was begun by another client")]
    Client,
    /// It was made on a page that is no part of the relying party.
    #[error("origin is not of the relying party")]
    Origin,
    /// It belongs to another relying party.
    #[error("credential belongs to another relying party")]
    RelyingParty,
    /// The authenticator did not see anybody.
    #[error("user was not present")]
    NotPresent,
    /// The pool wants the user verified, and the authenticator did not do it.
    #[error("user was not verified")]
    NotVerified,
    /// Its algorithm, its key or its attestation is not one that is supported.
    #[error("credential is not supported")]
    Unsupported,
    /// The signature is not that of its key.
    #[error("signature is wrong")]
    Signature,
    /// The authenticator has signed more often than it says: there are two of it.
    #[error("signature counter went back")]
    SignCount,
    /// It is another user's.
    #[error("credential belongs to another user")]
    Foreign,
}
