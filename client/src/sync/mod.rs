//! `sync`: refresh a repository's metadata, fetch its directives, and make what is believed the next generation.
//!
//! [`Sync::repository`] brings one repository to its newest acceptable state; `judge` decides which text of each directive is
//! held; the caller writes one generation for all repositories together. Whatever fails, what was held stays.

mod entries;
mod gather;
mod judge;
mod proof;
mod stale;

use std::collections::BTreeSet;

use interdict_host::example_keys::ExampleKeys;
use interdict_host::write::Disk;
use interdict_schema::believe::Document;
use interdict_schema::directive::{Directive, DirectiveId};
use interdict_schema::entity::EntityList;
use interdict_schema::issuers::{self};
use interdict_schema::key::Verifier;
use interdict_schema::{DateTime, Sha256};

use self::judge::{Judge, Judgement};
use crate::config::RepositoryName;
use crate::fetch::{Fetch, FetchError, Folder};
use crate::places::Places;
use crate::store::generation::{
    Alarm, GenerationError, Held, HeldIssuers, HeldRepository, active_number, built_from, earliest_expiry,
    held_numbers, is_whole, read_repository,
};
use crate::store::memory::{Memory, Remembered};
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
        held: Box<HeldRepository>,
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
    let numbers = held_numbers(places);
    let mut first_error = None;
    for number in &numbers {
        let part = places.generation(*number).join("repositories").join(name.as_str());
        if !part.exists() {
            // A repository that joined later has no part in what came before it.
            if numbers.first() == Some(number) {
                return Ok(None);
            }
            continue;
        }
        match read_repository(places, *number, name, verifier) {
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
        match &result {
            Err(UpdateError::Refused { file, source, bytes }) => {
                self.keep_evidence(source.kind(), &source.to_string(), file, bytes);
                self.keep_other(source);
            }
            // That it happened is kept; of what has no end no part says more than another.
            Err(UpdateError::Fetch(error @ FetchError::TooLong { place, .. })) => {
                self.keep_evidence("endless-data", &error.to_string(), place, b"");
            }
            _ => {}
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
        let paths = self.named(&refresh, &mut set)?;
        let listed = self.listed::<Directive>(&refresh, &mut set, &paths, previous.as_ref())?;
        let listed_lists = self.listed::<EntityList>(&refresh, &mut set, &paths, previous.as_ref())?;
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
            obtainable: &|file| {
                let held = previous.as_ref().is_some_and(|held| held.attachments.contains_key(&file.digest));
                held || entries::listed(&set, file).is_some()
            },
        };
        let directives: Judgement<Directive> = judge.judge(&listed);
        let lists: Judgement<EntityList> = judge.judge(&listed_lists);
        self.keep_refused(&directives.refused, previous.as_ref());
        self.keep_refused(&lists.refused, previous.as_ref());
        let mut gone = lost(&memory.directives, &directives.documents);
        gone.extend(lost(&memory.lists, &lists.documents));
        // Without the text of a directive there is nothing to carry on; what lies on disk stays, damaged as it may be.
        if !gone.is_empty() && !held_numbers(self.places).is_empty() {
            return Err(UpdateError::WouldLift { lost: gone });
        }
        let attachments = self.entries(&set, &directives.documents, &lists.documents, previous.as_ref())?;
        remember(&mut memory.directives, &directives.documents);
        remember(&mut memory.lists, &lists.documents);
        // Before the generation: a crash in between leaves a memory that the next sync agrees with.
        memory.write(self.disk, &places)?;
        let held = Box::new(HeldRepository {
            name: self.name.clone(),
            // Reading verifies it again as of this moment: the last one at which nothing of it had expired.
            admitted_at: stale.map_or(self.now, |expiry| expiry.saturating_add_seconds(-1)),
            fresh_until,
            roots,
            metadata: set.accepted(),
            issuers: needed(issuers, previous.as_ref(), &directives.documents, &lists.documents),
            directives: directives.documents,
            lists: lists.documents,
            attachments,
            alarms: directives.alarms.into_iter().chain(lists.alarms).collect(),
        });
        Ok(Synced::Changed { held, damage })
    }
}

/// What is remembered of a kind, and neither listed nor held any more.
fn lost<D: Document>(remembered: &Remembered, held: &[Held<D>]) -> Vec<DirectiveId> {
    remembered.keys().filter(|id| held.iter().all(|held| held.id() != *id)).cloned().collect()
}

fn remember<D: Document>(remembered: &mut Remembered, held: &[Held<D>]) {
    for revision in held.iter().flat_map(|held| &held.revisions) {
        let document = &revision.believed.document.value;
        let revisions = remembered.entry(document.id().clone()).or_default();
        revisions.insert(document.revision(), revision.believed.payload.digest);
    }
}

/// The lists of issuers that the documents need: the newest one, and older ones under which some are still believed.
fn needed(
    newest: HeldIssuers,
    previous: Option<&HeldRepository>,
    directives: &[Held<Directive>],
    lists: &[Held<EntityList>],
) -> Vec<HeldIssuers> {
    let of_directives = directives.iter().flat_map(|held| &held.revisions).map(|revision| revision.issuers);
    let of_lists = lists.iter().flat_map(|held| &held.revisions).map(|revision| revision.issuers);
    let versions: BTreeSet<u32> = of_directives.chain(of_lists).collect();
    let older = previous
        .into_iter()
        .flat_map(|held| &held.issuers)
        .filter(|list| list.version != newest.version && versions.contains(&list.version));
    let mut lists: Vec<HeldIssuers> = older.cloned().collect();
    lists.push(newest);
    lists
}
