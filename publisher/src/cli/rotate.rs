//! `rotate`: other keys, another threshold or lifetime for a role; at once where the keys are here, else as a ceremony.

pub mod interrupted;

use std::collections::BTreeMap;
use std::io::Write;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use interdict_host::cli::GlobalArgs;
use interdict_host::exit::{Exit, Outcome};
use interdict_host::signer::KeyUri;
use interdict_host::world::World;
use interdict_schema::DateTime;
use interdict_schema::ceremony::Kind;
use interdict_schema::issuers::TARGET_PATH;
use interdict_schema::payload_type;
use interdict_schema::tuf::RoleType;
use thiserror::Error;

use super::ceremony::install::{Installation, Prepared, sign_missing, write_settings};
use super::ceremony::start::{Published, public_key};
use super::ceremony::status::{Status, headline};
use super::ceremony::{finish, write_new};
use super::shared::{RepoArgs, RoleKeyArgs, confirm, show_lines, shown};
use super::{Failure, Verdict};
use crate::ceremony::{
    Beginning, KeyId, Opened, Rotation, document, of_document, root_document, targets_document,
};
use crate::journal::Verb;
use crate::publish::{Resign, StageRefusal, counts_under, resign};
use crate::repository::client_view::open_issuers;
use crate::repository::{Lifetime, Settings, write};

/// Changes a role's keys, threshold or lifetime: at once where enough keys are at hand, else as a file for officers to sign
#[derive(Debug, Args)]
#[command(after_help = "Without any change the root is renewed: the same for another lifetime.\n\n\
    Example, a renewal with two keys at hand, and another timestamp key:\n  \
    interdict-publisher rotate root --lifetime 365d --key root-1.key --key root-2.key --repo repo\n  \
    interdict-publisher rotate timestamp --replace 1a2b3c4d=timestamp-2.key --repo repo \\\n    \
    --key timestamp-2.key --key root-1.key --key root-2.key")]
pub struct RotateArgs {
    /// Whose keys, threshold or lifetime change
    #[arg(value_enum)]
    role: RoleArg,

    #[command(flatten)]
    change: ChangeArgs,

    #[command(flatten)]
    repo: RepoArgs,

    #[command(flatten)]
    keys: RoleKeyArgs,

    /// Where the file for officers is written, where keys are elsewhere; ROLE-VERSION.ceremony.json unless given
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,

    /// How long officers have to sign it, at most 366d
    #[arg(long, value_name = "TIME", default_value = "30d")]
    valid_for: Lifetime,

    /// Sign without asking
    #[arg(short, long)]
    yes: bool,

    /// Show the result as JSON
    #[arg(long)]
    pub json: bool,
}

/// A role, as it is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum RoleArg {
    /// Whose keys count; signs the next root and the list of issuers
    Root,
    /// What is published
    Targets,
    /// Which targets are current
    Snapshot,
    /// Which snapshot is current
    Timestamp,
}

impl From<RoleArg> for RoleType {
    fn from(role: RoleArg) -> Self {
        match role {
            RoleArg::Root => Self::Root,
            RoleArg::Targets => Self::Targets,
            RoleArg::Snapshot => Self::Snapshot,
            RoleArg::Timestamp => Self::Timestamp,
        }
    }
}

/// What changes.
#[derive(Debug, Args)]
pub struct ChangeArgs {
    /// A key that the role gets: a key file, what `key show --json` printed, or 64 hexadecimal digits; may be repeated
    #[arg(long, value_name = "KEY")]
    add: Vec<String>,

    /// A key that the role loses: its keyid, or the first 8 or more digits of it; may be repeated
    #[arg(long, value_name = "KEYID")]
    remove: Vec<KeyId>,

    /// A key of the role and the one that takes its place; may be repeated
    #[arg(long, value_name = "KEYID=KEY")]
    replace: Vec<String>,

    /// How many of the role's keys must sign
    #[arg(long, value_name = "N")]
    threshold: Option<u32>,

