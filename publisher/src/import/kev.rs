//! CISA's Known Exploited Vulnerabilities catalogue as a directive of disposition `remediate`.
//!
//! Here: one subject an entry, one action whose deadline is each subject's own, and ([`diff`]) what was edited between two
//! catalogues, because the catalogue is edited in silence. Reading the file is in [`catalogue`]. Nothing is written here.
//!
//! An entry is recognised exactly by its CVE. Vendor and product are free text, so they are of low confidence and make a
//! finding `possible` at most; where the catalogue names no product ("Multiple Products") there are none, because a
//! vendor's name alone would fit all that it makes.

pub mod catalogue;
mod changes;
mod kept;
mod problem;
#[cfg(test)]
mod tests;

use interdict_schema::directive::lint::Previous;
use interdict_schema::directive::{
    Action, ActionKind, Confidence, DayOrTime, Directive, DirectiveId, Disposition, Due, Edge, FORMAT,
    Identifier, IdentifierKind, Marking, Modality, Reference, Relation, RelationKind, Revision, Scope,
    Status, Subject, Target,
};

pub use catalogue::{Catalogue, Entry};
pub use changes::{Edited, KevChanges, Listed, Moved, diff};
pub use problem::{KevError, KevNote, KevProblem, KevReason, KevRemark};

/// The id of the catalogue's directive where nothing else is asked for.
pub const DEFAULT_ID: &str = "KEV";

/// The zone in which the catalogue's days end: its dates have none, and this is its publisher's.
pub const DEFAULT_ZONE: &str = "America/New_York";

/// The id of the one action.
pub const ACTION: &str = "remediate";

/// What the catalogue does not say and its directive must.
#[derive(Debug, Clone)]
pub struct Options<'a> {
    /// The directive's id.
    pub id: DirectiveId,
    /// The issuer's id in `issuers.json`.
    pub issuer: String,
    /// The IANA zone of its dates; that of the revision before where absent, and [`DEFAULT_ZONE`] for the first.
    pub zone: Option<String>,
    /// The directive that orders the catalogue to be obeyed, or the action of it; what the revision before says, where absent.
    pub implements: Option<Target>,
    /// The revision before; none for the first import.
    pub previous: Option<Previous<'a>>,
}

/// A catalogue that has become a directive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Imported {
    /// The directive: revision 1, or the one after the previous.
    pub directive: Directive,
    /// What was odd about entries that were taken all the same, in the order of the catalogue.
    pub notes: Vec<KevNote>,
}

/// Makes a directive of a catalogue.
///
/// # Errors
/// Where the file breaks off or is not JSON, with the byte; otherwise every entry that is wrong, with its member. There is
/// no directive of a part.
pub fn import(bytes: &[u8], options: &Options<'_>) -> Result<Imported, KevError> {
    let Catalogue { version, released, entries, mut notes } = Catalogue::read(bytes)?;
    if let Some(previous) = &options.previous {
        if previous.directive.id != options.id {
            let (found, wanted) = (previous.directive.id.clone(), options.id.clone());
            return Err(KevError::OtherDirective { found, wanted });
        }
        let before = previous.directive.issued;
        if matches!(before, DayOrTime::Time(before) if released < before) {
            notes.insert(0, KevNote { cve: None, remark: KevRemark::Older { released, before } });
        }
    }
    let directive = Directive {
        format: FORMAT.into(),
        id: options.id.clone(),
        revision: options.previous.map_or(Revision::FIRST, |previous| previous.directive.revision.next()),
        previous: options.previous.map(|previous| previous.digest),
        status: Status::InForce,
        title: format!("Known exploited vulnerabilities, catalogue of {version}"),
        issuer: options.issuer.clone(),
        zone: zone(options),
        signatories: Vec::new(),
        legal_basis: Vec::new(),
        issued: DayOrTime::Time(released),
        effective: None,
        revised: None,
        public_from: None,
        marking: Some(Marking::Clear),
        language: Some("en-US".into()),
        summary: Some(
            "Each of these vulnerabilities is being exploited. Update, mitigate or stop using what has one, by its own date."
                .into(),
        ),
        text: None,
        definitions: Vec::new(),
        scope: Scope::default(),
        subjects: entries.into_iter().map(subject).collect(),
        actions: vec![action()],
        tables: Vec::new(),
        calendars: Vec::new(),
        relations: relations(options),
        waivers: Vec::new(),
        responses: Vec::new(),
        references: vec![Reference {
            title: "Known Exploited Vulnerabilities catalogue".into(),
            url: Some("https://www.cisa.gov/known-exploited-vulnerabilities-catalog".into()),
        }],
    };
    let directive = match &options.previous {
        Some(previous) => kept::keep(directive, previous.directive, &mut notes),
        None => directive,
    };
    Ok(Imported { directive, notes })
}

