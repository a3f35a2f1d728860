//! `key list`: the keys of a token or an agent, with their URIs.

use std::io::Write;

use clap::Args;
use interdict_host::example_keys::ExampleKeys;
use interdict_host::exit::Outcome;
use interdict_host::signer::{KeyUri, KeyUriError, PublicPart, agent_keys, token_keys};
use interdict_host::terminal::escape_control;
use interdict_host::world::World;
use serde::Serialize;
use thiserror::Error;

use super::hexadecimal;
use crate::cli::shared::{SecretArgs, show_json};
use crate::cli::{Failure, Verdict};

/// Lists the keys of a token or an agent, with the URI of each; no PIN is needed
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  interdict-publisher key list ssh-agent:\n  \
    interdict-publisher key list \"pkcs11:?module-name=softhsm2\"")]
pub struct ListArgs {
    /// ssh-agent: or pkcs11: with as much of a URI as is known
    #[arg(value_name = "WHERE")]
    place: String,

    /// Show the list as JSON
    #[arg(long)]
    pub json: bool,
}

/// A place that has no list.
#[derive(Debug, Error)]
enum ListError {
    #[error("not a place that has a list of keys, wanted ssh-agent: or pkcs11:")]
    Place,
    #[error("not a place that has a list of keys")]
    Uri(#[from] KeyUriError),
}

#[derive(Serialize)]
struct List {
    keys: Vec<Key>,
}

#[derive(Serialize)]
struct Key {
    uri: String,
    label: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    keyid: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    public: Option<String>,
    /// Why it cannot be used.
    #[serde(skip_serializing_if = "Option::is_none")]
    unfit: Option<String>,
}

impl Key {
    fn new(uri: &KeyUri, label: String, part: Result<PublicPart, String>) -> Self {
        let (part, unfit) = match part {
            Ok(part) => (Some(part), None),
            Err(unfit) => (None, Some(unfit)),
        };
        Self {
            uri: uri.to_string(),
            label,
            keyid: part.as_ref().map(|part| part.keyid.clone()),
            public: part.as_ref().map(|part| hexadecimal(&part.public)),
            unfit,
        }
    }
}

impl ListArgs {
    pub fn run(&self, world: &mut World) -> Verdict {
        let list = List { keys: self.keys(world)? };
        if self.json {
            show_json(world, &list)?;
            return Ok(Outcome::done());
        }
        for key in &list.keys {
            writeln!(world.stdout, "{}", escape_control(&key.uri))?;
            writeln!(world.stdout, "  label   {}", escape_control(&key.label))?;
            match (&key.public, &key.unfit) {
                (Some(public), _) => writeln!(world.stdout, "  public  {public}")?,
                (None, unfit) => {
                    let unfit = unfit.as_deref().unwrap_or_default();
                    writeln!(world.stdout, "  cannot be used: {}", escape_control(unfit))?;
                }
            }
        }
        if list.keys.is_empty() {
            writeln!(world.stderr, "no keys; an agent that is locked shows none either")?;
        }
        Ok(Outcome::done())
    }

    fn keys(&self, world: &mut World) -> Result<Vec<Key>, Failure> {
        if self.place == "ssh-agent:" {
            let credentials = SecretArgs::default().credentials(ExampleKeys::Allow, world);
            let keys = agent_keys(&credentials)?.into_iter().map(|key| {
                let unfit = || format!("a key of the kind {}, wanted ssh-ed25519", key.kind);
                Key::new(&key.uri(), key.comment.clone(), key.part.clone().ok_or_else(unfit))
            });
            return Ok(keys.collect());
        }
        let uri: KeyUri = self.place.parse().map_err(|error| Failure::usage(ListError::Uri(error)))?;
        let KeyUri::Token(uri) = uri.beneath(&world.current_dir) else {
            return Err(Failure::usage(ListError::Place));
        };
        let keys = token_keys(&uri)?
            .into_iter()
            .map(|key| Key::new(&key.uri, key.label, key.part.map_err(|unfit| unfit.to_string())));
        Ok(keys.collect())
    }
}
