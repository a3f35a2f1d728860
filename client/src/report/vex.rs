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
use std::rc::Rc;

use interdict_schema::digest::RunningSha256;
use interdict_schema::{DateTime, Sha256};
use jiff::tz::TimeZone;
use serde::{Serialize, Serializer};

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
    components: Components<'f>,
    vulnerabilities: Vulnerabilities<'f>,
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
    #[serde(skip_serializing_if = "Listed::is_empty")]
    vulnerabilities: Listed,
}

/// The components in which something was found, made while they are written.
struct Components<'f>(Report<'f, 'f>, Rc<References>);

impl Serialize for Components<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(report, references) = self;
        serializer.collect_seq(references.iter().filter_map(|(number, reference)| {
            Some(Part::of(report, report.assessment.inventory.components.get(*number)?, reference.clone()))
        }))
    }
}

/// The judgements, made while they are written.
struct Vulnerabilities<'f>(Report<'f, 'f>, Rc<References>);

impl Serialize for Vulnerabilities<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(report, references) = self;
        let judgements = report.listed().enumerate();
        serializer.collect_seq(
            judgements.map(|(number, judgement)| Vulnerability::of(report, judgement, number, references)),
        )
    }
}

/// The references of so many vulnerabilities.
struct Listed(usize);

impl Listed {
    const fn is_empty(&self) -> bool {
        self.0 == 0
    }
}

impl Serialize for Listed {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq((0..self.0).map(vulnerability::reference))
    }
}

/// The references of components, by their number in the inventory.
type References = BTreeMap<usize, String>;

/// Writes the document and a line break. It is made twice, once for the digest that is its serial number, and never held: what
/// is kept is the reference of each component.
///
/// # Errors
/// What the stream gave.
pub fn write<'f>(report: Report<'f, 'f>, out: &mut dyn Write) -> io::Result<()> {
    let mut bom = bom(report);
    let mut digest = Digesting::default();
    serde_json::to_writer(&mut digest, &bom)?;
    bom.serial_number = Some(format!("urn:uuid:{}", uuid(&digest.0.finish())));
    serde_json::to_writer_pretty(Visible(&mut *out), &bom)?;
    out.write_all(b"\n")
}

/// A stream of which nothing is kept but the digest.
#[derive(Default)]
struct Digesting(RunningSha256);

impl Write for Digesting {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A reference for each component in which something is listed: its package URL, where that is not taken.
fn references(report: &Report<'_, '_>) -> References {
    let mut references = References::new();
    for judgement in report.listed() {
        if let Found::Components(components) = &judgement.found {
            references.extend(components.iter().map(|number| (*number, String::new())));
        }
    }
    let components = &report.assessment.inventory.components;
    references.retain(|number, _| components.get(*number).is_some());
    let mut taken: BTreeSet<Sha256> = BTreeSet::new();
    for (number, reference) in &mut references {
        let purl = components.get(*number).and_then(|one| one.purl.as_ref()).map(ToString::to_string);
        let free = purl.filter(|purl| taken.insert(Sha256::of(purl.as_bytes())));
        *reference = free.unwrap_or_else(|| format!("component-{}", number.saturating_add(1)));
    }
    references
}

fn bom<'f>(report: Report<'f, 'f>) -> Bom<'f> {
    let assessment = report.assessment;
    let references = Rc::new(references(&report));
    let listed = report.listed().count();
    let gaps = gaps(&report).into_iter().map(|gap| Property {
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
        vulnerabilities: Listed(listed),
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
        components: Components(report, Rc::clone(&references)),
        vulnerabilities: Vulnerabilities(report, references),
        compositions: [composition],
    }
}

impl<'f> Part<'f> {
    fn of(report: &Report<'f, 'f>, component: &'f Component, reference: String) -> Self {
        let row = &component.source;
        let asset = report.assessment.asset_of(Some(component), Some(row));
        Self {
            kind: "application",
            reference,
            group: component.group.as_deref(),
            name: &component.name,
            version: component.version.as_deref(),
            cpe: component.cpe.first().map(ToString::to_string),
            purl: component.purl.as_ref().map(ToString::to_string),
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
