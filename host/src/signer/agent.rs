//! Keys in an agent (RFC draft-ietf-sshm-ssh-agent): which it has, and signatures by them.
//!
//! The agent is somebody else's program: its answers are bounded ([`wire`]), it has to answer in time, and a signature counts once
//! the public half verifies it. An Ed25519 signature of SSH is the plain one of RFC 8032 over the message (RFC 8709, section 6), so
//! everybody verifies it who knows nothing of SSH.
//!
//! Not here: keys in hardware that OpenSSH calls `sk-ssh-ed25519@openssh.com`, whose signatures are over something else.

mod wire;

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use interdict_schema::Sha256;
use thiserror::Error;

use super::{Backend, Credentials, Fingerprint, KeyUri, OpenError, PublicPart, SignError, Signer, verified};
use wire::{Connection, Identity};

/// How long an agent may think before it says which keys it has.
const LISTING: Duration = Duration::from_secs(10);

/// How long an agent may think before it signs: it may ask a person first (`ssh-add -c`).
const SIGNING: Duration = Duration::from_mins(2);

/// The variable that says where the agent listens.
pub const SOCKET: &str = "SSH_AUTH_SOCK";

/// The algorithm that is used.
const ED25519: &str = "ssh-ed25519";

/// An agent that did not do what was asked.
#[derive(Debug, Error)]
pub enum AgentError {
    /// Nothing says where the agent is.
    #[error("{SOCKET} is not set, so there is no agent to ask")]
    NoSocket,
    /// Nobody listens there.
    #[error("no agent answers at {}", path.display())]
    Gone {
        /// Where it should be.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// It was there, and then it was not, or took too long.
    #[error("the agent stopped answering")]
    Broken(#[source] io::Error),
    /// It said no.
    #[error("the agent refused")]
    Refused,
    /// It said something that is no answer.
    #[error("the agent's answer is not one of its protocol: {fact}")]
    Rubbish {
        /// What is wrong with it.
        fact: Rubbish,
    },
    /// It has no key with this fingerprint.
    #[error("the agent has no key {fingerprint}; it has {keys} other keys")]
    NoKey {
        /// The key.
        fingerprint: Fingerprint,
        /// How many it has. None at all is also what a locked agent says.
        keys: usize,
    },
    /// The key is of another algorithm.
    #[error("the key is of the kind {found:?}, wanted {ED25519:?}")]
    Kind {
        /// What it is.
        found: String,
    },
    /// More than any agent takes at once.
    #[error("a message of {found} bytes is too long for an agent, which takes {max_bytes}")]
    TooLong {
        /// Bytes of the message.
        found: usize,
        /// The most that an agent takes.
        max_bytes: usize,
    },
}

/// What is wrong with an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Rubbish {
    /// Longer than any answer.
    #[error("{found} bytes, wanted 1 to {max_bytes}")]
    Length {
        /// How long it says that it is.
        found: u32,
        /// The most that is read.
        max_bytes: u32,
    },
    /// An answer to another question.
    #[error("a message of type {found}, wanted {wanted}")]
    Type {
        /// The type.
        found: u8,
        /// The type that answers the question.
        wanted: u8,
    },
    /// It ends in the middle of something, or goes on after its end.
    #[error("it does not end where it should")]
    End,
    /// More keys than any agent has.
    #[error("{found} keys, wanted at most {max}")]
    Keys {
        /// How many.
        found: u32,
        /// The most that are read.
        max: u32,
    },
    /// A signature that is none of this algorithm.
    #[error("a signature that is not of {ED25519}")]
    Signature,
}

/// One key of an agent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgentKey {
    /// What tells it from every other.
    pub fingerprint: Fingerprint,
    /// What kind of key it is: `ssh-ed25519`.
    pub kind: String,
    /// What people call it.
    pub comment: String,
    /// Its public half, where it can be used.
    pub part: Option<PublicPart>,
}

/// The keys of the agent, in its order.
///
/// # Errors
///
/// [`AgentError`].
pub fn agent_keys(credentials: &Credentials<'_>) -> Result<Vec<AgentKey>, AgentError> {
    let socket = socket(credentials)?;
    let identities = Connection::open(&socket, LISTING)?.identities()?;
    Ok(identities.iter().map(AgentKey::of).collect())
}

/// A key that the agent has.
pub(super) fn find(
    fingerprint: Fingerprint,
    credentials: &Credentials<'_>,
) -> Result<(PublicPart, AgentSigner), OpenError> {
    let socket = socket(credentials)?;
    let identities = Connection::open(&socket, LISTING)?.identities()?;
    let identity = identities.iter().find(|identity| fingerprint_of(&identity.blob) == fingerprint);
    let identity = identity.ok_or(AgentError::NoKey { fingerprint, keys: identities.len() })?;
    let public = identity.ed25519().ok_or_else(|| AgentError::Kind { found: identity.kind() })?;
    let part = PublicPart::new(public, identity.comment.clone())?;
    credentials.examples.check(&public).map_err(OpenError::Example)?;
    let signer = AgentSigner { socket, blob: identity.blob.clone(), public, label: identity.comment.clone() };
    Ok((part, signer))
}

fn socket(credentials: &Credentials<'_>) -> Result<PathBuf, AgentError> {
    credentials.text(SOCKET).map(PathBuf::from).ok_or(AgentError::NoSocket)
}

fn fingerprint_of(blob: &[u8]) -> Fingerprint {
    Fingerprint(*Sha256::of(blob).as_bytes())
}

impl AgentKey {
    fn of(identity: &Identity) -> Self {
        let part = identity.ed25519().and_then(|public| PublicPart::new(public, &*identity.comment).ok());
        Self {
            fingerprint: fingerprint_of(&identity.blob),
            kind: identity.kind(),
            comment: identity.comment.clone(),
            part,
        }
    }

    /// Where it is.
    pub fn uri(&self) -> KeyUri {
        KeyUri::Agent(self.fingerprint)
    }
}

/// A key in an agent, which is asked anew for each signature.
#[derive(Debug)]
pub(super) struct AgentSigner {
    socket: PathBuf,
    blob: Vec<u8>,
    public: [u8; 32],
    label: String,
}

impl AgentSigner {
    fn ask(&self, message: &[u8]) -> Result<[u8; 64], AgentError> {
        let socket: &Path = &self.socket;
        Connection::open(socket, SIGNING)?.sign(&self.blob, message)
    }
}

impl Signer for AgentSigner {
    fn public(&self) -> &[u8; 32] {
        &self.public
    }

    fn sign(&self, message: &[u8]) -> Result<[u8; 64], SignError> {
        let signature = self.ask(message)?;
        verified(&self.public, message, signature)
    }

    fn label(&self) -> &str {
        &self.label
    }

    fn backend(&self) -> Backend {
        Backend::Agent
    }
}

#[cfg(test)]
mod tests;
