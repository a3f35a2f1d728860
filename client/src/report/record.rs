//! The members of JSON and the columns of CSV.

use std::borrow::Cow;

use interdict_host::exit::Exit;
use interdict_schema::directive::deadline;
use interdict_schema::directive::{Confidence, DirectiveId, Disposition, Edge, IdentifierKind, Revision};
use interdict_schema::product::identifier::Certainty;
use interdict_schema::{DateTime, Sha256};
use jiff::tz::TimeZone;
use serde::Serialize;

use super::{Report, Standing};
use crate::assess::{Due, Evidence, Exclusion, Finding, FindingId, Waiting};
use crate::config::RepositoryName;
use crate::inventory::{Component, Coverage, Presence, Reading};
use crate::presentation::by_when;

/// The format of the whole JSON document.
pub const FORMAT: &str = "interdict-check/1";

/// One row of the result.
#[derive(Debug, Serialize)]
pub struct FindingRecord<'f> {
    /// Its name, the same on every run.
    pub id: FindingId,
    /// `match`, `unknown`, `possible`, `excepted`, `waived` or `excluded`.
    pub verdict: &'static str,
    /// The directive's id.
    pub directive: &'f DirectiveId,
    /// Its revision.
    pub revision: Revision,
    /// SHA-256 of its payload.
    pub digest: Sha256,
    /// The repository that it comes from.
    pub repository: &'f str,
    /// What the operator must know of it: `vanished`, …
    pub marks: Vec<&'static str>,
    /// The subject's id.
    pub subject: &'f str,
    /// Its name for people.
    pub subject_name: &'f str,
    /// `prohibited`, `remediate` or `restricted`.
    pub disposition: &'f Disposition,
    /// The asset that it stands on, as an exception has to name it: the host, this machine, or the source.
    pub asset: &'f str,
    /// What was found; absent for a vulnerability of no component.
    pub component: Option<ComponentRecord<'f>>,
    /// Where it stands.
    #[serde(flatten)]
    pub place: PlaceRecord<'f>,
    /// What the verdict rests on, the strongest first.
    pub evidence: Vec<EvidenceRecord<'f>>,
    /// Why it is no match.
    pub doubts: Vec<String>,
    /// What leaves it out.
    pub exclusion: Option<ExclusionRecord<'f>>,
    /// The agency's exception. It leaves nothing out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exception: Option<ExceptionRecord<'f>>,
    /// When it was first found there, where that is remembered. Clocks that run from detection run from then.
    pub detected_at: Option<DateTime>,
    /// The next deadline.
    pub next: Option<DueRecord<'f>>,
    /// The deadline that was missed.
    pub overdue: Option<DueRecord<'f>>,
    /// What is to be done about it and has no date yet.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub waiting: Vec<WaitingRecord<'f>>,
}

/// An obligation without a date yet.
#[derive(Debug, Serialize)]
pub struct WaitingRecord<'f> {
    /// The action's id.
    pub action: &'f str,
    /// What is to be done.
    pub kind: &'f str,
    /// `begin`, `complete` or `report`.
    pub edge: Option<&'f Edge>,
    /// The paragraph that orders it.
    pub paragraph: Option<&'f str>,
    /// "runs from event:vendor-release", "depends on exposed; strictest: …".
    pub because: String,
}

impl<'f> WaitingRecord<'f> {
    fn of(waiting: &Waiting<'f>, zone: &TimeZone) -> Self {
        let action = waiting.action;
        Self {
            action: &action.id,
            kind: action.kind.as_str(),
            edge: waiting.edge,
            paragraph: action.paragraph.as_deref(),
            because: by_when(waiting.deadline.clone(), action, zone).unwrap_or_default(),
        }
    }
}

