//! Texts that only this installation can read: what a client carries from one call to the next without knowing it.
//! AES-256-GCM under a key of the installation, the same on every replica.

use openssl::symm::{Cipher, decrypt_aead, encrypt_aead};

use crate::ctx::Ctx;
use crate::errors::{ApiError, Reply};

const NONCE: usize = 12;
const TAG: usize = 16;

/// Seals bytes for a purpose.
pub(crate) fn seal(ctx: &Ctx<'_>, purpose: &str, bytes: &[u8]) -> Reply<Vec<u8>> {
    let key = ctx.app().installation.derive("seal", &[purpose]);
    let nonce: [u8; NONCE] = ctx.bytes();
    let mut tag = [0; TAG];
    let sealed = encrypt_aead(Cipher::aes_256_gcm(), &key, Some(&nonce), &[], bytes, &mut tag);
    let sealed = sealed.map_err(|error| ApiError::internal().because(error))?;
    Ok([nonce.as_slice(), &tag, &sealed].concat())
}

/// Opens what was sealed for the purpose; `None` for everything else.
pub(crate) fn open(ctx: &Ctx<'_>, purpose: &str, sealed: &[u8]) -> Reply<Option<Vec<u8>>> {
    let key = ctx.app().installation.derive("seal", &[purpose]);
    let Some((nonce, rest)) = sealed.split_first_chunk::<NONCE>() else { return Ok(None) };
    let Some((tag, sealed)) = rest.split_first_chunk::<TAG>() else { return Ok(None) };
    Ok(decrypt_aead(Cipher::aes_256_gcm(), &key, Some(nonce), &[], sealed, tag).ok())
}
