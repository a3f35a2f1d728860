//! What stale metadata may still bring: text that only adds or tightens (`trust.md`, rule 14). Pure.
//!
//! Metadata that has expired may have been replaced since, by text that the sender would rather keep back. Text that adds to
//! what is in force does no harm then; text that takes away might have been withdrawn. So whatever is not plainly an
//! addition counts as taking away, also where a lawyer would see no difference.

use std::collections::BTreeSet;
use std::fmt;

use interdict_schema::directive::{
    Action, Confidence, DayOrTime, Directive, Due, Embedded, Identifier, IdentifierKind, Modality, Relation,
    RelationKind, Status, Subject,
};
use interdict_schema::entity::EntityList;
use interdict_schema::waiver::WaiverDocument;

/// Why a text is not admitted from stale metadata: what it takes away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Loosens {
    /// It ends the directive, or says something of its state that this version does not know.
    Status,
    /// It acts on another directive.
    Relation,
    /// It grants a waiver.
    Waiver,
    /// It binds others, or other systems, than before.
    Scope,
    /// It moves a day from which clocks run, or the zone of its days.
    Dates,
    /// It changes a decision table.
    Table,
    /// It changes a calendar of business days.
    Calendar,
    /// It removes a subject, or changes what is wanted of it.
    Subject,
    /// It removes or narrows an identifier.
    Identifier,
    /// It leaves something out.
    Exclude,
    /// It removes an action, or weakens it.
    Action,
    /// It moves a deadline later, or to where that cannot be told.
    Deadline,
}

impl fmt::Display for Loosens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Status => "ends the directive",
            Self::Relation => "acts on another directive",
            Self::Waiver => "grants a waiver",
            Self::Scope => "binds others than before",
            Self::Dates => "moves the days from which clocks run",
            Self::Table => "changes a decision table",
            Self::Calendar => "changes a calendar",
            Self::Subject => "removes or changes a subject",
            Self::Identifier => "removes or narrows an identifier",
            Self::Exclude => "leaves something out",
            Self::Action => "removes or weakens an action",
            Self::Deadline => "moves a deadline later",
        })
    }
}

/// Whether a text only adds to the one before it, or to nothing where it is the first.
///
/// # Errors
/// The first thing that it takes away.
pub(super) fn only_tightens(before: Option<&Directive>, after: &Directive) -> Result<(), Loosens> {
    let old = before.map(|before| before.relations.as_slice()).unwrap_or_default();
    // A supplement to a part takes its place; one without a part only adds.
    let harmless = |relation: &Relation| match relation.kind {
        RelationKind::Supplements => relation.target.part.is_none(),
        RelationKind::Implements => true,
        _ => false,
    };
    if after.relations.iter().any(|relation| !harmless(relation) && !old.contains(relation)) {
        return Err(Loosens::Relation);
    }
    let Some(before) = before else { return Ok(()) };
    let unless = |fine: bool, loosens| if fine { Ok(()) } else { Err(loosens) };
    unless(after.status == before.status || after.status == Status::InForce, Loosens::Status)?;
    unless(after.waivers.iter().all(|waiver| before.waivers.contains(waiver)), Loosens::Waiver)?;
    unless(after.scope == before.scope, Loosens::Scope)?;
    let dates = |text: &Directive| (text.zone.clone(), text.issued, *text.effective(), text.public_from);
    // A text that says when it begins may be read as one that waits.
    unless(after.revised.is_none() || after.revised == before.revised, Loosens::Dates)?;
    unless(dates(after) == dates(before), Loosens::Dates)?;
    unless(after.tables == before.tables, Loosens::Table)?;
    unless(after.calendars == before.calendars, Loosens::Calendar)?;
    for old in &before.subjects {
        let new = after.subjects.iter().find(|new| new.id == old.id).ok_or(Loosens::Subject)?;
        subject(old, new)?;
    }
    for old in &before.actions {
        action(old, after.action(&old.id).ok_or(Loosens::Action)?)?;
    }
    // A new way to satisfy an old order is no addition.
    let is_new = |action: &&Action| before.action(&action.id).is_none();
    let joins = |action: &Action| !action.alternatives.is_empty();
    unless(!after.actions.iter().filter(is_new).any(joins), Loosens::Action)
}

fn subject(old: &Subject, new: &Subject) -> Result<(), Loosens> {
    let same = old.disposition == new.disposition
        && (old.embedded == new.embedded || new.embedded == Some(Embedded::In))
        && old.listed == new.listed
        && old.valid_from == new.valid_from
        && old.valid_until == new.valid_until;
    if !same {
        return Err(Loosens::Subject);
    }
    // A list that is named anew may mark for review what the subject was recognised by without it.
    if old.identifiers_from != new.identifiers_from {
        return Err(Loosens::Identifier);
    }
    identifiers(&old.identifiers, &new.identifiers)?;
    if !new.excludes.iter().all(|exclude| old.excludes.contains(exclude)) {
        return Err(Loosens::Exclude);
    }
    if not_later(old.due, new.due) { Ok(()) } else { Err(Loosens::Deadline) }
}

