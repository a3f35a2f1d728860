//! `sync`: refresh a repository's metadata, fetch its directives, and make what is believed the next generation.
//!
//! [`Sync::repository`] brings one repository to its newest acceptable state; `judge` decides which text of each directive is
//! held; the caller writes one generation for all repositories together. Whatever fails, what was held stays.

mod judge;
mod stale;

use std::collections::BTreeMap;
use std::sync::Arc;

use interdict_host::example_keys::ExampleKeys;
use interdict_host::write::Disk;
use interdict_schema::directive::{DirectiveId, named_by};
use interdict_schema::dsse::Envelope;
use interdict_schema::issuers::{self, IssuerKey, Issuers};
use interdict_schema::key::{PublicKey, Verifier};
use interdict_schema::limits::{ENVELOPE_LENGTH, ISSUERS_LENGTH, LISTED_DIRECTIVES};
use interdict_schema::tuf::{Lookup, Refusal, Request, RoleType, TargetFile, TargetPath, TrustedSet};
use interdict_schema::{DateTime, Sha256, Verified};

use self::judge::{Judge, Listed};
use crate::config::RepositoryName;
use crate::fetch::parallel::{Wanted, fetch_all};
use crate::fetch::{Fetch, Folder};
use crate::places::Places;
use crate::store::evidence::{self, Refused};
use crate::store::generation::{
    Alarm, AlarmKind, GenerationError, HeldDirective, HeldIssuers, HeldRepository, active_number, built_from,
    earliest_expiry, is_whole, read_repository,
};
use crate::store::memory::{Memory, RememberedIssuers};
use crate::store::metadata;
use crate::store::roots::StoredRoots;
use crate::update::{Distrust, Refresh, Refreshed, SameVersion, Store, UpdateError};

/// What a sync of one repository works with.
pub struct Sync<'a, 'v> {
    /// Makes the changes on disk.
    pub disk: &'a Disk,
    /// Where everything lies.
    pub places: &'a Places,
    /// The repository.
    pub name: &'a RepositoryName,
    /// Where the bytes come from.
    pub fetch: &'a dyn Fetch,
    /// The update start time.
    pub now: DateTime,
    /// The moment as of which metadata must not have expired: `now`, or an earlier one where stale metadata is admitted,
    /// which then only adds or tightens (`trust.md`, rule 14; differs from TUF 1.0.34, 5.4.4).
    pub as_of: DateTime,
    /// Checks signatures of algorithms other than Ed25519.
    pub verifier: &'v dyn Verifier,
    /// Whether keys whose secrets are published may count.
    pub examples: ExampleKeys,
    /// Told of every envelope that is to be fetched: how many are done, and how many there are.
    pub progress: &'a dyn Fn(usize, usize),
}

/// What became of a repository.
#[must_use]
pub enum Synced {
    /// The active generation was built from exactly this metadata.
    Unchanged {
        /// What was wrong then, and still is.
        alarms: Vec<Alarm>,
        /// When the timestamp expires.
        fresh_until: DateTime,
    },
    /// Something to make a generation of.
    Changed {
        /// What is held now.
        held: HeldRepository,
        /// Files of the store that were damaged and have been replaced, in words.
        damage: Vec<String>,
    },
}

/// The newest readable state of a repository on disk: of the active generation, or, where that is damaged, of an older one.
///
/// # Errors
/// The error of the active generation, where nothing older can be read either.
pub fn held_before(
    places: &Places,
    name: &RepositoryName,
    verifier: &dyn Verifier,
) -> Result<Option<HeldRepository>, GenerationError> {
    let Some(active) = active_number(places)? else { return Ok(None) };
    let mut first_error = None;
    for number in (1..=active).rev() {
        let part = places.generation(number).join("repositories").join(name.as_str());
        if !part.exists() {
            // A repository that joined later has no part in what came before it.
            if number == active && places.generation(number).exists() {
                return Ok(None);
            }
            continue;
        }
        match read_repository(places, number, name, verifier) {
            Ok(held) => return Ok(Some(held)),
            Err(error) => {
                first_error.get_or_insert(error);
            }
        }
    }
    first_error.map_or(Ok(None), Err)
}

impl Sync<'_, '_> {
    /// Brings the repository to its newest acceptable state. Metadata and memory are stored by then; the generation is the
    /// caller's to write.
    ///
    /// # Errors
    /// [`UpdateError`]: what was held stays as it was.
    pub fn repository(&self, roots: &StoredRoots, memory: &mut Memory) -> Result<Synced, UpdateError> {
        let result = self.repository_inner(roots, memory);
        if let Err(UpdateError::Refused { file, source, bytes }) = &result {
            self.keep_evidence(source.kind(), &source.to_string(), file, bytes);
            self.keep_other(source);
        }
        result
    }

