//! The refusal of keys whose secrets are published.
//!
//! Every place that takes a key from outside (a key file, a root to be pinned, an issuers file) asks here. The keys
//! themselves are in `interdict-keys-example`.

use interdict_keys_example::{Name, named};
use thiserror::Error;

/// Whether example keys may be used: `--allow-example-keys`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ExampleKeys {
    /// They are refused.
    #[default]
    Refuse,
    /// They are used: for tests and the demonstration.
    Allow,
}

/// This key's secret is published.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("{name} is an example key, whose secret is published")]
pub struct ExampleKeyError {
    /// Its name.
    pub name: Name,
}

impl ExampleKeys {
    /// Asks whether a public key may be used.
    ///
    /// # Errors
    ///
    /// [`ExampleKeyError`] for an example key when they are refused.
    pub fn check(self, public: &[u8; 32]) -> Result<(), ExampleKeyError> {
        match (self, named(public)) {
            (Self::Refuse, Some(name)) => Err(ExampleKeyError { name }),
            (Self::Allow, _) | (Self::Refuse, None) => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_example_key_is_refused_unless_allowed() {
        let public = interdict_keys_example::key(Name::Root1).verifying_key().to_bytes();
        assert_eq!(ExampleKeys::default().check(&public), Err(ExampleKeyError { name: Name::Root1 }));
        assert_eq!(ExampleKeys::Allow.check(&public), Ok(()));
        assert_eq!(ExampleKeys::Refuse.check(&[9; 32]), Ok(()));
    }
}
