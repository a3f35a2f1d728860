//! How enforcement on this machine stands: what was applied, what of it no tool can express, what the tools said, and what suspends it.

use std::path::Path;

use interdict_host::terminal::Paint;
use interdict_schema::{DateTime, Sha256};
use jiff::tz::TimeZone;
use serde::Serialize;

use super::{Page, count, in_zone};
use crate::enforce::apply::Evidence;
use crate::enforce::record::{self, NotEnforced, Record, Suspension};
use crate::enforce::stage::Mode;
use crate::places::Places;

/// What is known of it.
#[derive(Debug, Clone, PartialEq)]
pub enum Enforcement {
    /// What was applied last.
    Applied(Box<Applied>),
    /// The record cannot be used: why.
    Unknown(String),
}

/// What was applied.
#[derive(Debug, Clone, PartialEq)]
pub struct Applied {
    record: Record,
    /// The newest answers of the tools, where this user may read them.
    evidence: Option<serde_json::Value>,
}

impl Enforcement {
    /// Of this machine; `None` where nothing was ever applied.
    pub fn read(places: &Places) -> Option<Self> {
        let root = Path::new("/");
        match Record::read(places, root) {
            Ok(record) => {
                let record = record?;
                // Only root may read them.
                let evidence = Evidence::newest(&record::folder(places, root)).ok().flatten();
                Some(Self::Applied(Box::new(Applied { record, evidence })))
            }
            Err(error) => Some(Self::Unknown(error.to_string())),
        }
    }

    /// The record of what was applied, where it can be told.
    pub fn record(&self) -> Option<&Record> {
        match self {
            Self::Applied(applied) => Some(&applied.record),
            Self::Unknown(_) => None,
        }
    }

    /// Whether what is applied cannot be told.
    pub fn is_unknown(&self) -> bool {
        matches!(self, Self::Unknown(_))
    }

    /// For people.
    pub(super) fn show(&self, page: &mut Page, local: &TimeZone) {
        match self {
            Self::Unknown(why) => {
                page.painted(Paint::Alarm, format!("alarm: what is enforced here is not known: {why}"));
            }
            Self::Applied(applied) => applied.show(page, local),
        }
    }

    /// For programs.
    pub(super) fn document(&self) -> Document<'_> {
        match self {
            Self::Unknown(why) => Document { unknown: Some(why), applied: None },
            Self::Applied(applied) => Document { unknown: None, applied: Some(applied.document()) },
        }
    }
}

impl Applied {
    fn show(&self, page: &mut Page, local: &TimeZone) {
        let Self { record, evidence } = self;
        if let Some(Suspension { by, reason, until, .. }) = &record.suspended {
            let until = in_zone(*until, local);
            page.painted(
                Paint::Alarm,
                format!("ENFORCEMENT IS SUSPENDED until {until} ({}): {reason}", by.as_str()),
            );
        }
        if let Some(until) = record.confirm_until {
            let until = in_zone(until, local);
            page.painted(
                Paint::Warning,
                format!("what was applied is taken back at {until} unless it is confirmed"),
            );
        }
        let targets = if record.targets.is_empty() { "no target".into() } else { record.targets.join(", ") };
        let files = record.files.len().max(record.withheld.len());
        let (files, at) = (count(files, "file"), in_zone(record.applied_at, local));
        let mode = record.mode.as_str();
        page.line(format!(
            "enforcement: {mode}, by {targets} ({files}), of generation {} since {at}",
            record.generation
        ));
        for NotEnforced { kind, identifiers } in &record.not_enforced {
            page.painted(
                Paint::Warning,
                format!("NOT ENFORCED by any of them: {identifiers} of kind {kind}"),
            );
        }
        let replies =
            evidence.as_ref().and_then(|found| found.get("replies")).and_then(|found| found.as_array());
        if let Some(replies) = replies {
            page.line(format!("read back: {}, each as expected", count(replies.len(), "answer")));
        }
    }

    fn document(&self) -> InPlace<'_> {
        let Self { record, evidence } = self;
        InPlace {
            generation: record.generation,
            mode: record.mode,
            plan: record.plan,
            applied_at: record.applied_at,
            targets: &record.targets,
            files: record.files.iter().map(|written| written.path.as_path()).collect(),
            not_enforced: &record.not_enforced,
            suspended: record.suspended.as_ref(),
            confirm_until: record.confirm_until,
            evidence: evidence.as_ref(),
        }
    }
}

/// As JSON.
#[derive(Serialize)]
pub(super) struct Document<'e> {
    #[serde(skip_serializing_if = "Option::is_none")]
    unknown: Option<&'e str>,
    #[serde(flatten)]
    applied: Option<InPlace<'e>>,
}

#[derive(Serialize)]
struct InPlace<'e> {
    generation: u64,
    mode: Mode,
    plan: Sha256,
    applied_at: DateTime,
    targets: &'e [String],
    files: Vec<&'e Path>,
    not_enforced: &'e [NotEnforced],
    #[serde(skip_serializing_if = "Option::is_none")]
    suspended: Option<&'e Suspension>,
    #[serde(skip_serializing_if = "Option::is_none")]
    confirm_until: Option<DateTime>,
    #[serde(skip_serializing_if = "Option::is_none")]
    evidence: Option<&'e serde_json::Value>,
}
