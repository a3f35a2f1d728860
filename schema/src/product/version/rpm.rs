//! RPM versions: `[epoch:]version[-release]` (rpm-version(7), the order of `rpmvercmp`).
//!
//! Runs of letters and of digits are compared, all else only parts them. A version without a release is smaller than
//! the same with one; as the bound of a range it is every release, as in rpm's own dependencies.

use core::cmp::Ordering;

use super::error::{VersionError, VersionRule};
use super::key::Key;
use super::number::Number;
use super::order::{Ordered, read};
use super::reader::Reader;

/// An RPM version.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rpm<'a> {
    epoch: Number<'a>,
    version: &'a str,
    /// Empty where none is written.
    release: &'a str,
}

/// What counts in a version or a release, the smaller first: a tilde comes before the end, a caret behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Piece<'a> {
    Tilde,
    End,
    Caret,
    Letters(&'a str),
    Digits(Number<'a>),
}

/// The pieces of a version or a release, with one end at their end.
fn pieces(text: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut rest = Some(text);
    core::iter::from_fn(move || {
        let text = rest?.trim_start_matches(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '~' | '^'));
        let is_one = |c: char| match text.chars().next() {
            Some(first) if first.is_ascii_digit() => c.is_ascii_digit(),
            _ => c.is_ascii_alphabetic(),
        };
        let (piece, behind) = match text.as_bytes().first() {
            None => (Piece::End, None),
            Some(b'~') => (Piece::Tilde, text.get(1..)),
            Some(b'^') => (Piece::Caret, text.get(1..)),
            Some(first) => {
                let (run, behind) = text.split_at(text.find(|c| !is_one(c)).unwrap_or(text.len()));
                let digits = first.is_ascii_digit();
                (if digits { Piece::Digits(Number::new(run)) } else { Piece::Letters(run) }, Some(behind))
            }
        };
        rest = behind;
        Some(piece)
    })
}

fn write_part(part: &str, key: &mut Key) {
    for piece in pieces(part) {
        match piece {
            Piece::Tilde => key.push_byte(0x01),
            Piece::End => key.push_byte(0x02),
            Piece::Caret => key.push_byte(0x03),
            Piece::Letters(letters) => {
                key.push_byte(0x04);
                key.push_text(letters);
            }
            Piece::Digits(number) => number.write_key(key),
        }
    }
}

impl<'a> Ordered<'a> for Rpm<'a> {
    fn parse(version: &'a str) -> Result<Self, VersionError> {
        let whole = Reader::new(version)?;
        let mut reader = whole.clone();
        let digits = reader.digits();
        let mut epoch = Number::ZERO;
        if reader.eat(":") {
            if digits.parse::<u32>().is_err() {
                return Err(whole.broken(VersionRule::Epoch));
            }
            epoch = Number::new(digits);
        } else {
            reader = whole;
        }
        let place = reader.clone();
        // A colon behind anything but an epoch has no meaning; blanks and controls have no place at all.
        let text = reader.run(|c| c.is_ascii_graphic() && c != ':');
        reader.end()?;
        let (version, release) = text.rsplit_once('-').unwrap_or((text, ""));
        if version.is_empty() {
            return Err(place.broken(VersionRule::Empty));
        }
        Ok(Self { epoch, version, release })
    }

    fn write_key(&self, key: &mut Key) {
        self.epoch.write_key(key);
        write_part(self.version, key);
        write_part(self.release, key);
    }

    fn open_span(version: &'a str) -> Result<Option<(Key, Key)>, VersionError> {
        let read: Self = read(version)?;
        if !read.release.is_empty() {
            return Ok(None);
        }
        let mut first = Key::new();
        read.epoch.write_key(&mut first);
        write_part(read.version, &mut first);
        let mut last = first.clone();
        // Before the pieces of every release, and behind them.
        first.push_byte(0x00);
        last.push_byte(Key::HIGHEST);
        Ok(Some((first, last)))
    }
}

impl Ord for Rpm<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.epoch.cmp(&other.epoch))
            .then_with(|| pieces(self.version).cmp(pieces(other.version)))
            .then_with(|| pieces(self.release).cmp(pieces(other.release)))
    }
}

impl PartialOrd for Rpm<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Rpm<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Rpm<'_> {}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::assertions::{ascends, equals, refuses};
    use super::super::order::properties::order_is_total_and_the_keys_follow;
    use super::*;

    #[test]
    fn versions_stand_in_the_order_of_rpm() {
        // rpm-version(7): a tilde before all, a caret behind the end and before all else, letters before digits.
        ascends::<Rpm>(&[
            "1.0~~",
            "1.0~rc1",
            "1.0~rc1^git1",
            "1.0~rc2",
            "1.0",
            "1.0-1",
            "1.0-1.el9",
            "1.0-2.el9",
            "1.0-10.el9",
            "1.0^",
            "1.0^git1~pre",
            "1.0^git1",
            "1.0^git2",
            "1.0.a",
            "1.0.1",
            "1.10",
            "1.18446744073709551616",
            "1:0.1",
        ]);
    }

    #[test]
    fn separators_and_zeros_do_not_count() {
        equals::<Rpm>("1.0", "1_00");
        equals::<Rpm>("0:1.0-1", "1.0.-1+");
        equals::<Rpm>("2a", "2.a");
    }

    #[test]
    fn refuses_what_is_no_rpm_version() {
        refuses::<Rpm>(&[
            ("", 0, VersionRule::Empty),
            ("1:", 2, VersionRule::Empty),
            (":1", 0, VersionRule::Epoch),
            ("4294967296:1", 0, VersionRule::Epoch),
            ("a:1", 1, VersionRule::Character),
            ("1 0", 1, VersionRule::Character),
            ("1.0é", 3, VersionRule::Character),
            ("-1", 0, VersionRule::Empty),
        ]);
        equals::<Rpm>("4294967295:1", "4294967295:01");
    }

    const VERSION: &str = "([01]:)?[01ab.~^_]{1,5}(-[01a.~^]{0,4})?";

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1_000))]

        #[test]
        fn order_is_total_and_keys_follow_it(a in VERSION, b in VERSION, c in VERSION) {
            order_is_total_and_the_keys_follow::<Rpm>([&a, &b, &c])?;
        }
    }
}
