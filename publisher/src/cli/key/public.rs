//! `key public`: the public part in a file that may travel.

use std::io::Write;
use std::path::PathBuf;

use clap::{Args, ValueHint};
use interdict_host::exit::Outcome;
use interdict_host::signer::KeyUri;
use interdict_host::world::World;
use interdict_host::write::Mode;
use serde::Serialize;

use super::{hexadecimal, look_at};
use crate::cli::Verdict;
use crate::cli::shared::{SecretArgs, shown};

/// Writes the public part of a key, for `init --officer` and for ceremonies: it may travel as it is
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  interdict-publisher key public officer-1.key -o officer-1.pub.json")]
pub struct PublicArgs {
    /// The key: a key file, or another key URI (pkcs11:, ssh-agent:, env:, fd:)
    #[arg(value_name = "KEY", value_hint = ValueHint::FilePath)]
    key: KeyUri,

    /// The new file; nothing is ever overwritten. Standard output unless given
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,

    #[command(flatten)]
    secrets: SecretArgs,
}

/// Says nothing of where the key is: that is nobody's business but its holder's.
#[derive(Serialize)]
struct Part<'a> {
    label: &'a str,
    keyid: &'a str,
    scheme: &'static str,
    public: String,
}

impl PublicArgs {
    pub fn run(&self, world: &mut World) -> Verdict {
        let found = look_at(world, &self.key, &self.secrets)?;
        let part = found.part();
        let public = Part {
            label: &part.label,
            keyid: &part.keyid,
            scheme: "ed25519",
            public: hexadecimal(&part.public),
        };
        let mut text = serde_json::to_string(&public).expect("texts are JSON");
        text.push('\n');
        match &self.output {
            None => world.stdout.write_all(text.as_bytes())?,
            Some(path) => {
                world.disk.write_new(&world.resolve(path), text.as_bytes(), Mode::Public)?;
                writeln!(world.stderr, "wrote {}", shown(path))?;
            }
        }
        Ok(Outcome::done())
    }
}
