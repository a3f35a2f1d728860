//! A finding, as a SARIF result (3.27).

use std::collections::BTreeMap;

use interdict_schema::directive::Disposition;
use serde::{Serialize, Serializer};

use super::{ArtifactLocation, Location, LogicalLocation, Message, PhysicalLocation, Region, rule};
use crate::assess::{Finding, FindingId, Verdict};
use crate::report::record::{EvidenceRecord, FindingRecord};
use crate::report::{Report, words};

/// Every finding that is listed, written as it is made.
pub(super) struct Results<'f>(pub Report<'f, 'f>);

impl Serialize for Results<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let rows = self.0.listed().flat_map(|judgement| self.0.assessment.findings_of(judgement));
        serializer.collect_seq(rows.map(|finding| Outcome::of(&self.0, &finding)))
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Outcome<'f> {
    rule_id: String,
    rule_index: usize,
    kind: &'static str,
    level: &'static str,
    message: Message,
    locations: [Location<'f>; 1],
    partial_fingerprints: BTreeMap<&'static str, FindingId>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    suppressions: Vec<Suppression>,
    properties: Properties<'f>,
}

#[derive(Serialize)]
struct Suppression {
    kind: &'static str,
    status: &'static str,
    justification: String,
}

#[derive(Serialize)]
struct Properties<'f> {
    verdict: &'static str,
    asset: &'f str,
    evidence: Vec<EvidenceRecord<'f>>,
    doubts: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    due: Option<String>,
}

impl<'f> Outcome<'f> {
    fn of(report: &Report<'f, 'f>, finding: &Finding<'f, 'f>) -> Self {
        let record = FindingRecord::of(report, finding);
        let bound = finding.bound;
        let row = finding.row();
        let source = row.and_then(|row| report.assessment.inventory.coverage.get(row.source));
        let location = Location {
            physical_location: PhysicalLocation {
                artifact_location: ArtifactLocation {
                    uri: words::uri(record.place.source),
                    index: row.map(|row| row.source),
                },
                region: source.and_then(|source| Region::of(source, record.place.row, record.place.byte)),
            },
            logical_locations: record
                .component
                .iter()
                .map(|component| logical(component.name, &record))
                .collect(),
        };
        Self {
            rule_id: rule::id(bound),
            rule_index: finding.judgement.bound,
            kind: "fail",
            level: level(finding.judgement.verdict, &bound.subject.disposition),
            message: Message { text: words::sentence(&record) },
            locations: [location],
            partial_fingerprints: BTreeMap::from([("interdictFinding/v1", record.id)]),
            suppressions: suppression(&record).into_iter().collect(),
            properties: Properties {
                verdict: record.verdict,
                asset: record.asset,
                due: words::due(&record),
                evidence: record.evidence,
                doubts: record.doubts,
            },
        }
    }
}

fn logical<'f>(name: &'f str, record: &FindingRecord<'f>) -> LogicalLocation<'f> {
    let purl = record.component.as_ref().and_then(|component| component.purl.clone());
    let qualified = purl.unwrap_or_else(|| words::name(record).into_owned());
    LogicalLocation { name, fully_qualified_name: format!("{}/{qualified}", record.asset), kind: "package" }
}

/// A suppressed result keeps the level that it would have.
fn level(verdict: Verdict, disposition: &Disposition) -> &'static str {
    match verdict {
        Verdict::Match | Verdict::Excepted => "error",
        Verdict::Possible if *disposition == Disposition::Remediate => "note",
        Verdict::Unknown | Verdict::Possible | Verdict::Waived => "warning",
        Verdict::Excluded => "note",
    }
}

/// What leaves it out is accepted. What the agency excepts is not: it is a finding all the same.
fn suppression(record: &FindingRecord<'_>) -> Option<Suppression> {
    let of = |status, id: &str, reason: &str| Suppression {
        kind: "external",
        status,
        justification: format!("{} by {id}: {reason}", record.verdict),
    };
    let left_out = record.exclusion.as_ref().map(|out| of("accepted", out.id, &out.reason));
    left_out.or_else(|| record.exception.as_ref().map(|held| of("underReview", held.id, &held.words)))
}
