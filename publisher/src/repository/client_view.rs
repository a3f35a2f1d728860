//! The repository as a client reads it: the same calls in the same order (TUF 1.0.34, 5), from the first root on.
//!
//! Nothing here decides what is believed: [`TrustedSet`] and [`believe()`] do.

use interdict_host::read::ReadError;
use interdict_host::verifier::Provider;
use interdict_schema::DateTime;
use interdict_schema::believe::{self, Believed, Document, believe};
use interdict_schema::dsse::{Envelope, NotAnEnvelope};
use interdict_schema::issuers::{self, Issuers};
use interdict_schema::key::PublicKey;
use interdict_schema::limits::{ENVELOPE_LENGTH, ISSUERS_LENGTH, ROOT_LENGTH, ROOT_ROTATIONS};
use interdict_schema::tuf::{
    self, NotATargetPath, Recovery, Request, RoleType, Root, Source, TargetFile, TargetPath, TrustedSet,
};
use interdict_schema::{Verified, issuers::TARGET_PATH};
use thiserror::Error;

use super::files::Files;

/// The verifier of everything here.
pub static VERIFIER: Provider = Provider;

/// A client would not get through.
#[derive(Debug, Error)]
pub enum ViewError {
    /// A file that has to be there is not.
    #[error("{file} is missing")]
    Missing {
        /// Its name below `public/`.
        file: String,
    },
    /// The disk gave no answer, or too long a one.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// Metadata or a target that is refused.
    #[error(transparent)]
    Refused(#[from] tuf::Refusal),
    /// A name that no client asks for.
    #[error("target path {path:?}")]
    TargetPath {
        /// The name.
        path: String,
        /// What is wrong with it.
        source: NotATargetPath,
    },
    /// A target that should be an envelope is none.
    #[error("{path} is not an envelope")]
    NotAnEnvelope {
        /// The target path.
        path: String,
        /// The place, and what is wrong there.
        source: NotAnEnvelope,
    },
    /// The list of issuers is refused.
    #[error("{TARGET_PATH}")]
    Issuers(#[source] issuers::Refusal),
    /// A directive or a list of identifiers is refused.
    #[error("{path}")]
    Directive {
        /// The target path.
        path: String,
        /// Why.
        source: Box<believe::Refusal>,
    },
}

impl ViewError {
    fn missing_metadata(request: &Request) -> Self {
        Self::Missing { file: format!("metadata/{}", request.path) }
    }
}

/// Reads root, timestamp, snapshot and targets, and says which were accepted.
///
/// At [`DateTime::EPOCH`] nothing has expired: that is how the publisher reads what it is about to replace.
///
/// # Errors
///
/// [`ViewError`]: the first thing that a client would stop at.
pub fn trusted_set(files: &dyn Files, now: DateTime) -> Result<TrustedSet<'static>, ViewError> {
    trusted_set_after(None, files, now)
}

/// As [`trusted_set`], as a client reads that has kept what it held before: nothing goes back, and of one version there is
/// one content.
///
/// # Errors
///
/// As [`trusted_set`].
pub fn trusted_set_after(
    held: Option<&TrustedSet<'_>>,
    files: &dyn Files,
    now: DateTime,
) -> Result<TrustedSet<'static>, ViewError> {
    let first = "1.root.json";
    let pinned = files
        .metadata(first, ROOT_LENGTH)?
        .ok_or_else(|| ViewError::Missing { file: format!("metadata/{first}") })?;
    let mut set = TrustedSet::new(&pinned, now, &VERIFIER)?;
    let held_root = held.map_or(0, |held| held.root().signed().version);
    let mut forgets = false;
    for _ in 0..ROOT_ROTATIONS {
        let request = set.root_request();
        let Some(next) = files.metadata(&request.path, request.max_bytes)? else { break };
        let new = set.update_root(&next)?;
        forgets |= new.accepted.version() > held_root && new.recovery == Recovery::DropTimestampAndSnapshot;
    }
    set.finish_root()?;
    // What a client forgets when timestamp or snapshot keys change (TUF 1.0.34, 5.3.11).
    let online = held.filter(|_| !forgets);
    let fetch = |request: Request| {
        files.metadata(&request.path, request.max_bytes)?.ok_or_else(|| ViewError::missing_metadata(&request))
    };
    if let Some(timestamp) = online.and_then(TrustedSet::timestamp) {
        let _ = set.update_timestamp(timestamp.bytes(), Source::Local)?;
    }
    let _ = set.update_timestamp(&fetch(set.timestamp_request())?, Source::Remote)?;
    if let Some(snapshot) = online.and_then(TrustedSet::snapshot) {
        let _ = set.update_snapshot(snapshot.bytes(), Source::Local)?;
    }
    if set.snapshot().is_none() {
        let _ = set.update_snapshot(&fetch(set.snapshot_request()?)?, Source::Remote)?;
    }
    // Targets are long, and what is held of them was read once: all that a client does with it is to compare one version.
    let fetched = fetch(set.targets_request()?)?;
    let _ = set.update_targets(&fetched, Source::Remote)?;
    if let (Some(held), Some(new)) = (held.and_then(TrustedSet::targets), set.targets()) {
        let version = new.signed().version;
        if version == held.signed().version && held.canonical() != new.canonical() {
            return Err(tuf::Refusal::Equivocation { role: RoleType::Targets.into(), version }.into());
        }
    }
    Ok(set)
}