    fn repository_inner(&self, roots: &StoredRoots, memory: &mut Memory) -> Result<Synced, UpdateError> {
        let places = self.places.repository(self.name);
        let refresh = Refresh {
            storage: &Store { disk: self.disk, places: &places },
            fetch: self.fetch,
            now: self.now,
            as_of: self.as_of,
            verifier: self.verifier,
            same_version: SameVersion::Refused,
        };
        let Refreshed { mut set, roots, damage } = refresh.run(roots, memory)?;
        let timestamp = set.timestamp().map(|timestamp| Sha256::of(timestamp.bytes()));
        let stale = Some(earliest_expiry(&set)).filter(|expiry| *expiry <= self.now);
        let expires = set.timestamp().map(|timestamp| timestamp.signed().expires);
        let fresh_until = stale.or(expires).unwrap_or(self.now);
        if let (Some(timestamp), Ok(Some(active))) = (timestamp, active_number(self.places))
            && let Some(alarms) = built_from(self.places, active, self.name, &timestamp)
            && is_whole(self.places, active)
        {
            return Ok(Synced::Unchanged { alarms, fresh_until });
        }
        // A generation that cannot be read is rebuilt: memory says what must be in it.
        let previous = held_before(self.places, self.name, self.verifier).ok().flatten();
        let (issuers, list) = self.issuers(&set, memory, previous.as_ref())?;
        let listed = self.listed(&refresh, &mut set, previous.as_ref())?;
        // Delegated roles are there now, and may have expired first.
        let stale = Some(earliest_expiry(&set)).filter(|expiry| *expiry <= self.now);
        let fresh_until = stale.unwrap_or(fresh_until);
        if stale.is_some() && memory.would_repudiate(|digest| list.repudiates(digest)) {
            let why = Distrust::StaleRepudiation { version: list.version };
            let bytes = issuers.envelope.to_vec();
            return Err(UpdateError::refused(Folder::Targets, issuers::TARGET_PATH, why, bytes));
        }
        memory.repudiate(|digest| list.repudiates(digest));
        let judge = Judge {
            issuers: &list,
            memory,
            previous: previous.as_ref(),
            verifier: self.verifier,
            stale: stale.is_some(),
        };
        let judgement = judge.judge(&listed);
        for refused in &judgement.refused {
            tracing::info!(
                kind = refused.kind.as_str(),
                path = refused.path.as_str(),
                reason = refused.reason.as_str(),
                "an envelope was refused"
            );
            self.keep_evidence(
                refused.kind.as_str(),
                &refused.reason,
                &format!("targets/{}", refused.path),
                &refused.envelope,
            );
            let mut held = previous.iter().flat_map(|held| &held.directives).flat_map(|held| &held.revisions);
            let other = held.find(|held| held.believed.document.value.target_path() == refused.path);
            if let (AlarmKind::Equivocation, Some(other)) = (refused.kind, other) {
                let reason = "the text that is held, beside the refused one";
                let file = format!("targets/{}", refused.path);
                self.keep_evidence(refused.kind.as_str(), reason, &file, &other.envelope);
            }
        }
        let gone: Vec<DirectiveId> = memory
            .directives
            .keys()
            .filter(|id| judgement.directives.iter().all(|held| held.id() != *id))
            .cloned()
            .collect();
        // Without the text of a directive there is nothing to carry on; what lies on disk stays, damaged as it may be.
        if !gone.is_empty() && active_number(self.places).is_ok_and(|active| active.is_some()) {
            return Err(UpdateError::WouldLift { lost: gone });
        }
        for revision in judgement.directives.iter().flat_map(|held| &held.revisions) {
            let directive = &revision.believed.document.value;
            let revisions = memory.directives.entry(directive.id.clone()).or_default();
            revisions.insert(directive.revision, revision.believed.payload.digest);
        }
        // Before the generation: a crash in between leaves a memory that the next sync agrees with.
        memory.write(self.disk, &places)?;
        let held = HeldRepository {
            name: self.name.clone(),
            // Reading verifies it again as of this moment: the last one at which nothing of it had expired.
            admitted_at: stale.map_or(self.now, |expiry| expiry.saturating_add_seconds(-1)),
            fresh_until,
            roots,
            metadata: set.accepted(),
            issuers: needed(issuers, previous.as_ref(), &judgement.directives),
            directives: judgement.directives,
            alarms: judgement.alarms,
        };
        Ok(Synced::Changed { held, damage })
    }

