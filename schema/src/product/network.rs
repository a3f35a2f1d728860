//! Networks, addresses and autonomous systems.
//!
//! A network (RFC 4632, RFC 4291) is an address whose bits below the prefix are zero. IPv4 addresses written in IPv6
//! (`::ffff:192.0.2.1`, RFC 4291, 2.5.5.2) are the IPv4 addresses. A network so wide that it is nobody's is refused:
//! IPv4 shorter than /8, IPv6 shorter than /12, which is what the registries themselves are given.

use core::fmt;
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::text::{TextError, TextRule, check_text, wrong};

/// A network. Text form: `192.0.2.0/24`, `2001:db8::/32`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Cidr {
    address: IpAddr,
    prefix: u8,
}

impl Cidr {
    /// Reads `address/prefix`.
    ///
    /// # Errors
    /// The byte and the rule that is broken: no address, another prefix, bits below the prefix, nearly everything.
    pub fn parse(text: &str) -> Result<Self, TextError> {
        check_text(text)?;
        let Some((address, prefix)) = text.split_once('/') else {
            return wrong(text.len(), TextRule::Address);
        };
        let Ok(address) = address.parse::<IpAddr>() else { return wrong(0, TextRule::Address) };
        let (bits, shortest): (u8, u8) = if address.is_ipv4() { (32, 8) } else { (128, 12) };
        let at = text.len() - prefix.len();
        let plain = prefix.bytes().all(|b| b.is_ascii_digit()) && (prefix == "0" || !prefix.starts_with('0'));
        let Some(prefix) = prefix.parse::<u8>().ok().filter(|prefix| plain && *prefix <= bits) else {
            return wrong(at, TextRule::Prefix { bits });
        };
        // An IPv4 network in the clothes of IPv6 is judged as what it is.
        let (address, prefix, shortest) = match address {
            IpAddr::V6(six) if prefix >= 96 && six.to_ipv4_mapped().is_some() => {
                (plain_address(address), prefix - 96, 8)
            }
            IpAddr::V6(six) if six.to_ipv4_mapped().is_some() => (address, prefix, 128),
            _ => (address, prefix, shortest),
        };
        if prefix < shortest {
            return wrong(at, TextRule::Everything);
        }
        let network = Self { address, prefix };
        if network.of(address) == Some(network) { Ok(network) } else { wrong(0, TextRule::HostBits) }
    }

    /// The network's own address.
    pub const fn address(&self) -> IpAddr {
        self.address
    }

    /// The bits that all its addresses share: 8 to 32, or 12 to 128.
    pub const fn prefix(&self) -> u8 {
        self.prefix
    }

    /// Whether it is one of IPv4.
    pub const fn is_ipv4(&self) -> bool {
        self.address.is_ipv4()
    }

    /// The network of the same width, and of the same protocol, in which an address is.
    pub fn of(&self, address: IpAddr) -> Option<Self> {
        Self::around(address, self.prefix).filter(|network| network.is_ipv4() == self.is_ipv4())
    }

    /// The network of a width in which an address is; nothing where the address has fewer bits.
    pub fn around(address: IpAddr, prefix: u8) -> Option<Self> {
        let address = plain_address(address);
        let below = |bits: u8| bits.checked_sub(prefix).map(u32::from);
        let address = match address {
            IpAddr::V4(four) => {
                let mask = u32::MAX.checked_shl(below(32)?).unwrap_or(0);
                IpAddr::V4(Ipv4Addr::from_bits(four.to_bits() & mask))
            }
            IpAddr::V6(six) => {
                let mask = u128::MAX.checked_shl(below(128)?).unwrap_or(0);
                IpAddr::V6(Ipv6Addr::from_bits(six.to_bits() & mask))
            }
        };
        Some(Self { address, prefix })
    }

    /// Whether an address is in it.
    pub fn contains(&self, address: IpAddr) -> bool {
        self.of(address) == Some(*self)
    }
}

/// An address, as IPv4 where it is one.
const fn plain_address(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V6(six) => match six.to_ipv4_mapped() {
            Some(four) => IpAddr::V4(four),
            None => address,
        },
        IpAddr::V4(_) => address,
    }
}

/// The address that a source saw, as IPv4 where it is one.
///
/// # Errors
/// It is none.
pub fn address(text: &str) -> Result<IpAddr, TextError> {
    check_text(text)?;
    let inner = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(text);
    // A zone (RFC 4007, 11) says on which link, not which address.
    let inner = inner.split_once('%').map_or(inner, |(address, _)| address);
    inner.parse().map(plain_address).or(wrong(0, TextRule::BareAddress))
}

