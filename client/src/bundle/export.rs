//! What goes into a bundle: what one repository's part of the active generation was verified from.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use interdict_host::read::{ReadError, read_bounded_nofollow};
use interdict_schema::believe::is_document;
use interdict_schema::issuers;
use interdict_schema::key::Verifier;
use interdict_schema::tuf::{self, Enumeration, Lookup, RoleName, RoleType, TargetPath, TrustedSet};
use thiserror::Error;

use super::File;
use crate::fetch::Folder;
use crate::store::generation::{HeldFile, HeldRepository};

/// A repository of which no bundle can be made.
#[derive(Debug, Error)]
pub enum Incomplete {
    /// What is held does not verify as a whole; reading it did.
    #[error("the metadata does not verify")]
    Metadata(#[from] tuf::Refusal),
    /// A file of entries could not be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// A delegated role was refused, so that what it lists is not held.
    #[error("{role} was refused, and is not held")]
    RefusedRole {
        /// The role.
        role: RoleName,
    },
    /// The metadata lists files that are not held, because they were refused.
    #[error("{count} listed files are not held, because they were refused; the first is {first}")]
    NotHeld {
        /// How many.
        count: usize,
        /// The first one's target path.
        first: String,
    },
}

/// The files of a bundle: the chain of roots from the pinned one on, the other metadata, the list of issuers and every
/// listed envelope, each under the name by which a server is asked for it. The order is fixed.
///
/// # Errors
/// [`Incomplete`]: a bundle that lacks a listed file would be refused wherever it is imported.
pub fn files(held: &HeldRepository, verifier: &dyn Verifier) -> Result<Vec<File>, Incomplete> {
    if let Some(role) = held.refused_roles.first() {
        return Err(Incomplete::RefusedRole { role: role.clone() });
    }
    let mut set = held.trusted_set(verifier)?;
    let mut files = Vec::new();
    let mut metadata = |name: String, bytes: Arc<[u8]>| {
        files.push(File { name: format!("{}/{name}", Folder::Metadata), bytes });
    };
    let newest = set.root().signed().version;
    let first = newest.saturating_sub(u64::try_from(held.roots.len().saturating_sub(1)).unwrap_or(0));
    for (version, root) in (first..).zip(&held.roots) {
        metadata(RoleName::from(RoleType::Root).versioned_file_name(version), Arc::clone(root));
    }
    let consistent = set.root().signed().consistent_snapshot;
    for file in held.metadata.iter().filter(|file| *file.role() != RoleType::Root.into()) {
        let versioned = consistent && *file.role() != RoleType::Timestamp.into();
        let name = if versioned { file.versioned_file_name() } else { file.file_name() };
        metadata(name, file.bytes().into());
    }
    files.extend(targets(held, &mut set)?);
    Ok(files)
}

/// The list of issuers, and the envelopes and files of entries that the metadata lists. What vanished is not among them:
/// nobody would believe it.
fn targets(held: &HeldRepository, set: &mut TrustedSet<'_>) -> Result<Vec<File>, Incomplete> {
    let mut envelopes: BTreeMap<String, &Arc<[u8]>> = BTreeMap::new();
    for revision in held.directives.iter().flat_map(|directive| &directive.revisions) {
        envelopes.insert(revision.believed.document.value.target_path(), &revision.envelope);
    }
    let mut entries: BTreeMap<&str, &HeldFile> = BTreeMap::new();
    for revision in held.lists.iter().flat_map(|list| &list.revisions) {
        envelopes.insert(revision.believed.document.value.target_path(), &revision.envelope);
        for file in &revision.believed.document.value.attachments {
            entries.extend(held.attachments.get(&file.digest).map(|held| (file.path.as_str(), held)));
        }
    }
    for revision in held.waivers.iter().flat_map(|waiver| &waiver.revisions) {
        envelopes.insert(revision.believed.document.value.target_path(), &revision.envelope);
    }
    let names = match set.enumerate() {
        Enumeration::All(names) => names,
        // Neither comes of a set that a sync has accepted.
        Enumeration::Needs { .. } | Enumeration::TooManyRoles { .. } => BTreeSet::new(),
    };
    let wanted =
        |path: &&str| *path == issuers::TARGET_PATH || is_document(path) || entries.contains_key(path);
    let paths: Vec<String> = names.into_iter().filter(wanted).map(str::to_owned).collect();
    let mut files = Vec::new();
    let mut missing: Vec<String> = Vec::new();
    for path in paths {
        let Ok(target) = path.parse::<TargetPath>() else { continue };
        held.supply(set, &target)?;
        let Lookup::Found { file, .. } = set.find(&target)? else { continue };
        if let Some(held) = entries.get(path.as_str()) {
            let bytes = read_bounded_nofollow(&held.path, file.length)?;
            set.verify_target(&target, file, &bytes)?;
            let name = format!("{}/{}", Folder::Targets, set.target_request(&target, file).path);
            files.push(File { name, bytes: bytes.into() });
            continue;
        }
        let lists = held.issuers.iter().map(|list| &list.envelope);
        let candidates = envelopes.get(&path).copied().into_iter().chain(lists);
        match candidates.into_iter().find(|bytes| file.verify(bytes).is_ok()) {
            Some(bytes) => files.push(File {
                name: format!("{}/{}", Folder::Targets, set.target_request(&target, file).path),
                bytes: Arc::clone(bytes),
            }),
            None => missing.push(path),
        }
    }
    match missing.first() {
        None => Ok(files),
        Some(first) => Err(Incomplete::NotHeld { count: missing.len(), first: first.clone() }),
    }
}
