//! OSV-Scanner (`--format json`, 1.x and 2.x). With `--all-packages` it lists every package.

use std::collections::BTreeMap;

use interdict_schema::product::Purl;
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
struct Document<'a> {
    #[serde(borrow, default)]
    results: Rows<Results<'a>>,
}

#[derive(Deserialize)]
struct Results<'a> {
    #[serde(borrow, default)]
    packages: Rows<Entry<'a>>,
}

#[derive(Deserialize)]
struct Entry<'a> {
    #[serde(borrow, default)]
    package: Object<Package<'a>>,
    #[serde(borrow, default)]
    vulnerabilities: Rows<Vulnerability<'a>>,
    #[serde(borrow, default)]
    groups: Rows<Group<'a>>,
}

#[derive(Deserialize)]
struct Package<'a> {
    #[serde(borrow, default)]
    name: Word<'a>,
    #[serde(borrow, default)]
    version: Word<'a>,
    #[serde(borrow, default)]
    ecosystem: Word<'a>,
}

#[derive(Deserialize)]
struct Vulnerability<'a> {
    #[serde(borrow, default)]
    id: Word<'a>,
    #[serde(borrow, default)]
    aliases: Words<'a>,
    /// What it is derived from, as distributions' records have it.
    #[serde(borrow, default)]
    upstream: Words<'a>,
}

#[derive(Deserialize)]
struct Group<'a> {
    #[serde(borrow, default)]
    ids: Words<'a>,
    #[serde(borrow, default)]
    aliases: Words<'a>,
}

/// Ecosystems as OSV writes them (schema 1.7), as package-URL type and namespace.
const ECOSYSTEMS: [(&str, &str, Option<&str>); 22] = [
    ("AlmaLinux", "rpm", Some("almalinux")),
    ("Alpine", "apk", Some("alpine")),
    ("Bitnami", "bitnami", None),
    ("ConanCenter", "conan", None),
    ("CRAN", "cran", None),
    ("crates.io", "cargo", None),
    ("Debian", "deb", Some("debian")),
    ("Go", "golang", None),
    ("Hackage", "hackage", None),
    ("Hex", "hex", None),
    ("Maven", "maven", None),
    ("npm", "npm", None),
    ("NuGet", "nuget", None),
    ("openSUSE", "rpm", Some("opensuse")),
    ("Packagist", "composer", None),
    ("Pub", "pub", None),
    ("PyPI", "pypi", None),
    ("Red Hat", "rpm", Some("redhat")),
    ("Rocky Linux", "rpm", Some("rocky-linux")),
    ("RubyGems", "gem", None),
    ("SUSE", "rpm", Some("suse")),
    ("Ubuntu", "deb", Some("ubuntu")),
];

/// Reads results.
pub(super) fn read(bytes: &[u8], source: &str, limits: &Limits) -> Inventory {
    let document: Document<'_> = match document(bytes) {
        Ok(document) => document,
        Err(problem) => return unread(source, Format::Osv, problem),
    };
    let mut report = Report::new(Gathering::new(source, Format::Osv, limits));
    let mut clean = false;
    for (place, results) in (1..).map(row).zip(&document.results.0) {
        let Some(results) = results else {
            report.gathering.skip(place, Problem::RowShape);
            continue;
        };
        for (nth, entry) in results.packages.0.iter().enumerate() {
            let package = entry.as_ref().and_then(|entry| Some((entry, entry.package.0.as_ref()?)));
            match package.and_then(|(entry, package)| Some((entry, package, package.name.text()?))) {
                Some((entry, package, name)) => {
                    clean |= entry.vulnerabilities.0.is_empty();
                    take(entry, package, name, place, &mut report);
                }
                None => odd(&mut report.gathering, place, "packages", count(nth) + 1),
            }
        }
    }
    if !clean {
        report.gathering.note(row(0), Problem::NotExported { part: VULNERABLE_ONLY });
    }
    report.finish()
}

fn take(entry: &Entry<'_>, package: &Package<'_>, name: &str, place: Place, report: &mut Report<'_>) {
    for (nth, one) in entry.vulnerabilities.0.iter().enumerate() {
        if one.is_none() {
            odd(&mut report.gathering, place, "vulnerabilities", count(nth) + 1);
        }
    }
    let own = entry
        .vulnerabilities
        .whole()
        .flat_map(|one| one.id.text().into_iter().chain(one.aliases.texts()).chain(one.upstream.texts()));
    let grouped = entry.groups.whole().flat_map(|group| group.ids.texts().chain(group.aliases.texts()));
    let cves = cves(own.chain(grouped));
    if !cves.iter().all(|_| report.may_find(place)) {
        return;
    }
    let of = |word: &Word<'_>| word.text().unwrap_or_default().to_owned();
    let key = [of(&package.ecosystem), of(&package.name), of(&package.version)].join("\n");
    // The same package of two files is listed once each.
    let component = report.component(format!("{}\n{key}", place.row), name, place, |component, gathering| {
        component.version = package.version.owned();
        identify(component, package.ecosystem.text().unwrap_or_default(), place, gathering);
    });
    if let Some(component) = component {
        add(component, &cves, None);
    }
}

/// Its package URL: `Debian:11` is a distribution with its release.
fn identify(component: &mut Component, ecosystem: &str, place: Place, gathering: &mut Gathering<'_>) {
    let ecosystem = ecosystem.split(':').next().unwrap_or_default();
    let Some((_, kind, namespace)) = ECOSYSTEMS.iter().find(|(name, _, _)| *name == ecosystem) else {
        return;
    };
    component.ecosystem = Some((*kind).to_owned());
    let separator = match *kind {
        "maven" => Some(':'),
        "npm" | "composer" | "golang" => Some('/'),
        _ => None,
    };
    let name = component.name.clone();
    let (within, name) = match separator.and_then(|separator| name.rsplit_once(separator)) {
        Some((within, name)) => (Some(within), name),
        None => (*namespace, name.as_str()),
    };
    match Purl::build(kind, within, name, component.version.as_deref(), BTreeMap::new(), None) {
        Ok(purl) => component.purl = Some(purl),
        Err(error) => gathering.note(place, Problem::Purl(error)),
    }
}
