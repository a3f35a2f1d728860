//! Semantic Versioning 2.0.0 (section 11 orders them), and the two ecosystems that write it a little differently.
//!
//! Build metadata is not compared. Differs: numbers may be of any length; npm stops at 2^53 - 1.

use alloc::vec::Vec;

use super::error::{VersionError, VersionRule};
use super::key::Key;
use super::number::Number;
use super::order::Ordered;
use super::reader::Reader;

/// A version as in Semantic Versioning 2.0.0: schemes `semver` and `cargo`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Semver<'a> {
    /// Major, minor, patch.
    numbers: [Number<'a>; 3],
    stage: Stage<'a>,
}

/// A pre-release, the one with more identifiers being newer, or the release.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Stage<'a> {
    PreRelease(Vec<Identifier<'a>>),
    Release,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Identifier<'a> {
    Number(Number<'a>),
    Text(&'a str),
}

/// Whether minor and patch may be left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Short {
    Allowed,
    Forbidden,
}

/// A number without zeros before it.
fn number<'a>(reader: &mut Reader<'a>) -> Result<Number<'a>, VersionError> {
    let place = reader.clone();
    let digits = reader.digits();
    match digits {
        "" => Err(reader.broken(VersionRule::Number)),
        "0" => Ok(Number::ZERO),
        _ if digits.starts_with('0') => Err(place.broken(VersionRule::LeadingZero)),
        _ => Ok(Number::new(digits)),
    }
}

/// An identifier of a pre-release or of build metadata.
fn identifier<'a>(reader: &mut Reader<'a>) -> Result<&'a str, VersionError> {
    match reader.run(|c| c.is_ascii_alphanumeric() || c == '-') {
        "" => Err(reader.broken(VersionRule::Empty)),
        identifier => Ok(identifier),
    }
}

fn pre_release<'a>(reader: &mut Reader<'a>) -> Result<Vec<Identifier<'a>>, VersionError> {
    let mut identifiers = Vec::new();
    loop {
        let place = reader.clone();
        let text = identifier(reader)?;
        identifiers.push(if !text.bytes().all(|byte| byte.is_ascii_digit()) {
            Identifier::Text(text)
        } else if text.len() > 1 && text.starts_with('0') {
            return Err(place.broken(VersionRule::LeadingZero));
        } else {
            Identifier::Number(Number::new(text))
        });
        if !reader.eat(".") {
            return Ok(identifiers);
        }
    }
}

impl<'a> Semver<'a> {
    fn read(mut reader: Reader<'a>, short: Short) -> Result<Self, VersionError> {
        let mut numbers = [number(&mut reader)?, Number::ZERO, Number::ZERO];
        for number_of in numbers.iter_mut().skip(1) {
            if reader.eat(".") {
                *number_of = number(&mut reader)?;
            } else if short == Short::Forbidden {
                return Err(reader.broken(VersionRule::Numbers));
            }
        }
        let mut stage = Stage::Release;
        if reader.eat("-") {
            stage = Stage::PreRelease(pre_release(&mut reader)?);
        }
        if reader.eat("+") {
            identifier(&mut reader)?;
            while reader.eat(".") {
                identifier(&mut reader)?;
            }
        }
        reader.end()?;
        Ok(Self { numbers, stage })
    }
}

impl<'a> Ordered<'a> for Semver<'a> {
    fn parse(version: &'a str) -> Result<Self, VersionError> {
        Self::read(Reader::new(version)?, Short::Forbidden)
    }

    fn write_key(&self, key: &mut Key) {
        for number in self.numbers {
            number.write_key(key);
        }
        let Stage::PreRelease(identifiers) = &self.stage else { return key.push_byte(Key::HIGHEST) };
        for identifier in identifiers {
            match identifier {
                Identifier::Number(number) => {
                    key.push_byte(0x02);
                    number.write_key(key);
                }
                Identifier::Text(text) => {
                    key.push_byte(0x03);
                    key.push_text(text);
                }
            }
        }
        key.push_byte(0x01);
    }
}

