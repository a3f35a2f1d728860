//! `CycloneDX` in JSON (ECMA-424; specification 1.2 to 1.7): the fields that are matched, and no others.
//!
//! Unknown fields are ignored, floats allowed, nesting bounded by the JSON reader (128 levels), a field of ours twice
//! refused. A document is read wholly or not at all. Not here: services, the tools that wrote the document,
//! pedigrees, licences, signatures.

use std::borrow::Cow;
use std::collections::HashMap;

use interdict_schema::product::CveId;
use serde::Deserialize;

use super::component::{Component, DismissedCve, Inventory, LooseFinding, SourceRow};
use super::coverage::{Coverage, Place, Problem};
use super::detect::Format;
use super::limits::Limits;
use super::text::{Identifiers, count, without_mark};

const VERSIONS: [&str; 6] = ["1.2", "1.3", "1.4", "1.5", "1.6", "1.7"];

#[derive(Deserialize)]
#[serde(transparent)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

/// The first look: is it ours at all.
#[derive(Deserialize)]
struct Head<'a> {
    #[serde(borrow, rename = "bomFormat")]
    format: Option<Text<'a>>,
    #[serde(borrow, rename = "specVersion")]
    version: Option<Text<'a>>,
}

#[derive(Deserialize)]
struct Bom<'a> {
    #[serde(borrow)]
    metadata: Option<Metadata<'a>>,
    #[serde(borrow, default)]
    components: Vec<Entry<'a>>,
    #[serde(borrow, default)]
    vulnerabilities: Vec<Vulnerability<'a>>,
}

#[derive(Deserialize)]
struct Metadata<'a> {
    #[serde(borrow)]
    component: Option<Entry<'a>>,
}

#[derive(Deserialize)]
struct Entry<'a> {
    #[serde(borrow, rename = "bom-ref")]
    reference: Option<Text<'a>>,
    #[serde(borrow)]
    name: Text<'a>,
    #[serde(borrow)]
    group: Option<Text<'a>>,
    #[serde(borrow)]
    version: Option<Text<'a>>,
    #[serde(borrow)]
    publisher: Option<Text<'a>>,
    #[serde(borrow)]
    author: Option<Text<'a>>,
    #[serde(borrow)]
    supplier: Option<Organization<'a>>,
    #[serde(borrow)]
    manufacturer: Option<Organization<'a>>,
    #[serde(borrow)]
    purl: Option<Text<'a>>,
    #[serde(borrow)]
    cpe: Option<Text<'a>>,
    #[serde(borrow, default)]
    hashes: Vec<Hash<'a>>,
    #[serde(borrow, default)]
    components: Vec<Entry<'a>>,
}

#[derive(Deserialize)]
struct Organization<'a> {
    #[serde(borrow)]
    name: Option<Text<'a>>,
}

#[derive(Deserialize)]
struct Hash<'a> {
    #[serde(borrow)]
    alg: Text<'a>,
    #[serde(borrow)]
    content: Text<'a>,
}

#[derive(Deserialize)]
struct Vulnerability<'a> {
    #[serde(borrow)]
    id: Option<Text<'a>>,
    #[serde(borrow, default)]
    references: Vec<Alias<'a>>,
    #[serde(borrow)]
    analysis: Option<Analysis<'a>>,
    #[serde(borrow, default)]
    affects: Vec<Affected<'a>>,
}

#[derive(Deserialize)]
struct Alias<'a> {
    #[serde(borrow)]
    id: Option<Text<'a>>,
}

#[derive(Deserialize)]
struct Analysis<'a> {
    #[serde(borrow)]
    state: Option<Text<'a>>,
}

#[derive(Deserialize)]
struct Affected<'a> {
    #[serde(borrow, rename = "ref")]
    reference: Text<'a>,
    #[serde(borrow, default)]
    versions: Vec<AffectedVersion<'a>>,
}

#[derive(Deserialize)]
struct AffectedVersion<'a> {
    #[serde(borrow)]
    status: Option<Text<'a>>,
}

fn str_of<'t>(text: Option<&'t Text<'_>>) -> Option<&'t str> {
    text.map(|text| text.0.trim()).filter(|text| !text.is_empty())
}

/// Reads a document.
pub fn read(bytes: &[u8], source: &str, limits: &Limits) -> Inventory {
    let mut inventory = Inventory::default();
    let coverage = Coverage::new(source, Some(Format::CycloneDx));
    let unread = |reason| Inventory {
        coverage: vec![Coverage::unread(source, Some(Format::CycloneDx), reason)],
        ..Inventory::default()
    };
    let text = match std::str::from_utf8(without_mark(bytes)) {
        Ok(text) => text,
        Err(error) => return unread(Problem::NotUtf8 { at: count(error.valid_up_to()) }),
    };
    let json = |error: &serde_json::Error| Problem::Json { detail: error.to_string() };
    let head: Head<'_> = match serde_json::from_str(text) {
        Ok(head) => head,
        Err(error) => return unread(json(&error)),
    };
    if str_of(head.format.as_ref()) != Some("CycloneDX") {
        return unread(Problem::BomFormat { found: head.format.map(|text| text.0.into_owned()) });
    }
    if !str_of(head.version.as_ref()).is_some_and(|version| VERSIONS.contains(&version)) {
        return unread(Problem::SpecVersion { found: head.version.map(|text| text.0.into_owned()) });
    }
    let bom: Bom<'_> = match serde_json::from_str(text) {
        Ok(bom) => bom,
        Err(error) => return unread(json(&error)),
    };
    let mut reader = Reader { inventory: &mut inventory, coverage, limits };
    if let Some(subject) = bom.metadata.as_ref().and_then(|metadata| metadata.component.as_ref()) {
        reader.component(subject, false);
    }
    bom.components.iter().for_each(|entry| reader.component(entry, false));
    reader.vulnerabilities(&bom.vulnerabilities);
    let mut coverage = reader.coverage;
    coverage.components = count(inventory.components.len());
    inventory.coverage.push(coverage);
    inventory
}

