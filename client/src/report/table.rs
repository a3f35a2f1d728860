//! The table for people: the whole result at a glance; by directive, the worst first, what to do and by when; what could not
//! be seen.
//!
//! On a terminal nothing is wider than it. Colour is never the only sign: every colour stands on words that say the same.

mod coverage;
mod found;

use interdict_host::terminal::{Paint, Terminal, escape_control, in_words};

use self::found::day;
use super::Report;
use super::gap::GapKind;
use super::overview::{Overview, Unseen, count};
use crate::assess::Judgement;
use crate::inventory::{Coverage, Reading};

/// A result of more lines has the glance at its end too, on a terminal: that is what it shows.
const LONG: usize = 40;

/// Everything for a terminal, or for a pipe without colour and wrapping.
pub fn render<'f>(report: &Report<'f, 'f>, terminal: &Terminal) -> String {
    let glance = glance(report, terminal);
    let mut text = format!("{glance}\n");
    let listed: Vec<_> = report.listed().collect();
    let alike = |one: &&Judgement<'_>, other: &&Judgement<'_>| {
        let (one, other) = (report.assessment.bound_of(one), report.assessment.bound_of(other));
        one.source.repository == other.source.repository && one.directive().id == other.directive().id
    };
    let folder = folder(&report.assessment.inventory.coverage);
    for judgements in listed.chunk_by(alike) {
        found::directive(report, judgements, folder, terminal, &mut text);
    }
    coverage::footer(report, terminal, &mut text);
    if terminal.stdout && text.lines().count() > LONG {
        text.push('\n');
        text.push_str(&glance);
    }
    if !report.assessment.inventory.is_complete() {
        let words = "what was not read may hold more: this is no clean result";
        line(terminal, Some(Paint::Alarm), words, &mut text);
    }
    text
}

/// What was found, what was read, the worst deadline, and what could not be seen: a line each.
fn glance<'f>(report: &Report<'f, 'f>, terminal: &Terminal) -> String {
    let overview = Overview::of(report);
    let mut text = String::new();
    let on = match (overview.outstanding, overview.assets) {
        (0, _) => String::new(),
        (number, 1) => format!("; {number} outstanding on 1 asset"),
        (number, assets) => format!("; {number} outstanding on {assets} assets"),
    };
    let paint = match (overview.outstanding, overview.whole) {
        (0, true) => Some(Paint::Good),
        (0, false) => None,
        _ => Some(Paint::Alarm),
    };
    entry(terminal, paint, "found", &format!("{}{on}", overview.verdicts.in_words()), &mut text);
    if let Some(worst) = &overview.worst {
        let due = &worst.due;
        let what = format!(
            "{} {}, {} by {}, {} (finding {})",
            worst.directive,
            worst.subject,
            due.action,
            day(due.at, &worst.zone),
            in_words(worst.moment, due.at, &worst.zone),
            worst.finding
        );
        match overview.overdue {
            0 => entry(terminal, None, "due", &format!("first: {what}"), &mut text),
            1 => entry(terminal, Some(Paint::Alarm), "overdue", &what, &mut text),
            several => {
                let words = format!("{several} findings; first: {what}");
                entry(terminal, Some(Paint::Alarm), "overdue", &words, &mut text);
            }
        }
    }
    let (given, read) = (overview.sources.given(), overview.sources.complete);
    let sources = match (given, read) {
        (1, 1) => "1 source, wholly".to_owned(),
        (all, wholly) if all == wholly => format!("{all} sources, wholly"),
        (all, wholly) => format!("{all} {}, {wholly} wholly", if all == 1 { "source" } else { "sources" }),
    };
    entry(
        terminal,
        None,
        "read",
        &format!("{} of {sources}", count(overview.components, "component")),
        &mut text,
    );
    for (errors, label, paint) in [(true, "not seen", Some(Paint::Alarm)), (false, "noted", None)] {
        let words: Vec<String> = overview.unseen.iter().filter(|of| of.error == errors).map(unseen).collect();
        if !words.is_empty() {
            entry(terminal, paint, label, &words.join("; "), &mut text);
        }
    }
    text
}

fn unseen(unseen: &Unseen) -> String {
    let number = unseen.places;
    let places = |one: &str, several: &str| format!("{number} {}", if number == 1 { one } else { several });
    match unseen.kind {
        GapKind::Unread => places("source was not read", "sources were not read"),
        GapKind::Partial => places("source was read in part", "sources were read in part"),
        GapKind::Nothing => "nothing was there to compare".to_owned(),
        GapKind::Missing => {
            places("repository of which nothing is held", "repositories of which nothing is held")
        }
        GapKind::Alarm => places("alarm", "alarms"),
        GapKind::Stale => "what was ordered since: the policy is stale".to_owned(),
        GapKind::Unsupported => places(
            "place of a directive that is not understood",
            "places of directives that are not understood",
        ),
        GapKind::VoidException => places("exception is void", "exceptions are void"),
        GapKind::Odd => places("source with something odd", "sources with something odd"),
        GapKind::NotLookedFor => places(
            "identifier has nothing to be compared with",
            "identifiers have nothing to be compared with",
        ),
    }
}

/// A word and what it says; what does not fit stands below it, indented.
fn entry(terminal: &Terminal, paint: Option<Paint>, label: &str, words: &str, text: &mut String) {
    const LABEL: usize = 10;
    sentence(terminal, paint, &format!("{label:<LABEL$}{words}"), LABEL, text);
}

/// A sentence of its own.
fn line(terminal: &Terminal, paint: Option<Paint>, words: &str, text: &mut String) {
    let blanks = words.len() - words.trim_start_matches(' ').len();
    sentence(terminal, paint, words, blanks + 2, text);
}

fn sentence(terminal: &Terminal, paint: Option<Paint>, words: &str, indent: usize, text: &mut String) {
    for line in terminal.wrap(&escape_control(words), indent).lines() {
        text.push_str(&paint.map_or_else(|| line.to_owned(), |paint| terminal.paint(paint, line)));
        text.push('\n');
    }
}

/// The folder in which all of several sources lie that were read, with the slash at its end: said once, below. Empty where they share none.
fn folder(coverage: &[Coverage]) -> &str {
    let mut coverage = coverage.iter().filter(|one| !matches!(one.read, Reading::Unread { .. }));
    let Some(first) = coverage.next() else { return "" };
    let mut folder = first.source.as_str();
    for other in coverage {
        while !other.source.starts_with(folder) || !folder.ends_with('/') {
            let shorter = folder.strip_suffix('/').unwrap_or(folder);
            folder = shorter.rfind('/').and_then(|end| folder.get(..=end)).unwrap_or("");
            if folder.is_empty() {
                return "";
            }
        }
    }
    folder
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_folder_of_all_sources_is_found_and_none_where_they_share_none() {
        for (labels, wanted) in [
            (&["a/b/x.csv", "a/b/y.csv"][..], "a/b/"),
            (&["a/b/x.csv", "a/bc/y.csv"], "a/"),
            (&["a/b/x.csv", "a/b/c/y.csv", "a/b/z"], "a/b/"),
            (&["/var/lib/dpkg/status", "/usr/lib"], "/"),
            (&["x.csv", "a/y.csv"], ""),
            (&["standard input", "a/y.csv"], ""),
            (&[], ""),
        ] {
            let coverage: Vec<Coverage> = labels.iter().map(|label| Coverage::new(label, None)).collect();
            assert_eq!(folder(&coverage), wanted, "{labels:?}");
        }
    }
}
