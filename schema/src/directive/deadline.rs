//! The arithmetic of deadlines, in one place.
//!
//! A clock that has not started is a state and not a guess, and so is one that this version cannot compute. "Within N
//! days" ends with the last second of that day in the issuer's zone. Nothing here reads a clock.

use alloc::collections::BTreeMap;
use alloc::string::String;

use jiff::Span;
use jiff::civil::Date;
use jiff::tz::{TimeZone, TimeZoneDatabase};

use super::{Action, Anchor, DayOrTime, Directive, Due, Every, Offset, Subject, Unit};
use crate::DateTime;

/// What has happened, as far as clocks run from it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Events {
    /// When the subject was first found on the asset.
    pub detected: Option<DateTime>,
    /// When the agency was notified.
    pub notified: Option<DateTime>,
    /// When actions were completed, by id.
    pub completed: BTreeMap<String, DateTime>,
    /// Outside events, by name.
    pub outside: BTreeMap<String, DateTime>,
}

/// The answer to "by when".
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Deadline {
    /// One date.
    Once {
        /// The day or moment that the directive means.
        on: DayOrTime,
        /// The first second of it.
        begin: DateTime,
        /// The last second of it: the deadline.
        end: DateTime,
    },
    /// A date that recurs.
    Recurring {
        /// The first deadline.
        first: DateTime,
        /// The first deadline that is not before the moment asked about.
        next: DateTime,
        /// The event that ends it.
        until: Option<Anchor>,
    },
    /// At all times from here on.
    Ongoing {
        /// When the obligation begins.
        from: DateTime,
    },
    /// The clock has not started: it runs from this event.
    RunsFrom(Anchor),
    /// Each subject has its own date, and none was named.
    BySubject,
    /// This version cannot compute it.
    Unsupported(Unsupported),
}

/// Why a deadline cannot be computed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unsupported {
    /// The directive's zone, or the date's, is not a zone of the IANA database.
    #[error("unknown zone {zone:?}")]
    Zone {
        /// The name found.
        zone: String,
    },
    /// Business days, or a word that is not known.
    #[error("unit {unit:?} cannot be counted yet")]
    Unit {
        /// The unit found.
        unit: String,
    },
    /// An anchor that is not known.
    #[error("unknown anchor {anchor:?}")]
    Anchor {
        /// The anchor found.
        anchor: String,
    },
    /// A decision table.
    #[error("the deadline follows from table {table:?}, which cannot be evaluated yet")]
    Table {
        /// The table's id.
        table: String,
    },
    /// A deadline that refers to itself, or to an action or date that is not there.
    #[error("the deadline refers to {target:?}, which leads nowhere")]
    Dangling {
        /// What it refers to.
        target: String,
    },
    /// No date at all, or one beyond the year 9999.
    #[error("no date can be computed")]
    NoDate,
}

/// The zone of this name, from the bundled IANA database, never from the machine's own files.
///
/// # Errors
/// [`Unsupported::Zone`] where there is none of this name.
pub fn zone(name: &str) -> Result<TimeZone, Unsupported> {
    TimeZoneDatabase::bundled().get(name).map_err(|_| Unsupported::Zone { zone: name.into() })
}

/// By when an action is due; `None` where it has no date.
///
/// `subject` matters where the date differs by subject; `as_of` chooses the next date of a recurring deadline.
pub fn deadline(
    directive: &Directive,
    action: &Action,
    subject: Option<&Subject>,
    events: &Events,
    as_of: DateTime,
) -> Option<Deadline> {
    let due = action.due.as_ref()?;
    let computed = zone(&directive.zone)
        .map_err(Stop::from)
        .and_then(|zone| Clock { directive, subject, events, zone, depth: 0 }.deadline(due, as_of));
    Some(computed.unwrap_or_else(|stop| match stop {
        Stop::RunsFrom(anchor) => Deadline::RunsFrom(anchor),
        Stop::BySubject => Deadline::BySubject,
        Stop::Unsupported(reason) => Deadline::Unsupported(reason),
    }))
}

/// Why there is no date yet.
enum Stop {
    RunsFrom(Anchor),
    BySubject,
    Unsupported(Unsupported),
}

