//! Documents that wait for signatures: the envelopes and the files of ceremonies in a folder, each with who has signed, and who
//! still may.

use std::path::{Path, PathBuf};

use interdict_host::read::{ReadError, read_bounded};
use interdict_host::write::{DiskError, DiskErrorKind, Operation};
use interdict_schema::believe::Document;
use interdict_schema::directive::{Directive, NotADirective};
use interdict_schema::dsse::Envelope;
use interdict_schema::entity::EntityList;
use interdict_schema::issuers::{Issuers, KeyState, TARGET_PATH};
use interdict_schema::json::Decoded;
use interdict_schema::key::PublicKey;
use interdict_schema::limits::{ENVELOPE_LENGTH, ROOT_LENGTH};
use interdict_schema::tuf::{Key, Metadata, RoleType, Root};
use interdict_schema::waiver::WaiverDocument;
use interdict_schema::{Sha256, payload_type};
use serde::Serialize;
use thiserror::Error;

use super::shortfall::{Short, shortfalls};
use crate::ceremony::{Opened, standing};
use crate::officer;
use crate::repository::client_view::ViewError;
use crate::repository::current::Current;
use crate::repository::files::Files;

/// The most files of the folder that are read.
pub const MOST_PENDING: usize = 1_000;

/// A document that is on its way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Pending {
    /// The file's name.
    pub file: String,
    /// The target path that it is to have.
    pub path: String,
    /// SHA-256 of its payload.
    pub digest: Sha256,
    /// How it stands.
    #[serde(flatten)]
    pub waiting: Waiting,
    /// Of a list of issuers: what is published and would have too few signatures under it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub signed_again: Vec<Short>,
}

/// What a document waits for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "waits_for")]
pub enum Waiting {
    /// For more signatures.
    Signatures {
        /// Who has signed it: what people call them, or keyids.
        signed: Vec<String>,
        /// How many must.
        threshold: u32,
        /// Who else may.
        may_sign: Vec<String>,
    },
    /// For its publication: enough have signed.
    Publication {
        /// Who has signed it.
        signed: Vec<String>,
    },
    /// For nothing: it is published.
    Nothing,
    /// For nothing: something else was published since it was begun, or it is of another repository.
    Outdated,
    /// For an issuer: nobody may issue it.
    Issuer,
}

