//! SRP-6a as Cognito does it: the group of RFC 3526 section 4 (3072 bits), SHA-256, and Cognito's own
//! padding and key derivation. Source: `auth-flows` 4.4 of the specification.
//!
//! A user's password is stored only as salt and verifier; a sign-in by password computes the verifier anew.

use openssl::bn::{BigNum, BigNumContext, BigNumContextRef, BigNumRef};
use openssl::error::ErrorStack;
use openssl::sha::Sha256;

use std::sync::LazyLock;

use crate::secret;
use crate::time::{Span, Time};

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

/// Length of N in bytes.
const LENGTH: usize = 384;

/// How many values a digit of an exponent has, of four bits.
const DIGITS: usize = 16;

/// A power of g for each value of one digit.
type Row = [[u8; LENGTH]; DIGITS];

/// The powers g^(d 16^i) for each digit i of an exponent of 256 bits and each value d of it: with them a power of g is a
/// product of 64 numbers (Menezes, van Oorschot, Vanstone: Handbook of Applied Cryptography, section 14.6.3), which takes
/// half the time of an exponentiation. Made with the first use in a few milliseconds.
///
/// OpenSSL multiplies short numbers faster, and powers of 2 with small exponents are short. So each row bears one more
/// factor, and the first one those that make them cancel each other out: every number on the way is as long as N.
static POWERS: LazyLock<Vec<Row>> = LazyLock::new(|| powers().expect("OpenSSL has memory for a table"));

fn powers() -> Result<Vec<Row>, ErrorStack> {
    let mut context = BigNumContext::new()?;
    let raised = |base: &BigNumRef, exponent: &BigNumRef, context: &mut BigNumContextRef| {
        let mut power = BigNum::new()?;
        power.mod_exp(base, exponent, &GROUP.n, context)?;
        Ok::<_, ErrorStack>(power)
    };
    let mut beyond = BigNum::new()?;
    beyond.set_bit(256)?;
    let factor = raised(&GROUP.g, &beyond, &mut context)?;
    let mut first = BigNum::new()?;
    let others = raised(&factor, &*BigNum::from_u32(2 * 32 - 1)?, &mut context)?;
    first.mod_inverse(&others, &GROUP.n, &mut context)?;
    let digits = BigNum::from_u32(DIGITS as u32)?;
    let mut base = GROUP.g.to_owned()?;
    let mut rows = Vec::with_capacity(2 * 32);
    for place in 0..2 * 32 {
        let mut row = [[0; LENGTH]; DIGITS];
        let mut power = if place == 0 { first.to_owned()? } else { factor.to_owned()? };
        for place in &mut row {
            place.copy_from_slice(&power.to_vec_padded(LENGTH as i32)?);
            power = product(&power, &base, &mut context)?;
        }
        base = raised(&base, &digits, &mut context)?;
        rows.push(row);
    }
    Ok(rows)
}

/// g^exponent mod N. The exponent is a secret: each of its digits makes the same work and reads the same memory.
fn power_of_g(exponent: &[u8; 32]) -> Result<BigNum, ErrorStack> {
    let mut context = BigNumContext::new_secure()?;
    let mut power = BigNum::from_u32(1)?;
    let digits = exponent.iter().rev().flat_map(|byte| [byte & 0x0f, byte >> 4]);
    for (row, digit) in POWERS.iter().zip(digits) {
        power = product(&power, &*BigNum::from_slice(&chosen(row, digit))?, &mut context)?;
    }
    Ok(power)
}

fn product(a: &BigNumRef, b: &BigNumRef, context: &mut BigNumContextRef) -> Result<BigNum, ErrorStack> {
    let mut product = BigNum::new()?;
    product.mod_mul(a, b, &GROUP.n, context)?;
    Ok(product)
}

/// The power for a digit, without a branch or an address that depends on it.
fn chosen(row: &Row, digit: u8) -> [u8; LENGTH] {
    let mut chosen = [0; LENGTH];
    for (value, power) in (0_u8..).zip(row) {
        // All ones where they are equal, for then the difference is below zero.
        let mask = (u16::from(value ^ digit).wrapping_sub(1) >> 8) as u8;
        for (byte, own) in chosen.iter_mut().zip(power) {
            *byte |= own & mask;
        }
    }
    chosen
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

/// The verifier v = g^x mod N, big-endian without leading zeros.
///
/// # Errors
/// Only if OpenSSL runs out of memory.
pub fn verifier(pool_name: &str, user_id: &str, password: &str, salt: &[u8]) -> Result<Vec<u8>, ErrorStack> {
    Ok(power_of_g(&private_key(pool_name, user_id, password, salt))?.to_vec())
}

/// Why a client's public value A is refused (RFC 5054, section 2.5.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the public value of the client is not one")]
pub struct InvalidPublicValue;

/// The longest A in hexadecimal digits: 384 bytes, and a zero byte that clients put in front.
const LONGEST_A: usize = 2 * 385;

/// Reads A, as clients send it in hexadecimal. A multiple of N would make the key known to everybody.
///
/// # Errors
/// [`InvalidPublicValue`]
pub fn client_public_value(hex: &str) -> Result<Vec<u8>, InvalidPublicValue> {
    if hex.is_empty() || hex.len() > LONGEST_A || !hex.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(InvalidPublicValue);
    }
    let read = || -> Result<Vec<u8>, ErrorStack> {
        let a = BigNum::from_hex_str(hex)?;
        let mut rest = BigNum::new()?;
        rest.nnmod(&a, &GROUP.n, &mut *BigNumContext::new()?)?;
        Ok(if rest.num_bits() == 0 { Vec::new() } else { a.to_vec() })
    };
    read().ok().filter(|a| !a.is_empty()).ok_or(InvalidPublicValue)
}

