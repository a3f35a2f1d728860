//! What an update keeps of the revision before: all that the catalogue does not say.
//!
//! The catalogue says which entries there are, and of each its name, its identifiers, its dates and its notes. Whatever an
//! authority has added by hand stays: scope, waivers, definitions, other actions and subjects, exclusions, further identifiers,
//! a narrower effect. A word that this importer writes and the catalogue does not (the summary, the disposition, the words of
//! the one action) stays as it was changed.

use std::collections::{BTreeMap, BTreeSet};

use interdict_schema::directive::{Confidence, Directive, Identifier, IdentifierKind, Subject};

use super::{ACTION, KevNote, KevRemark, NOTES};

/// Puts what the catalogue does not say, as the revision before has it, into the directive made of the catalogue.
pub(super) fn keep(made: Directive, before: &Directive, notes: &mut Vec<KevNote>) -> Directive {
    let listed: BTreeSet<&str> = made.subjects.iter().map(|subject| subject.id.as_str()).collect();
    let gone: BTreeSet<String> = before
        .subjects
        .iter()
        .filter(|subject| is_of_catalogue(subject) && !listed.contains(subject.id.as_str()))
        .map(|subject| subject.id.clone())
        .collect();
    let mut kept = before.clone();
    kept.format = made.format;
    kept.revision = made.revision;
    kept.previous = made.previous;
    kept.title = made.title;
    kept.issuer = made.issuer;
    kept.zone = made.zone;
    kept.relations = made.relations;
    kept.issued = made.issued;
    // An update takes effect when it is released, also where the whole took effect on a day of its own.
    if before.effective.is_some() || before.revised.is_some() {
        kept.revised = Some(made.issued);
    }
    if kept.action(ACTION).is_none() {
        kept.actions.extend(made.actions);
    }
    let of_before: BTreeMap<&str, &Subject> =
        before.subjects.iter().map(|subject| (subject.id.as_str(), subject)).collect();
    let own = before.subjects.iter().filter(|subject| !is_of_catalogue(subject)).cloned();
    kept.subjects = made
        .subjects
        .into_iter()
        .map(|subject| match of_before.get(subject.id.as_str()) {
            Some(before) => kept_of(subject, before),
            None => subject,
        })
        .chain(own)
        .collect();
    // Who was freed from an entry that is there no longer is freed from nothing.
    kept.waivers.retain(|waiver| {
        let stays = waiver.part.as_ref().is_none_or(|part| !gone.contains(part));
        if !stays {
            let remark = KevRemark::WaiverGone { waiver: waiver.id.clone() };
            notes.push(KevNote { cve: waiver.part.clone(), remark });
        }
        stays
    });
    kept
}

/// Whether a subject was made of an entry: its id is a CVE that it is recognised by.
fn is_of_catalogue(subject: &Subject) -> bool {
    let is =
        |identifier: &Identifier| identifier.kind == IdentifierKind::Cve && identifier.value == subject.id;
    subject.listed.is_some() && subject.identifiers.iter().any(is)
}

/// An entry with what was added to it by hand.
fn kept_of(made: Subject, before: &Subject) -> Subject {
    let mut kept = Subject {
        id: made.id.clone(),
        name: made.name,
        products: made.products,
        listed: made.listed,
        due: made.due,
        notes: made.notes,
        identifiers: made.identifiers,
        ..before.clone()
    };
    let of_catalogue = |identifier: &Identifier| match identifier.kind {
        IdentifierKind::Cve => identifier.value == made.id,
        IdentifierKind::Vendor | IdentifierKind::Product => identifier.confidence == Some(Confidence::Low),
        _ => false,
    };
    let added = before.identifiers.iter().filter(|identifier| !of_catalogue(identifier));
    let added: Vec<Identifier> =
        added.filter(|identifier| !kept.identifiers.contains(identifier)).cloned().collect();
    kept.identifiers.extend(added);
    let labelled = |note: &String| NOTES.iter().any(|(label, _)| note.starts_with(&format!("{label}: ")));
    kept.notes.extend(before.notes.iter().filter(|note| !labelled(note)).cloned());
    kept
}
