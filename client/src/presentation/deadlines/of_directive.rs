//! The rows of directives and of their actions.

use std::collections::BTreeMap;

use interdict_schema::DateTime;
use interdict_schema::directive::deadline::{self, Events, deadline};
use interdict_schema::directive::scope::Profile;
use interdict_schema::directive::{Action, Directive, Subject};
use jiff::tz::TimeZone;

use super::when::when;
use super::{Row, Subjects, When};
use crate::as_of::AsOf;
use crate::store::detections::Detections;
use crate::store::generation::Generation;

/// Whether the subjects of an action that have dates of their own share a row where they share a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grouping {
    /// A row for each date.
    ByDate,
    /// A row for each subject.
    BySubject,
}

/// The deadlines of every directive that has not ended, in order. A clock that runs from detection runs from the first time
/// that its subject was found anywhere.
pub fn rows(
    generation: &Generation,
    profile: &Profile,
    detections: &Detections,
    as_of: AsOf,
    grouping: Grouping,
) -> Vec<Row> {
    let mut rows: Vec<Row> = generation
        .directives()
        .filter(|(_, held)| !held.directive().is_ended() && held.directive().scope.binds(profile).is_ok())
        .flat_map(|(repository, held)| {
            of_directive(repository.name.as_str(), held.directive(), detections, as_of, grouping)
        })
        .collect();
    sort(&mut rows);
    rows
}

/// The deadlines of one directive, in order.
pub(in crate::presentation) fn of_directive(
    repository: &str,
    directive: &Directive,
    detections: &Detections,
    as_of: AsOf,
    grouping: Grouping,
) -> Vec<Row> {
    // A zone that this version does not know makes every deadline unsupported; UTC only shows them.
    let zone = deadline::zone(&directive.zone).unwrap_or(TimeZone::UTC);
    let mut rows: Vec<Row> = directive
        .actions
        .iter()
        .flat_map(|action| {
            of_action(repository, directive, action, detections, as_of.moment(&zone), &zone, grouping)
        })
        .collect();
    sort(&mut rows);
    rows
}

fn sort(rows: &mut [Row]) {
    rows.sort_by(|a, b| {
        (&a.when, &a.directive, &a.repository, &a.action).cmp(&(
            &b.when,
            &b.directive,
            &b.repository,
            &b.action,
        ))
    });
}

pub(super) fn row(
    repository: &str,
    directive: &Directive,
    action: &Action,
    (subjects, when): (Subjects, When),
    zone: &TimeZone,
    as_of: DateTime,
) -> Row {
    Row {
        repository: repository.to_owned(),
        directive: directive.id.clone(),
        revision: directive.revision,
        action: action.id.clone(),
        kind: action.kind.clone(),
        modality: action.modality.clone(),
        edge: action.due.as_ref().and_then(|due| due.edge.clone()),
        subjects,
        when,
        unless_directed_otherwise: action.due.as_ref().is_some_and(|due| due.unless_directed_otherwise),
        zone: zone.clone(),
        as_of,
    }
}

fn of_action(
    repository: &str,
    directive: &Directive,
    action: &Action,
    detections: &Detections,
    as_of: DateTime,
    zone: &TimeZone,
    grouping: Grouping,
) -> Vec<Row> {
    let row = |subjects, when| row(repository, directive, action, (subjects, when), zone, as_of);
    let by_when = |subject: Option<&Subject>| {
        let found = |subject: &Subject| detections.earliest(repository, &directive.id, &subject.id);
        let events = Events { detected: subject.and_then(found), ..Events::default() };
        deadline(directive, action, subject, &events, as_of).map(|found| when(found, action))
    };
    let alike = by_when(None);
    let differs = || directive.subjects_of(action).any(|subject| by_when(Some(subject)) != alike);
    match alike {
        None => Vec::new(),
        Some(Some(when)) if detections.is_empty() || !differs() => {
            vec![row(Subjects::Count(directive.subjects_of(action).count()), when)]
        }
        Some(_) => {
            let dated = directive.subjects_of(action).map(|subject| {
                let none = || When::Unsupported("the subject has no date".into());
                (subject, by_when(Some(subject)).flatten().unwrap_or_else(none))
            });
            if grouping == Grouping::BySubject {
                return dated.map(|(subject, when)| row(Subjects::One(subject.id.clone()), when)).collect();
            }
            let mut counts: BTreeMap<When, usize> = BTreeMap::new();
            dated.for_each(|(_, when)| *counts.entry(when).or_default() += 1);
            counts.into_iter().map(|(when, number)| row(Subjects::Count(number), when)).collect()
        }
    }
}
