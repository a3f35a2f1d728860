//! `ceremony start`: writes the file that travels.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use interdict_host::cli::GlobalArgs;
use interdict_host::exit::{Exit, Outcome};
use interdict_host::journal::Journal;
use interdict_host::world::World;
use interdict_schema::ceremony::Kind;
use interdict_schema::directive::Directive;
use interdict_schema::directive::draft::{is_entity_list, is_waiver, payload_of};
use interdict_schema::directive::lint::{self, Context, Previous};
use interdict_schema::directive::resolve::Rights;
use interdict_schema::entity::EntityList;
use interdict_schema::issuers::{Issuers, TARGET_PATH};
use interdict_schema::key::PublicKey;
use interdict_schema::limits::{DRAFT_LENGTH, ISSUERS_LENGTH};
use interdict_schema::tuf::{Key, RoleType};
use interdict_schema::waiver::WaiverDocument;
use interdict_schema::{DateTime, Sha256, payload_type};
use thiserror::Error;

use super::status::{Status, headline};
use super::{Verdict, first_root, note, write_new};
use crate::ceremony::{Beginning, CeremonyRefusal, Opened, RotationRefusal, document, root_document};
use crate::cli::Failure;
use crate::cli::init::{IssuerArgs, LifetimeArgs, any_key, default_threshold};
use crate::cli::rotate::ChangeArgs;
use crate::cli::shared::{RepoArgs, check_example_keys, current, read_input, show_lines};
use crate::cli::sign::refuse_errors;
use crate::journal::Verb;
use crate::officer::{Input, InputError};
use crate::publish::{Founding, StageRefusal};
use crate::repository::client_view::repository_keys;
use crate::repository::current::{Current, documents};
use crate::repository::files::Folder;
use crate::repository::relations::Relations;
use crate::repository::{Lifetime, Repository};

/// Writes a file that officers sign where they are: of a new repository, root, targets, list of issuers, or of directives
#[derive(Debug, Subcommand)]
pub enum StartVerb {
    Founding(Box<FoundingArgs>),
    Root(RootArgs),
    Targets(TargetsArgs),
    Issuers(IssuersArgs),
    Directive(DirectiveArgs),
}

/// What all of them share.
#[derive(Debug, Args)]
pub struct TravelArgs {
    /// Where the file is written; nothing is overwritten
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,

    /// How long officers have to sign it, at most 366d
    #[arg(long, value_name = "TIME", default_value = "30d")]
    pub valid_for: Lifetime,

    /// Show the result as JSON
    #[arg(long)]
    pub json: bool,
}

/// Starts a new repository: officers' public keys are enough here
#[derive(Debug, Args)]
#[command(after_help = "A key is what `key show --json` printed, a key file, or 64 hexadecimal digits.\n\n\
    Example, two of three for the root, two of two for the targets:\n  \
    interdict-publisher ceremony start founding --root-key alice.pub.json --root-key bob.pub.json \\\n    \
    --root-key carol.pub.json --targets-key alice-2.pub.json --targets-key bob-2.pub.json \\\n    \
    --snapshot-key snapshot.pub.json --timestamp-key timestamp.pub.json --issuer dhs --prefix BOD \\\n    \
    --officer officer-1.pub.json --officer officer-2.pub.json -o founding.ceremony.json")]
pub struct FoundingArgs {
    /// A public key of the root role; may be repeated
    #[arg(long = "root-key", value_name = "KEY", required = true)]
    root_keys: Vec<String>,

    /// How many root keys must sign; 2, or 1 where there is one key, unless given
    #[arg(long, value_name = "N")]
    root_threshold: Option<u32>,

    /// A public key of the targets role; may be repeated
    #[arg(long = "targets-key", value_name = "KEY", required = true)]
    targets_keys: Vec<String>,

    /// How many targets keys must sign; 2, or 1 where there is one key, unless given
    #[arg(long, value_name = "N")]
    targets_threshold: Option<u32>,

    /// The public key of the snapshot role
    #[arg(long, value_name = "KEY")]
    snapshot_key: String,

    /// The public key of the timestamp role
    #[arg(long, value_name = "KEY")]
    timestamp_key: String,

    #[command(flatten)]
    issuer: IssuerArgs,

    #[command(flatten)]
    lifetimes: LifetimeArgs,

    #[command(flatten)]
    travel: TravelArgs,
}

