//! From trusted metadata to the bytes that it names: the list of issuers, believed, and the envelopes of all directives,
//! lists of identifiers and waivers.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use interdict_schema::Verified;
use interdict_schema::believe::is_document;
use interdict_schema::directive::{Directive, DirectiveId};
use interdict_schema::dsse::Envelope;
use interdict_schema::entity::EntityList;
use interdict_schema::issuers::{self, IssuerKey, Issuers};
use interdict_schema::key::PublicKey;
use interdict_schema::limits::{ENVELOPE_LENGTH, ISSUERS_LENGTH, LISTED_DIRECTIVES};
use interdict_schema::tuf::{Lookup, Request, RoleName, RoleType, TargetFile, TargetPath, TrustedSet};
use interdict_schema::waiver::WaiverDocument;

use super::Sync;
use super::judge::{Judged, Listed};
use crate::fetch::Folder;
use crate::fetch::parallel::{Wanted, fetch_all};
use crate::store::generation::{HeldIssuers, HeldRepository};
use crate::store::memory::{Memory, RememberedIssuers};
use crate::update::{Distrust, OnRefusedRole, Refresh, RefusedRole, UpdateError};

impl Sync<'_, '_> {
    /// The list of issuers that the metadata names, believed.
    pub(super) fn issuers(
        &self,
        set: &TrustedSet<'_>,
        memory: &mut Memory,
        previous: Option<&HeldRepository>,
    ) -> Result<(HeldIssuers, Verified<Issuers>), UpdateError> {
        let path = issuers::TARGET_PATH;
        let held = previous.into_iter().flat_map(|held| held.issuers.iter().map(|list| &list.envelope));
        let not_listed =
            || UpdateError::refused(Folder::Targets, path, Distrust::NotListed { path }, Vec::new());
        // Only the top-level targets may list it (`trust.md`, rule 1).
        let target: TargetPath = path.parse().map_err(|_| not_listed())?;
        let file = set.targets().and_then(|targets| targets.signed().file(&target)).ok_or_else(not_listed)?;
        let salvaged = self.salvage.of(path);
        let bytes = self.target(set, &target, file, ISSUERS_LENGTH, held.chain(&salvaged))?;
        self.salvage.keep(path, &bytes);
        let refuse = |why: Distrust| UpdateError::refused(Folder::Targets, path, why, bytes.to_vec());
        let envelope = Envelope::parse(&bytes, ISSUERS_LENGTH).map_err(|error| refuse(error.into()))?;
        let root = set.root().signed();
        let all_keys: Vec<PublicKey> = root.keys.values().filter_map(|key| key.public().cloned()).collect();
        let root_keys = root.public_keys(RoleType::Root);
        let list = Issuers::open(&envelope, &root_keys, root.roles.root.threshold, &all_keys, self.verifier)
            .map_err(|refusal| refuse(refusal.into()))?;
        let officers = list.issuers.iter().flat_map(|issuer| &issuer.keys).filter_map(IssuerKey::public_key);
        for key in all_keys.iter().cloned().chain(officers) {
            if let PublicKey::Ed25519(bytes) = key {
                self.examples.check(&bytes).map_err(|error| refuse(error.into()))?;
            }
        }
        let digest = envelope.digest();
        if let Some(remembered) = &memory.issuers {
            let (found, remembered_version) = (list.version, remembered.version);
            if found < remembered_version {
                return Err(refuse(Distrust::OldIssuers { found, remembered: remembered_version }));
            }
            if found == remembered_version && digest != remembered.digest {
                return Err(refuse(Distrust::IssuersEquivocation { version: found }));
            }
        }
        memory.issuers = Some(RememberedIssuers { version: list.version, digest });
        Ok((HeldIssuers { version: list.version, envelope: bytes.clone() }, list))
    }

    /// A role that names a key for another role which no role may have: an example key, or one of an issuer (`trust.md`,
    /// rule 1).
    fn misnamed(&self, set: &TrustedSet<'_>, issuers: &Issuers) -> Option<(RoleName, Distrust)> {
        let judge = |key: &PublicKey| -> Result<(), Distrust> {
            if let PublicKey::Ed25519(bytes) = key {
                self.examples.check(bytes)?;
            }
            Ok(issuers.check(std::slice::from_ref(key))?)
        };
        set.delegated_keys().find_map(|(role, key)| Some((role.clone(), judge(key).err()?)))
    }

