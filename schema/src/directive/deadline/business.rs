//! Business days: which days count, and how many of them lie between two.

use alloc::borrow::Cow;
use alloc::collections::BTreeMap;
use alloc::string::ToString;
use alloc::vec::Vec;

use jiff::civil::Date;

use super::Unsupported;
use super::explanation::Skipped;
use super::us_federal::{self, InaugurationDay, US_FEDERAL, US_FEDERAL_DC};
use crate::directive::{Calendar, Day, Directive, Holiday, Weekday};
use crate::limits::{BUSINESS_DAY_WALK, CALENDAR_BASES, ROLL_WALK};

/// The calendars that every directive can name.
pub const BUILT_IN: [&str; 2] = [US_FEDERAL, US_FEDERAL_DC];

/// The days of a calendar, its bases included.
pub(super) struct BusinessDays<'a> {
    weekend: Option<&'a [Weekday]>,
    holidays: BTreeMap<Date, &'a str>,
    federal: Option<InaugurationDay>,
}

/// Why a day is no business day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Off<'a> {
    Weekend,
    Holiday(Cow<'a, str>),
}

impl<'a> BusinessDays<'a> {
    /// The calendar of this name; without a name every day but Saturday and Sunday, which is never later than with
    /// holidays. A calendar of the directive comes before a built-in one.
    pub(super) fn of(directive: &'a Directive, name: Option<&str>) -> Result<Self, Unsupported> {
        let mut days = Self { weekend: None, holidays: BTreeMap::new(), federal: None };
        let unknown = || Unsupported::Calendar { calendar: name.unwrap_or_default().into() };
        let mut next = name;
        for _ in 0..=CALENDAR_BASES {
            let Some(id) = next else { return Ok(days) };
            match (directive.calendars.iter().find(|calendar| calendar.id == id), id) {
                (Some(calendar), _) => next = days.add(calendar)?,
                (None, US_FEDERAL) => return Ok(days.with(InaugurationDay::Ignored)),
                (None, US_FEDERAL_DC) => return Ok(days.with(InaugurationDay::Observed)),
                (None, _) => return Err(unknown()),
            }
        }
        Err(unknown())
    }

    /// The calendar's own days, nearest first: what it says goes before what its base says.
    fn add(&mut self, calendar: &'a Calendar) -> Result<Option<&'a str>, Unsupported> {
        if let Some(weekend) = &calendar.weekend {
            if let Some(word) = weekend.iter().find(|word| !word.is_known()) {
                return Err(Unsupported::Weekday { weekday: word.to_string() });
            }
            self.weekend.get_or_insert(weekend);
        }
        for Holiday { day: Day(day), name } in &calendar.holidays {
            self.holidays.entry(*day).or_insert(name);
        }
        Ok(calendar.base.as_deref())
    }

    fn with(self, inauguration: InaugurationDay) -> Self {
        Self { federal: Some(inauguration), ..self }
    }

    /// Why a day is no business day; `None` where it is one.
    pub(super) fn off(&self, day: Date) -> Option<Off<'a>> {
        let weekday = Weekday::of(day);
        let weekend = self
            .weekend
            .map_or(matches!(weekday, Weekday::Saturday | Weekday::Sunday), |days| days.contains(&weekday));
        if weekend {
            return Some(Off::Weekend);
        }
        if let Some(name) = self.holidays.get(&day) {
            return Some(Off::Holiday(Cow::Borrowed(name)));
        }
        let federal = us_federal::holiday(day, self.federal?)?;
        Some(Off::Holiday(if federal.observed {
            Cow::Owned(alloc::format!("{}, observed", federal.name))
        } else {
            Cow::Borrowed(federal.name)
        }))
    }

    /// The n-th business day after a day, and the days that were passed without being counted.
    pub(super) fn after(&self, from: Date, n: i64) -> Result<(Date, Skipped), Unsupported> {
        let mut skipped = Skipped::default();
        let (mut day, mut left) = (from, n);
        for _ in 0..BUSINESS_DAY_WALK {
            if left <= 0 {
                return Ok((day, skipped));
            }
            day = day.tomorrow().map_err(|_| Unsupported::NoDate)?;
            match self.off(day) {
                None => left = left.saturating_sub(1),
                Some(off) => skipped.add(day, off),
            }
        }
        if left <= 0 { Ok((day, skipped)) } else { Err(Unsupported::NoDate) }
    }

    /// The day itself where it is a business day, or else the next that is.
    pub(super) fn roll(&self, from: Date) -> Result<(Date, Skipped), Unsupported> {
        let mut skipped = Skipped::default();
        let mut day = from;
        for _ in 0..ROLL_WALK {
            let Some(off) = self.off(day) else { return Ok((day, skipped)) };
            skipped.add(day, off);
            day = day.tomorrow().map_err(|_| Unsupported::NoDate)?;
        }
        Err(Unsupported::NoDate)
    }
}

impl Skipped {
    fn add(&mut self, day: Date, off: Off<'_>) {
        match off {
            Off::Weekend => self.weekend_days = self.weekend_days.saturating_add(1),
            Off::Holiday(name) => self.holidays.push(Holiday { day: Day(day), name: name.into_owned() }),
        }
    }
}

/// Why a day is no business day in a calendar, in words: `Saturday`, or the name of the holiday.
///
/// # Errors
/// Where the calendar is not there.
pub fn why_off(
    directive: &Directive,
    calendar: Option<&str>,
    day: Date,
) -> Result<Option<alloc::string::String>, Unsupported> {
    Ok(BusinessDays::of(directive, calendar)?.off(day).map(|off| off.in_words(day)))
}

impl Off<'_> {
    pub(super) fn in_words(self, day: Date) -> alloc::string::String {
        match self {
            Self::Holiday(name) => name.into_owned(),
            Self::Weekend => {
                let weekday = Weekday::of(day);
                let mut letters = weekday.as_str().chars();
                letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect()
            }
        }
    }
}

/// The ids of the calendars that a due could name.
pub fn known(directive: &Directive) -> Vec<&str> {
    directive.calendars.iter().map(|calendar| calendar.id.as_str()).chain(BUILT_IN).collect()
}
