//! SRP-6a as Cognito does it: the group of RFC 3526 section 4 (3072 bits), SHA-256, and Cognito's own
//! padding and key derivation. Source: `auth-flows` 4.4 of the specification.
//!
//! A user's password is stored only as salt and verifier; a sign-in by password computes the verifier anew.

use openssl::bn::{BigNum, BigNumContext};
use openssl::error::ErrorStack;
use openssl::sha::Sha256;

use std::sync::LazyLock;

/// The prime of group 15 of RFC 3526 in hexadecimal.
const N_HEX: &str = concat!(
    "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A08798E3404DD",
    "EF9519B3CD3A431B302B0A6DF25F14374FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7ED",
    "EE386BFB5A899FA5AE9F24117C4B1FE649286651ECE45B3DC2007CB8A163BF0598DA48361C55D39A69163FA8FD24CF5F",
    "83655D23DCA3AD961C62F356208552BB9ED529077096966D670C354E4ABC9804F1746C08CA18217C32905E462E36CE3B",
    "E39E772C180E86039B2783A2EC07A28FB5C55DF06F4C52C9DE2BCBF6955817183995497CEA956AE515D2261898FA0510",
    "15728E5A8AAAC42DAD33170D04507A33A85521ABDF1CBA64ECFB850458DBEF0A8AEA71575D060C7DB3970F85A6E1E4C7",
    "ABF5AE8CDB0933D71E8C94E04A25619DCEE3D2261AD2EE6BF12FFA06D98A0864D87602733EC86A64521F2B18177B200C",
    "BBE117577A615D6C770988C0BAD946E208E24FA074E5AB3143DB5BFCE0FD108E4B82D120A93AD2CAFFFFFFFFFFFFFFFF",
);

/// The modulus and the generator.
pub struct Group {
    /// The prime N of 3,072 bits.
    pub n: BigNum,
    /// The generator, 2.
    pub g: BigNum,
}

static GROUP: LazyLock<Group> = LazyLock::new(|| Group {
    n: BigNum::from_hex_str(N_HEX).expect("the constant is hexadecimal"),
    g: BigNum::from_u32(2).expect("a small number fits"),
});

/// The group that Cognito uses.
pub fn group() -> &'static Group {
    &GROUP
}

/// Length of a salt in bytes.
pub const SALT: usize = 16;

/// The bytes of a non-negative number as Cognito hashes them: big-endian, minimal, with one zero byte in front
/// if the top bit is set. Not padded to the length of N.
pub fn pad(bytes: &[u8]) -> Vec<u8> {
    let start = bytes.iter().position(|&byte| byte != 0).unwrap_or(bytes.len());
    let bytes = &bytes[start..];
    let mut padded = Vec::with_capacity(bytes.len() + 1);
    if bytes.first().is_none_or(|&byte| byte & 0x80 != 0) {
        padded.push(0);
    }
    padded.extend_from_slice(bytes);
    padded
}

/// The private exponent x: SHA-256 over the padded salt and the hash of pool name, user id, `:` and password.
pub fn private_key(pool_name: &str, user_id: &str, password: &str, salt: &[u8]) -> [u8; 32] {
    let mut inner = Sha256::new();
    inner.update(pool_name.as_bytes());
    inner.update(user_id.as_bytes());
    inner.update(b":");
    inner.update(password.as_bytes());
    let mut outer = Sha256::new();
    outer.update(&pad(salt));
    outer.update(&inner.finish());
    outer.finish()
}

/// The verifier v = g^x mod N, big-endian without leading zeros. One exponentiation of 256 bits.
///
/// # Errors
/// Only if OpenSSL runs out of memory.
pub fn verifier(pool_name: &str, user_id: &str, password: &str, salt: &[u8]) -> Result<Vec<u8>, ErrorStack> {
    let mut x = BigNum::from_slice(&private_key(pool_name, user_id, password, salt))?;
    x.set_const_time();
    let mut v = BigNum::new()?;
    v.mod_exp(&GROUP.g, &x, &GROUP.n, &mut *BigNumContext::new_secure()?)?;
    Ok(v.to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    fn sha(bytes: &[u8]) -> String {
        hex(&openssl::sha::sha256(bytes))
    }

    #[test]
    fn constants_of_the_specification() {
        assert_eq!(
            sha(&GROUP.n.to_vec()),
            "48cf8b092fbce4359d9871abf74f98e25b6163379eaa15cd9087e800c6d1c55c"
        );
        let mut k = Sha256::new();
        k.update(&pad(&GROUP.n.to_vec()));
        k.update(&pad(&GROUP.g.to_vec()));
        assert_eq!(hex(&k.finish()), "538282c4354742d7cbbde2359fcf67f9f5b3a6b08791e5011b43b8a5b66d9ee6");
    }

    #[test]
    fn check_vector_of_the_specification() {
        let user_id = "3f0c1f6e-0000-4000-8000-000000000001";
        let salt = [0xa1; 16];
        assert_eq!(
            hex(&private_key("AbCdEf123", user_id, "Correct-Horse9", &salt)),
            "eb0dd0fbdbd077aeacb3830f6f2566b9c420bfb6bc3d9b975da8efad2c0538a5"
        );
        let v = verifier("AbCdEf123", user_id, "Correct-Horse9", &salt).unwrap();
        let mut padded = vec![0; 384 - v.len()];
        padded.extend(&v);
        assert_eq!(sha(&padded), "152b0a74066e3025019aebec99cc89ae5b4e4e1d716c2515956a55433a6b3fc7");
    }

    #[test]
    fn padding() {
        assert_eq!(pad(&[0, 0, 1]), [1]);
        assert_eq!(pad(&[0x80]), [0, 0x80]);
        assert_eq!(pad(&[]), [0]);
    }
}
