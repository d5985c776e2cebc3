//! XML encryption of assertions: AES with a key that is wrapped with RSA-OAEP.
//!
//! RSA with PKCS#1 padding is refused (Bleichenbacher). AES in CBC mode is accepted since most identity providers
//! use it; the caller gives one and the same error for all that goes wrong before the signature is verified.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use openssl::md::{Md, MdRef};
use openssl::pkey_ctx::PkeyCtx;
use openssl::rsa::Padding;
use openssl::symm::{Cipher, Crypter, Mode, decrypt_aead};

use crate::key::ServiceKey;
use crate::names;
use crate::xml::Element;

const GCM_NONCE: usize = 12;
const GCM_TAG: usize = 16;

/// The plain text of an `EncryptedAssertion`, or nothing.
pub(crate) fn open(encrypted: Element<'_>, key: &ServiceKey) -> Option<String> {
    let data = encrypted.only(names::ENC, "EncryptedData")?;
    let inside = data.named(names::DSIG, "KeyInfo").flat_map(|info| info.named(names::ENC, "EncryptedKey"));
    let beside = encrypted.named(names::ENC, "EncryptedKey");
    let content_key = inside.chain(beside).find_map(|wrapped| unwrap(wrapped, key))?;
    let plain = decipher(method(data)?, &content_key, &value(data)?)?;
    String::from_utf8(plain).ok()
}

fn method<'d>(element: Element<'d>) -> Option<&'d str> {
    element.only(names::ENC, "EncryptionMethod")?.attribute("Algorithm")
}

fn value(element: Element<'_>) -> Option<Vec<u8>> {
    let value = element.only(names::ENC, "CipherData")?.only(names::ENC, "CipherValue")?;
    let text: String = value.text().split_ascii_whitespace().collect();
    STANDARD.decode(text).ok()
}

/// The content key that an `EncryptedKey` wraps.
fn unwrap(wrapped: Element<'_>, key: &ServiceKey) -> Option<Vec<u8>> {
    let method = wrapped.only(names::ENC, "EncryptionMethod")?;
    let digest = match method.only(names::DSIG, "DigestMethod") {
        Some(digest) => digest_of(digest.attribute("Algorithm")?)?,
        None => Md::sha1(),
    };
    let mask = match (method.attribute("Algorithm")?, method.only(names::ENC11, "MGF")) {
        (names::OAEP_MGF1P, _) | (names::OAEP, None) => Md::sha1(),
        (names::OAEP, Some(mask)) => mask_of(mask.attribute("Algorithm")?)?,
        _ => return None,
    };
    let mut context = PkeyCtx::new(key.private()).ok()?;
    context.decrypt_init().ok()?;
    context.set_rsa_padding(Padding::PKCS1_OAEP).ok()?;
    context.set_rsa_oaep_md(digest).ok()?;
    context.set_rsa_mgf1_md(mask).ok()?;
    let mut plain = Vec::new();
    context.decrypt_to_vec(&value(wrapped)?, &mut plain).ok()?;
    Some(plain)
}

fn digest_of(uri: &str) -> Option<&'static MdRef> {
    match uri {
        names::SHA1 => Some(Md::sha1()),
        names::SHA256 => Some(Md::sha256()),
        names::SHA384 => Some(Md::sha384()),
        names::SHA512 => Some(Md::sha512()),
        _ => None,
    }
}

fn mask_of(uri: &str) -> Option<&'static MdRef> {
    match uri.strip_prefix(names::ENC11)? {
        "mgf1sha1" => Some(Md::sha1()),
        "mgf1sha256" => Some(Md::sha256()),
        "mgf1sha384" => Some(Md::sha384()),
        "mgf1sha512" => Some(Md::sha512()),
        _ => None,
    }
}

fn decipher(algorithm: &str, key: &[u8], data: &[u8]) -> Option<Vec<u8>> {
    let (cipher, authenticated) = match algorithm {
        names::AES128_CBC => (Cipher::aes_128_cbc(), false),
        names::AES192_CBC => (Cipher::aes_192_cbc(), false),
        names::AES256_CBC => (Cipher::aes_256_cbc(), false),
        names::AES128_GCM => (Cipher::aes_128_gcm(), true),
        names::AES192_GCM => (Cipher::aes_192_gcm(), true),
        names::AES256_GCM => (Cipher::aes_256_gcm(), true),
        _ => return None,
    };
    if key.len() != cipher.key_len() {
        return None;
    }
    if !authenticated {
        let (vector, rest) = data.split_at_checked(cipher.block_size())?;
        return decipher_chain(cipher, key, vector, rest);
    }
    let (nonce, rest) = data.split_at_checked(GCM_NONCE)?;
    let (text, tag) = rest.split_at_checked(rest.len().checked_sub(GCM_TAG)?)?;
    decrypt_aead(cipher, key, Some(nonce), &[], text, tag).ok()
}

/// CBC with the padding of XML encryption: the last byte says how many there are, the others are arbitrary.
fn decipher_chain(cipher: Cipher, key: &[u8], vector: &[u8], text: &[u8]) -> Option<Vec<u8>> {
    let mut crypter = Crypter::new(cipher, Mode::Decrypt, key, Some(vector)).ok()?;
    crypter.pad(false);
    let mut plain = vec![0; text.len() + cipher.block_size()];
    let count = crypter.update(text, &mut plain).ok()?;
    let count = count + crypter.finalize(&mut plain[count..]).ok()?;
    plain.truncate(count);
    let padding = usize::from(*plain.last()?);
    let kept = count.checked_sub(padding).filter(|_| (1..=cipher.block_size()).contains(&padding))?;
    plain.truncate(kept);
    Some(plain)
}