impl fmt::Display for Cidr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.address, self.prefix)
    }
}

/// An autonomous system number (RFC 6793), 1 to 4294967294. Text form: `AS64496`; read without `AS` too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Asn(u32);

impl Asn {
    /// Reads a number, `AS` before it or not.
    ///
    /// # Errors
    /// It is none, or one of the reserved 0 and 4294967295 (RFC 7607, RFC 7300).
    pub fn parse(text: &str) -> Result<Self, TextError> {
        check_text(text)?;
        let prefix = text.get(..2).filter(|prefix| prefix.eq_ignore_ascii_case("as"));
        let digits = text.get(prefix.map_or(0, str::len)..).unwrap_or_default();
        let plain = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
        match Some(digits).filter(|_| plain).and_then(|digits| digits.parse().ok()) {
            Some(number @ 1..=4_294_967_294) => Ok(Self(number)),
            _ => wrong(text.len() - digits.len(), TextRule::Asn),
        }
    }

    /// The number.
    pub const fn number(self) -> u32 {
        self.0
    }
}

impl fmt::Display for Asn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AS{}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString as _;

    use super::*;

    // Networks of RFC 5737 and RFC 3849, which are kept for examples.
    #[test]
    fn a_network_contains_its_addresses_of_its_own_protocol() {
        for (network, inside, outside) in [
            ("192.0.2.0/24", "192.0.2.255", "192.0.3.0"),
            ("192.0.2.7/32", "192.0.2.7", "192.0.2.8"),
            ("2001:db8::/32", "2001:db8:ffff::1", "2001:db9::"),
            ("2001:db8::1/128", "2001:db8::1", "2001:db8::2"),
            ("192.0.2.0/24", "::ffff:192.0.2.1", "::192.0.2.1"),
            ("::ffff:192.0.2.0/120", "192.0.2.1", "192.0.3.1"),
        ] {
            let cidr = Cidr::parse(network).unwrap();
            assert!(cidr.contains(address(inside).unwrap()), "{network} {inside}");
            assert!(!cidr.contains(address(outside).unwrap()), "{network} {outside}");
        }
        assert_eq!(Cidr::parse("::ffff:192.0.2.0/120").unwrap().to_string(), "192.0.2.0/24");
        assert_eq!(address("[fe80::1%eth0]"), address("fe80::1"));
    }

    #[test]
    fn refuses_bits_below_the_prefix_and_what_is_nearly_everything() {
        for (text, at, rule) in [
            ("192.0.2.0", 9, TextRule::Address),
            ("192.0.2/24", 0, TextRule::Address),
            ("192.0.2.0/33", 10, TextRule::Prefix { bits: 32 }),
            ("192.0.2.0/024", 10, TextRule::Prefix { bits: 32 }),
            ("2001:db8::/129", 11, TextRule::Prefix { bits: 128 }),
            ("192.0.2.1/24", 0, TextRule::HostBits),
            ("2001:db8::1/32", 0, TextRule::HostBits),
            ("0.0.0.0/0", 8, TextRule::Everything),
            ("128.0.0.0/1", 10, TextRule::Everything),
            ("8.0.0.0/7", 8, TextRule::Everything),
            ("::/0", 3, TextRule::Everything),
            ("2000::/11", 7, TextRule::Everything),
            ("::ffff:0.0.0.0/96", 15, TextRule::Everything),
            ("::ffff:0.0.0.0/95", 15, TextRule::Everything),
        ] {
            assert_eq!(Cidr::parse(text), wrong(at, rule), "{text}");
        }
        for widest in ["10.0.0.0/8", "2000::/12"] {
            assert!(Cidr::parse(widest).is_ok(), "{widest}");
        }
    }

    #[test]
    fn an_autonomous_system_is_a_number_that_can_be_given_out() {
        assert_eq!(Asn::parse("as64496"), Asn::parse("64496"));
        assert_eq!(Asn::parse("AS4294967294").unwrap().to_string(), "AS4294967294");
        for (text, at) in [("AS0", 2), ("AS4294967295", 2), ("AS", 2), ("0", 0), ("AS-1", 2), ("ASAS1", 2)] {
            assert_eq!(Asn::parse(text), wrong(at, TextRule::Asn), "{text}");
        }
    }
}