/// Starts the next root: other keys or thresholds of a role, or the same for longer
#[derive(Debug, Args)]
#[command(after_help = "Example, a renewal, and another key in the place of one that is lost:\n  \
    interdict-publisher ceremony start root --repo repo -o root-2.ceremony.json\n  \
    interdict-publisher ceremony start root --replace 1a2b3c4d=dave.pub.json --repo repo \\\n    \
    -o root-2.ceremony.json")]
pub struct RootArgs {
    /// Whose keys change
    #[arg(long, value_enum, value_name = "ROLE", default_value = "root")]
    role: crate::cli::rotate::RoleArg,

    #[command(flatten)]
    change: ChangeArgs,

    #[command(flatten)]
    repo: RepoArgs,

    #[command(flatten)]
    travel: TravelArgs,
}

/// Starts new targets: with other keys, which is a new root as well, or the same for longer
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  interdict-publisher ceremony start targets --repo repo -o targets.ceremony.json"
)]
pub struct TargetsArgs {
    #[command(flatten)]
    change: ChangeArgs,

    #[command(flatten)]
    repo: RepoArgs,

    #[command(flatten)]
    travel: TravelArgs,
}

/// Starts the next list of issuers, which the root keys sign
#[derive(Debug, Args)]
pub struct IssuersArgs {
    /// The list: the payload of issuers.json, comments allowed
    file: PathBuf,

    #[command(flatten)]
    repo: RepoArgs,

    #[command(flatten)]
    travel: TravelArgs,
}

/// Starts directives, lists of identifiers and waivers, which their issuer's officers sign
#[derive(Debug, Args)]
pub struct DirectiveArgs {
    /// The drafts
    #[arg(required = true)]
    files: Vec<PathBuf>,

    #[command(flatten)]
    repo: RepoArgs,

    #[command(flatten)]
    travel: TravelArgs,
}

/// Something that no ceremony is started with.
#[derive(Debug, Error)]
enum StartError {
    #[error("{} is an envelope, wanted a draft", path.display())]
    Envelope { path: PathBuf },
    #[error("{} is not UTF-8", path.display())]
    NotUtf8 { path: PathBuf },
    #[error("found version {found} of the list of issuers, wanted more than the published {published}")]
    IssuersVersion { found: u32, published: u32 },
}

/// The repository that a ceremony is about.
pub struct Published {
    pub folder: Folder,
    pub current: Current,
    pub relations: Relations,
    pub holders: BTreeMap<String, String>,
    pub lifetimes: crate::repository::Lifetimes,
    /// The head of its journal.
    journal: Option<Sha256>,
}

impl Published {
    pub fn read(repo: &RepoArgs, world: &World) -> Result<Self, Failure> {
        let (repository, settings) = repo.open(world)?;
        Self::of(&repository, &settings)
    }

    pub fn of(repository: &Repository, settings: &crate::repository::Settings) -> Result<Self, Failure> {
        let (folder, current) = current(repository)?;
        let relations = Relations::of(repository, &current, &folder)?;
        let (holders, lifetimes) = (settings.holders.clone(), settings.lifetimes);
        let journal = Journal::new(repository.journal_path()).head()?.map(|head| head.digest);
        Ok(Self { folder, current, relations, holders, lifetimes, journal })
    }

    /// A ceremony that builds on it.
    pub fn begin(
        &self,
        beginning: Beginning,
        kind: Kind,
        documents: Vec<interdict_schema::ceremony::Document>,
    ) -> Result<Opened, Failure> {
        let beginning = Beginning { journal: self.journal, ..beginning };
        Ok(beginning.on(&self.current, first_root(&self.folder)?, kind, documents)?)
    }
}

impl StartVerb {
    pub fn json(&self) -> bool {
        self.travel().json
    }

    fn travel(&self) -> &TravelArgs {
        match self {
            Self::Founding(args) => &args.travel,
            Self::Root(args) => &args.travel,
            Self::Targets(args) => &args.travel,
            Self::Issuers(args) => &args.travel,
            Self::Directive(args) => &args.travel,
        }
    }

    fn repo(&self) -> Option<&RepoArgs> {
        match self {
            Self::Founding(_) => None,
            Self::Root(args) => Some(&args.repo),
            Self::Targets(args) => Some(&args.repo),
            Self::Issuers(args) => Some(&args.repo),
            Self::Directive(args) => Some(&args.repo),
        }
    }

