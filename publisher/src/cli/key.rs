//! `key`: makes a key file, and shows the public part of one.

use std::io::Write;
use std::path::PathBuf;

use clap::{Args, Subcommand, ValueHint};
use interdict_host::example_keys::ExampleKeys;
use interdict_host::exit::Outcome;
use interdict_host::key_file::{Cost, KeyFile, Protection};
use interdict_host::passphrase::Secret;
use interdict_host::signer::{KeyUri, OpenError, PublicPart};
use interdict_host::terminal::escape_control;
use interdict_host::world::World;
use interdict_schema::DateTime;
use serde::Serialize;

use super::shared::{PassphraseArgs, SecretArgs, show_json, shown};
use super::{Failure, Verdict};
use crate::keyring;

/// Makes and shows key files
#[derive(Debug, Subcommand)]
pub enum KeyVerb {
    New(NewArgs),
    Show(ShowArgs),
}

/// Makes an Ed25519 key in a file of its own, encrypted under a passphrase, mode 0600
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  interdict-publisher key new officer-1.key --label \"First officer\"")]
pub struct NewArgs {
    /// The new file; nothing is ever overwritten
    path: PathBuf,

    /// What people call the key
    #[arg(long)]
    label: String,

    /// Leave the secret in the clear: for an online key on a machine that nobody else can read
    #[arg(long, conflicts_with = "passphrase_file")]
    unencrypted: bool,

    #[command(flatten)]
    passphrase: PassphraseArgs,

    /// Show the public part as JSON
    #[arg(long)]
    json: bool,
}

/// Shows the public part of a key file; the secret stays closed
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  interdict-publisher key show officer-1.key --json | jq -r .public")]
pub struct ShowArgs {
    /// The key: a key file, or another key URI
    #[arg(value_name = "KEY", value_hint = ValueHint::FilePath)]
    key: KeyUri,

    /// Show it as JSON
    #[arg(long)]
    json: bool,
}

impl KeyVerb {
    pub fn json(&self) -> bool {
        match self {
            Self::New(args) => args.json,
            Self::Show(args) => args.json,
        }
    }

    pub fn run(&self, world: &mut World) -> Verdict {
        match self {
            Self::New(args) => args.run(world),
            Self::Show(args) => args.run(world),
        }
    }
}

impl NewArgs {
    fn run(&self, world: &mut World) -> Verdict {
        let path = world.resolve(&self.path);
        let now = world.now()?;
        let secret = match (&self.passphrase.passphrase_file, self.unencrypted) {
            (_, true) => None,
            (Some(file), _) => Some(Secret::read(&world.resolve(file))?),
            (None, _) => Some(world.passphrase.ask_twice("New passphrase").map_err(|error| {
                Failure::from(error).hint("give --passphrase-file FILE, or --unencrypted for an online key")
            })?),
        };
        let protection = match &secret {
            Some(secret) => Protection::Passphrase(secret, Cost::RECOMMENDED),
            None => Protection::Unencrypted,
        };
        let file = KeyFile::generate(&mut *world.randomness, &self.label, now, protection)?;
        file.write(&world.disk, &path)?;
        writeln!(world.stderr, "wrote {}", shown(&self.path))?;
        let part = PublicPart::new(*file.public(), file.label()).map_err(OpenError::from)?;
        show(world, &part, &KeyUri::File(self.path.clone()), Some(&file), self.json)
    }
}

impl ShowArgs {
    fn run(&self, world: &mut World) -> Verdict {
        // The public part of an example key may be looked at; only its use is refused.
        let uri = self.key.beneath(&world.current_dir);
        let found = keyring::find(&uri, &mut SecretArgs::default().credentials(ExampleKeys::Allow, world))?;
        if let Some(mode) = found.key_file().and_then(KeyFile::exposed_mode) {
            writeln!(
                world.stderr,
                "warning: {} has mode {mode:04o}, wanted 0600",
                escape_control(&self.key.to_string())
            )?;
        }
        show(world, found.part(), &self.key, found.key_file(), self.json)
    }
}

#[derive(Serialize)]
struct Shown<'a> {
    label: &'a str,
    keyid: &'a str,
    scheme: &'static str,
    public: String,
    uri: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    created: Option<DateTime>,
    #[serde(skip_serializing_if = "Option::is_none")]
    encrypted: Option<bool>,
}

fn show(world: &mut World, part: &PublicPart, uri: &KeyUri, file: Option<&KeyFile>, json: bool) -> Verdict {
    let shown = Shown {
        label: &part.label,
        keyid: &part.keyid,
        scheme: "ed25519",
        public: hexadecimal(&part.public),
        uri: uri.to_string(),
        created: file.map(KeyFile::created),
        encrypted: file.map(KeyFile::is_encrypted),
    };
    if json {
        show_json(world, &shown)?;
        return Ok(Outcome::done());
    }
    writeln!(world.stdout, "label      {}", escape_control(shown.label))?;
    writeln!(world.stdout, "keyid      {}", shown.keyid)?;
    writeln!(world.stdout, "public     {} ({})", shown.public, shown.scheme)?;
    writeln!(world.stdout, "kept in    {}: {}", uri.backend(), escape_control(&shown.uri))?;
    if let Some(created) = shown.created {
        writeln!(world.stdout, "created    {created}")?;
    }
    if let Some(encrypted) = shown.encrypted {
        writeln!(world.stdout, "encrypted  {}", if encrypted { "yes" } else { "no" })?;
    }
    Ok(Outcome::done())
}

/// Lower-case hexadecimal.
pub fn hexadecimal(bytes: &[u8]) -> String {
    bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .filter_map(|digit| char::from_digit(digit.into(), 16))
        .collect()
}
