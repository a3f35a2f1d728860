//! What a file is worth, in three lines.

use std::error::Error;

use interdict_host::exit::{Exit, Outcome};
use interdict_host::terminal::Paint;
use interdict_schema::DateTime;
use interdict_schema::Sha256;
use interdict_schema::directive::{DirectiveId, Revision};
use jiff::tz::TimeZone;
use serde::Serialize;

use super::{Page, in_zone};
use crate::authenticity::{Authentic, Authenticity, InForce, Listed};

/// What a file is worth, to be shown.
#[derive(Debug, Clone, Copy)]
pub struct Judgement<'a> {
    /// What was found.
    pub judged: &'a Authenticity,
    /// The present.
    pub now: DateTime,
}

impl Judgement<'_> {
    /// Refused unless it is authentic and listed; a finding where it is both and does not bind now.
    pub fn outcome(&self) -> Outcome {
        let judged = self.judged;
        let believed = judged.authentic.is_ok() && judged.listed.holds();
        let mut outcome = Outcome::done();
        if !believed {
            outcome.add(Exit::Refused);
        } else if judged.in_force != InForce::Yes {
            outcome.add(Exit::Findings);
        }
        if self.unsupported() > 0 {
            outcome.add(Exit::Unsupported);
        }
        outcome
    }

    fn unsupported(&self) -> usize {
        self.judged.authentic.as_ref().map_or(0, |believed| believed.unsupported().len())
    }

    /// For people.
    pub fn page(&self, local: &TimeZone) -> Page {
        let judged = self.judged;
        let mut page = Page::default();
        let paint = |holds: bool| if holds { Paint::Good } else { Paint::Alarm };
        let authentic = match &judged.authentic {
            Ok(believed) => {
                let (id, revision, title) = (believed.id(), believed.revision(), believed.title());
                let signed = &believed.payload().signed_by;
                page.line(format!("{id}, revision {revision}: {title}"));
                page.line(format!("digest     sha256:{}", believed.payload().digest));
                format!(
                    "yes, signed by {} of the issuer's keys, {} required",
                    signed.keys.len(),
                    signed.required
                )
            }
            Err(error) => format!("no: {}", self::chain(error)),
        };
        page.line(format!("repository {}, as {}", judged.repository, judged.target_path));
        page.painted(paint(judged.authentic.is_ok()), format!("authentic  {authentic}"));
        page.painted(paint(judged.listed.holds()), format!("listed     {}", listed(judged.listed)));
        let in_force = self.in_force(local);
        page.painted(paint(judged.in_force == InForce::Yes), format!("in force   {in_force}"));
        if self.unsupported() > 0 {
            let places = super::count(self.unsupported(), "place");
            page.painted(Paint::Warning, format!("{places} that this version does not understand"));
        }
        page
    }

    fn in_force(&self, local: &TimeZone) -> String {
        match &self.judged.in_force {
            InForce::Yes => "yes".into(),
            InForce::NotYet { from } => format!("not before {}", in_zone(*from, local)),
            InForce::Replaced { by } => format!("no: replaced by revision {by}"),
            InForce::Ended { status } => format!("no: {status}"),
            InForce::NotHeld => "no: nothing of this payload is held".into(),
        }
    }

    /// For programs.
    pub fn json(&self) -> Vec<u8> {
        #[derive(Serialize)]
        struct Document<'a> {
            format: &'static str,
            now: DateTime,
            repository: &'a str,
            target_path: &'a str,
            authentic: bool,
            listed: bool,
            in_force: bool,
            #[serde(skip_serializing_if = "Option::is_none")]
            directive: Option<&'a DirectiveId>,
            #[serde(skip_serializing_if = "Option::is_none")]
            list: Option<&'a DirectiveId>,
            #[serde(skip_serializing_if = "Option::is_none")]
            waiver: Option<&'a DirectiveId>,
            #[serde(skip_serializing_if = "Option::is_none")]
            revision: Option<Revision>,
            #[serde(skip_serializing_if = "Option::is_none")]
            digest: Option<Sha256>,
            reasons: Vec<String>,
            unsupported: usize,
            exit: Exit,
            exits: Vec<Exit>,
        }
        let judged = self.judged;
        let believed = judged.authentic.as_ref().ok();
        let of_directive = believed.filter(|it| matches!(it, Authentic::Directive(_)));
        let of_list = believed.filter(|it| matches!(it, Authentic::List(_)));
        let of_waiver = believed.filter(|it| matches!(it, Authentic::Waiver(_)));
        let outcome = self.outcome();
        let mut reasons = Vec::new();
        reasons.extend(judged.authentic.as_ref().err().map(|error| chain(error)));
        reasons.extend((judged.listed != Listed::Yes).then(|| format!("listed: {}", listed(judged.listed))));
        let in_force = self.in_force(&TimeZone::UTC);
        reasons.extend((judged.in_force != InForce::Yes).then(|| format!("in force: {in_force}")));
        super::json(&Document {
            format: "interdict-verify/1",
            now: self.now,
            repository: judged.repository.as_str(),
            target_path: &judged.target_path,
            authentic: believed.is_some(),
            listed: judged.listed.holds(),
            in_force: judged.in_force == InForce::Yes,
            directive: of_directive.map(Authentic::id),
            list: of_list.map(Authentic::id),
            waiver: of_waiver.map(Authentic::id),
            revision: believed.map(Authentic::revision),
            digest: believed.map(|believed| believed.payload().digest),
            reasons,
            unsupported: self.unsupported(),
            exit: outcome.exit(),
            exits: outcome.all(),
        })
    }
}

fn listed(listed: Listed) -> &'static str {
    match listed {
        Listed::Yes => "yes",
        Listed::OtherEnvelope => "yes, in an envelope with other signatures",
        Listed::OtherPayload => "no: another payload is listed under this name",
        Listed::No => "no: nothing is listed under this name",
    }
}

/// An error and what caused it, in one line.
fn chain(error: &dyn Error) -> String {
    let causes = std::iter::successors(error.source(), |cause| (*cause).source());
    causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}"))
}
