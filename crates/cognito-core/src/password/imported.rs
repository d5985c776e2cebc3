//! Passwords that were imported as hashes of another system: the forms of
//! <https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-using-import-tool.html>, of which
//! OpenSSL computes two.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use cognito_api::wire::PasswordHashingAlgorithmType as Algorithm;
use openssl::error::ErrorStack;
use openssl::hash::MessageDigest;
use openssl::pkcs5;
use serde::{Deserialize, Serialize};

use super::Password;
use crate::srp;

/// What scrypt may take: the greatest parameters that are imported need 64 MB and a little.
const MEMORY: u64 = 80 << 20;
/// The lengths in bytes that hashes may have.
const LENGTHS: std::ops::RangeInclusive<usize> = 16..=128;
/// The longest salt in bytes.
const LONGEST_SALT: usize = 1024;

/// What is stored of an imported hash: how it is computed, and the hash itself only as a password of ours. So whoever
/// reads the store finds nothing that is quicker to guess than other passwords are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportedPassword {
    function: Function,
    /// How many bytes the hash has.
    length: usize,
    sealed: Password,
}

/// A function with its parameters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Function {
    Scrypt {
        n: u64,
        r: u64,
        p: u64,
        #[serde(with = "crate::bytes")]
        salt: Vec<u8>,
    },
    Pbkdf2Sha256 {
        iterations: usize,
        #[serde(with = "crate::bytes")]
        salt: Vec<u8>,
    },
}

/// Why a hash is not imported.
#[derive(Debug, thiserror::Error)]
pub enum HashError {
    /// It does not have the form of the algorithm.
    #[error("password_hash is not a hash of the job's algorithm")]
    Form,
    /// Its parameters are greater than those that are taken.
    #[error("a parameter of password_hash is out of bounds")]
    Bounds,
    /// The job has no algorithm, or one that OpenSSL does not compute.
    #[error("password_hash is of no algorithm that the job imports")]
    Algorithm,
    /// OpenSSL failed.
    #[error(transparent)]
    Failed(#[from] ErrorStack),
}

/// Whether hashes of an algorithm are imported.
pub fn takes(algorithm: Algorithm) -> bool {
    matches!(algorithm, Algorithm::Scrypt | Algorithm::Pbkdf2Sha256)
}

impl ImportedPassword {
    /// Reads a hash as it stands in the file. The salt is random, and later that of the password. One exponentiation.
    ///
    /// # Errors
    /// [`HashError`]
    pub fn read(
        algorithm: Algorithm,
        text: &str,
        (pool_id, user_id): (&str, &str),
        salt: [u8; srp::SALT],
    ) -> Result<Self, HashError> {
        let (function, hash) = match algorithm {
            Algorithm::Scrypt => scrypt(text)?,
            Algorithm::Pbkdf2Sha256 => pbkdf2(text)?,
            Algorithm::Bcrypt | Algorithm::Argon2id => return Err(HashError::Algorithm),
        };
        if !LENGTHS.contains(&hash.len()) {
            return Err(HashError::Form);
        }
        function.check_bounds()?;
        let sealed = Password::new(pool_id, user_id, &STANDARD_NO_PAD.encode(&hash), salt)?;
        Ok(Self { function, length: hash.len(), sealed })
    }

    /// The password as one of ours, if it is the one that was hashed. Takes as long as the function does.
    ///
    /// It keeps the salt, so that sign-ins under way go on.
    ///
    /// # Errors
    /// Only if OpenSSL runs out of memory.
    pub fn open(&self, pool_id: &str, user_id: &str, password: &str) -> Result<Option<Password>, ErrorStack> {
        let hash = self.function.compute(password, self.length)?;
        if !self.sealed.matches(pool_id, user_id, &STANDARD_NO_PAD.encode(hash))? {
            return Ok(None);
        }
        let verifier = srp::verifier(crate::ids::pool_name(pool_id), user_id, password, &self.sealed.salt)?;
        Ok(Some(Password { salt: self.sealed.salt.clone(), verifier }))
    }

