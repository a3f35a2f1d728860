//! One clock of a directive: from the event on which it starts to the day on which it ends.

use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::string::ToString;
use alloc::vec::Vec;

use jiff::Span;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::business::BusinessDays;
use super::decision::{self, Known};
use super::explanation::{Step, Trail};
use super::{Deadline, Events, Strictest, Unsupported, zone};
use crate::DateTime;
use crate::directive::{Anchor, Day, DayOrTime, Directive, Due, Offset, Roll, Subject, Table, Unit};

/// Why there is no date yet.
pub(super) enum Stop {
    RunsFrom(Anchor),
    BySubject,
    Unsupported(Unsupported),
    /// A table has the answer, and it is no date.
    Table(Box<Deadline>),
}

impl From<Unsupported> for Stop {
    fn from(reason: Unsupported) -> Self {
        Self::Unsupported(reason)
    }
}

impl From<Stop> for Deadline {
    fn from(stop: Stop) -> Self {
        match stop {
            Stop::RunsFrom(anchor) => Self::RunsFrom(anchor),
            Stop::BySubject => Self::BySubject,
            Stop::Unsupported(reason) => Self::Unsupported(reason),
            Stop::Table(answer) => *answer,
        }
    }
}

/// References that are followed from one deadline to the next before they count as a circle.
const MAX_REFERENCES: u8 = 16;

#[derive(Clone)]
pub(super) struct Clock<'a> {
    pub(super) directive: &'a Directive,
    pub(super) subject: Option<&'a Subject>,
    pub(super) events: &'a Events,
    pub(super) zone: TimeZone,
    pub(super) as_of: DateTime,
    /// Whether an event that has not happened counts as happening at `as_of`: to tell which of several is stricter.
    pub(super) supposing: bool,
    pub(super) depth: u8,
}

impl<'a> Clock<'a> {
    pub(super) fn deadline(&self, due: &'a Due, trail: &mut Trail) -> Result<Deadline, Stop> {
        let found = if let Some(every) = &due.every {
            self.recurring(every, trail)?
        } else if due.ongoing {
            let from = self.directive.effective().begin(&self.zone);
            trail.note(|| Step::Ongoing { from });
            Deadline::Ongoing { from }
        } else if let Some(id) = &due.table {
            let due = self.row(id, trail)?;
            self.deeper(id)?.deadline(due, trail)?
        } else {
            let (on, zone) = self.once(due, trail)?;
            Deadline::Once { on, begin: on.begin(&zone), end: end(on, &zone, trail) }
        };
        if due.unless_directed_otherwise {
            trail.note(|| Step::UnlessDirectedOtherwise);
        }
        Ok(found)
    }

    /// The date of a due that has one, and the zone in which its day ends.
    fn once(&self, due: &'a Due, trail: &mut Trail) -> Result<(DayOrTime, TimeZone), Stop> {
        if let Some(at) = &due.at {
            let own = at.zone.as_deref().map(zone).transpose()?;
            trail.note(|| Step::Fixed { at: at.time, words: at.words.clone() });
            return Ok((at.time, own.unwrap_or_else(|| self.zone.clone())));
        }
        if let Some(offset) = &due.offset {
            return Ok((self.offset(offset, trail)?, self.zone.clone()));
        }
        if let Some(id) = &due.table {
            let due = self.row(id, trail)?;
            return self.deeper(id)?.once(due, trail);
        }
        if due.by_subject {
            let subject = self.subject.ok_or(Stop::BySubject)?;
            let own = subject.due.ok_or_else(|| Unsupported::Dangling { target: subject.id.clone() })?;
            trail.note(|| Step::Subject { subject: subject.id.clone(), due: own });
            return Ok((own, self.zone.clone()));
        }
        Err(Unsupported::NoDate.into())
    }