/// A component.
#[derive(Debug, Serialize)]
pub struct ComponentRecord<'f> {
    /// Its name.
    pub name: &'f str,
    /// Its version.
    pub version: Option<&'f str>,
    /// The kind of package.
    pub ecosystem: Option<&'f str>,
    /// Its group.
    pub group: Option<&'f str>,
    /// Its vendors.
    pub vendors: &'f [String],
    /// Its package URL.
    pub purl: Option<String>,
    /// The machine.
    pub host: Option<&'f str>,
    /// `installed`, `incomplete` or `residual`.
    pub presence: &'static str,
    /// Whether it is a part of another.
    pub nested: bool,
}

/// Where a finding stands.
#[derive(Debug, Serialize)]
pub struct PlaceRecord<'f> {
    /// The source's label.
    pub source: &'f str,
    /// The row from 1.
    pub row: u64,
    /// The byte where it starts.
    pub byte: Option<u64>,
    /// The source's own name for it.
    pub reference: Option<&'f str>,
}

/// One comparison.
#[derive(Debug, Serialize)]
pub struct EvidenceRecord<'f> {
    /// The identifier's kind.
    pub kind: &'f IdentifierKind,
    /// Its value.
    pub value: &'f str,
    /// The versions that it means; absent where all are meant.
    pub versions: Option<&'f str>,
    /// How far the directive relies on it.
    pub confidence: &'f str,
    /// The list whose row it is, and its revision; absent where it is the directive's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub list: Option<ListRecord<'f>>,
    /// `exact` or `probable`.
    pub certainty: &'static str,
    /// The field of the component.
    pub field: &'static str,
    /// What stands there.
    pub found: &'f str,
    /// Why this comparison alone is no match.
    pub doubts: Vec<String>,
}

/// A list that a row stands in.
#[derive(Debug, Serialize)]
pub struct ListRecord<'f> {
    /// Its id.
    pub id: &'f DirectiveId,
    /// The revision.
    pub revision: Revision,
}

/// What leaves a finding out.
#[derive(Debug, Serialize)]
pub struct ExclusionRecord<'f> {
    /// Its name.
    pub id: &'f str,
    /// The reason.
    pub reason: Cow<'f, str>,
    /// The document of its own that grants a waiver.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub document: Option<DocumentRecord<'f>>,
}

/// A document that a finding rests on.
#[derive(Debug, Serialize)]
pub struct DocumentRecord<'f> {
    /// Its id.
    pub id: &'f DirectiveId,
    /// Its revision.
    pub revision: Revision,
    /// SHA-256 of its payload.
    pub digest: Sha256,
}

/// The exception of a finding.
#[derive(Debug, Serialize)]
pub struct ExceptionRecord<'f> {
    /// Its name.
    pub id: &'f str,
    /// Why.
    pub reason: &'f str,
    /// Who answers for it.
    pub approved_by: &'f str,
    /// Its first second.
    pub from: DateTime,
    /// Its last second.
    pub until: DateTime,
    /// The verdict without it.
    pub otherwise: &'static str,
    /// All of it in words, for forms that have one place for them.
    #[serde(skip)]
    pub words: Cow<'f, str>,
}

/// A deadline.
#[derive(Debug, Serialize)]
pub struct DueRecord<'f> {
    /// The action's id.
    pub action: &'f str,
    /// What is to be done.
    pub kind: &'f str,
    /// `begin`, `complete` or `report`.
    pub edge: Option<&'f Edge>,
    /// The paragraph that orders it.
    pub paragraph: Option<&'f str>,
    /// The last second.
    pub at: DateTime,
    /// Whole days until then from the moment assessed for, rounded down; negative when it has passed.
    pub days_left: i64,
    /// Whether it comes again.
    pub recurs: bool,
}

