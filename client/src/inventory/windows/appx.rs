//! `AppX` packages: `Get-AppxPackage` into JSON.

use interdict_schema::product::signer;
use serde::Deserialize;

use super::super::component::Inventory;
use super::super::coverage::Problem;
use super::super::csv::Column;
use super::super::format::Format;
use super::super::gathering::{Gathering, row, unread};
use super::super::json::{Rows, Word, document};
use super::super::limits::Limits;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Package<'a> {
    #[serde(borrow, default)]
    name: Word<'a>,
    /// The subject of the certificate: `CN=…, O=…`.
    #[serde(borrow, default)]
    publisher: Word<'a>,
    #[serde(borrow, default)]
    version: Word<'a>,
    #[serde(borrow, default, rename = "PackageFamilyName")]
    family: Word<'a>,
    #[serde(borrow, default)]
    install_location: Word<'a>,
    /// Not empty with `-AllUsers` alone.
    #[serde(borrow, default, rename = "PackageUserInformation")]
    users: Rows<User<'a>>,
    #[serde(borrow, default, rename = "PSComputerName")]
    host: Word<'a>,
}

#[derive(Deserialize)]
struct User<'a> {
    #[serde(borrow, default, rename = "InstallState")]
    _state: Word<'a>,
}

/// Reads the packages.
pub(super) fn read(bytes: &[u8], source: &str, limits: &Limits) -> Inventory {
    let rows: Rows<Package<'_>> = match document(bytes) {
        Ok(rows) => rows,
        Err(problem) => return unread(source, Format::WindowsAppx, problem),
    };
    let mut gathering = Gathering::new(source, Format::WindowsAppx, limits);
    let mut of_all = false;
    for (place, package) in (1..).map(row).zip(&rows.0) {
        let Some(package) = package else {
            gathering.skip(place, Problem::RowShape);
            continue;
        };
        of_all |= !package.users.0.is_empty();
        let Some(name) = package.name.text().or_else(|| package.family.text()) else {
            gathering.skip(place, Problem::NothingNamed);
            continue;
        };
        let reference = package.family.text();
        let Some(mut component) = gathering.component(name, place, reference) else { break };
        component.version = package.version.owned();
        component.host = package.host.text().map(Into::into);
        let mut identifiers = gathering.identifiers(place);
        if let Some(subject) = package.publisher.text() {
            for name in signer::names(subject) {
                component.add_vendor(&name);
            }
            identifiers.trace(&mut component, Column::Signer, subject);
        }
        if let Some(path) = package.install_location.text() {
            identifiers.trace(&mut component, Column::Path, path);
        }
        gathering.keep(component);
    }
    if !of_all {
        gathering.note(
            row(0),
            Problem::NotExported { part: "packages of other users (Get-AppxPackage -AllUsers)" },
        );
    }
    gathering
        .note(row(0), Problem::NotExported { part: r"programs other than AppX packages (uninstall keys)" });
    gathering.finish()
}
