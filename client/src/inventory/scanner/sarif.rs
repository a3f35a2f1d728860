//! SARIF 2.1.0: results whose rule is a CVE id, or names one.
//!
//! Package URLs stand in `properties` of the result or of its rule (`purl`, `purls`), as Grype has them, or the message names the
//! package, as Trivy's does (`Package:`, `Installed Version:`). A result without any belongs to no component: it is a loose
//! finding at its place. Results of kind `pass` and `notApplicable` are none (3.27.9), suppressed ones are dismissed (3.35).

use std::collections::HashMap;

use interdict_schema::product::CveId;
use serde::Deserialize;

use super::super::component::{Inventory, LooseFinding, SourceRow};
use super::super::coverage::{Place, Problem};
use super::super::format::Format;
use super::super::gathering::{Gathering, row, unread};
use super::super::json::{Object, Rows, Word, Words, document};
use super::super::limits::Limits;
use super::super::text::count;
use super::{Report, VULNERABLE_ONLY, add, cves};

#[derive(Deserialize)]
struct Log<'a> {
    #[serde(borrow, default)]
    version: Word<'a>,
    #[serde(borrow, default)]
    runs: Rows<Run<'a>>,
}

#[derive(Deserialize)]
struct Run<'a> {
    #[serde(borrow, default)]
    tool: Object<Tool<'a>>,
    #[serde(borrow, default)]
    results: Rows<Found<'a>>,
}

#[derive(Deserialize)]
struct Tool<'a> {
    #[serde(borrow, default)]
    driver: Object<Driver<'a>>,
    #[serde(borrow, default)]
    extensions: Rows<Driver<'a>>,
}

#[derive(Deserialize)]
struct Driver<'a> {
    #[serde(borrow, default)]
    rules: Rows<Rule<'a>>,
}

#[derive(Deserialize)]
struct Rule<'a> {
    #[serde(borrow, default)]
    id: Word<'a>,
    #[serde(borrow, default)]
    properties: Object<Properties<'a>>,
}

#[derive(Deserialize)]
struct Found<'a> {
    #[serde(borrow, default, rename = "ruleId")]
    rule: Word<'a>,
    #[serde(borrow, default, rename = "ruleIndex")]
    index: Word<'a>,
    #[serde(borrow, default, rename = "rule")]
    reference: Object<RuleReference<'a>>,
    #[serde(borrow, default)]
    kind: Word<'a>,
    #[serde(borrow, default)]
    message: Object<Message<'a>>,
    #[serde(borrow, default)]
    locations: Rows<Location<'a>>,
    #[serde(borrow, default)]
    suppressions: Rows<Suppression<'a>>,
    #[serde(borrow, default)]
    properties: Object<Properties<'a>>,
}

#[derive(Deserialize)]
struct RuleReference<'a> {
    #[serde(borrow, default)]
    id: Word<'a>,
}

#[derive(Deserialize)]
struct Message<'a> {
    #[serde(borrow, default)]
    text: Word<'a>,
}

#[derive(Deserialize)]
struct Suppression<'a> {
    #[serde(borrow, default)]
    status: Word<'a>,
}

#[derive(Deserialize)]
struct Location<'a> {
    #[serde(borrow, default, rename = "physicalLocation")]
    physical: Object<Physical<'a>>,
}

#[derive(Deserialize)]
struct Physical<'a> {
    #[serde(borrow, default, rename = "artifactLocation")]
    artifact: Object<Artifact<'a>>,
}

#[derive(Deserialize)]
struct Artifact<'a> {
    #[serde(borrow, default)]
    uri: Word<'a>,
}

#[derive(Deserialize)]
struct Properties<'a> {
    #[serde(borrow, default)]
    purl: Word<'a>,
    #[serde(borrow, default)]
    purls: Words<'a>,
    #[serde(borrow, default)]
    cve: Words<'a>,
    #[serde(borrow, default)]
    cves: Words<'a>,
    #[serde(borrow, default)]
    tags: Words<'a>,
}

