//! The table for people: by directive, the worst first; what to do and by when; what could not be seen.

use std::fmt::Write as _;

use interdict_host::terminal::{Paint, Table, Terminal, escape_control, in_words};
use interdict_schema::DateTime;
use interdict_schema::directive::deadline::zone;
use interdict_schema::directive::{Directive, Edge};
use jiff::tz::TimeZone;

use super::Report;
use crate::assess::{AsOf, Bound, Due, Evidence, Judgement, Verdict};
use crate::inventory::{Coverage, Reading};

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
    let title = format!("{}  {}", directive.id, directive.title);
    line(text, &terminal.paint(Paint::Strong, &escape_control(&title)));
    for mark in &bound.source.marks {
        line(text, &terminal.paint(Paint::Alarm, &format!("  {}: it stays in force", mark.as_str())));
    }
    // Deadlines that every subject has alike stand once.
    let alike = |due: &&Due<'_>| !due.action.due.as_ref().is_some_and(|due| due.by_subject);
    for due in bound.dues().iter().filter(alike) {
        let words = obligation(due, assessment.as_of, &issuers_zone(directive));
        let late = due.is_overdue(assessment.as_of);
        let paint =
            if late { Some(Paint::Alarm) } else { due.has_passed(assessment.as_of).then_some(Paint::Faint) };
        let shown = format!("  {}", escape_control(&words));
        line(text, &paint.map_or_else(|| shown.clone(), |paint| terminal.paint(paint, &shown)));
    }
    let mut table = Table::new(&["verdict", "component", "where", "why", "due"]);
    for judgement in judgements {
        let bound = assessment.bound_of(judgement);
        let cells = row(report, judgement, bound);
        match judgement.verdict {
            Verdict::Match => table.painted_row(Paint::Alarm, cells),
            Verdict::Possible => table.painted_row(Paint::Warning, cells),
            Verdict::Excluded => table.painted_row(Paint::Faint, cells),
        }
    }
    text.push_str(&table.render(terminal));
    text.push('\n');
}

fn row(report: &Report<'_, '_>, judgement: &Judgement<'_>, bound: &Bound<'_>) -> [String; 5] {
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
    let mut place = first
        .as_ref()
        .and_then(|finding| finding.row())
        .map(|row| report.assessment.inventory.place_of(row))
        .unwrap_or_default();
    if let Some(host) = component.and_then(|component| component.host.as_deref()) {
        place = format!("{host}, {place}");
    }
    if judgement.places() > 1 {
        let _ = write!(place, " and {} more", judgement.places() - 1);
    }
    [judgement.verdict.as_str().to_owned(), name, place, why(judgement, bound), due(report, bound)]
}

