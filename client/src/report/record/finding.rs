//! A finding: the directive, the component, where it stands, and what the verdict rests on.

use interdict_schema::directive::deadline;
use interdict_schema::directive::{DirectiveId, Disposition, Revision};
use interdict_schema::{DateTime, Sha256};
use jiff::tz::TimeZone;
use serde::Serialize;

use super::{DueRecord, EvidenceRecord, ExceptionRecord, ExclusionRecord, WaitingRecord};
use crate::assess::{Due, Finding, FindingId};
use crate::inventory::{Component, Presence};
use crate::report::Report;

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
    /// What is to be done about it and has no date yet, or of which a waiver frees for now.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub waiting: Vec<WaitingRecord<'f>>,
}

impl<'f> FindingRecord<'f> {
    /// The record of a finding.
    pub fn of(report: &Report<'f, 'f>, finding: &Finding<'f, 'f>) -> Self {
        let (bound, judgement) = (finding.bound, finding.judgement);
        let directive = bound.directive();
        let zone = deadline::zone(&directive.zone).unwrap_or(TimeZone::UTC);
        let due = |due: Due<'f>| DueRecord::of(&due, bound.moment);
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
            waiting: (finding.waiting().iter().map(|waiting| WaitingRecord::of(waiting, &zone)))
                .chain(finding.dues().iter().filter_map(WaitingRecord::of_waived))
                .collect(),
        }
    }
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
    /// `installed`, `incomplete`, `residual` or `recorded`.
    pub presence: &'static str,
    /// Whether it is a part of another.
    pub nested: bool,
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
                Presence::Recorded => "recorded",
            },
            nested: component.nested,
        }
    }
}
