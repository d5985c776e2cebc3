//! Identifiers: their forms, and how they are made from random bytes.
//!
//! Randomness is an argument everywhere: a slice of bytes of the length that the function names.

/// Length of the part of a pool id after `_`.
pub const POOL_SUFFIX: usize = 9;
/// Length of a generated client id.
pub const CLIENT_ID: usize = 26;
/// Length of a generated client secret. AWS's own are of 51 or 52 characters of `0-9a-v`.
pub const CLIENT_SECRET: usize = 52;

const ALPHANUMERIC: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const LOWER_ALPHANUMERIC: &[u8; 36] = b"abcdefghijklmnopqrstuvwxyz0123456789";
const BASE32_HEX: &[u8; 32] = b"0123456789abcdefghijklmnopqrstuv";
const DIGITS: &[u8; 10] = b"0123456789";

/// Draws one character an element; the 64-bit words keep the bias below 2^-56.
fn draw<const N: usize>(alphabet: &[u8], words: &[u64; N]) -> String {
    words.iter().map(|word| char::from(alphabet[(word % alphabet.len() as u64) as usize])).collect()
}

/// A pool id: `<region>_` and nine characters, as verifiers' patterns want it.
pub fn pool_id(region: &str, random: &[u64; POOL_SUFFIX]) -> String {
    format!("{region}_{}", draw(ALPHANUMERIC, random))
}

/// An app client id: 26 characters of `a-z0-9`.
pub fn client_id(random: &[u64; CLIENT_ID]) -> String {
    draw(LOWER_ALPHANUMERIC, random)
}

/// An id of HTTP APIs and what belongs to them: characters of `a-z0-9`.
pub fn gateway_id<const N: usize>(random: &[u64; N]) -> String {
    draw(LOWER_ALPHANUMERIC, random)
}

/// A generated client secret: 52 characters of `0-9a-v`.
pub fn client_secret(random: &[u64; CLIENT_SECRET]) -> String {
    draw(BASE32_HEX, random)
}

/// The key of a device, `<region>_<uuid>`, from 16 random bytes.
pub fn device_key(region: &str, random: [u8; 16]) -> String {
    format!("{region}_{}", uuid(random))
}

/// The group key of a device, which looks like `-ODT6pJV7`.
pub fn device_group_key(random: &[u64; 8]) -> String {
    format!("-{}", draw(ALPHANUMERIC, random))
}

/// The id of an import job, which looks like `import-TZqNQvDRnW`.
pub fn import_job_id(random: &[u64; 10]) -> String {
    format!("import-{}", draw(ALPHANUMERIC, random))
}

/// A name of CloudFront, to which the DNS record of a custom domain points.
pub fn distribution(random: &[u64; 13]) -> String {
    format!("d{}.cloudfront.net", draw(LOWER_ALPHANUMERIC, random))
}

/// A numeric code of `N` digits.
pub fn digits<const N: usize>(random: &[u64; N]) -> String {
    draw(DIGITS, random)
}

/// The region of a pool id, `us-east-1` of `us-east-1_AbCdEf123`.
pub fn region_of(pool_id: &str) -> Option<&str> {
    pool_id.rsplit_once('_').map(|(region, _)| region)
}

/// The part after `_`, the "pool name" of SRP (auth-flows 4.4).
pub fn pool_name(pool_id: &str) -> &str {
    pool_id.rsplit_once('_').map_or(pool_id, |(_, name)| name)
}

/// Whether a text has the form of a pool id that every verifier accepts:
/// `^[a-z]{2}-(gov-)?[a-z]+-\d_[a-zA-Z0-9]+$`, at most 55 characters.
pub fn is_pool_id(text: &str) -> bool {
    let Some((region, name)) = text.split_once('_') else { return false };
    text.len() <= 55
        && is_region(region)
        && !name.is_empty()
        && name.bytes().all(|b| b.is_ascii_alphanumeric())
}

