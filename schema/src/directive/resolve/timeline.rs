//! Which revision of a directive is its text at a moment, and when that changes.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use jiff::tz::TimeZone;

use super::{Acts, Document, DocumentRef};
use crate::DateTime;
use crate::directive::deadline::zone;
use crate::directive::{Directive, DirectiveId, Relation};

/// A directive: its revisions, and the one that is its text.
pub(super) struct Entry<'a> {
    /// Those that have begun, rising; where none has, the one that begins first. Never empty.
    pub revisions: Vec<Document<'a>>,
    /// The revision that is the text.
    pub current: usize,
    /// When that revision takes effect; later than the moment only where none has.
    pub start: DateTime,
    /// When the first of its revisions took effect.
    pub since: DateTime,
    /// The issuer's zone.
    pub zone: TimeZone,
    /// Whether it is in a conflict.
    pub quarantined: bool,
    /// Whether its relations act on nothing, because they contradict others and no earlier text has none of them.
    pub suspended: bool,
}

impl<'a> Entry<'a> {
    pub fn newest(&self) -> Option<Document<'a>> {
        self.revisions.get(self.current).or(self.revisions.last()).copied()
    }

    pub fn text(&self) -> &'a Directive {
        self.newest().expect("an entry has a revision").directive
    }

    pub fn document(&self) -> DocumentRef {
        let Document { directive, digest, .. } = self.newest().expect("an entry has a revision");
        DocumentRef { id: directive.id.clone(), revision: directive.revision, digest }
    }

    pub fn id(&self) -> &'a DirectiveId {
        &self.text().id
    }

    /// Whether its relations and waivers count.
    pub fn acts(&self) -> bool {
        !self.suspended && self.newest().is_some_and(|document| document.acts == Acts::Fully)
    }

    /// When a relation of the text takes effect: from its own moment, or the directive's, and never before the first of
    /// the revisions that have said so ever since.
    pub fn relation_start(&self, relation: &Relation) -> DateTime {
        let own = relation.effective.unwrap_or(*self.text().effective()).begin(&self.zone);
        let says_so = |document: &&Document<'_>| {
            let same = |other: &Relation| other.kind == relation.kind && other.target == relation.target;
            document.directive.relations.iter().any(same)
        };
        let revisions = self.revisions.get(..=self.current).unwrap_or_default();
        let ever_since = revisions.iter().rev().take_while(says_so);
        let first = ever_since.map(|document| start(document.directive, &self.zone)).min();
        first.map_or(own, |first| own.max(first))
    }

    /// When the text says that it has ended: with the first of the revisions that have said so ever since.
    pub fn own_end(&self) -> Option<DateTime> {
        let revisions = self.revisions.get(..=self.current).unwrap_or_default();
        let ever_since = revisions.iter().rev().take_while(|document| document.directive.is_ended());
        ever_since.map(|document| start(document.directive, &self.zone)).min()
    }

    /// Whether the revision with which the text ended is the first that has this relation: it closes others together with
    /// itself. What an earlier one says takes effect no more at the moment of its end.
    pub fn ends_together_with(&self, relation: &Relation) -> bool {
        let says_so = |document: &Document<'_>| {
            let same = |other: &Relation| other.kind == relation.kind && other.target == relation.target;
            document.directive.relations.iter().any(same)
        };
        let revisions = self.revisions.get(..=self.current).unwrap_or_default();
        let closing = revisions.iter().rev().take_while(|document| document.directive.is_ended()).count();
        let (before, closing) = revisions.split_at(revisions.len().saturating_sub(closing));
        closing.first().is_some_and(says_so) && !before.iter().any(says_so)
    }

    /// Makes the newest revision that `counts` the text; whether there is one.
    pub fn choose(&mut self, counts: impl Fn(&Directive) -> bool) -> bool {
        let found = self.revisions.iter().enumerate().rev().find(|(_, document)| counts(document.directive));
        let Some((number, document)) = found else { return false };
        self.start = start(document.directive, &self.zone);
        self.current = number;
        true
    }
}

/// When a revision takes the place of the one before it.
pub(super) fn start(directive: &Directive, zone: &TimeZone) -> DateTime {
    directive.revised.unwrap_or(*directive.effective()).begin(zone)
}

/// The documents by id and revision; of two with one name the one with the lower digest.
pub(super) fn ordered<'a>(documents: impl IntoIterator<Item = Document<'a>>) -> Vec<Document<'a>> {
    let mut documents: Vec<Document<'a>> = documents.into_iter().collect();
    let name = |document: &Document<'a>| (&document.directive.id, document.directive.revision);
    documents.sort_by(|one, other| (name(one), one.digest).cmp(&(name(other), other.digest)));
    documents.dedup_by(|one, other| name(one) == name(other));
    documents
}

/// The directives, by id; and the first moment after `as_of` at which another revision becomes the text of one. `documents`
/// are [`ordered`].
pub(super) fn entries<'a>(documents: &[Document<'a>], as_of: DateTime) -> (Vec<Entry<'a>>, Option<DateTime>) {
    let mut zones: BTreeMap<&str, TimeZone> = BTreeMap::new();
    let mut entries: Vec<Entry<'a>> = Vec::new();
    let mut next: Option<DateTime> = None;
    for revisions in documents.chunk_by(|one, other| one.directive.id == other.directive.id) {
        let Some(last) = revisions.last() else { continue };
        // A zone that this version does not know is reported as unsupported; UTC keeps the text.
        let name = last.directive.zone.as_str();
        let zone = zones.entry(name).or_insert_with(|| zone(name).unwrap_or(TimeZone::UTC)).clone();
        let start = |document: &Document<'_>| start(document.directive, &zone);
        let later = revisions.iter().map(start).filter(|start| *start > as_of).min();
        next = next.into_iter().chain(later).min();
        let since = revisions.iter().map(start).min().unwrap_or(DateTime::MAX);
        let begun = revisions.iter().filter(|document| start(document) <= as_of.max(since));
        let revisions: Vec<Document<'a>> = begun.copied().collect();
        let current = revisions.len().saturating_sub(1);
        let start = revisions.last().map_or(since, start);
        entries.push(Entry { revisions, current, start, since, zone, quarantined: false, suspended: false });
    }
    (entries, next)
}
