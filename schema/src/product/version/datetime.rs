//! Moments as RFC 3339, 5.6 writes them (VERS types, `datetime`), ordered by when they are.
//!
//! `T` and `Z` are capitals, as canonical VERS has them. The fraction of a second may have any number of digits. The
//! second 60 is read where a leap second can be, in the last minute of a day of UTC, and comes before the next day.

use jiff::civil::Date;

use super::error::{VersionError, VersionRule};
use super::key::Key;
use super::order::Ordered;
use super::reader::Reader;

/// A moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Moment<'a> {
    /// Minutes of UTC since a day before the year 0 begins, so that no offset leads below zero.
    minute: i64,
    second: i64,
    /// Digits behind the point, without zeros at the end.
    fraction: &'a str,
}

const MINUTES_OF_A_DAY: i64 = 24 * 60;

/// The day before the first that can be written.
const BEGINNING: Date = Date::constant(-1, 12, 31);

/// Exactly this many digits, and the number they write.
fn digits<'a>(reader: &mut Reader<'a>, count: usize) -> Result<i64, VersionError> {
    let place = reader.clone();
    let digits: &'a str = reader.digits();
    match digits.parse() {
        Ok(number) if digits.len() == count => Ok(number),
        _ => Err(place.broken(VersionRule::Number)),
    }
}

/// Two digits that may go up to `most`.
fn up_to(reader: &mut Reader<'_>, most: i64) -> Result<i64, VersionError> {
    let place = reader.clone();
    match digits(reader, 2)? {
        number if number <= most => Ok(number),
        _ => Err(place.broken(VersionRule::Calendar)),
    }
}

fn expect(reader: &mut Reader<'_>, text: &str) -> Result<(), VersionError> {
    if reader.eat(text) { Ok(()) } else { Err(reader.broken(VersionRule::Character)) }
}

/// Days since [`BEGINNING`].
fn day(reader: &mut Reader<'_>) -> Result<i64, VersionError> {
    let place = reader.clone();
    let year = digits(reader, 4)?;
    expect(reader, "-")?;
    let month = digits(reader, 2)?;
    expect(reader, "-")?;
    let day = digits(reader, 2)?;
    let date = match (i16::try_from(year), i8::try_from(month), i8::try_from(day)) {
        (Ok(year), Ok(month), Ok(day)) => Date::new(year, month, day).ok(),
        _ => None,
    };
    let date = date.ok_or(place.broken(VersionRule::Calendar))?;
    Ok(date.duration_since(BEGINNING).as_hours() / 24)
}

/// Minutes that the clock is ahead of UTC.
fn offset(reader: &mut Reader<'_>) -> Result<i64, VersionError> {
    if reader.eat("Z") {
        return Ok(0);
    }
    let sign = if reader.eat("-") {
        -1
    } else {
        expect(reader, "+")?;
        1
    };
    let hours = up_to(reader, 23)?;
    expect(reader, ":")?;
    Ok(sign * (hours * 60 + up_to(reader, 59)?))
}

impl<'a> Ordered<'a> for Moment<'a> {
    fn parse(version: &'a str) -> Result<Self, VersionError> {
        let mut reader = Reader::new(version)?;
        let day = day(&mut reader)?;
        expect(&mut reader, "T")?;
        let hour = up_to(&mut reader, 23)?;
        expect(&mut reader, ":")?;
        let minute = up_to(&mut reader, 59)?;
        expect(&mut reader, ":")?;
        let place = reader.clone();
        let second = up_to(&mut reader, 60)?;
        let mut fraction = "";
        if reader.eat(".") {
            fraction = match reader.digits() {
                "" => return Err(reader.broken(VersionRule::Number)),
                digits => digits.trim_end_matches('0'),
            };
        }
        let minute = day * MINUTES_OF_A_DAY + hour * 60 + minute - offset(&mut reader)?;
        reader.end()?;
        if second == 60 && minute % MINUTES_OF_A_DAY != MINUTES_OF_A_DAY - 1 {
            return Err(place.broken(VersionRule::Calendar));
        }
        Ok(Self { minute, second, fraction })
    }

    fn write_key(&self, key: &mut Key) {
        for byte in self.minute.to_be_bytes() {
            key.push_byte(byte);
        }
        key.push_byte(u8::try_from(self.second).unwrap_or(u8::MAX));
        key.push_text(self.fraction);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::assertions::{ascends, equals, refuses};
    use super::super::order::properties::order_is_total_and_the_keys_follow;
    use super::*;

    #[test]
    fn moments_stand_in_the_order_of_time() {
        // RFC 3339, 5.8, the examples and their neighbours.
        ascends::<Moment>(&[
            "0000-01-01T00:00:00+23:59",
            "0000-01-01T00:00:00Z",
            "1985-04-12T23:20:50.5Z",
            "1985-04-12T23:20:50.52Z",
            "1990-12-31T23:59:59.999Z",
            "1990-12-31T15:59:60-08:00",
            "1990-12-31T23:59:60.1Z",
            "1991-01-01T00:00:00Z",
            "1996-12-19T16:39:57-08:00",
            "2000-02-29T00:00:00Z",
            "9999-12-31T23:59:59-23:59",
        ]);
    }

    #[test]
    fn the_same_moment_is_equal_however_it_is_written() {
        equals::<Moment>("1996-12-19T16:39:57-08:00", "1996-12-20T00:39:57Z");
        equals::<Moment>("1990-12-31T23:59:60Z", "1990-12-31T15:59:60-08:00");
        equals::<Moment>("2024-01-01T00:00:00.500Z", "2024-01-01T00:00:00.5-00:00");
    }

    #[test]
    fn refuses_what_is_no_moment() {
        refuses::<Moment>(&[
            ("", 0, VersionRule::Empty),
            ("2024-01-01", 10, VersionRule::Character),
            ("2024-01-01t00:00:00Z", 10, VersionRule::Character),
            ("2024-01-01T00:00:00z", 19, VersionRule::Character),
            ("2024-01-01T00:00:00", 19, VersionRule::Character),
            ("2023-02-29T00:00:00Z", 0, VersionRule::Calendar),
            ("2023-13-01T00:00:00Z", 0, VersionRule::Calendar),
            ("24-01-01T00:00:00Z", 0, VersionRule::Number),
            ("2024-01-01T24:00:00Z", 11, VersionRule::Calendar),
            ("2024-01-01T00:60:00Z", 14, VersionRule::Calendar),
            ("2024-01-01T00:00:60Z", 17, VersionRule::Calendar),
            ("2024-01-01T00:00:61Z", 17, VersionRule::Calendar),
            ("2024-01-01T00:00:00.Z", 20, VersionRule::Number),
            ("2024-01-01T00:00:00+24:00", 20, VersionRule::Calendar),
            ("2024-01-01T00:00:00+0100", 20, VersionRule::Number),
            ("2024-01-01T00%3A00:00Z", 13, VersionRule::Character),
        ]);
    }

    const MOMENT: &str = "(0000|2023|9999)-(01-01|02-28|12-31)T(00|12|23):(00|59):(00|59|60)(\\.[05]{1,3})?(Z|[+-](00|01|23):(00|59))";

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1_000))]

        #[test]
        fn order_is_total_and_keys_follow_it(a in MOMENT, b in MOMENT, c in MOMENT) {
            order_is_total_and_the_keys_follow::<Moment>([&a, &b, &c])?;
        }
    }
}
