//! Moments as a person reads them.

use interdict_schema::DateTime;
use interdict_schema::directive::DayOrTime;
use jiff::tz::TimeZone;

/// A moment on the calendar and clock of a zone: `Fri 13 Oct 2017, 23:59 EDT`.
pub fn in_zone(moment: DateTime, zone: &TimeZone) -> String {
    moment.timestamp().to_zoned_datetime(zone.clone()).strftime("%a %-d %b %Y, %H:%M %Z").to_string()
}

/// Since when, on the calendar of a zone: the day alone where it is the day's first moment, `Wed 6 Jan 2021`.
pub(super) fn since(moment: DateTime, zone: &TimeZone) -> String {
    let there = moment.timestamp().to_zoned_datetime(zone.clone());
    match there.start_of_day() {
        Ok(first) if first == there => there.strftime("%a %-d %b %Y").to_string(),
        _ => in_zone(moment, zone),
    }
}

/// A moment with its offset and zone (RFC 9557): `2017-10-13T23:59:59-04:00[America/New_York]`.
pub(super) fn zoned(moment: DateTime, zone: &TimeZone) -> String {
    moment.timestamp().to_zoned_datetime(zone.clone()).to_string()
}

/// A day or moment of a directive, in the issuer's zone: `Wed 13 Sep 2017 (America/New_York)`; a moment also in local time.
pub(super) fn day_or_time(on: DayOrTime, zone: &TimeZone, zone_name: &str, local: &TimeZone) -> String {
    match on {
        DayOrTime::Day(day) => format!("{} ({zone_name})", day.strftime("%a %-d %b %Y")),
        DayOrTime::Time(moment) => {
            let (theirs, ours) = (in_zone(moment, zone), in_zone(moment, local));
            if theirs == ours { theirs } else { format!("{theirs} (local: {ours})") }
        }
    }
}
