//! Gentoo versions: `number{.number}{letter}{_suffix{number}}{-rnumber}` (Package Manager Specification 8, 3.2, 3.3).

use alloc::vec::Vec;

use super::error::{VersionError, VersionRule};
use super::key::Key;
use super::number::Number;
use super::order::Ordered;
use super::reader::Reader;

/// A Gentoo version. Its fields are compared in this order (PMS 8, algorithm 3.1).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Gentoo<'a> {
    first: Number<'a>,
    /// The numbers after the first; more are newer.
    further: Vec<Further<'a>>,
    letter: Option<u8>,
    /// The suffixes, [`Suffix::End`] the last.
    suffixes: Vec<Suffix<'a>>,
    revision: Number<'a>,
}

/// A number after the first (algorithm 3.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Further<'a> {
    /// Beginning with a zero: a decimal fraction, so to say. Compared as text without the zeros at its end.
    Fraction(&'a str),
    Number(Number<'a>),
}

/// A suffix and its number, zero where there is none (algorithms 3.5, 3.6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Suffix<'a> {
    Alpha(Number<'a>),
    Beta(Number<'a>),
    Pre(Number<'a>),
    Rc(Number<'a>),
    End,
    P(Number<'a>),
}

impl<'a> Ordered<'a> for Gentoo<'a> {
    fn parse(version: &'a str) -> Result<Self, VersionError> {
        let mut reader = Reader::new(version)?;
        let first = reader.number()?;
        let mut further = Vec::new();
        while reader.eat(".") {
            further.push(match reader.digits() {
                "" => return Err(reader.broken(VersionRule::Number)),
                digits if digits.starts_with('0') => Further::Fraction(digits.trim_end_matches('0')),
                digits => Further::Number(Number::new(digits)),
            });
        }
        let letter = reader.one(u8::is_ascii_lowercase);
        let mut suffixes = Vec::new();
        while reader.eat("_") {
            let place = reader.clone();
            let name = reader.run(|c| c.is_ascii_lowercase());
            let number = Number::new(reader.digits());
            suffixes.push(match name {
                "alpha" => Suffix::Alpha(number),
                "beta" => Suffix::Beta(number),
                "pre" => Suffix::Pre(number),
                "rc" => Suffix::Rc(number),
                "p" => Suffix::P(number),
                _ => return Err(place.broken(VersionRule::Suffix)),
            });
        }
        suffixes.push(Suffix::End);
        let revision = if reader.eat("-r") { reader.number()? } else { Number::ZERO };
        reader.end()?;
        Ok(Self { first, further, letter, suffixes, revision })
    }

    fn write_key(&self, key: &mut Key) {
        self.first.write_key(key);
        for number in &self.further {
            match *number {
                Further::Fraction(digits) => {
                    key.push_byte(0x02);
                    key.push_text(digits);
                }
                Further::Number(number) => number.write_key(key),
            }
        }
        key.push_byte(0x01);
        key.push_byte(self.letter.unwrap_or(0));
        for suffix in &self.suffixes {
            let (rank, number) = match *suffix {
                Suffix::Alpha(number) => (1, number),
                Suffix::Beta(number) => (2, number),
                Suffix::Pre(number) => (3, number),
                Suffix::Rc(number) => (4, number),
                Suffix::End => (5, Number::ZERO),
                Suffix::P(number) => (6, number),
            };
            key.push_byte(rank);
            number.write_key(key);
        }
        self.revision.write_key(key);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::assertions::{ascends, equals, refuses};
    use super::super::order::properties::order_is_total_and_the_keys_follow;
    use super::*;

    #[test]
    fn versions_stand_in_the_order_of_the_specification() {
        // PMS 8, algorithms 3.1 to 3.7, one step after the other.
        ascends::<Gentoo>(&[
            "1_alpha",
            "1_alpha1_beta",
            "1_alpha1",
            "1_alpha1_p",
            "1_beta",
            "1_pre",
            "1_rc",
            "1",
            "1-r1",
            "1-r10",
            "1_p0_rc",
            "1_p",
            "1_p1",
            "1b_rc1",
            "1b",
            "1.0",
            "1.0.0",
            "1.01",
            "1.011",
            "1.02",
            "1.1",
            "1.10",
            "1.100",
            "2",
            "10",
        ]);
    }

    #[test]
    fn what_is_not_written_is_zero_and_zeros_after_a_fraction_do_not_count() {
        for (a, b) in [("1.0", "1.0-r0"), ("1_p", "1_p0"), ("1_p01", "1_p1"), ("1.010", "1.01"), ("01", "1")]
        {
            equals::<Gentoo>(a, b);
        }
    }

    #[test]
    fn refuses_what_is_no_gentoo_version() {
        refuses::<Gentoo>(&[
            ("", 0, VersionRule::Empty),
            ("v1", 0, VersionRule::Number),
            ("1..2", 2, VersionRule::Number),
            ("1B", 1, VersionRule::Character),
            ("1ab", 2, VersionRule::Character),
            ("1_git", 2, VersionRule::Suffix),
            ("1-r", 3, VersionRule::Number),
            ("1-1", 1, VersionRule::Character),
            ("1.0*", 3, VersionRule::Character),
        ]);
    }

    const VERSION: &str = "[0-2]{1,2}(\\.[01]{1,3}){0,2}[ab]?(_(alpha|rc|p)[01]{0,2}){0,2}(-r[01]{1,2})?";

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1_000))]

        #[test]
        fn order_is_total_and_keys_follow_it(a in VERSION, b in VERSION, c in VERSION) {
            order_is_total_and_the_keys_follow::<Gentoo>([&a, &b, &c])?;
        }
    }
}
