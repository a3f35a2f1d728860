//! Root's refresh from what was synced.

use interdict_host::example_keys::ExampleKeys;
use interdict_host::exit::Outcome;
use interdict_host::lock::Lock;
use interdict_host::owned::Owner;
use interdict_host::verifier::Provider;
use interdict_host::world::World;
use interdict_host::write::Mode;
use interdict_schema::DateTime;
use interdict_schema::directive::DirectiveId;

use super::carried::{Carried, OpenGeneration};
use super::told::Told;
use super::{AdmissionError, own, pin};
use crate::config::{Config, RepositoryName};
use crate::fetch::{Fetch, Folder};
use crate::places::Places;
use crate::store::generation::{self, Draft, HeldRepository};
use crate::store::memory::Memory;
use crate::store::roots::StoredRoots;
use crate::sync::{ExpiredRoles, Salvage, Sync, Synced, held_before};
use crate::update::UpdateError;

/// What became of an admission.
#[derive(Debug)]
pub struct Admission {
    /// Root's own store, from which everything is read from now on.
    pub places: Places,
    /// Whether it has a new generation.
    pub is_new: bool,
    /// What has to be said: one line for each.
    pub told: Vec<Told>,
}

impl Admission {
    /// The exits of all that has to be said.
    pub fn outcome(&self) -> Outcome {
        self.told.iter().map(Told::exit).collect()
    }
}

/// Brings root's own store up to what was synced, as far as it is believed. What goes wrong with a repository is told, and what was
/// admitted of it before stays.
///
/// # Errors
/// [`AdmissionError`] where root can begin nothing: what it reads may be somebody else's, or cannot be read.
pub fn admit(places: &Places, world: &World, examples: ExampleKeys) -> Result<Admission, AdmissionError> {
    let (owner, now) = (Owner::of(world), world.now()?);
    for path in [&places.config, &places.exceptions()] {
        owner.look(path)?;
    }
    let config = Config::read(&places.config)?;
    if config.repositories.is_empty() {
        return Err(AdmissionError::NotSetUp);
    }
    let store = own(places);
    world.disk.create_dir_all_synced(&store.state, Mode::Public)?;
    owner.look(&store.state)?;
    let _lock = Lock::acquire(&store.lock())?;
    let round = Round { places, store: &store, world, config: &config, owner, examples, now };
    let mut told = Vec::new();
    let mut held = Vec::new();
    let opened = match OpenGeneration::active(&places.state) {
        Ok(opened) => opened,
        Err(error) => {
            told.push(Told::Refused(error.into()));
            None
        }
    };
    for repository in &config.repositories {
        match round.repository(opened.as_ref(), &repository.name, &mut told) {
            Ok(found) => held.extend(found),
            Err(error) => told.push(Told::Refused(error)),
        }
    }
    let is_new = !held.is_empty();
    if is_new {
        generation::write(&world.disk, &store, round.assemble(held)?)?;
    }
    Ok(Admission { places: store, is_new, told })
}

struct Round<'a> {
    places: &'a Places,
    store: &'a Places,
    world: &'a World,
    config: &'a Config,
    owner: Owner,
    examples: ExampleKeys,
    now: DateTime,
}

