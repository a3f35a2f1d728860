//! `key lost` and `key compromised`: the plan first, then, after a yes, what this program can do of it.

mod carry_out;
mod prepare;
mod text;

use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use interdict_host::cli::GlobalArgs;
use interdict_host::exit::{Exit, Outcome};
use interdict_host::world::World;
use interdict_schema::issuers::IssuerKey;
use interdict_schema::tuf::Key;
use serde::Serialize;
use thiserror::Error;

use super::init::{any_key, officer_key};
use super::journaled::noted;
use super::rotate::interrupted::{self, Finished};
use super::shared::{RepoArgs, RoleKeyArgs, SecretArgs, confirm, show_json};
use super::{Failure, Verdict, ceremony};
use crate::ceremony::KeyId;
use crate::gone::{By, Event, ListError, Means, NoOwner, Owner, Plan, owner};
use crate::journal::{Deed, Verb};
use crate::standing::{Of, Short};

/// Says what has to be done where a key is lost, and does what it can of it after a yes
#[derive(Debug, Args)]
#[command(after_help = "Example, an officer's key with another in its place:\n  \
    interdict-publisher key lost 1a2b3c4d --with officer-4.pub.json --repo repo\n\n\
    `interdict-publisher status` shows the keyids. The plan is shown before anything happens.")]
pub struct LostArgs {
    #[command(flatten)]
    args: GoneArgs,
}

/// Says what has to be done where somebody else has a key, and does what it can of it after a yes
#[derive(Debug, Args)]
#[command(after_help = "Example, the timestamp key, with the root keys at hand:\n  \
    interdict-publisher key new timestamp-2.key --label timestamp-2 --unencrypted\n  \
    interdict-publisher key compromised 1a2b3c4d --with timestamp-2.key --repo repo\n\n\
    `interdict-publisher status` shows the keyids. The plan is shown before anything happens.")]
pub struct CompromisedArgs {
    #[command(flatten)]
    args: GoneArgs,
}

#[derive(Debug, Args)]
struct GoneArgs {
    /// The key: its keyid, or the first 8 or more digits of it
    #[arg(value_name = "KEYID")]
    keyid: KeyId,

    /// The key that takes its place: a key file, what `key public` wrote, 64 hexadecimal digits, or another key URI
    #[arg(long, value_name = "KEY")]
    with: Option<String>,

    #[command(flatten)]
    repo: RepoArgs,

    /// Where files that travel are written [default: pending in the repository's folder]
    #[arg(long, value_name = "DIR")]
    pending: Option<PathBuf>,

    /// Show the plan alone
    #[arg(long, conflicts_with = "yes")]
    dry_run: bool,

    /// Do without asking what this program can do of it
    #[arg(short, long)]
    yes: bool,

    #[command(flatten)]
    secrets: SecretArgs,

    /// Show the plan, and what was done of it, as JSON
    #[arg(long)]
    json: bool,
}

impl LostArgs {
    pub fn json(&self) -> bool {
        self.args.json
    }

    pub fn run(&self, global: &GlobalArgs, world: &mut World) -> Verdict {
        self.args.run(Event::Lost, global, world)
    }
}

impl CompromisedArgs {
    pub fn json(&self) -> bool {
        self.args.json
    }

    pub fn run(&self, global: &GlobalArgs, world: &mut World) -> Verdict {
        self.args.run(Event::Compromised, global, world)
    }
}

/// Why there is nothing to plan, or to do.
#[derive(Debug, Error)]
enum GoneError {
    #[error("the list of issuers has the key {keyid} as {state} already")]
    Already { keyid: String, state: &'static str },
    #[error("{} holds something else", path.display())]
    InTheWay { path: PathBuf },
    #[error("the key that takes its place is the same key")]
    Same,
    #[error("the key that takes its place serves already, wanted one that serves nowhere: {keyid}")]
    Serves { keyid: String },
}

/// What is shown.
#[derive(Debug, Serialize)]
struct Shown<'a> {
    format: &'static str,
    keyid: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<&'a str>,
    #[serde(flatten)]
    of: Of,
    event: Event,
    #[serde(flatten)]
    plan: &'a Plan,
    signed_again: &'a [Short],
    /// The numbers of the steps that were done, from 1.
    done: Vec<usize>,
}

