//! `publish`: adds signed documents to a repository, all of them or none.

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Args;
use interdict_host::cli::GlobalArgs;
use interdict_host::exit::{Exit, Outcome};
use interdict_host::read::read_bounded;
use interdict_host::terminal::escape_control;
use interdict_host::world::World;
use interdict_schema::dsse::{Envelope, NotAnEnvelope};
use interdict_schema::issuers::Issuers;
use interdict_schema::limits::{ENVELOPE_LENGTH, ISSUERS_LENGTH};
use interdict_schema::tuf::Version;
use serde::Serialize;
use thiserror::Error;
use tracing::info;

use super::journaled::{journaled, settled};
use super::shared::{
    NoName, RepoArgs, RoleKeyArgs, check_example_keys, current, holders, read_input, show_json,
};
use super::{Failure, Verdict};
use crate::journal::{Deed, Verb};
use crate::keyring::distinct;
use crate::publish::{Change, Stage, StageRefusal, check_entries, self_check, sign_staged, stage};
use crate::repository::relations::Relations;
use crate::repository::write;

/// The longest attachment, in bytes.
const ATTACHMENT_LENGTH: u64 = 256_000_000;

/// Publishes signed directives and lists of identifiers: all that is given, or nothing
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  interdict-publisher publish BOD-17-01.1.envelope.json --attach BOD-17-01.pdf --repo repo\n\n\
    What clients would refuse is not published, and publishing the same again changes nothing."
)]
pub struct PublishArgs {
    /// Envelopes with the signatures of enough officers; - for standard input
    #[arg(value_name = "ENVELOPE", required_unless_present_any = ["attach", "issuers"])]
    envelopes: Vec<PathBuf>,

    /// A file to publish beside the directives, under its own name; may be repeated
    #[arg(long, value_name = "FILE")]
    attach: Vec<PathBuf>,

    /// A new list of issuers, signed by the root role's threshold
    #[arg(long, value_name = "ENVELOPE")]
    issuers: Option<PathBuf>,

    #[command(flatten)]
    repo: RepoArgs,

    #[command(flatten)]
    keys: RoleKeyArgs,

    /// Show the result as JSON
    #[arg(long)]
    pub json: bool,
}

/// A file that is not an envelope.
#[derive(Debug, Error)]
#[error("{} is not an envelope", path.display())]
struct NotOne {
    path: PathBuf,
    source: NotAnEnvelope,
}

#[derive(Serialize)]
struct Shown<'a> {
    changed: bool,
    published: &'a [String],
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    delisted: &'a [String],
    targets: Version,
    snapshot: Version,
    timestamp: Version,
}

