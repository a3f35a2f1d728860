//! One repository's part of a generation: verified from the pin in the store, as of its admission.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use interdict_host::read::read_bounded_nofollow;
use interdict_schema::believe::{Document, Speakers, check_chain};
use interdict_schema::directive::{DirectiveId, Revision};
use interdict_schema::dsse::Envelope;
use interdict_schema::issuers::Issuers;
use interdict_schema::key::{PublicKey, Verifier};
use interdict_schema::limits::{ENVELOPE_LENGTH, ISSUERS_LENGTH, METADATA_LENGTH, ROOT_LENGTH};
use interdict_schema::tuf::{
    self, Enumeration, Lookup, RoleName, RoleType, Source, TargetFile, TargetPath, TrustedSet,
};
use interdict_schema::{DateTime, Sha256, Verified};

use super::attachment::{FOLDER, HeldFile, Need};
use super::index::{DELEGATED, FORMAT, Index, IndexedDirective};
use super::{Held, HeldDirective, HeldIssuers, HeldList, HeldRepository, HeldRevision, HeldWaiver};
use crate::config::RepositoryName;
use crate::places::Places;
use crate::store::roots;

use super::error::GenerationError;
use super::read::MAX_INDEX_BYTES;

/// Reads and verifies one repository's part of a generation: the chain of roots from the pin in the store, the metadata as
/// of its admission, the lists of issuers, and the envelope of every directive.
///
/// # Errors
/// [`GenerationError`] for the first thing that does not verify.
pub fn read_repository(
    places: &Places,
    number: u64,
    name: &RepositoryName,
    verifier: &dyn Verifier,
) -> Result<HeldRepository, GenerationError> {
    let part =
        Part { name, folder: places.generation(number).join("repositories").join(name.as_str()), verifier };
    let index = part.index()?;
    let pin = roots::read(&places.repository(name))?
        .ok_or_else(|| GenerationError::NotPinned { name: name.clone() })?
        .pin;
    let (mut set, roots) = part.trusted_set(&index, &pin)?;
    let issuers = part.issuers(&index, &roots)?;
    let lists: Vec<(u32, Speakers<'_>)> =
        issuers.iter().map(|(held, list)| (held.version, Speakers::new(list, verifier))).collect();
    let mut directives: Vec<HeldDirective> = Vec::new();
    for indexed in &index.directives {
        directives.push(part.document(indexed, &lists, &mut set, &index)?);
    }
    let mut entity_lists: Vec<HeldList> = Vec::new();
    for indexed in &index.lists {
        entity_lists.push(part.document(indexed, &lists, &mut set, &index)?);
    }
    let mut waivers: Vec<HeldWaiver> = Vec::new();
    for indexed in &index.waivers {
        waivers.push(part.document(indexed, &lists, &mut set, &index)?);
    }
    drop(lists);
    part.nothing_left_out(&index, &directives, &mut set)?;
    part.nothing_left_out(&index, &entity_lists, &mut set)?;
    // One that was taken out frees nobody, and is said all the same: it may have been a revocation.
    part.nothing_left_out(&index, &waivers, &mut set)?;
    let attachments = part.attachments(&directives, &entity_lists)?;
    // Stale metadata is admitted as of the last moment at which nothing of it had expired: it was never fresh after that.
    let expiry = earliest_expiry(&set);
    let stale = index.admitted_at.saturating_add_seconds(1) == expiry;
    let fresh_until = set.timestamp().map(|timestamp| timestamp.signed().expires);
    let fresh_until = fresh_until.filter(|_| !stale).unwrap_or(expiry);
    Ok(HeldRepository {
        name: name.clone(),
        admitted_at: index.admitted_at,
        fresh_until,
        metadata: set.accepted(),
        refused_roles: set.roles_set_aside().cloned().collect(),
        roots: roots.into_iter().map(|root| root.bytes).collect(),
        issuers: issuers.into_iter().map(|(held, _)| held).collect(),
        directives,
        lists: entity_lists,
        waivers,
        judged_waivers: Vec::new(),
        attachments,
        alarms: index.alarms,
        profile: index.profile,
        next_change: index.next_change,
    })
}

/// When the first of the metadata expires.
pub(crate) fn earliest_expiry(set: &TrustedSet<'_>) -> DateTime {
    let timestamp = set.timestamp().map(|timestamp| timestamp.signed().expires);
    let snapshot = set.snapshot().map(|snapshot| snapshot.signed().expires);
    let targets = set.targets().map(|targets| targets.signed().expires);
    let accepted = set.accepted();
    let delegated = accepted.iter().filter_map(|file| set.delegated(file.role()));
    let delegated = delegated.map(|metadata| metadata.signed().expires);
    let all = [timestamp, snapshot, targets].into_iter().flatten().chain(delegated);
    all.fold(set.root().signed().expires, DateTime::min)
}

/// A root of the chain, with what verifying lists of issuers needs of it.
struct ChainRoot {
    bytes: Arc<[u8]>,
    keys: Vec<PublicKey>,
    threshold: u32,
    all_keys: Vec<PublicKey>,
}

impl ChainRoot {
    fn of(set: &TrustedSet<'_>) -> Self {
        let root = set.root().signed();
        Self {
            bytes: set.root().bytes().into(),
            keys: root.public_keys(RoleType::Root),
            threshold: root.roles.root.threshold,
            all_keys: root.keys.values().filter_map(|key| key.public().cloned()).collect(),
        }
    }
}

struct Part<'a> {
    name: &'a RepositoryName,
    folder: PathBuf,
    verifier: &'a dyn Verifier,
}

