//! Conan versions: items with dots between, then `-pre-release`, then `+build` (Conan 2, "Version" of recipes).
//!
//! An item is letters, digits, `_` and `*`. Items of digits compare as numbers, and zeros at the end do not count.
//!
//! Differs: Conan compares a number with a text as two texts, so that `9 < 10 < 1a < 9`. Here an item that begins with
//! digits is ordered by that number first, then by the text behind it; one that does not is greater than all those.

use alloc::vec::Vec;

use super::error::{VersionError, VersionRule};
use super::key::Key;
use super::number::Number;
use super::order::Ordered;
use super::reader::Reader;

/// A Conan version.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Conan<'a> {
    main: Vec<Item<'a>>,
    stage: Stage<'a>,
    build: Option<Vec<Item<'a>>>,
}

/// A pre-release, which may be empty (`2-`, the least of all 2), or the release.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Stage<'a> {
    PreRelease(Vec<Item<'a>>),
    Release,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Item<'a> {
    Number(Number<'a>, Behind<'a>),
    Text(&'a str),
}

/// What stands behind the digits at the beginning of an item, and then those digits again, for `01a` is not `1a`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Behind<'a> {
    Nothing,
    Text(&'a str, &'a str),
}

const ZERO: Item = Item::Number(Number::ZERO, Behind::Nothing);

fn is_allowed(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '_' | '*')
}

/// What a hyphen does to an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Hyphens {
    /// It ends the item.
    End,
    /// It belongs to it.
    Belong,
}

fn item<'a>(reader: &mut Reader<'a>, hyphens: Hyphens) -> Result<Item<'a>, VersionError> {
    let is_one = |c: char| is_allowed(c) || (c == '-' && hyphens == Hyphens::Belong);
    let digits = reader.digits();
    match (digits, reader.run(is_one)) {
        ("", "") => Err(reader.broken(VersionRule::Empty)),
        ("", text) => Ok(Item::Text(text)),
        (digits, "") => Ok(Item::Number(Number::new(digits), Behind::Nothing)),
        (digits, text) => Ok(Item::Number(Number::new(digits), Behind::Text(text, digits))),
    }
}

/// Items with dots between, without zeros at the end.
fn items<'a>(reader: &mut Reader<'a>, hyphens: Hyphens) -> Result<Vec<Item<'a>>, VersionError> {
    let mut items = Vec::new();
    loop {
        items.push(item(reader, hyphens)?);
        if !reader.eat(".") {
            break;
        }
    }
    while items.ends_with(&[ZERO]) {
        items.pop();
    }
    Ok(items)
}

fn write_items(items: &[Item], key: &mut Key) {
    for item in items {
        match *item {
            Item::Number(number, behind) => {
                number.write_key(key);
                match behind {
                    Behind::Nothing => key.push_byte(0x00),
                    Behind::Text(text, digits) => {
                        key.push_byte(0x01);
                        key.push_text(text);
                        key.push_text(digits);
                    }
                }
            }
            Item::Text(text) => {
                key.push_byte(Key::HIGHEST);
                key.push_text(text);
            }
        }
    }
    key.push_byte(0x01);
}

impl<'a> Ordered<'a> for Conan<'a> {
    fn parse(version: &'a str) -> Result<Self, VersionError> {
        let mut reader = Reader::new(version)?;
        let main = items(&mut reader, Hyphens::End)?;
        let mut stage = Stage::Release;
        if reader.eat("-") {
            let is_empty = reader.is_at_end() || reader.rest().starts_with('+');
            stage =
                Stage::PreRelease(if is_empty { Vec::new() } else { items(&mut reader, Hyphens::Belong)? });
        }
        let build = if reader.eat("+") { Some(items(&mut reader, Hyphens::Belong)?) } else { None };
        reader.end()?;
        Ok(Self { main, stage, build })
    }

    fn write_key(&self, key: &mut Key) {
        write_items(&self.main, key);
        match &self.stage {
            Stage::PreRelease(items) => {
                key.push_byte(0x01);
                write_items(items, key);
            }
            Stage::Release => key.push_byte(0x02),
        }
        match &self.build {
            None => key.push_byte(0x01),
            Some(items) => {
                key.push_byte(0x02);
                write_items(items, key);
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
    fn versions_stand_in_the_order_of_conan() {
        // Conan 2, "Version": numbers as numbers, pre-releases before the release, builds behind it.
        ascends::<Conan>(&[
            "1.0-",
            "1.0-0.1",
            "1.0-alpha",
            "1.0-alpha.2",
            "1.0-alpha.10",
            "1.0-rc-1",
            "1.0-rc-1+b1",
            "1.0",
            "1.0+1",
            "1.0+b.3",
            "1.0+b.22",
            "1.0.0.1",
            "1.1",
            "1.1.a",
            "1.1a",
            "1.2",
            "1.10",
            "1.a",
            "2",
            "cci.20200203",
        ]);
        // OpenSSL and libjpeg, as packaged in Conan Center.
        ascends::<Conan>(&["1.0.2", "1.0.2u", "1.0.2za", "1.1.1", "1.1.1w", "3.0.0"]);
        ascends::<Conan>(&["9c", "9d", "9e", "10a"]);
    }

    #[test]
    fn zeros_at_the_end_do_not_count() {
        equals::<Conan>("1", "1.0.0");
        equals::<Conan>("1-a.0+b.0", "1.0-a+b");
        equals::<Conan>("2021.07", "2021.7");
        ascends::<Conan>(&["1.01a", "1.1a"]);
    }

    #[test]
    fn refuses_what_is_no_conan_version() {
        refuses::<Conan>(&[
            ("", 0, VersionRule::Empty),
            ("-1", 0, VersionRule::Empty),
            ("1.", 2, VersionRule::Empty),
            ("1..2", 2, VersionRule::Empty),
            ("1+", 2, VersionRule::Empty),
            ("1-a.", 4, VersionRule::Empty),
            ("1 2", 1, VersionRule::Character),
            ("1~2", 1, VersionRule::Character),
            ("1+a+b", 3, VersionRule::Character),
            ("[>1 <2]", 0, VersionRule::Empty),
        ]);
    }

    const VERSION: &str = "([01]{1,2}|[0a]{1,2}|1\\*)(\\.([01]{1,2}|[01a]{1,2})){0,2}(-([01a-]{1,2}(\\.[01a]{1,2})?)?)?(\\+[01a]{1,2}(\\.[01])?)?";

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1_000))]

        #[test]
        fn order_is_total_and_keys_follow_it(a in VERSION, b in VERSION, c in VERSION) {
            order_is_total_and_the_keys_follow::<Conan>([&a, &b, &c])?;
        }
    }
}
