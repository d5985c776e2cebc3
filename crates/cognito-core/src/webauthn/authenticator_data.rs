//! The authenticator data: what the authenticator says, and signs.
//! <https://www.w3.org/TR/webauthn-3/#sctn-authenticator-data>

use ciborium::Value;

use super::PasskeyError;

const USER_PRESENT: u8 = 1 << 0;
const USER_VERIFIED: u8 = 1 << 2;
const BACKUP_ELIGIBLE: u8 = 1 << 3;
const BACKED_UP: u8 = 1 << 4;
const ATTESTED: u8 = 1 << 6;
const EXTENSIONS: u8 = 1 << 7;

/// The nesting that a key or an extension needs at most; deeper CBOR is refused.
const DEPTH: usize = 16;

/// What the authenticator says.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct AuthenticatorData {
    /// SHA-256 of the RP id.
    pub(super) rp_id_hash: [u8; 32],
    /// Whether somebody touched it.
    pub(super) user_present: bool,
    /// Whether it knows who did.
    pub(super) user_verified: bool,
    /// How often it has signed, or always 0.
    pub(super) sign_count: u32,
    /// The new credential, at a registration.
    pub(super) attested: Option<Attested>,
}

/// A new credential.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Attested {
    /// What kind of authenticator it is, or zeros.
    pub(super) aaguid: [u8; 16],
    /// Its id.
    pub(super) id: Vec<u8>,
    /// Its public key (COSE).
    pub(super) key: Value,
}

impl AuthenticatorData {
    /// Reads all of the bytes.
    pub(super) fn parse(mut bytes: &[u8]) -> Result<Self, PasskeyError> {
        let rest = &mut bytes;
        let rp_id_hash = *take(rest)?;
        let [flags] = *take(rest)?;
        let sign_count = u32::from_be_bytes(*take(rest)?);
        let has = |flag: u8| flags & flag != 0;
        if has(BACKED_UP) && !has(BACKUP_ELIGIBLE) {
            return Err(PasskeyError::Malformed);
        }
        let attested = if has(ATTESTED) { Some(attested(rest)?) } else { None };
        if has(EXTENSIONS) {
            cbor(rest)?;
        }
        if !rest.is_empty() {
            return Err(PasskeyError::Malformed);
        }
        let (user_present, user_verified) = (has(USER_PRESENT), has(USER_VERIFIED));
        Ok(Self { rp_id_hash, user_present, user_verified, sign_count, attested })
    }
}

fn attested(rest: &mut &[u8]) -> Result<Attested, PasskeyError> {
    let aaguid = *take(rest)?;
    let length = usize::from(u16::from_be_bytes(*take(rest)?));
    let (id, after) = rest.split_at_checked(length).ok_or(PasskeyError::Malformed)?;
    *rest = after;
    Ok(Attested { aaguid, id: id.to_vec(), key: cbor(rest)? })
}

fn take<'a, const N: usize>(rest: &mut &'a [u8]) -> Result<&'a [u8; N], PasskeyError> {
    let (taken, after) = rest.split_first_chunk().ok_or(PasskeyError::Malformed)?;
    *rest = after;
    Ok(taken)
}

/// Reads one CBOR item, and leaves what follows it.
pub(super) fn cbor(rest: &mut &[u8]) -> Result<Value, PasskeyError> {
    ciborium::de::from_reader_with_recursion_limit(rest, DEPTH).map_err(|_| PasskeyError::Malformed)
}
