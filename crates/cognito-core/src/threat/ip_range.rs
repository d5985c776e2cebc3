//! Ranges of IP addresses in CIDR notation (RFC 4632, RFC 4291).

use std::net::IpAddr;
use std::str::FromStr;

/// A range of IP addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IpRange {
    address: IpAddr,
    prefix: u8,
}

/// The text is no range.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not in CIDR notation")]
pub struct NotARange;

impl IpRange {
    /// Whether an address is in it. An IPv4 address in the clothes of IPv6 is the one that it stands for.
    pub fn contains(self, address: IpAddr) -> bool {
        match (self.address, address.to_canonical()) {
            (IpAddr::V4(own), IpAddr::V4(other)) => {
                let differing = u32::from(own) ^ u32::from(other);
                differing.leading_zeros() >= u32::from(self.prefix)
            }
            (IpAddr::V6(own), IpAddr::V6(other)) => {
                let differing = u128::from(own) ^ u128::from(other);
                differing.leading_zeros() >= u32::from(self.prefix)
            }
            _ => false,
        }
    }
}

impl FromStr for IpRange {
    type Err = NotARange;

    fn from_str(text: &str) -> Result<Self, NotARange> {
        let (address, prefix) = text.split_once('/').ok_or(NotARange)?;
        let address: IpAddr = address.parse().map_err(|_| NotARange)?;
        // `parse` takes a sign and leading zeros, too.
        if prefix.is_empty() || !prefix.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(NotARange);
        }
        let prefix: u8 = prefix.parse().map_err(|_| NotARange)?;
        match (address, address.to_canonical(), prefix) {
            (IpAddr::V4(_), _, 33..) | (IpAddr::V6(_), _, 129..) => Err(NotARange),
            // IPv4 in the clothes of IPv6 here too.
            (IpAddr::V6(_), address @ IpAddr::V4(_), 96..) => Ok(Self { address, prefix: prefix - 96 }),
            _ => Ok(Self { address, prefix }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(range: &str, address: &str, expected: Option<bool>) {
        let found = range.parse::<IpRange>().ok().map(|range| range.contains(address.parse().unwrap()));
        assert_eq!(found, expected, "{address} in {range}");
    }

    #[test]
    fn what_is_in_a_range() {
        check("192.0.2.0/24", "192.0.2.255", Some(true));
        check("192.0.2.0/24", "192.0.3.0", Some(false));
        check("192.0.2.77/24", "192.0.2.1", Some(true));
        check("192.0.2.1/32", "192.0.2.1", Some(true));
        check("192.0.2.1/32", "192.0.2.0", Some(false));
        check("0.0.0.0/0", "203.0.113.9", Some(true));
        check("0.0.0.0/0", "2001:db8::1", Some(false));
        check("192.0.2.0/24", "::ffff:192.0.2.9", Some(true));
        check("2001:db8::/32", "2001:db8:1::9", Some(true));
        check("2001:db8::/32", "2001:db9::", Some(false));
        check("::/0", "2001:db9::", Some(true));
        check("::ffff:192.0.2.0/120", "192.0.2.9", Some(true));
        check("::ffff:192.0.2.0/120", "::ffff:192.0.3.9", Some(false));
        check("::ffff:0.0.0.0/96", "203.0.113.9", Some(true));
    }

    #[test]
    fn what_is_no_range() {
        for text in [
            "192.0.2.1",
            "192.0.2.0/33",
            "2001:db8::/129",
            "192.0.2/24",
            "x/8",
            "192.0.2.0/",
            "192.0.2.0/+8",
            "",
        ] {
            check(text, "192.0.2.1", None);
        }
    }
}
