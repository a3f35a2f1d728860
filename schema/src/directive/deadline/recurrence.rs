//! Recurrences: the first date, and the next as of a moment.
//!
//! Periods are counted from the anchor, in one step each time and not from one date to the next: a month after 31 January is
//! the last of February, two months after it 31 March. A roll moves a date and none of those after it.

use super::business::BusinessDays;
use super::clock::{Clock, Stop, end};
use super::explanation::{Step, Trail};
use super::{Deadline, Unsupported};
use crate::DateTime;
use crate::directive::{Anchor, DayOrTime, Every, Unit};
use crate::limits::BUSINESS_DAY_WALK;

/// The most seconds that one of each unit can last, daylight saving included.
const LONGEST_SECONDS: [(&str, i64); 5] =
    [("hour", 3_600), ("day", 90_000), ("week", 608_400), ("month", 2_682_000), ("year", 31_626_000)];

/// The most seconds by which a roll moves a date, a little more than [`crate::limits::ROLL_WALK`].
const LONGEST_ROLL: i64 = 400 * 86_400;

/// A recurrence with what its arithmetic needs.
struct Periods<'a> {
    every: &'a Every,
    from: DayOrTime,
    days: Option<BusinessDays<'a>>,
}

/// A date of a recurrence: which one, the day before the roll, and the last second after it.
struct Nth {
    number: i64,
    on: DayOrTime,
    end: DateTime,
}

impl<'a> Clock<'a> {
    pub(super) fn recurring(&self, every: &'a Every, trail: &mut Trail) -> Result<Deadline, Stop> {
        if every.n == 0 {
            return Err(Unsupported::NoDate.into());
        }
        let from = self.anchor(&every.from, trail)?;
        let days = self.business_days(&every.unit, every.roll.as_ref(), every.calendar.as_deref())?;
        if days.is_some() {
            trail.note(|| Step::Calendar { calendar: every.calendar.clone() });
        }
        let periods = Periods { every, from, days };
        let first = self.nth(&periods, from, 1, &mut Trail::none())?;
        let next = self.next(&periods)?;
        let until = every.until.as_ref().map(|anchor| (anchor, self.ending(anchor)));
        if let Some((anchor, Some(ends))) = until
            && next.end > ends
        {
            trail.note(|| Step::Until { anchor: anchor.clone(), at: Some(ends) });
            return Ok(Deadline::Over { until: anchor.clone(), at: ends });
        }
        self.nth(&periods, from, next.number, trail)?;
        trail.note(|| Step::Recurs { first: first.end, number: next.number, next: next.end });
        if let Some((anchor, at)) = until {
            trail.note(|| Step::Until { anchor: anchor.clone(), at });
        }
        Ok(Deadline::Recurring { first: first.end, next: next.end, until: every.until.clone() })
    }

    /// The last moment of the event that ends a recurrence. One that has not happened, or cannot be computed, ends nothing.
    fn ending(&self, until: &Anchor) -> Option<DateTime> {
        self.anchor(until, &mut Trail::none()).ok().map(|on| on.end(&self.zone))
    }

    fn nth(
        &self,
        periods: &Periods<'_>,
        from: DayOrTime,
        number: i64,
        trail: &mut Trail,
    ) -> Result<Nth, Stop> {
        let every = periods.every;
        let n = number.saturating_mul(i64::from(every.n));
        let on = self.later(from, n, &every.unit, periods.days.as_ref(), trail)?;
        let rolled = self.rolled(on, every.roll.as_ref(), periods.days.as_ref(), trail)?;
        Ok(Nth { number, on, end: end(rolled, &self.zone, trail) })
    }

    /// The first date that is not before the moment asked about.
    fn next(&self, periods: &Periods<'_>) -> Result<Nth, Stop> {
        let mut next = self.nth(periods, periods.from, self.passed(periods).max(1), &mut Trail::none())?;
        let in_business_days = periods.every.unit == Unit::BusinessDay;
        while next.end < self.as_of {
            let number = next.number.saturating_add(1);
            let later = if in_business_days {
                // Each step of the walk costs a period alone, as counting from the anchor would not.
                Nth { number, ..self.nth(periods, next.on, 1, &mut Trail::none())? }
            } else {
                self.nth(periods, periods.from, number, &mut Trail::none())?
            };
            let too_far = in_business_days && number > i64::from(BUSINESS_DAY_WALK);
            if too_far || !goes_on(next.on, later.on) {
                return Err(Unsupported::NoDate.into());
            }
            next = later;
        }
        Ok(next)
    }

    /// So many periods have certainly passed; the rest are walked.
    fn passed(&self, periods: &Periods<'_>) -> i64 {
        let Periods { every, from, .. } = periods;
        let longest = LONGEST_SECONDS.iter().find(|(unit, _)| *unit == every.unit.as_str());
        let Some((_, longest)) = longest else { return 1 };
        let elapsed = self.as_of.unix_seconds().saturating_sub(from.begin(&self.zone).unix_seconds());
        let elapsed = elapsed.saturating_sub(if every.roll.is_some() { LONGEST_ROLL } else { 0 });
        elapsed.checked_div(longest.saturating_mul(i64::from(every.n))).unwrap_or(0)
    }
}

/// Days are compared and not their ends: one that the zone leaves out ends where the one before it does.
fn goes_on(from: DayOrTime, to: DayOrTime) -> bool {
    match (from, to) {
        (DayOrTime::Day(from), DayOrTime::Day(to)) => from < to,
        (DayOrTime::Time(from), DayOrTime::Time(to)) => from < to,
        (DayOrTime::Day(_), DayOrTime::Time(_)) | (DayOrTime::Time(_), DayOrTime::Day(_)) => false,
    }
}
