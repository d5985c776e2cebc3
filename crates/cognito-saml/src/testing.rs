//! An identity provider in memory, for tests here and in the crates above.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use openssl::asn1::Asn1Time;
use openssl::bn::BigNum;
use openssl::encrypt::Encrypter;
use openssl::hash::MessageDigest;
use openssl::pkey::{PKey, Private};
use openssl::rsa::{Padding, Rsa};
use openssl::symm::{Cipher, encrypt_aead};
use openssl::x509::{X509, X509Builder, X509NameBuilder};

use crate::error::SamlError;
use crate::instant;
use crate::key::{ServiceKey, read_certificate};
use crate::names;
use crate::signature;
use crate::write::escape;

/// The content key and the nonce of assertions that are encrypted here.
const CONTENT_KEY: [u8; 32] = [7; 32];
const NONCE: [u8; 12] = [9; 12];

/// A fresh RSA key with a certificate that it signed itself.
pub fn fresh_key() -> Result<ServiceKey, SamlError> {
    let key = PKey::from_rsa(Rsa::generate(2048)?)?;
    ServiceKey::new(&key.private_key_to_pkcs8()?, &self_signed(&key)?.to_der()?)
}

pub(crate) fn self_signed(key: &PKey<Private>) -> Result<X509, SamlError> {
    let mut name = X509NameBuilder::new()?;
    name.append_entry_by_text("CN", "test")?;
    let name = name.build();
    let mut builder = X509Builder::new()?;
    builder.set_version(2)?;
    builder.set_serial_number(BigNum::from_u32(1)?.to_asn1_integer()?.as_ref())?;
    builder.set_subject_name(&name)?;
    builder.set_issuer_name(&name)?;
    builder.set_not_before(Asn1Time::from_unix(0)?.as_ref())?;
    builder.set_not_after(Asn1Time::from_unix(4_000_000_000)?.as_ref())?;
    builder.set_pubkey(key)?;
    builder.sign(key, MessageDigest::sha256())?;
    Ok(builder.build())
}

/// An identity provider with one key.
pub struct IdentityProvider {
    /// Its name.
    pub entity_id: String,
    /// The key that it signs with.
    pub key: ServiceKey,
}

impl IdentityProvider {
    /// One with a fresh key.
    pub fn new(entity_id: &str) -> Result<Self, SamlError> {
        Ok(Self { entity_id: entity_id.to_owned(), key: fresh_key()? })
    }

    /// Its metadata, with addresses under `base`.
    pub fn metadata(&self, base: &str) -> String {
        let (md, ds, protocol) = (names::METADATA, names::DSIG, names::PROTOCOL);
        let (redirect, post) = (names::REDIRECT, names::POST);
        let (entity_id, certificate) = (escape(&self.entity_id), self.key.certificate());
        format!(
            "<md:EntityDescriptor xmlns:md=\"{md}\" entityID=\"{entity_id}\">\
             <md:IDPSSODescriptor protocolSupportEnumeration=\"{protocol}\">\
             <md:KeyDescriptor use=\"signing\"><ds:KeyInfo xmlns:ds=\"{ds}\"><ds:X509Data>\
             <ds:X509Certificate>{certificate}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>\
             <md:SingleLogoutService Binding=\"{redirect}\" Location=\"{base}/slo\"/>\
             <md:SingleSignOnService Binding=\"{post}\" Location=\"{base}/sso/post\"/>\
             <md:SingleSignOnService Binding=\"{redirect}\" Location=\"{base}/sso\"/>\
             </md:IDPSSODescriptor></md:EntityDescriptor>"
        )
    }

    /// Signs a message or an assertion.
    pub fn sign(&self, xml: &str) -> Result<String, SamlError> {
        signature::sign(xml, &self.key)
    }

    /// An assertion, unsigned.
    pub fn assertion(&self, answer: &Answer) -> String {
        let saml = names::ASSERTION;
        let issuer = escape(&self.entity_id);
        let (id, name) = (escape(&answer.assertion_id), escape(&answer.name_id));
        let (audience, recipient) = (escape(&answer.audience), escape(&answer.recipient));
        let (now, begin, end) =
            (instant::write(answer.now), instant::write(answer.now - 5), instant::write(answer.now + 300));
        let in_response_to = in_response_to(answer);
        let attributes: String = answer.attributes.iter().map(attribute).collect();
        format!(
            "<saml:Assertion xmlns:saml=\"{saml}\" ID=\"{id}\" IssueInstant=\"{now}\" Version=\"2.0\">\
             <saml:Issuer>{issuer}</saml:Issuer><saml:Subject><saml:NameID>{name}</saml:NameID>\
             <saml:SubjectConfirmation Method=\"{bearer}\"><saml:SubjectConfirmationData{in_response_to} \
             NotOnOrAfter=\"{end}\" Recipient=\"{recipient}\"/></saml:SubjectConfirmation></saml:Subject>\
             <saml:Conditions NotBefore=\"{begin}\" NotOnOrAfter=\"{end}\"><saml:AudienceRestriction>\
             <saml:Audience>{audience}</saml:Audience></saml:AudienceRestriction></saml:Conditions>\
             <saml:AuthnStatement AuthnInstant=\"{now}\" SessionIndex=\"session-1\"><saml:AuthnContext>\
             <saml:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:Password</saml:AuthnContextClassRef>\
             </saml:AuthnContext></saml:AuthnStatement><saml:AttributeStatement>{attributes}\
             </saml:AttributeStatement></saml:Assertion>",
            bearer = names::BEARER,
        )
    }

