//! The client's side of SRP-6a, for users and for devices: written from the table of the specification
//! (`auth-flows` 4.4) and without the server's own arithmetic, so that one checks the other.

use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cognito_core::Time;
use openssl::bn::{BigNum, BigNumContext};
use openssl::hash::MessageDigest;
use openssl::pkey::PKey;
use openssl::sha::Sha256;
use openssl::sign::Signer;
use serde_json::Value;

use crate::world::text;

/// The prime of group 15 of RFC 3526, by its formula: 2^3072 - 2^3008 - 1 + 2^64 * (floor(2^2942 pi) + 1690314).
static N: LazyLock<BigNum> = LazyLock::new(|| {
    let pi = &(&pi_shifted(2942 + 64) >> 64) + &number(1_690_314);
    &(&(&power_of_two(3072) - &power_of_two(3008)) - &number(1)) + &(&pi << 64)
});
static G: LazyLock<BigNum> = LazyLock::new(|| number(2));

/// A client that has drawn its private number, and may answer one challenge.
pub struct Client {
    a: BigNum,
    public: BigNum,
}

impl Client {
    /// A client with that private number, big-endian.
    pub fn new(private_a: &[u8]) -> Self {
        let a = BigNum::from_slice(private_a).expect("bytes are a number");
        let public = power(&G, &a);
        Self { a, public }
    }

    /// SRP_A
    pub fn srp_a(&self) -> String {
        hex(&self.public.to_vec())
    }

    /// PASSWORD_CLAIM_SIGNATURE for the ChallengeParameters of PASSWORD_VERIFIER.
    ///
    /// For DEVICE_PASSWORD_VERIFIER the device's group key, key and password stand for the user's.
    pub fn answer(
        &self,
        pool_name: &str,
        user_id: &str,
        password: &str,
        parameters: &Value,
        timestamp: &str,
    ) -> String {
        let secret_block = STANDARD.decode(text(&parameters["SECRET_BLOCK"])).expect("a block in Base64");
        let b = BigNum::from_hex_str(&text(&parameters["SRP_B"])).expect("SRP_B is hexadecimal");
        let salt = BigNum::from_hex_str(&text(&parameters["SALT"])).expect("SALT is hexadecimal");
        let x = private_key(pool_name, user_id, password, &salt.to_vec());
        let signed = [pool_name.as_bytes(), user_id.as_bytes(), &secret_block, timestamp.as_bytes()].concat();
        STANDARD.encode(hmac(&self.key(&x, &b), &signed))
    }

    /// K, the key that both sides come to.
    fn key(&self, x: &BigNum, b: &BigNum) -> [u8; 16] {
        let u = digest(&[&pad(&self.public), &pad(b)]);
        let k = digest(&[&pad(&N), &pad(&G)]);
        let base = modulo(&(b - &(&k * &power(&G, x))));
        let s = power(&base, &(&self.a + &(&u * x)));
        let prk = hmac(&pad(&u), &pad(&s));
        let derived = hmac(&prk, b"Caldera Derived Key\x01");
        *derived.first_chunk().expect("a SHA-256 has more than 16 bytes")
    }
}

/// PasswordVerifier and Salt of a device's DeviceSecretVerifierConfig, in Base64.
pub fn device_verifier(group_key: &str, device_key: &str, password: &str, salt: &[u8]) -> (String, String) {
    let x = private_key(group_key, device_key, password, salt);
    (STANDARD.encode(power(&G, &x).to_vec()), STANDARD.encode(salt))
}

