//! `directive waive`: a waiver of a published directive, in its next revision or in a document of its own; and the end of one.

use clap::Args;
use interdict_host::exit::Outcome;
use interdict_host::world::World;
use interdict_schema::directive::{DayOrTime, Directive, DirectiveId, Revision, Status, Waiver, deadline};
use interdict_schema::entity::EntityList;
use interdict_schema::waiver::WaiverDocument;

use super::target::{NotAbout, TargetArgs, before};
use crate::cli::shared::current;
use crate::cli::{Failure, Verdict};
use crate::draft::relation::{Published, check_part, next_revision};
use crate::draft::{template, waiver};
use crate::repository::Repository;

/// Drafts a waiver: the next revision of a directive with one more, or with --document a document of its own
///
/// In the next revision everything else stays byte for byte. A document of its own is signed, revised and revoked apart
/// from the directive, whose words it names by digest; `directive revoke` ends it.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  interdict-publisher directive waive BOD-18-01 --waiver 3des --part https --for \\\n    \"Example Agency\" --condition \"a plan is filed\" --from 2018-10-16 --until 2019-10-15 \\\n    --granted-by \"Director, CISA\" --repo repo\n  interdict-publisher directive waive BOD-18-01 --document BOD-18-01-3DES --part https \\\n    --for \"Example Agency\" --from 2018-10-16 --until 2019-10-15 \\\n    --granted-by \"Director, CISA\" --repo repo"
)]
pub struct WaiveArgs {
    #[command(flatten)]
    target: TargetArgs,

    /// The waiver's name within the directive
    #[arg(long, value_name = "NAME", required_unless_present = "document", conflicts_with = "document")]
    waiver: Option<String>,

    /// Grant it in a document of its own, of this id
    #[arg(long, value_name = "ID")]
    document: Option<DirectiveId>,

    /// The title of that document; left blank unless given
    #[arg(long, value_name = "TEXT", requires = "document")]
    title: Option<String>,

    /// The day on which that document is issued; today in the directive's zone unless given
    #[arg(long, value_name = "DAY", requires = "document")]
    issued: Option<DayOrTime>,

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
    id: DirectiveId,
    waiver: String,
}

/// A document of this id is published.
#[derive(Debug, thiserror::Error)]
#[error("{id} is published already")]
struct IdTaken {
    id: DirectiveId,
}

impl WaiveArgs {
    pub fn json(&self) -> bool {
        self.target.json
    }

    pub fn run(&self, world: &mut World) -> Verdict {
        let found = self.target.in_force(world)?;
        let old = before(&found);
        check_part(old.directive, self.part.as_deref()).map_err(Failure::usage)?;
        if let Some(id) = &self.document {
            return self.document(world, id, old);
        }
        let name = self.waiver.clone().unwrap_or_default();
        if old.directive.waivers.iter().any(|waiver| waiver.id == name) {
            let (id, waiver) = (self.target.id.clone(), name);
            return Err(Failure::usage(Taken { id, waiver }).hint("choose another name with --waiver"));
        }
        let waiver = self.granted(name);
        let mut text = next_revision(old).map_err(Failure::usage)?;
        text.push("waivers", &waiver, Some("The last of these is new."));
        self.target.write(world, &self.target.id, old.directive.revision.next(), &text, &[])
    }

    fn granted(&self, id: String) -> Waiver {
        Waiver {
            id,
            part: self.part.clone(),
            beneficiaries: self.beneficiaries.clone(),
            eligibility: self.eligibility.clone(),
            conditions: self.conditions.clone(),
            from: self.from,
            until: self.until,
            granted_by: self.granted_by.clone(),
        }
    }

    fn document(&self, world: &mut World, id: &DirectiveId, of: Published<'_>) -> Verdict {
        let (_, current) = current(&Repository::new(world.resolve(&self.target.repo)))?;
        let taken = !current.revisions::<Directive>(id).is_empty()
            || !current.revisions::<EntityList>(id).is_empty()
            || !current.revisions::<WaiverDocument>(id).is_empty();
        if taken {
            return Err(Failure::usage(IdTaken { id: id.clone() })
                .hint("choose another id; a later revision of a waiver is drafted from the one before it"));
        }
        let issued = self.issued.map_or_else(|| today(world, of.directive), Ok)?;
        let waiver = self.granted(id.to_string());
        let text = waiver::document(id, self.title.as_deref(), issued, &waiver, of);
        let schema = (template::WAIVER_SCHEMA_FILE, template::WAIVER_SCHEMA);
        self.target.write_as(world, (id, Revision::FIRST), &text, &[], schema)
    }
}

/// Drafts the revision that revokes a waiver, where `target` names one that is a document of its own; `None` where it does not.
pub fn revoke(
    world: &mut World,
    target: &TargetArgs,
    issued: Option<DayOrTime>,
    reason: Option<&str>,
) -> Result<Option<Outcome>, Failure> {
    let (folder, current) = current(&Repository::new(world.resolve(&target.repo)))?;
    let Some((believed, payload)) = current.waiver(&folder, &target.id)? else { return Ok(None) };
    let before = &believed.document.value;
    if before.status != Status::InForce {
        let (id, status, revision) = (before.id.clone(), before.status.clone(), before.revision);
        return Err(Failure::usage(NotAbout::Ended { id, status, revision }));
    }
    let issued = match issued {
        Some(issued) => issued,
        None => match current.newest::<Directive>(&folder, &before.target.id)? {
            Some(directive) => today(world, &directive.document.value)?,
            None => DayOrTime::Time(world.now()?),
        },
    };
    let text = waiver::revoked(before, (&payload, believed.payload.digest), issued, reason)
        .map_err(Failure::usage)?;
    let schema = (template::WAIVER_SCHEMA_FILE, template::WAIVER_SCHEMA);
    target.write_as(world, (&target.id, before.revision.next()), &text, &[], schema).map(Some)
}

/// Today, in the directive's zone.
fn today(world: &World, directive: &Directive) -> Result<DayOrTime, Failure> {
    let zone = deadline::zone(&directive.zone).map_err(Failure::usage)?;
    Ok(DayOrTime::Day(DayOrTime::Time(world.now()?).day(&zone)))
}
