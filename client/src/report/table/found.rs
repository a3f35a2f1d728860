//! A directive: what is to be done by when, and what was found.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use interdict_host::terminal::{Paint, Table, Terminal, escape_control, in_words};
use interdict_schema::DateTime;
use interdict_schema::directive::deadline::zone;
use interdict_schema::directive::{Action, Directive, Edge};
use jiff::tz::TimeZone;

use crate::assess::{Bound, Evidence, Finding, Judgement, Verdict};
use crate::presentation::by_when;
use crate::report::Report;
use crate::report::overview::worst_of;

/// Columns that a terminal needs for a table with six columns of words; on a narrower one each row is a few lines.
const COLUMNS: u16 = 100;

/// All that was found of a directive. `folder` is what the labels of all sources begin with.
pub(super) fn directive(
    report: &Report<'_, '_>,
    judgements: &[&Judgement<'_>],
    folder: &str,
    terminal: &Terminal,
    text: &mut String,
) {
    let assessment = report.assessment;
    let Some(bound) = judgements.first().map(|judgement| assessment.bound_of(judgement)) else { return };
    let directive = bound.directive();
    let mut title = format!("{}  {}", directive.id, directive.title);
    let repository = bound.source.repository;
    // Two authorities, or two copies of one, may have a directive of the same id.
    if assessment.bound.iter().any(|other| other.source.repository != repository) {
        let _ = write!(title, " (repository {repository})");
    }
    for line in terminal.wrap(&escape_control(&title), 2).lines() {
        text.push_str(&terminal.paint(Paint::Strong, line));
        text.push('\n');
    }
    for mark in &bound.source.marks {
        text.push_str(&terminal.paint(Paint::Alarm, &format!("  {}: it stays in force", mark.as_str())));
        text.push('\n');
    }
    text.push_str(&obligations(bound).render(terminal));
    text.push('\n');
    // One date for all stands above; a catalogue has one for each entry.
    let dues: BTreeSet<_> =
        judgements.iter().map(|one| worst_of(report, one).0.map(|(_, due, _)| due.at)).collect();
    let own = |one: &&Judgement<'_>| assessment.bound_of(one).runs_from_detection();
    let own_dates =
        dues.len() > 1 || judgements.iter().any(own) || bound.dues().iter().any(|due| !due.is_for_all());
    let columns = ["verdict", "component", "where", "why", "due", "finding"];
    let shown = |place: usize| own_dates || columns.get(place) != Some(&"due");
    let header: Vec<&str> =
        columns.iter().enumerate().filter(|(place, _)| shown(*place)).map(|(_, name)| *name).collect();
    let mut table = Table::new(&header).whole(0).whole(header.len() - 1).stacked_below(COLUMNS, 2);
    for judgement in judgements {
        let cells = row(report, judgement, folder);
        let cells = cells.into_iter().enumerate().filter(|(place, _)| shown(*place)).map(|(_, cell)| cell);
        table.painted_row(
            match judgement.verdict {
                Verdict::Match => Paint::Alarm,
                Verdict::Unknown | Verdict::Possible | Verdict::Excepted | Verdict::Waived => Paint::Warning,
                Verdict::Excluded => Paint::Faint,
            },
            cells,
        );
    }
    text.push_str(&table.render(terminal));
    text.push('\n');
}

/// What is to be done by when, where the dates are those of every subject.
fn obligations(bound: &Bound<'_>) -> Table {
    let zone = issuers_zone(bound.directive());
    let mut table = Table::new(&["by", "", "action", "what to do"]).stacked_below(COLUMNS, 2);
    for due in bound.dues().iter().filter(|due| due.is_for_all()) {
        let action = due.action;
        let late = due.is_overdue(bound.moment);
        let passed = due.has_passed(bound.moment) && !late;
        let mut left = if passed { "passed".to_owned() } else { in_words(bound.moment, due.at, &zone) };
        if due.recurs {
            left.push_str(", then again");
        }
        if let Some(waived) = &due.waived {
            left = match waived.until {
                Some(until) => format!("waived until {}", day(until, &zone)),
                None => "waived without an end".to_owned(),
            };
        }
        let [name, what] = named(action, due.edge);
        let cells = [day(due.at, &zone), left, name, what];
        match (late, passed) {
            (true, _) => table.painted_row(Paint::Alarm, cells),
            (_, true) => table.painted_row(Paint::Faint, cells),
            _ => table.row(cells),
        }
    }
    for waiting in bound.waiting() {
        let [name, what] = named(waiting.action, waiting.edge);
        let words = by_when(waiting.deadline.clone(), waiting.action, &zone).unwrap_or_default();
        table.row([words, String::new(), name, what]);
    }
    table
}

/// An action with its paragraph, and what is to be done.
fn named(action: &Action, edge: Option<&Edge>) -> [String; 2] {
    let edge = match edge {
        Some(Edge::Begin) => "begin ",
        Some(Edge::Report) => "report ",
        _ => "",
    };
    let paragraph = action.paragraph.as_ref().map(|number| format!(" (paragraph {number})"));
    let what = action.description.as_deref().unwrap_or(action.kind.as_str());
    [format!("{edge}{}{}", action.id, paragraph.unwrap_or_default()), what.to_owned()]
}

fn row(report: &Report<'_, '_>, judgement: &Judgement<'_>, folder: &str) -> [String; 6] {
    let bound = report.assessment.bound_of(judgement);
    let first = report.assessment.findings_of(judgement).next();
    let component = first.as_ref().and_then(|finding| finding.component);
    let name = match (component, first.as_ref().and_then(|finding| finding.loose)) {
        (Some(component), _) => match &component.version {
            Some(version) => format!("{} {version}", component.name),
            None => component.name.clone(),
        },
        (None, Some(loose)) => loose.affects.clone().unwrap_or_else(|| "(no component)".to_owned()),
        (None, None) => String::new(),
    };
    let inventory = report.assessment.inventory;
    let row = first.as_ref().and_then(Finding::row);
    let mut place = row.map_or_else(String::new, |row| match &row.reference {
        // The only source is named below the table.
        _ if inventory.coverage.len() > 1 => {
            let place = inventory.place_of(row);
            place.strip_prefix(folder).map_or_else(|| place.clone(), str::to_owned)
        }
        Some(reference) => reference.clone(),
        None => format!("row {}", row.row),
    });
    if let Some(host) = component.and_then(|component| component.host.as_deref()) {
        place = format!("{host}, {place}");
    }
    if judgement.places() > 1 {
        let _ = write!(place, " and {} more", judgement.places() - 1);
    }
    let id = first.as_ref().map_or_else(String::new, |finding| report.assessment.id_of(finding).to_string());
    let (why, due) = (why(judgement, bound), due(report, judgement));
    [judgement.verdict.as_str().to_owned(), name, place, why, due, id]
}

fn why(judgement: &Judgement<'_>, bound: &Bound<'_>) -> String {
    let seen = judgement.evidence.first().map(evidence).unwrap_or_default();
    let mut why = match (&judgement.exclusion, judgement.verdict) {
        (Some(exclusion), _) => format!("{}: {} ({seen})", exclusion.id(), exclusion.reason()),
        (None, Verdict::Unknown | Verdict::Possible) => {
            let doubts: Vec<String> = judgement.doubts.iter().map(ToString::to_string).collect();
            format!("{seen}: {}", doubts.join("; "))
        }
        _ => seen,
    };
    if bound.directive().subjects.len() > 1 {
        why = format!("{} ({why})", bound.subject.name);
    }
    why
}

/// An identifier, and the list that it stands in; a CPE name without its beginning and its empty end.
fn evidence(evidence: &Evidence<'_>) -> String {
    let value = evidence.identifier.value.trim_end_matches(":*");
    let value = value.strip_prefix("cpe:2.3:").unwrap_or(value);
    let list = evidence.list.map_or_else(String::new, |list| format!(" of {}", list.id));
    format!("{} {value}{list}", evidence.identifier.kind)
}

fn due(report: &Report<'_, '_>, judgement: &Judgement<'_>) -> String {
    let bound = report.assessment.bound_of(judgement);
    let zone = issuers_zone(bound.directive());
    if let Some((_, due, _)) = worst_of(report, judgement).0 {
        return format!("{}, {}", day(due.at, &zone), in_words(bound.moment, due.at, &zone));
    }
    let waiting = bound.waiting().first();
    let words = waiting.and_then(|one| by_when(one.deadline.clone(), one.action, &zone));
    words.unwrap_or_else(|| "no date".to_owned())
}

/// The issuer's zone; one that is not known is among the unsupported.
fn issuers_zone(directive: &Directive) -> TimeZone {
    zone(&directive.zone).unwrap_or(TimeZone::UTC)
}

/// A day on the calendar of a zone.
pub(super) fn day(at: DateTime, zone: &TimeZone) -> String {
    zone.to_datetime(at.timestamp()).strftime("%a %-d %b %Y").to_string()
}