/// Reads a log.
pub(super) fn read(bytes: &[u8], source: &str, limits: &Limits) -> Inventory {
    let log: Log<'_> = match document(bytes) {
        Ok(log) => log,
        Err(problem) => return unread(source, Format::Sarif, problem),
    };
    if log.version.text() != Some("2.1.0") {
        return unread(source, Format::Sarif, Problem::SarifVersion { found: log.version.owned() });
    }
    let mut report = Report::new(Gathering::new(source, Format::Sarif, limits));
    let (mut at, mut others) = (0, false);
    for (nth, run) in log.runs.0.iter().enumerate() {
        let Some(run) = run else {
            report.gathering.skip(row(count(nth) + 1), Problem::RowShape);
            continue;
        };
        let tool = run.tool.0.as_ref();
        let drivers = tool.iter().flat_map(|tool| tool.driver.0.iter().chain(tool.extensions.whole()));
        let rules: HashMap<&str, &Rule<'_>> = drivers
            .flat_map(|driver| driver.rules.whole())
            .filter_map(|rule| Some((rule.id.text()?, rule)))
            .collect();
        // Results of all runs are counted on.
        for found in &run.results.0 {
            at += 1;
            match found {
                Some(found) => {
                    // Where a result has no rule's id, it has its number (3.27.6).
                    let nth = found.index.text().and_then(|nth| nth.parse::<usize>().ok());
                    let nth =
                        nth.and_then(|nth| tool?.driver.0.as_ref()?.rules.0.get(nth)?.as_ref()?.id.text());
                    others |= !take(found, nth, &rules, row(at), &mut report);
                }
                None => report.gathering.skip(row(at), Problem::RowShape),
            }
            if report.gathering.full() {
                break;
            }
        }
    }
    if others {
        report.gathering.note(row(0), Problem::OtherFindings);
    }
    report.gathering.note(row(0), Problem::NotExported { part: VULNERABLE_ONLY });
    report.finish()
}

/// Takes a result. False where it names no CVE id.
fn take(
    found: &Found<'_>,
    numbered: Option<&str>,
    rules: &HashMap<&str, &Rule<'_>>,
    place: Place,
    report: &mut Report<'_>,
) -> bool {
    if matches!(found.kind.text(), Some("pass" | "notApplicable")) {
        return true;
    }
    let id =
        found.rule.text().or_else(|| found.reference.0.as_ref()?.id.text()).or(numbered).unwrap_or_default();
    let rule = rules.get(id).and_then(|rule| rule.properties.0.as_ref());
    let properties: Vec<&Properties<'_>> = found.properties.0.iter().chain(rule).collect();
    let named = properties.iter().flat_map(|it| it.cve.texts().chain(it.cves.texts()).chain(it.tags.texts()));
    let cves: Vec<CveId> = cves(leading(id).into_iter().chain(named));
    if cves.is_empty() {
        return false;
    }
    let suppressed =
        found.suppressions.whole().any(|one| matches!(one.status.text(), None | Some("accepted")));
    let dismissed = suppressed.then_some("suppressed");
    let mut purls: Vec<&str> =
        properties.iter().flat_map(|it| it.purl.text().into_iter().chain(it.purls.texts())).collect();
    purls.sort_unstable();
    purls.dedup();
    let message = found.message.0.as_ref().and_then(|message| message.text.text()).unwrap_or_default();
    let line = |label: &str| {
        message
            .lines()
            .find_map(|line| line.trim().strip_prefix(label))
            .map(str::trim)
            .filter(|it| !it.is_empty())
    };
    let places =
        found.locations.whole().filter_map(|it| it.physical.0.as_ref()?.artifact.0.as_ref()?.uri.text());
    if purls.is_empty()
        && let Some(name) = line("Package:")
    {
        let version = line("Installed Version:");
        let key = format!("{name}\n{}", version.unwrap_or_default());
        if cves.iter().all(|_| report.may_find(place)) {
            let made = report.component(key, name, place, |it, _| it.version = version.map(str::to_owned));
            if let Some(component) = made {
                add(component, &cves, dismissed);
            }
        }
        return true;
    }
    for purl in &purls {
        if !cves.iter().all(|_| report.may_find(place)) {
            return true;
        }
        // Without a name, the component takes the package's.
        let made = report.component((*purl).to_owned(), "", place, |component, gathering| {
            gathering.identifiers(place).purl(component, purl);
            component.name =
                component.purl.as_ref().map_or_else(|| (*purl).to_owned(), |it| it.name().to_owned());
        });
        if let Some(component) = made {
            add(component, &cves, dismissed);
        }
    }
    if purls.is_empty() && dismissed.is_none() {
        let affects = places.map(str::to_owned).next();
        for cve in cves {
            if !report.may_find(place) {
                break;
            }
            let source = SourceRow { source: 0, row: place.row, byte: None, reference: None };
            report.gathering.inventory.findings.push(LooseFinding { cve, affects: affects.clone(), source });
        }
    }
    true
}

/// The CVE id that an id begins with: `CVE-2021-44228-log4j-core` is one of a rule and a package.
fn leading(id: &str) -> Option<&str> {
    let rest = id.get(..4).filter(|start| start.eq_ignore_ascii_case("CVE-")).and(id.get(4..))?;
    let (_, number) = rest.split_once('-')?;
    let digits = number.bytes().take_while(u8::is_ascii_digit).count();
    let end = id.len() - number.len() + digits;
    let behind = id.get(end..)?;
    (digits > 0 && (behind.is_empty() || behind.starts_with(['-', '_', '/', ':', ' '])))
        .then(|| id.get(..end))?
}