impl Round<'_> {
    /// What is to be in the next generation of a repository; `None` where the active one has it already.
    fn repository(
        &self,
        opened: Option<&OpenGeneration>,
        name: &RepositoryName,
        told: &mut Vec<Told>,
    ) -> Result<Option<HeldRepository>, AdmissionError> {
        let path = self.places.root_pin(name);
        let pin = pin::read(self.places, name, self.owner)?
            .ok_or_else(|| AdmissionError::NotPinned { name: name.clone(), path: path.clone() })?;
        let carried = opened.map(|opened| opened.repository(name)).transpose()?.flatten();
        let Some(carried) = carried else {
            told.push(Told::NotSynced { name: name.clone() });
            return Ok(None);
        };
        let update = |source| AdmissionError::Update { name: name.clone(), source: Box::new(source) };
        let admit = |as_of| {
            let (roots, mut memory) =
                pin::adopt(&self.world.disk, self.store, (name, &path), &pin, (self.now, &Provider))?;
            self.sync(name, &carried, as_of).repository(&roots, &mut memory).map_err(update)
        };
        let synced = match admit(self.now) {
            // Staleness lifts nothing, and stale text adds and tightens alone (`trust.md`, rules 10 and 14).
            Err(AdmissionError::Update { source, .. }) if is_expired(&source) => {
                match fresh_once(&carried, self.now) {
                    Some(as_of) => admit(as_of)?,
                    None => return Err(update(*source)),
                }
            }
            other => other?,
        };
        let held = match synced {
            Synced::Changed { held, .. } => Some(*held),
            Synced::Unchanged { .. } => None,
        };
        let known = match &held {
            Some(held) => held.directives.iter().map(|held| held.id().clone()).collect::<Vec<_>>(),
            None => self.directives(name)?,
        };
        for directive in carried.directives().into_iter().filter(|id| !known.contains(id)) {
            told.push(Told::Unlisted { name: name.clone(), directive });
        }
        Ok(held)
    }

    fn sync<'s>(&'s self, name: &'s RepositoryName, fetch: &'s dyn Fetch, as_of: DateTime) -> OwnedSync<'s> {
        OwnedSync { round: self, name, fetch, as_of, salvage: Salvage::default() }
    }

    fn directives(&self, name: &RepositoryName) -> Result<Vec<DirectiveId>, AdmissionError> {
        let memory = Memory::read(&self.store.repository(name))?;
        Ok(memory.directives.into_keys().collect())
    }

    /// The next generation: what is new, and of every other repository what was held, configured or not. None is ever left out in
    /// silence.
    fn assemble(&self, mut held: Vec<HeldRepository>) -> Result<Draft, AdmissionError> {
        let numbers = generation::held_numbers(self.store);
        let before =
            numbers.first().and_then(|number| generation::repository_names(self.store, *number).ok());
        let configured = self.config.repositories.iter().map(|repository| repository.name.clone());
        let mut names: Vec<RepositoryName> = before.into_iter().flatten().chain(configured).collect();
        names.sort();
        names.dedup();
        for name in names {
            if held.iter().any(|held| held.name == name) || !self.store.repository(&name).pin().exists() {
                continue;
            }
            match held_before(self.store, &name, &Provider) {
                Ok(before) => held.extend(before),
                Err(source) => return Err(AdmissionError::WouldLift { name, source: Box::new(source) }),
            }
        }
        held.sort_by(|one, other| one.name.cmp(&other.name));
        Ok(Draft { repositories: held })
    }
}

/// A sync with what it borrows.
struct OwnedSync<'s> {
    round: &'s Round<'s>,
    name: &'s RepositoryName,
    fetch: &'s dyn Fetch,
    as_of: DateTime,
    salvage: Salvage,
}

impl OwnedSync<'_> {
    fn repository(&self, roots: &StoredRoots, memory: &mut Memory) -> Result<Synced, UpdateError> {
        Sync {
            disk: &self.round.world.disk,
            places: self.round.store,
            name: self.name,
            fetch: self.fetch,
            now: self.round.now,
            as_of: self.as_of,
            expired_roles: ExpiredRoles::SetAside,
            salvage: &self.salvage,
            profile: &self.round.config.profile(),
            verifier: &Provider,
            examples: self.round.examples,
            progress: &|_, _| {},
        }
        .repository(roots, memory)
    }
}

fn is_expired(error: &UpdateError) -> bool {
    matches!(error, UpdateError::Refused { source, .. } if source.kind() == "expired")
}

/// The last moment at which the timestamp, snapshot and targets that were carried here had not expired, as they say themselves:
/// whether they did is verified as of that moment.
fn fresh_once(carried: &Carried, now: DateTime) -> Option<DateTime> {
    let expires = |path: &str| -> Option<DateTime> {
        let bytes = carried.fetch(Folder::Metadata, path, interdict_schema::limits::METADATA_LENGTH).ok()?;
        let value: serde_json::Value = serde_json::from_slice(&bytes).ok()?;
        value.pointer("/signed/expires")?.as_str()?.parse().ok()
    };
    let all = ["timestamp.json", "snapshot.json", "targets.json"].into_iter().map(expires);
    let earliest = all.collect::<Option<Vec<_>>>()?.into_iter().min()?;
    Some(earliest.saturating_add_seconds(-1)).filter(|moment| *moment < now)
}
