//! `CycloneDX` in JSON (ECMA-424; specification 1.2 to 1.7): the fields that are matched, and no others.
//!
//! Unknown fields are ignored, floats allowed, nesting bounded by the JSON reader (128 levels), a field of ours twice
//! refused. A document is read wholly or not at all. A service is a component whose provider is its vendor. What nothing
//! recognises is counted and let go, but for what a vulnerability names and what stands round something that is kept.
//!
//! What was seen of a component: the places of `evidence.occurrences` and the names of components of type `file`, where they
//! are absolute paths; the image that a component of type `container` or its package URL names; the hosts of a service's
//! endpoints. A value that is none of its kind is another thing there, and no broken identifier: it is left out.
//!
//! Not here, because they say something else than identifiers ask for: digests other than SHA-256, which no identifier
//! compares; `signature`, which is the document's and no program's; `externalReferences`, which are about a component and
//! not where it is or speaks to; `evidence.identity`, which is a guess with a likelihood; the tools that wrote the document,
//! pedigrees, licences.

mod document;
mod reader;
mod streamed;
mod vulnerabilities;

use std::collections::HashSet;

use self::document::{Head, Text, str_of};
use self::reader::Reader;
use self::streamed::{Bom, Streamed};
use self::vulnerabilities::affected;
use super::component::Inventory;
use super::coverage::{Coverage, Problem};
use super::format::{self, Format};
use super::json;
use super::limits::Limits;
use super::recognise::{Everything, Recognises};

/// `CycloneDX` JSON.
pub const READER: format::Reader = format::Reader {
    name: "cyclonedx",
    title: "CycloneDX JSON (1.2 to 1.7)",
    recognises: |head| head.is_object() && head.has("bomFormat"),
    read,
};

const VERSIONS: [&str; 6] = ["1.2", "1.3", "1.4", "1.5", "1.6", "1.7"];

/// Reads a document.
pub fn read(bytes: &[u8], source: &str, limits: &Limits) -> Inventory {
    read_recognised(bytes, source, limits, &Everything)
}

/// Reads a document, and keeps of it little more than what something recognises: also the first to say something of each kind,
/// what stands round a component that is kept, and what a vulnerability names.
pub fn read_recognised(bytes: &[u8], source: &str, limits: &Limits, recognises: Recognises<'_>) -> Inventory {
    read_text(bytes, source, limits, recognises).unwrap_or_else(|reason| Inventory {
        coverage: vec![Coverage::unread(source, Some(Format::CycloneDx), reason)],
        ..Inventory::default()
    })
}

fn read_text(
    bytes: &[u8],
    source: &str,
    limits: &Limits,
    recognises: Recognises<'_>,
) -> Result<Inventory, Problem> {
    let text = json::text(bytes)?;
    let begin = |affected| Reader::new(source, limits, recognises, affected);
    let (mut reader, bom) = look(text, None, || begin(HashSet::new()))?;
    check(bom.format.as_ref(), bom.version.as_ref())?;
    let vulnerabilities = bom.vulnerabilities.as_deref().unwrap_or_default();
    // Components are read before it is known what stands behind them. Where that asks for it, they are read once more.
    if bom.subject_is_late || (!vulnerabilities.is_empty() && reader.has_let_go()) {
        (reader, _) = look(text, Some(&bom), || begin(affected(vulnerabilities)))?;
    }
    bom.services.iter().flatten().for_each(|service| reader.service(service, false));
    reader.vulnerabilities(vulnerabilities);
    Ok(reader.finish())
}

/// Reads the components of a document, and what else it holds. `known` is what an earlier look at it came to.
fn look<'r, 'a>(
    text: &'a str,
    known: Option<&Bom<'_>>,
    begin: impl Fn() -> Reader<'r>,
) -> Result<(Reader<'r>, Bom<'a>), Problem> {
    let subject = known.map(|bom| bom.metadata.as_ref());
    let begin = || {
        let mut reader = begin();
        subject.flatten().into_iter().for_each(|metadata| reader.subject(metadata));
        reader
    };
    let mut reader = begin();
    if let Some(bom) = json::skim::seeded(text, Streamed { reader: &mut reader, subject: subject.is_none() })
    {
        return Ok((reader, bom));
    }
    reader = begin();
    match json::strictly(text, Streamed { reader: &mut reader, subject: subject.is_none() }) {
        Ok(bom) => Ok((reader, bom)),
        Err(error) => {
            // Rather than say that a stranger lacks our fields, say that it is a stranger.
            let head: Option<Head<'_>> = serde_json::from_str(text).ok();
            let stranger = head.and_then(|head| check(head.format.as_ref(), head.version.as_ref()).err());
            Err(stranger.unwrap_or_else(|| Problem::Json { detail: error.to_string() }))
        }
    }
}

fn check(format: Option<&Text<'_>>, version: Option<&Text<'_>>) -> Result<(), Problem> {
    let found = |text: Option<&Text<'_>>| text.map(|text| text.0.clone().into_owned());
    if str_of(format) != Some("CycloneDX") {
        return Err(Problem::BomFormat { found: found(format) });
    }
    if !str_of(version).is_some_and(|version| VERSIONS.contains(&version)) {
        return Err(Problem::SpecVersion { found: found(version) });
    }
    Ok(())
}

#[cfg(test)]
mod tests;
