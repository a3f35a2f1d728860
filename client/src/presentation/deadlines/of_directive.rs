//! The rows of directives and of their actions.

use std::collections::BTreeMap;

use interdict_schema::DateTime;
use interdict_schema::directive::deadline::{self, Events, deadline};
use interdict_schema::directive::resolve::{Situation, waived};
use interdict_schema::directive::{Action, Directive, Subject};
use jiff::tz::TimeZone;

use super::when::when;
use super::{Asked, Freed, Grouping, Row, Subjects, When};

/// The text of a directive, where it comes from, and how it came to be.
#[derive(Debug, Clone, Copy)]
pub struct Text<'a> {
    /// The repository.
    pub repository: &'a str,
    /// The text.
    pub directive: &'a Directive,
    /// How it came to be, where it is the one of a moment.
    pub situation: Option<&'a Situation>,
}

impl<'a> Text<'a> {
    /// A text by itself.
    pub fn alone(directive: &'a Directive) -> Self {
        Self { repository: "", directive, situation: None }
    }

    /// The issuer's zone. One that this version does not know makes every deadline unsupported; UTC only shows them.
    pub fn zone(&self) -> TimeZone {
        deadline::zone(&self.directive.zone).unwrap_or(TimeZone::UTC)
    }
}

/// The deadlines of one directive, in order. An action that is not ordered of the one who asks has none.
pub(in crate::presentation) fn of_directive(text: Text<'_>, asked: &Asked<'_>) -> Vec<Row> {
    let zone = text.zone();
    let of = Of { text, asked, moment: asked.as_of.moment(&zone), zone: &zone };
    let ordered = |action: &&Action| action.binds(&text.directive.id, asked.profile).is_ok();
    let mut rows: Vec<Row> =
        text.directive.actions.iter().filter(ordered).flat_map(|action| of.action(action)).collect();
    sort(&mut rows);
    rows
}

pub(super) fn sort(rows: &mut [Row]) {
    rows.sort_by(|a, b| {
        (&a.when, &a.directive, &a.repository, &a.action).cmp(&(
            &b.when,
            &b.directive,
            &b.repository,
            &b.action,
        ))
    });
}

/// A text, the question, and the moment that is meant in its issuer's zone.
pub(super) struct Of<'a> {
    pub text: Text<'a>,
    pub asked: &'a Asked<'a>,
    pub moment: DateTime,
    pub zone: &'a TimeZone,
}

impl Of<'_> {
    pub fn row(&self, action: &Action, subjects: Subjects, when: When) -> Row {
        let Text { repository, directive, situation } = self.text;
        let documents = situation.map(|situation| situation.chain(&action.id)).unwrap_or_default();
        let subject = match &subjects {
            Subjects::One(id) => directive.subjects.iter().find(|subject| subject.id == *id),
            Subjects::Count(_) => None,
        };
        Row {
            repository: repository.to_owned(),
            directive: directive.id.clone(),
            revision: directive.revision,
            documents: documents.into_iter().cloned().collect(),
            action: action.id.clone(),
            kind: action.kind.clone(),
            modality: action.modality.clone(),
            edge: action.due.as_ref().and_then(|due| due.edge.clone()),
            freed: self.freed(action, subject),
            subjects,
            when,
            unless_directed_otherwise: action.due.as_ref().is_some_and(|due| due.unless_directed_otherwise),
            zone: self.zone.clone(),
            as_of: self.moment,
        }
    }

    /// The waiver that frees of an action, or of all that it is about: the first to lapse of those.
    fn freed(&self, action: &Action, subject: Option<&Subject>) -> Option<Freed> {
        let directive = self.text.directive;
        if directive.waivers.is_empty() {
            return None;
        }
        let at = self.asked.lapses_at(self.text.repository, self.moment);
        let of_part = |part: &str| {
            let found = waived(directive, Some(part), self.asked.profile, at)?;
            Some(Freed { waiver: found.waiver.id.clone(), until: found.until })
        };
        let of_subjects = || {
            let concerned: Vec<&Subject> = match subject {
                Some(subject) => vec![subject],
                None => directive.subjects_of(action).collect(),
            };
            let freed: Option<Vec<Freed>> = concerned.iter().map(|subject| of_part(&subject.id)).collect();
            freed?.into_iter().min_by_key(|freed| freed.until.unwrap_or(DateTime::MAX))
        };
        of_part(&action.id).or_else(of_subjects)
    }

    fn action(&self, action: &Action) -> Vec<Row> {
        let Text { repository, directive, .. } = self.text;
        let detections = self.asked.detections;
        let by_when = |subject: Option<&Subject>| {
            let found = |subject: &Subject| detections.earliest(repository, &directive.id, &subject.id);
            let events = Events { detected: subject.and_then(found), ..Events::default() };
            deadline(directive, action, subject, &events, self.moment).map(|found| when(found, action))
        };
        let alike = by_when(None);
        let differs = || directive.subjects_of(action).any(|subject| by_when(Some(subject)) != alike);
        match alike {
            None => Vec::new(),
            Some(Some(when)) if detections.is_empty() || !differs() => {
                vec![self.row(action, Subjects::Count(directive.subjects_of(action).count()), when)]
            }
            Some(_) => {
                let dated = directive.subjects_of(action).map(|subject| {
                    let none = || When::Unsupported("the subject has no date".into());
                    (subject, by_when(Some(subject)).flatten().unwrap_or_else(none))
                });
                if self.asked.grouping == Grouping::BySubject {
                    let row = |(subject, when): (&Subject, When)| {
                        self.row(action, Subjects::One(subject.id.clone()), when)
                    };
                    return dated.map(row).collect();
                }
                let mut counts: BTreeMap<When, usize> = BTreeMap::new();
                dated.for_each(|(_, when)| *counts.entry(when).or_default() += 1);
                counts
                    .into_iter()
                    .map(|(when, number)| self.row(action, Subjects::Count(number), when))
                    .collect()
            }
        }
    }
}
