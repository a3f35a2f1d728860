//! `init`: makes a repository: version 1 of all four roles, and the list of issuers.

mod issuer;

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::{Args, ValueHint};
use interdict_host::cli::GlobalArgs;
use interdict_host::exit::Outcome;
use interdict_host::signer::KeyUri;
use interdict_host::world::World;
use interdict_host::write::{DiskError, Mode, Operation};
use interdict_schema::Sha256;
use interdict_schema::issuers::Issuers;
use interdict_schema::key::PublicKey;
use interdict_schema::tuf::{RoleType, Unsigned};
use serde::Serialize;
use thiserror::Error;

pub use issuer::{IssuerArgs, any_key, default_threshold, officer_key};

use super::journaled::journaled;
use super::shared::{SecretArgs, holders, show_json, shown};
use super::{Failure, Verdict};
use crate::journal::{Deed, Verb};
use crate::keyring::{KeyError, Keyring, Purpose};
use crate::publish::{
    Founding, SignedElsewhere, StageRefusal, first_metadata, first_targets, issuers_envelope, self_check,
};
use crate::repository::files::Folder;
use crate::repository::{Compressed, KeyUris, Lifetime, Lifetimes, Repository, Settings, relative_to, write};

/// Makes a repository in an empty folder: its roles, their keys, and who may issue directives
#[derive(Debug, Args)]
#[command(after_help = "Example, with two root and two targets keys, and two of three officers:\n  \
    interdict-publisher init repo --root-key root-1.key --root-key root-2.key \\\n    \
    --targets-key targets-1.key --targets-key targets-2.key \\\n    \
    --snapshot-key snapshot.key --timestamp-key timestamp.key \\\n    \
    --issuer dhs --issuer-name \"Department of Homeland Security\" --prefix BOD --prefix ED \\\n    \
    --officer officer-1.pub.json --officer officer-2.pub.json --officer officer-3.pub.json \\\n    \
    --threshold 2")]
pub struct InitArgs {
    /// The folder; it must be empty or not there
    dir: PathBuf,

    /// A key of the root role: a key file, or another key URI (pkcs11:, ssh-agent:); may be repeated
    #[arg(long = "root-key", value_name = "KEY", value_hint = ValueHint::FilePath, required = true)]
    root_keys: Vec<KeyUri>,

    /// How many root keys must sign; 2, or 1 where there is one key, unless given
    #[arg(long, value_name = "N")]
    root_threshold: Option<u32>,

    /// A key of the targets role: a key file, or another key URI (pkcs11:, ssh-agent:); may be repeated
    #[arg(long = "targets-key", value_name = "KEY", value_hint = ValueHint::FilePath, required = true)]
    targets_keys: Vec<KeyUri>,

    /// How many targets keys must sign; 2, or 1 where there is one key, unless given
    #[arg(long, value_name = "N")]
    targets_threshold: Option<u32>,

    /// The key of the snapshot role: a key file, or another key URI (pkcs11:, ssh-agent:, env:, fd:)
    #[arg(long, value_name = "KEY", value_hint = ValueHint::FilePath)]
    snapshot_key: KeyUri,

    /// The key of the timestamp role: a key file, or another key URI (pkcs11:, ssh-agent:, env:, fd:)
    #[arg(long, value_name = "KEY", value_hint = ValueHint::FilePath)]
    timestamp_key: KeyUri,

    #[command(flatten)]
    issuer: IssuerArgs,

    #[command(flatten)]
    lifetimes: LifetimeArgs,

    /// Also write gzip and zstd forms (NAME.gz, NAME.zst) of what is published, for servers that send them
    #[arg(long)]
    compressed: bool,

    #[command(flatten)]
    secrets: SecretArgs,

    /// Show the result as JSON
    #[arg(long)]
    pub json: bool,
}

