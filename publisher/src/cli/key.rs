//! `key`: makes keys, shows their public parts, and moves them between forms.

mod convert;
mod list;
mod new;
mod public;

use std::io::Write;
use std::path::Path;

use clap::{Args, Subcommand, ValueHint};
use interdict_host::cli::GlobalArgs;
use interdict_host::example_keys::ExampleKeys;
use interdict_host::exit::Outcome;
use interdict_host::key_file::KeyFile;
use interdict_host::signer::{FoundKey, KeyUri};
use interdict_host::terminal::escape_control;
use interdict_host::world::World;
use interdict_schema::DateTime;
use serde::Serialize;

use super::shared::{SecretArgs, show_json};
use super::{Failure, Verdict, gone};
use crate::keyring;

/// Makes, shows and converts keys
#[derive(Debug, Subcommand)]
pub enum KeyVerb {
    New(new::NewArgs),
    Show(ShowArgs),
    Lost(gone::LostArgs),
    Compromised(gone::CompromisedArgs),
    Public(public::PublicArgs),
    List(list::ListArgs),
    Import(convert::ImportArgs),
    Export(convert::ExportArgs),
}

/// Shows the public part of a key, and where it is; the secret stays closed
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  interdict-publisher key show officer-1.key --json | jq -r .public")]
pub struct ShowArgs {
    /// The key: a key file, or another key URI (pkcs11:, ssh-agent:, env:, fd:)
    #[arg(value_name = "KEY", value_hint = ValueHint::FilePath)]
    key: KeyUri,

    #[command(flatten)]
    secrets: SecretArgs,

    /// Show it as JSON
    #[arg(long)]
    json: bool,
}

impl KeyVerb {
    pub fn json(&self) -> bool {
        match self {
            Self::New(args) => args.json,
            Self::Show(args) => args.json,
            Self::Lost(args) => args.json(),
            Self::Compromised(args) => args.json(),
            Self::List(args) => args.json,
            Self::Import(args) => args.json,
            Self::Public(_) | Self::Export(_) => false,
        }
    }

    pub fn run(&self, global: &GlobalArgs, world: &mut World) -> Verdict {
        match self {
            Self::New(args) => args.run(global, world),
            Self::Show(args) => args.run(world),
            Self::Lost(args) => args.run(global, world),
            Self::Compromised(args) => args.run(global, world),
            Self::Public(args) => args.run(world),
            Self::List(args) => args.run(world),
            Self::Import(args) => args.run(global, world),
            Self::Export(args) => args.run(global, world),
        }
    }
}

impl ShowArgs {
    fn run(&self, world: &mut World) -> Verdict {
        let found = look_at(world, &self.key, &self.secrets)?;
        show(world, &found, &self.key, self.json)
    }
}

/// Finds a key to look at. The public part of an example key may be looked at; only its use is refused.
fn look_at(world: &mut World, key: &KeyUri, secrets: &SecretArgs) -> Result<FoundKey, Failure> {
    let uri = key.beneath(&world.current_dir);
    let found = keyring::find(&uri, &mut secrets.credentials(ExampleKeys::Allow, world))?;
    if let Some(mode) = found.exposed_mode() {
        let key = escape_control(&key.to_string()).into_owned();
        writeln!(world.stderr, "warning: {key} has mode {mode:04o}, wanted 0600")?;
    }
    Ok(found)
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

fn show(world: &mut World, found: &FoundKey, uri: &KeyUri, json: bool) -> Verdict {
    let (part, file) = (found.part(), found.key_file());
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

/// Finds a file that was just made, and shows it.
fn show_made(world: &mut World, path: &Path, json: bool) -> Verdict {
    let uri = KeyUri::File(path.to_path_buf());
    let found = look_at(world, &uri, &SecretArgs::default())?;
    show(world, &found, &uri, json)
}

/// Lower-case hexadecimal.
pub fn hexadecimal(bytes: &[u8]) -> String {
    bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .filter_map(|digit| char::from_digit(digit.into(), 16))
        .collect()
}
