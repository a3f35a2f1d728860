//! `sync`: refresh a repository's metadata, fetch its directives, and make what is believed the next generation.
//!
//! [`Sync::repository`] brings one repository to its newest acceptable state; `judge` decides which text of each directive is
//! held; the caller writes one generation for all repositories together. Whatever fails, what was held stays.

mod before;
mod entries;
mod gather;
mod judge;
mod nothing_new;
mod proof;
mod salvage;
mod stale;

use std::collections::BTreeSet;

use interdict_host::example_keys::ExampleKeys;
use interdict_host::write::Disk;
use interdict_schema::believe::Document;
use interdict_schema::directive::scope::Profile;
use interdict_schema::directive::{Directive, DirectiveId};
use interdict_schema::entity::EntityList;
use interdict_schema::issuers::{self, Issuers};
use interdict_schema::key::Verifier;
use interdict_schema::tuf::Refusal;
use interdict_schema::waiver::WaiverDocument;
use interdict_schema::{DateTime, Sha256};

pub use self::before::held_before;
use self::before::{Before, before};
use self::gather::undecided_of_all;
use self::judge::{Judge, Judgement};
pub use self::salvage::Salvage;
use crate::as_of::AsOf;
use crate::config::RepositoryName;
use crate::fetch::{Fetch, FetchError, Folder};
use crate::places::Places;
use crate::store::generation::{
    Alarm, Held, HeldIssuers, HeldRepository, active_number, built_from, earliest_expiry, held_numbers,
    is_whole,
};
use crate::store::memory::{Memory, Remembered};
use crate::store::roots::StoredRoots;
use crate::update::{Distrust, Refresh, Refreshed, RefusedRole, SameVersion, Store, UpdateError};

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
    /// What a delegated role that has expired means.
    pub expired_roles: ExpiredRoles,
    /// What another mirror gave before it failed, and what this one gives if it fails too.
    pub salvage: &'a Salvage,
    /// The agency for which waivers are judged.
    pub profile: &'a Profile,
    /// Checks signatures of algorithms other than Ed25519.
    pub verifier: &'v dyn Verifier,
    /// Whether keys whose secrets are published may count.
    pub examples: ExampleKeys,
    /// Told of every envelope that is to be fetched: how many are done, and how many there are.
    pub progress: &'a dyn Fn(usize, usize),
}

/// What a delegated role means that has expired, where the metadata above it has not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExpiredRoles {
    /// An alarm: what was held of it stays, and everything else advances.
    SetAside,
    /// That what was carried here is stale, which ends it (`trust.md`, rule 14).
    End,
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
        /// Files of the store that were damaged and have been replaced, in words.
        damage: Vec<String>,
    },
    /// Something to make a generation of.
    Changed {
        /// What is held now.
        held: Box<HeldRepository>,
        /// What of the store was damaged and has been or will be replaced, in words.
        damage: Vec<String>,
    },
}

impl Sync<'_, '_> {
    /// Brings the repository to its newest acceptable state. Metadata and memory are stored by then; the generation is the
    /// caller's to write.
    ///
    /// # Errors
    /// [`UpdateError`]: what was held stays as it was.
    pub fn repository(&self, roots: &StoredRoots, memory: &mut Memory) -> Result<Synced, UpdateError> {
        let result = self.repository_inner(roots, memory);
        match &result {
            Err(UpdateError::Refused { file, source, bytes }) => {
                self.keep_evidence(source.kind(), &source.to_string(), file, bytes);
                self.keep_other(source);
            }
            Err(UpdateError::Fetch(error @ FetchError::TooLong { place, beginning, .. })) => {
                self.keep_evidence("endless-data", &error.to_string(), place, beginning);
            }
            _ => {}
        }
        result
    }

