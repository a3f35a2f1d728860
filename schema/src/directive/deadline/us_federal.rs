//! The legal public holidays of the United States, computed from the statute: 5 U.S.C. 6103.
//!
//! Subsection (a) lists the days. Where one falls on a Saturday, the Friday before is the holiday of those who work Monday
//! to Friday (subsection (b)(1)); where one falls on a Sunday, the Monday after is (Executive Order 11582, section 3). So
//! New Year's Day of 2022 was observed on 31 December 2021. Inauguration Day is a holiday around the District of Columbia
//! alone (subsection (c)): that is the calendar `us-federal-dc`; on a Saturday it moves nowhere.
//!
//! Days are right from 1978, when Veterans Day went back to 11 November. Not here: days that a President gives off by order
//! (24 December 2024), which a directive adds in a calendar of its own, and whether an office is open.

use jiff::ToSpan;
use jiff::civil::{Date, Weekday};

/// The name of the calendar of every federal office.
pub const US_FEDERAL: &str = "us-federal";

/// The name of the calendar with Inauguration Day.
pub const US_FEDERAL_DC: &str = "us-federal-dc";

/// Whether Inauguration Day counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum InaugurationDay {
    /// Around the District of Columbia.
    Observed,
    /// Everywhere else.
    Ignored,
}

/// A holiday, and whether this is its own day or the one on which it is observed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Federal {
    pub(super) name: &'static str,
    pub(super) observed: bool,
}

/// The holiday that falls on a day or is observed on it.
pub(super) fn holiday(day: Date, inauguration: InaugurationDay) -> Option<Federal> {
    let own = |name| Federal { name, observed: false };
    let observed = |day: Option<Date>| day.and_then(fixed).map(|name| Federal { name, observed: true });
    fixed(day)
        .or_else(|| by_weekday(day))
        .or_else(|| (inauguration == InaugurationDay::Observed).then(|| inauguration_day(day)).flatten())
        .map(own)
        .or_else(|| match day.weekday() {
            Weekday::Friday => observed(day.tomorrow().ok()),
            Weekday::Monday => observed(day.yesterday().ok()),
            _ => None,
        })
}

/// Holidays of a date.
fn fixed(day: Date) -> Option<&'static str> {
    match (day.month(), day.day()) {
        (1, 1) => Some("New Year's Day"),
        // Public Law 117-17, of 17 June 2021.
        (6, 19) if day.year() >= 2021 => Some("Juneteenth National Independence Day"),
        (7, 4) => Some("Independence Day"),
        (11, 11) => Some("Veterans Day"),
        (12, 25) => Some("Christmas Day"),
        _ => None,
    }
}

/// Holidays of a Monday, and Thanksgiving Day.
fn by_weekday(day: Date) -> Option<&'static str> {
    // 1 for the first day of its name in the month.
    let nth = day.day().saturating_add(6).checked_div(7)?;
    match (day.weekday(), day.month(), nth) {
        // Public Law 98-144: from 1986.
        (Weekday::Monday, 1, 3) if day.year() >= 1986 => Some("Birthday of Martin Luther King, Jr."),
        (Weekday::Monday, 2, 3) => Some("Washington's Birthday"),
        (Weekday::Monday, 5, _) if day.day() > 24 => Some("Memorial Day"),
        (Weekday::Monday, 9, 1) => Some("Labor Day"),
        (Weekday::Monday, 10, 2) => Some("Columbus Day"),
        (Weekday::Thursday, 11, 4) => Some("Thanksgiving Day"),
        _ => None,
    }
}

/// 20 January of each fourth year after 1965; where that is a Sunday, the day after it.
fn inauguration_day(day: Date) -> Option<&'static str> {
    let of_a_term = day.year() > 1965 && day.year() % 4 == 1 && day.month() == 1;
    let sunday_before = || day.checked_sub(1.day()).is_ok_and(|before| before.weekday() == Weekday::Sunday);
    let is_the_day = match day.day() {
        20 => day.weekday() != Weekday::Sunday,
        21 => sunday_before(),
        _ => false,
    };
    (of_a_term && is_the_day).then_some("Inauguration Day")
}

