//! Passwords: the policy, what is stored of them, and temporary ones.

use openssl::error::ErrorStack;
use serde::{Deserialize, Serialize};

use crate::ids;
use crate::secret;
use crate::srp;

mod imported;

pub use imported::{HashError, ImportedPassword, takes};

/// The characters that count as symbols.
/// <https://docs.aws.amazon.com/cognito/latest/developerguide/managing-users-passwords.html>
const SYMBOLS: &str = "^$*.[]{}()?\"!@#%&/\\,><':;|_~`=+-";

/// The longest password in characters.
pub const MAX_LENGTH: usize = 256;

/// The password policy of a pool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// The shortest password in characters.
    pub minimum_length: usize,
    /// Whether an upper-case letter is needed.
    pub uppercase: bool,
    /// Whether a lower-case letter is needed.
    pub lowercase: bool,
    /// Whether a digit is needed.
    pub numbers: bool,
    /// Whether a symbol is needed.
    pub symbols: bool,
}

/// Why a password does not do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PolicyError {
    /// Too short.
    #[error("password is too short")]
    Short,
    /// Too long.
    #[error("password is too long")]
    Long,
    /// No upper-case letter.
    #[error("password has no upper-case letter")]
    Uppercase,
    /// No lower-case letter.
    #[error("password has no lower-case letter")]
    Lowercase,
    /// No digit.
    #[error("password has no digit")]
    Numeric,
    /// No symbol.
    #[error("password has no symbol")]
    Symbol,
    /// A blank at the beginning or the end.
    #[error("password begins or ends with a blank")]
    Blank,
}

impl Policy {
    /// Checks a password.
    ///
    /// # Errors
    /// The first rule that it breaks.
    pub fn check(&self, password: &str) -> Result<(), PolicyError> {
        let length = password.chars().count();
        let blank = |c: Option<char>| c.is_some_and(char::is_whitespace);
        let has = |test: fn(char) -> bool| password.chars().any(test);
        let rules = [
            (length >= self.minimum_length.max(1), PolicyError::Short),
            (length <= MAX_LENGTH, PolicyError::Long),
            (!blank(password.chars().next()) && !blank(password.chars().next_back()), PolicyError::Blank),
            (!self.uppercase || has(|c| c.is_uppercase()), PolicyError::Uppercase),
            (!self.lowercase || has(|c| c.is_lowercase()), PolicyError::Lowercase),
            (!self.numbers || has(|c| c.is_ascii_digit()), PolicyError::Numeric),
            (!self.symbols || has(is_symbol), PolicyError::Symbol),
        ];
        match rules.into_iter().find(|(kept, _)| !kept) {
            Some((_, error)) => Err(error),
            None => Ok(()),
        }
    }

    /// A password that keeps the policy, from random words: letters, digits and symbols of each kind.
    /// For temporary passwords that the caller of AdminCreateUser did not choose.
    pub fn generate(&self, random: &[u64; 128]) -> String {
        const SETS: [&[u8]; 4] =
            [b"abcdefghijkmnopqrstuvwxyz", b"ABCDEFGHJKLMNPQRSTUVWXYZ", b"23456789", b"!@#%&*-_=+"];
        let length = self.minimum_length.clamp(12, 99);
        let mut chars: Vec<u8> = (0..length)
            .map(|i| {
                let set = SETS[if i < SETS.len() { i } else { (random[i] % 4) as usize }];
                set[((random[i] >> 8) % set.len() as u64) as usize]
            })
            .collect();
        // Fisher-Yates with words that made no characters wherever there are enough of them.
        for i in (1..chars.len()).rev() {
            let word = random[random.len() - i];
            chars.swap(i, ((word >> 32) % (i as u64 + 1)) as usize);
        }
        chars.into_iter().map(char::from).collect()
    }
}

fn is_symbol(c: char) -> bool {
    SYMBOLS.contains(c) || c == ' '
}

/// What is stored of a password: salt and SRP verifier, both in bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Password {
    #[serde(with = "crate::bytes")]
    salt: Vec<u8>,
    #[serde(with = "crate::bytes")]
    verifier: Vec<u8>,
}

impl Password {
    /// Makes it of a password in the clear. One exponentiation.
    ///
    /// # Errors
    /// Only if OpenSSL runs out of memory.
    pub fn new(
        pool_id: &str,
        user_id: &str,
        password: &str,
        salt: [u8; srp::SALT],
    ) -> Result<Self, ErrorStack> {
        let verifier = srp::verifier(ids::pool_name(pool_id), user_id, password, &salt)?;
        Ok(Self { salt: salt.to_vec(), verifier })
    }

    /// Whether it is the password. One exponentiation, whatever the answer.
    ///
    /// # Errors
    /// Only if OpenSSL runs out of memory.
    pub fn matches(&self, pool_id: &str, user_id: &str, password: &str) -> Result<bool, ErrorStack> {
        let verifier = srp::verifier(ids::pool_name(pool_id), user_id, password, &self.salt)?;
        Ok(secret::equal(&verifier, &self.verifier))
    }

    /// The salt that an SRP client is told.
    pub fn salt(&self) -> &[u8] {
        &self.salt
    }

    /// The verifier v.
    pub fn verifier(&self) -> &[u8] {
        &self.verifier
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: Policy =
        Policy { minimum_length: 8, uppercase: true, lowercase: true, numbers: true, symbols: true };

    fn check(password: &str, expected: Result<(), PolicyError>) {
        assert_eq!(ALL.check(password), expected, "{password}");
    }

    #[test]
    fn policy() {
        check("Abcdef1!", Ok(()));
        check("Abcde1!", Err(PolicyError::Short));
        check("abcdefg1!", Err(PolicyError::Uppercase));
        check("ABCDEFG1!", Err(PolicyError::Lowercase));
        check("Abcdefgh!", Err(PolicyError::Numeric));
        check("Abcdefgh1", Err(PolicyError::Symbol));
        check("Abc def 1", Ok(()));
        check(" Abcdef1!", Err(PolicyError::Blank));
        check(&format!("Aa1!{}", "x".repeat(252)), Ok(()));
        check(&format!("Aa1!{}", "x".repeat(253)), Err(PolicyError::Long));
    }

    #[test]
    fn generated_passwords_keep_the_policy() {
        for seed in 0..200_u64 {
            let words = std::array::from_fn(|i| {
                (seed + 1)
                    .wrapping_mul(0x9e37_79b9_7f4a_7c15)
                    .wrapping_mul(i as u64 * 2 + 1)
                    .rotate_left(i as u32)
            });
            for minimum_length in [6, 8, 99] {
                let policy = Policy { minimum_length, ..ALL };
                let password = policy.generate(&words);
                assert_eq!(policy.check(&password), Ok(()), "{password}");
            }
        }
    }

    #[test]
    fn only_the_password_matches() {
        let stored = Password::new("us-east-1_AbCdEf123", "alice", "Abcdef1!", [7; 16]).unwrap();
        assert!(stored.matches("us-east-1_AbCdEf123", "alice", "Abcdef1!").unwrap());
        assert!(!stored.matches("us-east-1_AbCdEf123", "alice", "Abcdef1?").unwrap());
        assert!(!stored.matches("us-east-1_AbCdEf123", "bob", "Abcdef1!").unwrap());
        let json = serde_json::to_string(&stored).unwrap();
        assert!(!json.contains("Abcdef1!"));
        assert_eq!(serde_json::from_str::<Password>(&json).unwrap(), stored);
    }
}
