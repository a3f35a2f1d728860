//! `directive amend`, `supplement`, `supersede`, `close` and `revoke`: a document of its own with the relation filled in, or
//! the directive's next revision.

use clap::Args;
use interdict_host::world::World;
use interdict_schema::directive::{
    DayOrTime, Directive, DirectiveId, NotADayOrTime, RelationKind, Revision, Status, deadline,
};

use super::target::{TargetArgs, before};
use super::waive;
use crate::cli::{Failure, Verdict};
use crate::draft::relation::{Acts, check_part, document, ended, next_revision};

/// Drafts an amendment: the next revision of a directive, or with --by a document of its own that changes its text
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  interdict-publisher directive amend BOD-17-01 --repo repo\n  interdict-publisher directive amend ED-21-01 --by ED-21-01-1 --part report --reason \\\n    \"the form has changed\" --repo repo"
)]
pub struct AmendArgs {
    #[command(flatten)]
    target: TargetArgs,
    #[command(flatten)]
    by: MayBeByArgs,
    #[command(flatten)]
    what: WhatArgs,
}

/// Drafts a supplement: a document of its own that adds to a directive, or replaces one action of it
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  interdict-publisher directive supplement ED-21-01 --by ED-21-01-3 --part action-4 --repo \\\n    repo"
)]
pub struct SupplementArgs {
    #[command(flatten)]
    target: TargetArgs,
    #[command(flatten)]
    by: ByArgs,
    #[command(flatten)]
    what: WhatArgs,
}

/// Drafts a directive that takes the place of another
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  interdict-publisher directive supersede BOD-15-01 --by BOD-19-02 --effective 2019-04-29 \\\n    --repo repo"
)]
pub struct SupersedeArgs {
    #[command(flatten)]
    target: TargetArgs,
    #[command(flatten)]
    by: ByArgs,
    #[command(flatten)]
    what: WhatArgs,
}

/// Drafts the end of a directive whose work is done: its next revision, or with --by a document of its own
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  interdict-publisher directive close ED-19-01 --reason \"all actions are done\" --repo repo"
)]
pub struct CloseArgs {
    #[command(flatten)]
    target: TargetArgs,
    #[command(flatten)]
    by: MayBeByArgs,
    #[command(flatten)]
    what: WhatArgs,
}

/// Drafts the withdrawal of a directive, or with --by and --part of one action: its next revision, or a document of its own
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  interdict-publisher directive revoke BOD-16-01 --by BOD-18-02 --reason \"replaced\" --repo \\\n    repo"
)]
pub struct RevokeArgs {
    #[command(flatten)]
    target: TargetArgs,
    #[command(flatten)]
    by: MayBeByArgs,
    #[command(flatten)]
    what: WhatArgs,
}

/// The document that acts on the other.
#[derive(Debug, Clone, Args)]
struct ByArgs {
    /// The id of the new document
    #[arg(long, value_name = "ID")]
    by: DirectiveId,

    /// The day on which it is issued; today in the issuer's zone unless given
    #[arg(long, value_name = "DAY")]
    issued: Option<DayOrTime>,
}

/// The document that acts on the other, where it is not the directive itself.
#[derive(Debug, Clone, Args)]
struct MayBeByArgs {
    /// The id of a new document that does it; the directive's own next revision unless given
    #[arg(long, value_name = "ID")]
    by: Option<DirectiveId>,

    /// The day on which that is issued; today in the issuer's zone unless given
    #[arg(long, value_name = "DAY", requires = "by")]
    issued: Option<DayOrTime>,
}

/// What is done, and why.
#[derive(Debug, Clone, Args)]
struct WhatArgs {
    /// The action or subject that is meant; the whole directive unless given
    #[arg(long, value_name = "PART")]
    part: Option<String>,

    /// The only revision that is meant: once the target has a later one, what this document says of it no longer acts
    /// [default: the target, however it is revised]
    #[arg(long, value_name = "N", value_parser = revision)]
    revision: Option<Revision>,

    /// From when
    #[arg(long, value_name = "DAY", value_parser = day)]
    effective: Option<DayOrTime>,

    /// Why, in words
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
}