impl<'a> Part<'a> {
    fn file(&self, name: &str, max_bytes: u64) -> Result<Vec<u8>, GenerationError> {
        Ok(read_bounded_nofollow(&self.folder.join(name), max_bytes)?)
    }

    fn index(&self) -> Result<Index, GenerationError> {
        let bytes = self.file("index.json", MAX_INDEX_BYTES)?;
        let form = || GenerationError::Form { path: self.folder.join("index.json") };
        let index: Index = serde_json::from_slice(&bytes).map_err(|_| form())?;
        if index.format == FORMAT { Ok(index) } else { Err(form()) }
    }

    fn refuse(&self, source: tuf::Refusal) -> GenerationError {
        GenerationError::Metadata { name: self.name.clone(), source: Box::new(source) }
    }

    fn trusted_set(
        &self,
        index: &Index,
        pin: &[u8],
    ) -> Result<(TrustedSet<'a>, Vec<ChainRoot>), GenerationError> {
        let mut set =
            TrustedSet::new(pin, index.admitted_at, self.verifier).map_err(|refusal| self.refuse(refusal))?;
        let mut roots = vec![ChainRoot::of(&set)];
        for version in &index.roots {
            let bytes = self.file(&format!("{version}.root.json"), ROOT_LENGTH)?;
            // Recovery from fast-forward concerns what was stored before, and nothing was.
            let _ = set.update_root(&bytes).map_err(|refusal| self.refuse(refusal))?;
            roots.push(ChainRoot::of(&set));
        }
        set.finish_root().map_err(|refusal| self.refuse(refusal))?;
        for role in [RoleType::Timestamp, RoleType::Snapshot, RoleType::Targets] {
            let bytes = self.file(&RoleName::from(role).file_name(), METADATA_LENGTH)?;
            let update = match role {
                RoleType::Timestamp => set.update_timestamp(&bytes, Source::Remote),
                RoleType::Snapshot => set.update_snapshot(&bytes, Source::Remote),
                _ => set.update_targets(&bytes, Source::Remote),
            };
            let _ = update.map_err(|refusal| self.refuse(refusal))?;
        }
        while let Enumeration::Needs { role, delegator } = set.enumerate() {
            self.delegated(&mut set, &role, &delegator, index)?;
        }
        Ok((set, roots))
    }

