//! OpenSSL versions: three numbers, up to 1.1.1 with letters for the fixes (`1.0.2zg`), since 3.0.0 Semantic Versioning
//! (OpenSSL, "Versioning Policy", and its older "Release Strategy").
//!
//! The letters compare as texts: `z` is followed by `za`. A stage before the release is `dev`, `alpha`, `beta` or
//! `pre` with a number. Build metadata is not compared.
//!
//! Not here: builds of distributions such as `1.0.2k-fips`; they are refused, and so unknown.

use super::error::{VersionError, VersionRule};
use super::key::Key;
use super::number::Number;
use super::order::Ordered;
use super::reader::Reader;

/// An OpenSSL version.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Openssl<'a> {
    numbers: [Number<'a>; 3],
    letters: &'a str,
    stage: Stage<'a>,
}

/// How far a version was before its release.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Stage<'a> {
    Dev,
    Alpha(Number<'a>, Snapshot),
    Beta(Number<'a>, Snapshot),
    Pre(Number<'a>, Snapshot),
    Release,
}

/// Whether it is what was on the way there (`-alpha2-dev`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Snapshot {
    OnTheWay,
    Reached,
}

/// What stands behind the hyphen.
fn stage<'a>(reader: &mut Reader<'a>) -> Result<Stage<'a>, VersionError> {
    let place = reader.clone();
    let name = reader.run(|c| c.is_ascii_lowercase());
    if name == "dev" {
        return Ok(Stage::Dev);
    }
    let stage = match name {
        "alpha" => Stage::Alpha,
        "beta" => Stage::Beta,
        "pre" => Stage::Pre,
        _ => return Err(place.broken(VersionRule::Suffix)),
    };
    let number = reader.number()?;
    Ok(stage(number, if reader.eat("-dev") { Snapshot::OnTheWay } else { Snapshot::Reached }))
}

impl<'a> Ordered<'a> for Openssl<'a> {
    fn parse(version: &'a str) -> Result<Self, VersionError> {
        let mut reader = Reader::new(version)?;
        let mut numbers = [reader.number()?, Number::ZERO, Number::ZERO];
        for number in numbers.iter_mut().skip(1) {
            if !reader.eat(".") {
                return Err(reader.broken(VersionRule::Numbers));
            }
            *number = reader.number()?;
        }
        let letters = reader.run(|c| c.is_ascii_lowercase());
        let stage = if reader.eat("-") { stage(&mut reader)? } else { Stage::Release };
        if letters.is_empty() && reader.eat("+") {
            reader.run(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-'));
        }
        reader.end()?;
        Ok(Self { numbers, letters, stage })
    }

    fn write_key(&self, key: &mut Key) {
        for number in self.numbers {
            number.write_key(key);
        }
        key.push_text(self.letters);
        let (rank, number, snapshot) = match self.stage {
            Stage::Dev => return key.push_byte(1),
            Stage::Alpha(number, snapshot) => (2, number, snapshot),
            Stage::Beta(number, snapshot) => (3, number, snapshot),
            Stage::Pre(number, snapshot) => (4, number, snapshot),
            Stage::Release => return key.push_byte(5),
        };
        key.push_byte(rank);
        number.write_key(key);
        key.push_byte(u8::from(snapshot == Snapshot::Reached));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::assertions::{ascends, equals, refuses};
    use super::super::order::properties::order_is_total_and_the_keys_follow;
    use super::*;

    #[test]
    fn versions_stand_in_the_order_of_their_release() {
        // Releases of OpenSSL, 1998 to 2023, from its change logs.
        ascends::<Openssl>(&[
            "0.9.1c",
            "0.9.6a",
            "0.9.6m",
            "0.9.7-beta6",
            "0.9.7",
            "0.9.8z",
            "0.9.8za",
            "0.9.8zh",
            "1.0.0-beta1",
            "1.0.0",
            "1.0.1f",
            "1.0.1g",
            "1.0.2zg",
            "1.1.0-pre1",
            "1.1.0-pre6",
            "1.1.0",
            "1.1.1w",
            "3.0.0-dev",
            "3.0.0-alpha1",
            "3.0.0-alpha2-dev",
            "3.0.0-alpha2",
            "3.0.0-alpha17",
            "3.0.0-beta1",
            "3.0.0-beta2",
            "3.0.0",
            "3.0.9",
            "3.0.10",
            "3.2.0",
        ]);
    }

    #[test]
    fn build_metadata_does_not_count() {
        equals::<Openssl>("3.1.4+quic", "3.1.4");
    }

    #[test]
    fn refuses_what_is_no_openssl_version() {
        refuses::<Openssl>(&[
            ("", 0, VersionRule::Empty),
            ("v3", 0, VersionRule::Number),
            ("3.0", 3, VersionRule::Numbers),
            ("1.0.2K", 5, VersionRule::Character),
            ("1.0.2k-fips", 7, VersionRule::Suffix),
            ("3.0.0-alpha", 11, VersionRule::Number),
            ("1.0.2k+x", 6, VersionRule::Character),
            ("1.0.2.1", 5, VersionRule::Character),
        ]);
    }

    const VERSION: &str =
        "[01]\\.[01]{1,2}\\.[01]{1,2}([ab]{0,2})(-(dev|(alpha|pre)[01]{1,2}(-dev)?))?(\\+a)?";

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1_000))]

        #[test]
        fn order_is_total_and_keys_follow_it(a in VERSION, b in VERSION, c in VERSION) {
            order_is_total_and_the_keys_follow::<Openssl>([&a, &b, &c])?;
        }
    }
}
