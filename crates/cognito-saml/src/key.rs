//! The key of a user pool: it signs requests and opens encrypted assertions.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use openssl::error::ErrorStack;
use openssl::hash::MessageDigest;
use openssl::pkey::{PKey, Private};
use openssl::sign::Signer;
use openssl::x509::X509;

use crate::error::SamlError;

/// A private RSA key with its certificate.
#[derive(Clone)]
pub struct ServiceKey {
    private: PKey<Private>,
    certificate: String,
}

impl ServiceKey {
    /// A key (PKCS#8) and its certificate (X.509), both in DER.
    pub fn new(private: &[u8], certificate: &[u8]) -> Result<Self, SamlError> {
        let private = PKey::private_key_from_pkcs8(private)?;
        private.rsa()?;
        if !X509::from_der(certificate)?.public_key()?.public_eq(&private) {
            return Err(SamlError::Build("the certificate is of another key".to_owned()));
        }
        Ok(Self { private, certificate: STANDARD.encode(certificate) })
    }

    /// The certificate as XML carries it: DER in base64.
    pub fn certificate(&self) -> &str {
        &self.certificate
    }

    /// RSA with SHA-256 and PKCS#1 padding.
    pub(crate) fn sign(&self, data: &[u8]) -> Result<Vec<u8>, ErrorStack> {
        Signer::new(MessageDigest::sha256(), &self.private)?.sign_oneshot_to_vec(data)
    }

    pub(crate) fn private(&self) -> &PKey<Private> {
        &self.private
    }
}

/// A certificate from the base64 of DER, with or without line breaks.
pub(crate) fn read_certificate(text: &str) -> Result<X509, SamlError> {
    let text: String = text.split_ascii_whitespace().collect();
    let der =
        STANDARD.decode(text).map_err(|_| SamlError::Build("the certificate is not base64".to_owned()))?;
    Ok(X509::from_der(&der)?)
}

impl std::fmt::Debug for ServiceKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ServiceKey(..)")
    }
}
