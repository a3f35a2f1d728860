//! Files of entries of lists of identifiers: fetched in pieces, and kept only where length and digest are those that the
//! issuer signed. What form their lines have is looked at by whoever uses them: a file that is what was signed, and is not
//! of that form, is the issuer's doing and no reason to hold back everything else.

use std::collections::BTreeMap;
use std::sync::Arc;

use interdict_host::write::Mode;
use interdict_schema::Sha256;
use interdict_schema::entity::EntryFile;
use interdict_schema::limits::ENTRY_FILE_LENGTH;
use interdict_schema::tuf::{TargetFile, TargetPath, TrustedSet};
use sha2::Digest as _;

use super::Sync;
use super::gather::find;
use crate::fetch::Folder;
use crate::store::generation::{HeldDirective, HeldFile, HeldList, HeldRepository, Incoming, digest, needed};
use crate::update::{Distrust, UpdateError};

/// What the metadata states of a file of entries, where that is the very file that the list names.
pub(super) fn listed<'s>(set: &'s TrustedSet<'_>, file: &EntryFile) -> Option<(TargetPath, &'s TargetFile)> {
    let path: TargetPath = file.path.parse().ok()?;
    let found = find(set, &path).ok().flatten()?;
    let same = found.length == file.length && found.hashes.sha256 == Some(file.digest);
    (same && file.length <= ENTRY_FILE_LENGTH).then_some((path, found))
}

impl Sync<'_, '_> {
    /// The files of entries that the lists need: those that were held, where they are undamaged, and the others fetched.
    /// One that only a pinned revision names and that is not listed is left out: a gap of the directive that pins it.
    pub(super) fn entries(
        &self,
        set: Option<&TrustedSet<'_>>,
        directives: &[HeldDirective],
        lists: &[HeldList],
        previous: Option<&HeldRepository>,
    ) -> Result<BTreeMap<Sha256, HeldFile>, UpdateError> {
        let mut files: BTreeMap<Sha256, HeldFile> = BTreeMap::new();
        let mut incoming: Option<Arc<Incoming>> = None;
        for (file, _) in needed(directives, lists) {
            if files.contains_key(&file.digest) {
                continue;
            }
            let held = previous.and_then(|held| held.attachments.get(&file.digest));
            if let Some(held) = held.filter(|held| digest(&held.path).ok() == Some(file.digest)) {
                files.insert(file.digest, held.clone());
                continue;
            }
            let Some(set) = set else { continue };
            let Some((path, target)) = listed(set, file) else { continue };
            if incoming.is_none() {
                let place = self.places.repository(self.name).incoming();
                incoming = Some(Arc::new(Incoming::prepare(self.disk, place)?));
            }
            let Some(folder) = incoming.clone() else { continue };
            let held = self.fetch_entries(set, file, &path, target, folder)?;
            files.insert(file.digest, held);
        }
        Ok(files)
    }

    fn fetch_entries(
        &self,
        set: &TrustedSet<'_>,
        file: &EntryFile,
        path: &TargetPath,
        target: &TargetFile,
        incoming: Arc<Incoming>,
    ) -> Result<HeldFile, UpdateError> {
        let request = set.target_request(path, target);
        let to = incoming.folder().join(file.digest.to_string());
        let (mut hasher, mut length) = (sha2::Sha256::new(), 0_u64);
        let mut staged = self.disk.stage(&to, Mode::Public)?;
        self.fetch.fetch_in_parts(Folder::Targets, &request.path, file.length, &mut |part| {
            length = length.saturating_add(u64::try_from(part.len()).unwrap_or(u64::MAX));
            hasher.update(part);
            staged.write(part)
        })?;
        let found = Sha256::from_bytes(hasher.finalize().into());
        if length != file.length || found != file.digest {
            // Of a file of this size no part is kept as evidence: its digest says which one it was.
            let why = Distrust::Entries { found, wanted: file.digest, length };
            return Err(UpdateError::refused(Folder::Targets, &request.path, why, Vec::new()));
        }
        staged.replace()?;
        Ok(HeldFile { path: to, incoming: Some(incoming) })
    }
}