    /// The target paths of all documents that the metadata names, whichever role it is that lists them.
    pub(super) fn named<'v>(
        &self,
        refresh: &Refresh<'_, 'v>,
        set: &mut TrustedSet<'v>,
        issuers: &Issuers,
        on_refused: OnRefusedRole<'_>,
    ) -> Result<BTreeSet<String>, UpdateError> {
        let mut paths = refresh.supply_all(set, on_refused)?;
        while let Some((role, why)) = self.misnamed(set, issuers) {
            let Some(metadata) = set.delegated(&role).filter(|_| role != RoleType::Targets.into()) else {
                return Err(UpdateError::refused(Folder::Metadata, "targets.json", why, Vec::new()));
            };
            let file = role.versioned_file_name(metadata.signed().version);
            let bytes = metadata.bytes().to_vec();
            on_refused(RefusedRole { role: role.clone(), file, why, bytes })?;
            set.withdraw(&role);
            paths = refresh.supply_all(set, on_refused)?;
        }
        paths.retain(|path| is_document(path));
        if paths.len() > LISTED_DIRECTIVES {
            let why = Distrust::TooManyDirectives { found: paths.len(), limit: LISTED_DIRECTIVES };
            return Err(UpdateError::refused(Folder::Metadata, "targets.json", why, Vec::new()));
        }
        Ok(paths)
    }

    /// The envelopes of all documents of a kind among these paths.
    pub(super) fn listed<'v, D: Judged>(
        &self,
        refresh: &Refresh<'_, 'v>,
        set: &mut TrustedSet<'v>,
        paths: &BTreeSet<String>,
        previous: Option<&HeldRepository>,
        on_refused: OnRefusedRole<'_>,
    ) -> Result<BTreeMap<DirectiveId, Vec<Listed>>, UpdateError> {
        let named: Vec<_> = paths.iter().filter_map(|path| Some((path, D::named_by(path)?))).collect();
        let mut held: BTreeMap<String, &Arc<[u8]>> = BTreeMap::new();
        for revision in previous.into_iter().flat_map(D::held).flat_map(|document| &document.revisions) {
            held.insert(revision.believed.document.value.target_path(), &revision.envelope);
        }
        let mut listed: BTreeMap<DirectiveId, Vec<Listed>> = BTreeMap::new();
        let total = named.len();
        let mut to_fetch = Vec::new();
        for (path, (id, revision)) in named {
            // Enumerating proposes a name; the search says whether it is believed (`trust.md`, rule 6).
            let Ok(target) = path.parse::<TargetPath>() else { continue };
            refresh.supply(set, &target, on_refused)?;
            let Some(file) = find(set, &target)? else { continue };
            let candidates = held.get(path).copied().into_iter();
            let salvaged = self.salvage.of(path);
            match same(&target, file, ENVELOPE_LENGTH, candidates.chain(&salvaged))? {
                Some(envelope) => {
                    listed.entry(id).or_default().push(Listed { revision, path: path.clone(), envelope });
                }
                None if self.fetch.lacks(Folder::Targets, &set.target_request(&target, file).path) => {
                    listed.entry(id).or_default().push(Listed::left_out(revision, path.clone()));
                }
                None => to_fetch.push((id, revision, target.clone(), file.clone())),
            }
        }
        let wanted: Vec<Wanted> = to_fetch
            .iter()
            .map(|(_, _, target, file)| set.target_request(target, file))
            .map(|Request { path, max_bytes }| Wanted { path, max_bytes })
            .collect();
        let mut done = total.saturating_sub(wanted.len());
        (self.progress)(done, total);
        let fetched = fetch_all::<UpdateError>(self.fetch, Folder::Targets, &wanted, &mut |number, bytes| {
            let Some((id, revision, target, file)) = to_fetch.get(number) else { return Ok(()) };
            let envelope = verified(set, target, file, bytes)?;
            let found = Listed { revision: *revision, path: target.as_str().to_owned(), envelope };
            listed.entry(id.clone()).or_default().push(found);
            done = done.saturating_add(1);
            (self.progress)(done, total);
            Ok(())
        });
        if fetched.is_err() {
            listed.values().flatten().for_each(|listed| self.salvage.keep(&listed.path, &listed.envelope));
        }
        fetched.map(|()| listed)
    }

    /// A target's bytes: those that are held, where they are the ones that the metadata names; else fetched.
    fn target<'h>(
        &self,
        set: &TrustedSet<'_>,
        path: &TargetPath,
        file: &TargetFile,
        limit: u64,
        held: impl IntoIterator<Item = &'h Arc<[u8]>>,
    ) -> Result<Arc<[u8]>, UpdateError> {
        if let Some(same) = same(path, file, limit, held)? {
            return Ok(same);
        }
        let request = set.target_request(path, file);
        let bytes = self.fetch.fetch(Folder::Targets, &request.path, request.max_bytes)?;
        verified(set, path, file, bytes)
    }
}

