//! Components and services into the inventory: kept where something recognises them, counted where nothing does.
//!
//! Not here: vulnerabilities, and where the components come from.

use std::collections::HashSet;
use std::sync::Arc;

use interdict_schema::product::network::address;
use interdict_schema::product::{Domain, FilePath, Purl};

use super::super::component::{Component, Description, Inventory, SourceRow};
use super::super::coverage::{Coverage, Place, Problem};
use super::super::format::Format;
use super::super::implied;
use super::super::limits::Limits;
use super::super::recognise::Recognises;
use super::super::said::Said;
use super::super::text::{Identifiers, count, trimmed};
use super::super::trace::Trace;
use super::document::{Entry, Metadata, Organization, Service, Text, str_of};

/// What reads a document's components.
pub(super) struct Reader<'a> {
    pub(super) inventory: Inventory,
    pub(super) coverage: Coverage,
    pub(super) limits: Limits,
    recognises: Recognises<'a>,
    said: Said,
    /// References to components that are kept whatever they are.
    affected: HashSet<String>,
    /// Components so far, those that were let go among them.
    read: usize,
    /// Memory for the next description.
    spare: Option<Arc<Description>>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(
        source: &str,
        limits: &Limits,
        recognises: Recognises<'a>,
        affected: HashSet<String>,
    ) -> Self {
        Self {
            inventory: Inventory::default(),
            coverage: Coverage::new(source, Some(Format::CycloneDx)),
            limits: *limits,
            recognises,
            said: Said::default(),
            affected,
            read: 0,
            spare: None,
        }
    }

    /// Whether a component was read.
    pub(super) const fn has_begun(&self) -> bool {
        self.read > 0
    }

    /// Whether a component was let go.
    pub(super) fn has_let_go(&self) -> bool {
        self.read > self.inventory.components.len()
    }

    /// Reads the component that the document describes.
    pub(super) fn subject(&mut self, metadata: &Metadata<'_>) {
        if let Some(subject) = &metadata.component {
            self.component(subject, false, metadata.supplier.iter().chain(&metadata.manufacture));
        }
    }

    /// The inventory, with how far it was read.
    pub(super) fn finish(mut self) -> Inventory {
        self.coverage.components = count(self.read);
        self.inventory.coverage.push(self.coverage);
        self.inventory
    }
}

impl Reader<'_> {
    /// Reads a component and those in it; `makers` of it are named elsewhere.
    pub(super) fn component<'m>(
        &mut self,
        entry: &Entry<'_>,
        nested: bool,
        makers: impl IntoIterator<Item = &'m Organization<'m>>,
    ) {
        let Some((place, mut description)) = self.next(&entry.name, nested) else { return };
        let component = Arc::make_mut(&mut description);
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
        let mut identifiers = Identifiers { coverage: &mut self.coverage, limits: &self.limits, place };
        if let Some(purl) = str_of(entry.purl.as_ref()) {
            identifiers.purl(component, purl);
        }
        if let Some(cpe) = str_of(entry.cpe.as_ref()) {
            identifiers.cpe(component, cpe);
        }
        for digest in entry.hashes.iter().flat_map(|hashes| &hashes.0) {
            identifiers.sha256(component, &digest.0);
        }
        if component.version.is_none() {
            component.version = component.purl.as_ref().and_then(Purl::version).map(str::to_owned);
        }
        seen(entry, component);
        let inside = entry.components.as_deref().unwrap_or_default();
        let at = self.inventory.components.len();
        let wanted = self.wants(component, entry.reference.as_ref());
        if !wanted && inside.is_empty() {
            self.spare = Some(description);
            return;
        }
        let component = Component::described(description, row(place, entry.reference.as_ref()));
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

    pub(super) fn service(&mut self, service: &Service<'_>, nested: bool) {
        let Some((place, mut description)) = self.next(&service.name, nested) else { return };
        let component = Arc::make_mut(&mut description);
        set(&mut component.group, service.group.as_ref());
        set(&mut component.version, service.version.as_ref());
        let provider = service.provider.as_ref().and_then(|provider| provider.name.as_ref());
        component.add_vendor(provider.map_or("", |name| &name.0));
        let endpoints = service.endpoints.iter().flatten();
        endpoints.filter_map(|endpoint| host(&endpoint.0)).for_each(|seen| component.add_trace(seen));
        // Services are few: they are kept here, and let go with what else is not recognised.
        let row = row(place, service.reference.as_ref());
        self.inventory.components.push(Component::described(description, row));
        service.services.iter().flatten().for_each(|child| self.service(child, true));
    }

    /// The next component, and its place; `None` where there are too many.
    fn next(&mut self, name: &Text<'_>, nested: bool) -> Option<(Place, Arc<Description>)> {
        let place = Place { row: count(self.read) + 1, byte: 0 };
        if self.read >= self.limits.components {
            self.coverage.stop(place, Problem::TooManyComponents { limit: self.limits.components });
            return None;
        }
        self.read += 1;
        let mut description = self.spare.take().unwrap_or_default();
        let component = Arc::make_mut(&mut description);
        component.clear();
        component.name.push_str(trimmed(&name.0));
        component.nested = nested;
        Some((place, description))
    }
}

/// Where a component stands.
fn row(place: Place, reference: Option<&Text<'_>>) -> SourceRow {
    SourceRow { source: 0, row: place.row, byte: None, reference: str_of(reference).map(str::to_owned) }
}

fn set(field: &mut Option<String>, text: Option<&Text<'_>>) {
    *field = str_of(text).map(str::to_owned);
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