    /// A response around an assertion or around anything else.
    pub fn response(&self, answer: &Answer, inside: &str) -> String {
        self.answering("Response", answer, inside)
    }

    /// An answer to a logout request, unsigned.
    pub fn logout_response(&self, answer: &Answer) -> String {
        self.answering("LogoutResponse", answer, "")
    }

    fn answering(&self, name: &str, answer: &Answer, inside: &str) -> String {
        let (protocol, saml, success) = (names::PROTOCOL, names::ASSERTION, names::SUCCESS);
        let (issuer, destination) = (escape(&self.entity_id), escape(&answer.recipient));
        let (now, in_response_to) = (instant::write(answer.now), in_response_to(answer));
        format!(
            "<samlp:{name} xmlns:samlp=\"{protocol}\" ID=\"_response\" Version=\"2.0\" IssueInstant=\"{now}\" \
             Destination=\"{destination}\"{in_response_to}><saml:Issuer xmlns:saml=\"{saml}\">{issuer}</saml:Issuer>\
             <samlp:Status><samlp:StatusCode Value=\"{success}\"/></samlp:Status>{inside}</samlp:{name}>"
        )
    }

    /// The form field of a response with a signed assertion: what most identity providers send.
    pub fn respond(&self, answer: &Answer) -> Result<String, SamlError> {
        let assertion = self.sign(&self.assertion(answer))?;
        Ok(STANDARD.encode(self.response(answer, &assertion)))
    }

    /// The form field of a response whose signed assertion is encrypted for a certificate, with AES-GCM and RSA-OAEP.
    pub fn respond_encrypted(&self, answer: &Answer, certificate: &str) -> Result<String, SamlError> {
        let assertion = encrypted(&self.sign(&self.assertion(answer))?, certificate)?;
        Ok(STANDARD.encode(self.response(answer, &assertion)))
    }
}

fn in_response_to(answer: &Answer) -> String {
    let id = answer.request_id.as_deref().map(escape);
    id.map(|id| format!(" InResponseTo=\"{id}\"")).unwrap_or_default()
}

fn attribute((name, values): &(String, Vec<String>)) -> String {
    let values: String = values
        .iter()
        .map(|value| format!("<saml:AttributeValue>{}</saml:AttributeValue>", escape(value)))
        .collect();
    format!("<saml:Attribute Name=\"{}\">{values}</saml:Attribute>", escape(name))
}

/// An `EncryptedAssertion` with AES-256-GCM and RSA-OAEP (MGF1 and digest SHA-1).
pub fn encrypted(assertion: &str, certificate: &str) -> Result<String, SamlError> {
    let mut tag = [0; 16];
    let text =
        encrypt_aead(Cipher::aes_256_gcm(), &CONTENT_KEY, Some(&NONCE), &[], assertion.as_bytes(), &mut tag)?;
    let data = STANDARD.encode([&NONCE, text.as_slice(), &tag].concat());
    encrypted_with(names::AES256_GCM, &data, &CONTENT_KEY, certificate)
}

/// An `EncryptedAssertion` of any cipher text, with a content key wrapped for a certificate.
pub(crate) fn encrypted_with(
    algorithm: &str,
    data: &str,
    content_key: &[u8],
    certificate: &str,
) -> Result<String, SamlError> {
    let public = read_certificate(certificate)?.public_key()?;
    let mut encrypter = Encrypter::new(&public)?;
    encrypter.set_rsa_padding(Padding::PKCS1_OAEP)?;
    let mut wrapped = vec![0; encrypter.encrypt_len(content_key)?];
    let length = encrypter.encrypt(content_key, &mut wrapped)?;
    let wrapped = STANDARD.encode(&wrapped[..length]);
    let (saml, enc, ds, oaep) = (names::ASSERTION, names::ENC, names::DSIG, names::OAEP_MGF1P);
    Ok(format!(
        "<saml:EncryptedAssertion xmlns:saml=\"{saml}\"><xenc:EncryptedData xmlns:xenc=\"{enc}\" \
         Type=\"{enc}Element\"><xenc:EncryptionMethod Algorithm=\"{algorithm}\"/><ds:KeyInfo xmlns:ds=\"{ds}\">\
         <xenc:EncryptedKey><xenc:EncryptionMethod Algorithm=\"{oaep}\"/><xenc:CipherData><xenc:CipherValue>\
         {wrapped}</xenc:CipherValue></xenc:CipherData></xenc:EncryptedKey></ds:KeyInfo><xenc:CipherData>\
         <xenc:CipherValue>{data}</xenc:CipherValue></xenc:CipherData></xenc:EncryptedData></saml:EncryptedAssertion>"
    ))
}

/// What an identity provider says.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The request that is answered, if one was made.
    pub request_id: Option<String>,
    /// The entity id of the user pool.
    pub audience: String,
    /// The URL that is posted to.
    pub recipient: String,
    /// The id of the assertion.
    pub assertion_id: String,
    /// Who signed in.
    pub name_id: String,
    /// What else is known of him.
    pub attributes: Vec<(String, Vec<String>)>,
    /// Seconds since 1970.
    pub now: i64,
}