    /// How long the role's metadata is valid, from now on
    #[arg(long, value_name = "TIME")]
    lifetime: Option<Lifetime>,
}

/// A change that cannot be read.
#[derive(Debug, Error)]
#[error("found {found:?}, wanted KEYID=KEY")]
struct NotAReplacement {
    found: String,
}

impl ChangeArgs {
    fn rotation(
        &self,
        role: RoleType,
        global: &GlobalArgs,
        world: &mut World,
    ) -> Result<(Rotation, BTreeMap<String, String>), Failure> {
        let mut rotation = Rotation::renewal(role);
        let mut holders = BTreeMap::new();
        rotation.remove.clone_from(&self.remove);
        rotation.threshold = self.threshold;
        for text in &self.add {
            let (public, holder) = public_key(world, text, global)?;
            holders.extend(holder);
            rotation.add.push(public);
        }
        for text in &self.replace {
            let Some((keyid, text)) = text.split_once('=') else {
                return Err(Failure::usage(NotAReplacement { found: text.clone() }));
            };
            let (public, holder) = public_key(world, text, global)?;
            holders.extend(holder);
            rotation.replace.push((keyid.parse::<KeyId>()?, public));
        }
        Ok((rotation, holders))
    }

    /// The change, in words that are the same for the same change and for no other.
    fn in_words(&self, role: RoleType) -> String {
        format!("{role} {self:?}")
    }

    /// Whether nothing but the lifetime of metadata changes that needs no new root.
    fn is_online_lifetime(&self, role: RoleType) -> bool {
        let keys = !self.add.is_empty() || !self.remove.is_empty() || !self.replace.is_empty();
        matches!(role, RoleType::Snapshot | RoleType::Timestamp)
            && !keys
            && self.threshold.is_none()
            && self.lifetime.is_some()
    }

    /// The ceremony that carries it out.
    pub fn opened(
        &self,
        role: RoleType,
        published: &Published,
        valid_for: Lifetime,
        global: &GlobalArgs,
        world: &mut World,
        now: DateTime,
    ) -> Result<Opened, Failure> {
        let current = &published.current;
        let before = current.root().signed();
        let (rotation, new_holders) = self.rotation(role, global, world)?;
        let mut holders = published.holders.clone();
        holders.extend(new_holders);
        let mut lifetimes = published.lifetimes;
        let lifetime = self.lifetime.map(|lifetime| (role.to_string(), lifetime.to_string()));
        let beginning =
            Beginning { now, valid_for, holders, lifetimes: lifetime.into_iter().collect(), journal: None };
        if role == RoleType::Targets {
            lifetimes.targets = self.lifetime.unwrap_or(lifetimes.targets);
        }
        let anew = || {
            let what = Resign { targets: true, snapshot: false };
            let targets = resign(current, what, now, &lifetimes).targets;
            targets.map(|targets| targets_document(&targets)).transpose().map_err(StageRefusal::from)
        };
        if role == RoleType::Targets && !rotation.changes_keys() {
            return published.begin(beginning, Kind::Targets, anew()?.into_iter().collect());
        }
        let of_root = self.lifetime.filter(|_| role == RoleType::Root).unwrap_or(lifetimes.root);
        let root = rotation.next(before, now, of_root, beginning.valid_for.after(now))?;
        let mut documents = vec![root_document(&root).map_err(StageRefusal::from)?];
        let envelope = current.issuers_envelope();
        if open_issuers(envelope, &root).is_err() {
            // The same list, which the keys of the new root have to vouch for.
            let text = String::from_utf8_lossy(&envelope.payload).into_owned();
            documents.push(document(TARGET_PATH.to_owned(), payload_type::ISSUERS, text));
        } else if role == RoleType::Targets && !counts_under(current.targets(), &root) {
            documents.extend(anew()?);
        }
        published.begin(beginning, Kind::Root, documents)
    }
}

