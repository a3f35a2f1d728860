//! SPDX in JSON (specification 2.3, clauses 6 to 8 and its JSON schema).

use serde::Deserialize;

use super::super::component::{Component, Inventory};
use super::super::coverage::{Place, Problem};
use super::super::format::Format;
use super::super::gathering::{Gathering, row, unread};
use super::super::json::{Rows, Word, document};
use super::super::limits::Limits;
use super::super::text::count;
use super::{asserted, check, party, reference};

/// A look at a document that is not of the wanted shape: is it of our version at all.
#[derive(Deserialize)]
struct Version<'a> {
    #[serde(borrow, default, rename = "spdxVersion")]
    version: Word<'a>,
}

#[derive(Deserialize)]
struct Document<'a> {
    #[serde(borrow, default, rename = "spdxVersion")]
    version: Word<'a>,
    #[serde(borrow, default)]
    packages: Rows<Package<'a>>,
    #[serde(borrow, default)]
    files: Rows<File<'a>>,
}

#[derive(Deserialize)]
struct Package<'a> {
    #[serde(borrow, default, rename = "SPDXID")]
    id: Word<'a>,
    #[serde(borrow, default)]
    name: Word<'a>,
    #[serde(borrow, default, rename = "versionInfo")]
    version: Word<'a>,
    #[serde(borrow, default)]
    supplier: Word<'a>,
    #[serde(borrow, default)]
    originator: Word<'a>,
    #[serde(borrow, default, rename = "externalRefs")]
    references: Rows<Reference<'a>>,
    #[serde(borrow, default)]
    checksums: Rows<Checksum<'a>>,
}

#[derive(Deserialize)]
struct Reference<'a> {
    #[serde(borrow, default, rename = "referenceType")]
    kind: Word<'a>,
    #[serde(borrow, default, rename = "referenceLocator")]
    locator: Word<'a>,
}

#[derive(Deserialize)]
struct Checksum<'a> {
    #[serde(borrow, default)]
    algorithm: Word<'a>,
    #[serde(borrow, default, rename = "checksumValue")]
    value: Word<'a>,
}

#[derive(Deserialize)]
struct File<'a> {
    #[serde(borrow, default, rename = "SPDXID")]
    id: Word<'a>,
    #[serde(borrow, default, rename = "fileName")]
    name: Word<'a>,
    #[serde(borrow, default)]
    checksums: Rows<Checksum<'a>>,
}

/// Reads a document.
pub(super) fn read(bytes: &[u8], source: &str, limits: &Limits) -> Inventory {
    let read = document::<Document<'_>>(bytes).map_err(|problem| {
        // Rather than say that another version lacks our fields, say that it is another version.
        let other = document::<Version<'_>>(bytes).ok().and_then(|it| check(it.version.text()).err());
        other.unwrap_or(problem)
    });
    let document = match read.and_then(|document| check(document.version.text()).map(|()| document)) {
        Ok(document) => document,
        Err(problem) => return unread(source, Format::Spdx, problem),
    };
    let mut gathering = Gathering::new(source, Format::Spdx, limits);
    let packages = count(document.packages.0.len());
    for (place, package) in (1..).map(row).zip(&document.packages.0) {
        match package {
            Some(package) => self::package(package, place, &mut gathering),
            None => gathering.skip(place, Problem::RowShape),
        }
    }
    // Rows go on counting behind the packages.
    for (place, file) in (packages + 1..).map(row).zip(&document.files.0) {
        match file {
            Some(file) => self::file(file, place, &mut gathering),
            None => gathering.skip(place, Problem::RowShape),
        }
    }
    gathering.finish()
}

fn package(package: &Package<'_>, place: Place, gathering: &mut Gathering<'_>) {
    let Some(name) = asserted(package.name.text()) else {
        return gathering.skip(place, Problem::NothingNamed);
    };
    let Some(mut component) = gathering.component(name, place, package.id.text()) else { return };
    component.version = asserted(package.version.text()).map(str::to_owned);
    let parties = [&package.supplier, &package.originator];
    parties.into_iter().filter_map(Word::text).filter_map(party).for_each(|name| component.add_vendor(name));
    for (at, one) in package.references.0.iter().enumerate() {
        match one.as_ref().map(|one| (one.kind.text(), one.locator.text())) {
            Some((Some(kind), Some(locator))) => {
                reference(gathering, &mut component, kind, locator, place);
            }
            _ => gathering.note(place, Problem::PartShape { part: "externalRefs", at: count(at) + 1 }),
        }
    }
    digests(&package.checksums, &mut component, place, gathering);
    gathering.keep(component);
}

fn file(file: &File<'_>, place: Place, gathering: &mut Gathering<'_>) {
    let Some(name) = file.name.text() else { return gathering.skip(place, Problem::NothingNamed) };
    let Some(mut component) = gathering.component(name, place, file.id.text()) else { return };
    let path = component.name.clone();
    component.add_path(&path);
    digests(&file.checksums, &mut component, place, gathering);
    gathering.keep(component);
}

fn digests(
    checksums: &Rows<Checksum<'_>>,
    component: &mut Component,
    place: Place,
    gathering: &mut Gathering<'_>,
) {
    for (at, checksum) in checksums.0.iter().enumerate() {
        match checksum.as_ref().map(|one| (one.algorithm.text(), one.value.text())) {
            Some((Some("SHA256"), Some(value))) => gathering.identifiers(place).sha256(component, value),
            Some((Some(_), Some(_))) => {}
            _ => gathering.note(place, Problem::PartShape { part: "checksums", at: count(at) + 1 }),
        }
    }
}
