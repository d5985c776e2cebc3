//! Which addresses may be called.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Which addresses may be called beside those of the internet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Guard {
    /// Loopback and private networks: what runs beside this server.
    pub private: bool,
}

impl Guard {
    /// Whether an address may be called. Those that tell a machine about itself (link-local, the metadata services of
    /// clouds), that stand for many or for none may never be.
    pub fn allows(self, address: IpAddr) -> bool {
        match address {
            IpAddr::V4(address) => self.allows_v4(address),
            IpAddr::V6(address) => match embedded(address) {
                Some(inner) => self.allows_v4(inner),
                None => self.allows_v6(address),
            },
        }
    }

    fn allows_v4(self, address: Ipv4Addr) -> bool {
        let [a, b, c, _] = address.octets();
        // 100.100.100.200 and 192.0.0.192 are metadata services of clouds; 168.63.129.16 is one that looks public.
        let never = a == 0
            || a >= 224
            || address.is_link_local()
            || matches!(address.octets(), [100, 100, 100, 200] | [192, 0, 0, 192] | [168, 63, 129, 16]);
        let shared = a == 100 && (64..128).contains(&b);
        let special = (a, b, c) == (192, 0, 0) || (a == 198 && (b == 18 || b == 19));
        !never && (self.private || !(address.is_loopback() || address.is_private() || shared || special))
    }

    fn allows_v6(self, address: Ipv6Addr) -> bool {
        // The metadata services of EC2, of EKS and of Google Cloud have addresses of private networks.
        let metadata = matches!(
            address.segments(),
            [0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254 | 0x23] | [0xfd20, 0xce, 0, 0, 0, 0, 0, 0x254]
        );
        let [first, second, ..] = address.segments();
        // Teredo leads to whatever address of version 4 its other half stands for.
        let tunnel = (first, second) == (0x2001, 0);
        let never = address.is_unspecified()
            || address.is_multicast()
            || address.is_unicast_link_local()
            || metadata
            || tunnel;
        let site_local = first & 0xffc0 == 0xfec0;
        !never && (self.private || !(address.is_loopback() || address.is_unique_local() || site_local))
    }
}

/// The address of version 4 that one of version 6 stands for: mapped, compatible (`::a.b.c.d`), translated (RFC 6052)
/// or of 6to4.
fn embedded(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let [a, b, c, .., g, h] = address.segments();
    let pair = |high: u16, low: u16| Ipv4Addr::from((u32::from(high) << 16) | u32::from(low));
    match (a, b) {
        (0x64, 0xff9b) => Some(pair(g, h)),
        (0x2002, _) => Some(pair(b, c)),
        _ if address.is_unspecified() || address.is_loopback() => None,
        // Mapped and compatible ones.
        _ => address.to_ipv4(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(address: &str, public: bool, private: bool) {
        let parsed = address.parse().unwrap();
        let allowed = [false, true].map(|private| Guard { private }.allows(parsed));
        assert_eq!(allowed, [public, private], "{address}");
    }

    #[test]
    fn addresses() {
        check("93.184.215.14", true, true);
        check("2001:1::1", true, true);
        check("::93.184.215.14", true, true);
        check("2606:2800:21f:cb07:6820:80da:af6b:8b2c", true, true);
        for private in [
            "127.0.0.1",
            "127.8.9.1",
            "10.0.0.1",
            "172.16.0.1",
            "192.168.1.1",
            "100.64.0.1",
            "::1",
            "fd12::1",
            "fec0::1",
            "feff::1",
            "::127.0.0.1",
            "::10.0.0.1",
        ] {
            check(private, false, true);
        }
        check("::ffff:127.0.0.1", false, true);
        check("64:ff9b::a00:1", false, true);
        for never in [
            "169.254.169.254",
            "169.254.170.2",
            "0.0.0.0",
            "0.1.2.3",
            "224.0.0.1",
            "255.255.255.255",
            "100.100.100.200",
            "168.63.129.16",
            "::",
            "fe80::1",
            "ff02::1",
            "fd00:ec2::254",
            "fd00:ec2::23",
            "fd20:ce::254",
            "::ffff:169.254.169.254",
            "64:ff9b::a9fe:a9fe",
            "2002:a9fe:a9fe::1",
            "::169.254.169.254",
            "::2",
            "2001::1",
            "2001:0:4136:e378:8000:63bf:5601:5601",
        ] {
            check(never, false, false);
        }
    }
}