/// A source, and how far it was read.
#[derive(Debug, Serialize)]
pub struct SourceRecord<'f> {
    /// Its label.
    pub source: &'f str,
    /// Its format.
    pub format: Option<&'static str>,
    /// Components that it gave.
    pub components: u64,
    /// `complete`, `partial` or `unread`.
    pub read: &'static str,
    /// Whether nothing of it is hidden: an identifier that does not parse hides something too.
    pub complete: bool,
    /// Why it was not read wholly.
    pub reason: Option<String>,
    /// The row where reading stopped, or of the first row that was left out.
    pub row: Option<u64>,
    /// The byte.
    pub byte: Option<u64>,
    /// Rows that were left out one by one.
    pub skipped: u64,
    /// What was odd.
    pub notes: Vec<NoteRecord>,
    /// Notes beyond those.
    pub notes_dropped: u64,
}

/// Something odd in a source.
#[derive(Debug, Serialize)]
pub struct NoteRecord {
    /// The row.
    pub row: u64,
    /// The byte.
    pub byte: u64,
    /// What.
    pub problem: String,
}

/// Identifiers that nothing was compared with.
#[derive(Debug, Serialize)]
pub struct NotLookedForRecord<'f> {
    /// Their kind.
    pub kind: &'f str,
    /// How many.
    pub identifiers: usize,
    /// Why.
    pub why: String,
}

/// How the policy stands.
#[derive(Debug, Serialize)]
pub struct PolicyRecord<'f> {
    /// The generation.
    pub generation: u64,
    /// When it was verified.
    pub verified_at: DateTime,
    /// When it becomes stale.
    pub fresh_until: DateTime,
    /// Why it is, if it is; it stays in force.
    pub stale: Vec<String>,
    /// What is wrong.
    pub alarms: Vec<AlarmRecord<'f>>,
    /// Repositories that are configured and of which nothing is held.
    pub missing: &'f [RepositoryName],
}

/// Something wrong with a repository.
#[derive(Debug, Serialize)]
pub struct AlarmRecord<'f> {
    /// The repository.
    pub repository: &'f str,
    /// The kind.
    pub kind: &'static str,
    /// The directive.
    pub directive: Option<&'f DirectiveId>,
    /// What was found and wanted.
    pub reason: &'f str,
}

/// A place of a directive or list that this version does not understand, or a list that is missing.
#[derive(Debug, Serialize)]
pub struct UnsupportedRecord<'f> {
    /// The directive.
    pub directive: &'f DirectiveId,
    /// The place: a JSON pointer, or the subject and the identifier.
    pub place: String,
    /// What stands there.
    pub what: String,
}

/// A subject or directive that does not bind.
#[derive(Debug, Serialize)]
pub struct NotBindingRecord<'f> {
    /// The directive.
    pub directive: &'f DirectiveId,
    /// The subject; absent for the whole directive.
    pub subject: Option<&'f str>,
    /// Why.
    pub because: String,
}

/// How the command ends.
#[derive(Debug, Serialize)]
pub struct ExitRecord {
    /// The exit code.
    pub code: u8,
    /// Everything that it stands for, the winning one first.
    pub exits: Vec<Exit>,
    /// Which findings it tells of, where the caller chose.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub fail_on: Vec<&'static str>,
}