    pub fn run(&self, global: &GlobalArgs, world: &mut World) -> Verdict {
        let now = world.now()?;
        let opened = match self {
            Self::Founding(args) => args.opened(global, world, now)?,
            Self::Root(args) => {
                let published = Published::read(&args.repo, world)?;
                args.change.opened(args.role.into(), &published, args.travel.valid_for, global, world, now)?
            }
            Self::Targets(args) => {
                let published = Published::read(&args.repo, world)?;
                let role = RoleType::Targets;
                args.change.opened(role, &published, args.travel.valid_for, global, world, now)?
            }
            Self::Issuers(args) => args.opened(global, world, now)?,
            Self::Directive(args) => args.opened(world, now)?,
        };
        let travel = self.travel();
        write_new(world, &travel.output, &opened)?;
        let told = match self.repo() {
            Some(repo) => note(world, &repo.repo, Verb::CeremonyStart, &opened, None)?,
            None => Outcome::done(),
        };
        if !travel.json {
            show_lines(world, &headline(&opened))?;
        }
        Status::of(&travel.output, &opened, Vec::new()).show(world, &opened, travel.json)?;
        Ok(told)
    }
}

impl TravelArgs {
    fn beginning(&self, now: DateTime, holders: BTreeMap<String, String>) -> Beginning {
        Beginning { now, valid_for: self.valid_for, holders, lifetimes: BTreeMap::new(), journal: None }
    }
}

/// A public key that was given, and who holds it.
pub fn public_key(
    world: &mut World,
    text: &str,
    global: &GlobalArgs,
) -> Result<(PublicKey, Option<(String, String)>), Failure> {
    let given = any_key(world, text, global.example_keys())?;
    let Some(public) = given.public_key() else {
        return Err(Failure::usage(interdict_schema::key::KeyRefusal::NotCanonical));
    };
    if let PublicKey::Ed25519(bytes) = &public {
        global.example_keys().check(bytes).map_err(|error| {
            Failure::usage(error).hint("for a demonstration or a test add --allow-example-keys")
        })?;
    }
    let keyid = Key::of(&public).keyid();
    Ok((public, given.holder.map(|holder| (keyid, holder))))
}

impl FoundingArgs {
    fn opened(&self, global: &GlobalArgs, world: &mut World, now: DateTime) -> Result<Opened, Failure> {
        let (issuers, payload) = self.issuer.read(world, global.example_keys())?;
        let mut holders = BTreeMap::new();
        let mut keys = |texts: &[String]| -> Result<Vec<PublicKey>, Failure> {
            let one = |text: &String| {
                let (public, holder) = public_key(world, text, global)?;
                holders.extend(holder);
                Ok(public)
            };
            texts.iter().map(one).collect()
        };
        let (root, targets) = (keys(&self.root_keys)?, keys(&self.targets_keys)?);
        let (snapshot, timestamp) = (
            keys(std::slice::from_ref(&self.snapshot_key))?.remove(0),
            keys(std::slice::from_ref(&self.timestamp_key))?.remove(0),
        );
        let threshold =
            |given: Option<u32>, keys: &[PublicKey]| given.unwrap_or_else(|| default_threshold(keys.len()));
        let (of_root, of_targets) =
            (threshold(self.root_threshold, &root), threshold(self.targets_threshold, &targets));
        let founding =
            Founding { root: (root, of_root), targets: (targets, of_targets), snapshot, timestamp, issuers };
        let lifetimes = self.lifetimes.lifetimes();
        let root = founding.root(now, &lifetimes)?;
        let mut beginning = self.travel.beginning(now, holders);
        let ceremony = beginning.valid_for.after(now);
        if root.expires <= ceremony {
            return Err(RotationRefusal::Expiry { root: root.expires, ceremony }.into());
        }
        let of = |role: RoleType, lifetime: Lifetime| (role.to_string(), lifetime.to_string());
        beginning.lifetimes = BTreeMap::from([
            of(RoleType::Root, lifetimes.root),
            of(RoleType::Targets, lifetimes.targets),
            of(RoleType::Snapshot, lifetimes.snapshot),
            of(RoleType::Timestamp, lifetimes.timestamp),
        ]);
        let root = root_document(&root).map_err(StageRefusal::from)?;
        let issuers = text(Path::new(TARGET_PATH), payload)?;
        let issuers = document(TARGET_PATH.to_owned(), payload_type::ISSUERS, issuers);
        Ok(beginning.founding(vec![root, issuers])?)
    }
}

