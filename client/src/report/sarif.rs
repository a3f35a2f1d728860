//! SARIF 2.1.0 (OASIS, with errata 01): for code scanning services and whatever else gathers findings.
//!
//! | here | there |
//! |---|---|
//! | a subject that binds | `rules`, `DIRECTIVE/SUBJECT`; what is due is in `help` |
//! | a finding | `results`; the row is a `region`, its name a `partialFingerprints` member |
//! | `match`, `unknown`, `possible` | `level` `error`, `warning`; `possible` of what wants repair: `note` |
//! | `waived`, `excluded` | a suppression that is `accepted` (3.35.3) |
//! | `excepted` | a suppression `underReview`: it is a finding all the same, and services go on showing it |
//! | what could not be seen | `toolExecutionNotifications`; what is void in the agency's own file: `toolConfigurationNotifications` |
//!
//! `executionSuccessful` is false whenever the command ends with anything but 0 and 1: what nobody looked at is not clean.
//! There is no time in it, so the same question has the same answer byte for byte. Results are written as they are made.
//! `byteOffset` counts in what came out of a packed file.

mod result;
mod rule;

use std::io::{self, Write};

use interdict_host::exit::Exit;
use serde::Serialize;

use self::result::Results;
use self::rule::{Rule, rules};
use super::gap::{Gap, GapKind, Severity, gaps};
use super::record::PolicyRecord;
use super::visible::Visible;
use super::{Report, words};

const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

#[derive(Serialize)]
struct Log<'f> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run<'f>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run<'f> {
    tool: Tool<'f>,
    invocations: [Invocation<'f>; 1],
    artifacts: Vec<Artifact>,
    column_kind: &'static str,
    results: Results<'f>,
    properties: Properties<'f>,
}

#[derive(Serialize)]
struct Tool<'f> {
    driver: Driver<'f>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Driver<'f> {
    name: &'static str,
    semantic_version: &'static str,
    rules: Vec<Rule<'f>>,
    notifications: Vec<Descriptor>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Descriptor {
    id: &'static str,
    short_description: Message,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Invocation<'f> {
    execution_successful: bool,
    exit_code: u8,
    exit_code_description: String,
    tool_execution_notifications: Vec<Notification<'f>>,
    tool_configuration_notifications: Vec<Notification<'f>>,
}

#[derive(Serialize)]
struct Notification<'f> {
    descriptor: DescriptorReference,
    level: &'static str,
    message: Message,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    locations: Vec<Location<'f>>,
}

#[derive(Serialize)]
struct DescriptorReference {
    id: &'static str,
}

#[derive(Serialize)]
struct Message {
    text: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Location<'f> {
    physical_location: PhysicalLocation,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    logical_locations: Vec<LogicalLocation<'f>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PhysicalLocation {
    artifact_location: ArtifactLocation,
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Option<Region>,
}

#[derive(Serialize)]
struct ArtifactLocation {
    uri: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    index: Option<usize>,
}

/// A place of a source. A row of CSV is a line; a row of anything else is not, and its byte says where it is.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    #[serde(skip_serializing_if = "Option::is_none")]
    start_line: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    byte_offset: Option<u64>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct LogicalLocation<'f> {
    name: &'f str,
    fully_qualified_name: String,
    kind: &'static str,
}

#[derive(Serialize)]
struct Artifact {
    location: ArtifactLocation,
    roles: [&'static str; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Properties<'f> {
    as_of: String,
    policy: PolicyRecord<'f>,
    exits: Vec<Exit>,
    summaries: Vec<super::Summary<'f>>,
}

/// Writes the log and a line break.
///
/// # Errors
/// What the stream gave.
pub fn write<'f>(report: Report<'f, 'f>, out: &mut dyn Write) -> io::Result<()> {
    let coverage = &report.assessment.inventory.coverage;
    let location = |(index, source): (usize, &crate::inventory::Coverage)| Artifact {
        location: ArtifactLocation { uri: words::uri(&source.source), index: Some(index) },
        roles: ["analysisTarget"],
    };
    let kind = |kind: GapKind| Descriptor {
        id: kind.as_str(),
        short_description: Message { text: kind.meaning().to_owned() },
    };
    let run = Run {
        tool: Tool {
            driver: Driver {
                name: "Interdict",
                semantic_version: env!("CARGO_PKG_VERSION"),
                rules: rules(&report),
                notifications: GapKind::ALL.into_iter().map(kind).collect(),
            },
        },
        invocations: [invocation(&report)],
        artifacts: coverage.iter().enumerate().map(location).collect(),
        column_kind: "unicodeCodePoints",
        results: Results(report),
        properties: Properties {
            as_of: report.assessment.as_of.to_string(),
            policy: PolicyRecord::of(report.standing),
            exits: report.outcome.all(),
            summaries: report.summaries(),
        },
    };
    let log = Log { schema: SCHEMA, version: "2.1.0", runs: [run] };
    serde_json::to_writer_pretty(Visible(&mut *out), &log)?;
    out.write_all(b"\n")
}

fn invocation<'f>(report: &Report<'f, 'f>) -> Invocation<'f> {
    let (configuration, execution) =
        gaps(report).into_iter().partition::<Vec<_>, _>(|gap| gap.kind == GapKind::VoidException);
    let notifications = |gaps: Vec<Gap<'f>>| gaps.iter().map(|gap| notification(report, gap)).collect();
    let exits = report.outcome.all();
    Invocation {
        execution_successful: exits.iter().all(|exit| matches!(exit, Exit::Done | Exit::Findings)),
        exit_code: report.outcome.exit().code(),
        exit_code_description: exits.iter().map(Exit::to_string).collect::<Vec<_>>().join(", "),
        tool_execution_notifications: notifications(execution),
        tool_configuration_notifications: notifications(configuration),
    }
}

fn notification<'f>(report: &Report<'f, 'f>, gap: &Gap<'f>) -> Notification<'f> {
    let source =
        gap.source.and_then(|number| Some((number, report.assessment.inventory.coverage.get(number)?)));
    let location = source.map(|(number, source)| Location {
        physical_location: PhysicalLocation {
            artifact_location: ArtifactLocation { uri: words::uri(&source.source), index: Some(number) },
            region: gap.place.and_then(|place| Region::of(source, place.row, Some(place.byte))),
        },
        logical_locations: Vec::new(),
    });
    Notification {
        descriptor: DescriptorReference { id: gap.kind.as_str() },
        level: match gap.kind.severity() {
            Severity::Error => "error",
            Severity::Note => "note",
        },
        message: Message { text: format!("{}: {}", gap.about, gap.words) },
        locations: location.into_iter().collect(),
    }
}

impl Region {
    fn of(source: &crate::inventory::Coverage, row: u64, byte: Option<u64>) -> Option<Self> {
        let is_line = source.format == Some(crate::inventory::Format::Csv);
        let start_line = (is_line && row > 0).then_some(row);
        (start_line.is_some() || byte.is_some()).then_some(Self { start_line, byte_offset: byte })
    }
}
