//! Secrets of app clients: SECRET_HASH and the comparison of secrets.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use openssl::memcmp;
use openssl::sha::Sha256;

/// The length of what one step of SHA-256 reads.
const BLOCK: usize = 64;

/// SHA-256, in steps: OpenSSL's function for all of them looks the algorithm up by name each time.
pub fn sha256(data: &[u8]) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(data);
    hash.finish()
}

/// HMAC-SHA-256 (RFC 2104).
///
/// By hand, since OpenSSL looks its algorithms up by name for each HMAC, which takes ten times as long as a short one.
pub fn hmac_sha256(key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    let mut block = [0; BLOCK];
    if key.len() > BLOCK {
        block[..32].copy_from_slice(&sha256(key));
    } else {
        block[..key.len()].copy_from_slice(key);
    }
    let pass = |pad: u8, parts: &[&[u8]]| {
        let mut hash = Sha256::new();
        hash.update(&block.map(|byte| byte ^ pad));
        parts.iter().for_each(|part| hash.update(part));
        hash.finish()
    };
    pass(0x5c, &[&pass(0x36, parts)])
}

/// The SECRET_HASH of a user name as typed: Base64 of HMAC-SHA-256 under the client secret over user name and client id.
/// <https://docs.aws.amazon.com/cognito/latest/developerguide/signing-up-users-in-your-app.html>
pub fn secret_hash(username: &str, client_id: &str, secret: &str) -> String {
    STANDARD.encode(hmac_sha256(secret.as_bytes(), &[username.as_bytes(), client_id.as_bytes()]))
}

/// SHA-256 in hexadecimal: what is stored of a text that only its owner brings back, and of one that is too long for a
/// key.
pub fn digest(data: impl AsRef<[u8]>) -> String {
    hex(&sha256(data.as_ref()))
}

/// Lower-case hexadecimal digits.
fn hex(bytes: &[u8]) -> String {
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 0x0f]);
    digits.map(|digit| char::from(b"0123456789abcdef"[usize::from(digit)])).collect()
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
            secret_hash("alice", "clientabc", "secret123"),
            "WYkU/IwwxCoJFClBl62JQ/4c8XE7CBoNc8zxbmfKJsg="
        );
    }

    #[test]
    fn hmac_of_rfc_4231() {
        let check = |key: &[u8], parts: &[&[u8]], expected: &str| {
            let mac = hmac_sha256(key, parts);
            assert_eq!(hex(&mac), expected);
        };
        check(
            b"Jefe",
            &[b"what do ya want ", b"for nothing?"],
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
        );
        check(
            &[0xaa; 20],
            &[&[0xdd; 50]],
            "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe",
        );
        check(
            &[0xaa; 131],
            &[b"Test Using Larger Than Block-Size Key - Hash Key First"],
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
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