fn zone(options: &Options<'_>) -> String {
    let before = options.previous.map(|previous| previous.directive.zone.clone());
    options.zone.clone().or(before).unwrap_or_else(|| DEFAULT_ZONE.into())
}

/// The relation to what the catalogue carries out, which goes with every text of that: no digest. All others stay.
fn relations(options: &Options<'_>) -> Vec<Relation> {
    let mut relations =
        options.previous.map(|previous| previous.directive.relations.clone()).unwrap_or_default();
    if let Some(target) = &options.implements {
        relations.retain(|relation| relation.kind != RelationKind::Implements);
        let target = target.clone();
        let kind = RelationKind::Implements;
        relations.push(Relation { kind, target, by: None, effective: None, reason: None });
    }
    relations
}

fn action() -> Action {
    Action {
        id: ACTION.into(),
        modality: Modality::Must,
        kind: ActionKind::Update,
        paragraph: None,
        description: Some("Remedy the vulnerability as its entry says, or stop using the product.".into()),
        subjects: Vec::new(),
        when: Vec::new(),
        after: Vec::new(),
        alternatives: Vec::new(),
        requires: Vec::new(),
        negative_report: None,
        due: Some(Due { edge: Some(Edge::Complete), by_subject: true, ..Due::default() }),
        signatory: None,
    }
}

/// A text of an entry.
type TextOf = fn(&Entry) -> String;

/// What begins each note of a subject: the catalogue's members that a directive has no field for.
const NOTES: [(&str, TextOf); 6] = [
    ("Vulnerability", |entry| entry.name.clone()),
    ("Description", |entry| entry.description.clone()),
    ("Required action", |entry| entry.required_action.clone()),
    ("Used by ransomware", |entry| entry.ransomware.clone()),
    ("Weaknesses", |entry| entry.cwes.join(", ")),
    ("Notes", |entry| entry.notes.clone()),
];

fn subject(entry: Entry) -> Subject {
    let notes = NOTES
        .iter()
        .map(|(label, text)| (label, text(&entry)))
        .filter(|(_, text)| !text.is_empty())
        .map(|(label, text)| format!("{label}: {text}"))
        .collect();
    let identifier = |kind, value: &str, confidence| Identifier {
        kind,
        value: value.into(),
        versions: None,
        source: None,
        confidence,
    };
    let mut identifiers = vec![identifier(IdentifierKind::Cve, &entry.cve, None)];
    if entry.names_a_product() {
        identifiers.push(identifier(IdentifierKind::Vendor, &entry.vendor, Some(Confidence::Low)));
        identifiers.push(identifier(IdentifierKind::Product, &entry.product, Some(Confidence::Low)));
    }
    Subject {
        name: format!("{} {}", entry.vendor, entry.product),
        id: entry.cve,
        disposition: Disposition::Remediate,
        entities: Vec::new(),
        products: vec![entry.product],
        identifiers,
        identifiers_from: Vec::new(),
        embedded: None,
        excludes: Vec::new(),
        listed: Some(DayOrTime::Day(entry.added)),
        due: Some(DayOrTime::Day(entry.due)),
        valid_from: None,
        valid_until: None,
        notes,
    }
}