/// The remembered documents of a kind of which it cannot be said whether they are listed, because a role was set aside that may
/// list them; each with that role.
fn undecided<'v, D: Judged>(
    refresh: &Refresh<'_, 'v>,
    set: &mut TrustedSet<'v>,
    memory: &Memory,
    on_refused: OnRefusedRole<'_>,
) -> Result<BTreeMap<DirectiveId, RoleName>, UpdateError> {
    let mut undecided = BTreeMap::new();
    if set.roles_set_aside().next().is_none() {
        return Ok(undecided);
    }
    for (id, revisions) in D::remembered(memory) {
        let newest = revisions.keys().next_back();
        let path = newest.and_then(|revision| D::path_of(id, revision.number()).parse().ok());
        let Some(path) = path else { continue };
        refresh.supply(set, &path, on_refused)?;
        if let Ok(Lookup::SetAside { role }) = set.find(&path) {
            undecided.insert(id.clone(), role);
        }
    }
    Ok(undecided)
}

/// [`undecided`], of every kind of document that the memory knows.
pub(super) fn undecided_of_all<'v>(
    refresh: &Refresh<'_, 'v>,
    set: &mut TrustedSet<'v>,
    memory: &Memory,
    on_refused: OnRefusedRole<'_>,
) -> Result<BTreeMap<DirectiveId, RoleName>, UpdateError> {
    let mut of_all = undecided::<Directive>(refresh, set, memory, on_refused)?;
    of_all.extend(undecided::<EntityList>(refresh, set, memory, on_refused)?);
    of_all.extend(undecided::<WaiverDocument>(refresh, set, memory, on_refused)?);
    Ok(of_all)
}

/// The bytes that are held of a target, where they are the ones that the metadata names.
fn same<'h>(
    path: &TargetPath,
    file: &TargetFile,
    limit: u64,
    held: impl IntoIterator<Item = &'h Arc<[u8]>>,
) -> Result<Option<Arc<[u8]>>, UpdateError> {
    if file.length > limit {
        let why = Distrust::Length { found: file.length, limit };
        return Err(UpdateError::refused(Folder::Targets, path.as_str(), why, Vec::new()));
    }
    Ok(held.into_iter().find(|bytes| file.verify(bytes).is_ok()).map(Arc::clone))
}

/// Bytes that were fetched, where they are the ones that the metadata names.
fn verified(
    set: &TrustedSet<'_>,
    path: &TargetPath,
    file: &TargetFile,
    bytes: Vec<u8>,
) -> Result<Arc<[u8]>, UpdateError> {
    match set.verify_target(path, file, &bytes) {
        Ok(()) => Ok(bytes.into()),
        Err(refusal) => {
            let asked = set.target_request(path, file).path;
            Err(UpdateError::refused(Folder::Targets, &asked, refusal, bytes))
        }
    }
}

pub(super) fn find<'s>(
    set: &'s TrustedSet<'_>,
    path: &TargetPath,
) -> Result<Option<&'s TargetFile>, UpdateError> {
    match set.find(path) {
        Ok(Lookup::Found { file, .. }) => Ok(Some(file)),
        Ok(_) => Ok(None),
        Err(refusal) => Err(UpdateError::refused(Folder::Targets, path.as_str(), refusal, Vec::new())),
    }
}
