//! One row, and how it came to be.

use interdict_schema::directive::deadline::{self, Events, Explanation, Step, explain};
use interdict_schema::directive::{Action, Directive, Subject};
use jiff::tz::TimeZone;

use super::of_directive::row;
use super::when::when;
use super::{Row, Subjects, When};
use crate::as_of::AsOf;

/// A deadline and the steps by which it came to be.
#[derive(Debug, Clone, PartialEq)]
pub struct WithSteps {
    /// The deadline.
    pub row: Row,
    /// The steps, the first first.
    pub steps: Vec<Step>,
}

/// The deadline of an action, for one subject where one is named, and how it came to be.
pub fn explained(
    repository: &str,
    directive: &Directive,
    action: &Action,
    subject: Option<&Subject>,
    events: &Events,
    as_of: AsOf,
) -> WithSteps {
    let zone = deadline::zone(&directive.zone).unwrap_or(TimeZone::UTC);
    let as_of = as_of.moment(&zone);
    let found = explain(directive, action, subject, events, as_of);
    let (when, steps) = match found {
        None => (When::None, Vec::new()),
        Some(Explanation { deadline, steps }) => (when(deadline, action).unwrap_or(When::BySubject), steps),
    };
    let count = || Subjects::Count(directive.subjects_of(action).count());
    let subjects = subject.map_or_else(count, |subject| Subjects::One(subject.id.clone()));
    WithSteps { row: row(repository, directive, action, (subjects, when), &zone, as_of), steps }
}
