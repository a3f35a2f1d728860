//! What may be needed to get at a key: passphrases, PINs, the environment. Taken from a world by a verb, for as long as it opens
//! keys.

use std::path::PathBuf;

use crate::example_keys::ExampleKeys;
use crate::passphrase::{PassphraseError, PassphrasePrompt, Secret};
use crate::world::World;

/// Where secrets come from when nobody is asked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SecretSources {
    /// The file whose first line is the passphrase of every encrypted key file.
    pub passphrase_file: Option<PathBuf>,
}

/// What may be needed to get at a key.
pub struct Credentials<'w> {
    prompt: &'w mut dyn PassphrasePrompt,
    pub(super) examples: ExampleKeys,
    sources: SecretSources,
}

impl<'w> Credentials<'w> {
    /// What a world has. Paths in `sources` are absolute.
    pub fn of(world: &'w mut World, examples: ExampleKeys, sources: SecretSources) -> Self {
        Self { prompt: &mut *world.passphrase, examples, sources }
    }

    /// The passphrase of the key with this label.
    pub(super) fn passphrase(&mut self, label: &str) -> Result<Secret, PassphraseError> {
        match &self.sources.passphrase_file {
            Some(path) => Secret::read(path),
            None => self.prompt.ask(&format!("Passphrase of {label}")),
        }
    }
}