impl From<Unsupported> for Stop {
    fn from(reason: Unsupported) -> Self {
        Self::Unsupported(reason)
    }
}

/// References that are followed from one deadline to the next before they count as a circle.
const MAX_REFERENCES: u8 = 16;

struct Clock<'a> {
    directive: &'a Directive,
    subject: Option<&'a Subject>,
    events: &'a Events,
    zone: TimeZone,
    depth: u8,
}

impl Clock<'_> {
    fn deadline(&self, due: &Due, as_of: DateTime) -> Result<Deadline, Stop> {
        if let Some(every) = &due.every {
            return self.recurring(every, as_of);
        }
        if due.ongoing {
            return Ok(Deadline::Ongoing { from: self.directive.effective().begin(&self.zone) });
        }
        let (on, zone) = self.once(due)?;
        Ok(Deadline::Once { on, begin: on.begin(&zone), end: on.end(&zone) })
    }

    /// The date of a due that has one, and the zone in which its day ends.
    fn once(&self, due: &Due) -> Result<(DayOrTime, TimeZone), Stop> {
        if let Some(at) = &due.at {
            let own = at.zone.as_deref().map(zone).transpose()?;
            return Ok((at.time, own.unwrap_or_else(|| self.zone.clone())));
        }
        if let Some(offset) = &due.offset {
            return Ok((self.offset(offset)?, self.zone.clone()));
        }
        if let Some(table) = &due.table {
            return Err(Unsupported::Table { table: table.clone() }.into());
        }
        if due.by_subject {
            let subject = self.subject.ok_or(Stop::BySubject)?;
            let own = subject.due.ok_or_else(|| Unsupported::Dangling { target: subject.id.clone() })?;
            return Ok((own, self.zone.clone()));
        }
        Err(Unsupported::NoDate.into())
    }

    fn offset(&self, offset: &Offset) -> Result<DayOrTime, Stop> {
        // A roll moves a date later at most; leaving it out errs towards the earlier, safer day. The directive counts as
        // unsupported all the same: see `super::unsupported`.
        self.step(self.anchor(&offset.anchor)?, i64::from(offset.n), &offset.unit)
    }

    fn step(&self, from: DayOrTime, n: i64, unit: &Unit) -> Result<DayOrTime, Stop> {
        let days = |span: Span| from.day(&self.zone).checked_add(span).map(DayOrTime::Day);
        let stepped: Result<DayOrTime, _> = match unit {
            Unit::Hour => {
                Ok(DayOrTime::Time(from.begin(&self.zone).saturating_add_seconds(n.saturating_mul(3_600))))
            }
            Unit::Day => Span::new().try_days(n).and_then(days),
            Unit::Week => Span::new().try_weeks(n).and_then(days),
            Unit::Month => Span::new().try_months(n).and_then(days),
            Unit::Year => Span::new().try_years(n).and_then(days),
            Unit::BusinessDay | Unit::Other(_) => {
                return Err(Unsupported::Unit { unit: unit.as_str().into() }.into());
            }
        };
        match stepped {
            Ok(DayOrTime::Day(day)) if day == Date::MAX => Err(Unsupported::NoDate.into()),
            Ok(on) => Ok(on),
            Err(_) => Err(Unsupported::NoDate.into()),
        }
    }

    fn recurring(&self, every: &Every, as_of: DateTime) -> Result<Deadline, Stop> {
        let from = self.anchor(&every.from)?;
        let nth = |count: i64| {
            self.step(from, count.saturating_mul(i64::from(every.n)), &every.unit)
                .map(|on| on.end(&self.zone))
        };
        let first = nth(1)?;
        let longest = LONGEST_SECONDS
            .iter()
            .find(|(unit, _)| *unit == every.unit.as_str())
            .map_or(i64::MAX, |(_, seconds)| *seconds);
        let elapsed = as_of.unix_seconds().saturating_sub(from.begin(&self.zone).unix_seconds());
        let period = longest.saturating_mul(i64::from(every.n.max(1)));
        // So many periods have certainly passed; the rest are walked.
        let mut count = elapsed.checked_div(period).unwrap_or(0).max(1);
        let mut next = nth(count)?;
        while next < as_of {
            count = count.saturating_add(1);
            let later = nth(count)?;
            if later <= next {
                return Err(Unsupported::NoDate.into());
            }
            next = later;
        }
        Ok(Deadline::Recurring { first, next, until: every.until.clone() })
    }

    fn anchor(&self, anchor: &Anchor) -> Result<DayOrTime, Stop> {
        let happened = |event: Option<DateTime>| {
            event.map(DayOrTime::Time).ok_or_else(|| Stop::RunsFrom(anchor.clone()))
        };
        match anchor {
            Anchor::Issued => Ok(self.directive.issued),
            Anchor::Effective => Ok(*self.directive.effective()),
            Anchor::Date(date) => Ok(*date),
            Anchor::Listed => {
                let subject = self.subject.ok_or(Stop::BySubject)?;
                subject.listed.ok_or_else(|| Unsupported::Dangling { target: subject.id.clone() }.into())
            }
            Anchor::Detected => happened(self.events.detected),
            Anchor::Notified => happened(self.events.notified),
            Anchor::Action(id) => happened(self.events.completed.get(id).copied()),
            Anchor::Event(name) => happened(self.events.outside.get(name).copied()),
            Anchor::Due(id) => {
                let dangling = || Unsupported::Dangling { target: id.clone() };
                if self.depth >= MAX_REFERENCES {
                    return Err(dangling().into());
                }
                let due =
                    self.directive.action(id).and_then(|action| action.due.as_ref()).ok_or_else(dangling)?;
                let deeper = Clock { zone: self.zone.clone(), depth: self.depth.saturating_add(1), ..*self };
                deeper.once(due).map(|(on, _)| on)
            }
            Anchor::EarliestOf(several) => self.earliest(several, anchor),
            Anchor::Other(text) => Err(Unsupported::Anchor { anchor: text.clone() }.into()),
        }
    }

    /// The earliest of the events that have happened: one that has not cannot come before them.
    fn earliest(&self, several: &[Anchor], whole: &Anchor) -> Result<DayOrTime, Stop> {
        let mut earliest: Option<DayOrTime> = None;
        for anchor in several {
            match self.anchor(anchor) {
                Ok(on) if earliest.is_none_or(|known| on.begin(&self.zone) < known.begin(&self.zone)) => {
                    earliest = Some(on);
                }
                Ok(_) | Err(Stop::RunsFrom(_)) => {}
                Err(stop) => return Err(stop),
            }
        }
        earliest.ok_or_else(|| Stop::RunsFrom(whole.clone()))
    }
}