/// Reads a target that the set lists.
///
/// # Errors
///
/// [`ViewError`]: not there, not readable, or not the file that is listed.
pub fn target(
    set: &TrustedSet<'_>,
    files: &dyn Files,
    path: &str,
    listed: &TargetFile,
) -> Result<Vec<u8>, ViewError> {
    let path: TargetPath =
        path.parse().map_err(|source| ViewError::TargetPath { path: path.to_owned(), source })?;
    let request = set.target_request(&path, listed);
    let bytes = files
        .target(&request.path, request.max_bytes)?
        .ok_or_else(|| ViewError::Missing { file: format!("targets/{}", request.path) })?;
    set.verify_target(&path, listed, &bytes)?;
    Ok(bytes)
}

/// Reads a target that is an envelope.
///
/// # Errors
///
/// As [`target`], and where it is no envelope of at most `max_bytes`.
pub fn envelope(
    set: &TrustedSet<'_>,
    files: &dyn Files,
    path: &str,
    listed: &TargetFile,
    max_bytes: u64,
) -> Result<Envelope, ViewError> {
    let bytes = target(set, files, path, listed)?;
    Envelope::parse(&bytes, max_bytes)
        .map_err(|source| ViewError::NotAnEnvelope { path: path.to_owned(), source })
}

/// Reads the list of issuers, and its envelope.
///
/// # Errors
///
/// [`ViewError`].
pub fn issuers(set: &TrustedSet<'_>, files: &dyn Files) -> Result<(Envelope, Verified<Issuers>), ViewError> {
    let listed = set
        .targets()
        .and_then(|targets| targets.signed().targets.get(TARGET_PATH))
        .ok_or_else(|| ViewError::Missing { file: format!("targets/{TARGET_PATH}") })?;
    let envelope = envelope(set, files, TARGET_PATH, listed, ISSUERS_LENGTH)?;
    let issuers = open_issuers(&envelope, set.root().signed()).map_err(ViewError::Issuers)?;
    Ok((envelope, issuers))
}

/// Opens a list of issuers with a root's own keys.
///
/// # Errors
///
/// [`issuers::Refusal`].
pub fn open_issuers(envelope: &Envelope, root: &Root) -> Result<Verified<Issuers>, issuers::Refusal> {
    let role = root.role(RoleType::Root);
    let keys = root.public_keys(RoleType::Root);
    Issuers::open(envelope, &keys, role.threshold, &repository_keys(root), &VERIFIER)
}

/// Every key of the repository's roles: none of them may be an issuer's.
pub fn repository_keys(root: &Root) -> Vec<PublicKey> {
    root.keys.values().filter_map(|key| key.public().cloned()).collect()
}

/// Reads a directive, or a list of identifiers, that the set lists, and believes it or says why not.
///
/// # Errors
///
/// [`ViewError`].
pub fn document<D: Document>(
    set: &TrustedSet<'_>,
    files: &dyn Files,
    path: &str,
    listed: &TargetFile,
    issuers: &Verified<Issuers>,
) -> Result<Verified<Believed<D>>, ViewError> {
    let envelope = envelope(set, files, path, listed, ENVELOPE_LENGTH)?;
    believe(&envelope, path, issuers, &VERIFIER)
        .map_err(|source| ViewError::Directive { path: path.to_owned(), source: Box::new(source) })
}