/// The multiplier k: SHA-256 of the padded N and g.
static K: LazyLock<BigNum> = LazyLock::new(|| {
    let mut k = Sha256::new();
    k.update(&pad(&GROUP.n.to_vec()));
    k.update(&pad(&GROUP.g.to_vec()));
    BigNum::from_slice(&k.finish()).expect("32 bytes are a number")
});

/// The server's public value B = k v + g^b mod N.
///
/// # Errors
/// Only if OpenSSL runs out of memory.
pub fn server_public_value(verifier: &[u8], b: &[u8; 32]) -> Result<Vec<u8>, ErrorStack> {
    let mut context = BigNumContext::new_secure()?;
    let kv = product(&K, &*BigNum::from_slice(verifier)?, &mut context)?;
    let mut sum = BigNum::new()?;
    sum.mod_add(&kv, &*power_of_g(b)?, &GROUP.n, &mut context)?;
    Ok(sum.to_vec())
}

/// One run of the protocol, as the server knows it.
#[derive(Clone, Copy)]
pub struct Exchange<'a> {
    /// The name of the pool, or the group key of a device.
    pub pool_name: &'a str,
    /// USER_ID_FOR_SRP, or the key of a device.
    pub user_id: &'a str,
    /// v
    pub verifier: &'a [u8],
    /// The client's public value, as [`client_public_value`] read it.
    pub a: &'a [u8],
    /// The server's private value.
    pub b: &'a [u8],
    /// The server's public value.
    pub public: &'a [u8],
}

impl Exchange<'_> {
    /// Whether a signature proves that the client knows the password. Two exponentiations of 256 bits, whatever the
    /// answer.
    ///
    /// # Errors
    /// Only if OpenSSL runs out of memory.
    pub fn proves(&self, signature: &[u8], secret_block: &[u8], timestamp: &str) -> Result<bool, ErrorStack> {
        let mut u = Sha256::new();
        u.update(&pad(self.a));
        u.update(&pad(self.public));
        let u = u.finish();
        let key = self.key(&u)?;
        let message =
            [self.pool_name.as_bytes(), self.user_id.as_bytes(), secret_block, timestamp.as_bytes()];
        let expected = secret::hmac_sha256(&key, &message);
        // With u = 0 the verifier would not be part of the key.
        Ok(secret::equal(&expected, signature) && u != [0; 32])
    }

    /// The session key: HKDF of S = (A v^u)^b with u as salt, 16 bytes.
    fn key(&self, u: &[u8; 32]) -> Result<[u8; 16], ErrorStack> {
        let mut context = BigNumContext::new_secure()?;
        let n = &GROUP.n;
        let (a, v) = (BigNum::from_slice(self.a)?, BigNum::from_slice(self.verifier)?);
        let (mut b, u_number) = (BigNum::from_slice(self.b)?, BigNum::from_slice(u)?);
        b.set_const_time();
        let (mut vu, mut s) = (BigNum::new()?, BigNum::new()?);
        vu.mod_exp(&v, &u_number, n, &mut context)?;
        s.mod_exp(&*product(&a, &vu, &mut context)?, &b, n, &mut context)?;
        let prk = secret::hmac_sha256(&pad(u), &[&pad(&s.to_vec())]);
        let okm = secret::hmac_sha256(&prk, &[b"Caldera Derived Key", &[1]]);
        let mut key = [0; 16];
        key.copy_from_slice(&okm[..16]);
        Ok(key)
    }
}

/// How far a client's clock may be off.
const SKEW: Span = Span::minutes(5);

