//! What may be needed to get at a key: passphrases, PINs, the environment. Taken from a world by a verb, for as long as it opens
//! keys.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::PathBuf;

use zeroize::Zeroizing;

use crate::example_keys::ExampleKeys;
use crate::passphrase::{PassphraseError, PassphrasePrompt, Secret};
use crate::stream::Stream;
use crate::world::World;

/// Where secrets come from when nobody is asked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SecretSources {
    /// The file whose first line is the passphrase of every encrypted key file.
    pub passphrase_file: Option<PathBuf>,
    /// The file whose first line is the PIN of every token that names none of its own.
    pub pin_file: Option<PathBuf>,
}

/// What may be needed to get at a key.
pub struct Credentials<'w> {
    prompt: &'w mut dyn PassphrasePrompt,
    environment: &'w mut BTreeMap<String, String>,
    stderr: &'w mut Stream,
    pub(super) examples: ExampleKeys,
    sources: SecretSources,
    /// A descriptor gives what is in it once.
    #[cfg(feature = "pkcs11")]
    pin: Option<Secret>,
    has_warned: bool,
}

impl<'w> Credentials<'w> {
    /// What a world has. Paths in `sources` are absolute.
    pub fn of(world: &'w mut World, examples: ExampleKeys, sources: SecretSources) -> Self {
        Self {
            prompt: &mut *world.passphrase,
            environment: &mut world.environment,
            stderr: &mut world.stderr,
            examples,
            sources,
            #[cfg(feature = "pkcs11")]
            pin: None,
            has_warned: false,
        }
    }

    /// A variable that is no secret, and is not empty.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.environment.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// Says something on standard error.
    pub(super) fn say(&mut self, text: &str) {
        // An error here shows again when results are written.
        let _ = writeln!(self.stderr, "{text}");
    }

    /// Says, once, what it means that an agent signs.
    pub(super) fn warn_of_agent(&mut self) {
        if !self.has_warned {
            self.say(
                "warning: an agent signs whatever any program of this user asks it to, without showing what that is",
            );
        }
        self.has_warned = true;
    }

    /// Takes a secret out of the environment, so that nothing of this program finds it there again, and wipes it when it is dropped.
    /// What the kernel shows of the process's first environment (`/proc/PID/environ`, to the same user) is out of reach.
    pub(super) fn variable(&mut self, name: &str) -> Option<Zeroizing<String>> {
        self.environment.remove(name).map(Zeroizing::new).filter(|value| !value.is_empty())
    }

    /// The passphrase of the key with this label.
    pub(super) fn passphrase(&mut self, label: &str) -> Result<Secret, PassphraseError> {
        match &self.sources.passphrase_file {
            Some(path) => Secret::read(path),
            None => self.prompt.ask(&format!("Passphrase of {label}")),
        }
    }

    /// The PIN of the token with this label.
    #[cfg(feature = "pkcs11")]
    pub(super) fn pin(&mut self, label: &str) -> Result<Secret, PassphraseError> {
        let Some(path) = &self.sources.pin_file else {
            return self.prompt.ask(&format!("PIN of the token {label}"));
        };
        if self.pin.is_none() {
            self.pin = Some(Secret::read(path)?);
        }
        self.pin.clone().ok_or(PassphraseError::Empty)
    }
}
