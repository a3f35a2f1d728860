//! Arch Linux versions: `[epoch:]pkgver[-pkgrel]` (pacman 6, `vercmp(8)`, `PKGBUILD(5)`).
//!
//! Differs: `vercmp` leaves `pkgrel` out where one of the two versions has none, so that `1-1` and `1-2` both equal
//! `1` and yet differ. No order has that; here a version without `pkgrel` is the first release, `1`, and only as the
//! bound of a range is it every release. A `pkgver` with a separator at its end is refused, since `vercmp` orders such
//! versions in a circle.

use alloc::vec;
use alloc::vec::Vec;

use super::error::{VersionError, VersionRule};
use super::key::Key;
use super::number::{Number, write_count};
use super::order::{Ordered, read};
use super::reader::Reader;

/// An Arch Linux version.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Alpm<'a> {
    epoch: Number<'a>,
    /// The parts of `pkgver`, [`Part::End`] the last.
    pkgver: Vec<Part<'a>>,
    pkgrel: Vec<Number<'a>>,
}

/// A run of letters or of digits, and how many other characters stand before it. More of those are newer; which they
/// are does not matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Part<'a> {
    /// Letters with nothing before them: `1.0rc` is older than `1.0`.
    LettersAtOnce(&'a str),
    End,
    Behind(usize, Run<'a>),
}

/// A run: of letters, or of digits, which are newer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Run<'a> {
    Letters(&'a str),
    Digits(Number<'a>),
}

/// Whether a character may stand in `pkgver`.
fn is_allowed(character: char) -> bool {
    character.is_ascii_graphic() && !matches!(character, ':' | '/' | '-' | '<' | '>' | '=')
}

/// The next run of `pkgver` with what stands before it; [`Part::End`] where `pkgver` ends.
fn part<'a>(reader: &mut Reader<'a>) -> Result<Part<'a>, VersionError> {
    let separators = reader.run(|c| is_allowed(c) && !c.is_ascii_alphanumeric()).len();
    if reader.is_at_digit() {
        return Ok(Part::Behind(separators, Run::Digits(reader.number()?)));
    }
    match (separators, reader.run(|c| c.is_ascii_alphabetic())) {
        (0, "") => Ok(Part::End),
        (_, "") => Err(reader.broken(VersionRule::Separator)),
        (0, letters) => Ok(Part::LettersAtOnce(letters)),
        (separators, letters) => Ok(Part::Behind(separators, Run::Letters(letters))),
    }
}

impl<'a> Ordered<'a> for Alpm<'a> {
    fn parse(version: &'a str) -> Result<Self, VersionError> {
        let mut reader = Reader::new(version)?;
        let mut epoch = Number::ZERO;
        if version.contains(':') {
            epoch = reader.number()?;
            if !reader.eat(":") {
                return Err(reader.broken(VersionRule::Character));
            }
        }
        let mut pkgver = vec![part(&mut reader)?];
        if pkgver.ends_with(&[Part::End]) {
            return Err(reader.broken(VersionRule::Empty));
        }
        while !pkgver.ends_with(&[Part::End]) {
            pkgver.push(part(&mut reader)?);
        }
        let mut pkgrel = vec![Number::ONE];
        if reader.eat("-") {
            pkgrel = vec![reader.number()?];
            if reader.eat(".") {
                pkgrel.push(reader.number()?);
            }
        }
        reader.end()?;
        Ok(Self { epoch, pkgver, pkgrel })
    }

    fn write_key(&self, key: &mut Key) {
        self.epoch.write_key(key);
        for part in &self.pkgver {
            match *part {
                Part::LettersAtOnce(letters) => {
                    key.push_byte(0x01);
                    key.push_text(letters);
                }
                Part::End => key.push_byte(0x02),
                Part::Behind(separators, run) => {
                    key.push_byte(0x03);
                    write_count(separators, key);
                    match run {
                        Run::Letters(letters) => {
                            key.push_byte(0x01);
                            key.push_text(letters);
                        }
                        Run::Digits(number) => number.write_key(key),
                    }
                }
            }
        }
        for number in &self.pkgrel {
            number.write_key(key);
        }
    }

    fn open_span(version: &'a str) -> Result<Option<(Key, Key)>, VersionError> {
        if version.contains('-') {
            return Ok(None);
        }
        let mut bound = read::<Self>(version)?;
        bound.pkgrel.clear();
        let mut first = Key::new();
        bound.write_key(&mut first);
        let mut last = first.clone();
        last.push_byte(u8::MAX);
        Ok(Some((first, last)))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]
