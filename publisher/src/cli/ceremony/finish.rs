//! `ceremony finish`: checks what was signed as a client would, and installs it.

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Args;
use interdict_host::cli::GlobalArgs;
use interdict_host::exit::{Exit, Outcome};
use interdict_host::terminal::escape_control;
use interdict_host::world::World;
use interdict_schema::ceremony::Kind;
use interdict_schema::limits::ENVELOPE_LENGTH;
use interdict_schema::tuf::RoleType;

use super::install::{Installation, Prepared, Report, sign_missing};
use super::status::{Status, show_missing};
use super::{CeremonyRefusal, Verdict, founding, read_copies, write, write_new};
use crate::ceremony::Opened;
use crate::cli::Failure;
use crate::cli::publish::read_envelope;
use crate::cli::shared::{RepoArgs, RoleKeyArgs, show_json, shown};
use crate::journal::Verb;
use crate::repository::write::prepare;

/// Installs what enough officers have signed: all of it, or nothing
#[derive(Debug, Args)]
#[command(after_help = "Example, with two copies that were signed apart:\n  \
    interdict-publisher ceremony finish from-alice.json from-bob.json --repo repo\n\n\
    Snapshot and timestamp are signed with the keys at hand. Where the targets have to be signed anew and their keys are\n\
    elsewhere, the targets are added to the file, for their holders to sign it. The same again changes nothing.")]
pub struct FinishArgs {
    /// The ceremony file, or several copies of one
    #[arg(required = true)]
    files: Vec<PathBuf>,

    #[command(flatten)]
    repo: RepoArgs,

    /// A file to publish beside the directives, under its own name; may be repeated
    #[arg(long, value_name = "FILE")]
    attach: Vec<PathBuf>,

    /// A signed envelope to publish together with it: a directive that a new list of issuers would leave below its threshold
    #[arg(long, value_name = "FILE")]
    envelope: Vec<PathBuf>,

    /// Where the file goes when the targets were added to it; in place of the one file given, unless given
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,

    #[command(flatten)]
    keys: RoleKeyArgs,

    /// Show the result as JSON
    #[arg(long)]
    pub json: bool,
}

impl FinishArgs {
    pub fn run(&self, global: &GlobalArgs, world: &mut World) -> Verdict {
        let now = world.now()?;
        let mut opened = read_copies(world, &self.files)?;
        if let Err(refusal @ CeremonyRefusal::Incomplete { .. }) = opened.check_complete() {
            show_missing(world, &opened)?;
            // What is wrong with it besides is said by what refuses it.
            if opened.file().kind == Kind::Founding {
                return Err(refusal.into());
            }
        }
        let given = self.keys.given(world);
        if opened.file().kind == Kind::Founding {
            let dir = world.resolve(&self.repo.repo);
            return match founding::found(world, global, &opened, &dir, &self.keys, now)? {
                founding::Founded::Made(report, told) => show(world, &report, told, self.json),
                founding::Founded::Targets(with) => self.travel_on(world, &with),
            };
        }
        let (repository, settings) = self.repo.open(world)?;
        let _lock = repository.lock()?;
        prepare(&world.disk, &repository)?;
        let attach: Vec<PathBuf> = self.attach.iter().map(|path| world.resolve(path)).collect();
        let envelopes = self
            .envelope
            .iter()
            .map(|path| read_envelope(world, path, ENVELOPE_LENGTH))
            .collect::<Result<Vec<_>, _>>()?;
        let installation = Installation {
            repository: &repository,
            settings: &settings,
            given: &given,
            attach: &attach,
            envelopes: &envelopes,
            verb: Verb::CeremonyFinish,
            now,
        };
        let (mut keyring, mut credentials) = self.keys.keyring(&settings.keys, global, world)?;
        // Targets that were added to the file are signed as they would have been on the first round: with the keys that are here.
        if opened.targets().is_some() {
            sign_missing(&mut opened, RoleType::Targets, &mut keyring, &mut credentials)?;
        }
        let prepared = installation.prepare(&opened, &mut keyring, &mut credentials)?;
        if let Prepared::Targets(with) = &prepared {
            return self.travel_on(world, with);
        }
        match installation.write(world, prepared)? {
            Some((report, told)) => show(world, &report, told, self.json),
            None => Ok(Outcome::done()),
        }
    }

    /// The targets' keys are elsewhere: the file goes on its way again.
    fn travel_on(&self, world: &mut World, opened: &Opened) -> Verdict {
        let path: &Path = match (&self.output, self.files.as_slice()) {
            (Some(output), _) => {
                write_new(world, output, opened)?;
                output
            }
            (None, [one]) => {
                write(world, one, opened)?;
                one
            }
            (None, _) => {
                return Err(Failure::new(NeedsOutput, Exit::Usage)
                    .hint("name a file for it with --output FILE; nothing was changed"));
            }
        };
        writeln!(
            world.stderr,
            "the targets have to be signed too, and not enough of their keys are here: they were added to {}; nothing \
             else was changed",
            shown(path)
        )?;
        Status::of(path, opened, Vec::new()).show(world, opened, self.json)?;
        Ok(Outcome::from(Exit::Findings))
    }
}

/// Several copies, and the targets have to be signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the targets have to be signed too, and not enough of their keys are here")]
struct NeedsOutput;

/// Shows what is live.
pub fn show(world: &mut World, report: &Report, told: Outcome, json: bool) -> Verdict {
    if json {
        show_json(world, report)?;
        return Ok(told);
    }
    if !report.changed {
        writeln!(world.stderr, "nothing changed: all of it is in place already")?;
    }
    for path in &report.published {
        writeln!(world.stdout, "published {}", escape_control(path))?;
    }
    writeln!(world.stdout, "root         version {}", report.root)?;
    writeln!(world.stdout, "fingerprint  sha256:{}", report.fingerprint)?;
    writeln!(
        world.stderr,
        "targets version {}, snapshot {}, timestamp {}",
        report.targets, report.snapshot, report.timestamp
    )?;
    Ok(told)
}