impl<'f> FindingRecord<'f> {
    /// The record of a finding.
    pub fn of(report: &Report<'f, 'f>, finding: &Finding<'f, 'f>) -> Self {
        let (bound, judgement) = (finding.bound, finding.judgement);
        let directive = bound.directive();
        let zone = deadline::zone(&directive.zone).unwrap_or(TimeZone::UTC);
        let due = |due: Due<'f>| DueRecord {
            action: &due.action.id,
            kind: due.action.kind.as_str(),
            edge: due.edge,
            paragraph: due.action.paragraph.as_deref(),
            at: due.at,
            days_left: (due.at.unix_seconds() - bound.moment.unix_seconds()).div_euclid(86_400),
            recurs: due.recurs,
        };
        let inventory = report.assessment.inventory;
        let row = finding.row();
        let source = row.and_then(|row| inventory.coverage.get(row.source));
        Self {
            id: report.assessment.id_of(finding),
            verdict: judgement.verdict.as_str(),
            directive: &directive.id,
            revision: directive.revision,
            digest: bound.believed().payload.digest,
            repository: bound.source.repository,
            marks: bound.source.marks.iter().map(|mark| mark.as_str()).collect(),
            subject: &bound.subject.id,
            subject_name: &bound.subject.name,
            disposition: &bound.subject.disposition,
            asset: report.assessment.asset_of(finding.component, row),
            component: finding.component.map(ComponentRecord::of),
            place: PlaceRecord {
                source: source.map_or("", |source| &source.source),
                row: row.map_or(0, |row| row.row),
                byte: row.and_then(|row| row.byte),
                reference: row.and_then(|row| row.reference.as_deref()),
            },
            evidence: judgement.evidence.iter().map(EvidenceRecord::of).collect(),
            doubts: judgement.doubts.iter().map(ToString::to_string).collect(),
            exclusion: judgement.exclusion.as_ref().and_then(ExclusionRecord::of),
            exception: judgement.exclusion.as_ref().and_then(ExceptionRecord::of),
            detected_at: finding.detected,
            next: finding.next().map(due),
            overdue: finding.overdue().map(due),
            waiting: finding.waiting().iter().map(|waiting| WaitingRecord::of(waiting, &zone)).collect(),
        }
    }
}

impl<'f> ExclusionRecord<'f> {
    fn of(exclusion: &'f Exclusion<'f>) -> Option<Self> {
        let leaves_out = !matches!(exclusion, Exclusion::Excepted { .. });
        let document = exclusion.document().map(|document| DocumentRecord {
            id: &document.id,
            revision: document.revision,
            digest: document.digest,
        });
        leaves_out.then(|| Self { id: exclusion.id(), reason: exclusion.reason(), document })
    }
}

impl<'f> ExceptionRecord<'f> {
    fn of(exclusion: &'f Exclusion<'_>) -> Option<Self> {
        let Exclusion::Excepted { exception, otherwise } = exclusion else { return None };
        Some(Self {
            id: &exception.id,
            reason: &exception.reason,
            approved_by: &exception.approved_by,
            from: exception.begins(),
            until: exception.ends(),
            otherwise: otherwise.as_str(),
            words: exclusion.reason(),
        })
    }
}

impl<'f> ComponentRecord<'f> {
    fn of(component: &'f Component) -> Self {
        Self {
            name: &component.name,
            version: component.version.as_deref(),
            ecosystem: component.ecosystem.as_deref(),
            group: component.group.as_deref(),
            vendors: &component.vendors,
            purl: component.purl.as_ref().map(ToString::to_string),
            host: component.host.as_deref(),
            presence: match component.presence {
                Presence::Installed => "installed",
                Presence::Incomplete => "incomplete",
                Presence::Residual => "residual",
            },
            nested: component.nested,
        }
    }
}

impl<'f> EvidenceRecord<'f> {
    fn of(evidence: &'f Evidence<'_>) -> Self {
        Self {
            kind: &evidence.identifier.kind,
            value: &evidence.identifier.value,
            versions: evidence.identifier.versions.as_deref(),
            confidence: evidence.identifier.confidence.as_ref().map_or("high", Confidence::as_str),
            list: evidence.list.map(|list| ListRecord { id: &list.id, revision: list.revision }),
            certainty: match evidence.certainty {
                Certainty::Exact => "exact",
                Certainty::Probable => "probable",
            },
            field: evidence.field.as_str(),
            found: &evidence.found,
            doubts: evidence.doubts.iter().map(ToString::to_string).collect(),
        }
    }
}

