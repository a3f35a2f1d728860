//! `key lost` and `key compromised`: the plan first, then, after a yes, what this program can do of it.

mod text;

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::{Args, Parser};
use interdict_host::cli::GlobalArgs;
use interdict_host::exit::{Exit, Outcome};
use interdict_host::signer::{Credentials, KeyUri, SecretSources};
use interdict_host::stream::Stream;
use interdict_host::world::World;
use interdict_host::write::Mode;
use interdict_schema::dsse::Envelope;
use interdict_schema::issuers::{IssuerKey, KeyState};
use interdict_schema::limits::{DRAFT_LENGTH, ENVELOPE_LENGTH};
use interdict_schema::tuf::{Key, RoleType};
use serde::Serialize;
use thiserror::Error;

use super::init::{any_key, officer_key};
use super::journaled::noted;
use super::rotate::interrupted::{self, Finished};
use super::shared::{RepoArgs, RoleKeyArgs, SecretArgs, confirm, current, show_json};
use super::{Cli, Failure, Verdict, ceremony};
use crate::ceremony::KeyId;
use crate::gone::{
    By, Event, ListError, Means, NoOwner, OfficerPlan, Owned, Owner, Plan, RolePlan, Step, draft_name,
    envelope_name, next_list, next_state, officer_plan, owner, role_plan, vouched,
};
use crate::journal::{Deed, Verb, standing};
use crate::keyring;
use crate::repository::client_view;
use crate::repository::current::Current;
use crate::repository::files::Folder;
use crate::repository::{Repository, Settings};
use crate::standing::{Of, Short, holdings, shortfalls};

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

/// A plan with what it needs to be carried out.
struct Prepared {
    plan: Plan,
    of: Of,
    again: Vec<Short>,
    /// The draft of the next list of issuers.
    draft: Option<(String, String)>,
}

/// What is published, and what people call the keys.
struct Known {
    repository: Repository,
    settings: Settings,
    folder: Folder,
    current: Current,
    labels: BTreeMap<String, String>,
}

impl Known {
    fn name(&self, keyid: &str) -> String {
        self.labels.get(keyid).cloned().unwrap_or_else(|| keyid.to_owned())
    }

    fn officer(&self, key: &IssuerKey) -> String {
        let keyid = key.public_key().map(|public| Key::of(&public).keyid());
        let known = key.holder.clone().or_else(|| self.labels.get(keyid.as_ref()?).cloned());
        known.or(keyid).unwrap_or_else(|| key.public.clone())
    }

    fn root(&self, without: Option<&str>) -> Vec<String> {
        let keyids = &self.current.root().signed().role(RoleType::Root).keyids;
        keyids.iter().filter(|keyid| Some(keyid.as_str()) != without).map(|keyid| self.name(keyid)).collect()
    }
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

    fn known(&self, world: &World) -> Result<Known, Failure> {
        let (repository, settings) = self.repo.open(world)?;
        let (folder, current) = current(&repository)?;
        let mut labels = standing(&repository)?.labels;
        labels.extend(settings.holders.clone());
        labels.extend(
            super::shared::holders(current.issuers()).map(|(keyid, holder)| (keyid, holder.to_owned())),
        );
        Ok(Known { repository, settings, folder, current, labels })
    }

    fn repo_text(&self) -> String {
        self.repo.repo.display().to_string()
    }

    fn pending_text(&self) -> String {
        let beside = || self.repo.repo.join("pending");
        self.pending.clone().unwrap_or_else(beside).display().to_string()
    }

