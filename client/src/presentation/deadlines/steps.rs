//! One row, and how it came to be.

use interdict_schema::directive::deadline::{Events, Explanation, Step, explain};
use interdict_schema::directive::{Action, Subject};

use super::of_directive::{Of, Text};
use super::when::when;
use super::{Asked, Row, Subjects, When};

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
    text: Text<'_>,
    action: &Action,
    subject: Option<&Subject>,
    events: &Events,
    asked: &Asked<'_>,
) -> WithSteps {
    let zone = text.zone();
    let of = Of { text, asked, moment: asked.as_of.moment(&zone), zone: &zone };
    let found = explain(text.directive, action, subject, events, of.moment);
    let (when, steps) = match found {
        None => (When::None, Vec::new()),
        Some(Explanation { deadline, steps }) => (when(deadline, action).unwrap_or(When::BySubject), steps),
    };
    let count = || Subjects::Count(text.directive.subjects_of(action).count());
    let subjects = subject.map_or_else(count, |subject| Subjects::One(subject.id.clone()));
    WithSteps { row: of.row(action, subjects, when), steps }
}