    /// The salt that the password will have.
    pub fn salt(&self) -> &[u8] {
        self.sealed.salt()
    }
}

impl Function {
    /// AWS's bounds. They also keep a sign-in from costing whatever a file says.
    fn check_bounds(&self) -> Result<(), HashError> {
        let (salt, within) = match self {
            Self::Scrypt { n, r, p, salt } => {
                let parameters = (2..=65_536).contains(n) && (1..=8).contains(r) && *p == 1;
                if !n.is_power_of_two() {
                    return Err(HashError::Form);
                }
                (salt, parameters)
            }
            Self::Pbkdf2Sha256 { iterations, salt } => (salt, (1..=600_000).contains(iterations)),
        };
        if within && salt.len() <= LONGEST_SALT { Ok(()) } else { Err(HashError::Bounds) }
    }

    fn compute(&self, password: &str, length: usize) -> Result<Vec<u8>, ErrorStack> {
        let mut hash = vec![0; length];
        let password = password.as_bytes();
        match self {
            Self::Scrypt { n, r, p, salt } => pkcs5::scrypt(password, salt, *n, *r, *p, MEMORY, &mut hash)?,
            Self::Pbkdf2Sha256 { iterations, salt } => {
                pkcs5::pbkdf2_hmac(password, salt, *iterations, MessageDigest::sha256(), &mut hash)?;
            }
        }
        Ok(hash)
    }
}

/// `N$r$p$hexSalt$hexHash`. That the salt is what the digits stand for, and not the digits, is unverified.
fn scrypt(text: &str) -> Result<(Function, Vec<u8>), HashError> {
    let [n, r, p, salt, hash] = parts(text)?;
    let salt = unhex(salt)?;
    Ok((Function::Scrypt { n: number(n)?, r: number(r)?, p: number(p)?, salt }, unhex(hash)?))
}

/// `$pbkdf2-sha256$iterations$salt$hash`, as passlib writes it: Base64 without padding, and with `.` for `+`.
fn pbkdf2(text: &str) -> Result<(Function, Vec<u8>), HashError> {
    let ["", "pbkdf2-sha256", iterations, salt, hash] = parts(text)? else { return Err(HashError::Form) };
    let decode = |text: &str| {
        let text = text.trim_end_matches('=').replace('.', "+");
        STANDARD_NO_PAD.decode(text).map_err(|_| HashError::Form)
    };
    let iterations = usize::try_from(number(iterations)?).map_err(|_| HashError::Bounds)?;
    Ok((Function::Pbkdf2Sha256 { iterations, salt: decode(salt)? }, decode(hash)?))
}

fn parts(text: &str) -> Result<[&str; 5], HashError> {
    text.split('$').collect::<Vec<_>>().try_into().map_err(|_| HashError::Form)
}

fn number(text: &str) -> Result<u64, HashError> {
    text.parse().map_err(|_| HashError::Form)
}

fn unhex(text: &str) -> Result<Vec<u8>, HashError> {
    let digit = |digit: u8| char::from(digit).to_digit(16).ok_or(HashError::Form);
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    if !rest.is_empty() {
        return Err(HashError::Form);
    }
    let byte = |[high, low]: &[u8; 2]| Ok((digit(*high)? << 4 | digit(*low)?) as u8);
    pairs.iter().map(byte).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHO: (&str, &str) = ("us-east-1_AbCdEf123", "alice");
    /// Both of `Abcdef1!` under a salt of the bytes from 0 to 15, by Python's hashlib.
    const PBKDF2: &str =
        "$pbkdf2-sha256$1000$AAECAwQFBgcICQoLDA0ODw$3.TTx2HGSDTCNV1AYbldibsc81zJjyhHY3/X3OWHPsw";
    const SCRYPT: &str = "16$8$1$000102030405060708090a0b0c0d0e0f$bd80c45757c37aef89610b30a2678339a1bf25b8a92d315c379528b92f11b9f9";

    fn read(algorithm: Algorithm, text: &str) -> Result<ImportedPassword, HashError> {
        ImportedPassword::read(algorithm, text, WHO, [7; srp::SALT])
    }

    #[test]
    fn only_the_password_opens_it() {
        for (algorithm, text) in [(Algorithm::Pbkdf2Sha256, PBKDF2), (Algorithm::Scrypt, SCRYPT)] {
            let imported = read(algorithm, text).unwrap();
            let json = serde_json::to_string(&imported).unwrap();
            assert_eq!(serde_json::from_str::<ImportedPassword>(&json).unwrap(), imported);
            assert!(!json.contains(text.rsplit('$').next().unwrap()), "the hash is not stored: {json}");
            assert_eq!(imported.open(WHO.0, WHO.1, "Abcdef1?").unwrap(), None);
            assert_eq!(imported.open(WHO.0, "bob", "Abcdef1!").unwrap(), None);
            let password = imported.open(WHO.0, WHO.1, "Abcdef1!").unwrap().unwrap();
            assert_eq!(password, Password::new(WHO.0, WHO.1, "Abcdef1!", [7; srp::SALT]).unwrap());
            assert_eq!(password.salt(), imported.salt());
        }
    }

    #[test]
    fn forms_and_bounds() {
        let check = |algorithm: Algorithm, text: &str, expected: &str| {
            let found = read(algorithm, text).map_or_else(|error| error.to_string(), |_| "ok".to_owned());
            assert_eq!(found, expected, "{text}");
        };
        let form = "password_hash is not a hash of the job's algorithm";
        let bounds = "a parameter of password_hash is out of bounds";
        let pbkdf2 = |text: &str, expected| check(Algorithm::Pbkdf2Sha256, text, expected);
        // The example of the developer guide.
        pbkdf2(
            "$pbkdf2-sha256$600000$1XZlmwLQ2hhM3JYuCPiArQ$Pfheg9Zi/v5lXU4yyLA0WFUYEd/rlaVbzrM9oMD6IrA",
            "ok",
        );
        pbkdf2(&PBKDF2.replace('.', "+").replace("$3", "==$3"), "ok");
        pbkdf2(&PBKDF2.replace("1000", "600001"), bounds);
        pbkdf2(&PBKDF2.replace("1000", "0"), bounds);
        pbkdf2(&PBKDF2.replace("1000", "x"), form);
        pbkdf2(&PBKDF2.replace("sha256", "sha512"), form);
        pbkdf2(&PBKDF2[1..], form);
        pbkdf2("$pbkdf2-sha256$1000$AAEC$AAEC", form);
        pbkdf2(SCRYPT, form);
        let scrypt = |text: &str, expected| check(Algorithm::Scrypt, text, expected);
        scrypt(&SCRYPT.replacen("16$8$1", "65536$8$1", 1), "ok");
        scrypt(&SCRYPT.replacen("16$8$1", "131072$8$1", 1), bounds);
        scrypt(&SCRYPT.replacen("16$8$1", "16$9$1", 1), bounds);
        scrypt(&SCRYPT.replacen("16$8$1", "16$8$2", 1), bounds);
        scrypt(&SCRYPT.replacen("16$8$1", "17$8$1", 1), form);
        scrypt(&SCRYPT.replace("000102", "00010"), form);
        scrypt(&SCRYPT.replace("000102", "0001\u{e4}"), form);
        scrypt(PBKDF2, form);
        for algorithm in [Algorithm::Bcrypt, Algorithm::Argon2id] {
            assert!(!takes(algorithm));
            check(algorithm, SCRYPT, "password_hash is of no algorithm that the job imports");
        }
    }

    #[test]
    fn the_greatest_parameters_can_be_computed() {
        let imported = read(Algorithm::Scrypt, &SCRYPT.replacen("16$8$1", "65536$8$1", 1)).unwrap();
        assert_eq!(imported.open(WHO.0, WHO.1, "Abcdef1!").unwrap(), None, "another cost, another hash");
    }
}