struct Reader<'a> {
    inventory: &'a mut Inventory,
    coverage: Coverage,
    limits: &'a Limits,
}

impl Reader<'_> {
    fn component(&mut self, entry: &Entry<'_>, nested: bool) {
        let place = Place { row: count(self.inventory.components.len()) + 1, byte: 0 };
        if self.inventory.components.len() >= self.limits.components {
            self.coverage.stop(place, Problem::TooManyComponents { limit: self.limits.components });
            return;
        }
        let row = SourceRow {
            source: 0,
            row: place.row,
            byte: None,
            reference: str_of(entry.reference.as_ref()).map(str::to_owned),
        };
        let mut component = Component::named(entry.name.0.trim(), row);
        component.nested = nested;
        component.group = str_of(entry.group.as_ref()).map(str::to_owned);
        component.version = str_of(entry.version.as_ref()).map(str::to_owned);
        let organization = |organization: &Option<Organization<'_>>| -> Option<String> {
            str_of(organization.as_ref()?.name.as_ref()).map(str::to_owned)
        };
        for vendor in [
            organization(&entry.supplier),
            organization(&entry.manufacturer),
            str_of(entry.publisher.as_ref()).map(str::to_owned),
            str_of(entry.author.as_ref()).map(str::to_owned),
        ] {
            component.add_vendor(vendor.as_deref().unwrap_or_default());
        }
        let mut identifiers = Identifiers { coverage: &mut self.coverage, limits: self.limits, place };
        if let Some(purl) = str_of(entry.purl.as_ref()) {
            identifiers.purl(&mut component, purl);
        }
        if let Some(cpe) = str_of(entry.cpe.as_ref()) {
            identifiers.cpe(&mut component, cpe);
        }
        for hash in entry.hashes.iter().filter(|hash| hash.alg.0 == "SHA-256") {
            identifiers.sha256(&mut component, &hash.content.0);
        }
        self.inventory.components.push(component);
        entry.components.iter().for_each(|child| self.component(child, true));
    }

    fn vulnerabilities(&mut self, vulnerabilities: &[Vulnerability<'_>]) {
        let mut by_reference: HashMap<String, Vec<usize>> = HashMap::new();
        for (index, component) in self.inventory.components.iter().enumerate() {
            if let Some(reference) = component.source.reference.clone() {
                by_reference.entry(reference).or_default().push(index);
            }
        }
        for (index, vulnerability) in vulnerabilities.iter().enumerate() {
            let row = count(index) + 1;
            for cve in cves(vulnerability) {
                self.attach(cve, vulnerability, row, &by_reference);
            }
        }
    }

    fn attach(
        &mut self,
        cve: CveId,
        vulnerability: &Vulnerability<'_>,
        row: u64,
        by_reference: &HashMap<String, Vec<usize>>,
    ) {
        let state = vulnerability.analysis.as_ref().and_then(|analysis| str_of(analysis.state.as_ref()));
        let dismissed = state.filter(|state| {
            matches!(*state, "resolved" | "resolved_with_pedigree" | "false_positive" | "not_affected")
        });
        let loose = |affects: Option<&str>| LooseFinding {
            cve,
            affects: affects.map(str::to_owned),
            source: SourceRow { source: 0, row, byte: None, reference: None },
        };
        if vulnerability.affects.is_empty() && dismissed.is_none() {
            self.inventory.findings.push(loose(None));
        }
        for affected in &vulnerability.affects {
            let reference = affected.reference.0.as_ref();
            // A BOM-Link names the document before `#`.
            let local = reference.rsplit_once('#').map(|(_, local)| local);
            let found = by_reference.get(reference).or_else(|| by_reference.get(local?));
            let spared = !affected.versions.is_empty()
                && affected
                    .versions
                    .iter()
                    .all(|version| str_of(version.status.as_ref()) == Some("unaffected"));
            let dismissed = dismissed.or(spared.then_some("unaffected"));
            if found.is_none() && dismissed.is_none() {
                self.inventory.findings.push(loose(Some(reference)));
            }
            for index in found.into_iter().flatten() {
                let Some(component) = self.inventory.components.get_mut(*index) else { continue };
                match dismissed {
                    Some(state) => component.dismissed.push(DismissedCve { cve, state: state.to_owned() }),
                    None if component.cves.contains(&cve) => {}
                    None => component.cves.push(cve),
                }
            }
        }
    }
}

/// The CVE ids of a vulnerability: its own id, or those that it refers to (a scanner's own id with a CVE beside it).
fn cves(vulnerability: &Vulnerability<'_>) -> Vec<CveId> {
    let ids =
        vulnerability.id.iter().chain(vulnerability.references.iter().filter_map(|alias| alias.id.as_ref()));
    let mut cves: Vec<CveId> = ids.filter_map(|id| id.0.trim().parse().ok()).collect();
    cves.sort_unstable();
    cves.dedup();
    cves
}

#[cfg(test)]
mod tests;
