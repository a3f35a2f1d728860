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

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use interdict_schema::product::network::address;
use interdict_schema::product::{CveId, Domain, FilePath, Purl};

use self::document::{AffectedVersion, Bom, Entry, Head, Organization, Service, Text, Vulnerability, str_of};
use super::component::{Component, Description, DismissedCve, Inventory, LooseFinding, SourceRow};
use super::coverage::{Coverage, Place, Problem};
use super::format::{self, Format};
use super::limits::Limits;
use super::recognise::{Everything, Recognises};
use super::said::Said;
use super::text::{Identifiers, count, without_mark};
use super::trace::Trace;
use super::{implied, json};

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
    let bom: Bom<'_> = match json::of_text(text) {
        Ok(bom) => bom,
        Err(error) => {
            // Rather than say that a stranger lacks our fields, say that it is a stranger.
            let head: Option<Head<'_>> = serde_json::from_str(text).ok();
            let stranger = head.and_then(|head| check(head.format.as_ref(), head.version.as_ref()).err());
            return unread(stranger.unwrap_or_else(|| Problem::Json { detail: error.to_string() }));
        }
    };
    if let Err(problem) = check(bom.format.as_ref(), bom.version.as_ref()) {
        return unread(problem);
    }
    let vulnerabilities = bom.vulnerabilities.as_deref().unwrap_or_default();
    let mut reader = Reader {
        inventory: &mut inventory,
        coverage,
        limits,
        recognises,
        said: Said::default(),
        affected: affected(vulnerabilities),
        read: 0,
        spare: Description::named(""),
    };
    if let Some(metadata) = &bom.metadata
        && let Some(subject) = &metadata.component
    {
        let makers = metadata.supplier.iter().chain(&metadata.manufacture);
        reader.component(subject, false, makers);
    }
    bom.components.iter().flatten().for_each(|entry| reader.component(entry, false, &[]));
    bom.services.iter().flatten().for_each(|service| reader.service(service, false));
    reader.vulnerabilities(vulnerabilities);
    let mut coverage = reader.coverage;
    coverage.components = count(reader.read);
    inventory.coverage.push(coverage);
    inventory
}

