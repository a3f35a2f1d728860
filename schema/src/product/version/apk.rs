//! Alpine versions: `number{.number}{letter}{_suffix{number}}{~hash}{-r#}` (apk-tools 3, `apk-package(5)`).
//!
//! The parts of two versions are compared one by one. Where one version has a part and the other a part of another
//! kind, or none, the kinds decide: a suffix of a pre-release is the least, then the end, and a number is the greatest.

use alloc::vec::Vec;

use super::error::{VersionError, VersionRule};
use super::key::Key;
use super::number::Number;
use super::order::Ordered;
use super::reader::Reader;

/// An Alpine version: its parts, [`Part::End`] the last.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Apk<'a>(Vec<Part<'a>>);

/// One part. Parts of different kinds at the same place stand in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Part<'a> {
    /// `_alpha`, `_beta`, `_pre` or `_rc`, by their rank.
    PreRelease(u8),
    End,
    Revision(Number<'a>),
    Hash(&'a str),
    SuffixNumber(Number<'a>),
    /// `_cvs`, `_svn`, `_git`, `_hg` or `_p`, by their rank.
    PostRelease(u8),
    Letter(u8),
    /// A number after the first that begins with a zero: a decimal fraction, so to say, compared as text.
    Fraction(&'a str),
    Number(Number<'a>),
}

const PRE_RELEASES: [&str; 4] = ["alpha", "beta", "pre", "rc"];
const POST_RELEASES: [&str; 5] = ["cvs", "svn", "git", "hg", "p"];

/// Where a suffix stands among those of its kind.
fn rank(suffixes: &[&str], suffix: &str) -> Option<u8> {
    (0..).zip(suffixes).find_map(|(rank, known)| (*known == suffix).then_some(rank))
}

/// The part that a suffix is, if there is such a suffix.
fn suffix<'a>(name: &str) -> Option<Part<'a>> {
    let pre_release = rank(&PRE_RELEASES, name).map(Part::PreRelease);
    pre_release.or_else(|| rank(&POST_RELEASES, name).map(Part::PostRelease))
}

impl<'a> Ordered<'a> for Apk<'a> {
    fn parse(version: &'a str) -> Result<Self, VersionError> {
        let mut reader = Reader::new(version)?;
        let mut parts = Vec::new();
        parts.push(Part::Number(reader.number()?));
        while reader.eat(".") {
            parts.push(match reader.digits() {
                "" => return Err(reader.broken(VersionRule::Number)),
                digits if digits.starts_with('0') => Part::Fraction(digits),
                digits => Part::Number(Number::new(digits)),
            });
        }
        parts.extend(reader.one(u8::is_ascii_lowercase).map(Part::Letter));
        while reader.eat("_") {
            let name = reader.clone();
            let found = suffix(reader.run(|c| c.is_ascii_lowercase()));
            parts.push(found.ok_or(name.broken(VersionRule::Suffix))?);
            if !reader.is_at_digit() {
                continue;
            }
            parts.push(Part::SuffixNumber(reader.number()?));
        }
        if reader.eat("~") {
            match reader.run(|c| matches!(c, '0'..='9' | 'a'..='f')) {
                "" => return Err(reader.broken(VersionRule::Character)),
                hash => parts.push(Part::Hash(hash)),
            }
        }
        if reader.eat("-r") {
            parts.push(Part::Revision(reader.number()?));
        }
        reader.end()?;
        parts.push(Part::End);
        Ok(Self(parts))
    }

    fn write_key(&self, key: &mut Key) {
        for part in &self.0 {
            match *part {
                Part::PreRelease(rank) => key.push_byte(0x01 + rank),
                Part::End => key.push_byte(0x05),
                Part::Revision(number) => {
                    key.push_byte(0x06);
                    number.write_key(key);
                }
                Part::Hash(hash) => {
                    key.push_byte(0x07);
                    key.push_text(hash);
                }
                Part::SuffixNumber(number) => {
                    key.push_byte(0x08);
                    number.write_key(key);
                }
                Part::PostRelease(rank) => key.push_byte(0x09 + rank),
                Part::Letter(letter) => {
                    key.push_byte(0x0E);
                    key.push_byte(letter);
                }
                Part::Fraction(digits) => {
                    key.push_byte(0x0F);
                    key.push_text(digits);
                }
                Part::Number(number) => number.write_key(key),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::assertions::{ascends, equals, refuses};
    use super::super::order::properties::order_is_total_and_the_keys_follow;
    use super::*;

    #[test]
    fn versions_stand_in_the_order_of_apk() {
        // apk-package(5): the suffixes in their order; a letter, a further number, a hash and a revision are newer.
        ascends::<Apk>(&[
            "1.0_alpha_pre1",
            "1.0_alpha",
            "1.0_alpha2",
            "1.0_beta",
            "1.0_pre",
            "1.0_rc9",
            "1.0_rc10",
            "1.0",
            "1.0-r0",
            "1.0-r2",
            "1.0-r10",
            "1.0~0a1b",
            "1.0_cvs",
            "1.0_svn",
            "1.0_git20240101",
            "1.0_hg",
            "1.0_p1",
            "1.0a",
            "1.0b_rc1",
            "1.0b",
            "1.0.0",
            "1.0.01",
            "1.0.1",
            "1.0.10",
            "1.2",
            "9",
            "10",
        ]);
        // Packages of Alpine 3.20.
        ascends::<Apk>(&["1.2.5-r0", "1.2.5-r1", "1.36.1-r29", "3.3.0-r2", "3.3.1-r0", "20240226-r0"]);
    }

    #[test]
    fn the_first_number_may_begin_with_zeros() {
        equals::<Apk>("01.5", "1.5");
        ascends::<Apk>(&["1.05", "1.5"]);
    }

    #[test]
    fn refuses_what_is_no_alpine_version() {
        refuses::<Apk>(&[
            ("", 0, VersionRule::Empty),
            ("a1", 0, VersionRule::Number),
            ("1.", 2, VersionRule::Number),
            ("1.0ab", 4, VersionRule::Character),
            ("1.0A", 3, VersionRule::Character),
            ("1.0_gamma", 4, VersionRule::Suffix),
            ("1.0_", 4, VersionRule::Suffix),
            ("1.0~beta-r0", 6, VersionRule::Character),
            ("1.0~-r0", 4, VersionRule::Character),
            ("1.0-r", 5, VersionRule::Number),
            ("1.0-1", 3, VersionRule::Character),
            ("1.0-r1_p1", 6, VersionRule::Character),
        ]);
    }

    const VERSION: &str =
        "[0-2]{1,2}(\\.[01]{1,2}){0,2}[ab]?(_(alpha|rc|git|p)[01]{0,2}){0,2}(~[0a])?(-r[01]{1,2})?";

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1_000))]

        #[test]
        fn order_is_total_and_keys_follow_it(a in VERSION, b in VERSION, c in VERSION) {
            order_is_total_and_the_keys_follow::<Apk>([&a, &b, &c])?;
        }
    }
}
