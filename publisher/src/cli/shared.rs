//! What several verbs share: the repository's folder, key files, and showing results.

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::{Args, ValueHint};
use interdict_host::cli::GlobalArgs;
use interdict_host::example_keys::ExampleKeys;
use interdict_host::exit::Exit;
use interdict_host::read::{ReadError, read_bounded, read_to_limit};
use interdict_host::signer::{Credentials, KeyUri, SecretSources};
use interdict_host::terminal::escape_control;
use interdict_host::world::World;
use interdict_schema::issuers::Issuers;
use interdict_schema::key::PublicKey;
use interdict_schema::tuf::Key;
use serde::Serialize;
use thiserror::Error;

use super::failure::Failure;
use crate::keyring::Keyring;
use crate::officer::Line;
use crate::repository::current::{Current, used_versions};
use crate::repository::files::Folder;
use crate::repository::{KeyUris, Repository, Settings};

/// Where the repository is.
#[derive(Debug, Clone, Args)]
pub struct RepoArgs {
    /// The repository's folder, as `init` made it
    #[arg(long, value_name = "DIR", default_value = ".")]
    pub repo: PathBuf,
}

impl RepoArgs {
    /// The repository, and its settings.
    pub fn open(&self, world: &World) -> Result<(Repository, Settings), Failure> {
        let repository = Repository::new(world.resolve(&self.repo));
        let settings = Settings::read(&repository)?;
        Ok((repository, settings))
    }
}

/// Reads what is published in a repository.
pub fn current(repository: &Repository) -> Result<(Folder, Current), Failure> {
    let folder = Folder::new(repository.public());
    let used = used_versions(&repository.metadata()).map_err(|error| {
        Failure::from(error).hint("is this a repository? `interdict-publisher init DIR` makes one")
    })?;
    let current = Current::read(&folder, used).map_err(|error| {
        let failure = Failure::from(error);
        if repository.rotation_path().exists() {
            return failure.hint("a rotation was interrupted: the same command again finishes it");
        }
        failure
    })?;
    Ok((folder, current))
}

/// Keys of the repository's roles.
#[derive(Debug, Clone, Args)]
pub struct RoleKeyArgs {
    /// A key besides those in publisher.toml: a key file, or another key URI (pkcs11:, ssh-agent:, env:, fd:); may be repeated
    #[arg(long = "key", value_name = "KEY", value_hint = ValueHint::FilePath)]
    pub keys: Vec<KeyUri>,

    #[command(flatten)]
    pub secrets: SecretArgs,
}

impl RoleKeyArgs {
    /// The keys that were given, their paths absolute.
    pub fn given(&self, world: &World) -> Vec<KeyUri> {
        self.keys.iter().map(|uri| uri.beneath(&world.current_dir)).collect()
    }

    /// The keys that are at hand, and what opens them.
    pub fn keyring<'w>(
        &self,
        settings: &KeyUris,
        global: &GlobalArgs,
        world: &'w mut World,
    ) -> Result<(Keyring, Credentials<'w>), Failure> {
        let given = self.given(world);
        let mut credentials = self.secrets.credentials(global.example_keys(), world);
        let keyring = Keyring::read(&given, settings, &mut credentials)?;
        Ok((keyring, credentials))
    }
}

/// What opens keys.
#[derive(Debug, Clone, Default, Args)]
pub struct SecretArgs {
    #[command(flatten)]
    pub passphrase: PassphraseArgs,

    /// Read the PIN of a token from the first line of this file instead of asking
    #[arg(long, value_name = "FILE")]
    pub pin_file: Option<PathBuf>,

    /// Read the PIN of a token from this file descriptor instead of asking
    #[arg(long, value_name = "N", conflicts_with = "pin_file")]
    pub pin_fd: Option<u32>,
}

impl SecretArgs {
    /// What a verb opens keys with: one for a whole run, so that nothing is asked or said twice.
    pub fn credentials<'w>(&self, examples: ExampleKeys, world: &'w mut World) -> Credentials<'w> {
        let passphrase_file = self.passphrase.passphrase_file.as_ref().map(|path| world.resolve(path));
        let pin_file = match self.pin_fd {
            Some(number) => Some(format!("/dev/fd/{number}").into()),
            None => self.pin_file.as_ref().map(|path| world.resolve(path)),
        };
        Credentials::of(world, examples, SecretSources { passphrase_file, pin_file })
    }
}