impl PublishArgs {
    pub fn run(&self, global: &GlobalArgs, world: &mut World) -> Verdict {
        let now = world.now()?;
        let (repository, settings) = self.repo.open(world)?;
        let change = self.change(world)?;
        if let Some(envelope) = &change.issuers {
            let issuers = Issuers::parse(&envelope.payload).map_err(StageRefusal::from)?;
            check_example_keys(&issuers, global.example_keys())?;
        }
        let _lock = repository.lock()?;
        write::prepare(&world.disk, &repository)?;
        let (folder, current) = current(&repository)?;
        current.check_clock(now, &settings.lifetimes)?;
        if let Some(envelope) = &change.issuers
            && envelope.payload != current.issuers_envelope().payload
        {
            let issuers = Issuers::parse(&envelope.payload).map_err(StageRefusal::from)?;
            distinct(current.root().signed(), Some(&issuers), global.example_keys()).map_err(|error| {
                Failure::new(error, Exit::Refused).hint("nothing was published; give each a key of its own")
            })?;
        }
        let relations = Relations::of(&repository, &current, &folder)?;
        let touched = current.touched(&folder, &change, &relations)?;
        check_entries(&change, &current, &folder)?;
        let staged = match stage(&current, &touched, &change, now, &settings.lifetimes)? {
            Stage::Next(staged) => staged,
            Stage::Unchanged => {
                settled(world, &repository)?;
                writeln!(world.stderr, "nothing changed: all of it is published already")?;
                return self.show(
                    world,
                    &Shown {
                        changed: false,
                        published: &[],
                        delisted: &[],
                        targets: current.targets().signed().version,
                        snapshot: current.snapshot().signed().version,
                        timestamp: current.timestamp().signed().version,
                    },
                    Outcome::done(),
                );
            }
        };
        for (path, idle) in &staged.idle_signatures {
            writeln!(
                world.stderr,
                "warning: {}: signatures that count for nothing: {idle}",
                escape_control(path)
            )?;
        }
        let (mut keyring, mut credentials) = self.keys.keyring(&settings.keys, global, world)?;
        let new = sign_staged(&staged, current.root().signed(), &mut keyring, &mut credentials)?;
        let set =
            self_check(Some(current.set()), &new, &folder, staged.changed.iter().map(String::as_str), now)?;
        let deed = Deed::new(Verb::Publish).installing(&new).delisting(&staged.delisted);
        let deed = keyring.labels().fold(deed, |deed, (keyid, label)| deed.called(keyid, label));
        let deed = holders(current.issuers()).fold(deed, |deed, (keyid, holder)| deed.called(keyid, holder));
        let ((), told) = journaled(world, &repository, &deed, |world| {
            // Before it goes live: whatever is interrupted from here on, this is then of another list, or of the one that is live.
            if let Some(targets) = &staged.targets {
                relations.next(&targets.targets, change.acts_on()).write(&world.disk, &repository)?;
            }
            Ok(write::write(&world.disk, &repository, &new, settings.compressed)?)
        })?;
        info!(repository = %repository.dir().display(), targets = staged.changed.len(), "published");
        self.show(
            world,
            &Shown {
                changed: true,
                published: &staged.changed,
                delisted: &staged.delisted,
                targets: set.targets().map_or(0, |targets| targets.signed().version),
                snapshot: set.snapshot().map_or(0, |snapshot| snapshot.signed().version),
                timestamp: set.timestamp().map_or(0, |timestamp| timestamp.signed().version),
            },
            told,
        )
    }

    fn change(&self, world: &mut World) -> Result<Change, Failure> {
        let mut change = Change::default();
        for path in &self.envelopes {
            change.add_document(read_envelope(world, path, ENVELOPE_LENGTH)?)?;
        }
        for path in &self.attach {
            let name = path
                .file_name()
                .and_then(|name| name.to_str())
                .ok_or_else(|| Failure::usage(NoName { path: path.clone() }))?;
            let bytes = read_bounded(&world.resolve(path), ATTACHMENT_LENGTH)?;
            change.add_attachment(name.to_owned(), bytes)?;
        }
        if let Some(path) = &self.issuers {
            change.issuers = Some(read_envelope(world, path, ISSUERS_LENGTH)?);
        }
        Ok(change)
    }

    fn show(&self, world: &mut World, published: &Shown<'_>, told: Outcome) -> Verdict {
        if self.json {
            show_json(world, published)?;
        } else if published.changed {
            for path in published.published {
                writeln!(world.stdout, "published {}", escape_control(path))?;
            }
            for path in published.delisted {
                writeln!(world.stdout, "no longer listed {}", escape_control(path))?;
            }
            writeln!(
                world.stderr,
                "targets version {}, snapshot {}, timestamp {}",
                published.targets, published.snapshot, published.timestamp
            )?;
        }
        Ok(told)
    }
}

/// Reads an envelope of the caller's.
pub fn read_envelope(world: &mut World, path: &Path, max_bytes: u64) -> Result<Envelope, Failure> {
    let bytes = read_input(world, path, max_bytes)?;
    Envelope::parse(&bytes, max_bytes).map_err(|source| {
        Failure::usage(NotOne { path: path.to_path_buf(), source })
            .hint("an envelope is made from a draft: interdict-publisher sign DRAFT --key KEY")
    })
}
