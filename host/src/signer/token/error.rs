//! Everything that can be wrong with a key in a token.

use std::fmt;
use std::path::PathBuf;

use cryptoki::error::{Error, RvError};
use thiserror::Error as ThisError;

use super::Unfit;
use crate::passphrase::PassphraseError;

/// A key in a token that was not used.
#[derive(Debug, ThisError)]
pub enum TokenError {
    /// There is no module with this name.
    #[error("no PKCS #11 module {name:?} where such modules lie")]
    NoModule {
        /// Its name.
        name: String,
    },
    /// There is no module at this path.
    #[error("there is no PKCS #11 module {}", path.display())]
    ModuleMissing {
        /// Where it should be.
        path: PathBuf,
    },
    /// The module cannot be loaded.
    #[error("{} cannot be used as a PKCS #11 module", path.display())]
    Load {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: Error,
    },
    /// No token fits the URI.
    #[error("no token that fits; there are: {}", list(found))]
    NoToken {
        /// The labels of those that are there.
        found: Vec<String>,
    },
    /// More than one token fits the URI.
    #[error("found {} tokens that fit, wanted one: {}", found.len(), list(found))]
    TwoTokens {
        /// Label and serial number of each.
        found: Vec<String>,
    },
    /// The token has no such key.
    #[error("the token {token:?} has no such key whose public half can be seen")]
    NoKey {
        /// The token's label.
        token: String,
    },
    /// More than one key of the token fits the URI.
    #[error("found {} keys that fit, wanted one; their ids: {}", ids.len(), list(ids))]
    TwoKeys {
        /// The id of each, percent-encoded as in a URI.
        ids: Vec<String>,
    },
    /// The key is of another kind.
    #[error("the key in the token cannot be used: {0}")]
    Unfit(Unfit),
    /// The token has the public half alone.
    #[error("the token has the public half of the key alone")]
    NoPrivateHalf,
    /// More than one private half has the id of the public half.
    #[error("found {found} private halves of the key, wanted one")]
    TwoPrivateHalves {
        /// How many.
        found: usize,
    },
    /// The token does not let the key sign (`CKA_SIGN`).
    #[error("the token does not let this key sign")]
    CannotSign,
    /// The token wants the PIN anew for each signature (`CKA_ALWAYS_AUTHENTICATE`).
    #[error("the token wants the PIN anew for each signature by this key, which is not done here")]
    AlwaysAuthenticates,
    /// No PIN was obtained.
    #[error("no PIN for the token {token:?}")]
    NoPin {
        /// The token's label.
        token: String,
        /// Why not.
        source: PassphraseError,
    },
    /// The PIN is not that of the token.
    #[error("the PIN is not that of the token {token:?}{tries}")]
    WrongPin {
        /// The token's label.
        token: String,
        /// What the token says of further tries.
        tries: Tries,
    },
    /// The PIN was wrong too often.
    #[error("the PIN of the token {token:?} is locked")]
    PinLocked {
        /// The token's label.
        token: String,
    },
    /// The token was made and has no PIN yet.
    #[error("the token {token:?} has no user PIN yet")]
    NoUserPin {
        /// The token's label.
        token: String,
    },
    /// A new key without a label.
    #[error("a new key has no label, wanted object=LABEL in the URI")]
    Unnamed,
    /// A new key under a label or an id that is taken.
    #[error("the token has a key {label:?} or one with its id already")]
    Taken {
        /// The label.
        label: String,
    },
    /// The module did not do what was asked.
    #[error("the PKCS #11 module did not do what was asked")]
    Module(#[from] Error),
}

/// What a token says of further tries of its PIN.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tries {
    /// Nothing.
    Some,
    /// That there are fewer than at first.
    Fewer,
    /// That there is one.
    Last,
}

impl fmt::Display for Tries {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Some => "",
            Self::Fewer => ", which counts wrong tries",
            Self::Last => ", which has one try left",
        })
    }
}

impl TokenError {
    /// Whether the key is not there: an offline key, perhaps.
    pub fn is_absent(&self) -> bool {
        matches!(
            self,
            Self::NoToken { .. } | Self::NoKey { .. } | Self::ModuleMissing { .. } | Self::NoModule { .. }
        )
    }

    /// What a login that was refused means.
    pub(super) fn of_login(error: Error, token: &str, tries: Tries) -> Self {
        let token = token.to_owned();
        match error {
            Error::Pkcs11(RvError::PinIncorrect | RvError::PinInvalid | RvError::PinLenRange, _) => {
                Self::WrongPin { token, tries }
            }
            Error::Pkcs11(RvError::PinLocked, _) => Self::PinLocked { token },
            Error::Pkcs11(RvError::UserPinNotInitialized, _) => Self::NoUserPin { token },
            other => Self::Module(other),
        }
    }
}

fn list(names: &[String]) -> String {
    if names.is_empty() { "none".to_owned() } else { names.join(", ") }
}

#[cfg(test)]
mod tests {
    use cryptoki::context::Function;

    use super::*;

    #[test]
    fn a_refused_login_says_what_the_token_said() {
        let of = |error| TokenError::of_login(Error::Pkcs11(error, Function::Login), "T", Tries::Last);
        assert_eq!(
            of(RvError::PinIncorrect).to_string(),
            "the PIN is not that of the token \"T\", which has one try left"
        );
        assert!(matches!(of(RvError::PinLenRange), TokenError::WrongPin { .. }));
        assert_eq!(of(RvError::PinLocked).to_string(), "the PIN of the token \"T\" is locked");
        assert!(matches!(of(RvError::UserPinNotInitialized), TokenError::NoUserPin { .. }));
        assert!(matches!(of(RvError::DeviceRemoved), TokenError::Module(_)));
    }
}