mod tests {
    use proptest::prelude::*;

    use super::super::assertions::{ascends, equals, refuses};
    use super::super::order::key;
    use super::super::order::properties::order_is_total_and_the_keys_follow;
    use super::super::scheme::Scheme;
    use super::*;

    #[test]
    fn versions_stand_in_the_order_of_vercmp() {
        // vercmp(8), "Alphanumeric" and "Numeric".
        ascends::<Alpm>(&["1.0a", "1.0b", "1.0beta", "1.0p", "1.0pre", "1.0rc", "1.0", "1.0.a", "1.0.1"]);
        ascends::<Alpm>(&["1", "1.0", "1.1", "1.1.1", "1.2", "2.0", "3.0.0"]);
        // Run through vercmp of pacman 6.0.2.
        ascends::<Alpm>(&[
            "1.0a", "1.0a1", "1.0", "1.0-1.1", "1.0-2", "1.0-10", "1.0.a", "1.0.9", "1.0.10", "1.0..a",
            "1.0..1", "1:0.1",
        ]);
        // Packages of Arch Linux, spring 2024.
        ascends::<Alpm>(&["5.6.1-2", "5.6.1-3"]);
        ascends::<Alpm>(&["9.2.0-1", "1:1.0-1"]);
    }

    #[test]
    fn a_version_without_release_is_its_first_release_and_separators_are_alike() {
        equals::<Alpm>("1.5-1", "1.5");
        equals::<Alpm>("0:1.5", "1.5");
        equals::<Alpm>("1_5", "1.5");
        equals::<Alpm>("1.05", "1.5");
    }

    #[test]
    fn a_bound_without_release_spans_every_release() {
        let (first, last) = Scheme::Alpm.span("1.5").unwrap();
        for release in ["1.5", "1.5-1", "1.5-0", "1.5-10.1", "1_5-999999999999"] {
            let key = key::<Alpm>(release).unwrap();
            assert!(first < key && key < last, "{release}");
        }
        assert!(key::<Alpm>("1.4-9").unwrap() < first && last < key::<Alpm>("1.5.0-1").unwrap());
        assert!(last < key::<Alpm>("1.5.a-1").unwrap() && key::<Alpm>("1.5rc-9").unwrap() < first);
        let key = key::<Alpm>("1.5-2").unwrap();
        assert_eq!(Scheme::Alpm.span("1.5-2"), Ok((key.clone(), key)));
    }

    #[test]
    fn refuses_what_is_no_version_of_arch_linux() {
        refuses::<Alpm>(&[
            ("", 0, VersionRule::Empty),
            (":1", 0, VersionRule::Number),
            ("a:1", 0, VersionRule::Number),
            ("1a:1", 1, VersionRule::Character),
            ("1:", 2, VersionRule::Empty),
            ("1.0.", 4, VersionRule::Separator),
            ("1.0-1-1", 5, VersionRule::Character),
            ("1.0-", 4, VersionRule::Number),
            ("1.0-rc1", 4, VersionRule::Number),
            ("1.0-1.", 6, VersionRule::Number),
            ("1.0-1.1.1", 7, VersionRule::Character),
            ("1 0", 1, VersionRule::Character),
            ("1:2:3", 3, VersionRule::Character),
        ]);
    }

    const VERSION: &str =
        "([0-2]:)?[._]{0,1}([0-2a]{1,2}|rc)([._]{0,2}([01]{1,2}|a|rc)){0,3}(-[01]{1,2}(\\.[01])?)?";

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1_000))]

        #[test]
        fn order_is_total_and_keys_follow_it(a in VERSION, b in VERSION, c in VERSION) {
            order_is_total_and_the_keys_follow::<Alpm>([&a, &b, &c])?;
        }
    }
}
