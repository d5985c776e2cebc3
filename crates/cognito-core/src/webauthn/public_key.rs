//! Public keys of passkeys: read as COSE, kept as SubjectPublicKeyInfo in DER. ES256 and RS256 only.
//! <https://www.rfc-editor.org/rfc/rfc9053>, <https://www.rfc-editor.org/rfc/rfc8812>

use ciborium::Value;
use openssl::bn::BigNum;
use openssl::ec::{EcGroup, EcKey};
use openssl::error::ErrorStack;
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::{PKey, Public};
use openssl::rsa::Rsa;
use openssl::sign::Verifier;

use super::PasskeyError;

/// COSE's number of ES256.
pub(super) const ES256: i32 = -7;
/// COSE's number of RS256.
pub(super) const RS256: i32 = -257;

/// The lengths of RSA keys that are taken, in bits: a shorter one is weak, a longer one is a way to keep us busy.
const RSA_BITS: std::ops::RangeInclusive<i32> = 2048..=4096;

/// Reads a COSE key and gives its algorithm and its SubjectPublicKeyInfo.
pub(super) fn from_cose(key: &Value) -> Result<(i32, Vec<u8>), PasskeyError> {
    let unsupported = PasskeyError::Unsupported;
    let map = key.as_map().ok_or(PasskeyError::Malformed)?;
    let get = |label: i32| map.iter().find(|(name, _)| is(name, label)).map(|(_, value)| value);
    let bytes = |label: i32| get(label).and_then(Value::as_bytes).ok_or(PasskeyError::Malformed);
    let (kty, alg) = (get(1).ok_or(unsupported)?, get(3).ok_or(unsupported)?);
    if is(kty, 2) && is(alg, ES256) && get(-1).is_some_and(|curve| is(curve, 1)) {
        Ok((ES256, es256(bytes(-2)?, bytes(-3)?).map_err(|_| unsupported)?))
    } else if is(kty, 3) && is(alg, RS256) {
        let (n, e) = (bytes(-1)?, bytes(-2)?);
        Ok((RS256, rs256(n, e).map_err(|_| unsupported)?.ok_or(unsupported)?))
    } else {
        Err(unsupported)
    }
}

fn is(value: &Value, number: i32) -> bool {
    value.as_integer().is_some_and(|integer| integer == number.into())
}

/// OpenSSL refuses a point that is not on the curve.
fn es256(x: &[u8], y: &[u8]) -> Result<Vec<u8>, ErrorStack> {
    let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1)?;
    let (x, y) = (BigNum::from_slice(x)?, BigNum::from_slice(y)?);
    PKey::from_ec_key(EcKey::from_public_key_affine_coordinates(&group, &x, &y)?)?.public_key_to_der()
}

fn rs256(n: &[u8], e: &[u8]) -> Result<Option<Vec<u8>>, ErrorStack> {
    let (n, e) = (BigNum::from_slice(n)?, BigNum::from_slice(e)?);
    if !RSA_BITS.contains(&n.num_bits()) || e.num_bits() > 32 {
        return Ok(None);
    }
    PKey::from_rsa(Rsa::from_public_components(n, e)?)?.public_key_to_der().map(Some)
}

/// Whether the signature over the parts is that of the key. Both algorithms hash with SHA-256.
pub(super) fn verify(spki: &[u8], parts: [&[u8]; 2], signature: &[u8]) -> Result<(), PasskeyError> {
    let verified = || -> Result<bool, ErrorStack> {
        let key: PKey<Public> = PKey::public_key_from_der(spki)?;
        let mut verifier = Verifier::new(MessageDigest::sha256(), &key)?;
        for part in parts {
            verifier.update(part)?;
        }
        verifier.verify(signature)
    };
    // An error is a signature that is not even one in form.
    if verified().unwrap_or(false) { Ok(()) } else { Err(PasskeyError::Signature) }
}
