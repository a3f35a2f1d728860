//! What vulnerability scanners write: SARIF 2.1.0 (OASIS), and the JSON of Grype, Trivy and OSV-Scanner.
//!
//! Each package that a report names is one component, with its package URL and the CVE ids that the scanner found in it; what
//! a scanner found and was told to ignore is dismissed. Vulnerabilities without a CVE id are none that an order can name. Such
//! a report seldom lists packages in which nothing was found: the coverage says so. Not here: severities, fixed versions,
//! findings of other kinds.

mod grype;
mod osv;
mod sarif;
mod trivy;

use std::collections::HashMap;

use interdict_schema::product::CveId;

use super::component::{Component, DismissedCve};
use super::coverage::{Place, Problem};
use super::format::Reader;
use super::gathering::{Gathering, row};
use super::head::Head;
use super::implied;

/// SARIF.
pub const SARIF: Reader = Reader {
    name: "sarif",
    title: "SARIF 2.1.0 with CVE ids",
    recognises: |head| head.is_object() && head.has("runs") && (head.has("version") || head.has("$schema")),
    read: sarif::read,
};

/// `grype -o json`.
pub const GRYPE: Reader = Reader {
    name: "grype",
    title: "Grype JSON",
    recognises: |head| {
        head.is_object() && head.has("matches") && (head.has("descriptor") || head.has("source"))
    },
    read: grype::read,
};

/// `trivy -f json`.
pub const TRIVY: Reader = Reader {
    name: "trivy",
    title: "Trivy JSON",
    recognises: |head| {
        head.is_object() && head.has("SchemaVersion") && (head.has("Results") || head.has("ArtifactName"))
    },
    read: trivy::read,
};

/// `osv-scanner --format json`.
pub const OSV: Reader =
    Reader { name: "osv-scanner", title: "OSV-Scanner JSON", recognises: is_osv, read: osv::read };

fn is_osv(head: &Head<'_>) -> bool {
    let within = |word: &[u8]| head.bytes().windows(word.len()).any(|part| part == word);
    head.is_object()
        && head.has("results")
        && !head.has("runs")
        && (head.has("experimental_config") || (within(b"\"packages\"") && within(b"\"ecosystem\"")))
}

/// Only what has a vulnerability is in a report, unless it was asked to list everything.
const VULNERABLE_ONLY: &str = "packages in which the scanner found no vulnerability";

/// Components of a report, each once however many vulnerabilities name it.
struct Report<'l> {
    gathering: Gathering<'l>,
    known: HashMap<String, usize>,
}

impl<'l> Report<'l> {
    fn new(gathering: Gathering<'l>) -> Self {
        Self { gathering, known: HashMap::new() }
    }

    /// The component of this key, made where it is new. None where there are too many.
    fn component(
        &mut self,
        key: String,
        name: &str,
        place: Place,
        describe: impl FnOnce(&mut Component, &mut Gathering<'_>),
    ) -> Option<&mut Component> {
        let at = if let Some(at) = self.known.get(&key) {
            *at
        } else {
            let mut component = self.gathering.component(name, place, None)?;
            describe(&mut component, &mut self.gathering);
            let at = self.gathering.inventory.components.len();
            self.gathering.keep(component);
            self.known.insert(key, at);
            at
        };
        self.gathering.inventory.components.get_mut(at)
    }

    /// The image that was scanned, where its name is one.
    fn image(&mut self, name: &str) {
        if let Some(image) = implied::image(name, None)
            && let Some(mut component) = self.gathering.component(name, row(0), None)
        {
            component.add_trace(image);
            self.gathering.keep(component);
        }
    }

    /// Whether one more vulnerability may be taken.
    fn may_find(&mut self, place: Place) -> bool {
        self.gathering.may_find(place)
    }

    fn finish(mut self) -> super::component::Inventory {
        for component in &mut self.gathering.inventory.components {
            // Shared descriptions are none here.
            if component.cves.len() > 1 {
                component.cves.sort_unstable();
                component.cves.dedup();
            }
        }
        self.gathering.finish()
    }
}

/// Adds vulnerabilities, or those that were explained away in this word.
fn add(component: &mut Component, cves: &[CveId], dismissed: Option<&str>) {
    match dismissed {
        Some(state) => {
            for cve in cves {
                let one = DismissedCve { cve: *cve, state: state.to_owned() };
                if !component.dismissed.contains(&one) {
                    component.dismissed.push(one);
                }
            }
        }
        None => component.cves.extend_from_slice(cves),
    }
}

/// The CVE ids among some ids, each once.
fn cves<'a>(ids: impl Iterator<Item = &'a str>) -> Vec<CveId> {
    let mut cves: Vec<CveId> = ids.filter_map(|id| id.trim().parse().ok()).collect();
    cves.sort_unstable();
    cves.dedup();
    cves
}

/// A row that is no object, noted with the part it stands in.
fn odd(gathering: &mut Gathering<'_>, place: Place, part: &'static str, at: u64) {
    gathering.note(place, Problem::PartShape { part, at });
}

#[cfg(test)]
mod tests;
