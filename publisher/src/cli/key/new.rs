//! `key new`: a key that did not exist, in a file or in a token.

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Args;
use interdict_host::cli::GlobalArgs;
use interdict_host::key_file::{Cost, KeyFile, KeyFileError, Protection};
use interdict_host::passphrase::Secret;
use interdict_host::signer::{KeyUri, generate};
use interdict_host::terminal::escape_control;
use interdict_host::world::World;
use thiserror::Error;

use super::{look_at, show, show_made};
use crate::cli::shared::{SecretArgs, shown};
use crate::cli::{Failure, Verdict};

/// Makes an Ed25519 key: in a file of its own, encrypted under a passphrase, mode 0600; or in a token, which it never leaves
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  interdict-publisher key new officer-1.key --label \"First officer\"\n  \
    interdict-publisher key new \\\n    --uri \"pkcs11:token=root%20token;object=root-1?module-name=softhsm2\""
)]
pub struct NewArgs {
    /// The new file; nothing is ever overwritten
    #[arg(required_unless_present = "uri", conflicts_with = "uri")]
    path: Option<PathBuf>,

    /// The token, and the new key's label: pkcs11:token=TOKEN;object=LABEL
    #[arg(long, value_name = "KEY", conflicts_with_all = ["label", "unencrypted", "passphrase_file"])]
    uri: Option<KeyUri>,

    /// What people call the key
    #[arg(long, required_unless_present = "uri")]
    label: Option<String>,

    /// Leave the secret in the clear: for an online key on a machine that nobody else can read
    #[arg(long, conflicts_with = "passphrase_file")]
    unencrypted: bool,

    #[command(flatten)]
    secrets: SecretArgs,

    /// Show the public part as JSON
    #[arg(long)]
    pub json: bool,
}

/// A place in which no key is made.
#[derive(Debug, Error)]
#[error("no key can be made there ({backend}), wanted a token")]
struct NotMadeHere {
    backend: interdict_host::signer::Backend,
}

impl NewArgs {
    pub fn run(&self, global: &GlobalArgs, world: &mut World) -> Verdict {
        match (&self.path, &self.uri) {
            (_, Some(uri)) => self.in_token(uri, global, world),
            (Some(path), None) => self.in_file(path, world),
            (None, None) => unreachable!("the command line asks for one of the two"),
        }
    }

    fn in_file(&self, path: &Path, world: &mut World) -> Verdict {
        let now = world.now()?;
        let secret = new_passphrase(
            world,
            self.unencrypted,
            self.secrets.passphrase.passphrase_file.as_ref(),
            "New passphrase",
            "--passphrase-file",
        )?;
        let protection = match &secret {
            Some(secret) => Protection::Passphrase(secret, Cost::RECOMMENDED),
            None => Protection::Unencrypted,
        };
        let label = self.label.as_deref().unwrap_or_default();
        let file = KeyFile::generate(&mut *world.randomness, label, now, protection)?;
        file.write(&world.disk, &world.resolve(path))?;
        writeln!(world.stderr, "wrote {}", shown(path))?;
        show_made(world, path, self.json)
    }

    fn in_token(&self, uri: &KeyUri, global: &GlobalArgs, world: &mut World) -> Verdict {
        let KeyUri::Token(token) = uri.beneath(&world.current_dir) else {
            return Err(Failure::usage(NotMadeHere { backend: uri.backend() })
                .hint("give the name of a file without --uri, or pkcs11:token=TOKEN;object=LABEL"));
        };
        let mut id = [0; 8];
        world.randomness.fill(&mut id).map_err(KeyFileError::from)?;
        let made = generate(&token, &id, &mut self.secrets.credentials(global.example_keys(), world))?;
        writeln!(world.stderr, "made {}", escape_control(&made.to_string()))?;
        let found = look_at(world, &made, &self.secrets)?;
        show(world, &found, &made, self.json)
    }
}

/// The passphrase of something new; none where it is to be in the clear.
pub(super) fn new_passphrase(
    world: &mut World,
    unencrypted: bool,
    file: Option<&PathBuf>,
    prompt: &str,
    flag: &str,
) -> Result<Option<Secret>, Failure> {
    Ok(match (file, unencrypted) {
        (_, true) => None,
        (Some(file), _) => Some(Secret::read(&world.resolve(file))?),
        (None, _) => Some(world.passphrase.ask_twice(prompt).map_err(|error| {
            Failure::from(error).hint(format!("give {flag} FILE, or --unencrypted for an online key"))
        })?),
    })
}