impl GoneArgs {
    fn run(&self, event: Event, global: &GlobalArgs, world: &mut World) -> Verdict {
        let finished = self.finish_interrupted(global, world)?;
        let known = self.known(world)?;
        let owned = match (owner(&known.current, &self.keyid), finished) {
            // It was its own step that was interrupted.
            (Err(NoOwner::Unknown { .. }), Some(finished)) => {
                return ceremony::finish::show(world, &finished.report, finished.told, self.json);
            }
            (owned, _) => owned?,
        };
        let read = if matches!(owned.owner, Owner::Role(_)) { any_key } else { officer_key };
        let with = self.with.as_deref().map(|with| read(world, with, global.example_keys())).transpose()?;
        if with.as_ref().and_then(keyid_of).is_some_and(|keyid| keyid == owned.keyid) {
            return Err(
                Failure::usage(GoneError::Same).hint("make another with `interdict-publisher key new`")
            );
        }
        if let Some(keyid) = with.as_ref().and_then(keyid_of)
            && keyid.parse().is_ok_and(|keyid| owner(&known.current, &keyid).is_ok())
        {
            return Err(Failure::usage(GoneError::Serves { keyid })
                .hint("make another with `interdict-publisher key new`; nothing was changed"));
        }
        let prepared = match &owned.owner {
            Owner::Role(role) => self.of_role(&known, &owned, *role, event, global, world),
            Owner::Officer { issuer, public, state } => {
                self.of_officer(&known, &owned, (issuer, public, *state), event, with.as_ref())?
            }
        };
        let label = known.labels.get(&owned.keyid).map(String::as_str);
        let mut shown = Shown {
            format: "interdict-publisher-key-gone/1",
            keyid: &owned.keyid,
            label,
            of: prepared.of.clone(),
            event,
            plan: &prepared.plan,
            signed_again: &prepared.again,
            done: Vec::new(),
        };
        if !self.json {
            text::show(world, &shown)?;
        }
        let ours = prepared.plan.steps.iter().any(|step| step.by == By::ThisProgram);
        let mut outcome = Outcome::done();
        if ours && !self.dry_run {
            confirm(world, self.yes, "Do what this program can do of it?")?;
            let of = match &prepared.of {
                Of::Role(role) => format!("the {role} role"),
                Of::Issuer(issuer) => format!("the issuer {issuer}"),
            };
            let about = format!("the key {} of {of} is {}", owned.keyid, event.word());
            let verb = if event == Event::Lost { Verb::KeyLost } else { Verb::KeyCompromised };
            let deed = Deed::new(verb).about(&about);
            let deed = label.into_iter().fold(deed, |deed, label| deed.called(&owned.keyid, label));
            outcome.merge(&noted(world, &known.repository, &deed)?);
            shown.done = self.carry_out(&known, &prepared, global, world)?;
        }
        let left = prepared.plan.steps.iter().enumerate();
        let next =
            left.map(|(index, step)| (index + 1, step)).find(|(number, _)| !shown.done.contains(number));
        if !self.dry_run && next.is_some() {
            outcome.add(Exit::Findings);
        }
        if self.json {
            show_json(world, &shown)?;
        } else if let (Some((number, _)), false) = (next, self.dry_run) {
            text::next(world, number)?;
        }
        Ok(outcome)
    }

    fn finish_interrupted(
        &self,
        global: &GlobalArgs,
        world: &mut World,
    ) -> Result<Option<Finished>, Failure> {
        let (repository, _) = self.repo.open(world)?;
        if !repository.rotation_path().exists() {
            return Ok(None);
        }
        let now = world.now()?;
        let _lock = repository.lock()?;
        let keys = RoleKeyArgs { keys: Vec::new(), secrets: self.secrets.clone() };
        let finished = interrupted::finish(world, global, &repository, &keys, now)?;
        if finished.is_some() {
            writeln!(world.stderr, "finished what an interrupted rotation had begun")?;
        }
        Ok(finished)
    }
}

fn keyid_of(key: &IssuerKey) -> Option<String> {
    key.public_key().map(|public| Key::of(&public).keyid())
}

impl From<NoOwner> for Failure {
    fn from(error: NoOwner) -> Self {
        let hint = match error {
            NoOwner::Unknown { .. } => "`interdict-publisher status` shows every key that counts",
            NoOwner::Ambiguous { .. } => "give more of its digits",
        };
        Self::usage(error).hint(hint)
    }
}

impl From<ListError> for Failure {
    fn from(error: ListError) -> Self {
        Self::new(error, Exit::Refused).hint("write the next list by hand, and let the root keys sign it")
    }
}

/// What a plan means for clients, for people.
fn in_words(clients: Means) -> &'static str {
    match clients {
        Means::FollowAlong => "follow along: nobody has to do anything there",
        Means::PinAnew => "each of them has to pin the root of a new repository",
    }
}
