//! The dates of a recurrence around a moment, each with its number.
//!
//! They are written one by one: a roll, a month that is too short, business days and a recurrence that ends with an event are
//! no recurrence rule of iCalendar, and a date that is moved by none of these is the same either way.

use interdict_schema::DateTime;
use interdict_schema::directive::deadline::{Deadline, Events, Explanation, Step, explain};
use interdict_schema::directive::{Action, Directive};

/// How far back dates are written, in seconds: 92 days.
const BEFORE: i64 = 92 * 86_400;

/// How far ahead, in seconds: 366 days.
const AHEAD: i64 = 366 * 86_400;

/// The most dates of one action: a recurrence of hours would fill a calendar.
pub(super) const MOST: usize = 400;

/// A date of a recurrence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Occurrence {
    /// Which it is, from 1.
    pub number: i64,
    /// Its last second.
    pub end: DateTime,
}

/// The dates around a moment, the first first; none where the action does not recur, or its clock has not started.
pub(super) fn occurrences(directive: &Directive, action: &Action, moment: DateTime) -> Vec<Occurrence> {
    let mut found = Vec::new();
    let until = moment.saturating_add_seconds(AHEAD);
    let mut at = moment.saturating_add_seconds(-BEFORE);
    while found.len() < MOST {
        let explained = explain(directive, action, None, &Events::default(), at);
        let Some(Explanation { deadline: Deadline::Recurring { next, .. }, steps }) = explained else {
            break;
        };
        let number = steps.iter().find_map(|step| match step {
            Step::Recurs { number, .. } => Some(*number),
            _ => None,
        });
        let Some(number) = number.filter(|_| next <= until) else { break };
        found.push(Occurrence { number, end: next });
        at = next.saturating_add_seconds(1);
    }
    found
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

    use super::*;

    fn directive(every: &str) -> Directive {
        let text = format!(
            r#"{{"format":"interdict-directive/1","id":"T-1","revision":1,"status":"in-force","title":"t","issuer":"i",
            "zone":"America/New_York","issued":"2017-09-13","actions":[{{"id":"a","modality":"must","kind":"report",
            "due":{{"edge":"report","every":{every}}}}}]}}"#
        );
        Directive::parse(text.as_bytes()).unwrap().value
    }

    fn numbers(every: &str, moment: &str) -> Vec<(i64, String)> {
        let directive = directive(every);
        let action = directive.action("a").unwrap();
        let found = occurrences(&directive, action, moment.parse().unwrap());
        found.into_iter().map(|one| (one.number, one.end.to_string())).collect()
    }

    #[test]
    fn a_date_keeps_its_number_whenever_it_is_asked_for() {
        let monthly = r#"{"n":1,"unit":"month","from":"issued","until":"action:a"}"#;
        let early = numbers(monthly, "2017-09-13T12:00:00Z");
        assert_eq!(early.first().unwrap(), &(1, "2017-10-14T03:59:59Z".into()));
        assert_eq!(early.len(), 12);
        let later = numbers(monthly, "2018-05-01T12:00:00Z");
        assert_eq!(
            later.first().unwrap(),
            &(5, "2018-02-14T04:59:59Z".into()),
            "those of the last 92 days too"
        );
        let shared = early.iter().filter(|one| later.contains(one)).count();
        assert_eq!(shared, 8, "the same dates under the same numbers");
    }

    #[test]
    fn as_many_as_fit_are_written_and_no_more() {
        let hourly = r#"{"n":1,"unit":"hour","from":"issued"}"#;
        assert_eq!(numbers(hourly, "2017-09-13T12:00:00Z").len(), MOST);
        assert_eq!(numbers(r#"{"n":3,"unit":"day","from":"detected"}"#, "2017-09-13T12:00:00Z"), []);
    }
}
