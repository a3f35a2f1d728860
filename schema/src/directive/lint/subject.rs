//! The ban list: what each entry needs to be recognised and dealt with.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::{String, ToString};

use super::identifier::is_legal_form;
use super::{Fact, Problems};
use crate::directive::deadline::zone;
use crate::directive::{
    Action, ActionKind, Directive, Disposition, Embedded, IdentifierKind, Modality, Subject,
};
use crate::json::Pointer;
use crate::product::Name;

pub(super) fn check(directive: &Directive, problems: &mut Problems) {
    let zone = zone(&directive.zone).ok();
    for (number, subject) in directive.subjects.iter().enumerate() {
        let at = || Pointer::root().join("subjects").join(number);
        problems.text(|| at().join("name"), "name", &subject.name);
        words(subject, at, problems);
        recognised(subject, at, problems);
        if let Some(zone) = &zone {
            dates(subject, at, zone, problems);
        }
    }
    dealt_with(directive, problems);
}

fn words(subject: &Subject, at: impl Fn() -> Pointer, problems: &mut Problems) {
    if !subject.disposition.is_known() {
        let word = subject.disposition.as_str();
        problems.word(&at().join("disposition"), "disposition", word, Disposition::KNOWN);
    }
    if let Some(embedded) = subject.embedded.as_ref().filter(|embedded| !embedded.is_known()) {
        problems.word(&at().join("embedded"), "embedded", embedded.as_str(), Embedded::KNOWN);
    }
    for (number, entity) in subject.entities.iter().enumerate() {
        let at = || at().join("entities").join(number);
        problems.text(|| at().join("name"), "name", &entity.name);
        for (number, alias) in entity.aliases.iter().enumerate() {
            let at = || at().join("aliases").join(number);
            problems.text(at, "alias", alias);
            match Name::of(alias) {
                None if !alias.trim().is_empty() => {
                    problems
                        .add(at(), Fact::MatchesEverything { kind: "alias".into(), value: alias.clone() });
                }
                Some(name) if is_legal_form(&name) => {
                    problems.add(at(), Fact::LegalForm { kind: "alias".into(), value: alias.clone() });
                }
                _ => {}
            }
        }
    }
    for (number, product) in subject.products.iter().enumerate() {
        problems.text(|| at().join("products").join(number), "product", product);
    }
    for (number, exclude) in subject.excludes.iter().enumerate() {
        problems.text(|| at().join("excludes").join(number).join("reason"), "reason", &exclude.reason);
    }
}

fn recognised(subject: &Subject, at: impl Fn() -> Pointer, problems: &mut Problems) {
    let has = |kind: &IdentifierKind| subject.identifiers.iter().any(|identifier| identifier.kind == *kind);
    let mut seen = BTreeMap::new();
    for (number, from) in subject.identifiers_from.iter().enumerate() {
        let at = || at().join("identifiers_from");
        if let Some(first) = seen.insert(&from.list, number) {
            let (id, first) = (from.list.to_string(), at().join(first));
            problems.add(at().join(number), Fact::DuplicateId { id, first });
        }
    }
    if subject.identifiers.is_empty() && subject.identifiers_from.is_empty() {
        problems.add(at(), Fact::NoIdentifiers);
    } else if has(&IdentifierKind::Product) && !has(&IdentifierKind::Vendor) && subject.entities.is_empty() {
        problems.add(at().join("identifiers"), Fact::ProductWithoutVendor);
    }
}

fn dates(subject: &Subject, at: impl Fn() -> Pointer, zone: &jiff::tz::TimeZone, problems: &mut Problems) {
    if let (Some(due), Some(listed)) = (subject.due, subject.listed)
        && due.end(zone) < listed.begin(zone)
    {
        problems.add(at().join("due"), Fact::DueBeforeListed { due, listed });
    }
    if let (Some(until), Some(from)) = (subject.valid_until, subject.valid_from)
        && until.end(zone) < from.begin(zone)
    {
        problems.add(at().join("valid_until"), Fact::EndsBeforeItBegins { until, from });
    }
}

/// Whether somebody is told to do something about each subject.
fn dealt_with(directive: &Directive, problems: &mut Problems) {
    let removes = |kind: &ActionKind| {
        matches!(
            kind,
            ActionKind::Block | ActionKind::Disconnect | ActionKind::BeginRemoval | ActionKind::Remove
        )
    };
    let about = |removing: bool| {
        let actions = || {
            let removes = |action: &&Action| action.modality == Modality::Must && removes(&action.kind);
            directive.actions.iter().filter(move |action| !removing || removes(action))
        };
        let all = actions().any(|action| action.subjects.is_empty());
        let named: BTreeSet<&str> =
            actions().flat_map(|action| action.subjects.iter().map(String::as_str)).collect();
        move |id: &str| all || named.contains(id)
    };
    let (concerned, dealt_with) = (about(false), about(true));
    for (number, subject) in directive.subjects.iter().enumerate() {
        let at = || Pointer::root().join("subjects").join(number);
        if !concerned(&subject.id) {
            problems.add(at(), Fact::NoAction);
        } else if subject.disposition == Disposition::Prohibited && !dealt_with(&subject.id) {
            problems.add(at(), Fact::NothingRemovesIt);
        }
    }
}
