//! Trivy (`-f json`, schema version 2). With `--list-all-pkgs` it lists every package, not only the vulnerable ones.

use serde::Deserialize;

use super::super::component::{Component, Inventory};
use super::super::coverage::{Place, Problem};
use super::super::format::Format;
use super::super::gathering::{Gathering, row, unread};
use super::super::json::{Object, Rows, Word, Words, document};
use super::super::limits::Limits;
use super::super::text::count;
use super::{Report, VULNERABLE_ONLY, add, cves, odd};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Document<'a> {
    #[serde(borrow, default)]
    artifact_name: Word<'a>,
    #[serde(borrow, default)]
    artifact_type: Word<'a>,
    #[serde(borrow, default)]
    results: Rows<Target<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Target<'a> {
    #[serde(borrow, default, rename = "Target")]
    name: Word<'a>,
    #[serde(borrow, default)]
    packages: Option<Rows<Package<'a>>>,
    #[serde(borrow, default)]
    vulnerabilities: Rows<Vulnerability<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Package<'a> {
    #[serde(borrow, default, rename = "ID")]
    id: Word<'a>,
    #[serde(borrow, default)]
    name: Word<'a>,
    #[serde(borrow, default)]
    version: Word<'a>,
    #[serde(borrow, default)]
    release: Word<'a>,
    #[serde(borrow, default)]
    epoch: Word<'a>,
    #[serde(borrow, default)]
    src_name: Word<'a>,
    #[serde(borrow, default)]
    maintainer: Word<'a>,
    #[serde(borrow, default)]
    identifier: Object<Identifier<'a>>,
    #[serde(borrow, default)]
    file_path: Word<'a>,
}

#[derive(Deserialize)]
struct Identifier<'a> {
    #[serde(borrow, default, rename = "PURL")]
    purl: Word<'a>,
    #[serde(borrow, default, rename = "UID")]
    uid: Word<'a>,
}

#[derive(Deserialize)]
struct Vulnerability<'a> {
    #[serde(borrow, default, rename = "VulnerabilityID")]
    id: Word<'a>,
    #[serde(borrow, default, rename = "VendorIDs")]
    others: Words<'a>,
    #[serde(borrow, default, rename = "PkgID")]
    package: Word<'a>,
    #[serde(borrow, default, rename = "PkgName")]
    name: Word<'a>,
    #[serde(borrow, default, rename = "InstalledVersion")]
    version: Word<'a>,
    #[serde(borrow, default, rename = "PkgIdentifier")]
    identifier: Object<Identifier<'a>>,
    #[serde(borrow, default, rename = "PkgPath")]
    path: Word<'a>,
}

/// Reads a report.
pub(super) fn read(bytes: &[u8], source: &str, limits: &Limits) -> Inventory {
    let document: Document<'_> = match document(bytes) {
        Ok(document) => document,
        Err(problem) => return unread(source, Format::Trivy, problem),
    };
    let mut report = Report::new(Gathering::new(source, Format::Trivy, limits));
    if document.artifact_type.text() == Some("container_image")
        && let Some(name) = document.artifact_name.text()
    {
        report.image(name);
    }
    let mut all = !document.results.0.is_empty();
    for (at, target) in (1..).zip(&document.results.0) {
        let place = row(at);
        match target {
            Some(target) => {
                all &= target.packages.is_some();
                self::target(target, at, &mut report);
            }
            None => report.gathering.skip(place, Problem::RowShape),
        }
    }
    if !all {
        report.gathering.note(row(0), Problem::NotExported { part: VULNERABLE_ONLY });
    }
    report.finish()
}

/// A target: an image's distribution, or a file of packages. Its packages stand in its row, under its name.
fn target(target: &Target<'_>, at: u64, report: &mut Report<'_>) {
    let place = row(at);
    let before = report.gathering.inventory.components.len();
    for (nth, package) in target.packages.iter().flat_map(|rows| &rows.0).enumerate() {
        match package.as_ref().map(|package| (package, package.name.text())) {
            Some((package, Some(name))) => self::package(package, name, at, report),
            _ => odd(&mut report.gathering, place, "Packages", count(nth) + 1),
        }
    }
    for (nth, found) in target.vulnerabilities.0.iter().enumerate() {
        match found.as_ref().map(|found| (found, found.name.text())) {
            Some((found, Some(name))) => {
                vulnerability(found, name, at, report);
            }
            _ => odd(&mut report.gathering, place, "Vulnerabilities", count(nth) + 1),
        }
        if report.gathering.full() {
            break;
        }
    }
    for component in report.gathering.inventory.components.iter_mut().skip(before) {
        component.source.reference = target.name.owned();
    }
}

/// By what a package and its vulnerabilities are brought together within a target.
fn key(at: u64, identifier: &Object<Identifier<'_>>, id: &Word<'_>, name: &str, version: &str) -> String {
    let uid = identifier.0.as_ref().and_then(|identifier| identifier.uid.text());
    match (uid, id.text()) {
        (Some(uid), _) => format!("{at}\nuid\n{uid}"),
        (None, Some(id)) => format!("{at}\nid\n{id}"),
        (None, None) => format!("{at}\nname\n{name}\n{version}"),
    }
}

fn purl(
    identifier: &Object<Identifier<'_>>,
    component: &mut Component,
    place: Place,
    gathering: &mut Gathering<'_>,
) {
    if let Some(purl) = identifier.0.as_ref().and_then(|identifier| identifier.purl.text()) {
        gathering.identifiers(place).purl(component, purl);
    }
}

fn package(package: &Package<'_>, name: &str, at: u64, report: &mut Report<'_>) {
    let place = row(at);
    let release = package.release.text().map(|release| format!("-{release}")).unwrap_or_default();
    let epoch = package.epoch.text().filter(|epoch| *epoch != "0").map(|epoch| format!("{epoch}:"));
    let version = package.version.text().map(|it| format!("{}{it}{release}", epoch.unwrap_or_default()));
    let key = key(at, &package.identifier, &package.id, name, version.as_deref().unwrap_or_default());
    report.component(key, name, place, |component, gathering| {
        component.version = version;
        component.source_package = package.src_name.owned().filter(|source| source != name);
        let maintainer = package.maintainer.text().and_then(|text| text.split('<').next()).map(str::trim);
        component.vendor_hints.extend(maintainer.filter(|name| !name.is_empty()).map(str::to_owned));
        purl(&package.identifier, component, place, gathering);
        component.add_path(package.file_path.text().unwrap_or_default());
    });
}

fn vulnerability(found: &Vulnerability<'_>, name: &str, at: u64, report: &mut Report<'_>) {
    let place = row(at);
    let cves = cves(found.id.text().into_iter().chain(found.others.texts()));
    if !cves.iter().all(|_| report.may_find(place)) {
        return;
    }
    let version = found.version.text();
    let key = key(at, &found.identifier, &found.package, name, version.unwrap_or_default());
    let component = report.component(key, name, place, |component, gathering| {
        component.version = version.map(str::to_owned);
        purl(&found.identifier, component, place, gathering);
        component.add_path(found.path.text().unwrap_or_default());
    });
    if let Some(component) = component {
        add(component, &cves, None);
    }
}
