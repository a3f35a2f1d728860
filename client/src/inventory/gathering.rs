//! What a reader of rows gathers: components up to the limit, and the coverage with what could not be read.

use super::component::{Component, Inventory, SourceRow};
use super::coverage::{Coverage, Place, Problem};
use super::format::Format;
use super::limits::Limits;
use super::text::{Identifiers, count};

/// An inventory of one source in the making.
pub(super) struct Gathering<'l> {
    pub(super) inventory: Inventory,
    pub(super) coverage: Coverage,
    pub(super) limits: &'l Limits,
    cves: usize,
    full: bool,
}

impl<'l> Gathering<'l> {
    pub(super) fn new(source: &str, format: Format, limits: &'l Limits) -> Self {
        let coverage = Coverage::new(source, Some(format));
        Self { inventory: Inventory::default(), coverage, limits, cves: 0, full: false }
    }

    /// A component that stands there; none, and the end of the reading, where there are as many as may be.
    pub(super) fn component(
        &mut self,
        name: &str,
        place: Place,
        reference: Option<&str>,
    ) -> Option<Component> {
        if self.inventory.components.len() >= self.limits.components {
            self.stop_full(place);
            return None;
        }
        let byte = (place.byte > 0).then_some(place.byte);
        let row = SourceRow { source: 0, row: place.row, byte, reference: reference.map(str::to_owned) };
        Some(Component::named(name.trim(), row))
    }

    /// Ends the reading: there are as many components as may be.
    pub(super) fn stop_full(&mut self, place: Place) {
        self.full = true;
        self.coverage.stop(place, Problem::TooManyComponents { limit: self.limits.components });
    }

    /// Whether there are too many, so that the reading has ended.
    pub(super) const fn full(&self) -> bool {
        self.full
    }

    /// Reads identifiers of what stands there.
    pub(super) fn identifiers(&mut self, place: Place) -> Identifiers<'_> {
        Identifiers { coverage: &mut self.coverage, limits: self.limits, place }
    }

    /// Takes a component; a version may stand in its package URL alone.
    pub(super) fn keep(&mut self, mut component: Component) {
        if component.version.is_none() {
            let version = component.purl.as_ref().and_then(|purl| Some(purl.ordered_version()?.into_owned()));
            component.version = version;
        }
        if component.cves.len() > 1 {
            component.cves.sort_unstable();
            component.cves.dedup();
        }
        self.inventory.components.push(component);
    }

    /// Counts a vulnerability; false, and the end of the reading, where there are as many as may be.
    pub(super) fn may_find(&mut self, place: Place) -> bool {
        self.cves += 1;
        if self.cves > self.limits.findings {
            self.full = true;
            self.coverage.stop(place, Problem::TooManyFindings { limit: self.limits.findings });
            return false;
        }
        true
    }

    pub(super) fn note(&mut self, place: Place, problem: Problem) {
        self.coverage.note(place, problem, self.limits);
    }

    pub(super) fn skip(&mut self, place: Place, problem: Problem) {
        self.coverage.skip(place, problem);
    }

    /// All of it.
    pub(super) fn finish(mut self) -> Inventory {
        self.coverage.components = count(self.inventory.components.len());
        self.inventory.coverage.push(self.coverage);
        self.inventory
    }
}

/// The inventory of a source that could not be read.
pub(super) fn unread(source: &str, format: Format, reason: Problem) -> Inventory {
    Inventory { coverage: vec![Coverage::unread(source, Some(format), reason)], ..Inventory::default() }
}

/// The place of a row of a document that has no lines.
pub(super) const fn row(row: u64) -> Place {
    Place { row, byte: 0 }
}