/// An npm version: a `v` may stand before it (node-semver).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Npm<'a>(Semver<'a>);

impl<'a> Ordered<'a> for Npm<'a> {
    fn parse(version: &'a str) -> Result<Self, VersionError> {
        let mut reader = Reader::new(version)?;
        reader.eat("v");
        Semver::read(reader, Short::Forbidden).map(Self)
    }

    fn write_key(&self, key: &mut Key) {
        self.0.write_key(key);
    }
}

/// A version of a Go module: `v1.2.3`, with `v1` and `v1.2` for the zeros left out (golang.org/x/mod/semver).
///
/// Differs: the `v` may be missing, as some inventories leave it away.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Golang<'a>(Semver<'a>);

impl<'a> Ordered<'a> for Golang<'a> {
    fn parse(version: &'a str) -> Result<Self, VersionError> {
        let mut reader = Reader::new(version)?;
        reader.eat("v");
        Semver::read(reader, Short::Allowed).map(Self)
    }

    fn write_key(&self, key: &mut Key) {
        self.0.write_key(key);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::assertions::{ascends, equals, refuses};
    use super::super::order::properties::order_is_total_and_the_keys_follow;
    use super::*;

    #[test]
    fn versions_stand_in_the_order_of_semantic_versioning() {
        // Semantic Versioning 2.0.0, 11.
        ascends::<Semver>(&[
            "1.0.0-0",
            "1.0.0-9",
            "1.0.0-10",
            "1.0.0-alpha",
            "1.0.0-alpha.1",
            "1.0.0-alpha.beta",
            "1.0.0-beta",
            "1.0.0-beta.2",
            "1.0.0-beta.11",
            "1.0.0-rc.1",
            "1.0.0",
            "2.0.0",
            "2.1.0",
            "2.1.1",
            "2.10.0",
            "18446744073709551616.0.0",
        ]);
        ascends::<Golang>(&[
            "v0.0.0-20191109021931-daa7c04131f5",
            "v0.1",
            "0.1.1",
            "v1",
            "v2.0.0+incompatible",
        ]);
    }

    #[test]
    fn metadata_and_a_v_do_not_count() {
        equals::<Semver>("1.0.0+a.001", "1.0.0");
        equals::<Npm>("v1.0.0", "1.0.0");
        equals::<Golang>("v1", "1.0.0");
    }

    #[test]
    fn refuses_what_is_no_semantic_version() {
        refuses::<Semver>(&[
            ("", 0, VersionRule::Empty),
            ("v1.0.0", 0, VersionRule::Number),
            ("1.0", 3, VersionRule::Numbers),
            ("1.0.", 4, VersionRule::Number),
            ("1.01.0", 2, VersionRule::LeadingZero),
            ("1.0.0.0", 5, VersionRule::Character),
            ("1.0.0-", 6, VersionRule::Empty),
            ("1.0.0-a..b", 8, VersionRule::Empty),
            ("1.0.0-a.01", 8, VersionRule::LeadingZero),
            ("1.0.0+", 6, VersionRule::Empty),
            ("1.0.0-a_b", 7, VersionRule::Character),
        ]);
        refuses::<Npm>(&[("vv1.0.0", 1, VersionRule::Number), ("v1.0", 4, VersionRule::Numbers)]);
        refuses::<Golang>(&[("v", 1, VersionRule::Number), ("(devel)", 0, VersionRule::Number)]);
    }

    const VERSION: &str = "(0|1|10)\\.[01]\\.[01](-([a-cA-]{1,2}|0|1|10)(\\.([aA]|0|1)){0,2})?(\\+a)?";

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1_000))]

        #[test]
        fn order_is_total_and_keys_follow_it(a in VERSION, b in VERSION, c in VERSION) {
            order_is_total_and_the_keys_follow::<Semver>([&a, &b, &c])?;
            order_is_total_and_the_keys_follow::<Npm>([&a, &b, &c])?;
            order_is_total_and_the_keys_follow::<Golang>([&a, &b, &c])?;
        }
    }
}
