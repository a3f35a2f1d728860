//! Which revision of a directive is its text at a moment, and when that changes.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use jiff::tz::TimeZone;

use super::{Acts, Document, DocumentRef};
use crate::DateTime;
use crate::directive::deadline::zone;
use crate::directive::{Directive, DirectiveId, Relation};

/// A revision and its days.
#[derive(Clone, Copy)]
pub(super) struct Dated<'a> {
    pub document: Document<'a>,
    /// When it takes the place of the one before it.
    pub start: DateTime,
    /// When the directive takes effect, as it says.
    effective: DateTime,
}

impl<'a> Dated<'a> {
    fn of(document: Document<'a>, zone: &TimeZone) -> Self {
        let effective = document.directive.effective().begin(zone);
        let start = document.directive.revised.map_or(effective, |revised| revised.begin(zone));
        Self { document, start, effective }
    }
}

/// A directive: its revisions, and the one that is its text.
pub(super) struct Entry<'a> {
    /// Those that have begun, rising; where none has, the one that begins first. Never empty.
    pub revisions: Vec<Dated<'a>>,
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
    fn newest(&self) -> &Dated<'a> {
        self.revisions.get(self.current).or(self.revisions.last()).expect("an entry has a revision")
    }

    pub fn text(&self) -> &'a Directive {
        self.newest().document.directive
    }

    pub fn document(&self) -> DocumentRef {
        let Document { directive, digest, .. } = self.newest().document;
        DocumentRef { id: directive.id.clone(), revision: directive.revision, digest }
    }

    pub fn id(&self) -> &'a DirectiveId {
        &self.text().id
    }

    /// Whether its relations and waivers count.
    pub fn acts(&self) -> bool {
        !self.suspended && self.newest().document.acts == Acts::Fully
    }

    /// When a relation of the text takes effect: from its own moment, or the directive's, and never before the first of
    /// the revisions that have said so ever since.
    pub fn relation_start(&self, relation: &Relation) -> DateTime {
        let text = self.newest();
        let own = relation.effective.map_or(text.effective, |effective| effective.begin(&self.zone));
        let says_so = |dated: &&Dated<'_>| {
            let same = |other: &Relation| other.kind == relation.kind && other.target == relation.target;
            dated.document.directive.relations.iter().any(same)
        };
        let before = self.revisions.get(..self.current).unwrap_or_default();
        let ever_since = before.iter().rev().take_while(says_so).map(|dated| dated.start);
        own.max(ever_since.fold(text.start, DateTime::min))
    }

    /// When the text says that it has ended: with the first of the revisions that have said so ever since.
    pub fn own_end(&self) -> Option<DateTime> {
        let revisions = self.revisions.get(..=self.current).unwrap_or_default();
        let ever_since = revisions.iter().rev().take_while(|dated| dated.document.directive.is_ended());
        ever_since.map(|dated| dated.start).min()
    }

    /// Whether the revision with which the text ended is the first that has this relation: it closes others together with
    /// itself. What an earlier one says takes effect no more at the moment of its end.
    pub fn ends_together_with(&self, relation: &Relation) -> bool {
        let says_so = |dated: &Dated<'_>| {
            let same = |other: &Relation| other.kind == relation.kind && other.target == relation.target;
            dated.document.directive.relations.iter().any(same)
        };
        let revisions = self.revisions.get(..=self.current).unwrap_or_default();
        let closing = revisions.iter().rev().take_while(|dated| dated.document.directive.is_ended()).count();
        let (before, closing) = revisions.split_at(revisions.len().saturating_sub(closing));
        // Revisions need not begin in the order of their numbers; what began after the end changes nothing about it.
        let Some(since) = self.own_end() else { return false };
        closing.iter().any(|dated| dated.start == since && says_so(dated))
            && !before.iter().any(|dated| dated.start <= since && says_so(dated))
    }

    /// Makes the newest revision that `counts` the text; whether there is one.
    pub fn choose(&mut self, counts: impl Fn(&Directive) -> bool) -> bool {
        let found =
            self.revisions.iter().enumerate().rev().find(|(_, dated)| counts(dated.document.directive));
        let Some((number, dated)) = found else { return false };
        self.start = dated.start;
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
    let named = |document: Document<'a>| (document.directive.id.leading(), document);
    let mut documents: Vec<(u128, Document<'a>)> = documents.into_iter().map(named).collect();
    let name = |document: &Document<'a>| (&document.directive.id, document.directive.revision);
    let order =
        |one: &Document<'a>, other: &Document<'a>| (name(one), one.digest).cmp(&(name(other), other.digest));
    documents.sort_by(|one, other| one.0.cmp(&other.0).then_with(|| order(&one.1, &other.1)));
    documents.dedup_by(|one, other| name(&one.1) == name(&other.1));
    documents.into_iter().map(|(_, document)| document).collect()
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
        let mut revisions: Vec<Dated<'a>> =
            revisions.iter().map(|document| Dated::of(*document, &zone)).collect();
        let starts = || revisions.iter().map(|dated| dated.start);
        next = next.into_iter().chain(starts().filter(|start| *start > as_of)).min();
        let since = starts().min().unwrap_or(DateTime::MAX);
        revisions.retain(|dated| dated.start <= as_of.max(since));
        let current = revisions.len().saturating_sub(1);
        let start = revisions.last().map_or(since, |dated| dated.start);
        entries.push(Entry { revisions, current, start, since, zone, quarantined: false, suspended: false });
    }
    (entries, next)
}
