//! `key import` and `key export`: between key files and PKCS #8 in PEM, as `openssl` has it.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use interdict_host::cli::GlobalArgs;
use interdict_host::exit::Outcome;
use interdict_host::key_file::{Cost, KeyFile, Pem, Protection, Stored};
use interdict_host::passphrase::{PassphraseError, Secret};
use interdict_host::signer::{Backend, KeyUri};
use interdict_host::world::World;
use interdict_host::write::Mode;
use thiserror::Error;

use super::new::new_passphrase;
use super::show_made;
use crate::cli::shared::{PassphraseArgs, shown};
use crate::cli::{Failure, Verdict};

/// Makes a key file of a PKCS #8 PEM file, as `openssl genpkey -algorithm ed25519` makes it
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  openssl genpkey -algorithm ed25519 -out officer-1.pem\n  \
    interdict-publisher key import officer-1.pem officer-1.key --label \"First officer\"\n\n\
    The PEM file stays as it is: delete it, or lock it away.")]
pub struct ImportArgs {
    /// The PEM file, encrypted or not
    pem: PathBuf,

    /// The new key file; nothing is ever overwritten
    path: PathBuf,

    /// What people call the key
    #[arg(long)]
    label: String,

    /// Read the passphrase of the PEM file from the first line of this file instead of asking
    #[arg(long, value_name = "FILE")]
    pem_passphrase_file: Option<PathBuf>,

    /// Leave the secret in the clear: for an online key on a machine that nobody else can read
    #[arg(long, conflicts_with = "passphrase_file")]
    unencrypted: bool,

    #[command(flatten)]
    passphrase: PassphraseArgs,

    /// Show the public part as JSON
    #[arg(long)]
    pub json: bool,
}

/// Writes the key of a key file as PKCS #8 in PEM, for `openssl` and other programs
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  interdict-publisher key export officer-1.key officer-1.pem\n\n\
    An encrypted PEM file protects a weak passphrase less well than a key file does.")]
pub struct ExportArgs {
    /// The key file
    key: KeyUri,

    /// The new PEM file; nothing is ever overwritten
    pem: PathBuf,

    /// Read the new passphrase of the PEM file from the first line of this file instead of asking
    #[arg(long, value_name = "FILE")]
    pem_passphrase_file: Option<PathBuf>,

    /// Leave the secret in the PEM file in the clear
    #[arg(long, conflicts_with = "pem_passphrase_file")]
    unencrypted: bool,

    #[command(flatten)]
    passphrase: PassphraseArgs,
}

/// A key that does not leave its place.
#[derive(Debug, Error)]
#[error("the key is in a {backend} and does not leave it, wanted a key file")]
struct NotExported {
    backend: Backend,
}

impl ImportArgs {
    pub fn run(&self, global: &GlobalArgs, world: &mut World) -> Verdict {
        let now = world.now()?;
        let examples = global.example_keys();
        let stored = Stored::read(&world.resolve(&self.pem), examples)?;
        let seed = stored
            .seed(examples, || passphrase_of(world, self.pem_passphrase_file.as_ref(), &shown(&self.pem)));
        let seed = seed.map_err(|error| {
            let nobody = matches!(
                error,
                interdict_host::key_file::KeyFileError::Passphrase(PassphraseError::NoTerminal)
            );
            let failure = Failure::from(error);
            if nobody { failure.hint("give --pem-passphrase-file FILE") } else { failure }
        })?;
        let file = self.passphrase.passphrase_file.as_ref();
        let secret = new_passphrase(world, self.unencrypted, file, "New passphrase", "--passphrase-file")?;
        let protection = match &secret {
            Some(secret) => Protection::Passphrase(secret, Cost::RECOMMENDED),
            None => Protection::Unencrypted,
        };
        let file = KeyFile::of_seed(&seed, &mut *world.randomness, &self.label, now, protection)?;
        file.write(&world.disk, &world.resolve(&self.path))?;
        writeln!(world.stderr, "wrote {}; {} still has the secret too", shown(&self.path), shown(&self.pem))?;
        show_made(world, &self.path, self.json)
    }
}

impl ExportArgs {
    pub fn run(&self, global: &GlobalArgs, world: &mut World) -> Verdict {
        let examples = global.example_keys();
        let Some(path) = self.key.file() else {
            return Err(Failure::usage(NotExported { backend: self.key.backend() }));
        };
        let stored = Stored::read(&world.resolve(path), examples)?;
        let label = match &stored {
            Stored::Own(file) => file.label().to_owned(),
            Stored::Pem(..) => shown(path),
        };
        let seed = stored
            .seed(examples, || passphrase_of(world, self.passphrase.passphrase_file.as_ref(), &label))?;
        let file = self.pem_passphrase_file.as_ref();
        let secret = new_passphrase(
            world,
            self.unencrypted,
            file,
            "New passphrase of the PEM file",
            "--pem-passphrase-file",
        )?;
        let text = match &secret {
            Some(secret) => Pem::encrypt(&seed, secret, &mut *world.randomness)?,
            None => Pem::clear(&seed),
        };
        world.disk.write_new(&world.resolve(&self.pem), text.as_bytes(), Mode::Private)?;
        writeln!(world.stderr, "wrote {}", shown(&self.pem))?;
        Ok(Outcome::done())
    }
}

fn passphrase_of(world: &mut World, file: Option<&PathBuf>, label: &str) -> Result<Secret, PassphraseError> {
    match file {
        Some(file) => Secret::read(&world.resolve(file)),
        None => world.passphrase.ask(&format!("Passphrase of {label}")),
    }
}
