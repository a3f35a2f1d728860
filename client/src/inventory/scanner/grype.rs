//! Grype (`-o json`).

use serde::Deserialize;

use super::super::component::Inventory;
use super::super::coverage::{Place, Problem};
use super::super::format::Format;
use super::super::gathering::{Gathering, row, unread};
use super::super::json::{Object, Rows, Word, Words, document};
use super::super::limits::Limits;
use super::super::text::count;
use super::{Report, VULNERABLE_ONLY, add, cves};

#[derive(Deserialize)]
struct Document<'a> {
    #[serde(borrow, default)]
    matches: Rows<Match<'a>>,
    #[serde(borrow, default, rename = "ignoredMatches")]
    ignored: Rows<Match<'a>>,
    #[serde(borrow, default)]
    source: Object<Source<'a>>,
}

#[derive(Deserialize)]
struct Source<'a> {
    #[serde(borrow, default, rename = "type")]
    kind: Word<'a>,
    #[serde(borrow, default)]
    target: Object<Target<'a>>,
}

#[derive(Deserialize)]
struct Target<'a> {
    #[serde(borrow, default, rename = "userInput")]
    input: Word<'a>,
}

#[derive(Deserialize)]
struct Match<'a> {
    #[serde(borrow, default)]
    vulnerability: Object<Vulnerability<'a>>,
    #[serde(borrow, default, rename = "relatedVulnerabilities")]
    related: Rows<Vulnerability<'a>>,
    #[serde(borrow, default)]
    artifact: Object<Artifact<'a>>,
}

#[derive(Deserialize)]
struct Vulnerability<'a> {
    #[serde(borrow, default)]
    id: Word<'a>,
}

#[derive(Deserialize)]
struct Artifact<'a> {
    #[serde(borrow, default)]
    id: Word<'a>,
    #[serde(borrow, default)]
    name: Word<'a>,
    #[serde(borrow, default)]
    version: Word<'a>,
    #[serde(borrow, default)]
    purl: Word<'a>,
    #[serde(borrow, default)]
    cpes: Words<'a>,
    #[serde(borrow, default)]
    locations: Rows<Location<'a>>,
}

#[derive(Deserialize)]
struct Location<'a> {
    #[serde(borrow, default)]
    path: Word<'a>,
}

/// Reads a report.
pub(super) fn read(bytes: &[u8], source: &str, limits: &Limits) -> Inventory {
    let document: Document<'_> = match document(bytes) {
        Ok(document) => document,
        Err(problem) => return unread(source, Format::Grype, problem),
    };
    let mut report = Report::new(Gathering::new(source, Format::Grype, limits));
    let scanned = document.source.0.as_ref();
    let image = scanned.filter(|scanned| scanned.kind.text() == Some("image"));
    if let Some(name) = image.and_then(|it| it.target.0.as_ref()).and_then(|it| it.input.text()) {
        report.image(name);
    }
    for (place, found) in (1..).map(row).zip(&document.matches.0) {
        take(found.as_ref(), None, place, &mut report);
    }
    let before = count(document.matches.0.len());
    for (place, found) in (before + 1..).map(row).zip(&document.ignored.0) {
        take(found.as_ref(), Some("ignored"), place, &mut report);
    }
    report.gathering.note(row(0), Problem::NotExported { part: VULNERABLE_ONLY });
    report.finish()
}

fn take(found: Option<&Match<'_>>, dismissed: Option<&str>, place: Place, report: &mut Report<'_>) {
    let Some((found, artifact)) = found.and_then(|found| Some((found, found.artifact.0.as_ref()?))) else {
        return report.gathering.skip(place, Problem::RowShape);
    };
    let Some(name) = artifact.name.text() else {
        return report.gathering.skip(place, Problem::NothingNamed);
    };
    let ids = found.vulnerability.0.iter().chain(found.related.whole()).filter_map(|one| one.id.text());
    let cves = cves(ids);
    if !cves.iter().all(|_| report.may_find(place)) {
        return;
    }
    let of = |word: &Word<'_>| word.text().unwrap_or_default().to_owned();
    let key = [&artifact.id, &artifact.name, &artifact.version, &artifact.purl].map(of).join("\n");
    let component = report.component(key, name, place, |component, gathering| {
        component.version = artifact.version.owned();
        let mut identifiers = gathering.identifiers(place);
        if let Some(purl) = artifact.purl.text() {
            identifiers.purl(component, purl);
        }
        for cpe in artifact.cpes.texts() {
            identifiers.cpe(component, cpe);
        }
        for path in artifact.locations.whole().filter_map(|location| location.path.text()) {
            component.add_path(path);
        }
    });
    if let Some(component) = component {
        add(component, &cves, dismissed);
    }
}