/// Whether a text has the form of a region that pool ids can carry, such as `eu-west-1`.
pub fn is_region(text: &str) -> bool {
    let lower = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase());
    let digit = |part: &str| part.len() == 1 && part.bytes().all(|b| b.is_ascii_digit());
    match text.split('-').collect::<Vec<_>>()[..] {
        [partition, area, number] => partition.len() == 2 && lower(partition) && lower(area) && digit(number),
        [partition, "gov", area, number] => {
            partition.len() == 2 && lower(partition) && lower(area) && digit(number)
        }
        _ => false,
    }
}

/// The region of a pool that is made by a caller of some region: a pool id cannot carry any other.
pub fn pool_region(region: &str) -> &str {
    if is_region(region) { region } else { "us-east-1" }
}

/// The ARN of a pool.
pub fn pool_arn(region: &str, account: &str, pool_id: &str) -> String {
    format!("arn:aws:cognito-idp:{region}:{account}:userpool/{pool_id}")
}

/// The id of the pool of an ARN, if it has the form of a pool's ARN.
pub fn pool_of_arn(arn: &str) -> Option<&str> {
    match arn.splitn(6, ':').collect::<Vec<_>>()[..] {
        ["arn", _, "cognito-idp", _, _, resource] => resource.strip_prefix("userpool/"),
        _ => None,
    }
}

/// A UUID of version 4 (RFC 9562, section 5.4) from 16 random bytes.
pub fn uuid(mut random: [u8; 16]) -> String {
    random[6] = (random[6] & 0x0f) | 0x40;
    random[8] = (random[8] & 0x3f) | 0x80;
    let mut text = String::with_capacity(36);
    for (place, byte) in random.into_iter().enumerate() {
        if matches!(place, 4 | 6 | 8 | 10) {
            text.push('-');
        }
        for digit in [byte >> 4, byte & 0x0f] {
            text.push(char::from(b"0123456789abcdef"[usize::from(digit)]));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pool_ids() {
        for good in ["us-east-1_AbCdEf123", "us-gov-west-1_A", "eu-west-1_0"] {
            assert!(is_pool_id(good), "{good}");
        }
        for bad in [
            "",
            "us-east-1",
            "us-east-1_",
            "us-east-1_a/b",
            "local_abc",
            "us-east-12_abc",
            "us-east-1_a_b",
            "../x_y",
        ] {
            assert!(!is_pool_id(bad), "{bad}");
        }
        let id = pool_id("eu-central-1", &[0, 61, 62, 63, 100, 5, 6, 7, u64::MAX]);
        assert!(is_pool_id(&id), "{id}");
        assert_eq!(region_of(&id), Some("eu-central-1"));
        assert_eq!(pool_name(&id).len(), POOL_SUFFIX);
    }

    #[test]
    fn arns_and_regions() {
        let arn = pool_arn("us-east-1", "000000000000", "us-east-1_abc");
        assert_eq!(pool_of_arn(&arn), Some("us-east-1_abc"));
        assert_eq!(pool_of_arn("arn:aws:s3:us-east-1:000000000000:userpool/a"), None);
        assert_eq!(pool_of_arn("arn:aws:cognito-idp:us-east-1:000000000000:identitypool/a"), None);
        assert_eq!(pool_region("eu-west-1"), "eu-west-1");
        assert_eq!(pool_region("local"), "us-east-1");
    }

    #[test]
    fn forms() {
        assert_eq!(uuid([0xff; 16]), "ffffffff-ffff-4fff-bfff-ffffffffffff");
        assert_eq!(uuid([0; 16]), "00000000-0000-4000-8000-000000000000");
        assert_eq!(digits(&[0, 11, 22, 33, 44, 55]), "012345");
        assert_eq!(client_id(&[0; CLIENT_ID]).len(), 26);
        assert_eq!(device_key("eu-west-1", [0; 16]), "eu-west-1_00000000-0000-4000-8000-000000000000");
        assert_eq!(distribution(&[35; 13]), "d9999999999999.cloudfront.net");
        assert_eq!(device_group_key(&[0, 1, 25, 26, 51, 52, 61, 62]), "-ABZaz09A");
        assert!(client_secret(&[31; CLIENT_SECRET]).bytes().all(|b| b == b'v'));
    }
}