    /// The lists of issuers, each signed by the threshold of some root of the chain.
    fn issuers(
        &self,
        index: &Index,
        roots: &[ChainRoot],
    ) -> Result<Vec<(HeldIssuers, Verified<Issuers>)>, GenerationError> {
        let one = |version: &u32| {
            let file = format!("issuers.{version}.json");
            let bytes = self.file(&file, ISSUERS_LENGTH)?;
            let envelope = self.envelope(&file, &bytes, ISSUERS_LENGTH)?;
            let mut answer = None;
            for root in roots.iter().rev() {
                let opened =
                    Issuers::open(&envelope, &root.keys, root.threshold, &root.all_keys, self.verifier);
                let accepted = opened.is_ok();
                // The newest root's refusal is the one to tell.
                if accepted || answer.is_none() {
                    answer = Some(opened);
                }
                if accepted {
                    break;
                }
            }
            let opened = answer.ok_or_else(|| GenerationError::NotPinned { name: self.name.clone() })?;
            let list =
                opened.map_err(|source| GenerationError::Issuers { name: self.name.clone(), source })?;
            if list.version != *version {
                return Err(GenerationError::Form { path: self.folder.join(file) });
            }
            Ok((HeldIssuers { version: *version, envelope: bytes.into() }, list))
        };
        index.issuers.iter().map(one).collect()
    }

    fn envelope(&self, file: &str, bytes: &[u8], max_bytes: u64) -> Result<Envelope, GenerationError> {
        Envelope::parse(bytes, max_bytes)
            .map_err(|source| GenerationError::Envelope { path: self.folder.join(file), source })
    }

