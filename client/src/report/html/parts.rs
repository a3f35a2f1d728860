//! The sections of the page.

use interdict_schema::directive::deadline::zone;
use jiff::tz::TimeZone;
use maud::{Markup, html};

use super::{records, shown};
use crate::assess::{Bound, Due, Judgement};
use crate::presentation::{by_when, in_zone};
use crate::report::record::{self, FindingRecord, SourceRecord};
use crate::report::{Report, words};

/// How many places have each verdict.
pub(super) fn counts(report: &Report<'_, '_>) -> Markup {
    let counts = report.counts();
    let rows = [
        ("match", counts.matches, "it is what the directive means"),
        (
            "unknown",
            counts.unknown,
            "it is what the directive names; whether this version is meant cannot be told",
        ),
        ("possible", counts.possible, "it may be what the directive names"),
        (
            "excepted",
            counts.excepted,
            "the agency leaves it in place for a time; it is a finding all the same",
        ),
        ("waived", counts.waived, "the authority frees the agency of it for a time"),
        ("excluded", counts.excluded, "the order leaves it out"),
    ];
    html! {
        section {
            h2 { "Summary" }
            table {
                caption { "Places by verdict, among " (report.assessment.inventory.components_read()) " components" }
                thead { tr { th scope="col" { "Verdict" } th scope="col" { "Places" } th scope="col" { "Meaning" } } }
                tbody { @for (verdict, number, meaning) in rows { tr {
                    th scope="row" { span class=(verdict) { (verdict) } } td { (number) } td { (meaning) }
                } } }
            }
            @for summary in report.summaries() {
                p { (shown(summary.directive.as_str())) ": " (summary.components) " components may be meant by "
                    (summary.subjects) " entries that name no versions." }
            }
        }
    }
}

/// A directive: what is to be done by when, and what was found.
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
                tbody { @for judgement in judgements { @for record in records(report, judgement) { (row(&record)) } } }
            }
        }
    }
}

fn row(record: &FindingRecord<'_>) -> Markup {
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