impl IssuersArgs {
    fn opened(&self, global: &GlobalArgs, world: &mut World, now: DateTime) -> Result<Opened, Failure> {
        let published = Published::read(&self.repo, world)?;
        let bytes = read_input(world, &self.file, ISSUERS_LENGTH)?;
        let payload = payload_of(&bytes).map_err(InputError::from)?;
        let issuers = Issuers::parse(&payload).map_err(CeremonyRefusal::from)?;
        issuers.check(&repository_keys(published.current.root().signed())).map_err(CeremonyRefusal::from)?;
        check_example_keys(&issuers, global.example_keys())?;
        let (found, there) = (issuers.version, published.current.issuers().version);
        if found <= there {
            let error = StartError::IssuersVersion { found, published: there };
            return Err(Failure::new(error, Exit::Refused).hint("raise `version`"));
        }
        let list = document(TARGET_PATH.to_owned(), payload_type::ISSUERS, text(&self.file, payload)?);
        let beginning = self.travel.beginning(now, published.holders.clone());
        published.begin(beginning, Kind::Issuers, vec![list])
    }
}

impl DirectiveArgs {
    fn opened(&self, world: &mut World, now: DateTime) -> Result<Opened, Failure> {
        let published = Published::read(&self.repo, world)?;
        let mut documents = Vec::new();
        for path in &self.files {
            let bytes = read_input(world, path, DRAFT_LENGTH)?;
            let payload = match crate::officer::read(&bytes)? {
                Input::Draft(payload) => payload,
                Input::Envelope(_) => {
                    return Err(Failure::usage(StartError::Envelope { path: path.clone() })
                        .hint("give the draft from which it was made"));
                }
            };
            let (name, signed_as) = linted(world, &payload, &published, now)?;
            documents.push(document(name, signed_as, text(path, payload)?));
        }
        let issuers = &published.current.issuers().issuers;
        let keys = issuers.iter().flat_map(|issuer| &issuer.keys);
        let holders = keys
            .filter_map(|key| Some((Key::of(&key.public_key()?).keyid(), key.holder.clone()?)))
            .chain(published.holders.clone())
            .collect();
        published.begin(self.travel.beginning(now, holders), Kind::Documents, documents)
    }
}

/// Refuses what must not be signed, as `sign` does. Gives the name under which it is published, and its payload type.
fn linted(
    world: &mut World,
    payload: &[u8],
    published: &Published,
    now: DateTime,
) -> Result<(String, &'static str), Failure> {
    let (folder, current) = (&published.folder, &published.current);
    let unreadable =
        |source| CeremonyRefusal::NotADirective { name: "the draft".to_owned(), source: Box::new(source) };
    if is_entity_list(payload) {
        let list = EntityList::parse(payload).map_err(unreadable)?.value;
        let newest = current.newest::<EntityList>(folder, &list.id)?;
        let before = newest.as_ref().map(|newest| (&newest.document.value, newest.payload.digest));
        refuse_errors(world, &lint::list::lint(payload, before))?;
        return Ok((list.target_path(), payload_type::ENTITY_LIST));
    }
    if is_waiver(payload) {
        let waiver = WaiverDocument::parse(payload).map_err(unreadable)?.value;
        let newest = current.newest::<WaiverDocument>(folder, &waiver.id)?;
        let before = newest.as_ref().map(|newest| (&newest.document.value, newest.payload.digest));
        let texts = current.everything(folder)?;
        let published = documents(&texts);
        let context = lint::waiver::Context { before, published: Some(&published) };
        refuse_errors(world, &lint::waiver::lint(payload, &context))?;
        return Ok((waiver.target_path(), payload_type::WAIVER));
    }
    let directive = Directive::parse(payload).map_err(unreadable)?.value;
    let newest = current.newest::<Directive>(folder, &directive.id)?;
    let texts = current.related(folder, &directive, &published.relations)?;
    let published = documents(&texts);
    let rights = Rights::of(current.issuers());
    let context = Context {
        previous: newest
            .as_ref()
            .map(|newest| Previous { directive: &newest.document.value, digest: newest.payload.digest }),
        published: Some(&published),
        rights: Some(&rights),
        now: Some(now),
    };
    refuse_errors(world, &lint::lint(payload, &context))?;
    Ok((directive.target_path(), payload_type::DIRECTIVE))
}

fn text(path: &Path, payload: Vec<u8>) -> Result<String, Failure> {
    String::from_utf8(payload).map_err(|_| Failure::usage(StartError::NotUtf8 { path: path.to_path_buf() }))
}