impl<'f> SourceRecord<'f> {
    /// The record of a source.
    pub fn of(coverage: &'f Coverage) -> Self {
        let (read, reason, place, skipped) = match &coverage.read {
            Reading::Complete => ("complete", None, None, 0),
            Reading::Partial { reason, place, skipped } => {
                ("partial", Some(reason.to_string()), Some(*place), *skipped)
            }
            Reading::Unread { reason } => ("unread", Some(reason.to_string()), None, 0),
        };
        let note = |note: &crate::inventory::Note| NoteRecord {
            row: note.place.row,
            byte: note.place.byte,
            problem: note.problem.to_string(),
        };
        Self {
            source: &coverage.source,
            format: coverage.format.map(crate::inventory::Format::name),
            components: coverage.components,
            read,
            complete: coverage.is_complete(),
            reason,
            row: place.map(|place| place.row),
            byte: place.map(|place| place.byte),
            skipped,
            notes: coverage.notes.iter().map(note).collect(),
            notes_dropped: coverage.notes_dropped,
        }
    }
}

impl<'f> PolicyRecord<'f> {
    /// The record of a policy's standing.
    pub fn of(standing: &'f Standing) -> Self {
        let alarm = |(repository, alarm): &'f (String, crate::store::generation::Alarm)| AlarmRecord {
            repository,
            kind: alarm.kind.as_str(),
            directive: alarm.directive.as_ref(),
            reason: &alarm.reason,
        };
        Self {
            generation: standing.generation,
            verified_at: standing.verified_at,
            fresh_until: standing.fresh_until,
            stale: standing.stale.iter().map(ToString::to_string).collect(),
            alarms: standing.alarms.iter().map(alarm).collect(),
            missing: &standing.missing,
        }
    }
}

/// Identifiers that nothing was compared with.
pub(super) fn not_looked_for<'f>(report: &Report<'f, '_>) -> Vec<NotLookedForRecord<'f>> {
    let record = |not: &'f crate::assess::NotLookedFor| NotLookedForRecord {
        kind: &not.kind,
        identifiers: not.identifiers,
        why: not.why.to_string(),
    };
    report.assessment.not_looked_for.iter().map(record).collect()
}

/// What is not understood, identifiers that are not of their kind and lists that are missing included.
pub(super) fn unsupported<'f>(report: &Report<'f, '_>) -> Vec<UnsupportedRecord<'f>> {
    let places = report.assessment.unsupported.iter().map(|(directive, found)| UnsupportedRecord {
        directive,
        place: found.pointer.to_string(),
        what: found.what.to_string(),
    });
    let unreadable = report.assessment.unreadable.iter().map(|found| UnsupportedRecord {
        directive: found.directive,
        place: format!("{}, {} {}", found.subject, found.identifier.kind, found.identifier.value),
        what: found.error.to_string(),
    });
    let missing = report.assessment.missing.iter().map(|found| UnsupportedRecord {
        directive: found.directive,
        place: found.subject.to_owned(),
        what: found.gap.to_string(),
    });
    let files = report.assessment.unreadable_files.iter().map(|(list, path, why)| UnsupportedRecord {
        directive: list,
        place: (*path).to_owned(),
        what: why.to_string(),
    });
    let entries = report.assessment.malformed_entries.iter().map(|found| UnsupportedRecord {
        directive: &found.list,
        place: found.path.clone(),
        what: format!(
            "{} of the entries are no {}, the first in line {}: {}",
            found.entries, found.kind, found.line, found.error
        ),
    });
    places.chain(unreadable).chain(missing).chain(files).chain(entries).collect()
}

/// What does not bind.
pub(super) fn not_binding<'f>(report: &Report<'f, '_>) -> Vec<NotBindingRecord<'f>> {
    let record = |not: &crate::assess::NotBinding<'f>| NotBindingRecord {
        directive: not.directive,
        subject: not.subject,
        because: not.because.to_string(),
    };
    report.assessment.not_binding.iter().map(record).collect()
}

/// How the command ends.
pub(super) fn exit(report: &Report<'_, '_>) -> ExitRecord {
    ExitRecord {
        code: report.outcome.exit().code(),
        exits: report.outcome.all(),
        fail_on: report.fail_on.iter().map(|kind| kind.as_str()).collect(),
    }
}
