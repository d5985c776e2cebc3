//! The QR code of an authenticator app's secret, as a path of SVG.

use std::fmt::Write as _;

use qrcodegen::{QrCode, QrCodeEcc};

/// Light modules around the code (ISO/IEC 18004).
const QUIET: i32 = 4;

/// A QR code.
pub(super) struct Qr<'a> {
    /// The secret, for those who cannot scan.
    pub secret: &'a str,
    /// Modules on each side.
    pub size: i32,
    /// A square for each dark module.
    pub path: String,
}

impl<'a> Qr<'a> {
    /// The code of an `otpauth:` URI; none if it is too long for one.
    pub fn new(secret: &'a str, uri: &str) -> Option<Self> {
        let code = QrCode::encode_text(uri, QrCodeEcc::Medium).ok()?;
        let mut path = String::new();
        for y in 0..code.size() {
            for x in (0..code.size()).filter(|x| code.get_module(*x, y)) {
                // Writing to a string does not fail.
                let _ = write!(path, "M{},{}h1v1h-1z", x + QUIET, y + QUIET);
            }
        }
        Some(Self { secret, size: code.size() + 2 * QUIET, path })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes() {
        let qr = Qr::new("ABC", "otpauth://totp/a:b?secret=ABC").expect("it is short");
        assert!(qr.path.starts_with("M4,4h1v1h-1z"), "{}", qr.path);
        assert!(Qr::new("ABC", &"x".repeat(3000)).is_none());
    }
}
