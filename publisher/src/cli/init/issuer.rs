//! Who may issue: one issuer from options, or several from a file.

use std::path::{Path, PathBuf};

use clap::Args;
use interdict_host::example_keys::ExampleKeys;
use interdict_host::key_file::{KeyFile, MAX_KEY_FILE_BYTES};
use interdict_host::read::read_bounded;
use interdict_host::signer::KeyUri;
use interdict_host::world::World;
use interdict_schema::directive::draft::payload_of;
use interdict_schema::issuers::{FORMAT, Issuer, IssuerKey, Issuers, KeyState};
use interdict_schema::limits::ISSUERS_LENGTH;
use thiserror::Error;

use crate::cli::Failure;
use crate::cli::key::hexadecimal;
use crate::cli::shared::{SecretArgs, check_example_keys, read_input};
use crate::keyring::{self, KeyError, Purpose};
use crate::officer::InputError;

/// Who may issue directives.
#[derive(Debug, Args)]
pub struct IssuerArgs {
    /// The list of issuers, where there are several: the payload of issuers.json, comments allowed
    #[arg(long, value_name = "FILE", conflicts_with_all = ["issuer", "issuer_name", "prefix", "officer", "threshold"])]
    issuers: Option<PathBuf>,

    /// The issuer's id, as directives name it
    #[arg(long, value_name = "ID", required_unless_present = "issuers")]
    issuer: Option<String>,

    /// The issuer's name, for people; its id unless given
    #[arg(long, value_name = "NAME")]
    issuer_name: Option<String>,

    /// Whole tokens with which its directives' ids begin; may be repeated
    #[arg(long, value_name = "PREFIX", required_unless_present = "issuers")]
    prefix: Vec<String>,

    /// An officer's key: a key file or another key URI, what `key public` wrote, or 64 hexadecimal digits; may be repeated
    #[arg(long, value_name = "KEY", required_unless_present = "issuers")]
    officer: Vec<String>,

    /// How many officers must sign a directive; 2, or 1 where there is one officer, unless given
    #[arg(long, value_name = "N")]
    threshold: Option<u32>,
}

/// Issuers that cannot be used.
#[derive(Debug, Error)]
enum IssuerError {
    #[error(
        "{officer:?} is no officer's key: neither a key file or its public part, nor a key URI, nor 64 hexadecimal digits"
    )]
    Officer { officer: String },
    #[error("the list of issuers")]
    Issuers(#[source] interdict_schema::issuers::Refusal),
}

impl IssuerArgs {
    /// The list of issuers, and its payload.
    pub fn read(&self, world: &mut World, examples: ExampleKeys) -> Result<(Issuers, Vec<u8>), Failure> {
        let (issuers, payload) = if let Some(path) = &self.issuers {
            let bytes = read_input(world, path, ISSUERS_LENGTH)?;
            let payload = payload_of(&bytes).map_err(InputError::from)?;
            let issuers =
                Issuers::parse(&payload).map_err(|error| Failure::usage(IssuerError::Issuers(error)))?;
            (issuers, payload)
        } else {
            let issuers = self.one(world, examples)?;
            let payload = serde_json::to_vec(&issuers).expect("a list of issuers is JSON");
            (issuers, payload)
        };
        check_example_keys(&issuers, examples)?;
        Ok((issuers, payload))
    }

    fn one(&self, world: &mut World, examples: ExampleKeys) -> Result<Issuers, Failure> {
        let id = self.issuer.clone().unwrap_or_default();
        let mut keys: Vec<IssuerKey> = Vec::new();
        for officer in &self.officer {
            keys.push(officer_key(world, officer, examples)?);
        }
        let issuer = Issuer {
            name: self.issuer_name.clone().unwrap_or_else(|| id.clone()),
            id,
            threshold: self.threshold.unwrap_or_else(|| default_threshold(keys.len())),
            prefixes: self.prefix.clone(),
            may_amend: Vec::new(),
            keys,
        };
        Ok(Issuers { format: FORMAT.to_owned(), version: 1, issuers: vec![issuer], repudiated: Vec::new() })
    }
}

/// Two where there are two: one person alone should not be enough.
pub fn default_threshold(keys: usize) -> u32 {
    if keys >= 2 { 2 } else { 1 }
}

/// An officer's key: as [`any_key`], and in a place where officers may keep theirs.
///
/// # Errors
///
/// Of [`any_key`]; it is where only keys of online roles may be.
pub fn officer_key(world: &mut World, officer: &str, examples: ExampleKeys) -> Result<IssuerKey, Failure> {
    if let Ok(uri) = officer.parse::<KeyUri>() {
        Purpose::Officer.check(&uri).map_err(KeyError::from)?;
    }
    any_key(world, officer, examples)
}

/// The public part of a key: of a key file, of what `key show --json` printed, of hexadecimal digits, or of another key URI.
///
/// # Errors
///
/// It is none of these, or it cannot be read.
pub fn any_key(world: &mut World, officer: &str, examples: ExampleKeys) -> Result<IssuerKey, Failure> {
    let hint = "`interdict-publisher key public KEY -o FILE` writes the public part of a key";
    let not_a_key = || Failure::usage(IssuerError::Officer { officer: officer.to_owned() }).hint(hint);
    let hex = |text: &str| text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let (public, holder) = if hex(officer) {
        (officer.to_ascii_lowercase(), None)
    } else if let Ok(uri) = officer.parse::<KeyUri>()
        && uri.file().is_none()
    {
        let uri = uri.beneath(&world.current_dir);
        let found = keyring::find(&uri, &mut SecretArgs::default().credentials(examples, world))?;
        (hexadecimal(&found.part().public), Some(found.part().label.clone()))
    } else {
        let bytes = read_bounded(&world.resolve(Path::new(officer)), MAX_KEY_FILE_BYTES)
            .map_err(|error| Failure::from(error).hint(hint))?;
        // Only the public part is used, so whose key it is decides nothing yet; see the check of the whole list.
        if let Ok(file) = KeyFile::parse(&bytes, ExampleKeys::Allow) {
            (hexadecimal(file.public()), Some(file.label().to_owned()))
        } else {
            let shown: serde_json::Value = serde_json::from_slice(&bytes).map_err(|_| not_a_key())?;
            let text = |name| shown.get(name).and_then(serde_json::Value::as_str).map(ToOwned::to_owned);
            (text("public").filter(|public| hex(public)).ok_or_else(not_a_key)?, text("label"))
        }
    };
    let key = IssuerKey {
        scheme: "ed25519".to_owned(),
        public,
        state: KeyState::Active,
        vouches: Vec::new(),
        holder,
    };
    if key.public_key().is_none() {
        return Err(not_a_key());
    }
    Ok(key)
}