/// Whether a TIMESTAMP is of the form `Mon Jan 2 15:04:05 UTC 2026` and about now.
pub fn is_timely(timestamp: &str, now: Time) -> bool {
    let Ok(read) = jiff::fmt::strtime::parse("%a %b %d %H:%M:%S UTC %Y", timestamp) else { return false };
    let moment = read.to_datetime().and_then(|moment| jiff::tz::Offset::UTC.to_timestamp(moment));
    let Ok(moment) = moment else { return false };
    let away = now - Time(moment.as_millisecond());
    away.0.abs() <= SKEW.0
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
    fn powers_of_g() {
        let mut context = BigNumContext::new().unwrap();
        let mut one = [0; 32];
        one[31] = 1;
        let mut top = [0; 32];
        top[0] = 0x80;
        for exponent in [[0; 32], one, top, [0xff; 32], [0x5a; 32], openssl::sha::sha256(b"any")] {
            let mut expected = BigNum::new().unwrap();
            let number = BigNum::from_slice(&exponent).unwrap();
            expected.mod_exp(&GROUP.g, &number, &GROUP.n, &mut context).unwrap();
            assert_eq!(power_of_g(&exponent).unwrap(), expected, "{exponent:?}");
        }
    }

    /// OpenSSL takes less time for short numbers, and so a digit would show by the time that it takes.
    #[test]
    fn no_number_of_the_table_is_short() {
        for (place, row) in POWERS.iter().enumerate() {
            for (digit, power) in row.iter().enumerate() {
                assert_ne!(power[..8], [0; 8], "digit {digit} at {place}");
            }
        }
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

    const VECTOR_BLOCK: [u8; 32] = {
        let mut block = [0; 32];
        let mut i = 0;
        while i < 32 {
            block[i] = i as u8;
            i += 1;
        }
        block
    };

    #[test]
    fn the_exchange_of_the_specification() {
        use base64::Engine as _;
        let user_id = "3f0c1f6e-0000-4000-8000-000000000001";
        let verifier = verifier("AbCdEf123", user_id, "Correct-Horse9", &[0xa1; 16]).unwrap();
        // The vector's exponents are 1,024 bits long, as some clients choose theirs; ours have 256.
        let power = |exponent: &[u8]| {
            let mut value = BigNum::new().unwrap();
            let exponent = BigNum::from_slice(exponent).unwrap();
            value.mod_exp(&GROUP.g, &exponent, &GROUP.n, &mut BigNumContext::new().unwrap()).unwrap();
            value.to_vec()
        };
        let a = client_public_value(&hex(&power(&[0x11; 128]))).unwrap();
        assert_eq!(sha(&padded(&a)), "f9f3f0f4857fcc7a83f7a2d602d3783150c9cc42175f8c53bf8d15aa0fd3761f");
        let b = [0x22; 32];
        let public = server_public_value(&verifier, &b).unwrap();
        let exchange =
            Exchange { pool_name: "AbCdEf123", user_id, verifier: &verifier, a: &a, b: &b, public: &public };
        let timestamp = "Wed Jan 7 09:08:07 UTC 2026";
        let wrong = exchange.proves(&[0; 32], &VECTOR_BLOCK, timestamp).unwrap();
        assert!(!wrong);

        // With the vector's own b the signature is the vector's.
        let long_b = [0x22; 128];
        let mut kv = BigNum::new().unwrap();
        let v = BigNum::from_slice(&verifier).unwrap();
        let mut context = BigNumContext::new().unwrap();
        kv.mod_mul(&K, &v, &GROUP.n, &mut context).unwrap();
        let mut public = BigNum::new().unwrap();
        let gb = BigNum::from_slice(&power(&long_b)).unwrap();
        public.mod_add(&kv, &gb, &GROUP.n, &mut context).unwrap();
        let public = public.to_vec();
        assert_eq!(sha(&padded(&public)), "108b757ce14571dc217ea1c22aa04f6883b6756473b7079b44286c403dd06a0d");
        let exchange = Exchange { b: &long_b, public: &public, ..exchange };
        let signature =
            base64::engine::general_purpose::STANDARD.decode("OsDIZ32AgM0ipS9GJWuLjUHrkxjpStB4OhFE9ucl9kI=");
        assert!(exchange.proves(&signature.unwrap(), &VECTOR_BLOCK, timestamp).unwrap());
    }

    fn padded(bytes: &[u8]) -> Vec<u8> {
        let mut padded = vec![0; 384 - bytes.len()];
        padded.extend(bytes);
        padded
    }

    #[test]
    fn public_values_of_clients() {
        let check = |hex: &str, good: bool| assert_eq!(client_public_value(hex).is_ok(), good, "{hex}");
        let n = N_HEX.to_lowercase();
        let mut twice = BigNum::new().unwrap();
        twice.lshift1(&GROUP.n).unwrap();
        for bad in ["", "0", "00000000", "xyz", "-1", " 1", &n, &format!("00{n}"), &hex(&twice.to_vec())] {
            check(bad, false);
        }
        check(&"1".repeat(10_000), false);
        check("1", true);
        check("00ff", true);
        check("FF", true);
    }

    #[test]
    fn timestamps() {
        let now = Time(1_767_776_887_000);
        let check = |timestamp: &str, good: bool| assert_eq!(is_timely(timestamp, now), good, "{timestamp}");
        check("Wed Jan 7 09:08:07 UTC 2026", true);
        check("Wed Jan 7 09:13:07 UTC 2026", true);
        check("Wed Jan 7 09:13:08 UTC 2026", false);
        check("Wed Jan 7 09:03:06 UTC 2026", false);
        for garbage in
            ["", "now", "2026-01-07T09:08:07Z", "Wed Jan 7 09:08:07 CET 2026", "Wed Jan 99 09:08:07 UTC 2026"]
        {
            check(garbage, false);
        }
    }

    #[test]
    fn padding() {
        assert_eq!(pad(&[0, 0, 1]), [1]);
        assert_eq!(pad(&[0x80]), [0, 0x80]);
        assert_eq!(pad(&[]), [0]);
    }
}
