//! X.509 certificates of a pool's keys, which SAML 2.0 needs around a public key.

use openssl::asn1::{Asn1Integer, Asn1Time};
use openssl::bn::BigNum;
use openssl::error::ErrorStack;
use openssl::hash::MessageDigest;
use openssl::pkey::PKey;
use openssl::x509::{X509Builder, X509NameBuilder};

use crate::{KeyError, SigningKey};

/// What a certificate says beside the key.
#[derive(Clone, Copy, Debug)]
pub struct CertificateOf<'a> {
    /// The common name of subject and issuer.
    pub name: &'a str,
    /// The serial number: random bytes.
    pub serial: [u8; 16],
    /// From when it is valid, in seconds since 1970.
    pub from: i64,
    /// Until when.
    pub until: i64,
}

impl SigningKey {
    /// A certificate of this key that is signed with it, in DER.
    pub fn certificate(&self, of: CertificateOf<'_>) -> Result<Vec<u8>, KeyError> {
        self.build(of).map_err(KeyError::Certificate)
    }

    fn build(&self, of: CertificateOf<'_>) -> Result<Vec<u8>, ErrorStack> {
        let key = PKey::private_key_from_pkcs8(&self.to_der())?;
        let mut name = X509NameBuilder::new()?;
        name.append_entry_by_text("CN", of.name)?;
        let name = name.build();
        let mut serial = of.serial;
        // RFC 5280, section 4.1.2.2: positive.
        serial[0] = serial[0] & 0x7f | 1;
        let mut builder = X509Builder::new()?;
        builder.set_version(2)?;
        builder.set_serial_number(Asn1Integer::from_bn(&*BigNum::from_slice(&serial)?)?.as_ref())?;
        builder.set_subject_name(&name)?;
        builder.set_issuer_name(&name)?;
        builder.set_pubkey(&key)?;
        builder.set_not_before(Asn1Time::from_unix(of.from)?.as_ref())?;
        builder.set_not_after(Asn1Time::from_unix(of.until)?.as_ref())?;
        builder.sign(&key, MessageDigest::sha256())?;
        builder.build().to_der()
    }
}

#[cfg(test)]
mod tests {
    use openssl::x509::X509;

    use super::*;

    #[test]
    fn a_certificate_of_the_key() {
        let key = SigningKey::generate().unwrap();
        let of = CertificateOf { name: "pool", serial: [255; 16], from: 1_767_776_887, until: 2_083_309_687 };
        let certificate = X509::from_der(&key.certificate(of).unwrap()).unwrap();
        let public = certificate.public_key().unwrap();
        assert!(certificate.verify(&public).unwrap());
        assert!(public.public_eq(&PKey::private_key_from_pkcs8(&key.to_der()).unwrap()));
        let days = certificate.not_before().diff(certificate.not_after()).unwrap().days;
        assert_eq!((days, certificate.version()), (3652, 2));
        assert!(!certificate.serial_number().to_bn().unwrap().is_negative());
    }
}