/// How long metadata lives.
#[derive(Debug, Args)]
#[expect(clippy::struct_field_names, reason = "a field's name is its flag")]
pub struct LifetimeArgs {
    /// How long a root is valid
    #[arg(long, value_name = "TIME", default_value = "365d")]
    root_lifetime: Lifetime,
    /// How long targets are valid
    #[arg(long, value_name = "TIME", default_value = "365d")]
    targets_lifetime: Lifetime,
    /// How long a snapshot is valid
    #[arg(long, value_name = "TIME", default_value = "14d")]
    snapshot_lifetime: Lifetime,
    /// How long a timestamp is valid; sign anew well before
    #[arg(long, value_name = "TIME", default_value = "7d")]
    timestamp_lifetime: Lifetime,
}

/// Something that `init` was given and cannot use.
#[derive(Debug, Error)]
enum InitError {
    #[error("{} is not empty", path.display())]
    NotEmpty { path: PathBuf },
    #[error("{} is not a folder", path.display())]
    NotAFolder { path: PathBuf },
}

#[derive(Serialize)]
struct Made {
    repository: String,
    root: String,
    fingerprint: String,
}

impl InitArgs {
    pub fn run(&self, global: &GlobalArgs, world: &mut World) -> Verdict {
        let now = world.now()?;
        let examples = global.example_keys();
        let dir = world.resolve(&self.dir);
        check_empty(&dir, &self.dir)?;
        let lifetimes = self.lifetimes.lifetimes();

        let keys = self.keys(&world.current_dir)?;
        let (issuers, payload) = self.issuer.read(world, examples)?;
        let mut credentials = self.secrets.credentials(examples, world);
        let mut keyring =
            Keyring::read(keys.iter().map(|(_, uri)| uri), &KeyUris::default(), &mut credentials)?;
        let founding = self.founding(&keys, issuers, &keyring);
        let root = founding.root(now, &lifetimes)?;

        let role = root.role(RoleType::Root);
        let signers = keyring.signers(RoleType::Root, &role.keyids, role.threshold, &mut credentials)?;
        let envelope = issuers_envelope(payload, signers)?;
        let (targets, targets_files) = first_targets(&envelope, now, &lifetimes);
        let new = first_metadata(
            &root,
            &targets,
            targets_files,
            SignedElsewhere::default(),
            now,
            &lifetimes,
            &mut keyring,
            &mut credentials,
        )?;
        let repository = Repository::new(&dir);
        self_check(None, &new, &Folder::new(repository.public()), [], now)?;

        world.disk.create_dir_all_synced(&dir, Mode::Public)?;
        let repository = Repository::new(canonical(&dir)?);
        let holders_of = keyring.labels().map(|(keyid, label)| (keyid.to_owned(), label.to_owned()));
        let keys = relative(&keys, repository.dir())?;
        let compressed = Compressed::from(self.compressed);
        let settings = Settings { keys, lifetimes, holders: holders_of.collect(), compressed }.to_bytes()?;
        let _lock = repository.lock()?;
        let deed = Deed::new(Verb::Init).installing(&new);
        let deed = keyring.labels().fold(deed, |deed, (keyid, label)| deed.called(keyid, label));
        let deed = holders(&founding.issuers).fold(deed, |deed, (keyid, holder)| deed.called(keyid, holder));
        let ((), told) = journaled(world, &repository, &deed, |world| {
            write::prepare(&world.disk, &repository)?;
            write::write(&world.disk, &repository, &new, compressed)?;
            Ok(world.disk.write_new(&repository.settings_path(), &settings, Mode::Public)?)
        })?;
        let fingerprint = Unsigned::new(&root)
            .map(|unsigned| Sha256::of(unsigned.message()))
            .map_err(StageRefusal::from)?;
        self.show(world, &fingerprint, told)
    }

    /// Where the keys are, and that they may serve for what they are given for.
    fn keys(&self, dir: &Path) -> Result<KeyUris, Failure> {
        let beneath = |uris: &[KeyUri]| uris.iter().map(|uri| uri.beneath(dir)).collect();
        let keys = KeyUris {
            root: beneath(&self.root_keys),
            targets: beneath(&self.targets_keys),
            snapshot: beneath(std::slice::from_ref(&self.snapshot_key)),
            timestamp: beneath(std::slice::from_ref(&self.timestamp_key)),
        };
        for (role, uri) in keys.iter() {
            Purpose::Role(role).check(uri).map_err(KeyError::from)?;
        }
        Ok(keys)
    }

