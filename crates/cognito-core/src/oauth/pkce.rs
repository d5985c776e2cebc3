//! Proof Key for Code Exchange (RFC 7636), only with `S256` as at AWS.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::secret;

/// Whether a text has the form of a challenge: the SHA-256 of something, in base64url without padding.
pub fn is_challenge(text: &str) -> bool {
    text.len() == 43 && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
}

/// Whether a verifier has the form of one and is the one of the challenge, in constant time.
pub fn proves(verifier: &str, challenge: &str) -> bool {
    let unreserved = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_' | b'~');
    (43..=128).contains(&verifier.len())
        && verifier.bytes().all(unreserved)
        && secret::equal(challenge_of(verifier).as_bytes(), challenge.as_bytes())
}

/// The challenge of a verifier.
pub fn challenge_of(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(secret::sha256(verifier.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of RFC 7636, appendix B.
    const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    #[test]
    fn proofs() {
        assert!(is_challenge(CHALLENGE) && proves(VERIFIER, CHALLENGE));
        assert!(!proves(VERIFIER, VERIFIER), "the method plain");
        for length in [42, 129] {
            let verifier = "a".repeat(length);
            assert!(!proves(&verifier, &challenge_of(&verifier)), "{length} characters");
        }
        for length in [43, 128] {
            let verifier = "a".repeat(length);
            assert!(proves(&verifier, &challenge_of(&verifier)), "{length} characters");
        }
        let blank = " ".repeat(43);
        assert!(!proves(&blank, &challenge_of(&blank)));
        assert!(
            !is_challenge("") && !is_challenge(&CHALLENGE[1..]) && !is_challenge(&format!("{CHALLENGE}="))
        );
    }
}