    fn repository_inner(&self, roots: &StoredRoots, memory: &mut Memory) -> Result<Synced, UpdateError> {
        let places = self.places.repository(self.name);
        let refresh = Refresh {
            storage: &Store { disk: self.disk, places: &places, salvage: self.salvage },
            fetch: self.fetch,
            now: self.now,
            as_of: self.as_of,
            verifier: self.verifier,
            same_version: SameVersion::Refused,
        };
        let begun = refresh.begin(roots, memory)?;
        let seen = self.look(&begun);
        if let Some(seen) = &seen
            && let Some(unchanged) = self.as_inspected(seen, &refresh, &begun, memory)?
        {
            return Ok(unchanged);
        }
        let Refreshed { mut set, roots, mut damage } = refresh.finish(begun, memory)?;
        let timestamp = set.timestamp().map(|timestamp| Sha256::of(timestamp.bytes()));
        let stale = Some(earliest_expiry(&set)).filter(|expiry| *expiry <= self.now);
        let expires = set.timestamp().map(|timestamp| timestamp.signed().expires);
        let fresh_until = stale.or(expires).unwrap_or(self.now);
        if let (Some(timestamp), Ok(Some(active))) = (timestamp, active_number(self.places))
            && let Some(alarms) =
                built_from(self.places, active, self.name, &timestamp, (self.profile, self.now))
        {
            if is_whole(self.places, active) {
                self.keep_inspection(seen.as_ref(), &set, &timestamp);
                return Ok(Synced::Unchanged { alarms, fresh_until, damage });
            }
            damage.push(format!("generation {active}: not every file is there as it was written"));
        }
        // A generation that cannot be read is rebuilt: memory says what must be in it.
        let Before { held: previous, damage: of_generations } =
            before(self.places, self.name, memory, self.verifier);
        damage.extend(of_generations);
        let (issuers, list) = self.issuers(&set, memory, previous.as_ref())?;
        let mut refused = Vec::new();
        let mut on_refused = |role: RefusedRole| self.set_aside(role, &mut refused);
        let paths = self.named(&refresh, &mut set, &list, &mut on_refused)?;
        let held = previous.as_ref();
        let listed = self.listed::<Directive>(&refresh, &mut set, &paths, held, &mut on_refused)?;
        let listed_lists = self.listed::<EntityList>(&refresh, &mut set, &paths, held, &mut on_refused)?;
        let listed_waivers =
            self.listed::<WaiverDocument>(&refresh, &mut set, &paths, held, &mut on_refused)?;
        let undecided = undecided_of_all(&refresh, &mut set, memory, &mut on_refused)?;
        // Delegated roles are there now, and may have expired first.
        let stale = Some(earliest_expiry(&set)).filter(|expiry| *expiry <= self.now);
        // What the targets list is needed no longer, and there may be 10,000 of them.
        let metadata = set.accepted();
        let refused_roles = set.roles_set_aside().cloned().collect();
        // Files of entries are looked up in it, where there are lists.
        let set = (!listed_lists.is_empty()).then_some(set);
        repudiate(memory, &list, stale.is_some(), &issuers.envelope)?;
        let judge = Judge {
            issuers: &list,
            memory,
            previous: previous.as_ref(),
            verifier: self.verifier,
            undecided: &undecided,
            stale: stale.is_some(),
            obtainable: &|file| {
                let held = previous.as_ref().is_some_and(|held| held.attachments.contains_key(&file.digest));
                held || set.as_ref().is_some_and(|set| entries::listed(set, file).is_some())
            },
        };
        let mut directives: Judgement<Directive> = judge.judge(&listed);
        let lists: Judgement<EntityList> = judge.judge(&listed_lists);
        let waivers: Judgement<WaiverDocument> = judge.judge(&listed_waivers);
        self.keep_refused(&directives.refused, previous.as_ref());
        self.keep_refused(&lists.refused, previous.as_ref());
        self.keep_refused(&waivers.refused, previous.as_ref());
        let alarms: Vec<Alarm> = refused.into_iter().map(|role| self.role_alarm(role)).collect();
        directives.alarms.splice(0..0, alarms);
        let mut gone = lost(&memory.directives, &directives.documents);
        gone.extend(lost(&memory.lists, &lists.documents));
        // A waiver whose text is gone frees nobody, which is what its alarm says.
        // Without the text of a directive there is nothing to carry on; what lies on disk stays, damaged as it may be.
        if !gone.is_empty() && !held_numbers(self.places).is_empty() {
            return Err(UpdateError::WouldLift { lost: gone });
        }
        let attachments =
            self.entries(set.as_ref(), &directives.documents, &lists.documents, previous.as_ref())?;
        remember(&mut memory.directives, &directives.documents);
        remember(&mut memory.lists, &lists.documents);
        remember(&mut memory.waivers, &waivers.documents);
        // Before the generation: a crash in between leaves a memory that the next sync agrees with.
        memory.write(self.disk, &places)?;
        let versions = versions_of_all(&directives.documents, &lists.documents, &waivers.documents);
        let mut held = Box::new(HeldRepository {
            name: self.name.clone(),
            // Reading verifies it again as of this moment: the last one at which nothing of it had expired.
            admitted_at: stale.map_or(self.now, |expiry| expiry.saturating_add_seconds(-1)),
            fresh_until: stale.unwrap_or(fresh_until),
            roots,
            metadata,
            refused_roles,
            issuers: needed(issuers, previous.as_ref(), &versions),
            directives: directives.documents,
            lists: lists.documents,
            waivers: waivers.documents,
            judged_waivers: Vec::new(),
            attachments,
            alarms: directives.alarms.into_iter().chain(lists.alarms).chain(waivers.alarms).collect(),
            profile: self.profile.clone(),
            next_change: None,
        });
        resolve(&mut held);
        Ok(Synced::Changed { held, damage })
    }

