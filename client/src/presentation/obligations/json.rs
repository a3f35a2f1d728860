//! The answer of `due` for programs: `interdict-due/1`.

use interdict_schema::DateTime;
use interdict_schema::directive::DirectiveId;
use interdict_schema::directive::resolve::Standing;
use jiff::tz::TimeZone;
use serde::Serialize;

use super::Deadlines;
use crate::config::Basis;
use crate::presentation::Exceptions;
use crate::presentation::deadlines::{Because, NotBinding, WaiverRow};
use crate::presentation::due::{JsonDocument, JsonRow};
use crate::presentation::validity::Validity;

impl Deadlines<'_> {
    /// For programs.
    pub fn json(&self, local: &TimeZone) -> Vec<u8> {
        crate::presentation::json(&Document {
            format: "interdict-due/1",
            validity: self.validity,
            as_of: self.as_of.to_string(),
            agency: JsonAgency {
                names: &self.of.party.profile.names,
                basis: match self.of.party.basis {
                    Basis::Own => "own",
                    Basis::Component(_) => "component",
                    Basis::Parent => "parent",
                    Basis::Listed => "listed",
                },
                rests_on: self.of.basis(),
                not_said: self.of.party.not_said(),
            },
            deadlines: self.found.rows.iter().map(|row| JsonRow::of(row, local)).collect(),
            waivers: self.found.waivers.iter().map(JsonWaiver::of).collect(),
            not_binding: self.found.not_binding.iter().map(|not| self.json_not(not)).collect(),
            issued_later: self.found.issued_later,
            exceptions: &self.exceptions,
        })
    }

    fn json_not<'a>(&'a self, not: &'a NotBinding) -> JsonNot<'a> {
        let (from, by) = match &not.because {
            Because::NotBound(why) => (None, self.of.party.cited(why, self.of.lines)),
            Because::NotYet { from, .. } => (Some(*from), Vec::new()),
        };
        JsonNot {
            repository: &not.repository,
            directive: &not.directive,
            action: not.action.as_deref(),
            because: match &not.because {
                Because::NotBound(why) => why.to_string(),
                Because::NotYet { .. } => "it takes effect later".to_owned(),
            },
            from,
            by: by
                .into_iter()
                .map(|place| JsonPlace {
                    path: place.path.display().to_string(),
                    line: place.line,
                    key: place.key,
                })
                .collect(),
        }
    }
}

#[derive(Serialize)]
struct Document<'a> {
    format: &'static str,
    #[serde(flatten)]
    validity: Validity,
    as_of: String,
    agency: JsonAgency<'a>,
    deadlines: Vec<JsonRow<'a>>,
    waivers: Vec<JsonWaiver<'a>>,
    not_binding: Vec<JsonNot<'a>>,
    issued_later: usize,
    exceptions: &'a Exceptions,
}

#[derive(Serialize)]
struct JsonAgency<'a> {
    names: &'a [String],
    basis: &'static str,
    rests_on: String,
    not_said: Vec<&'static str>,
}

#[derive(Serialize)]
struct JsonWaiver<'a> {
    repository: &'a str,
    directive: &'a DirectiveId,
    waiver: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    part: Option<&'a str>,
    /// `frees`, `not-yet`, `lapsed` or `not-claimed`.
    standing: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<DateTime>,
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<DateTime>,
    open_ended: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    eligibility: Option<&'a str>,
    granted_by: &'a str,
    document: JsonDocument<'a>,
    conditions: &'a [String],
    words: String,
}

impl<'a> JsonWaiver<'a> {
    fn of(row: &'a WaiverRow) -> Self {
        let waiver = &row.waiver;
        let (standing, from, until) = match &row.standing {
            Standing::Frees { until, .. } => ("frees", None, *until),
            Standing::NotYet { from } => ("not-yet", Some(*from), None),
            Standing::Expired { until } => ("lapsed", None, Some(*until)),
            Standing::NotClaimed { .. } => ("not-claimed", None, None),
            Standing::Others => ("others", None, None),
        };
        Self {
            repository: &row.repository,
            directive: &row.directive,
            waiver: &waiver.id,
            part: waiver.part.as_deref(),
            standing,
            from,
            until,
            open_ended: waiver.until.is_none(),
            eligibility: waiver.eligibility.as_deref(),
            granted_by: &waiver.granted_by,
            document: JsonDocument::of(&row.document),
            conditions: &waiver.conditions,
            words: row.in_words(),
        }
    }
}

#[derive(Serialize)]
struct JsonNot<'a> {
    repository: &'a str,
    directive: &'a DirectiveId,
    #[serde(skip_serializing_if = "Option::is_none")]
    action: Option<&'a str>,
    because: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<DateTime>,
    /// The lines of the configuration that it rests on.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    by: Vec<JsonPlace>,
}

#[derive(Serialize)]
struct JsonPlace {
    path: String,
    line: usize,
    key: String,
}