    /// Of an equivocation both files are the proof: the one that is trusted is kept too (`trust.md`, rule 13).
    fn keep_other(&self, why: &Distrust) {
        let Distrust::Metadata(Refusal::Equivocation { role, .. }) = why else { return };
        if let Ok(Some(trusted)) = metadata::read(&self.places.repository(self.name), role) {
            let file = format!("metadata/{}", role.file_name());
            self.keep_evidence(
                why.kind(),
                "the file that is trusted, beside the refused one",
                &file,
                &trusted,
            );
        }
    }

    fn keep_evidence(&self, kind: &str, reason: &str, file: &str, bytes: &[u8]) {
        let source = self.fetch.source();
        let refused = Refused { kind, reason, file, source: &source, bytes, at: self.now };
        if let Err(error) = evidence::keep(self.disk, &self.places.repository(self.name).evidence(), refused)
        {
            tracing::warn!(%error, "evidence could not be kept");
        }
    }

    /// The list of issuers that the metadata names, believed.
    fn issuers(
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
        let bytes = self.target(set, &target, file, ISSUERS_LENGTH, held)?;
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

    /// The envelopes of all directives that the metadata names, whichever role it is that lists them.
    fn listed<'v>(
        &self,
        refresh: &Refresh<'_, 'v>,
        set: &mut TrustedSet<'v>,
        previous: Option<&HeldRepository>,
    ) -> Result<BTreeMap<DirectiveId, Vec<Listed>>, UpdateError> {
        let paths = refresh.supply_all(set)?;
        for key in set.delegated_keys() {
            if let PublicKey::Ed25519(bytes) = key {
                let refuse = |why| {
                    UpdateError::refused(Folder::Metadata, "targets.json", Distrust::from(why), Vec::new())
                };
                self.examples.check(bytes).map_err(refuse)?;
            }
        }
        let named: Vec<_> = paths.iter().filter_map(|path| Some((path, named_by(path)?))).collect();
        if named.len() > LISTED_DIRECTIVES {
            let why = Distrust::TooManyDirectives { found: named.len(), limit: LISTED_DIRECTIVES };
            return Err(UpdateError::refused(Folder::Metadata, "targets.json", why, Vec::new()));
        }
        let mut held: BTreeMap<String, &Arc<[u8]>> = BTreeMap::new();
        for revision in
            previous.into_iter().flat_map(|held| &held.directives).flat_map(|directive| &directive.revisions)
        {
            held.insert(revision.believed.document.value.target_path(), &revision.envelope);
        }
        let mut listed: BTreeMap<DirectiveId, Vec<Listed>> = BTreeMap::new();
        let total = named.len();
        let mut to_fetch = Vec::new();
        for (path, (id, revision)) in named {
            // Enumerating proposes a name; the search says whether it is believed (`trust.md`, rule 6).
            let Ok(target) = path.parse::<TargetPath>() else { continue };
            refresh.supply(set, &target)?;
            let Some(file) = find(set, &target)? else { continue };
            match same(&target, file, ENVELOPE_LENGTH, held.get(path).copied())? {
                Some(envelope) => {
                    listed.entry(id).or_default().push(Listed { revision, path: path.clone(), envelope });
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
        fetch_all::<UpdateError>(self.fetch, Folder::Targets, &wanted, &mut |number, bytes| {
            let Some((id, revision, target, file)) = to_fetch.get(number) else { return Ok(()) };
            let envelope = verified(set, target, file, bytes)?;
            let found = Listed { revision: *revision, path: target.as_str().to_owned(), envelope };
            listed.entry(id.clone()).or_default().push(found);
            done = done.saturating_add(1);
            (self.progress)(done, total);
            Ok(())
        })?;
        Ok(listed)
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

fn find<'s>(set: &'s TrustedSet<'_>, path: &TargetPath) -> Result<Option<&'s TargetFile>, UpdateError> {
    match set.find(path) {
        Ok(Lookup::Found { file, .. }) => Ok(Some(file)),
        Ok(_) => Ok(None),
        Err(refusal) => Err(UpdateError::refused(Folder::Targets, path.as_str(), refusal, Vec::new())),
    }
}

/// The lists of issuers that the directives need: the newest one, and older ones under which some are still believed.
fn needed(
    newest: HeldIssuers,
    previous: Option<&HeldRepository>,
    directives: &[HeldDirective],
) -> Vec<HeldIssuers> {
    let versions: Vec<u32> =
        directives.iter().flat_map(|held| &held.revisions).map(|revision| revision.issuers).collect();
    let older = previous
        .into_iter()
        .flat_map(|held| &held.issuers)
        .filter(|list| list.version != newest.version && versions.contains(&list.version));
    let mut lists: Vec<HeldIssuers> = older.cloned().collect();
    lists.push(newest);
    lists
}
