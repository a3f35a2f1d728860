//! Sets of addresses as intervals: joined, and one less another, exactly.
//!
//! Invariant: sorted, and between two of them lies at least one address that is in neither. nftables refuses a set whose
//! intervals overlap, unless it is told to join them; joined here, its own listing is comparable with what was written.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use interdict_schema::product::Cidr;

/// Which addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
    /// Those of 32 bits.
    V4,
    /// Those of 128 bits.
    V6,
}

impl Family {
    /// That of a network.
    pub const fn of(network: &Cidr) -> Self {
        if network.is_ipv4() { Self::V4 } else { Self::V6 }
    }

    fn address(self, number: u128) -> IpAddr {
        match self {
            Self::V4 => Ipv4Addr::from_bits(u32::try_from(number).unwrap_or(u32::MAX)).into(),
            Self::V6 => Ipv6Addr::from_bits(number).into(),
        }
    }

    const fn bits(self) -> u32 {
        match self {
            Self::V4 => 32,
            Self::V6 => 128,
        }
    }
}

/// From the first to the last address, both in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Interval {
    first: u128,
    last: u128,
}

impl Interval {
    /// The addresses of a network.
    pub fn of(network: &Cidr) -> Self {
        let (first, bits) = match network.address() {
            IpAddr::V4(four) => (u128::from(four.to_bits()), 32_u32),
            IpAddr::V6(six) => (six.to_bits(), 128),
        };
        let free = bits.saturating_sub(u32::from(network.prefix()));
        let below = u128::MAX.checked_shl(free).map_or(u128::MAX, |above| !above);
        Self { first, last: first | below }
    }

    /// Its first address.
    pub fn first(self, family: Family) -> IpAddr {
        family.address(self.first)
    }

    /// As nftables reads and lists it: an address, a network, or two addresses.
    pub fn text(self, family: Family) -> String {
        let [first, last] = [self.first, self.last].map(|number| family.address(number));
        if self.first == self.last {
            return first.to_string();
        }
        // A network where only the lowest bits differ, none of them set in the first and all of them in the last.
        let differ = self.first ^ self.last;
        if differ & differ.wrapping_add(1) == 0 && self.first & differ == 0 {
            let prefix = family.bits().saturating_sub(differ.count_ones());
            return format!("{first}/{prefix}");
        }
        format!("{first}-{last}")
    }
}

/// A set of addresses.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Intervals(Vec<Interval>);

impl Intervals {
    /// All the addresses of these.
    pub fn of(mut all: Vec<Interval>) -> Self {
        all.sort_unstable();
        let mut joined: Vec<Interval> = Vec::new();
        for next in all {
            match joined.last_mut() {
                Some(last) if next.first <= last.last.saturating_add(1) => {
                    last.last = last.last.max(next.last);
                }
                _ => joined.push(next),
            }
        }
        Self(joined)
    }

    /// Those that are not in the other.
    #[must_use]
    pub fn without(&self, other: &Self) -> Self {
        let mut rest = Vec::new();
        let mut holes = other.0.iter().peekable();
        for interval in &self.0 {
            let mut first = Some(interval.first);
            while holes.next_if(|hole| hole.last < interval.first).is_some() {}
            while let Some((hole, from)) = holes.peek().copied().zip(first) {
                if hole.first > interval.last {
                    break;
                }
                if let Some(last) = hole.first.checked_sub(1).filter(|last| *last >= from) {
                    rest.push(Interval { first: from, last });
                }
                first = hole.last.checked_add(1).filter(|next| *next <= interval.last);
                // It may reach into the next interval.
                if hole.last >= interval.last {
                    break;
                }
                holes.next();
            }
            if let Some(first) = first {
                rest.push(Interval { first, last: interval.last });
            }
        }
        Self(rest)
    }

    /// The intervals.
    pub fn as_slice(&self) -> &[Interval] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail by panicking")]

    use proptest::prelude::*;

    use super::*;

    fn intervals(networks: &[&str]) -> Intervals {
        let networks: Vec<Cidr> = networks.iter().map(|text| Cidr::parse(text).unwrap()).collect();
        Intervals::of(networks.iter().map(Interval::of).collect())
    }

    fn texts(intervals: &Intervals, family: Family) -> Vec<String> {
        intervals.as_slice().iter().map(|interval| interval.text(family)).collect()
    }

    #[test]
    fn networks_side_by_side_are_joined_and_what_is_left_out_is_cut_out_to_the_address() {
        let all = intervals(&["192.0.2.128/25", "192.0.2.0/25", "192.0.2.64/26", "192.0.4.1/32"]);
        assert_eq!(texts(&all, Family::V4), ["192.0.2.0/24", "192.0.4.1"]);
        let rest = all.without(&intervals(&["192.0.2.0/32", "192.0.2.64/26", "192.0.4.0/24"]));
        assert_eq!(texts(&rest, Family::V4), ["192.0.2.1-192.0.2.63", "192.0.2.128/25"]);
        assert_eq!(texts(&intervals(&["255.0.0.0/8"]), Family::V4), ["255.0.0.0/8"]);
        let six = intervals(&["2001:db8::/32", "fff0::/12"]).without(&intervals(&["2001:db8::/128"]));
        assert_eq!(
            texts(&six, Family::V6),
            ["2001:db8::1-2001:db8:ffff:ffff:ffff:ffff:ffff:ffff", "fff0::/12"]
        );
    }

    fn some() -> impl Strategy<Value = Vec<(u8, u8)>> {
        prop::collection::vec((any::<u8>(), 0_u8..40), 0..12)
    }

    fn few(of: &[(u8, u8)]) -> Intervals {
        let interval = |(first, more): &(u8, u8)| Interval {
            first: u128::from(*first),
            last: u128::from(first.saturating_add(*more)),
        };
        Intervals::of(of.iter().map(interval).collect())
    }

    fn has(of: &[(u8, u8)], number: u8) -> bool {
        of.iter().any(|(first, more)| (*first..=first.saturating_add(*more)).contains(&number))
    }

    proptest! {
        #[test]
        fn an_address_is_in_the_rest_where_it_is_in_one_and_not_in_the_other(all in some(), but in some()) {
            let rest = few(&all).without(&few(&but));
            for number in 0..=u8::MAX {
                let is = rest.as_slice().iter().any(|of| (of.first..=of.last).contains(&u128::from(number)));
                prop_assert_eq!(is, has(&all, number) && !has(&but, number), "{}", number);
            }
            for two in rest.as_slice().windows(2) {
                prop_assert!(two[0].last + 1 < two[1].first);
            }
        }
    }
}