impl RotateArgs {
    pub fn run(&self, global: &GlobalArgs, world: &mut World) -> Verdict {
        let now = world.now()?;
        let role = RoleType::from(self.role);
        let (repository, _) = self.repo.open(world)?;
        let _lock = repository.lock()?;
        write::prepare(&world.disk, &repository)?;
        let asked = self.change.in_words(role);
        if let Some(finished) = interrupted::finish(world, global, &repository, &self.keys, now)? {
            writeln!(world.stderr, "finished what an interrupted rotation had begun")?;
            if finished.asked == asked {
                return finish::show(world, &finished.report, finished.told, self.json);
            }
        }
        let settings = Settings::read(&repository)?;
        if let (true, Some(lifetime)) = (self.change.is_online_lifetime(role), self.change.lifetime) {
            let mut next = settings.clone();
            match role {
                RoleType::Snapshot => next.lifetimes.snapshot = lifetime,
                _ => next.lifetimes.timestamp = lifetime,
            }
            write_settings(world, &repository, &next)?;
            writeln!(
                world.stderr,
                "the {role} lives {lifetime} from its next signature on\nnext: interdict-publisher refresh {}--repo {}",
                if role == RoleType::Snapshot { "--snapshot " } else { "" },
                shown(repository.dir())
            )?;
            return Ok(Outcome::done());
        }
        let published = Published::of(&repository, &settings)?;
        published.current.check_clock(now, &settings.lifetimes)?;
        let mut opened = self.change.opened(role, &published, self.valid_for, global, world, now)?;
        let given = self.keys.given(world);
        let is_there = |uri: &KeyUri| uri.file().is_none_or(std::path::Path::exists);
        let at_hand = !given.is_empty() || settings.keys.root.iter().any(is_there);
        if at_hand {
            show_lines(world, &headline(&opened))?;
            for open in opened.documents() {
                writeln!(world.stderr, "to be signed: {}", open.what)?;
                show_lines(world, &of_document(&opened, open, now))?;
            }
            confirm(world, self.yes, "Sign this with the keys that are here?")?;
        }
        let installation = Installation {
            repository: &repository,
            settings: &settings,
            given: &given,
            attach: &[],
            envelopes: &[],
            verb: Verb::Rotate,
            now,
        };
        let (mut keyring, mut credentials) = self.keys.keyring(&settings.keys, global, world)?;
        if at_hand {
            for of in [RoleType::Root, RoleType::Targets] {
                sign_missing(&mut opened, of, &mut keyring, &mut credentials)?;
            }
        }
        if !opened.missing().is_empty() {
            return self.travel(world, role, &opened);
        }
        let prepared = installation.prepare(&opened, &mut keyring, &mut credentials)?;
        if let Prepared::Targets(with) = &prepared {
            return self.travel(world, role, with);
        }
        let turns = opened.root().is_some();
        if turns {
            interrupted::keep(world, &repository, &asked, &opened)?;
        }
        let Some((report, told)) = installation.write(world, prepared)? else { return Ok(Outcome::done()) };
        if turns {
            interrupted::let_go(world, &repository)?;
        }
        finish::show(world, &report, told, self.json)
    }

    /// Officers are elsewhere: the file goes to them.
    fn travel(&self, world: &mut World, role: RoleType, opened: &Opened) -> Verdict {
        let version = match (opened.root(), opened.targets()) {
            (Some(root), _) => root.version,
            (None, targets) => targets.map_or(0, |targets| targets.version),
        };
        let name = || PathBuf::from(format!("{role}-{version}.ceremony.json"));
        let path = self.output.clone().unwrap_or_else(name);
        write_new(world, &path, opened)?;
        writeln!(world.stderr, "keys are elsewhere: nothing was changed, and this is for officers to sign")?;
        Status::of(&path, opened, Vec::new()).show(world, opened, self.json)?;
        Ok(Outcome::from(Exit::Findings))
    }
}
