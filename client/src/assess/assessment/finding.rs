//! The rows of an assessment: each judgement at each place where its component stands.

use std::borrow::Cow;

use interdict_schema::DateTime;
use interdict_schema::directive::{Disposition, Subject};

use super::{Assessment, Found, Judgement, Verdict};
use crate::assess::due::{Due, Waiting};
use crate::assess::index::Bound;
use crate::inventory::{Component, LooseFinding, SourceRow};

/// One row of the result: a judgement at one place.
#[derive(Debug, Clone, Copy)]
pub struct Finding<'r, 'a> {
    /// The judgement.
    pub judgement: &'r Judgement<'a>,
    /// What it is about.
    pub bound: &'r Bound<'a>,
    /// The component; `None` for a vulnerability that the inventory ties to no component.
    pub component: Option<&'a Component>,
    /// That vulnerability.
    pub loose: Option<&'a LooseFinding>,
    /// When it was first found there, where that is remembered.
    pub detected: Option<DateTime>,
}

impl<'r, 'a> Finding<'r, 'a> {
    /// Its dated obligations, the earliest first.
    pub fn dues(&self) -> Cow<'r, [Due<'a>]> {
        self.bound.dues_since(self.detected)
    }

    /// Its obligations that have no date yet.
    pub fn waiting(&self) -> Cow<'r, [Waiting<'a>]> {
        self.bound.waiting_since(self.detected)
    }

    /// The first deadline that has not passed and that no waiver reaches.
    pub fn next(&self) -> Option<Due<'a>> {
        let comes = |due: &&Due<'a>| !due.has_passed(self.bound.moment) && !due.is_waived();
        self.dues().iter().find(comes).cloned()
    }

    /// The first deadline that was missed.
    pub fn overdue(&self) -> Option<Due<'a>> {
        self.dues().iter().find(|due| due.is_overdue(self.bound.moment)).cloned()
    }

    /// Where it stands.
    pub fn row(&self) -> Option<&'a SourceRow> {
        self.component.map(|component| &component.source).or(self.loose.map(|loose| &loose.source))
    }
}

impl<'a> Assessment<'a> {
    /// What a judgement is about.
    pub fn bound_of(&self, judgement: &Judgement<'a>) -> &Bound<'a> {
        self.bound.get(judgement.bound).expect("judgements are made from bound subjects")
    }

    /// The rows of a judgement.
    pub fn findings_of<'r>(&'r self, judgement: &'r Judgement<'a>) -> impl Iterator<Item = Finding<'r, 'a>> {
        let bound = self.bound_of(judgement);
        let found = |component, loose| {
            let finding = Finding { judgement, bound, component, loose, detected: None };
            Finding { detected: self.detected(&finding), ..finding }
        };
        let (components, loose) = match &judgement.found {
            Found::Components(components) => (&**components, None),
            Found::Loose(index) => (&[][..], self.inventory.findings.get(*index)),
        };
        components
            .iter()
            .filter_map(|index| self.inventory.components.get(*index))
            .map(move |component| found(Some(component), None))
            .chain(loose.map(|loose| found(None, Some(loose))))
    }

    /// Every row, in the order of the judgements.
    pub fn findings(&self) -> impl Iterator<Item = Finding<'_, 'a>> {
        self.judgements.iter().flat_map(|judgement| self.findings_of(judgement))
    }

    /// Whether a judgement belongs into the one summary line: a possible of a subject that wants repair. Such a subject
    /// names products without versions, and would be found on every machine.
    pub fn is_summarised(&self, judgement: &Judgement<'a>) -> bool {
        judgement.verdict == Verdict::Possible
            && self.subject_of(judgement).disposition == Disposition::Remediate
    }

    /// Whether a judgement is a finding that the exit code tells of: a match, an unknown, a possible of something
    /// prohibited, or what of these the agency excepts. An unknown is the product itself, and what could not be compared is
    /// not clean.
    pub fn is_outstanding(&self, judgement: &Judgement<'a>) -> bool {
        match judgement.verdict {
            Verdict::Match | Verdict::Unknown | Verdict::Excepted => true,
            Verdict::Possible => self.subject_of(judgement).disposition == Disposition::Prohibited,
            Verdict::Waived | Verdict::Excluded => false,
        }
    }

    fn subject_of(&self, judgement: &Judgement<'a>) -> &'a Subject {
        self.bound_of(judgement).subject
    }
}
