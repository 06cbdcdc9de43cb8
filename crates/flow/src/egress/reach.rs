//! Which addresses are the world's, and which are somebody's own house.
//!
//! Only what is routed on the whole internet may be asked. The rest is our own machine, our network, that
//! of the hosting company with its unprotected doors (169.254.169.254), or nobody's. The lists are IANA's
//! registers of special addresses (RFC 6890 and what followed it), as of 2026.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// A network: an address and how many of its leading bits count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Net {
    of: IpAddr,
    bits: u8,
}

impl Net {
    /// Whether `address` stands in it. An IPv4 address that is written as IPv6 is the IPv4 address.
    pub fn holds(&self, address: IpAddr) -> bool {
        match (self.of, address.to_canonical()) {
            (IpAddr::V4(of), IpAddr::V4(address)) => {
                shared(u128::from(of.to_bits()) << 96, u128::from(address.to_bits()) << 96, self.bits)
            }
            (IpAddr::V6(of), IpAddr::V6(address)) => shared(of.to_bits(), address.to_bits(), self.bits),
            _ => false,
        }
    }
}

fn shared(one: u128, other: u128, bits: u8) -> bool {
    bits == 0 || (one ^ other) >> (128 - u32::from(bits.min(128))) == 0
}

impl std::str::FromStr for Net {
    type Err = ();

    /// `10.1.0.0/16`, `2001:db8::/32`, or one address.
    fn from_str(text: &str) -> Result<Self, ()> {
        let (of, bits) = text.split_once('/').map_or((text, None), |(of, bits)| (of, Some(bits)));
        let of: IpAddr = of.parse().map_err(|_| ())?;
        let most = if of.is_ipv4() { 32 } else { 128 };
        let bits = bits.map_or(Ok(most), |bits| bits.parse().map_err(|_| ()))?;
        if bits <= most { Ok(Self { of, bits }) } else { Err(()) }
    }
}

/// Special networks of IPv4.
const OWN_V4: [([u8; 4], u8); 15] = [
    ([0, 0, 0, 0], 8),
    ([10, 0, 0, 0], 8),
    ([100, 64, 0, 0], 10),
    ([127, 0, 0, 0], 8),
    ([169, 254, 0, 0], 16),
    ([172, 16, 0, 0], 12),
    ([192, 0, 0, 0], 24),
    ([192, 0, 2, 0], 24),
    ([192, 88, 99, 0], 24),
    ([192, 168, 0, 0], 16),
    ([198, 18, 0, 0], 15),
    ([198, 51, 100, 0], 24),
    ([203, 0, 113, 0], 24),
    ([224, 0, 0, 0], 4),
    ([240, 0, 0, 0], 4),
];

/// Networks within 2000::/3 that are not the world's: protocols of the IETF with Teredo, documentation,
/// and 6to4, which carries an IPv4 address and ends wherever that does.
const OWN_V6: [(u128, u8); 4] =
    [(0x2001 << 112, 23), (0x2001_0db8 << 96, 32), (0x2002 << 112, 16), (0x3fff << 112, 20)];

/// `64:ff9b::/96`: an IPv4 address as seen from a network that has none (RFC 6052).
const TRANSLATED: u128 = 0x0064_ff9b << 96;

/// Whether `address` is routed on the whole internet.
pub fn is_the_worlds(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(address) => is_the_worlds_v4(address),
        IpAddr::V6(address) => is_the_worlds_v6(address),
    }
}

fn is_the_worlds_v4(address: Ipv4Addr) -> bool {
    !OWN_V4.iter().any(|(of, bits)| Net { of: Ipv4Addr::from(*of).into(), bits: *bits }.holds(address.into()))
}

fn is_the_worlds_v6(address: Ipv6Addr) -> bool {
    let bits = address.to_bits();
    if shared(bits, TRANSLATED, 96) {
        let [.., a, b, c, d] = address.octets();
        return is_the_worlds_v4(Ipv4Addr::new(a, b, c, d));
    }
    shared(bits, 0x2 << 124, 3) && !OWN_V6.iter().any(|(of, length)| shared(bits, *of, *length))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_routed_everywhere_is_not_the_worlds() {
        let own = "0.0.0.0 0.1.2.3 10.0.0.1 10.255.255.255 100.64.0.1 100.127.255.255 127.0.0.1 127.255.255.254 \
                   169.254.169.254 172.16.0.1 172.31.255.255 192.0.0.170 192.0.2.1 192.88.99.1 192.168.1.1 \
                   198.18.0.1 198.19.255.255 198.51.100.7 203.0.113.9 224.0.0.1 239.1.1.1 240.0.0.1 \
                   255.255.255.255 :: ::1 ::127.0.0.1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:0:10.0.0.1 \
                   64:ff9b::10.0.0.1 64:ff9b::127.0.0.1 64:ff9b:1::1 100::1 2001::1 2001:10::1 2001:db8::1 \
                   2002:7f00:1:: 2002:a00:1:: 3fff::1 5f00::1 fc00::1 fd12:3456::1 fe80::1 fec0::1 ff02::1";
        for address in own.split_whitespace() {
            assert!(!is_the_worlds(address.parse().unwrap()), "{address}");
        }
        // Each stands just beside one that is not.
        let worlds = "1.0.0.0 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 126.0.0.1 128.0.0.1 169.253.0.1 \
                      172.15.0.1 172.32.0.0 192.0.3.1 192.167.0.1 198.17.0.1 198.20.0.1 203.0.114.1 \
                      223.255.255.255 ::ffff:192.0.3.1 64:ff9b::192.0.3.1 2001:200::1 2001:db9::1 2003::1 \
                      2a00::1 3ffe::1";
        for address in worlds.split_whitespace() {
            assert!(is_the_worlds(address.parse().unwrap()), "{address}");
        }
    }

    #[test]
    fn a_network_holds_its_own_in_either_spelling() {
        let net: Net = "10.1.0.0/16".parse().unwrap();
        assert!(net.holds("10.1.255.1".parse().unwrap()) && net.holds("::ffff:10.1.0.1".parse().unwrap()));
        assert!(!net.holds("10.2.0.1".parse().unwrap()) && !net.holds("fd00::1".parse().unwrap()));
        assert!("0.0.0.0/0".parse::<Net>().unwrap().holds("10.2.0.1".parse().unwrap()));
        for wrong in ["10.1.0.0/33", "10.1/16", "mirror.example", "::/129", "10.1.0.0/"] {
            assert!(wrong.parse::<Net>().is_err(), "{wrong}");
        }
    }
}
