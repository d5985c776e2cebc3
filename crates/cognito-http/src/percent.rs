//! Percent encoding, RFC 3986 section 2.

/// Encodes everything but unreserved characters; `/` is kept when `keep_slash`, as AWS's canonical paths want it.
pub(crate) fn encode(bytes: &[u8], keep_slash: bool, into: &mut String) {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    for &byte in bytes {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => into.push(byte.into()),
            b'/' if keep_slash => into.push('/'),
            _ => {
                into.push('%');
                into.push(HEX[usize::from(byte >> 4)].into());
                into.push(HEX[usize::from(byte & 15)].into());
            }
        }
    }
}

/// Decodes `%XX`. `+` stays a plus. A `%` without two hexadecimal digits behind it stays as it is.
pub(crate) fn decode(text: &str) -> Vec<u8> {
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        match (bytes[at], bytes.get(at + 1).and_then(digit), bytes.get(at + 2).and_then(digit)) {
            (b'%', Some(high), Some(low)) => {
                decoded.push(high << 4 | low);
                at += 3;
            }
            (byte, _, _) => {
                decoded.push(byte);
                at += 1;
            }
        }
    }
    decoded
}

fn digit(byte: &u8) -> Option<u8> {
    char::from(*byte).to_digit(16).map(|digit| digit as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encoding() {
        let check = |text: &str, keep_slash, expected: &str| {
            let mut encoded = String::new();
            encode(text.as_bytes(), keep_slash, &mut encoded);
            assert_eq!(encoded, expected);
        };
        check("aZ9-._~", false, "aZ9-._~");
        check("a/b c", false, "a%2Fb%20c");
        check("/a/%20", true, "/a/%2520");
        check("ሴ", false, "%E1%88%B4");
    }

    #[test]
    fn decoding() {
        let check = |text: &str, expected: &[u8]| assert_eq!(decode(text), expected, "{text}");
        check("a%2fb%2Fc", b"a/b/c");
        check("%E1%88%B4", "ሴ".as_bytes());
        check("a+b", b"a+b");
        check("%", b"%");
        check("%4", b"%4");
        check("%zz%41", b"%zzA");
        check("%ff", &[0xff]);
    }
}
