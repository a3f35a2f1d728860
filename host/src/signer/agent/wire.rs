//! The agent's protocol on a socket: a length, a type, and what belongs to that type, strings with a length of their own before
//! them. Nothing is read beyond what is bounded here.

use std::io::{self, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

use super::{AgentError, ED25519, Rubbish};

const FAILURE: u8 = 5;
const REQUEST_IDENTITIES: u8 = 11;
const IDENTITIES_ANSWER: u8 = 12;
const SIGN_REQUEST: u8 = 13;
const SIGN_RESPONSE: u8 = 14;

/// The longest message of OpenSSH's agent, either way.
pub(super) const MAX_MESSAGE_BYTES: u32 = 256 * 1024;

/// The most keys that OpenSSH takes from an agent.
const MAX_KEYS: u32 = 2048;

/// One key, as the agent has it.
#[derive(Debug)]
pub(super) struct Identity {
    /// The public key as SSH writes it.
    pub blob: Vec<u8>,
    /// What people call it.
    pub comment: String,
}

impl Identity {
    /// The name of its algorithm; empty where it has none.
    pub fn kind(&self) -> String {
        let name = Fields(&self.blob).string().unwrap_or_default();
        String::from_utf8_lossy(name).into_owned()
    }

    /// The public half, where it is an Ed25519 key (RFC 8709, section 4).
    pub fn ed25519(&self) -> Option<[u8; 32]> {
        let mut fields = Fields(&self.blob);
        let (name, public) = (fields.string().ok()?, fields.string().ok()?);
        fields.end().ok()?;
        (name == ED25519.as_bytes()).then(|| public.try_into().ok()).flatten()
    }
}

/// A connection to an agent, for one question.
pub(super) struct Connection(UnixStream);

impl Connection {
    pub fn open(socket: &Path, patience: Duration) -> Result<Self, AgentError> {
        let gone = |source| AgentError::Gone { path: socket.to_path_buf(), source };
        let stream = UnixStream::connect(socket).map_err(gone)?;
        stream.set_read_timeout(Some(patience)).map_err(AgentError::Broken)?;
        stream.set_write_timeout(Some(patience)).map_err(AgentError::Broken)?;
        Ok(Self(stream))
    }

    /// The keys that it has.
    pub fn identities(mut self) -> Result<Vec<Identity>, AgentError> {
        let answer = self.ask(&[REQUEST_IDENTITIES], IDENTITIES_ANSWER)?;
        let mut fields = Fields(&answer);
        let found = fields.number()?;
        if found > MAX_KEYS {
            return Err(Rubbish::Keys { found, max: MAX_KEYS }.into());
        }
        let mut identities = Vec::new();
        for _ in 0..found {
            let blob = fields.string()?.to_vec();
            let comment = String::from_utf8_lossy(fields.string()?).into_owned();
            identities.push(Identity { blob, comment });
        }
        fields.end()?;
        Ok(identities)
    }

    /// A signature by one of them; whether it verifies is not asked here.
    pub fn sign(mut self, blob: &[u8], message: &[u8]) -> Result<[u8; 64], AgentError> {
        // Type, two lengths and flags.
        let room = usize::try_from(MAX_MESSAGE_BYTES).unwrap_or(usize::MAX).saturating_sub(blob.len() + 13);
        if message.len() > room {
            return Err(AgentError::TooLong { found: message.len(), max_bytes: room });
        }
        let mut request = vec![SIGN_REQUEST];
        push_string(&mut request, blob);
        push_string(&mut request, message);
        request.extend(0_u32.to_be_bytes());
        let answer = self.ask(&request, SIGN_RESPONSE)?;
        let mut fields = Fields(&answer);
        let mut signature = Fields(fields.string()?);
        fields.end()?;
        let (name, bytes) = (signature.string()?, signature.string()?);
        signature.end()?;
        let of_algorithm = name == ED25519.as_bytes();
        bytes.try_into().ok().filter(|_| of_algorithm).ok_or_else(|| Rubbish::Signature.into())
    }

    /// Asks, and gives what follows the type of the answer.
    fn ask(&mut self, request: &[u8], wanted: u8) -> Result<Vec<u8>, AgentError> {
        let mut framed = Vec::with_capacity(request.len() + 4);
        push_string(&mut framed, request);
        self.0.write_all(&framed).map_err(AgentError::Broken)?;
        let mut length = [0; 4];
        self.0.read_exact(&mut length).map_err(AgentError::Broken)?;
        let found = u32::from_be_bytes(length);
        if !(1..=MAX_MESSAGE_BYTES).contains(&found) {
            return Err(Rubbish::Length { found, max_bytes: MAX_MESSAGE_BYTES }.into());
        }
        let mut answer = Vec::new();
        let read = (&mut self.0).take(found.into()).read_to_end(&mut answer).map_err(AgentError::Broken)?;
        if u32::try_from(read).ok() != Some(found) {
            return Err(AgentError::Broken(io::ErrorKind::UnexpectedEof.into()));
        }
        match answer.split_first() {
            Some((&FAILURE, _)) => Err(AgentError::Refused),
            Some((&kind, rest)) if kind == wanted => Ok(rest.to_vec()),
            Some((&found, _)) => Err(Rubbish::Type { found, wanted }.into()),
            None => Err(Rubbish::End.into()),
        }
    }
}

impl From<Rubbish> for AgentError {
    fn from(fact: Rubbish) -> Self {
        Self::Rubbish { fact }
    }
}

fn push_string(bytes: &mut Vec<u8>, string: &[u8]) {
    bytes.extend(u32::try_from(string.len()).unwrap_or(u32::MAX).to_be_bytes());
    bytes.extend(string);
}

/// What is left of a message (RFC 4251, section 5).
struct Fields<'b>(&'b [u8]);

impl<'b> Fields<'b> {
    fn take(&mut self, length: usize) -> Result<&'b [u8], Rubbish> {
        let (taken, rest) = self.0.split_at_checked(length).ok_or(Rubbish::End)?;
        self.0 = rest;
        Ok(taken)
    }

    fn number(&mut self) -> Result<u32, Rubbish> {
        let bytes = self.take(4)?.try_into().map_err(|_| Rubbish::End)?;
        Ok(u32::from_be_bytes(bytes))
    }

    fn string(&mut self) -> Result<&'b [u8], Rubbish> {
        let length = usize::try_from(self.number()?).map_err(|_| Rubbish::End)?;
        self.take(length)
    }

    fn end(&self) -> Result<(), Rubbish> {
        if self.0.is_empty() { Ok(()) } else { Err(Rubbish::End) }
    }
}
