//! A subject that binds, and its deadlines.

use std::borrow::Cow;

use interdict_schema::directive::resolve::Waived;
use interdict_schema::directive::{Directive, Subject};
use interdict_schema::policy::Source;
use interdict_schema::{DateTime, Verified, believe::Believed};

use crate::assess::due::{Asked, Due, Waiting};

/// A subject that binds at the moment asked about.
#[derive(Debug)]
pub struct Bound<'a> {
    /// Where it comes from, and what is to be known of it.
    pub source: &'a Source<'a>,
    /// The subject.
    pub subject: &'a Subject,
    /// The moment it is assessed for, in the issuer's zone.
    pub moment: DateTime,
    /// The waiver that frees the agency of it.
    pub waived: Option<Waived<'a>>,
    dues: Vec<Due<'a>>,
    waiting: Vec<Waiting<'a>>,
    /// Whether a date depends on when the subject was found.
    by_detection: bool,
}

impl<'a> Bound<'a> {
    /// A subject, assessed for a moment in its issuer's zone; its deadlines are computed once it is [`found`](Self::found).
    pub(super) const fn new(
        source: &'a Source<'a>,
        subject: &'a Subject,
        moment: DateTime,
        waived: Option<Waived<'a>>,
    ) -> Self {
        Self { source, subject, moment, waived, dues: Vec::new(), waiting: Vec::new(), by_detection: false }
    }

    /// The directive.
    pub fn directive(&self) -> &'a Directive {
        &self.source.directive.document.value
    }

    /// The verified revision.
    pub fn believed(&self) -> &'a Verified<Believed> {
        self.source.directive
    }

    /// Every dated obligation of a subject that was found, the earliest first.
    pub fn dues(&self) -> &[Due<'a>] {
        &self.dues
    }

    /// Computes the deadlines: of what was found, not of everything that might have been.
    pub(in crate::assess) fn found(&mut self) {
        if self.dues.is_empty() && self.waiting.is_empty() {
            let asked = self.asked();
            self.dues = asked.dues(None);
            self.waiting = asked.waiting(None);
            self.by_detection = asked.runs_from_detection();
        }
    }

    fn asked(&self) -> Asked<'a> {
        Asked { directive: self.directive(), subject: self.subject, moment: self.moment, source: self.source }
    }

    /// The obligations of a subject that was found, and that have no date yet.
    pub fn waiting(&self) -> &[Waiting<'a>] {
        &self.waiting
    }

    /// The obligations that have no date yet, of a subject that was first found then.
    pub fn waiting_since(&self, detected: Option<DateTime>) -> Cow<'_, [Waiting<'a>]> {
        match detected.filter(|_| self.by_detection) {
            Some(found) => self.asked().waiting(Some(found)).into(),
            None => self.waiting().into(),
        }
    }

    /// The dated obligations of a subject that was first found then: [`dues`](Self::dues), and those whose clock runs from
    /// that moment.
    pub fn dues_since(&self, detected: Option<DateTime>) -> Cow<'_, [Due<'a>]> {
        match detected.filter(|_| self.by_detection) {
            Some(found) => self.asked().dues(Some(found)).into(),
            None => self.dues().into(),
        }
    }

    /// Whether a deadline depends on when the subject was found.
    pub const fn runs_from_detection(&self) -> bool {
        self.by_detection
    }

    /// The first deadline that has not passed and that no waiver reaches.
    pub fn next(&self) -> Option<&Due<'a>> {
        self.dues().iter().find(|due| !due.has_passed(self.moment) && !due.is_waived())
    }

    /// The first deadline that was missed, now that the subject is found.
    pub fn overdue(&self) -> Option<&Due<'a>> {
        self.dues().iter().find(|due| due.is_overdue(self.moment))
    }
}
