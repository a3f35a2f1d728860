//! The end of the table: what was read and what was not, what does not bind, how the policy stands.

use interdict_host::terminal::{Paint, Terminal};

use super::line;
use crate::inventory::{Coverage, Reading};
use crate::report::Report;
use crate::report::record::unsupported;

/// Sources of one kind that are named one by one; of more only how many there are.
const NAMED: usize = 100;

/// Sources that were read wholly are named only up to here: nobody looks for one of them.
const NAMED_WHOLE: usize = 20;

/// Everything beside the findings.
pub(super) fn footer(report: &Report<'_, '_>, terminal: &Terminal, text: &mut String) {
    let assessment = report.assessment;
    for summary in report.summaries() {
        let (components, subjects) = (summary.components, summary.subjects);
        let words = format!(
            "{}: {components} different components may be meant by {subjects} entries that name no versions (--all lists them)",
            summary.directive
        );
        line(terminal, None, &words, text);
    }
    sources(&assessment.inventory.coverage, terminal, text);
    for not in assessment.not_looked_for.chunk_by(|one, other| one.why == other.why) {
        let kinds: Vec<String> = not.iter().map(|not| format!("{} {}", not.identifiers, not.kind)).collect();
        let why = not.first().map(|not| not.why.to_string()).unwrap_or_default();
        line(terminal, None, &format!("not looked for: {} identifiers: {why}", kinds.join(", ")), text);
    }
    for found in unsupported(report) {
        let words = format!("not understood: {} {}: {}", found.directive, found.place, found.what);
        line(terminal, Some(Paint::Warning), &words, text);
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
            let words = format!("not binding: {}{subjects}: {}", first.directive, first.because);
            line(terminal, None, &words, text);
        }
    }
    standing(report, terminal, text);
    for (paint, words) in report.exceptions.lines() {
        line(terminal, Some(paint), &words, text);
    }
}

fn standing(report: &Report<'_, '_>, terminal: &Terminal, text: &mut String) {
    let standing = report.standing;
    for (repository, alarm) in &standing.alarms {
        let about = alarm.directive.as_ref().map(|id| format!(" {id}")).unwrap_or_default();
        let words = format!("ALARM {repository}{about}: {}: {}", alarm.kind.as_str(), alarm.reason);
        line(terminal, Some(Paint::Alarm), &words, text);
    }
    for name in &standing.missing {
        let words =
            format!("repository {name}: configured, and nothing is held of it: its bans were not looked for");
        line(terminal, Some(Paint::Alarm), &words, text);
    }
    for stale in &standing.stale {
        let words = format!("STALE: {stale}; the last verified policy stays in force");
        line(terminal, Some(Paint::Alarm), &words, text);
    }
    let until = if standing.stale.is_empty() {
        format!(", fresh until {}", standing.fresh_until)
    } else {
        String::new()
    };
    line(terminal, None, &format!("policy generation {}{until}", standing.generation), text);
}

/// What was not read first of all, one by one; what was read wholly is only counted where it is much.
fn sources(coverage: &[Coverage], terminal: &Terminal, text: &mut String) {
    let plain =
        |source: &&Coverage| source.is_complete() && source.notes.is_empty() && source.notes_dropped == 0;
    let whole = coverage.iter().filter(plain).count();
    let mut others = 0usize;
    for of in coverage {
        if plain(&of) {
            if whole <= NAMED_WHOLE {
                source(of, terminal, text);
            }
            continue;
        }
        others = others.saturating_add(1);
        if others <= NAMED {
            source(of, terminal, text);
        }
    }
    if others > NAMED {
        let words = format!(
            "{} more sources were not read, were read in part, or have something odd (--format json lists them)",
            others.saturating_sub(NAMED)
        );
        line(terminal, Some(Paint::Alarm), &words, text);
    }
    if whole > NAMED_WHOLE {
        line(terminal, None, &format!("read: {whole} sources wholly (--format json lists them)"), text);
    }
}

fn source(coverage: &Coverage, terminal: &Terminal, text: &mut String) {
    let format = coverage.format.map(|format| format!("{}, ", format.name())).unwrap_or_default();
    let words = match &coverage.read {
        Reading::Complete => {
            let part = if coverage.is_complete() { "" } else { " in part" };
            format!("read{part}: {} ({format}{} components)", coverage.source, coverage.components)
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
    line(terminal, (!coverage.is_complete()).then_some(Paint::Alarm), &words, text);
    for note in &coverage.notes {
        line(terminal, None, &format!("  {}{}", row_number(note.place.row), note.problem), text);
    }
    if coverage.notes_dropped > 0 {
        line(terminal, None, &format!("  and {} more", coverage.notes_dropped), text);
    }
}

/// Where something stands in a source; sources that are folders have no rows.
fn row_number(number: u64) -> String {
    if number == 0 { String::new() } else { format!("row {number}: ") }
}