    /// The same clock one reference further.
    fn deeper(&self, target: &str) -> Result<Clock<'a>, Stop> {
        if self.depth >= MAX_REFERENCES {
            return Err(Unsupported::Dangling { target: target.into() }.into());
        }
        Ok(Clock { depth: self.depth.saturating_add(1), ..self.clone() })
    }

    fn offset(&self, offset: &'a Offset, trail: &mut Trail) -> Result<DayOrTime, Stop> {
        let (roll, calendar) = (offset.roll.as_ref(), offset.calendar.as_deref());
        let from = self.anchor(&offset.anchor, trail)?;
        let days = self.business_days(&offset.unit, roll, calendar)?;
        if days.is_some() {
            trail.note(|| Step::Calendar { calendar: calendar.map(Into::into) });
        }
        let to = self.later(from, i64::from(offset.n), &offset.unit, days.as_ref(), trail)?;
        let rolled = self.rolled(to, roll, days.as_ref(), trail)?;
        if offset.unit != Unit::Hour && roll != Some(&Roll::NextBusinessDay) {
            self.stays(rolled, calendar, trail);
        }
        Ok(rolled)
    }

    /// The business days of a clock that needs them.
    pub(super) fn business_days(
        &self,
        unit: &Unit,
        roll: Option<&Roll>,
        calendar: Option<&'a str>,
    ) -> Result<Option<BusinessDays<'a>>, Stop> {
        if *unit != Unit::BusinessDay && roll.is_none_or(|roll| *roll == Roll::None) && calendar.is_none() {
            return Ok(None);
        }
        Ok(Some(BusinessDays::of(self.directive, calendar)?))
    }

    /// So many units after a day or moment.
    pub(super) fn later(
        &self,
        from: DayOrTime,
        n: i64,
        unit: &Unit,
        days: Option<&BusinessDays<'_>>,
        trail: &mut Trail,
    ) -> Result<DayOrTime, Stop> {
        if *unit == Unit::Hour {
            let to = from.begin(&self.zone).saturating_add_seconds(n.saturating_mul(3_600));
            let to = DayOrTime::Time(to);
            trail.note(|| Step::Later { n, unit: unit.clone(), from, to });
            return Ok(to);
        }
        let start = from.day(&self.zone);
        if let DayOrTime::Time(moment) = from {
            trail.note(|| Step::OnDay { moment, day: Day(start), zone: self.directive.zone.clone() });
        }
        let span = |span: Result<Span, _>| span.and_then(|span| start.checked_add(span)).ok();
        let (on, skipped) = match (unit, days) {
            (Unit::Day, _) => (span(Span::new().try_days(n)), None),
            (Unit::Week, _) => (span(Span::new().try_weeks(n)), None),
            (Unit::Month, _) => (span(Span::new().try_months(n)), None),
            (Unit::Year, _) => (span(Span::new().try_years(n)), None),
            (Unit::BusinessDay, Some(days)) => {
                let (on, skipped) = days.after(start, n)?;
                (Some(on), Some(skipped))
            }
            (Unit::BusinessDay, None) | (Unit::Hour | Unit::Other(_), _) => {
                return Err(Unsupported::Unit { unit: unit.as_str().into() }.into());
            }
        };
        // The last day of all has no day after it with which it could end.
        let on = on.filter(|on| *on != Date::MAX).ok_or(Unsupported::NoDate)?;
        let to = DayOrTime::Day(on);
        trail.note(|| Step::Later { n, unit: unit.clone(), from: DayOrTime::Day(start), to });
        if matches!(unit, Unit::Month | Unit::Year) && on.day() != start.day() {
            trail.note(|| Step::MonthClamped { wanted: start.day(), to: Day(on) });
        }
        if let Some(skipped) = skipped.filter(|skipped| !skipped.is_empty()) {
            trail.note(|| Step::Skipped(skipped));
        }
        Ok(to)
    }

    /// A date after its roll. A moment moves to the first second of the business day.
    ///
    /// Differs: the courts of the United States let a period of hours end at the same time of the next business day
    /// (Fed. R. Civ. P. 6(a)(2)(C)). Then what happens at 23:00 on a Saturday is due later than what happens an hour after it.
    pub(super) fn rolled(
        &self,
        on: DayOrTime,
        roll: Option<&Roll>,
        days: Option<&BusinessDays<'_>>,
        trail: &mut Trail,
    ) -> Result<DayOrTime, Stop> {
        let days = match (roll, days) {
            (Some(Roll::NextBusinessDay), Some(days)) => days,
            (Some(Roll::Other(word)), _) => return Err(Unsupported::Roll { roll: word.clone() }.into()),
            _ => return Ok(on),
        };
        let day = on.day(&self.zone);
        let Some(off) = days.off(day) else { return Ok(on) };
        let (to, _) = days.roll(day)?;
        let rolled = match on {
            DayOrTime::Day(_) => DayOrTime::Day(to),
            DayOrTime::Time(_) => DayOrTime::Time(DayOrTime::Day(to).begin(&self.zone)),
        };
        trail.note(|| Step::Rolled {
            roll: Roll::NextBusinessDay,
            from: on,
            because: off.in_words(day),
            to: rolled,
        });
        Ok(rolled)
    }

    /// Says that no roll moves a date that is no business day.
    fn stays(&self, on: DayOrTime, calendar: Option<&'a str>, trail: &mut Trail) {
        let day = on.day(&self.zone);
        let off = BusinessDays::of(self.directive, calendar).ok().and_then(|days| days.off(day));
        if let Some(off) = off {
            trail.note(|| Step::Stays { day: Day(day), because: off.in_words(day) });
        }
    }

    /// When the event of an anchor happened, or is due.
    pub(super) fn anchor(&self, anchor: &Anchor, trail: &mut Trail) -> Result<DayOrTime, Stop> {
        let happened = |event: Option<DateTime>| {
            let supposed = event.or(self.supposing.then_some(self.as_of));
            supposed.map(DayOrTime::Time).ok_or_else(|| Stop::RunsFrom(anchor.clone()))
        };
        let at = match anchor {
            Anchor::Issued => self.directive.issued,
            Anchor::Effective => *self.directive.effective(),
            Anchor::Date(date) => *date,
            Anchor::Listed => {
                let subject = self.subject.ok_or(Stop::BySubject)?;
                subject.listed.ok_or_else(|| Unsupported::Dangling { target: subject.id.clone() })?
            }
            Anchor::Detected => happened(self.events.detected)?,
            Anchor::Notified => happened(self.events.notified)?,
            Anchor::Action(id) => happened(self.events.completed.get(id).copied())?,
            Anchor::Event(name) => happened(self.events.outside.get(name).copied())?,
            Anchor::Due(id) => self.due_of(id, anchor, trail)?,
            Anchor::EarliestOf(several) => return self.earliest(several, anchor, trail),
            Anchor::Other(text) => return Err(Unsupported::Anchor { anchor: text.clone() }.into()),
        };
        trail.note(|| Step::Anchor { anchor: anchor.clone(), at });
        Ok(at)
    }

    /// The deadline of another action. Where a table leaves that open, this clock has not started.
    fn due_of(&self, id: &str, anchor: &Anchor, trail: &mut Trail) -> Result<DayOrTime, Stop> {
        let dangling = || Unsupported::Dangling { target: id.into() };
        let due = self.directive.action(id).and_then(|action| action.due.as_ref()).ok_or_else(dangling)?;
        match self.deeper(id)?.once(due, trail) {
            Ok((on, _)) => Ok(on),
            Err(Stop::Table(_)) => Err(Stop::RunsFrom(anchor.clone())),
            Err(stop) => Err(stop),
        }
    }

    /// The earliest of the events that have happened: one that has not cannot come before them.
    fn earliest(&self, several: &[Anchor], whole: &Anchor, trail: &mut Trail) -> Result<DayOrTime, Stop> {
        let mut earliest: Option<(DayOrTime, &Anchor)> = None;
        let mut waiting = Vec::new();
        for anchor in several {
            match self.anchor(anchor, &mut Trail::none()) {
                Ok(on)
                    if earliest.is_none_or(|(known, _)| on.begin(&self.zone) < known.begin(&self.zone)) =>
                {
                    earliest = Some((on, anchor));
                }
                Ok(_) => {}
                Err(Stop::RunsFrom(_)) => waiting.push(anchor.clone()),
                Err(stop) => return Err(stop),
            }
        }
        let (_, chosen) = earliest.ok_or_else(|| Stop::RunsFrom(whole.clone()))?;
        let on = self.anchor(chosen, trail)?;
        if !waiting.is_empty() {
            trail.note(|| Step::Waiting { anchors: waiting });
        }
        Ok(on)
    }

    /// The due of the row that a table decides.
    fn row(&self, id: &str, trail: &mut Trail) -> Result<&'a Due, Stop> {
        let table = self.directive.tables.iter().find(|table| table.id == id);
        let table = table.ok_or_else(|| Unsupported::Table { table: id.into() })?;
        let (mut values, mut open) = (BTreeMap::new(), Vec::new());
        for input in &table.inputs {
            let known = decision::known(input, &self.events.inputs);
            let (value, default) = match known {
                Known::Value(value) => (Some(value), false),
                Known::Default(value) => (Some(value), true),
                Known::Open => (None, false),
            };
            match value {
                Some(value) => drop(values.insert(input.id.as_str(), value)),
                None => open.push(input.id.as_str()),
            }
            trail.note(|| Step::Input {
                table: id.into(),
                input: input.id.clone(),
                value: value.map(Into::into),
                default,
            });
        }
        let outcomes = decision::outcomes(table, &values);
        let Some(number) = outcomes.decided(table) else {
            if outcomes.rows.is_empty() {
                return Err(Unsupported::NoRow { table: id.into() }.into());
            }
            return Err(Stop::Table(Box::new(Deadline::DependsOn {
                inputs: outcomes.depends_on(table, &open),
                strictest: self.strictest(table, outcomes.rows.iter().copied()),
            })));
        };
        let row = table.rows.get(number).ok_or_else(|| Unsupported::NoRow { table: id.into() })?;
        trail.note(|| Step::Row { table: id.into(), row: number, outcome: row.outcome.clone() });
        let undated = || Stop::Table(Box::new(Deadline::Undated { outcome: row.outcome.clone() }));
        row.due.as_ref().ok_or_else(undated)
    }

    /// The row whose date would come first, events that have not happened taken to happen now.
    fn strictest(&self, table: &'a Table, rows: impl Iterator<Item = usize>) -> Option<Strictest> {
        let clock = self.deeper(&table.id).ok()?;
        let supposing = Clock { supposing: true, ..clock.clone() };
        let end =
            |due: &'a Due| match supposing.deadline(due, &mut Trail::none()).unwrap_or_else(Deadline::from) {
                Deadline::Once { end, .. } => Some(end),
                Deadline::Recurring { next, .. } => Some(next),
                Deadline::Ongoing { from } => Some(from),
                _ => None,
            };
        let (_, number, row, due) = rows
            .filter_map(|number| table.rows.get(number).map(|row| (number, row)))
            .filter_map(|(number, row)| row.due.as_ref().map(|due| (number, row, due)))
            .filter_map(|(number, row, due)| end(due).map(|end| (end, number, row, due)))
            .min_by_key(|(end, number, ..)| (*end, *number))?;
        let deadline = clock.deadline(due, &mut Trail::none()).unwrap_or_else(Deadline::from);
        Some(Strictest { row: number, outcome: row.outcome.clone(), deadline: Box::new(deadline) })
    }
}

/// The last second of a day or moment.
pub(super) fn end(on: DayOrTime, zone: &TimeZone, trail: &mut Trail) -> DateTime {
    let end = on.end(zone);
    if let DayOrTime::Day(day) = on {
        trail.note(|| Step::EndOfDay {
            day: Day(day),
            zone: zone.iana_name().unwrap_or_default().to_string(),
            abbreviation: zone.to_offset_info(end.timestamp()).abbreviation().to_string(),
            end,
        });
    }
    end
}
