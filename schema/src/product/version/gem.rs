//! Versions of Ruby's packages: numbers and words with dots between (`RubyGems`, `Gem::Version`).
//!
//! A word makes a version a pre-release: words are smaller than numbers, and where one version ends, it goes on as
//! zeros without end. A hyphen stands for `.pre.`. Letters and digits part without a dot: `1.0b2` is `1.0.b.2`.

use alloc::vec;
use alloc::vec::Vec;
use core::cmp::Ordering;

use super::error::{VersionError, VersionRule};
use super::key::Key;
use super::number::{Number, write_count, write_count_down};
use super::order::Ordered;
use super::reader::Reader;

/// A version of a Ruby package: its parts, without zeros at the end and before the first word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Gem<'a>(Vec<Part<'a>>);

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Part<'a> {
    Word(&'a str),
    Number(Number<'a>),
}

impl Part<'_> {
    const ZERO: Self = Self::Number(Number::ZERO);
}

/// Takes away the zeros at the end.
fn trim(parts: &mut Vec<Part>) {
    while parts.ends_with(&[Part::ZERO]) {
        parts.pop();
    }
}

/// Reads numbers and words up to the next dot, and hyphens too where they are allowed.
fn read_segment<'a>(
    reader: &mut Reader<'a>,
    hyphens: bool,
    parts: &mut Vec<Part<'a>>,
) -> Result<(), VersionError> {
    let before = parts.len();
    loop {
        if reader.is_at_digit() {
            parts.push(Part::Number(reader.number()?));
        } else if hyphens && reader.eat("-") {
            parts.push(Part::Word("pre"));
        } else {
            match reader.run(|c| c.is_ascii_alphabetic()) {
                "" if parts.len() == before => return Err(reader.broken(VersionRule::Empty)),
                "" => return Ok(()),
                word => parts.push(Part::Word(word)),
            }
        }
    }
}

impl<'a> Ordered<'a> for Gem<'a> {
    fn parse(version: &'a str) -> Result<Self, VersionError> {
        let mut reader = Reader::new(version)?;
        let mut parts = vec![Part::Number(reader.number()?)];
        while reader.eat(".") {
            read_segment(&mut reader, false, &mut parts)?;
        }
        if reader.eat("-") {
            parts.push(Part::Word("pre"));
            read_segment(&mut reader, true, &mut parts)?;
            while reader.eat(".") {
                read_segment(&mut reader, true, &mut parts)?;
            }
        }
        reader.end()?;
        let numbers = parts.iter().take_while(|part| matches!(part, Part::Number(_))).count();
        let mut others = parts.split_off(numbers);
        trim(&mut parts);
        trim(&mut others);
        parts.append(&mut others);
        Ok(Self(parts))
    }

    fn write_key(&self, key: &mut Key) {
        let mut zeros = 0;
        for part in &self.0 {
            match *part {
                Part::ZERO => {
                    zeros += 1;
                    continue;
                }
                // Less than the zeros in its place, and the sooner the less.
                Part::Word(word) => {
                    key.push_byte(0x01);
                    write_count(zeros, key);
                    key.push_text(word);
                }
                // More than the zeros in its place, and the sooner the more.
                Part::Number(number) => {
                    key.push_byte(0x03);
                    write_count_down(zeros, key);
                    number.write_key(key);
                }
            }
            zeros = 0;
        }
        key.push_byte(0x02);
    }
}

impl Ord for Gem<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        let part = |of: &Self, place| of.0.get(place).copied().unwrap_or(Part::ZERO);
        (0..self.0.len().max(other.0.len()))
            .map(|place| part(self, place).cmp(&part(other, place)))
            .find(|order| order.is_ne())
            .unwrap_or(Ordering::Equal)
    }
}

impl PartialOrd for Gem<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::assertions::{ascends, equals, refuses};
    use super::super::order::properties::order_is_total_and_the_keys_follow;
    use super::*;

    #[test]
    fn versions_stand_in_the_order_of_rubygems() {
        // Documentation of Gem::Version: letters are pre-releases, ordered as texts, the rest as numbers.
        ascends::<Gem>(&[
            "0.9",
            "1.0.A",
            "1.0.a.0.b",
            "1.0.a",
            "1.0.a.2",
            "1.0.b1",
            "1.0.b10",
            "1.0.pre.1",
            "1.0.rc1",
            "1.0",
            "1.0.0.0.1.a",
            "1.0.0.0.1",
            "1.0.1",
            "1.0.1.1",
            "1.1.a",
            "1.1",
            "1.10",
        ]);
        // Rails and Nokogiri, as released.
        ascends::<Gem>(&["7.0.0.alpha1", "7.0.0.rc1", "7.0.0.rc3", "7.0.0", "7.0.8.7", "7.1.0.beta1"]);
    }

    #[test]
    fn zeros_at_the_end_and_before_a_word_do_not_count() {
        equals::<Gem>("1", "1.0.0");
        equals::<Gem>("1.0.0.a", "1.a");
        equals::<Gem>("1.b2", "1.b.2.0");
        equals::<Gem>("1.0-x", "1.0.pre.x");
    }

    #[test]
    fn refuses_what_is_no_version_of_rubygems() {
        refuses::<Gem>(&[
            ("", 0, VersionRule::Empty),
            ("v1", 0, VersionRule::Number),
            ("1a", 1, VersionRule::Character),
            ("1.", 2, VersionRule::Empty),
            ("1..2", 2, VersionRule::Empty),
            ("1-", 2, VersionRule::Empty),
            ("1.2_3", 3, VersionRule::Character),
            ("1 ", 1, VersionRule::Character),
        ]);
    }

    const VERSION: &str = "[01]{1,2}(\\.([01]{1,2}|[abB]{1,2}|a0)){0,4}(-[0a-]{1,2}(\\.[01a-]{1,2})?)?";

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1_000))]

        #[test]
        fn order_is_total_and_keys_follow_it(a in VERSION, b in VERSION, c in VERSION) {
            order_is_total_and_the_keys_follow::<Gem>([&a, &b, &c])?;
        }
    }
}
