//! `init`: makes a repository: version 1 of all four roles, and the list of issuers.

mod issuer;

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Args;
use interdict_host::cli::GlobalArgs;
use interdict_host::example_keys::ExampleKeys;
use interdict_host::exit::Outcome;
use interdict_host::world::World;
use interdict_host::write::{DiskError, Mode, Operation};
use interdict_schema::Sha256;
use interdict_schema::issuers::Issuers;
use interdict_schema::key::{KeyRefusal, PublicKey};
use interdict_schema::tuf::{RoleType, Unsigned};
use serde::Serialize;
use thiserror::Error;

use issuer::{IssuerArgs, default_threshold};

use super::shared::{PassphraseArgs, show_json, shown};
use super::{Failure, Verdict};
use crate::keyring::{self, Keyring};
use crate::publish::{Founding, StageRefusal, first_metadata, first_targets, issuers_envelope, self_check};
use crate::repository::files::Folder;
use crate::repository::{KeyFiles, Lifetime, Lifetimes, Repository, Settings, relative_to, write};

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

    /// A key file of the root role; may be repeated
    #[arg(long = "root-key", value_name = "FILE", required = true)]
    root_keys: Vec<PathBuf>,

    /// How many root keys must sign; 2, or 1 where there is one key, unless given
    #[arg(long, value_name = "N")]
    root_threshold: Option<u32>,

    /// A key file of the targets role; may be repeated
    #[arg(long = "targets-key", value_name = "FILE", required = true)]
    targets_keys: Vec<PathBuf>,

    /// How many targets keys must sign; 2, or 1 where there is one key, unless given
    #[arg(long, value_name = "N")]
    targets_threshold: Option<u32>,

    /// The key file of the snapshot role
    #[arg(long, value_name = "FILE")]
    snapshot_key: PathBuf,

    /// The key file of the timestamp role
    #[arg(long, value_name = "FILE")]
    timestamp_key: PathBuf,

    #[command(flatten)]
    issuer: IssuerArgs,

    #[command(flatten)]
    lifetimes: LifetimeArgs,

    #[command(flatten)]
    passphrase: PassphraseArgs,

    /// Show the result as JSON
    #[arg(long)]
    pub json: bool,
}

/// How long metadata lives.
#[derive(Debug, Args)]
#[expect(clippy::struct_field_names, reason = "a field's name is its flag")]
struct LifetimeArgs {
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
    #[error("the key in {} cannot be used", path.display())]
    Key { path: PathBuf, source: KeyRefusal },
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

        let paths =
            |files: &[PathBuf]| -> Vec<PathBuf> { files.iter().map(|file| world.resolve(file)).collect() };
        let files = KeyFiles {
            root: paths(&self.root_keys),
            targets: paths(&self.targets_keys),
            snapshot: paths(std::slice::from_ref(&self.snapshot_key)),
            timestamp: paths(std::slice::from_ref(&self.timestamp_key)),
        };
        let (issuers, payload) = self.issuer.read(world, examples)?;
        let founding = self.founding(world, &files, issuers, examples)?;
        let root = founding.root(now, &lifetimes)?;

        let all = files.root.iter().chain(&files.targets).chain(&files.snapshot).chain(&files.timestamp);
        let mut keyring = Keyring::read(all, [], examples)?;
        let mut passphrases = self.passphrase.source(world);
        let role = root.role(RoleType::Root);
        let signers = keyring.signers(&role.keyids, role.threshold, &mut passphrases)?;
        let envelope = issuers_envelope(payload, signers)?;
        let (targets, targets_files) = first_targets(&envelope, now, &lifetimes);
        let new =
            first_metadata(&root, &targets, targets_files, now, &lifetimes, &mut keyring, &mut passphrases)?;
        let repository = Repository::new(&dir);
        self_check(None, &new, &Folder::new(repository.public()), [], now)?;

        world.disk.create_dir_all_synced(&dir, Mode::Public)?;
        let repository = Repository::new(canonical(&dir)?);
        let settings = Settings { keys: relative(&files, repository.dir())?, lifetimes }.to_bytes()?;
        let _lock = repository.lock()?;
        write::prepare(&world.disk, &repository)?;
        write::write(&world.disk, &repository, &new)?;
        world.disk.write_new(&repository.settings_path(), &settings, Mode::Public)?;
        let fingerprint = Unsigned::new(&root)
            .map(|unsigned| Sha256::of(unsigned.message()))
            .map_err(StageRefusal::from)?;
        self.show(world, &fingerprint)
    }

    fn founding(
        &self,
        world: &World,
        files: &KeyFiles,
        issuers: Issuers,
        examples: ExampleKeys,
    ) -> Result<Founding, Failure> {
        let keys = |paths: &[PathBuf]| -> Result<Vec<PublicKey>, Failure> {
            paths.iter().map(|path| public(path, examples)).collect()
        };
        let threshold =
            |given: Option<u32>, keys: &[PublicKey]| given.unwrap_or_else(|| default_threshold(keys.len()));
        let (root, targets) = (keys(&files.root)?, keys(&files.targets)?);
        let (root_threshold, targets_threshold) =
            (threshold(self.root_threshold, &root), threshold(self.targets_threshold, &targets));
        Ok(Founding {
            root: (root, root_threshold),
            targets: (targets, targets_threshold),
            snapshot: public(&world.resolve(&self.snapshot_key), examples)?,
            timestamp: public(&world.resolve(&self.timestamp_key), examples)?,
            issuers,
        })
    }

    fn show(&self, world: &mut World, fingerprint: &Sha256) -> Verdict {
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
        Ok(Outcome::done())
    }
}

impl LifetimeArgs {
    fn lifetimes(&self) -> Lifetimes {
        Lifetimes {
            root: self.root_lifetime,
            targets: self.targets_lifetime,
            snapshot: self.snapshot_lifetime,
            timestamp: self.timestamp_lifetime,
        }
    }
}

fn public(path: &Path, examples: ExampleKeys) -> Result<PublicKey, Failure> {
    let file = keyring::read(path, examples)?;
    PublicKey::ed25519(file.public())
        .map_err(|source| Failure::usage(InitError::Key { path: path.to_path_buf(), source }))
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

/// The key files as they are named from the repository's folder.
fn relative(files: &KeyFiles, dir: &Path) -> Result<KeyFiles, Failure> {
    let relative = |paths: &[PathBuf]| -> Result<Vec<PathBuf>, Failure> {
        paths.iter().map(|path| Ok(relative_to(dir, &canonical(path)?))).collect()
    };
    Ok(KeyFiles {
        root: relative(&files.root)?,
        targets: relative(&files.targets)?,
        snapshot: relative(&files.snapshot)?,
        timestamp: relative(&files.timestamp)?,
    })
}
