//! Versions of .NET packages: one to four numbers, then as in Semantic Versioning 2.0.0 (`NuGet`, "Package versioning").
//!
//! Numbers that are not written are zero, zeros before a number do not count, and letters compare without regard to
//! their case. Build metadata is not compared.
//!
//! Differs: numbers in a pre-release are compared as numbers whatever their length, as Semantic Versioning says;
//! .NET's own library takes those above 2147483647 for texts.

use alloc::vec::Vec;
use core::cmp::Ordering;

use super::error::{VersionError, VersionRule};
use super::key::Key;
use super::number::Number;
use super::order::Ordered;
use super::reader::Reader;

/// A version of a .NET package.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Nuget<'a> {
    /// Major, minor, patch, revision.
    numbers: [Number<'a>; 4],
    stage: Stage<'a>,
}

/// A pre-release or the release; more identifiers are newer.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Stage<'a> {
    PreRelease(Vec<Identifier<'a>>),
    Release,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Identifier<'a> {
    Number(Number<'a>),
    Text(AnyCase<'a>),
}

/// ASCII text whose case does not matter.
#[derive(Debug, Clone, Copy)]
struct AnyCase<'a>(&'a str);

impl AnyCase<'_> {
    fn folded(&self) -> impl Iterator<Item = u8> {
        self.0.bytes().map(|byte| byte.to_ascii_lowercase())
    }
}

impl Ord for AnyCase<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.folded().cmp(other.folded())
    }
}

impl PartialOrd for AnyCase<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for AnyCase<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for AnyCase<'_> {}

/// The largest of the four numbers, which .NET keeps in 32 bits.
const LIMIT: u32 = i32::MAX.unsigned_abs();

/// One of the four numbers.
fn number<'a>(reader: &mut Reader<'a>) -> Result<Number<'a>, VersionError> {
    let place = reader.clone();
    let number = reader.number()?;
    if number > Number::new("2147483647") {
        return Err(place.broken(VersionRule::TooLarge { limit: LIMIT }));
    }
    Ok(number)
}

/// An identifier of a pre-release or of the metadata.
fn identifier<'a>(reader: &mut Reader<'a>) -> Result<&'a str, VersionError> {
    match reader.run(|c| c.is_ascii_alphanumeric() || c == '-') {
        "" => Err(reader.broken(VersionRule::Empty)),
        identifier => Ok(identifier),
    }
}

impl<'a> Ordered<'a> for Nuget<'a> {
    fn parse(version: &'a str) -> Result<Self, VersionError> {
        let mut reader = Reader::new(version)?;
        let mut numbers = [number(&mut reader)?, Number::ZERO, Number::ZERO, Number::ZERO];
        for place in numbers.iter_mut().skip(1) {
            if reader.eat(".") {
                *place = number(&mut reader)?;
            }
        }
        let mut stage = Stage::Release;
        if reader.eat("-") {
            let mut identifiers = Vec::new();
            loop {
                let text = identifier(&mut reader)?;
                let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
                identifiers.push(if is_number {
                    Identifier::Number(Number::new(text))
                } else {
                    Identifier::Text(AnyCase(text))
                });
                if !reader.eat(".") {
                    break;
                }
            }
            stage = Stage::PreRelease(identifiers);
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

    fn write_key(&self, key: &mut Key) {
        for number in self.numbers {
            number.write_key(key);
        }
        let Stage::PreRelease(identifiers) = &self.stage else { return key.push_byte(Key::HIGHEST + 1) };
        for identifier in identifiers {
            match identifier {
                Identifier::Number(number) => number.write_key(key),
                Identifier::Text(text) => {
                    key.push_byte(Key::HIGHEST);
                    key.push_text(&text.0.to_ascii_lowercase());
                }
            }
        }
        key.push_byte(0x01);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::assertions::{ascends, equals, refuses};
    use super::super::order::properties::order_is_total_and_the_keys_follow;
    use super::*;

    #[test]
    fn versions_stand_in_the_order_of_nuget() {
        // Semantic Versioning 2.0.0, 11; then the fourth number that NuGet adds.
        ascends::<Nuget>(&[
            "1.0.0-alpha",
            "1.0.0-alpha.1",
            "1.0.0-alpha.beta",
            "1.0.0-beta",
            "1.0.0-beta.2",
            "1.0.0-BETA.11",
            "1.0.0-rc.1",
            "1.0.0",
            "1.0.0.1-a",
            "1.0.0.1",
            "1.0.1",
            "1.10",
            "2",
        ]);
        // Newtonsoft.Json and System.Text.Json, as released.
        ascends::<Nuget>(&["13.0.1-beta2", "13.0.1", "13.0.2-beta1", "13.0.2-beta2", "13.0.3"]);
        ascends::<Nuget>(&[
            "8.0.0-preview.7.23375.6",
            "8.0.0-rc.1.23419.4",
            "8.0.0-rc.2.23479.6",
            "8.0.0",
            "8.0.5",
        ]);
        ascends::<Nuget>(&["1.0.0-0", "1.0.0-00000000009999999999", "1.0.0-10000000000", "1.0.0--"]);
    }

    #[test]
    fn case_metadata_and_zeros_do_not_count() {
        equals::<Nuget>("1", "1.0.0.0");
        equals::<Nuget>("1.00.01", "1.0.1");
        equals::<Nuget>("1.0.0-RC.01", "1.0.0-rc.1+Abc.001");
    }

    #[test]
    fn refuses_what_is_no_nuget_version() {
        refuses::<Nuget>(&[
            ("", 0, VersionRule::Empty),
            ("v1.0", 0, VersionRule::Number),
            ("1.0.", 4, VersionRule::Number),
            ("1.0.0.0.0", 7, VersionRule::Character),
            ("1.2147483648", 2, VersionRule::TooLarge { limit: 2_147_483_647 }),
            ("1.0-", 4, VersionRule::Empty),
            ("1.0-a..b", 6, VersionRule::Empty),
            ("1.0+", 4, VersionRule::Empty),
            ("1.0-a_b", 5, VersionRule::Character),
            ("1.*", 2, VersionRule::Number),
        ]);
        assert!(Nuget::parse("1.2147483647").is_ok());
    }

    const VERSION: &str =
        "[01]{1,2}(\\.[01]{1,2}){0,3}(-([a-cA-C]{1,2}|[01]{1,2}|-)(\\.([aA]|[01]{1,2})){0,2})?(\\+a)?";

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1_000))]

        #[test]
        fn order_is_total_and_keys_follow_it(a in VERSION, b in VERSION, c in VERSION) {
            order_is_total_and_the_keys_follow::<Nuget>([&a, &b, &c])?;
        }
    }
}