    fn of_role(
        &self,
        known: &Known,
        owned: &Owned,
        role: RoleType,
        event: Event,
        global: &GlobalArgs,
        world: &mut World,
    ) -> Prepared {
        let root = known.current.root().signed();
        let mut credentials = Credentials::of(world, global.example_keys(), SecretSources::default());
        let holdings = holdings(&known.current, &known.settings.keys, &known.labels, &mut credentials);
        let of_root = holdings.iter().find(|holding| holding.of == Of::Role(RoleType::Root.to_string()));
        let here = of_root.into_iter().flat_map(|holding| &holding.keys);
        // What somebody else has as well still signs, once more, for whom it was taken from.
        let signs = |keyid: &str| event == Event::Compromised || keyid != owned.keyid;
        let (own, others): (Vec<_>, Vec<_>) =
            here.filter(|key| signs(&key.keyid)).partition(|key| key.keyid == owned.keyid);
        let root_here: Vec<String> =
            others.into_iter().chain(own).filter_map(|key| key.uri.clone()).collect();
        drop(credentials);
        let with_is_here =
            self.with.as_deref().and_then(|with| KeyUri::parse(with.as_ref()).ok()).is_some_and(|uri| {
                let uri = uri.beneath(&world.current_dir);
                keyring::find(&uri, &mut self.secrets.credentials(global.example_keys(), world)).is_ok()
            });
        let keys = root.role(role);
        let left = keys.keyids.iter().filter(|keyid| **keyid != owned.keyid);
        let plan = role_plan(&RolePlan {
            keyid: &owned.keyid,
            name: &known.name(&owned.keyid),
            role,
            event,
            threshold: keys.threshold,
            left: &left.map(|keyid| known.name(keyid)).collect::<Vec<_>>(),
            root_threshold: root.role(RoleType::Root).threshold,
            root_left: &known.root(Some(&owned.keyid)),
            with: self.with.as_deref(),
            with_is_here,
            root_here: &root_here,
            repo: &self.repo_text(),
            next_root: root.version.saturating_add(1),
            timestamp_expires: known.current.timestamp().signed().expires,
            pending: &self.pending_text(),
        });
        Prepared { plan, of: Of::Role(role.to_string()), again: Vec::new(), draft: None }
    }

    fn of_officer(
        &self,
        known: &Known,
        owned: &Owned,
        (issuer, public, state): (&String, &str, KeyState),
        event: Event,
        with: Option<&IssuerKey>,
    ) -> Result<Prepared, Failure> {
        let next = next_state(event);
        if state == next || state == KeyState::Compromised {
            let state = if state == KeyState::Retired { "retired" } else { "compromised" };
            let error = GoneError::Already { keyid: owned.keyid.clone(), state };
            return Err(Failure::usage(error).hint("it counts for nothing new; there is nothing to do"));
        }
        let listed = known.current.issuers().issuers.iter().flat_map(|issuer| &issuer.keys);
        let key = listed.clone().find(|key| key.public == public).and_then(IssuerKey::public_key);
        let vouches = match (event, &key) {
            (Event::Lost, Some(key)) => vouched(&known.current, &known.folder, issuer, key)?,
            _ => Vec::new(),
        };
        let with = with.map(|key| (key.public.as_str(), key.holder.as_deref()));
        let (list, draft) = next_list(&known.current, public, next, &vouches, with)?;
        let again = shortfalls(&known.current, &known.folder, &list)?;
        let of_issuer = list.issuers.iter().find(|of| of.id == *issuer);
        let active: Vec<&IssuerKey> = of_issuer
            .into_iter()
            .flat_map(|of| &of.keys)
            .filter(|key| key.state == KeyState::Active)
            .collect();
        // Who is new in the list cannot sign before the list is there.
        let new = with.and_then(|(public, _)| active.iter().find(|key| key.public == public));
        let new = new.map(|key| known.officer(key));
        let old = |short: &Short| short.may_sign.iter().filter(|name| Some(*name) != new.as_ref()).count();
        let mut again = again;
        let together = again.iter().any(|short| {
            let missing = short.threshold.saturating_sub(short.signatures);
            u32::try_from(old(short)).unwrap_or(u32::MAX) < missing
        });
        if !together {
            for short in &mut again {
                short.may_sign.retain(|name| Some(name) != new.as_ref());
            }
        }
        let root = known.current.root().signed();
        let plan = officer_plan(&OfficerPlan {
            issuer,
            event,
            threshold: of_issuer.map_or(0, |of| of.threshold),
            active: &active.iter().map(|key| known.officer(key)).collect::<Vec<_>>(),
            root_threshold: root.role(RoleType::Root).threshold,
            root: &known.root(None),
            vouches: vouches.len(),
            again: &again,
            together,
            has_another: with.is_some(),
            version: list.version,
            repo: &self.repo_text(),
            pending: &self.pending_text(),
        });
        let draft = Some((draft_name(list.version), draft));
        Ok(Prepared { plan, of: Of::Issuer(issuer.clone()), again, draft })
    }