    fn founding(&self, uris: &KeyUris, issuers: Issuers, keyring: &Keyring) -> Founding {
        let keys = |role: RoleType| -> Vec<PublicKey> {
            let of_role = uris.iter().filter(|(of, _)| *of == role);
            of_role.filter_map(|(_, uri)| keyring.part(uri)).map(|part| part.key.clone()).collect()
        };
        let threshold =
            |given: Option<u32>, keys: &[PublicKey]| given.unwrap_or_else(|| default_threshold(keys.len()));
        let (root, targets) = (keys(RoleType::Root), keys(RoleType::Targets));
        let (root_threshold, targets_threshold) =
            (threshold(self.root_threshold, &root), threshold(self.targets_threshold, &targets));
        let one = |role: RoleType| keys(role).pop().expect("a key that was given is in the ring");
        Founding {
            root: (root, root_threshold),
            targets: (targets, targets_threshold),
            snapshot: one(RoleType::Snapshot),
            timestamp: one(RoleType::Timestamp),
            issuers,
        }
    }

    fn show(&self, world: &mut World, fingerprint: &Sha256, told: Outcome) -> Verdict {
        let root = self.dir.join("public/metadata/1.root.json");
        let made = Made {
            repository: self.dir.display().to_string(),
            root: root.display().to_string(),
            fingerprint: format!("sha256:{fingerprint}"),
        };
        if self.json {
            show_json(world, &made)?;
        } else {
            writeln!(world.stdout, "root         {}", shown(&root))?;
            writeln!(world.stdout, "fingerprint  {}", made.fingerprint)?;
        }
        writeln!(
            world.stderr,
            "made a repository in {dir}; tell the fingerprint by another way than the repository\n\
             next: interdict-publisher draft new, lint, sign; then publish ENVELOPE --repo {dir}",
            dir = shown(&self.dir)
        )?;
        Ok(told)
    }
}

impl LifetimeArgs {
    /// The lifetimes of all roles.
    pub fn lifetimes(&self) -> Lifetimes {
        Lifetimes {
            root: self.root_lifetime,
            targets: self.targets_lifetime,
            snapshot: self.snapshot_lifetime,
            timestamp: self.timestamp_lifetime,
        }
    }
}

fn check_empty(dir: &Path, given: &Path) -> Result<(), Failure> {
    match std::fs::read_dir(dir) {
        Ok(mut entries) => match entries.next() {
            None => Ok(()),
            Some(_) => Err(Failure::usage(InitError::NotEmpty { path: given.to_path_buf() })
                .hint("choose another folder; where an earlier init was interrupted, remove it first")),
        },
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::NotADirectory => {
            Err(Failure::usage(InitError::NotAFolder { path: given.to_path_buf() }))
        }
        Err(error) => Err(DiskError::new(Operation::Read, dir, error).into()),
    }
}

fn canonical(path: &Path) -> Result<PathBuf, DiskError> {
    std::fs::canonicalize(path).map_err(|error| DiskError::new(Operation::Open, path, error))
}

/// The keys as they are named from the repository's folder: files by their way from there, everything else as it is.
fn relative(keys: &KeyUris, dir: &Path) -> Result<KeyUris, Failure> {
    let relative = |uris: &[KeyUri]| -> Result<Vec<KeyUri>, Failure> {
        let uris = uris.iter().map(|uri| match uri.file() {
            Some(path) => Ok(KeyUri::File(relative_to(dir, &canonical(path)?))),
            None => Ok(uri.clone()),
        });
        uris.collect()
    };
    Ok(KeyUris {
        root: relative(&keys.root)?,
        targets: relative(&keys.targets)?,
        snapshot: relative(&keys.snapshot)?,
        timestamp: relative(&keys.timestamp)?,
    })
}
