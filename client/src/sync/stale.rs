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
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail by panicking")]

    use serde_json::{Value, json};

    use super::*;

    fn text() -> Value {
        json!({
            "format": "interdict-directive/1", "id": "BOD-1", "revision": 1, "status": "in-force", "title": "t",
            "issuer": "dhs", "zone": "America/New_York", "issued": "2017-09-13",
            "subjects": [{
                "id": "it", "name": "It", "disposition": "prohibited", "due": "2017-10-01",
                "identifiers": [{"kind": "vendor", "value": "v"}, {"kind": "package", "value": "p"}],
                "excludes": [{"id": "x", "reason": "r"}],
            }],
            "actions": [
                {"id": "a", "modality": "must", "kind": "remove", "subjects": ["it"],
                 "due": {"offset": {"n": 30, "unit": "day", "anchor": "issued"}}},
                {"id": "b", "modality": "should", "kind": "report", "due": {"at": {"time": "2017-12-12"}}},
            ],
            "waivers": [{"id": "w", "from": "2017-10-01", "granted_by": "o"}],
        })
    }

    fn parse(value: &Value) -> Directive {
        serde_json::from_value(value.clone()).unwrap()
    }

    fn judged(change: impl FnOnce(&mut Value)) -> Result<(), Loosens> {
        let mut after = text();
        change(&mut after);
        only_tightens(Some(&parse(&text())), &parse(&after))
    }

    #[test]
    fn what_only_adds_or_tightens_is_admitted() {
        assert_eq!(judged(|_| {}), Ok(()));
        let more = json!({"id": "more", "name": "More", "disposition": "prohibited"});
        assert_eq!(judged(|text| text["subjects"].as_array_mut().unwrap().push(more)), Ok(()));
        let cpe = json!({"kind": "package", "value": "q"});
        let add = |text: &mut Value| text["subjects"][0]["identifiers"].as_array_mut().unwrap().push(cpe);
        assert_eq!(judged(add), Ok(()));
        assert_eq!(judged(|text| text["subjects"][0]["excludes"] = json!([])), Ok(()));
        assert_eq!(judged(|text| text["subjects"][0]["due"] = json!("2017-09-30")), Ok(()));
        assert_eq!(judged(|text| text["waivers"] = json!([])), Ok(()));
        assert_eq!(judged(|text| text["actions"][0]["due"]["offset"]["n"] = json!(29)), Ok(()));
        assert_eq!(judged(|text| text["actions"][1]["due"]["at"]["time"] = json!("2017-12-11")), Ok(()));
        assert_eq!(judged(|text| text["actions"][1]["modality"] = json!("must")), Ok(()));
        assert_eq!(judged(|text| text["actions"][0]["subjects"] = json!([])), Ok(()));
        let supplements = json!([{"kind": "supplements", "target": {"id": "BOD-0"}}]);
        assert_eq!(judged(|text| text["relations"] = supplements), Ok(()));
    }

    /// trust.md rule 14
    #[test]
    fn a_list_that_only_adds_is_admitted_and_one_that_takes_away_or_doubts_is_not() {
        let text = json!({"format": "interdict-entity-list/1", "id": "BOD-X", "revision": 1, "title": "t", "issuer": "dhs",
            "issued": "2017-09-13",
            "identifiers": [{"kind": "vendor", "value": "v"}, {"kind": "package", "value": "p", "source": "s"}],
            "attachments": [{"kind": "sha256", "path": "h.txt", "digest": "0".repeat(64), "length": 0, "entries": 0}]});
        let list = |text: &Value| -> EntityList { serde_json::from_value(text.clone()).unwrap() };
        let judged = |change: fn(&mut Value)| {
            let mut after = text.clone();
            change(&mut after);
            list_only_tightens(Some(&list(&text)), &list(&after))
        };
        let push = |text: &mut Value, of: &str, row: Value| text[of].as_array_mut().unwrap().push(row);
        assert_eq!(judged(|_| {}), Ok(()));
        assert_eq!(judged(|text| text["title"] = json!("u")), Ok(()));
        assert_eq!(list_only_tightens(None, &list(&text)), Ok(()));
        let mut more = text.clone();
        push(&mut more, "identifiers", json!({"kind": "package", "value": "q"}));
        assert_eq!(list_only_tightens(Some(&list(&text)), &list(&more)), Ok(()));
        let refused: [fn(&mut Value); 6] = [
            |text| text["identifiers"] = json!([]),
            |text| text["identifiers"][1]["confidence"] = json!("low"),
            |text| text["identifiers"][1]["versions"] = json!("vers:deb/<1"),
            |text| {
                let doubt = json!({"kind": "package", "value": "q", "confidence": "review"});
                text["identifiers"].as_array_mut().unwrap().push(doubt);
            },
            |text| {
                let product = json!({"kind": "product", "value": "q"});
                text["identifiers"].as_array_mut().unwrap().push(product);
            },
            |text| text["attachments"] = json!([]),
        ];
        for change in refused {
            assert_eq!(judged(change), Err(Loosens::Identifier));
        }
        push(&mut more, "identifiers", json!({"kind": "package", "value": "r", "confidence": "review"}));
        assert_eq!(list_only_tightens(None, &list(&more)), Err(Loosens::Identifier));
        let named = |text: &mut Value| text["subjects"][0]["identifiers_from"] = json!([{"list": "BOD-X"}]);
        assert_eq!(super::tests::judged(named), Err(Loosens::Identifier), "its doubts are not known here");
    }

    /// trust.md rule 14
    #[test]
    fn what_takes_anything_away_is_not() {
        type Change = fn(&mut Value);
        let changes: [(Loosens, Change); 32] = [
            (Loosens::Status, |text| text["status"] = json!("closed")),
            (Loosens::Status, |text| text["status"] = json!("revoked")),
            (Loosens::Status, |text| text["status"] = json!("paused")),
            (Loosens::Relation, |text| {
                text["relations"] = json!([{"kind": "revokes", "target": {"id": "BOD-0"}}]);
            }),
            (Loosens::Relation, |text| {
                text["relations"] = json!([{"kind": "unheard-of", "target": {"id": "BOD-0"}}]);
            }),
            (Loosens::Relation, |text| {
                text["relations"] =
                    json!([{"kind": "supplements", "target": {"id": "BOD-0", "part": "remove"}}]);
            }),
            (Loosens::Dates, |text| text["revised"] = json!("2030-01-01")),
            (Loosens::Waiver, |text| text["waivers"][0]["until"] = json!("2030-01-01")),
            (Loosens::Scope, |text| text["scope"] = json!({"addressees": [{"agency": "One"}]})),
            (Loosens::Dates, |text| text["issued"] = json!("2017-09-14")),
            (Loosens::Dates, |text| text["effective"] = json!("2017-09-14")),
            (Loosens::Dates, |text| text["zone"] = json!("Pacific/Honolulu")),
            (Loosens::Calendar, |text| text["calendars"] = json!([{"id": "c"}])),
            (Loosens::Table, |text| text["tables"] = json!([{"id": "t", "inputs": [], "rows": []}])),
            (Loosens::Subject, |text| text["subjects"] = json!([])),
            (Loosens::Subject, |text| text["subjects"][0]["disposition"] = json!("restricted")),
            (Loosens::Subject, |text| text["subjects"][0]["embedded"] = json!("out")),
            (Loosens::Subject, |text| text["subjects"][0]["valid_until"] = json!("2018-01-01")),
            (Loosens::Identifier, |text| {
                text["subjects"][0]["identifiers"] = json!([{"kind": "vendor", "value": "v"}]);
            }),
            (Loosens::Identifier, |text| {
                text["subjects"][0]["identifiers"][1]["versions"] = json!("vers:deb/<1");
            }),
            (Loosens::Identifier, |text| {
                let product = json!({"kind": "product", "value": "x"});
                text["subjects"][0]["identifiers"].as_array_mut().unwrap().push(product);
            }),
            (Loosens::Identifier, |text| {
                let doubt = json!({"kind": "package", "value": "x", "confidence": "review"});
                text["subjects"][0]["identifiers"].as_array_mut().unwrap().push(doubt);
            }),
            (Loosens::Exclude, |text| {
                text["subjects"][0]["excludes"][0]["identifiers"] =
                    json!([{"kind": "package", "value": "p"}]);
            }),
            (Loosens::Deadline, |text| text["subjects"][0]["due"] = json!("2017-10-02")),
            (Loosens::Deadline, |text| text["subjects"][0]["due"] = json!("2017-09-30T00:00:00Z")),
            (Loosens::Action, |text| {
                text["actions"][0]["when"] = json!([{ "predicate": "p", "values": ["v"] }]);
            }),
            (Loosens::Action, |text| text["actions"] = json!([])),
            (Loosens::Action, |text| text["actions"][0]["modality"] = json!("should")),
            (Loosens::Action, |text| text["actions"][1]["subjects"] = json!(["it"])),
            (Loosens::Deadline, |text| text["actions"][0]["due"]["offset"]["n"] = json!(31)),
            (Loosens::Deadline, |text| text["actions"][1]["due"] = Value::Null),
            (Loosens::Action, |text| {
                let other = json!({"id": "c", "modality": "must", "kind": "report", "alternatives": ["a"]});
                text["actions"].as_array_mut().unwrap().push(other);
            }),
        ];
        for (number, (loosens, change)) in changes.into_iter().enumerate() {
            assert_eq!(judged(change), Err(loosens), "change {number}");
        }
    }

    #[test]
    fn a_first_text_is_admitted_unless_it_acts_on_another() {
        assert_eq!(only_tightens(None, &parse(&text())), Ok(()));
        let mut ends = text();
        ends["relations"] = json!([{"kind": "supersedes", "target": {"id": "BOD-0"}}]);
        assert_eq!(only_tightens(None, &parse(&ends)), Err(Loosens::Relation));
    }
}
