//! How a date came to be, as a page and as JSON. The steps come from `interdict_schema::directive::deadline`.

use interdict_host::terminal::Paint;
use interdict_schema::directive::deadline::Step;
use jiff::tz::TimeZone;
use serde::Serialize;

use super::Page;
use super::deadlines::{Subjects, When, WithSteps};
use super::due::JsonRow;
use super::moment::in_zone;
use super::validity::Validity;
use crate::as_of::AsOf;

/// A deadline and how it came to be, to be shown.
#[derive(Debug, Clone, PartialEq)]
pub struct Explained {
    /// The deadline and its steps.
    pub row: WithSteps,
    /// What was asked about.
    pub as_of: AsOf,
    /// How long what it rests on is fresh.
    pub validity: Validity,
    /// Why it is not due, where that is so: the directive has ended, or does not bind.
    pub not_due: Option<String>,
}

#[derive(Serialize)]
struct Document<'a> {
    format: &'static str,
    #[serde(flatten)]
    validity: Validity,
    as_of: String,
    #[serde(flatten)]
    deadline: JsonRow<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    not_due: Option<&'a str>,
    steps: Vec<JsonStep<'a>>,
}

/// A step and what it says in words.
#[derive(Serialize)]
struct JsonStep<'a> {
    #[serde(flatten)]
    step: &'a Step,
    words: String,
}

impl Explained {
    /// For programs.
    pub fn json(&self, local: &TimeZone) -> Vec<u8> {
        let steps = self.row.steps.iter().map(|step| JsonStep { step, words: step.to_string() });
        super::json(&Document {
            format: "interdict-explain/1",
            validity: self.validity,
            as_of: self.as_of.to_string(),
            deadline: JsonRow::of(&self.row.row, local),
            not_due: self.not_due.as_deref(),
            steps: steps.collect(),
        })
    }

    /// For people.
    pub fn page(&self, local: &TimeZone) -> Page {
        let row = &self.row.row;
        let mut page = Page::default();
        let subject = match &row.subjects {
            Subjects::One(id) => format!(", {id}"),
            Subjects::Count(_) => String::new(),
        };
        page.painted(
            Paint::Strong,
            format!("{} revision {}, {}{subject}", row.directive, row.revision, row.action),
        );
        page.line(format!(
            "{} {}{}",
            row.modality,
            row.kind,
            Some(row.edge())
                .filter(|edge| !edge.is_empty())
                .map_or_else(String::new, |edge| format!(", {edge}"))
        ));
        if let (Some(source), Some(first)) = (row.source(), row.documents.first()) {
            page.line(format!("as {source} has it, in the place of {first}"));
        }
        for (number, step) in self.row.steps.iter().enumerate() {
            page.line(format!("{:>3}. {step}", number.saturating_add(1)));
        }
        let left = Some(row.left()).filter(|left| !left.is_empty());
        let left = left.map_or_else(String::new, |left| format!(" ({left})"));
        page.painted(Paint::Strong, format!("due: {}{left}", row.due()));
        if let When::On { end, .. } = row.when
            && in_zone(end, local) != in_zone(end, &row.zone)
        {
            page.line(format!("local time: {}", in_zone(end, local)));
        }
        if row.freed.is_some() {
            page.painted(Paint::Warning, row.waived());
        }
        if let Some(why) = &self.not_due {
            page.painted(Paint::Warning, format!("not due: {why}"));
        }
        page
    }
}