/// The folder could not be looked through.
#[derive(Debug, Error)]
pub enum PendingError {
    /// The folder, or a file in it, was not read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// There are too many files.
    #[error("{} has more than {MOST_PENDING} files", path.display())]
    TooMany {
        /// The folder.
        path: PathBuf,
    },
    /// What is published could not be compared.
    #[error(transparent)]
    View(#[from] ViewError),
}

/// Looks through a folder; what is no envelope of ours is left out.
///
/// # Errors
///
/// [`PendingError`]. A folder that is not there is one without files.
pub fn pending(folder: &Path, current: &Current, files: &dyn Files) -> Result<Vec<Pending>, PendingError> {
    let mut found = Vec::new();
    for (name, path) in json_files(folder)? {
        let bytes = match read_bounded(&path, ENVELOPE_LENGTH) {
            Ok(bytes) => bytes,
            Err(ReadError::NotPlain { .. } | ReadError::TooLong { .. }) => continue,
            Err(error) => return Err(error.into()),
        };
        if let Ok(opened) = Opened::read(&bytes) {
            found.extend(of_ceremony(&name, &opened, current, files)?);
            continue;
        }
        let Ok(envelope) = Envelope::parse(&bytes, ENVELOPE_LENGTH) else { continue };
        let Some((path, waiting)) = judge(&envelope, current) else { continue };
        let list = (envelope.payload_type == payload_type::ISSUERS).then_some(envelope.payload.as_slice());
        let signed_again = signed_again(list, &waiting, current, files)?;
        found.push(Pending { file: name, path, digest: envelope.digest(), waiting, signed_again });
    }
    Ok(found)
}

/// What a list of issuers on its way would leave with too few signatures.
fn signed_again(
    list: Option<&[u8]>,
    waiting: &Waiting,
    current: &Current,
    files: &dyn Files,
) -> Result<Vec<Short>, ViewError> {
    let on_its_way = matches!(waiting, Waiting::Signatures { .. } | Waiting::Publication { .. });
    match list.filter(|_| on_its_way).and_then(|payload| Issuers::parse(payload).ok()) {
        Some(issuers) => shortfalls(current, files, &issuers),
        None => Ok(Vec::new()),
    }
}

/// The documents of a ceremony, each as often as it lacks signatures of different people.
fn of_ceremony(
    file: &str,
    opened: &Opened,
    current: &Current,
    files: &dyn Files,
) -> Result<Vec<Pending>, PendingError> {
    let first = files.metadata("1.root.json", ROOT_LENGTH)?;
    let first =
        first.and_then(|bytes| Metadata::<Root>::parse(&bytes, &RoleType::Root.into(), ROOT_LENGTH).ok());
    let standing = first.map(|first| standing(opened, first.fingerprint(), current));
    let outdated = !matches!(standing, Some(Ok(_)));
    let is_there = |name: &str| match (name, &standing) {
        (_, None | Some(Err(_))) => false,
        ("root.json", Some(Ok(standing))) => !standing.root,
        ("targets.json", Some(Ok(standing))) => !standing.targets,
        (TARGET_PATH, Some(Ok(standing))) => !standing.issuers,
        (path, _) => current.targets().signed().targets.contains_key(path),
    };
    let missing = opened.missing();
    let mut found = Vec::new();
    for document in &opened.file().documents {
        let name = |keyid: &String| opened.file().holders.get(keyid).unwrap_or(keyid).clone();
        let signed: Vec<String> =
            document.signatures.iter().map(|signature| name(&signature.keyid)).collect();
        let lacks: Vec<_> = missing.iter().filter(|missing| missing.name == document.name).collect();
        let waits: Vec<Waiting> = if outdated {
            vec![Waiting::Outdated]
        } else if is_there(&document.name) {
            vec![Waiting::Nothing]
        } else if lacks.is_empty() {
            vec![Waiting::Publication { signed }]
        } else {
            let signatures = lacks.iter().map(|missing| Waiting::Signatures {
                signed: signed.clone(),
                threshold: missing.threshold,
                may_sign: missing.keyids.iter().map(name).collect(),
            });
            signatures.collect()
        };
        let list = (document.signed_as == payload_type::ISSUERS).then_some(document.text.as_bytes());
        for waiting in waits {
            let signed_again = signed_again(list, &waiting, current, files)?;
            let (path, digest) = (document.name.clone(), document.sha256);
            found.push(Pending { file: file.to_owned(), path, digest, waiting, signed_again });
        }
    }
    Ok(found)
}

/// The files with names that end in `.json`, by name.
fn json_files(folder: &Path) -> Result<Vec<(String, PathBuf)>, PendingError> {
    let failed = |error| ReadError::from(DiskError::new(Operation::Read, folder, error));
    let entries = match std::fs::read_dir(folder).map_err(failed) {
        Err(ReadError::Disk(error)) if error.kind() == DiskErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let mut found = Vec::new();
    for entry in entries {
        let path = entry.map_err(failed)?.path();
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        if path.extension().is_some_and(|extension| extension == "json") {
            found.push((name, path));
        }
        if found.len() > MOST_PENDING {
            return Err(PendingError::TooMany { path: folder.to_path_buf() });
        }
    }
    found.sort();
    Ok(found)
}

/// The target path of an envelope and what it waits for; none for what is no document of ours.
fn judge(envelope: &Envelope, current: &Current) -> Option<(String, Waiting)> {
    let payload = &envelope.payload;
    match envelope.payload_type.as_str() {
        payload_type::DIRECTIVE => of_issuer(Directive::parse(payload), envelope, current),
        payload_type::ENTITY_LIST => of_issuer(EntityList::parse(payload), envelope, current),
        payload_type::WAIVER => of_issuer(WaiverDocument::parse(payload), envelope, current),
        payload_type::ISSUERS => {
            if current.issuers_envelope().payload == *payload {
                return Some((TARGET_PATH.to_owned(), Waiting::Nothing));
            }
            let root = current.root().signed();
            let keys = root.public_keys(RoleType::Root).into_iter().map(|key| (Key::of(&key).keyid(), key));
            let waiting = signatures(envelope, keys.collect(), root.role(RoleType::Root).threshold);
            Some((TARGET_PATH.to_owned(), waiting))
        }
        _ => None,
    }
}

fn of_issuer<D: Document>(
    decoded: Result<Decoded<D>, NotADirective>,
    envelope: &Envelope,
    current: &Current,
) -> Option<(String, Waiting)> {
    let document = decoded.ok()?.value;
    let path = document.target_path();
    let Some(issuer) = current.issuers().issuer_of(document.id()) else {
        return Some((path, Waiting::Issuer));
    };
    let keys = issuer.keys.iter().filter(|key| key.state == KeyState::Active);
    let named = keys.filter_map(|key| {
        let public = key.public_key()?;
        Some((key.holder.clone().unwrap_or_else(|| Key::of(&public).keyid()), public))
    });
    let waiting = signatures(envelope, named.collect(), issuer.threshold);
    let listed = current.targets().signed().targets.get(&path);
    let same = listed.is_some_and(|file| file.hashes.sha256 == Some(Sha256::of(&envelope.to_bytes())));
    Some((path, if same { Waiting::Nothing } else { waiting }))
}

fn signatures(envelope: &Envelope, keys: Vec<(String, PublicKey)>, threshold: u32) -> Waiting {
    let (signed, unsigned): (Vec<_>, Vec<_>) =
        keys.into_iter().partition(|(_, key)| officer::has_signed(envelope, key));
    let names = |keys: Vec<(String, PublicKey)>| keys.into_iter().map(|(name, _)| name).collect();
    if u32::try_from(signed.len()).unwrap_or(u32::MAX) >= threshold {
        return Waiting::Publication { signed: names(signed) };
    }
    Waiting::Signatures { signed: names(signed), threshold, may_sign: names(unsigned) }
}