/// A TIMESTAMP, such as `Wed Jan 7 09:08:07 UTC 2026`.
pub fn timestamp(now: Time) -> String {
    const WEEKDAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
    const MONTHS: [(&str, i64); 12] = [
        ("Jan", 31),
        ("Feb", 28),
        ("Mar", 31),
        ("Apr", 30),
        ("May", 31),
        ("Jun", 30),
        ("Jul", 31),
        ("Aug", 31),
        ("Sep", 30),
        ("Oct", 31),
        ("Nov", 30),
        ("Dec", 31),
    ];
    let (days, clock) = (now.seconds() / 86_400, now.seconds() % 86_400);
    let weekday = WEEKDAYS[usize::try_from(days % 7).expect("worlds begin after 1970")];
    let leap = |year: i64| i64::from(year % 4 == 0 && (year % 100 != 0 || year % 400 == 0));
    let (mut year, mut day) = (1970, days);
    while day >= 365 + leap(year) {
        day -= 365 + leap(year);
        year += 1;
    }
    let mut months = MONTHS.into_iter().map(|(name, length)| match name {
        "Feb" => (name, length + leap(year)),
        _ => (name, length),
    });
    let month = months.find_map(|(name, length)| {
        let found = (day < length).then_some(name);
        if found.is_none() {
            day -= length;
        }
        found
    });
    let month = month.expect("a day of the year is in one of its months");
    let (hour, minute, second) = (clock / 3600, clock / 60 % 60, clock % 60);
    format!("{weekday} {month} {} {hour:02}:{minute:02}:{second:02} UTC {year}", day + 1)
}

/// x
fn private_key(pool_name: &str, user_id: &str, password: &str, salt: &[u8]) -> BigNum {
    let inner = digest(&[pool_name.as_bytes(), user_id.as_bytes(), b":", password.as_bytes()]);
    let inner = inner.to_vec_padded(32).expect("a SHA-256 has 32 bytes");
    let salt = BigNum::from_slice(salt).expect("bytes are a number");
    digest(&[&pad(&salt), &inner])
}

/// PAD: through the hexadecimal form, as the JavaScript clients do it.
fn pad(number: &BigNum) -> Vec<u8> {
    let hex = hex(&number.to_vec());
    let padded = if hex.starts_with(|digit| "89abcdef".contains(digit)) { format!("00{hex}") } else { hex };
    BigNum::from_hex_str(&padded).expect("hexadecimal").to_vec_padded(length(&padded)).expect("it fits")
}

