//! By when an action is due, in the words of everybody who compares two texts: officers, subscribers, mails.

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::{String, ToString};

use crate::DateTime;
use crate::directive::deadline::{self, Deadline, Events, deadline};
use crate::directive::{Action, DayOrTime, Directive};

/// By when an action is due, as a date in the issuer's zone; recurring ones by the next from `now` on. Nothing is supposed to have
/// happened: a clock that an event starts is named by the event.
pub fn when(directive: &Directive, action: &Action, now: DateTime) -> String {
    match deadline(directive, action, None, &Events::default(), now) {
        None => "without a date".to_owned(),
        Some(found) => {
            let kept = action.due.as_ref().is_some_and(|due| due.unless_directed_otherwise);
            let unless = if kept { ", unless directed otherwise" } else { "" };
            format!("{}{unless}", in_words(directive, found))
        }
    }
}

fn in_words(directive: &Directive, found: Deadline) -> String {
    match found {
        Deadline::Once { on, end, .. } => format!("by {} ({end})", local(directive, on)),
        Deadline::Recurring { first, next, until } => {
            let until = until.map_or_else(String::new, |anchor| format!(", until {anchor}"));
            format!(
                "again and again: first by {}, next by {}{until}",
                local(directive, DayOrTime::Time(first)),
                local(directive, DayOrTime::Time(next))
            )
        }
        Deadline::Over { until, at } => {
            format!("again and again until {until}, {}", local(directive, DayOrTime::Time(at)))
        }
        Deadline::Ongoing { from } => {
            format!("at all times from {}", local(directive, DayOrTime::Time(from)))
        }
        Deadline::RunsFrom(anchor) => format!("on a clock that runs from {anchor}"),
        Deadline::DependsOn { inputs, strictest } => {
            let strictest = strictest.map_or_else(String::new, |strictest| {
                format!(
                    ", at its strictest {} {}",
                    strictest.outcome,
                    in_words(directive, *strictest.deadline)
                )
            });
            format!("by what its table decides of {}{strictest}", inputs.join(", "))
        }
        Deadline::Undated { outcome } => format!("without a date, as its table decides: {outcome}"),
        Deadline::BySubject => "by each subject's own date".to_owned(),
        Deadline::Unsupported(reason) => format!("by a date that cannot be computed: {reason}"),
    }
}

fn local(directive: &Directive, on: DayOrTime) -> String {
    match (on, deadline::zone(&directive.zone)) {
        (DayOrTime::Time(time), Ok(zone)) => {
            let there = zone.to_datetime(time.timestamp());
            format!("{} {} {}", there.date(), there.time(), directive.zone)
        }
        (DayOrTime::Day(day), _) => format!("the end of {day}, {}", directive.zone),
        (DayOrTime::Time(time), Err(_)) => time.to_string(),
    }
}
