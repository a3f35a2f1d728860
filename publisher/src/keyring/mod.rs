//! Keys of the repository's roles: found where their URIs say, opened when they are needed, used to sign metadata.
//!
//! | room | what is in it |
//! |---|---|
//! | [`Keyring`] | the keys at hand, each looked for when its role first signs, and opened at most once |
//! | [`Purpose`] | what a key is for, and which places are not fit for that |
//! | [`distinct`] | no key serves twice, is weak, or is an example |
//! | [`sign()`] | a role's signatures under its metadata |
//!
//! Not here: what makes an officer's signature ([`crate::officer`]), and how keys are kept (`interdict-host`).

mod distinct;
mod metadata;
mod purpose;

use interdict_host::signer::{self, Credentials, FoundKey, KeyUri, OpenError, PublicPart, Signer};
use interdict_schema::tuf::RoleType;
use thiserror::Error;

pub use distinct::{Holder, NotDistinct, distinct};
pub use metadata::{SignRoleError, sign};
pub use purpose::{OnlineOnly, Purpose};

use crate::repository::KeyUris;

/// A key that was not used.
#[derive(Debug, Error)]
pub enum KeyError {
    /// It was not found, or not opened.
    #[error("{}", what(uri))]
    Open {
        /// Where it should be.
        uri: KeyUri,
        /// Why.
        source: OpenError,
    },
    /// It may not serve for this.
    #[error(transparent)]
    OnlineOnly(#[from] OnlineOnly),
}

fn what(uri: &KeyUri) -> String {
    match uri.file() {
        Some(path) => format!("key file {}", path.display()),
        None => format!("key {uri}"),
    }
}

impl KeyError {
    /// Whether there is no such key.
    pub fn is_absent(&self) -> bool {
        matches!(self, Self::Open { source, .. } if source.is_absent())
    }
}

/// Finds a key; its secret stays closed. Paths in the URI are absolute.
///
/// # Errors
///
/// [`KeyError`].
pub fn find(uri: &KeyUri, credentials: &mut Credentials<'_>) -> Result<FoundKey, KeyError> {
    signer::find(uri, credentials).map_err(|source| KeyError::Open { uri: uri.clone(), source })
}

/// Opens a key that was found.
///
/// # Errors
///
/// [`KeyError`].
pub fn open(found: FoundKey, credentials: &mut Credentials<'_>) -> Result<Box<dyn Signer>, KeyError> {
    let uri = found.uri().clone();
    found.open(credentials).map_err(|source| KeyError::Open { uri, source })
}

/// Keys that are at hand. Each is looked for when its role first signs, opened when it is needed, and open from then on: what signs
/// again and again keeps its ring, because a secret from the environment or a descriptor can be read only once.
pub struct Keyring {
    keys: Vec<Entry>,
}

struct Entry {
    uri: KeyUri,
    /// The role under which `publisher.toml` has it; none for a key that was given.
    role: Option<RoleType>,
    state: State,
}

enum State {
    Unseen,
    Absent,
    Found(Box<FoundKey>),
    Open { part: Box<PublicPart>, signer: Box<dyn Signer> },
}

impl Keyring {
    /// A ring of the keys that were given, which must be there, and those of the settings, which may be offline. Paths in URIs are
    /// absolute.
    ///
    /// # Errors
    ///
    /// [`KeyError`] for the first key given that cannot be used.
    pub fn read<'u>(
        given: impl IntoIterator<Item = &'u KeyUri>,
        settings: &KeyUris,
        credentials: &mut Credentials<'_>,
    ) -> Result<Self, KeyError> {
        let mut ring = Self { keys: Vec::new() };
        for uri in given {
            if !ring.has(uri) {
                let state = State::Found(Box::new(find(uri, credentials)?));
                ring.keys.push(Entry { uri: uri.clone(), role: None, state });
            }
        }
        for (role, uri) in settings.iter() {
            if !ring.has(uri) {
                ring.keys.push(Entry { uri: uri.clone(), role: Some(role), state: State::Unseen });
            }
        }
        Ok(ring)
    }

    fn has(&self, uri: &KeyUri) -> bool {
        self.keys.iter().any(|entry| entry.uri == *uri)
    }

    /// What everybody may know of a key that was given, or that has been looked for.
    pub fn part(&self, uri: &KeyUri) -> Option<&PublicPart> {
        self.keys.iter().find(|entry| entry.uri == *uri)?.part()
    }

    /// What people call the keys that were given, or that have been looked for, by keyid.
    pub fn labels(&self) -> impl Iterator<Item = (&str, &str)> {
        self.keys.iter().filter_map(Entry::part).map(|part| (part.keyid.as_str(), part.label.as_str()))
    }

    /// The signers of these keys, at most `most` of them: of the keys that were given, then of those that the settings name for the
    /// role, in their order.
    ///
    /// # Errors
    ///
    /// [`KeyError`] for the first key that cannot be opened, or that may not serve for the role.
    pub fn signers(
        &mut self,
        role: RoleType,
        keyids: &[String],
        most: u32,
        credentials: &mut Credentials<'_>,
    ) -> Result<Vec<&dyn Signer>, KeyError> {
        let most = usize::try_from(most).unwrap_or(usize::MAX);
        let mut wanted: Vec<String> = Vec::new();
        for entry in self.keys.iter_mut().filter(|entry| entry.role.is_none_or(|of| of == role)) {
            if wanted.len() >= most {
                break;
            }
            let Some(keyid) = entry.keyid(credentials)? else { continue };
            if !keyids.contains(&keyid) || wanted.contains(&keyid) {
                continue;
            }
            Purpose::Role(role).check(&entry.uri)?;
            entry.open(credentials)?;
            wanted.push(keyid);
        }
        let mut signers: Vec<&dyn Signer> = Vec::new();
        for keyid in &wanted {
            signers.extend(self.keys.iter().filter_map(|entry| entry.signer(keyid)).take(1));
        }
        Ok(signers)
    }

    /// The keys of a role that the settings name and that were not found when they were looked for.
    pub fn absent(&self, role: RoleType) -> impl Iterator<Item = &KeyUri> {
        let absent = move |entry: &&Entry| entry.role == Some(role) && matches!(entry.state, State::Absent);
        self.keys.iter().filter(absent).map(|entry| &entry.uri)
    }
}

impl Entry {
    /// Looks for the key, the first time, and gives its keyid where it is there.
    fn keyid(&mut self, credentials: &mut Credentials<'_>) -> Result<Option<String>, KeyError> {
        if matches!(self.state, State::Unseen) {
            self.state = match find(&self.uri, credentials) {
                Ok(found) => State::Found(Box::new(found)),
                Err(error) if error.is_absent() => State::Absent,
                Err(error) => return Err(error),
            };
        }
        Ok(self.part().map(|part| part.keyid.clone()))
    }

    fn part(&self) -> Option<&PublicPart> {
        match &self.state {
            State::Unseen | State::Absent => None,
            State::Found(found) => Some(found.part()),
            State::Open { part, .. } => Some(part),
        }
    }

    fn open(&mut self, credentials: &mut Credentials<'_>) -> Result<(), KeyError> {
        match std::mem::replace(&mut self.state, State::Unseen) {
            State::Found(found) => {
                let part = Box::new(found.part().clone());
                self.state = State::Open { part, signer: open(*found, credentials)? };
            }
            other => self.state = other,
        }
        Ok(())
    }

    fn signer(&self, wanted: &str) -> Option<&dyn Signer> {
        match &self.state {
            State::Open { part, signer } if part.keyid == wanted => Some(&**signer),
            _ => None,
        }
    }
}