fn length(hex: &str) -> i32 {
    i32::try_from(hex.len() / 2).expect("numbers here are short")
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn digest(parts: &[&[u8]]) -> BigNum {
    let mut sha = Sha256::new();
    parts.iter().for_each(|part| sha.update(part));
    BigNum::from_slice(&sha.finish()).expect("bytes are a number")
}

fn hmac(key: &[u8], data: &[u8]) -> Vec<u8> {
    let key = PKey::hmac(key).expect("a key");
    let mut signer = Signer::new(MessageDigest::sha256(), &key).expect("a signer");
    signer.sign_oneshot_to_vec(data).expect("a signature")
}

/// base^exponent mod N
fn power(base: &BigNum, exponent: &BigNum) -> BigNum {
    let mut power = number(0);
    power.mod_exp(base, exponent, &N, &mut context()).expect("N is no zero");
    power
}

/// The remainder that is not negative.
fn modulo(value: &BigNum) -> BigNum {
    let mut remainder = number(0);
    remainder.nnmod(value, &N, &mut context()).expect("N is no zero");
    remainder
}

fn number(value: u32) -> BigNum {
    BigNum::from_u32(value).expect("a number")
}

fn context() -> BigNumContext {
    BigNumContext::new().expect("memory")
}

fn power_of_two(exponent: i32) -> BigNum {
    &number(1) << exponent
}

/// floor(2^bits * pi) but for an error in the last few bits, by Machin's formula.
fn pi_shifted(bits: i32) -> BigNum {
    &(&arctan_of_inverse(5, bits) * &number(16)) - &(&arctan_of_inverse(239, bits) * &number(4))
}

/// 2^bits * arctan(1 / n), by its series.
fn arctan_of_inverse(n: u32, bits: i32) -> BigNum {
    let square = number(n * n);
    let mut term = &power_of_two(bits) / &number(n);
    let (mut sum, mut divisor) = (number(0), 1);
    while term.num_bits() > 0 {
        let summand = &term / &number(divisor);
        sum = if divisor % 4 == 1 { &sum + &summand } else { &sum - &summand };
        term = &term / &square;
        divisor += 2;
    }
    sum
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn sha_of(number: &BigNum) -> String {
        hex(&openssl::sha::sha256(&number.to_vec_padded(384).unwrap()))
    }

    #[test]
    fn constants_of_the_specification() {
        assert_eq!(sha_of(&N), "48cf8b092fbce4359d9871abf74f98e25b6163379eaa15cd9087e800c6d1c55c");
        let k = digest(&[&pad(&N), &pad(&G)]);
        let expected = "538282c4354742d7cbbde2359fcf67f9f5b3a6b08791e5011b43b8a5b66d9ee6";
        assert_eq!(hex(&k.to_vec()), expected);
    }

    /// The vector of `auth-flows` 4.4.1, B included: the server's sum is made here by hand.
    #[test]
    fn check_vector_of_the_specification() {
        let (pool_name, user_id) = ("AbCdEf123", "3f0c1f6e-0000-4000-8000-000000000001");
        let client = Client::new(&[0x11; 128]);
        let public = BigNum::from_hex_str(&client.srp_a()).unwrap();
        assert_eq!(sha_of(&public), "f9f3f0f4857fcc7a83f7a2d602d3783150c9cc42175f8c53bf8d15aa0fd3761f");

        let v = power(&G, &private_key(pool_name, user_id, "Correct-Horse9", &[0xa1; 16]));
        assert_eq!(sha_of(&v), "152b0a74066e3025019aebec99cc89ae5b4e4e1d716c2515956a55433a6b3fc7");
        let k = digest(&[&pad(&N), &pad(&G)]);
        let b = power(&G, &BigNum::from_slice(&[0x22; 128]).unwrap());
        let b = modulo(&(&(&k * &v) + &b));
        assert_eq!(sha_of(&b), "108b757ce14571dc217ea1c22aa04f6883b6756473b7079b44286c403dd06a0d");

        let parameters = json!({
            "SALT": "a1".repeat(16),
            "SRP_B": hex(&b.to_vec()),
            "SECRET_BLOCK": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
        });
        let signature =
            client.answer(pool_name, user_id, "Correct-Horse9", &parameters, "Wed Jan 7 09:08:07 UTC 2026");
        assert_eq!(signature, "OsDIZ32AgM0ipS9GJWuLjUHrkxjpStB4OhFE9ucl9kI=");
    }

    #[test]
    fn a_device_has_the_verifier_of_a_user_of_its_names() {
        let (verifier, salt) = device_verifier(
            "AbCdEf123",
            "3f0c1f6e-0000-4000-8000-000000000001",
            "Correct-Horse9",
            &[0xa1; 16],
        );
        let v = BigNum::from_slice(&STANDARD.decode(verifier).unwrap()).unwrap();
        assert_eq!(sha_of(&v), "152b0a74066e3025019aebec99cc89ae5b4e4e1d716c2515956a55433a6b3fc7");
        assert_eq!(salt, "oaGhoaGhoaGhoaGhoaGhoQ==");
    }

    #[test]
    fn timestamps() {
        let check =
            |seconds: i64, expected: &str| assert_eq!(timestamp(Time::from_seconds(seconds)), expected);
        check(1_767_776_887, "Wed Jan 7 09:08:07 UTC 2026");
        check(951_782_400, "Tue Feb 29 00:00:00 UTC 2000");
        check(1_709_251_199, "Thu Feb 29 23:59:59 UTC 2024");
        check(1_709_251_200, "Fri Mar 1 00:00:00 UTC 2024");
        check(1_798_761_599, "Thu Dec 31 23:59:59 UTC 2026");
        check(0, "Thu Jan 1 00:00:00 UTC 1970");
    }

    #[test]
    fn padding() {
        let check = |value: u32, expected: &[u8]| assert_eq!(pad(&number(value)), expected);
        check(1, &[1]);
        check(0x7f, &[0x7f]);
        check(0x80, &[0, 0x80]);
        check(0x100, &[1, 0]);
    }
}