/// The components that vulnerabilities name, by every name that they may mean.
fn affected<'v>(vulnerabilities: &'v [Vulnerability<'_>]) -> HashSet<&'v str> {
    let affects = vulnerabilities.iter().flat_map(|one| one.affects.as_deref().unwrap_or_default());
    affects
        .map(|affected| affected.reference.0.as_ref())
        .flat_map(|name| [Some(name), local(name)].into_iter().flatten())
        .collect()
}

/// What a BOM-Link names in the document that it names before `#`.
fn local(reference: &str) -> Option<&str> {
    reference.rsplit_once('#').map(|(_, local)| local)
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

struct Reader<'a> {
    inventory: &'a mut Inventory,
    coverage: Coverage,
    limits: &'a Limits,
    recognises: Recognises<'a>,
    said: Said,
    affected: HashSet<&'a str>,
    /// Components so far, those that were let go among them.
    read: usize,
    /// Memory for the next description.
    spare: Description,
}

impl Reader<'_> {
    /// Reads a component and those in it; `makers` of it are named elsewhere.
    fn component<'m>(
        &mut self,
        entry: &Entry<'_>,
        nested: bool,
        makers: impl IntoIterator<Item = &'m Organization<'m>>,
    ) {
        let Some((place, mut component)) = self.next(&entry.name, nested) else { return };
        set(&mut component.group, entry.group.as_ref());
        set(&mut component.version, entry.version.as_ref());
        let organizations = entry.supplier.iter().chain(&entry.manufacturer);
        let authors =
            entry.author.iter().chain(entry.authors.iter().flatten().filter_map(|one| one.name.as_ref()));
        let vendors =
            organizations.filter_map(|one| one.name.as_ref()).chain(&entry.publisher).chain(authors);
        vendors.for_each(|vendor| component.add_vendor(&vendor.0));
        let makers = makers.into_iter().filter_map(|one| one.name.as_ref());
        makers.for_each(|maker| component.add_vendor(&maker.0));
        let mut identifiers = Identifiers { coverage: &mut self.coverage, limits: self.limits, place };
        if let Some(purl) = str_of(entry.purl.as_ref()) {
            identifiers.purl(&mut component, purl);
        }
        if let Some(cpe) = str_of(entry.cpe.as_ref()) {
            identifiers.cpe(&mut component, cpe);
        }
        for hash in entry.hashes.iter().flatten().filter(|hash| hash.alg.0 == "SHA-256") {
            identifiers.sha256(&mut component, &hash.content.0);
        }
        if component.version.is_none() {
            component.version = component.purl.as_ref().and_then(Purl::version).map(str::to_owned);
        }
        seen(entry, &mut component);
        let inside = entry.components.as_deref().unwrap_or_default();
        let at = self.inventory.components.len();
        let wanted = self.wants(&component, entry.reference.as_ref());
        if !wanted && inside.is_empty() {
            self.spare = component;
            return;
        }
        let component = Component::described(Arc::new(component), row(place, entry.reference.as_ref()));
        let around = if wanted {
            self.inventory.components.push(component);
            None
        } else {
            Some(component).filter(|_| !nested)
        };
        for child in inside {
            self.component(child, true, &[]);
        }
        if let Some(around) = around
            && self.inventory.components.len() > at
        {
            self.inventory.components.insert(at, around);
        }
    }

    /// Whether a component is to be kept, whatever stands in it.
    fn wants(&mut self, component: &Description, reference: Option<&Text<'_>>) -> bool {
        self.said.adds(component)
            | self.recognises.may_recognise(component)
            | str_of(reference).is_some_and(|reference| self.affected.contains(reference))
    }

    fn service(&mut self, service: &Service<'_>, nested: bool) {
        let Some((place, mut component)) = self.next(&service.name, nested) else { return };
        set(&mut component.group, service.group.as_ref());
        set(&mut component.version, service.version.as_ref());
        let provider = service.provider.as_ref().and_then(|provider| provider.name.as_ref());
        component.add_vendor(provider.map_or("", |name| &name.0));
        let endpoints = service.endpoints.iter().flatten();
        endpoints.filter_map(|endpoint| host(&endpoint.0)).for_each(|seen| component.add_trace(seen));
        // Services are few: they are kept here, and let go with what else is not recognised.
        let row = row(place, service.reference.as_ref());
        self.inventory.components.push(Component::described(Arc::new(component), row));
        service.services.iter().flatten().for_each(|child| self.service(child, true));
    }

    /// The next component, and its place; `None` where there are too many.
    fn next(&mut self, name: &Text<'_>, nested: bool) -> Option<(Place, Description)> {
        let place = Place { row: count(self.read) + 1, byte: 0 };
        if self.read >= self.limits.components {
            self.coverage.stop(place, Problem::TooManyComponents { limit: self.limits.components });
            return None;
        }
        self.read += 1;
        let mut component = std::mem::replace(&mut self.spare, Description::named(""));
        component.clear();
        component.name.push_str(name.0.trim());
        component.nested = nested;
        Some((place, component))
    }
}

/// Where a component stands.
fn row(place: Place, reference: Option<&Text<'_>>) -> SourceRow {
    SourceRow { source: 0, row: place.row, byte: None, reference: str_of(reference).map(str::to_owned) }
}

fn set(field: &mut Option<String>, text: Option<&Text<'_>>) {
    *field = str_of(text).map(str::to_owned);
}

impl Reader<'_> {
    fn vulnerabilities(&mut self, vulnerabilities: &[Vulnerability<'_>]) {
        let mut by_reference: HashMap<String, Vec<usize>> = HashMap::new();
        for (index, component) in self.inventory.components.iter().enumerate() {
            if let Some(reference) = component.source.reference.clone() {
                by_reference.entry(reference).or_default().push(index);
            }
        }
        let mut left = self.limits.findings;
        for (index, vulnerability) in vulnerabilities.iter().enumerate() {
            let row = count(index) + 1;
            let whole = cves(vulnerability).into_iter().all(|cve| {
                attach(self.inventory, cve, vulnerability, row, &by_reference, &mut left).is_some()
            });
            if !whole {
                let reason = Problem::TooManyFindings { limit: self.limits.findings };
                self.coverage.stop(Place { row, byte: 0 }, reason);
                break;
            }
        }
        for component in &mut self.inventory.components {
            component.cves.sort_unstable();
            component.cves.dedup();
        }
    }
}

