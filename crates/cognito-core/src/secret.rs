//! Secrets of app clients: SECRET_HASH and the comparison of secrets.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use openssl::error::ErrorStack;
use openssl::hash::MessageDigest;
use openssl::memcmp;
use openssl::pkey::PKey;
use openssl::sha::sha256;
use openssl::sign::Signer;

/// HMAC-SHA-256 (RFC 2104).
///
/// # Errors
/// Only if OpenSSL runs out of memory.
pub fn hmac_sha256(key: &[u8], parts: &[&[u8]]) -> Result<[u8; 32], ErrorStack> {
    let key = PKey::hmac(key)?;
    let mut signer = Signer::new(MessageDigest::sha256(), &key)?;
    for part in parts {
        signer.update(part)?;
    }
    let mut mac = [0; 32];
    signer.sign(&mut mac)?;
    Ok(mac)
}

/// The SECRET_HASH of a user name as typed: Base64 of HMAC-SHA-256 under the client secret over user name and client id.
/// <https://docs.aws.amazon.com/cognito/latest/developerguide/signing-up-users-in-your-app.html>
///
/// # Errors
/// Only if OpenSSL runs out of memory.
pub fn secret_hash(username: &str, client_id: &str, secret: &str) -> Result<String, ErrorStack> {
    Ok(STANDARD.encode(hmac_sha256(secret.as_bytes(), &[username.as_bytes(), client_id.as_bytes()])?))
}

/// SHA-256 in hexadecimal: what is stored of a text that only its owner brings back, and of one that is too long for a
/// key.
pub fn digest(data: impl AsRef<[u8]>) -> String {
    sha256(data.as_ref()).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Whether two secrets are equal, in a time that depends only on their lengths.
pub fn equal(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && memcmp::eq(a, b)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secret_hash_of_the_specification() {
        assert_eq!(
            secret_hash("alice", "clientabc", "secret123").unwrap(),
            "WYkU/IwwxCoJFClBl62JQ/4c8XE7CBoNc8zxbmfKJsg="
        );
    }

    #[test]
    fn comparison() {
        assert!(equal(b"", b""));
        assert!(equal(b"abc", b"abc"));
        assert!(!equal(b"abc", b"abd"));
        assert!(!equal(b"abc", b"abcd"));
    }
}
