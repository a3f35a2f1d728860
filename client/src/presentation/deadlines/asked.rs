//! What deadlines are asked for: of whom, as of when, and with what is known.

use std::collections::BTreeMap;

use interdict_schema::DateTime;
use interdict_schema::directive::scope::Profile;

use crate::as_of::AsOf;
use crate::store::detections::Detections;

/// Whether the subjects of an action that have dates of their own share a row where they share a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grouping {
    /// A row for each date.
    ByDate,
    /// A row for each subject.
    BySubject,
}

/// What is asked.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// Of whom.
    pub profile: &'a Profile,
    /// When subjects were first found. A clock that runs from detection runs from the first time anywhere.
    pub detections: &'a Detections,
    /// As of when.
    pub as_of: AsOf,
    /// Before which moment nothing lapses, by repository (`trust.md`, rule 9).
    pub floors: &'a BTreeMap<String, DateTime>,
    /// How rows are made.
    pub grouping: Grouping,
}

impl Asked<'_> {
    /// The moment at which the waivers of a repository are judged.
    pub(super) fn lapses_at(&self, repository: &str, moment: DateTime) -> DateTime {
        self.floors.get(repository).map_or(moment, |floor| moment.max(*floor))
    }

    /// Asks of nobody in particular, by date: for the dates of a text alone.
    pub fn of_nobody<T>(as_of: AsOf, ask: impl FnOnce(&Asked<'_>) -> T) -> T {
        let (profile, detections, floors) = (Profile::default(), Detections::default(), BTreeMap::new());
        ask(&Asked {
            profile: &profile,
            detections: &detections,
            as_of,
            floors: &floors,
            grouping: Grouping::ByDate,
        })
    }
}
