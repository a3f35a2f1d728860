//! One HTML page that needs nothing else: no script, no picture, nothing from elsewhere, which its own policy forbids too.
//!
//! HTML as of the WHATWG standard; it is meant to meet WCAG 2.0 AA: a language, headings in order, tables with captions and
//! headers that say what they head, words for whatever has a colour, contrast of at least 4.5 (tested below). It is made for
//! paper as well. Words of directives and inventories are text: markup is escaped by the template, what is not visible is
//! spelled out by `shown`.

mod parts;

use std::collections::BTreeMap;
use std::io::{self, Write};

use interdict_host::terminal::escape_control;
use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::Report;
use super::gap::{Severity, gaps};
use super::overview::Overview;
use super::record::FindingRecord;
use crate::assess::Judgement;

const STYLE: &str = include_str!("html/style.css");

/// Only the style within the page: no script, no request.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/// Stands where rows or sections come, while the rest is laid out. No word can hold it: it would have been spelled out.
const HERE: &str = "\u{1}";

/// Writes the page. Rows are written as they are made.
///
/// # Errors
/// What the stream gave.
pub fn write<'f>(report: &Report<'f, 'f>, out: &mut dyn Write) -> io::Result<()> {
    let page = page(report).into_string();
    let (head, tail) = page.split_once(HERE).unwrap_or((&page, ""));
    out.write_all(head.as_bytes())?;
    for judgements in by_directive(report) {
        let section = parts::directive(report, &judgements).into_string();
        let (head, tail) = section.split_once(HERE).unwrap_or((&section, ""));
        out.write_all(head.as_bytes())?;
        for finding in judgements.iter().flat_map(|judgement| report.assessment.findings_of(judgement)) {
            let row = parts::row(&FindingRecord::of(report, &finding)).into_string();
            out.write_all(row.as_bytes())?;
        }
        out.write_all(tail.as_bytes())?;
    }
    out.write_all(tail.as_bytes())?;
    out.write_all(b"\n")
}

/// Text in which everything can be seen.
fn shown(words: impl AsRef<str>) -> String {
    escape_control(words.as_ref()).into_owned()
}

fn page<'f>(report: &Report<'f, 'f>) -> Markup {
    let overview = Overview::of(report);
    let headline = overview.headline();
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta http-equiv="Content-Security-Policy" content=(POLICY);
                title { (headline) " - Interdict" }
                style { (PreEscaped(STYLE)) }
            }
            body {
                header {
                    h1 { "Interdict: what the directives say of this inventory" }
                    p class="verdict" { strong { (headline) } }
                    p { "As of " (shown(report.assessment.as_of.to_string())) ". Policy generation "
                        (report.standing.generation) ", fresh until " (report.standing.fresh_until.to_string()) "." }
                }
                main {
                    (parts::summary(report, &overview))
                    (HERE)
                    (unseen(report))
                    (parts::sources(report))
                    (parts::left_out(report))
                }
            }
        }
    }
}

/// The listed judgements by directive, in their order.
fn by_directive<'f>(report: &Report<'f, 'f>) -> Vec<Vec<&'f Judgement<'f>>> {
    let mut order: Vec<Vec<&'f Judgement<'f>>> = Vec::new();
    let mut places = BTreeMap::new();
    for judgement in report.listed() {
        let bound = report.assessment.bound_of(judgement);
        let key = (bound.source.repository, &bound.directive().id);
        let place = *places.entry(key).or_insert_with(|| {
            order.push(Vec::new());
            order.len().saturating_sub(1)
        });
        if let Some(judgements) = order.get_mut(place) {
            judgements.push(judgement);
        }
    }
    order
}

fn unseen<'f>(report: &Report<'f, 'f>) -> Markup {
    let gaps = gaps(report);
    html! {
        section {
            h2 { "What could not be seen" }
            @if gaps.is_empty() { p { "Everything that was given was read, and everything that binds was looked for." } }
            @else {
                table {
                    caption { "Errors keep this from being a clean result" }
                    thead { tr {
                        th scope="col" { "Severity" } th scope="col" { "Kind" } th scope="col" { "About" } th scope="col" { "What" }
                    } }
                    tbody { @for gap in &gaps { tr {
                        @match gap.kind.severity() {
                            Severity::Error => { td { span class="error" { "error" } } }
                            Severity::Note => { td { "note" } }
                        }
                        td { (gap.kind.as_str()) }
                        td { (shown(&gap.about)) @if let Some(place) = gap.place { ", row " (place.row) ", byte " (place.byte) } }
                        td { (shown(&gap.words)) }
                    } } }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot go on fails")]

    use super::*;

    /// Relative luminance (WCAG 2.0, definition).
    fn luminance(colour: &str) -> f64 {
        let part = |at: usize| {
            let value = f64::from(u8::from_str_radix(&colour[at..at + 2], 16).unwrap()) / 255.0;
            if value <= 0.03928 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        0.2126f64.mul_add(part(1), 0.7152f64.mul_add(part(3), 0.0722 * part(5)))
    }

    fn value<'s>(rule: &'s str, name: &str) -> Option<&'s str> {
        rule.split(';')
            .filter_map(|line| line.split_once(':'))
            .find(|(found, _)| found.trim() == name)
            .map(|(_, value)| value.trim())
    }

    #[test]
    fn every_colour_of_words_stands_on_a_ground_and_contrasts_with_it_as_wcag_wants() {
        let mut seen = 0;
        for rule in STYLE.split('}').filter_map(|rule| rule.rsplit_once('{')).map(|(_, rule)| rule) {
            let (colour, ground) = (value(rule, "color"), value(rule, "background-color"));
            assert_eq!(colour.is_some(), ground.is_some(), "{rule}");
            let (Some(colour), Some(ground)) = (colour, ground) else { continue };
            let (one, other) = (luminance(colour), luminance(ground));
            let contrast = (one.max(other) + 0.05) / (one.min(other) + 0.05);
            assert!(contrast >= 4.5, "{colour} on {ground}: {contrast}");
            seen += 1;
        }
        assert!(seen >= 4);
    }

    #[test]
    fn the_style_asks_for_nothing_from_elsewhere() {
        for word in ["url(", "@import", "http", "<"] {
            assert!(!STYLE.contains(word), "{word}");
        }
    }
}