    fn document<D: Document>(
        &self,
        indexed: &IndexedDirective,
        lists: &[(u32, Speakers<'_>)],
        set: &mut TrustedSet<'a>,
        index: &Index,
    ) -> Result<Held<D>, GenerationError> {
        let mut revisions: Vec<HeldRevision<D>> = Vec::new();
        for (revision, version) in (1_u32..).zip(&indexed.issuers) {
            let path = D::path_of(&indexed.id, revision);
            let file = format!("envelopes/{path}");
            let bytes = self.file(&file, ENVELOPE_LENGTH)?;
            let stranger = || GenerationError::Target { name: self.name.clone(), path: path.clone() };
            // What is still held although the metadata no longer names it carries a mark that says so.
            let target: TargetPath = path.parse().map_err(|_| stranger())?;
            if indexed.marks.is_empty() && !self.listed(set, &target, &bytes, index)? {
                return Err(stranger());
            }
            let (_, speakers) = lists.iter().find(|(held, _)| held == version).ok_or_else(stranger)?;
            let envelope = self.envelope(&file, &bytes, ENVELOPE_LENGTH)?;
            let believed =
                speakers.believe(&envelope, &path).map_err(|source| GenerationError::Directive {
                    name: self.name.clone(),
                    path: path.clone(),
                    source: Box::new(source),
                })?;
            revisions.push(HeldRevision { envelope: bytes.into(), issuers: *version, believed });
        }
        if revisions.is_empty() {
            return Err(GenerationError::Form { path: self.folder.join("index.json") });
        }
        // Room was kept for four, and most have one. The index is not signed, so that its count is not taken beforehand.
        revisions.shrink_to_fit();
        check_chain(revisions.iter().map(|revision| &*revision.believed))
            .map_err(|source| GenerationError::Chain { name: self.name.clone(), source })?;
        Ok(Held { revisions, marks: indexed.marks.clone(), settled: None })
    }

    /// Everything that the metadata lists is held, or an alarm says why not: the index is not signed, so an entry that was
    /// taken out of it would lift a ban in silence.
    fn nothing_left_out<D: Document>(
        &self,
        index: &Index,
        held: &[Held<D>],
        set: &mut TrustedSet<'a>,
    ) -> Result<(), GenerationError> {
        let newest: BTreeMap<&DirectiveId, Revision> =
            held.iter().map(|held| (held.id(), held.text().revision())).collect();
        let left_out = |path: &&str| {
            let (directive, revision) = D::named_by(path)?;
            let is_held = newest.get(&directive).is_some_and(|newest| *newest >= revision);
            let told = || index.alarms.iter().any(|alarm| alarm.directive.as_ref() == Some(&directive));
            if is_held || told() { None } else { Some((path.parse::<TargetPath>().ok()?, directive)) }
        };
        let proposed: Vec<_> = match set.enumerate() {
            Enumeration::All(names) => names.iter().filter_map(left_out).collect(),
            // Not after the metadata was read to its end; more roles than are asked were never accepted.
            Enumeration::Needs { .. } | Enumeration::TooManyRoles { .. } => Vec::new(),
        };
        for (path, directive) in proposed {
            if self.found(set, &path, index)?.is_some() {
                return Err(GenerationError::LeftOut { name: self.name.clone(), directive });
            }
        }
        Ok(())
    }

    /// The files of entries that are there. Those of the newest revision of every list have to be; what a pinned revision
    /// lacks is a gap of the directive that pins it. What is in them is verified by whoever uses them.
    fn attachments(
        &self,
        directives: &[HeldDirective],
        lists: &[HeldList],
    ) -> Result<BTreeMap<Sha256, HeldFile>, GenerationError> {
        let mut found = BTreeMap::new();
        for (file, need) in super::attachment::needed(directives, lists) {
            let path = self.folder.join(FOLDER).join(file.digest.to_string());
            let is_there = std::fs::symlink_metadata(&path)
                .is_ok_and(|there| there.is_file() && there.len() == file.length);
            match need {
                _ if is_there => _ = found.insert(file.digest, HeldFile { path, incoming: None }),
                Need::Newest => {
                    return Err(GenerationError::Target { name: self.name.clone(), path: file.path.clone() });
                }
                Need::Pinned => {}
            }
        }
        Ok(found)
    }

    fn delegated(
        &self,
        set: &mut TrustedSet<'a>,
        role: &RoleName,
        delegator: &RoleName,
        index: &Index,
    ) -> Result<(), GenerationError> {
        let told = index.refused_roles.iter().any(|refused| refused == role.as_str());
        match self.admit_delegated(set, role, delegator) {
            // The index is not signed, but what it claims here is an alarm (`raised`).
            Err(_) if told => set.set_aside(role.clone()),
            other => other?,
        }
        Ok(())
    }

    fn admit_delegated(
        &self,
        set: &mut TrustedSet<'a>,
        role: &RoleName,
        delegator: &RoleName,
    ) -> Result<(), GenerationError> {
        let bytes = self.file(&format!("{DELEGATED}/{}", role.file_name()), METADATA_LENGTH)?;
        let _ = set
            .update_delegated(role, delegator, &bytes, Source::Remote)
            .map_err(|refusal| self.refuse(refusal))?;
        Ok(())
    }

    /// Whether the metadata names a file and these are its bytes.
    fn listed(
        &self,
        set: &mut TrustedSet<'a>,
        path: &TargetPath,
        bytes: &[u8],
        index: &Index,
    ) -> Result<bool, GenerationError> {
        Ok(self.found(set, path, index)?.is_some_and(|file| file.verify(bytes).is_ok()))
    }

    /// What the metadata states of a file. The search may want a role on the word of another delegator than the first.
    fn found<'s>(
        &self,
        set: &'s mut TrustedSet<'a>,
        path: &TargetPath,
        index: &Index,
    ) -> Result<Option<&'s TargetFile>, GenerationError> {
        while let Ok(Lookup::Needs { role, delegator }) = set.find(path) {
            self.delegated(set, &role, &delegator, index)?;
        }
        match set.find(path) {
            Ok(Lookup::Found { file, .. }) => Ok(Some(file)),
            _ => Ok(None),
        }
    }
}