/// What was seen of a component, as far as it is what an identifier can mean.
fn seen(entry: &Entry<'_>, component: &mut Description) {
    let occurrences = entry.evidence.iter().flat_map(|evidence| evidence.occurrences.iter().flatten());
    let places = occurrences.filter_map(|occurrence| str_of(occurrence.location.as_ref()));
    let kind = str_of(entry.kind.as_ref());
    let file = Some(entry.name.0.trim()).filter(|_| kind == Some("file"));
    for path in places.chain(file).filter_map(|path| FilePath::parse(path).ok()) {
        component.add_trace(Trace::Path(path));
    }
    let imaged = component.traces.iter().any(|trace| matches!(trace, Trace::Image(_)));
    if kind == Some("container")
        && !imaged
        && let Some(image) = implied::image(&component.name, component.version.as_deref())
    {
        component.add_trace(image);
    }
}

/// The host of an endpoint: a URI, of which only the authority counts (RFC 3986, 3.2).
fn host(endpoint: &str) -> Option<Trace> {
    let (_, rest) = endpoint.trim().split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    // A colon inside brackets is an IPv6 address's.
    let host = match host.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|b| b.is_ascii_digit()) => host,
        _ => host,
    };
    address(host).map(Trace::Address).ok().or_else(|| Domain::seen(host).map(Trace::Domain).ok())
}

/// Brings a vulnerability to the components that it names. `None` when no more are `left`.
fn attach(
    inventory: &mut Inventory,
    cve: CveId,
    vulnerability: &Vulnerability<'_>,
    row: u64,
    by_reference: &HashMap<String, Vec<usize>>,
    left: &mut usize,
) -> Option<()> {
    let state = vulnerability.analysis.as_ref().and_then(|analysis| str_of(analysis.state.as_ref()));
    let dismissed = state.filter(|state| {
        matches!(*state, "resolved" | "resolved_with_pedigree" | "false_positive" | "not_affected")
    });
    let loose = |affects: Option<&str>| LooseFinding {
        cve,
        affects: affects.map(str::to_owned),
        source: SourceRow { source: 0, row, byte: None, reference: None },
    };
    let affects = vulnerability.affects.as_deref().unwrap_or_default();
    if affects.is_empty() && dismissed.is_none() {
        *left = left.checked_sub(1)?;
        inventory.findings.push(loose(None));
    }
    for affected in affects {
        *left = left.checked_sub(1)?;
        let reference = affected.reference.0.as_ref();
        let found = by_reference.get(reference).or_else(|| by_reference.get(local(reference)?));
        let versions = affected.versions.as_deref().unwrap_or_default();
        let unaffected =
            |version: &AffectedVersion<'_>| str_of(version.status.as_ref()) == Some("unaffected");
        let spared = !versions.is_empty() && versions.iter().all(unaffected);
        let dismissed = dismissed.or(spared.then_some("unaffected"));
        if found.is_none() && dismissed.is_none() {
            inventory.findings.push(loose(Some(reference)));
        }
        for (nth, index) in found.into_iter().flatten().enumerate() {
            // The first is counted with its reference.
            *left = left.checked_sub(usize::from(nth > 0))?;
            let Some(component) = inventory.components.get_mut(*index) else { continue };
            match dismissed {
                Some(state) => component.dismissed.push(DismissedCve { cve, state: state.to_owned() }),
                None => component.cves.push(cve),
            }
        }
    }
    Some(())
}

/// The CVE ids of a vulnerability: its own id, or those that it refers to (a scanner's own id with a CVE beside it).
fn cves(vulnerability: &Vulnerability<'_>) -> Vec<CveId> {
    let ids = vulnerability
        .id
        .iter()
        .chain(vulnerability.references.iter().flatten().filter_map(|alias| alias.id.as_ref()));
    let mut cves: Vec<CveId> = ids.filter_map(|id| id.0.trim().parse().ok()).collect();
    cves.sort_unstable();
    cves.dedup();
    cves
}

#[cfg(test)]
mod tests;
