//! The table for people: by directive, the worst first; what to do and by when; what could not be seen.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use interdict_host::terminal::{Paint, Table, Terminal, escape_control, in_words};
use interdict_schema::DateTime;
use interdict_schema::directive::deadline::zone;
use interdict_schema::directive::{Action, Directive, Edge};
use jiff::tz::TimeZone;

use super::Report;
use crate::assess::{Bound, Due, Evidence, Finding, Judgement, Verdict};
use crate::inventory::{Coverage, Reading};
use crate::presentation::by_when;

/// Everything for a terminal, or for a pipe without colour and wrapping.
pub fn render(report: &Report<'_, '_>, terminal: &Terminal) -> String {
    let mut text = String::new();
    let listed: Vec<_> = report.listed().collect();
    let alike = |one: &&Judgement<'_>, other: &&Judgement<'_>| {
        let (one, other) = (report.assessment.bound_of(one), report.assessment.bound_of(other));
        one.source.repository == other.source.repository && one.directive().id == other.directive().id
    };
    for judgements in listed.chunk_by(alike) {
        directive(report, judgements, terminal, &mut text);
    }
    footer(report, terminal, &mut text);
    text
}

fn directive(report: &Report<'_, '_>, judgements: &[&Judgement<'_>], terminal: &Terminal, text: &mut String) {
    let assessment = report.assessment;
    let Some(bound) = judgements.first().map(|judgement| assessment.bound_of(judgement)) else { return };
    let directive = bound.directive();
    let mut title = format!("{}  {}", directive.id, directive.title);
    let repository = bound.source.repository;
    // Two authorities, or two copies of one, may have a directive of the same id.
    if assessment.bound.iter().any(|other| other.source.repository != repository) {
        let _ = write!(title, " (repository {repository})");
    }
    line(text, &terminal.paint(Paint::Strong, &escape_control(&title)));
    for mark in &bound.source.marks {
        line(text, &terminal.paint(Paint::Alarm, &format!("  {}: it stays in force", mark.as_str())));
    }
    text.push_str(&obligations(bound).render(terminal));
    text.push('\n');
    // One date for all stands above; a catalogue has one for each entry.
    let dues: BTreeSet<_> =
        judgements.iter().map(|one| first_due(report, one).map(|(due, _)| due.at)).collect();
    let own = |one: &&Judgement<'_>| assessment.bound_of(one).runs_from_detection();
    let own_dates =
        dues.len() > 1 || judgements.iter().any(own) || bound.dues().iter().any(|due| !due.is_for_all());
    let columns = ["verdict", "component", "where", "why", "due", "finding"];
    let shown = |place: usize| own_dates || columns.get(place) != Some(&"due");
    let header: Vec<&str> =
        columns.iter().enumerate().filter(|(place, _)| shown(*place)).map(|(_, name)| *name).collect();
    let mut table = Table::new(&header);
    for judgement in judgements {
        let cells = row(report, judgement, assessment.bound_of(judgement));
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

/// The deadline that comes first of all places of a judgement, one that was missed before one that is to come.
fn first_due<'a>(report: &Report<'_, 'a>, judgement: &Judgement<'a>) -> Option<(Due<'a>, bool)> {
    let bound = report.assessment.bound_of(judgement);
    let own = if bound.runs_from_detection() { usize::MAX } else { 1 };
    let dues = report.assessment.findings_of(judgement).take(own).filter_map(|finding| {
        let late = finding.overdue();
        late.map(|due| (due, true)).or_else(|| finding.next().map(|due| (due, false)))
    });
    dues.min_by_key(|(due, late)| (!late, due.at))
}

/// What is to be done by when, where the dates are those of every subject.
fn obligations(bound: &Bound<'_>) -> Table {
    let zone = issuers_zone(bound.directive());
    let mut table = Table::new(&["by", "", "action", "what to do"]);
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

fn row(report: &Report<'_, '_>, judgement: &Judgement<'_>, bound: &Bound<'_>) -> [String; 6] {
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
        _ if inventory.coverage.len() > 1 => inventory.place_of(row),
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
    if let Some((due, _)) = first_due(report, judgement) {
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

fn day(at: DateTime, zone: &TimeZone) -> String {
    zone.to_datetime(at.timestamp()).strftime("%a %-d %b %Y").to_string()
}

fn footer(report: &Report<'_, '_>, terminal: &Terminal, text: &mut String) {
    let assessment = report.assessment;
    let counts = report.counts();
    for summary in report.summaries() {
        let (components, subjects) = (summary.components, summary.subjects);
        line(
            text,
            &format!(
                "{}: {components} different components may be meant by {subjects} entries that name no versions (--all lists them)",
                summary.directive
            ),
        );
    }
    for coverage in &assessment.inventory.coverage {
        source(coverage, terminal, text);
    }
    for not in assessment.not_looked_for.chunk_by(|one, other| one.why == other.why) {
        let kinds: Vec<String> = not.iter().map(|not| format!("{} {}", not.identifiers, not.kind)).collect();
        let why = not.first().map(|not| not.why.to_string()).unwrap_or_default();
        line(text, &format!("not looked for: {} identifiers: {why}", kinds.join(", ")));
    }
    for found in super::record::unsupported(report) {
        let words = format!("not understood: {} {}: {}", found.directive, found.place, found.what);
        line(text, &terminal.paint(Paint::Warning, &escape_control(&words)));
    }
    for alike in assessment
        .not_binding
        .chunk_by(|one, other| (one.directive, &one.because) == (other.directive, &other.because))
    {
        if let Some(first) = alike.first() {
            let subjects = match (alike.len(), first.subject) {
                (1, Some(subject)) => format!(" {subject}"),
                (several, Some(_)) => format!(", {several} subjects"),
                (_, None) => String::new(),
            };
            line(
                text,
                &escape_control(&format!("not binding: {}{subjects}: {}", first.directive, first.because)),
            );
        }
    }
    standing(report, terminal, text);
    for (paint, words) in report.exceptions.lines() {
        line(text, &terminal.paint(paint, &escape_control(&words)));
    }
    let (matches, possible, excluded) = (counts.matches, counts.possible, counts.excluded);
    let components = assessment.inventory.components_read();
    let unknown = if counts.unknown > 0 { format!("{} unknown, ", counts.unknown) } else { String::new() };
    let excepted =
        if counts.excepted > 0 { format!("{} excepted, ", counts.excepted) } else { String::new() };
    let waived = if counts.waived > 0 { format!("{} waived, ", counts.waived) } else { String::new() };
    line(
        text,
        &format!(
            "{matches} match, {unknown}{possible} possible, {excepted}{waived}{excluded} excluded among {components} components"
        ),
    );
    if !assessment.inventory.is_complete() {
        let words = "what was not read may hold more: this is no clean result";
        line(text, &terminal.paint(Paint::Alarm, words));
    }
}

fn standing(report: &Report<'_, '_>, terminal: &Terminal, text: &mut String) {
    let standing = report.standing;
    for (repository, alarm) in &standing.alarms {
        let about = alarm.directive.as_ref().map(|id| format!(" {id}")).unwrap_or_default();
        let words = format!("ALARM {repository}{about}: {}: {}", alarm.kind.as_str(), alarm.reason);
        line(text, &terminal.paint(Paint::Alarm, &escape_control(&words)));
    }
    for name in &standing.missing {
        let words =
            format!("repository {name}: configured, and nothing is held of it: its bans were not looked for");
        line(text, &terminal.paint(Paint::Alarm, &words));
    }
    for stale in &standing.stale {
        let words = format!("STALE: {stale}; the last verified policy stays in force");
        line(text, &terminal.paint(Paint::Alarm, &escape_control(&words)));
    }
    let until = if standing.stale.is_empty() {
        format!(", fresh until {}", standing.fresh_until)
    } else {
        String::new()
    };
    line(text, &format!("policy generation {}{until}", standing.generation));
}

fn source(coverage: &Coverage, terminal: &Terminal, text: &mut String) {
    let format = coverage.format.map(|format| format!("{}, ", format.name())).unwrap_or_default();
    let words = match &coverage.read {
        Reading::Complete => {
            format!("read: {} ({format}{} components)", coverage.source, coverage.components)
        }
        Reading::Partial { reason, place, skipped } => format!(
            "read in part: {} ({format}{} components): {}{reason}; {skipped} {}left out",
            coverage.source,
            coverage.components,
            row_number(place.row),
            if place.row == 0 { "" } else { "rows " }
        ),
        Reading::Unread { reason } => format!("not read: {}: {reason}", coverage.source),
    };
    let words = escape_control(&words);
    line(
        text,
        &if coverage.is_complete() { words.into_owned() } else { terminal.paint(Paint::Alarm, &words) },
    );
    for note in &coverage.notes {
        line(text, &escape_control(&format!("  {}{}", row_number(note.place.row), note.problem)));
    }
    if coverage.notes_dropped > 0 {
        line(text, &format!("  and {} more", coverage.notes_dropped));
    }
}

/// Where something stands in a source; sources that are folders have no rows.
fn row_number(number: u64) -> String {
    if number == 0 { String::new() } else { format!("row {number}: ") }
}

fn line(text: &mut String, words: &str) {
    text.push_str(words);
    text.push('\n');
}
