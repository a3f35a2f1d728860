//! Vulnerabilities of a document, brought to the components that they name.

use std::collections::{HashMap, HashSet};

use interdict_schema::product::CveId;

use super::super::component::{DismissedCve, Inventory, LooseFinding, SourceRow};
use super::super::coverage::{Place, Problem};
use super::super::text::count;
use super::document::{AffectedVersion, Vulnerability, str_of};
use super::reader::Reader;

/// The components that vulnerabilities name, by every name that they may mean.
pub(super) fn affected(vulnerabilities: &[Vulnerability<'_>]) -> HashSet<String> {
    let affects = vulnerabilities.iter().flat_map(|one| one.affects.as_deref().unwrap_or_default());
    affects
        .map(|affected| affected.reference.0.as_ref())
        .flat_map(|name| [Some(name), local(name)].into_iter().flatten())
        .map(str::to_owned)
        .collect()
}

/// What a BOM-Link names in the document that it names before `#`.
fn local(reference: &str) -> Option<&str> {
    reference.rsplit_once('#').map(|(_, local)| local)
}

impl Reader<'_> {
    pub(super) fn vulnerabilities(&mut self, vulnerabilities: &[Vulnerability<'_>]) {
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
                attach(&mut self.inventory, cve, vulnerability, row, &by_reference, &mut left).is_some()
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