/// The most seconds that one of each unit can last, daylight saving included.
const LONGEST_SECONDS: [(&str, i64); 5] =
    [("hour", 3_600), ("day", 90_000), ("week", 608_400), ("month", 2_682_000), ("year", 31_626_000)];

#[cfg(test)]
mod tests {
    use alloc::string::ToString;

    use super::*;

    fn directive(dues: &str) -> Directive {
        let text = alloc::format!(
            r#"{{"format":"interdict-directive/1","id":"T-1","revision":1,"status":"in-force","title":"t","issuer":"i",
            "zone":"America/New_York","issued":"2017-09-13","actions":[{dues}]}}"#
        );
        Directive::parse(text.as_bytes()).unwrap().value
    }

    fn of(due: &str, as_of: &str) -> Deadline {
        let directive = directive(&alloc::format!(
            r#"{{"id":"a","modality":"must","kind":"remove","due":{due}}},
            {{"id":"begin","modality":"must","kind":"begin-removal","due":{{"offset":{{"n":90,"unit":"day","anchor":"issued"}}}}}},
            {{"id":"loop","modality":"must","kind":"report","due":{{"offset":{{"n":1,"unit":"day","anchor":"due:loop"}}}}}}"#
        ));
        deadline(&directive, directive.action("a").unwrap(), None, &Events::default(), as_of.parse().unwrap())
            .unwrap()
    }

    fn end(due: &str) -> String {
        match of(due, "2017-09-13T00:00:00Z") {
            Deadline::Once { end, .. } => end.to_string(),
            other => alloc::format!("{other:?}"),
        }
    }

    #[test]
    fn within_30_days_ends_with_the_last_second_of_that_day_in_the_issuers_zone() {
        assert_eq!(end(r#"{"offset":{"n":30,"unit":"day","anchor":"issued"}}"#), "2017-10-14T03:59:59Z");
        // Daylight saving has ended by then: five hours from UTC and not four.
        assert_eq!(end(r#"{"offset":{"n":60,"unit":"day","anchor":"issued"}}"#), "2017-11-13T04:59:59Z");
    }

    #[test]
    fn hours_run_from_the_moment_and_calendar_units_keep_to_the_calendar() {
        assert_eq!(
            end(r#"{"offset":{"n":48,"unit":"hour","anchor":"2021-03-03T17:00:00Z"}}"#),
            "2021-03-05T17:00:00Z"
        );
        assert_eq!(end(r#"{"offset":{"n":1,"unit":"month","anchor":"2024-01-31"}}"#), "2024-03-01T04:59:59Z");
        assert_eq!(end(r#"{"offset":{"n":2,"unit":"week","anchor":"issued"}}"#), "2017-09-28T03:59:59Z");
        assert_eq!(end(r#"{"offset":{"n":1,"unit":"year","anchor":"2024-02-29"}}"#), "2025-03-01T04:59:59Z");
    }

    #[test]
    fn a_report_every_30_days_after_day_90_is_first_due_on_11_january_2018() {
        let every =
            r#"{"edge":"report","every":{"n":30,"unit":"day","from":"due:begin","until":"action:a"}}"#;
        let at = |as_of: &str| match of(every, as_of) {
            Deadline::Recurring { first, next, until } => (first.to_string(), next.to_string(), until),
            other => (alloc::format!("{other:?}"), String::new(), None),
        };
        let until = Some(Anchor::Action("a".into()));
        let first = "2018-01-12T04:59:59Z";
        assert_eq!(at("2017-09-13T00:00:00Z"), (first.into(), first.into(), until.clone()));
        assert_eq!(at(first), (first.into(), first.into(), until.clone()));
        assert_eq!(at("2018-01-12T05:00:00Z"), (first.into(), "2018-02-11T04:59:59Z".into(), until.clone()));
        assert_eq!(at("2026-11-24T00:00:00Z").1, "2026-11-26T04:59:59Z");
    }

    #[test]
    fn a_clock_that_has_not_started_is_a_state() {
        let due = r#"{"offset":{"n":15,"unit":"day","anchor":"detected"}}"#;
        assert_eq!(of(due, "2017-09-13T00:00:00Z"), Deadline::RunsFrom(Anchor::Detected));
        let either = r#"{"offset":{"n":1,"unit":"day","anchor":"earliest-of:issued,detected"}}"#;
        assert_eq!(end(either), "2017-09-15T03:59:59Z");
    }

    #[test]
    fn what_cannot_be_computed_is_said_and_not_guessed() {
        for (due, reason) in [
            (
                r#"{"offset":{"n":10,"unit":"business-day","anchor":"issued"}}"#,
                Unsupported::Unit { unit: "business-day".into() },
            ),
            (
                r#"{"offset":{"n":1,"unit":"day","anchor":"moonrise"}}"#,
                Unsupported::Anchor { anchor: "moonrise".into() },
            ),
            (
                r#"{"offset":{"n":1,"unit":"day","anchor":"due:loop"}}"#,
                Unsupported::Dangling { target: "loop".into() },
            ),
            (
                r#"{"offset":{"n":1,"unit":"day","anchor":"due:nowhere"}}"#,
                Unsupported::Dangling { target: "nowhere".into() },
            ),
            (r#"{"offset":{"n":4294967295,"unit":"year","anchor":"issued"}}"#, Unsupported::NoDate),
            (r#"{"offset":{"n":4294967295,"unit":"day","anchor":"issued"}}"#, Unsupported::NoDate),
            (
                r#"{"at":{"time":"2020-01-01","zone":"Mars/Olympus"}}"#,
                Unsupported::Zone { zone: "Mars/Olympus".into() },
            ),
            (r#"{"table":"t"}"#, Unsupported::Table { table: "t".into() }),
            (r#"{"every":{"n":0,"unit":"day","from":"issued"}}"#, Unsupported::NoDate),
            ("{}", Unsupported::NoDate),
        ] {
            assert_eq!(of(due, "2026-11-24T00:00:00Z"), Deadline::Unsupported(reason), "{due}");
        }
    }
}
