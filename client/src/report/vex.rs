//! `CycloneDX` 1.6 JSON (ECMA-424), as a VEX: what directives say of the components in which something was found.
//!
//! | here | there |
//! |---|---|
//! | a judgement | a vulnerability: of a CVE by that name, otherwise `DIRECTIVE/SUBJECT` |
//! | `match` | `exploitable`: it is what is meant, and is to go |
//! | `unknown`, `possible` | `in_triage` |
//! | `excepted`, `waived` | `exploitable`, response `will_not_fix`; who allows it is in the detail |
//! | `excluded` | `not_affected`; what the inventory itself explains away keeps its state |
//! | a component | a component, `affects` names it by its `bom-ref`: its package URL, where that is not taken |
//! | what could not be seen | `compositions`: `incomplete`; the gaps are properties of the metadata |
//!
//! The serial number is made of the SHA-256 digest of everything else (RFC 9562, version 8), and the time is the moment that
//! was asked about, to the second: who asks twice at one moment gets the same bytes.

mod vulnerability;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::io::{self, Write};

use interdict_schema::{DateTime, Sha256};
use jiff::tz::TimeZone;
use serde::Serialize;

use self::vulnerability::Vulnerability;
use super::Report;
use super::gap::gaps;
use super::visible::Visible;
use crate::assess::Found;
use crate::inventory::Component;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Bom<'f> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    #[serde(rename = "bomFormat")]
    format: &'static str,
    spec_version: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    serial_number: Option<String>,
    version: u32,
    metadata: Metadata,
    components: Vec<Part<'f>>,
    vulnerabilities: Vec<Vulnerability<'f>>,
    compositions: [Composition; 1],
}

#[derive(Serialize)]
struct Metadata {
    timestamp: DateTime,
    tools: Tools,
    properties: Vec<Property>,
}

#[derive(Serialize)]
struct Tools {
    components: [Tool; 1],
}

#[derive(Serialize)]
struct Tool {
    #[serde(rename = "type")]
    kind: &'static str,
    name: &'static str,
    version: &'static str,
}

#[derive(Serialize)]
struct Property {
    name: &'static str,
    value: String,
}

/// A component in which something was found.
#[derive(Serialize)]
struct Part<'f> {
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(rename = "bom-ref")]
    reference: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    group: Option<&'f str>,
    name: &'f str,
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<&'f str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cpe: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    purl: Option<String>,
    properties: Vec<Property>,
}

#[derive(Serialize)]
struct Composition {
    aggregate: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    vulnerabilities: Vec<String>,
}

/// Writes the document and a line break.
///
/// # Errors
/// What the stream gave.
pub fn write<'f>(report: Report<'f, 'f>, out: &mut dyn Write) -> io::Result<()> {
    let mut bom = bom(&report);
    let text = serde_json::to_vec(&bom)?;
    bom.serial_number = Some(format!("urn:uuid:{}", uuid(&Sha256::of(&text))));
    serde_json::to_writer_pretty(Visible(&mut *out), &bom)?;
    out.write_all(b"\n")
}

fn bom<'f>(report: &Report<'f, 'f>) -> Bom<'f> {
    let assessment = report.assessment;
    let numbers: BTreeSet<usize> = report
        .listed()
        .flat_map(|judgement| match &judgement.found {
            Found::Components(components) => components.to_vec(),
            Found::Loose(_) => Vec::new(),
        })
        .collect();
    let mut references: BTreeMap<usize, String> = BTreeMap::new();
    let mut taken: BTreeSet<String> = BTreeSet::new();
    let mut components = Vec::new();
    for number in numbers {
        let Some(component) = assessment.inventory.components.get(number) else { continue };
        let purl = component.purl.as_ref().map(ToString::to_string);
        let reference = purl.clone().filter(|purl| taken.insert(purl.clone()));
        let reference = reference.unwrap_or_else(|| format!("component-{}", number.saturating_add(1)));
        components.push(Part::of(report, component, reference.clone(), purl));
        references.insert(number, reference);
    }
    let judgements = report.listed().enumerate();
    let vulnerabilities: Vec<_> =
        judgements.map(|(number, one)| Vulnerability::of(report, one, number, &references)).collect();
    let gaps = gaps(report).into_iter().map(|gap| Property {
        name: "interdict:gap",
        value: format!("{}: {}: {}", gap.kind.as_str(), gap.about, gap.words),
    });
    let exits: Vec<String> = report.outcome.all().iter().map(ToString::to_string).collect();
    let stated = [
        ("interdict:as-of", assessment.as_of.to_string()),
        ("interdict:exits", exits.join(", ")),
        ("interdict:generation", report.standing.generation.to_string()),
        ("interdict:fresh-until", report.standing.fresh_until.to_string()),
    ];
    let stated = stated.into_iter().map(|(name, value)| Property { name, value });
    let composition = Composition {
        aggregate: if report.is_whole() { "complete" } else { "incomplete" },
        vulnerabilities: vulnerabilities.iter().map(|one| one.reference.clone()).collect(),
    };
    Bom {
        schema: "http://cyclonedx.org/schema/bom-1.6.schema.json",
        format: "CycloneDX",
        spec_version: "1.6",
        serial_number: None,
        version: 1,
        metadata: Metadata {
            timestamp: assessment.as_of.moment(&TimeZone::UTC),
            tools: Tools {
                components: [Tool {
                    kind: "application",
                    name: "Interdict",
                    version: env!("CARGO_PKG_VERSION"),
                }],
            },
            properties: stated.chain(gaps).collect(),
        },
        components,
        vulnerabilities,
        compositions: [composition],
    }
}

impl<'f> Part<'f> {
    fn of(
        report: &Report<'f, 'f>,
        component: &'f Component,
        reference: String,
        purl: Option<String>,
    ) -> Self {
        let row = &component.source;
        let asset = report.assessment.asset_of(Some(component), Some(row));
        Self {
            kind: "application",
            reference,
            group: component.group.as_deref(),
            name: &component.name,
            version: component.version.as_deref(),
            cpe: component.cpe.first().map(ToString::to_string),
            purl,
            properties: vec![
                Property { name: "interdict:asset", value: asset.to_owned() },
                Property { name: "interdict:place", value: report.assessment.inventory.place_of(row) },
            ],
        }
    }
}

/// A UUID of 122 bits of a digest (RFC 9562, 5.8).
fn uuid(digest: &Sha256) -> String {
    let mut text = String::with_capacity(36);
    for (place, byte) in digest.as_bytes().iter().take(16).enumerate() {
        let byte = match place {
            6 => (byte & 0x0f) | 0x80,
            8 => (byte & 0x3f) | 0x80,
            _ => *byte,
        };
        if matches!(place, 4 | 6 | 8 | 10) {
            text.push('-');
        }
        let _ = write!(text, "{byte:02x}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_serial_number_is_a_uuid_of_version_8() {
        assert_eq!(uuid(&Sha256::from_bytes([0; 32])), "00000000-0000-8000-8000-000000000000");
        assert_eq!(uuid(&Sha256::from_bytes([255; 32])), "ffffffff-ffff-8fff-bfff-ffffffffffff");
    }
}