#[cfg(test)]
mod tests {
    use alloc::string::String;
    use alloc::vec::Vec;

    use super::*;

    fn of(year: i16) -> Vec<String> {
        let mut day = jiff::civil::date(year, 1, 1);
        let mut found = Vec::new();
        while day.year() == year {
            if let Some(Federal { name, observed }) = holiday(day, InaugurationDay::Ignored) {
                let observed = if observed { ", observed" } else { "" };
                found.push(alloc::format!("{day} {name}{observed}"));
            }
            day = day.tomorrow().unwrap();
        }
        found
    }

    #[test]
    fn the_holidays_of_2021_are_those_of_the_statute() {
        assert_eq!(
            of(2021),
            [
                "2021-01-01 New Year's Day",
                "2021-01-18 Birthday of Martin Luther King, Jr.",
                "2021-02-15 Washington's Birthday",
                "2021-05-31 Memorial Day",
                "2021-06-18 Juneteenth National Independence Day, observed",
                "2021-06-19 Juneteenth National Independence Day",
                "2021-07-04 Independence Day",
                "2021-07-05 Independence Day, observed",
                "2021-09-06 Labor Day",
                "2021-10-11 Columbus Day",
                "2021-11-11 Veterans Day",
                "2021-11-25 Thanksgiving Day",
                "2021-12-24 Christmas Day, observed",
                "2021-12-25 Christmas Day",
                // New Year's Day of the year after.
                "2021-12-31 New Year's Day, observed",
            ]
        );
    }

    #[test]
    fn the_holidays_of_2026_are_those_of_the_statute() {
        assert_eq!(
            of(2026),
            [
                "2026-01-01 New Year's Day",
                "2026-01-19 Birthday of Martin Luther King, Jr.",
                "2026-02-16 Washington's Birthday",
                "2026-05-25 Memorial Day",
                "2026-06-19 Juneteenth National Independence Day",
                "2026-07-03 Independence Day, observed",
                "2026-07-04 Independence Day",
                "2026-09-07 Labor Day",
                "2026-10-12 Columbus Day",
                "2026-11-11 Veterans Day",
                "2026-11-26 Thanksgiving Day",
                "2026-12-25 Christmas Day",
            ]
        );
    }

    #[test]
    fn juneteenth_begins_in_2021_and_martin_luther_king_day_in_1986() {
        let is = |year, month, day| {
            holiday(jiff::civil::date(year, month, day), InaugurationDay::Ignored).is_some()
        };
        assert_eq!((is(2020, 6, 19), is(2023, 6, 19)), (false, true));
        // 2022: a Sunday, observed on Monday.
        assert_eq!((is(2022, 6, 20), is(2022, 6, 17)), (true, false));
        assert_eq!((is(1985, 1, 21), is(1986, 1, 20)), (false, true));
    }

    #[test]
    fn inauguration_day_is_an_option_and_moves_from_a_sunday_alone() {
        let is =
            |year, day, option| holiday(jiff::civil::date(year, 1, day), option).map(|federal| federal.name);
        let dc = InaugurationDay::Observed;
        assert_eq!(is(2021, 20, dc), Some("Inauguration Day"));
        assert_eq!(is(2021, 20, InaugurationDay::Ignored), None);
        assert_eq!((is(2022, 20, dc), is(2020, 21, dc)), (None, None));
        // 1985: a Sunday, so the day after it.
        assert_eq!((is(1985, 20, dc), is(1985, 21, dc)), (None, Some("Inauguration Day")));
        // 2001: a Saturday, and no day instead of it.
        assert_eq!((is(2001, 19, dc), is(2001, 20, dc)), (None, Some("Inauguration Day")));
        // 2013: moved to the day that was a holiday already.
        assert_eq!(is(2013, 21, dc), Some("Birthday of Martin Luther King, Jr."));
    }
}