/// Wrong options together.
#[derive(Debug, thiserror::Error)]
enum Refused {
    #[error("{option} says what another document does, and no --by names it")]
    NeedsBy { option: &'static str },
    #[error("{id} cannot act on itself, wanted another id")]
    Itself { id: DirectiveId },
    #[error("wanted a revision: a whole number from 1")]
    Revision,
}

fn revision(text: &str) -> Result<Revision, Refused> {
    text.parse().ok().and_then(Revision::new).ok_or(Refused::Revision)
}

fn day(text: &str) -> Result<DayOrTime, NotADayOrTime> {
    text.parse()
}

impl WhatArgs {
    /// Drafts a document of its own.
    fn document(&self, world: &mut World, target: &TargetArgs, by: &ByArgs, kind: RelationKind) -> Verdict {
        if by.by == target.id {
            return Err(Failure::usage(Refused::Itself { id: by.by.clone() })
                .hint("without --by, amend, close and revoke draft the next revision"));
        }
        let found = target.published(world, self.revision)?;
        let other = before(&found);
        check_part(other.directive, self.part.as_deref()).map_err(Failure::usage)?;
        let issued = by.issued.map_or_else(|| today(world, other.directive), Ok)?;
        let acts = Acts {
            kind,
            part: self.part.clone(),
            revision: self.revision,
            effective: self.effective,
            reason: self.reason.clone(),
        };
        let text = document(&by.by, issued, &acts, other);
        target.write(world, &by.by, Revision::FIRST, &text, &[])
    }

    /// Refuses what only a document of its own can say.
    fn of_itself(&self) -> Result<(), Failure> {
        let options = [("--part", self.part.is_some()), ("--revision", self.revision.is_some())];
        match options.into_iter().find(|(_, given)| *given) {
            Some((option, _)) => Err(Failure::usage(Refused::NeedsBy { option })
                .hint("name the new document with --by ID, or change the part in the next revision's draft")),
            None => Ok(()),
        }
    }

    /// Drafts the directive's own next revision, with another status where it ends.
    fn next(&self, world: &mut World, target: &TargetArgs, status: Option<&Status>) -> Verdict {
        self.of_itself()?;
        let found = match status {
            Some(_) => target.in_force(world)?,
            None => target.published(world, None)?,
        };
        let old = before(&found);
        let mut text = match status {
            Some(status) => ended(old, status),
            None => next_revision(old),
        }
        .map_err(Failure::usage)?;
        if let Some(effective) = self.effective {
            text.set("revised", &effective, Some("When this revision takes the place of the one before."));
        }
        if let Some(reason) = &self.reason {
            let before = old.directive.summary.as_ref().map_or_else(String::new, |text| format!(" {text}"));
            let done = status.map_or(
                "Amended",
                |status| {
                    if *status == Status::Closed { "Closed" } else { "Revoked" }
                },
            );
            text.set("summary", &format!("{done}: {reason}.{before}"), Some("The reason stands in front."));
        }
        target.write(world, &target.id, old.directive.revision.next(), &text, &[])
    }

    fn either(
        &self,
        world: &mut World,
        target: &TargetArgs,
        by: &MayBeByArgs,
        kind: RelationKind,
        status: Option<&Status>,
    ) -> Verdict {
        match &by.by {
            Some(id) => self.document(world, target, &ByArgs { by: id.clone(), issued: by.issued }, kind),
            None => self.next(world, target, status),
        }
    }
}

/// Today, in the issuer's zone.
fn today(world: &World, directive: &Directive) -> Result<DayOrTime, Failure> {
    let zone = deadline::zone(&directive.zone).map_err(Failure::usage)?;
    Ok(DayOrTime::Day(DayOrTime::Time(world.now()?).day(&zone)))
}

impl AmendArgs {
    pub fn json(&self) -> bool {
        self.target.json
    }

    pub fn run(&self, world: &mut World) -> Verdict {
        self.what.either(world, &self.target, &self.by, RelationKind::Amends, None)
    }
}

impl SupplementArgs {
    pub fn json(&self) -> bool {
        self.target.json
    }

    pub fn run(&self, world: &mut World) -> Verdict {
        self.what.document(world, &self.target, &self.by, RelationKind::Supplements)
    }
}

impl SupersedeArgs {
    pub fn json(&self) -> bool {
        self.target.json
    }

    pub fn run(&self, world: &mut World) -> Verdict {
        self.what.document(world, &self.target, &self.by, RelationKind::Supersedes)
    }
}

impl CloseArgs {
    pub fn json(&self) -> bool {
        self.target.json
    }

    pub fn run(&self, world: &mut World) -> Verdict {
        self.what.either(world, &self.target, &self.by, RelationKind::Closes, Some(&Status::Closed))
    }
}

impl RevokeArgs {
    pub fn json(&self) -> bool {
        self.target.json
    }

    pub fn run(&self, world: &mut World) -> Verdict {
        if self.by.by.is_none() {
            self.what.of_itself()?;
            let reason = self.what.reason.as_deref();
            if let Some(done) = waive::revoke(world, &self.target, self.what.effective, reason)? {
                return Ok(done);
            }
        }
        self.what.either(world, &self.target, &self.by, RelationKind::Revokes, Some(&Status::Revoked))
    }
}