/// Whether a waiver frees nobody whom it did not free before: only one that has ended, or is word for word what it was, is
/// sure not to.
///
/// # Errors
/// That it grants a waiver.
pub(super) fn waiver_only_tightens(
    before: Option<&WaiverDocument>,
    after: &WaiverDocument,
) -> Result<(), Loosens> {
    let ended = matches!(after.status, Status::Closed | Status::Revoked);
    let same = before.is_some_and(|before| {
        let renumbered =
            WaiverDocument { revision: before.revision, previous: before.previous, ..after.clone() };
        renumbered == *before
    });
    if ended || same { Ok(()) } else { Err(Loosens::Waiver) }
}

/// Whether a revision of a list only adds to the one before it, or to nothing where it is the first.
///
/// # Errors
/// The first thing that it takes away.
pub(super) fn list_only_tightens(before: Option<&EntityList>, after: &EntityList) -> Result<(), Loosens> {
    let reviews = |confidence: &Option<Confidence>| *confidence == Some(Confidence::Review);
    let Some(before) = before else {
        // It may be read by directives that are in force already, and then its doubts are theirs.
        let doubts = after.identifiers.iter().any(|row| reviews(&row.confidence))
            || after.attachments.iter().any(|file| reviews(&file.confidence));
        return if doubts { Err(Loosens::Identifier) } else { Ok(()) };
    };
    identifiers(&before.identifiers, &after.identifiers)?;
    let new = |file: &&_| !before.attachments.contains(file);
    let files = before.attachments.iter().all(|file| after.attachments.contains(file))
        && !after.attachments.iter().filter(new).any(|file| reviews(&file.confidence));
    if files { Ok(()) } else { Err(Loosens::Identifier) }
}

fn identifiers(old: &[Identifier], new: &[Identifier]) -> Result<(), Loosens> {
    let rows = |list: &'_ [Identifier]| -> BTreeSet<Row> { list.iter().map(row).collect() };
    let (before, after) = (rows(old), rows(new));
    if !before.is_subset(&after) {
        return Err(Loosens::Identifier);
    }
    let has = |kind: &IdentifierKind| old.iter().any(|identifier| identifier.kind == *kind);
    for added in new.iter().filter(|identifier| !before.contains(&row(identifier))) {
        // Such an identifier says that an exact product is perhaps not meant.
        let doubts = added.confidence == Some(Confidence::Review);
        // A maker's name alone counts until there is a product beside it.
        let narrows = added.kind == IdentifierKind::Product
            && has(&IdentifierKind::Vendor)
            && !has(&IdentifierKind::Product);
        if doubts || narrows {
            return Err(Loosens::Identifier);
        }
    }
    Ok(())
}

/// Everything that a row says, to be looked up: a list may have a hundred thousand of them.
type Row = (IdentifierKind, String, Option<String>, Option<String>, Option<Confidence>);

fn row(of: &Identifier) -> Row {
    (of.kind.clone(), of.value.clone(), of.versions.clone(), of.source.clone(), of.confidence.clone())
}

fn action(old: &Action, new: &Action) -> Result<(), Loosens> {
    let strength =
        old.modality == new.modality || (old.modality == Modality::Should && new.modality == Modality::Must);
    let reaches = if old.subjects.is_empty() {
        new.subjects.is_empty()
    } else {
        old.subjects.iter().all(|subject| new.concerns(subject))
    };
    let asks = old.requires.iter().all(|field| new.requires.contains(field))
        && (old.negative_report.is_none() || old.negative_report == new.negative_report)
        && (old.signatory.is_none() || old.signatory == new.signatory);
    // A condition more, or another one, and fewer are bound.
    let always = new.when.iter().all(|condition| old.when.contains(condition));
    let same = old.kind == new.kind && old.after == new.after && old.alternatives == new.alternatives;
    if !(strength && reaches && always && asks && same) {
        return Err(Loosens::Action);
    }
    match (&old.due, &new.due) {
        (None, _) => Ok(()),
        (Some(old), Some(new)) if old == new || earlier(old, new) => Ok(()),
        _ => Err(Loosens::Deadline),
    }
}

/// Whether a due is the same but for an earlier date, or a shorter distance from the same event.
fn earlier(old: &Due, new: &Due) -> bool {
    let rest = |due: &Due| {
        let mut rest = due.clone();
        if let Some(at) = &mut rest.at {
            at.time = DayOrTime::Day(jiff::civil::Date::ZERO);
            at.words = None;
        }
        if let Some(offset) = &mut rest.offset {
            offset.n = 0;
        }
        rest
    };
    let at = |due: &Due| due.at.as_ref().map(|at| at.time);
    let distance = |due: &Due| due.offset.as_ref().map(|offset| offset.n);
    rest(old) == rest(new) && not_later(at(old), at(new)) && distance(new) <= distance(old)
}

/// Whether a date that was there is there still, and not later; a day is compared with a day alone.
fn not_later(old: Option<DayOrTime>, new: Option<DayOrTime>) -> bool {
    match (old, new) {
        (None, _) => true,
        (Some(DayOrTime::Day(old)), Some(DayOrTime::Day(new))) => new <= old,
        (Some(DayOrTime::Time(old)), Some(DayOrTime::Time(new))) => new <= old,
        _ => false,
    }
}

#[cfg(test)]
mod tests;