    /// Goes on without a role that was refused, unless it is one whose age the caller wants to judge.
    fn set_aside(&self, role: RefusedRole, refused: &mut Vec<RefusedRole>) -> Result<(), UpdateError> {
        if self.expired_roles == ExpiredRoles::End
            && matches!(role.why, Distrust::Metadata(Refusal::Expired { .. }))
        {
            return Err(role.into());
        }
        refused.push(role);
        Ok(())
    }
}

/// Takes over what the issuers repudiate; what has expired may repudiate nothing more.
fn repudiate(memory: &mut Memory, list: &Issuers, stale: bool, envelope: &[u8]) -> Result<(), UpdateError> {
    if stale && memory.would_repudiate(|digest| list.repudiates(digest)) {
        let why = Distrust::StaleRepudiation { version: list.version };
        return Err(UpdateError::refused(Folder::Targets, issuers::TARGET_PATH, why, envelope.to_vec()));
    }
    memory.repudiate(|digest| list.repudiates(digest));
    Ok(())
}

/// Resolves what is held as of when it was admitted: when that changes next, and the alarms of texts that contradict.
fn resolve(held: &mut HeldRepository) {
    let in_force = held.in_force(AsOf::now(held.admitted_at));
    held.next_change = in_force.next_change;
    let conflicts = held.conflicts(&in_force);
    held.alarms.extend(conflicts);
}

/// What is remembered of a kind, and neither listed nor held any more.
fn lost<D: Document>(remembered: &Remembered, held: &[Held<D>]) -> Vec<DirectiveId> {
    let held: BTreeSet<&DirectiveId> = held.iter().map(Held::id).collect();
    remembered.keys().filter(|id| !held.contains(id)).cloned().collect()
}

fn remember<D: Document>(remembered: &mut Remembered, held: &[Held<D>]) {
    for revision in held.iter().flat_map(|held| &held.revisions) {
        let document = &revision.believed.document.value;
        let revisions = remembered.entry(document.id().clone()).or_default();
        revisions.insert(document.revision(), revision.believed.payload.digest);
    }
}

/// The versions of the lists of issuers under which documents are believed.
fn versions_of<D>(documents: &[Held<D>]) -> BTreeSet<u32> {
    documents.iter().flat_map(|held| &held.revisions).map(|revision| revision.issuers).collect()
}

/// [`versions_of`] every kind of document.
fn versions_of_all(
    directives: &[Held<Directive>],
    lists: &[Held<EntityList>],
    waivers: &[Held<WaiverDocument>],
) -> BTreeSet<u32> {
    [versions_of(directives), versions_of(lists), versions_of(waivers)].into_iter().flatten().collect()
}

/// The lists of issuers that the documents need: the newest one, and older ones under which some are still believed.
fn needed(
    newest: HeldIssuers,
    previous: Option<&HeldRepository>,
    versions: &BTreeSet<u32>,
) -> Vec<HeldIssuers> {
    let older = previous
        .into_iter()
        .flat_map(|held| &held.issuers)
        .filter(|list| list.version != newest.version && versions.contains(&list.version));
    let mut lists: Vec<HeldIssuers> = older.cloned().collect();
    lists.push(newest);
    lists
}
