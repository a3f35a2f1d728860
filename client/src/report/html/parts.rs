//! The sections of the page.

use interdict_schema::directive::deadline::zone;
use jiff::tz::TimeZone;
use maud::{Markup, html};

use super::{HERE, shown};
use crate::assess::{Bound, Due, Judgement, Verdict};
use crate::presentation::{by_when, in_zone};
use crate::report::explained::meaning;
use crate::report::overview::{Overview, count};
use crate::report::record::{self, FindingRecord, SourceRecord};
use crate::report::{Report, words};
use interdict_host::terminal::in_words;

/// How many places have each verdict, the worst deadline, and how much was read.
pub(super) fn summary(report: &Report<'_, '_>, overview: &Overview<'_>) -> Markup {
    let counts = overview.verdicts;
    let rows = [
        (Verdict::Match, counts.matches),
        (Verdict::Unknown, counts.unknown),
        (Verdict::Possible, counts.possible),
        (Verdict::Excepted, counts.excepted),
        (Verdict::Waived, counts.waived),
        (Verdict::Excluded, counts.excluded),
    ];
    html! {
        section {
            h2 { "Summary" }
            ul {
                @if let Some(worst) = &overview.worst {
                    li {
                        @if worst.missed { span class="overdue" { "Overdue: " (overview.overdue) }
                            @if overview.overdue == 1 { " finding. " } @else { " findings. The first: " } }
                        @else { "First deadline: " }
                        (shown(worst.directive.as_str())) " " (shown(worst.subject)) ", " (shown(worst.due.action)) " by "
                        (in_zone(worst.due.at, &worst.zone)) ", " (in_words(worst.moment, worst.due.at, &worst.zone))
                        " (finding " code { (worst.finding) } ")."
                    }
                }
                li { (count(overview.components, "component")) " read, of " (overview.sources.given()) " sources: "
                    (overview.sources.complete) " wholly, " (overview.sources.partial) " in part, "
                    (overview.sources.unread) " not at all." }
            }
            table {
                caption { "Findings by verdict" }
                thead { tr { th scope="col" { "Verdict" } th scope="col" { "Number" } th scope="col" { "Meaning" } } }
                tbody { @for (verdict, number) in rows { tr {
                    th scope="row" { span class=(verdict.as_str()) { (verdict.as_str()) } } td { (number) } td { (meaning(verdict)) }
                } } }
            }
            @for summary in report.summaries() {
                p { (shown(summary.directive.as_str())) ": " (summary.components) " components may be meant by "
                    (summary.subjects) " entries that name no versions." }
            }
        }
    }
}

/// A directive: what is to be done by when, and the table of what was found, with [`HERE`] for its rows.
pub(super) fn directive<'f>(report: &Report<'f, 'f>, judgements: &[&'f Judgement<'f>]) -> Markup {
    let Some(bound) = judgements.first().map(|judgement| report.assessment.bound_of(judgement)) else {
        return html! {};
    };
    let directive = bound.directive();
    let language = directive.language.as_deref();
    html! {
        section {
            h2 { (shown(directive.id.as_str())) ": " span lang=[language] { (shown(&directive.title)) } }
            p { "Revision " (directive.revision.to_string()) ", repository " (shown(bound.source.repository)) ", payload "
                code { "sha256:" (bound.believed().payload.digest.to_string()) } "." }
            @for mark in &bound.source.marks { p { strong { "Alarm: " (mark.as_str()) } ": it stays in force." } }
            (obligations(bound))
            table {
                caption { "Found" }
                thead { tr {
                    th scope="col" { "Verdict" } th scope="col" { "Component" } th scope="col" { "Where" }
                    th scope="col" { "Why" } th scope="col" { "Due" } th scope="col" { "Finding" }
                } }
                tbody { (HERE) }
            }
        }
    }
}

/// A finding.
pub(super) fn row(record: &FindingRecord<'_>) -> Markup {
    html! { tr {
        td { span class=(record.verdict) { (record.verdict) } }
        th scope="row" { (shown(words::name(record))) }
        td { (shown(words::place(record))) }
        td { (shown(record.subject_name)) ": " (shown(words::why(record))) }
        td { @match (&record.overdue, words::due(record)) {
            (Some(_), Some(due)) => { span class="overdue" { (shown(due)) } }
            (None, Some(due)) => { (shown(due)) }
            (_, None) => { "no date" }
        } }
        td { code { (record.id) } }
    } }
}

/// What is to be done, where the dates are those of every subject.
fn obligations(bound: &Bound<'_>) -> Markup {
    let zone = zone(&bound.directive().zone).unwrap_or(TimeZone::UTC);
    let dues: Vec<&Due<'_>> = bound.dues().iter().filter(|due| due.is_for_all()).collect();
    if dues.is_empty() && bound.waiting().is_empty() {
        return html! {};
    }
    html! {
        table {
            caption { "What is to be done, and by when" }
            thead { tr { th scope="col" { "By" } th scope="col" { "State" } th scope="col" { "Action" } th scope="col" { "What to do" } } }
            tbody {
                @for due in dues { tr {
                    td { (in_zone(due.at, &zone)) @if due.recurs { ", then again" } }
                    td { @if due.is_overdue(bound.moment) { span class="overdue" { "overdue" } }
                         @else if due.has_passed(bound.moment) { "passed" } @else { "to come" } }
                    th scope="row" { (shown(&due.action.id))
                        @if let Some(paragraph) = &due.action.paragraph { " (paragraph " (shown(paragraph)) ")" } }
                    td { (shown(due.action.description.as_deref().unwrap_or(due.action.kind.as_str()))) }
                } }
                @for waiting in bound.waiting() { tr {
                    td { (shown(by_when(waiting.deadline.clone(), waiting.action, &zone).unwrap_or_default())) }
                    td { "no date yet" }
                    th scope="row" { (shown(&waiting.action.id)) }
                    td { (shown(waiting.action.description.as_deref().unwrap_or(waiting.action.kind.as_str()))) }
                } }
            }
        }
    }
}

/// What was read.
pub(super) fn sources(report: &Report<'_, '_>) -> Markup {
    html! {
        section {
            h2 { "What was read" }
            table {
                caption { "Sources" }
                thead { tr { th scope="col" { "Source" } th scope="col" { "Format" } th scope="col" { "Components" } th scope="col" { "Read" } } }
                tbody { @for coverage in &report.assessment.inventory.coverage {
                    @let source = SourceRecord::of(coverage);
                    tr {
                        th scope="row" { (shown(source.source)) }
                        td { (source.format.unwrap_or("unknown")) }
                        td { (source.components) }
                        td { @match (source.read, source.complete) {
                            ("complete", true) => { "wholly" }
                            ("unread", _) => { span class="error" { "not at all" } }
                            _ => { span class="error" { "in part" } }
                        } }
                    }
                } }
            }
        }
    }
}

/// What does not bind, and the agency's exceptions.
pub(super) fn left_out<'f>(report: &Report<'f, 'f>) -> Markup {
    let not_binding = record::not_binding(report);
    let exceptions = report.exceptions.lines();
    html! {
        @if !not_binding.is_empty() {
            section {
                h2 { "What does not bind" }
                ul { @for not in &not_binding {
                    li { (shown(not.directive.as_str())) @if let Some(subject) = not.subject { ", " (shown(subject)) } ": " (shown(&not.because)) }
                } }
            }
        }
        @if !exceptions.is_empty() {
            section { h2 { "The agency's exceptions" } ul { @for (_, words) in &exceptions { li { (shown(words)) } } } }
        }
    }
}