    /// Does the steps that are this program's, in their order, and gives their numbers. What is there already is left as it is.
    fn carry_out(
        &self,
        known: &Known,
        prepared: &Prepared,
        global: &GlobalArgs,
        world: &mut World,
    ) -> Result<Vec<usize>, Failure> {
        let pending = world.resolve(self.pending_text());
        world.disk.create_dir_all_synced(&pending, Mode::Public)?;
        if let Some((name, draft)) = &prepared.draft {
            put(world, &pending.join(name), draft.as_bytes(), |there| there == draft.as_bytes())?;
        }
        for short in &prepared.again {
            let envelope = published(known, short)?;
            let same = |there: &[u8]| {
                Envelope::parse(there, ENVELOPE_LENGTH).is_ok_and(|there| there.payload == envelope.payload)
            };
            put(world, &pending.join(envelope_name(&short.path)), &envelope.to_bytes(), same)?;
        }
        let mut done = Vec::new();
        for (index, step) in prepared.plan.steps.iter().enumerate() {
            if step.by != By::ThisProgram {
                continue;
            }
            if !step.command.is_empty() && !is_there(world, step) {
                self.run_step(step, global, world)?;
            }
            done.push(index + 1);
        }
        Ok(done)
    }

    /// The options with which secrets are read, for a command that this one runs.
    fn secrets(&self) -> Vec<OsString> {
        let SecretArgs { passphrase, pin_file, pin_fd } = &self.secrets;
        let file = |flag: &str, file: &Option<PathBuf>| {
            file.as_ref().map(|file| [OsString::from(flag), file.clone().into_os_string()])
        };
        let pin_fd = pin_fd.map(|number| [OsString::from("--pin-fd"), number.to_string().into()]);
        let all =
            [file("--passphrase-file", &passphrase.passphrase_file), file("--pin-file", pin_file), pin_fd];
        all.into_iter().flatten().flatten().collect()
    }

    /// Runs a step's command as it was printed, without another question.
    fn run_step(&self, step: &Step, global: &GlobalArgs, world: &mut World) -> Result<(), Failure> {
        let mut arguments: Vec<OsString> = step.command.iter().map(OsString::from).collect();
        if step.command.get(1).is_some_and(|verb| verb == "rotate") {
            arguments.push("--yes".into());
            arguments.extend(self.secrets());
        }
        let cli = Cli::try_parse_from(arguments).expect("a command of a plan is one of this program's");
        let shown = self.json.then(|| std::mem::replace(&mut world.stdout, Stream::new(io::sink())));
        let ran = cli.verb.run(global, world);
        if let Some(stdout) = shown {
            world.stdout = stdout;
        }
        ran.map(|_| ())
    }
}

fn keyid_of(key: &IssuerKey) -> Option<String> {
    key.public_key().map(|public| Key::of(&public).keyid())
}

/// The published envelope of a document.
fn published(known: &Known, short: &Short) -> Result<Envelope, Failure> {
    let listed = known.current.targets().signed().targets.get(&short.path);
    let missing = || client_view::ViewError::Missing { file: format!("targets/{}", short.path) };
    let listed = listed.ok_or_else(missing)?;
    Ok(client_view::envelope(known.current.set(), &known.folder, &short.path, listed, ENVELOPE_LENGTH)?)
}

/// Writes a file, unless it is there already: as it would be written, or further along.
fn put(world: &World, path: &Path, bytes: &[u8], same: impl Fn(&[u8]) -> bool) -> Result<(), Failure> {
    if !path.exists() {
        return Ok(world.disk.write_new(path, bytes, Mode::Public)?);
    }
    let there = interdict_host::read::read_bounded(path, DRAFT_LENGTH.max(ENVELOPE_LENGTH))?;
    if same(&there) {
        return Ok(());
    }
    Err(Failure::usage(GoneError::InTheWay { path: path.to_path_buf() })
        .hint("it is perhaps of another key: finish that first, or move it away"))
}

/// Whether a file that a step begins was begun before: whoever has signed it must not lose that.
fn is_there(world: &World, step: &Step) -> bool {
    let mut arguments = step.command.iter();
    let output = arguments.find(|argument| *argument == "--output").and_then(|_| arguments.next());
    output.is_some_and(|output| world.resolve(output).exists())
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
