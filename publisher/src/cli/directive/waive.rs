//! `directive waive`: the next revision of a directive with one more waiver, and everything else as it was.

use clap::Args;
use interdict_host::world::World;
use interdict_schema::directive::{DayOrTime, Waiver};

use super::target::{TargetArgs, before};
use crate::cli::{Failure, Verdict};
use crate::draft::relation::{check_part, next_revision};

/// Drafts the next revision of a directive with one more waiver; everything else stays byte for byte
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  interdict-publisher directive waive BOD-18-01 --waiver 3des --part https --for \\\n    \"Example Agency\" --condition \"a plan is filed\" --from 2018-10-16 --until 2019-10-15 \\\n    --granted-by \"Director, CISA\" --repo repo"
)]
pub struct WaiveArgs {
    #[command(flatten)]
    target: TargetArgs,

    /// The waiver's name within the directive
    #[arg(long, value_name = "NAME")]
    waiver: String,

    /// The action or subject that is waived; the whole unless given
    #[arg(long, value_name = "PART")]
    part: Option<String>,

    /// Who is freed, by name; may be repeated
    #[arg(long = "for", value_name = "AGENCY", required_unless_present = "eligibility")]
    beneficiaries: Vec<String>,

    /// Who is freed, by a test, in words
    #[arg(long, value_name = "TEST")]
    eligibility: Option<String>,

    /// What the beneficiary must do instead; may be repeated
    #[arg(long = "condition", value_name = "TEXT")]
    conditions: Vec<String>,

    /// From when
    #[arg(long, value_name = "DAY")]
    from: DayOrTime,

    /// Until when, inclusive; open-ended unless given
    #[arg(long, value_name = "DAY")]
    until: Option<DayOrTime>,

    /// The office that grants it
    #[arg(long, value_name = "OFFICE")]
    granted_by: String,
}

/// A waiver of this name is there.
#[derive(Debug, thiserror::Error)]
#[error("{id} has a waiver {waiver:?} already")]
struct Taken {
    id: interdict_schema::directive::DirectiveId,
    waiver: String,
}

impl WaiveArgs {
    pub fn json(&self) -> bool {
        self.target.json
    }

    pub fn run(&self, world: &mut World) -> Verdict {
        let found = self.target.in_force(world)?;
        let old = before(&found);
        check_part(old.directive, self.part.as_deref()).map_err(Failure::usage)?;
        if old.directive.waivers.iter().any(|waiver| waiver.id == self.waiver) {
            let (id, waiver) = (self.target.id.clone(), self.waiver.clone());
            return Err(Failure::usage(Taken { id, waiver }).hint("choose another name with --waiver"));
        }
        let waiver = Waiver {
            id: self.waiver.clone(),
            part: self.part.clone(),
            beneficiaries: self.beneficiaries.clone(),
            eligibility: self.eligibility.clone(),
            conditions: self.conditions.clone(),
            from: self.from,
            until: self.until,
            granted_by: self.granted_by.clone(),
        };
        let mut text = next_revision(old).map_err(Failure::usage)?;
        text.push("waivers", &waiver, Some("The last of these is new."));
        self.target.write(world, &self.target.id, old.directive.revision.next(), &text, &[])
    }
}
