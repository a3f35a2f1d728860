//! `interdict apt-hook LIST`, which apt calls before it has dpkg unpack anything.
//!
//! The list is rendered from root's verified policy and lies where only root can write, so it is not verified again: the hook runs
//! before every dpkg. Where it cannot be believed, or what apt says cannot be read, that is said and nothing is
//! vetoed that is not known to be banned (`trust.md`, rule 20).

use std::collections::BTreeSet;
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use clap::Args;
use interdict_host::exit::{Exit, Outcome};
use interdict_host::owned::{NotOwned, Owned, Owner};
use interdict_host::read::{ReadError, read_bounded_nofollow};
use interdict_host::terminal::escape_control;
use interdict_host::world::World;

use super::{Context, Failure};
use crate::enforce::apt::hook::{Ruling, hits};
use crate::enforce::apt::listed::{Broken, List};
use crate::enforce::apt::protocol::{self, ProtocolError, Told};

/// The longest list that is read, in bytes: a million bans have half of it.
const MAX_LIST_BYTES: u64 = 256 << 20;

/// Compare what apt is about to unpack with a list of bans
///
/// Standard input is the protocol of `DPkg::Pre-Install-Pkgs`, version 2 or 3. What is banned and not enforced is logged and let
/// through.
///
/// Exit 0 where nothing is vetoed, 1 for a veto, 3 where nothing is vetoed and not everything could be compared.
#[derive(Debug, Args)]
#[command(hide = true)]
pub(super) struct AptHook {
    /// The list, by its whole path
    #[arg(value_name = "LIST")]
    list: PathBuf,
}

/// Why something could not be compared.
#[derive(Debug, thiserror::Error)]
enum NotCompared {
    #[error(transparent)]
    Owned(#[from] NotOwned),
    #[error("{} is not there", path.display())]
    Absent { path: PathBuf },
    #[error(transparent)]
    Read(#[from] ReadError),
    #[error("{}: {broken}", path.display())]
    Broken { path: PathBuf, broken: Broken },
    #[error(transparent)]
    Protocol(#[from] ProtocolError),
    #[error("what apt says cannot be read")]
    Input(#[from] io::Error),
    #[error("what apt says is longer than {} bytes", protocol::MAX_BYTES)]
    TooLong,
    #[error("line {line} of what apt says cannot be read")]
    Line { line: usize },
}

impl AptHook {
    pub(super) fn run(self, context: &mut Context<'_>) -> Result<Outcome, Failure> {
        let world = &mut *context.world;
        let mut outcome = Outcome::done();
        // All of it, whatever becomes of it: apt waits until it is read.
        let told = match told(world) {
            Ok(told) => told,
            Err(why) => {
                say(world, &format!("not compared with the banned packages: {}", chain(&why)))?;
                return Ok(Exit::NoAnswer.into());
            }
        };
        if let Some(line) = told.unreadable {
            uncompared(world, &mut outcome, &NotCompared::Line { line })?;
        }
        if told.unpacked.is_empty() {
            return Ok(outcome);
        }
        let names: BTreeSet<&str> = told.unpacked.iter().map(|change| change.package.name.as_str()).collect();
        let list = match list(world, &self.list, &names) {
            Ok(list) => list,
            Err(why) => {
                uncompared(world, &mut outcome, &why)?;
                return Ok(outcome);
            }
        };
        if let Some(broken) = list.broken {
            uncompared(world, &mut outcome, &NotCompared::Broken { path: self.list, broken })?;
        }
        let hits = hits(&list, &told.unpacked);
        for hit in &hits {
            say(world, &hit.to_string())?;
        }
        if let Some(first) = hits.iter().find(|hit| hit.ruling == Ruling::Vetoed) {
            // Alone, whatever else could not be compared: apt goes on for every other status.
            outcome = Exit::Findings.into();
            let directive = &first.part.directive;
            let advice = format!(
                "nothing was unpacked. What is ordered: `interdict show {directive}`. Leave out what is vetoed, or take a version that \
                 is not meant. Where the work cannot wait: an exception of the agency in exceptions.toml, or `interdict suspend`"
            );
            writeln!(world.stderr, "interdict: {advice}")?;
        }
        Ok(outcome)
    }
}

/// What apt says.
fn told(world: &mut World) -> Result<Told, NotCompared> {
    let mut bytes = Vec::new();
    let limit = protocol::MAX_BYTES;
    let length = (&mut world.stdin).take(limit.saturating_add(1)).read_to_end(&mut bytes)?;
    if u64::try_from(length).unwrap_or(u64::MAX) > limit {
        return Err(NotCompared::TooLong);
    }
    Ok(protocol::read(&bytes)?)
}

/// The list, where nobody but root, or the user of this process, can have written it.
fn list(world: &World, path: &Path, names: &BTreeSet<&str>) -> Result<List, NotCompared> {
    let path = world.resolve(path);
    match Owner::of(world).look(&path)? {
        Owned::File { .. } => {}
        Owned::Absent => return Err(NotCompared::Absent { path }),
        Owned::Folder => return Err(NotOwned::Kind { path }.into()),
    }
    Ok(List::read(&read_bounded_nofollow(&path, MAX_LIST_BYTES)?, names))
}

fn uncompared(world: &mut World, outcome: &mut Outcome, why: &NotCompared) -> io::Result<()> {
    outcome.add(Exit::NoAnswer);
    say(world, &format!("not everything was compared with the banned packages, and goes on: {}", chain(why)))
}

/// Says a line on standard error and to syslog, which keeps it. A machine without syslog still has the first.
fn say(world: &mut World, line: &str) -> io::Result<()> {
    let line = escape_control(line);
    let _ = world.syslog.send(&format!("apt: {line}"));
    writeln!(world.stderr, "interdict: {line}")
}

/// An error with its causes.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}
