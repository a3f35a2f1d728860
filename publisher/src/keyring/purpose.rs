//! What a key is for, and which places are not fit for that.

use std::fmt;

use interdict_host::signer::{Backend, KeyUri};
use interdict_schema::tuf::RoleType;
use thiserror::Error;

/// What a key signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Metadata of a role, and the list of issuers for the root role.
    Role(RoleType),
    /// Directives and the documents beside them.
    Officer,
}

/// A key that anything on a machine can sign with, for something that a person has to be there for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a key in {} {backend} for {purpose}, wanted a file, a token or an agent", article(*backend))]
pub struct OnlineOnly {
    /// What keeps the key.
    pub backend: Backend,
    /// What it was to sign.
    pub purpose: Purpose,
}

fn article(backend: Backend) -> &'static str {
    if matches!(backend, Backend::Agent | Backend::Environment) { "an" } else { "a" }
}

impl Purpose {
    /// Whether a key that is there may serve for this: one from the environment or a descriptor signs for the online roles alone,
    /// snapshot and timestamp.
    ///
    /// # Errors
    ///
    /// [`OnlineOnly`].
    pub fn check(self, uri: &KeyUri) -> Result<(), OnlineOnly> {
        let backend = uri.backend();
        let is_online = matches!(self, Self::Role(RoleType::Snapshot | RoleType::Timestamp));
        if is_online || !backend.is_online_only() {
            return Ok(());
        }
        Err(OnlineOnly { backend, purpose: self })
    }
}

impl fmt::Display for Purpose {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Role(role) => write!(formatter, "the {role} role"),
            Self::Officer => formatter.write_str("an officer"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_from_the_environment_or_a_descriptor_serves_the_online_roles_alone() {
        let (online, offline) = (
            [RoleType::Snapshot, RoleType::Timestamp].map(Purpose::Role),
            [Purpose::Role(RoleType::Root), Purpose::Role(RoleType::Targets), Purpose::Officer],
        );
        for uri in [KeyUri::Environment("KEY".into()), KeyUri::Descriptor(3)] {
            for purpose in online {
                assert_eq!(purpose.check(&uri), Ok(()));
            }
            for purpose in offline {
                assert_eq!(purpose.check(&uri), Err(OnlineOnly { backend: uri.backend(), purpose }));
            }
        }
        for purpose in online.into_iter().chain(offline) {
            assert_eq!(purpose.check(&KeyUri::File("a.key".into())), Ok(()));
        }
        let error = OnlineOnly { backend: Backend::Environment, purpose: Purpose::Officer };
        assert_eq!(
            error.to_string(),
            "a key in an environment variable for an officer, wanted a file, a token or an agent"
        );
    }
}