/// Where passphrases come from.
#[derive(Debug, Clone, Default, Args)]
pub struct PassphraseArgs {
    /// Read the passphrase from the first line of this file instead of asking
    #[arg(long, value_name = "FILE")]
    pub passphrase_file: Option<PathBuf>,
}

/// Refuses a list of issuers with an example key in it, unless these are allowed.
pub fn check_example_keys(issuers: &Issuers, examples: ExampleKeys) -> Result<(), Failure> {
    for key in issuers.issuers.iter().flat_map(|issuer| &issuer.keys) {
        if let Some(PublicKey::Ed25519(public)) = key.public_key() {
            examples.check(&public).map_err(|error| {
                Failure::usage(error).hint("for a demonstration or a test add --allow-example-keys")
            })?;
        }
    }
    Ok(())
}

/// What people call the issuers' keys, by keyid.
pub fn holders(issuers: &Issuers) -> impl Iterator<Item = (String, &str)> {
    let keys = issuers.issuers.iter().flat_map(|issuer| &issuer.keys);
    keys.filter_map(|key| Some((Key::of(&key.public_key()?).keyid(), key.holder.as_deref()?)))
}

/// A file given on the command line that has no name.
#[derive(Debug, Error)]
#[error("{} has no name that can be used", path.display())]
pub struct NoName {
    /// The path.
    pub path: PathBuf,
}

/// Whether a path means standard input.
pub fn is_stdin(path: &Path) -> bool {
    path == Path::new("-")
}

/// Reads a file of the caller's, or standard input where it is `-`.
pub fn read_input(world: &mut World, path: &Path, max_bytes: u64) -> Result<Vec<u8>, Failure> {
    if !is_stdin(path) {
        return Ok(read_bounded(&world.resolve(path), max_bytes)?);
    }
    read_to_limit(&mut world.stdin, max_bytes)?
        .ok_or_else(|| ReadError::TooLong { path: path.to_path_buf(), max_bytes }.into())
}

/// Shows one JSON object on one line of standard output.
pub fn show_json(world: &mut World, value: &impl Serialize) -> Result<(), Failure> {
    let text = serde_json::to_string(value).expect("results are JSON");
    writeln!(world.stdout, "{text}")?;
    Ok(())
}

/// Shows the lines of a summary on standard error, labels aligned; text from documents is escaped.
pub fn show_lines(world: &mut World, lines: &[Line]) -> Result<(), Failure> {
    let width = lines.iter().map(|line| line.label.chars().count()).max().unwrap_or(0).min(24);
    for line in lines {
        let (label, text) =
            (escape_control(&line.label).into_owned(), escape_control(&line.text).into_owned());
        writeln!(world.stderr, "  {label:<width$}  {text}")?;
    }
    Ok(())
}

/// A person who said no, or who is not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Unconfirmed {
    /// There is no terminal to ask on.
    #[error("no terminal to ask for a confirmation on")]
    Nobody,
    /// The answer was not yes.
    #[error("not confirmed; nothing was changed")]
    No,
}

/// Asks for a yes on a terminal; elsewhere `--yes` is needed.
pub fn confirm(world: &mut World, yes: bool, question: &str) -> Result<(), Failure> {
    if yes {
        return Ok(());
    }
    let answer = world.ask(&format!("{question} (yes/no)"))?;
    match answer.as_deref().map(str::trim) {
        Some("yes" | "y") => Ok(()),
        None if !world.terminal.stdin => {
            Err(Failure::usage(Unconfirmed::Nobody).hint("read what is shown above, then add --yes"))
        }
        _ => Err(Failure::new(Unconfirmed::No, Exit::Usage)),
    }
}

/// A path as a person typed it, safe to look at.
pub fn shown(path: &Path) -> String {
    escape_control(&path.display().to_string()).into_owned()
}
