//! The time until a deadline, in words.
//!
//! Days are counted on the calendar of a zone, the way a person counts them: at noon on the 3rd, the end of the 5th
//! is in two days. What is overdue is decided by the instants alone.

use interdict_schema::DateTime;
use jiff::tz::TimeZone;

/// Midnights between now and the deadline on the calendar of `zone`: 0 today, negative when it was on an earlier day.
pub fn days_until(now: DateTime, due: DateTime, zone: &TimeZone) -> i64 {
    let (today, day) = (zone.to_datetime(now.timestamp()).date(), zone.to_datetime(due.timestamp()).date());
    // A span between two dates is in days; it exists, because both are within jiff's years.
    today.until(day).map_or(0, |span| i64::from(span.get_days()))
}

/// "in 3 days", "tomorrow", "today, in 5 hours", "12 days overdue".
pub fn in_words(now: DateTime, due: DateTime, zone: &TimeZone) -> String {
    let days = days_until(now, due, zone);
    let seconds = due.unix_seconds() - now.unix_seconds();
    if now > due {
        return match -days {
            0 => format!("{} overdue", short(-seconds)),
            days => format!("{} overdue", count(days, "day")),
        };
    }
    match days {
        0 => format!("today, in {}", short(seconds)),
        1 => "tomorrow".to_owned(),
        days => format!("in {}", count(days, "day")),
    }
}

/// A span of less than a day, in its largest whole unit.
fn short(seconds: i64) -> String {
    match seconds {
        3600.. => count(seconds / 3600, "hour"),
        60.. => count(seconds / 60, "minute"),
        _ => "less than a minute".to_owned(),
    }
}

fn count(number: i64, unit: &str) -> String {
    if number == 1 { format!("1 {unit}") } else { format!("{number} {unit}s") }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

    use super::*;

    fn words(now: &str, due: &str, zone: &str) -> String {
        in_words(now.parse().unwrap(), due.parse().unwrap(), &TimeZone::get(zone).unwrap())
    }

    #[test]
    fn days_are_those_of_the_calendar() {
        let due = "2017-10-14T03:59:59Z";
        assert_eq!(words("2017-09-13T12:00:00Z", due, "America/New_York"), "in 30 days");
        assert_eq!(words("2017-10-11T12:00:00Z", due, "America/New_York"), "in 2 days");
        assert_eq!(words("2017-10-12T12:00:00Z", due, "America/New_York"), "tomorrow");
        assert_eq!(words("2017-10-13T12:00:00Z", due, "America/New_York"), "today, in 15 hours");
        // The same deadline falls on the next day elsewhere.
        assert_eq!(words("2017-10-13T12:00:00Z", due, "UTC"), "tomorrow");
    }

    #[test]
    fn the_second_before_at_and_after() {
        let due = "2017-10-14T03:59:59Z";
        let zone = "America/New_York";
        assert_eq!(words("2017-10-14T03:59:58Z", due, zone), "today, in less than a minute");
        assert_eq!(words("2017-10-14T03:59:59Z", due, zone), "today, in less than a minute");
        assert_eq!(words("2017-10-14T04:00:00Z", due, zone), "1 day overdue");
        assert_eq!(words("2017-10-14T04:00:00Z", due, "UTC"), "less than a minute overdue");
    }

    #[test]
    fn what_is_overdue_says_how_long() {
        let due = "2017-10-14T03:59:59Z";
        let zone = "America/New_York";
        assert_eq!(words("2017-10-25T12:00:00Z", due, zone), "12 days overdue");
        assert_eq!(words("2017-10-14T05:00:00Z", "2017-10-14T04:30:00Z", "UTC"), "30 minutes overdue");
        assert_eq!(words("2017-10-14T06:00:00Z", "2017-10-14T05:00:00Z", "UTC"), "1 hour overdue");
        assert_eq!(words("2017-10-14T05:00:00Z", "2017-10-14T05:01:00Z", "UTC"), "today, in 1 minute");
    }

    #[test]
    fn a_change_of_the_clocks_changes_no_count() {
        // Clocks go back on 5 November 2017 in New York, so the day has 25 hours.
        assert_eq!(words("2017-11-04T12:00:00Z", "2017-11-07T04:59:59Z", "America/New_York"), "in 2 days");
    }
}