fn why(judgement: &Judgement<'_>, bound: &Bound<'_>) -> String {
    let seen = judgement.evidence.first().map(evidence).unwrap_or_default();
    let mut why = match (&judgement.exclusion, judgement.verdict) {
        (Some(exclusion), _) => format!("{}: {} ({seen})", exclusion.id(), exclusion.reason()),
        (None, Verdict::Possible) => {
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

/// An identifier with what it was found in; a CPE name without its empty end.
fn evidence(evidence: &Evidence<'_>) -> String {
    let value = evidence.identifier.value.trim_end_matches(":*");
    format!(
        "{} {value} = {} {}",
        evidence.identifier.kind,
        evidence.field.as_str(),
        evidence.found.trim_end_matches(":*")
    )
}

fn due(report: &Report<'_, '_>, bound: &Bound<'_>) -> String {
    let zone = issuers_zone(bound.directive());
    let as_of = report.assessment.as_of.0;
    match bound.overdue().or(bound.next()) {
        Some(due) => format!("{}, {}", day(due.at, &zone), in_words(as_of, due.at, &zone)),
        None => "no date".to_owned(),
    }
}

/// The issuer's zone; one that is not known is among the unsupported.
fn issuers_zone(directive: &Directive) -> TimeZone {
    zone(&directive.zone).unwrap_or(TimeZone::UTC)
}

fn day(at: DateTime, zone: &TimeZone) -> String {
    zone.to_datetime(at.timestamp()).strftime("%a %-d %b %Y").to_string()
}

fn obligation(due: &Due<'_>, as_of: AsOf, zone: &TimeZone) -> String {
    let action = due.action;
    let edge = match due.edge {
        Some(Edge::Begin) => "must have begun",
        Some(Edge::Report) => "must be answered",
        _ => "must be done",
    };
    let when = if due.has_passed(as_of) && !due.is_overdue(as_of) {
        "passed".to_owned()
    } else {
        in_words(as_of.0, due.at, zone)
    };
    let again = if due.recurs { ", and again after it" } else { "" };
    let paragraph =
        action.paragraph.as_ref().map(|paragraph| format!(" (paragraph {paragraph})")).unwrap_or_default();
    let what = action.description.as_deref().unwrap_or(action.kind.as_str());
    format!("by {} ({when}{again}): {} {edge}{paragraph}: {what}", day(due.at, zone), action.id)
}

fn footer(report: &Report<'_, '_>, terminal: &Terminal, text: &mut String) {
    let assessment = report.assessment;
    let counts = report.counts();
    for summary in report.summaries() {
        let (components, subjects) = (summary.components, summary.subjects);
        line(
            text,
            &format!(
                "{}: {components} components may be named by {subjects} entries, which name no versions (--all lists them)",
                summary.directive
            ),
        );
    }
    for coverage in &assessment.inventory.coverage {
        source(coverage, terminal, text);
    }
    for not in &assessment.not_looked_for {
        line(
            text,
            &format!("not looked for: {} identifiers of kind {}: {}", not.identifiers, not.kind, not.why),
        );
    }
    for found in super::record::unsupported(report) {
        let words = format!("not understood: {} {}: {}", found.directive, found.place, found.what);
        line(text, &terminal.paint(Paint::Warning, &escape_control(&words)));
    }
    for not in super::record::not_binding(report) {
        let subject = not.subject.map(|subject| format!(" {subject}")).unwrap_or_default();
        line(text, &escape_control(&format!("not binding: {}{subject}: {}", not.directive, not.because)));
    }
    standing(report, terminal, text);
    let (matches, possible, excluded) = (counts.matches, counts.possible, counts.excluded);
    let components = assessment.inventory.components.len();
    line(
        text,
        &format!("{matches} match, {possible} possible, {excluded} excluded among {components} components"),
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
    let state = if standing.stale { "STALE since" } else { "fresh until" };
    let words = format!("policy generation {}, {state} {}", standing.generation, standing.fresh_until);
    line(text, &if standing.stale { terminal.paint(Paint::Alarm, &words) } else { words });
}

fn source(coverage: &Coverage, terminal: &Terminal, text: &mut String) {
    let format = coverage.format.map_or("unknown format", crate::inventory::Format::name);
    let words = match &coverage.read {
        Reading::Complete => {
            format!("read: {} ({format}, {} components)", coverage.source, coverage.components)
        }
        Reading::Partial { reason, place, skipped } => format!(
            "read in part: {} ({format}, {} components): row {}: {reason}; {skipped} rows left out",
            coverage.source, coverage.components, place.row
        ),
        Reading::Unread { reason } => format!("not read: {}: {reason}", coverage.source),
    };
    let words = escape_control(&words);
    line(
        text,
        &if coverage.is_complete() { words.into_owned() } else { terminal.paint(Paint::Alarm, &words) },
    );
    for note in &coverage.notes {
        line(text, &escape_control(&format!("  row {}: {}", note.place.row, note.problem)));
    }
    if coverage.notes_dropped > 0 {
        line(text, &format!("  and {} more", coverage.notes_dropped));
    }
}

fn line(text: &mut String, words: &str) {
    text.push_str(words);
    text.push('\n');
}
