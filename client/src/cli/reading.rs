//! What every verb that only reads begins with: the active generation, verified again, and what has to be said of it.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::PathBuf;

use interdict_host::exit::{Exit, Outcome};
use interdict_host::terminal::{Paint, escape_control};
use interdict_host::verifier::Provider;
use interdict_host::world::World;
use interdict_schema::DateTime;

use super::{Context, Failure};
use crate::as_of::AsOf;
use crate::config::{Config, Lines, RepositoryName};
use crate::enforce::admission::{AdmissionError, admit};
use crate::exceptions::Register;
use crate::freshness::{Staleness, staleness};
use crate::length_of_time::LengthOfTime;
use crate::places::Places;
use crate::presentation::{Asked, Grouping};
use crate::store::detections::Detections;
use crate::store::generation::{self, Generation, GenerationError, HeldRepository};
use crate::store::memory::Memory;

/// The active generation and where it lies.
pub(super) struct Reading {
    /// Where it was read.
    pub places: Places,
    /// The user's own places, which differ where the service's state was read.
    pub own: Places,
    /// The store in which the generation lies: of root that enforces its own, else that of these places.
    pub store: Places,
    /// The configuration.
    pub config: Config,
    /// On which line of it something is said.
    pub lines: Lines,
    /// The agency's exceptions.
    pub register: Register,
    /// The generation.
    pub generation: Generation,
    /// When each repository was last refreshed.
    refreshed: Vec<(RepositoryName, Option<DateTime>)>,
}

/// Nothing was fetched yet.
#[derive(Debug, thiserror::Error)]
#[error("there is no policy yet: nothing was fetched into {}", state.display())]
struct NoPolicy {
    state: PathBuf,
}

/// Root has admitted nothing yet.
#[derive(Debug, thiserror::Error)]
#[error("nothing of {} was admitted for enforcement", state.display())]
struct NotAdmitted {
    state: PathBuf,
}

/// A repository that is configured, and whose root is not pinned.
#[derive(Debug, thiserror::Error)]
#[error("there is no policy yet: repository {name} has no pinned root")]
struct NotTrusted {
    name: RepositoryName,
}

impl Context<'_> {
    /// Reads and verifies the active generation. Without one, says how to begin.
    pub(super) fn reading(&mut self) -> Result<Reading, Failure> {
        let own = self.places()?;
        let places = self.places_for_reading()?;
        let store = places.clone();
        Self::read_in(own, places, store)
    }

    /// What is to be enforced from: for root what it admits itself of what was synced (`trust.md`, rule 17), for a user their own
    /// state. What was not admitted is said, and its exits are given: what was admitted before stays in force.
    pub(super) fn reading_to_enforce(&mut self) -> Result<(Reading, Outcome), Failure> {
        if !self.world.is_root {
            return Ok((self.reading()?, Outcome::done()));
        }
        let own = self.places()?;
        let admission = admit(&own, self.world, self.examples)?;
        for told in &admission.told {
            let label = self.world.terminal.paint(Paint::Alarm, "alarm:");
            writeln!(self.world.stderr, "{label} {}", escape_control(&told.to_string()))?;
            if let Some(hint) = told.hint() {
                writeln!(self.world.stderr, "  hint: {}", escape_control(&hint))?;
            }
        }
        let outcome = admission.outcome();
        if matches!(generation::active_number(&admission.places), Ok(None)) {
            let error = NotAdmitted { state: own.state.clone() };
            return Err(Failure::new(&error, outcome.exit())
                .hint("nothing is enforced before something was admitted"));
        }
        Ok((Self::read_in(own.clone(), own, admission.places)?, outcome))
    }

    fn read_in(own: Places, places: Places, store: Places) -> Result<Reading, Failure> {
        let Some(generation) = generation::read_active(&store, &Provider)? else {
            return Err(Self::absent(&places));
        };
        let mut refreshed = Vec::new();
        for held in &generation.repositories {
            let name = held.name.clone();
            let memory = Memory::read(&store.repository(&name))?;
            if let Some(directive) = held.left_out(&memory) {
                return Err(GenerationError::LeftOut { name, directive: directive.clone() }.into());
            }
            refreshed.push((name, memory.refreshed_at));
        }
        let (config, lines) = Config::read_with_lines(&places.config)?;
        let register = Register::read(&places.exceptions());
        Ok(Reading { places, own, store, config, lines, register, generation, refreshed })
    }

    /// Where a verb that only reads looks: the service's state where the user has none, which is said. State that was
    /// named is used, whatever is in it.
    pub(super) fn places_for_reading(&mut self) -> Result<Places, Failure> {
        let own = self.places()?;
        if self.state.is_some() || self.world.variable("INTERDICT_STATE").is_some() {
            return Ok(own);
        }
        let places = own.clone().for_reading();
        if places != own {
            let note = format!("note: reading the state in {}", places.state.display());
            writeln!(self.world.stderr, "{}", escape_control(&note))?;
        }
        Ok(places)
    }

    /// How to begin: set up, trust, sync, in this order.
    fn absent(places: &Places) -> Failure {
        let config = match Self::configured(places) {
            Ok(config) => config,
            Err(failure) => return failure,
        };
        let untrusted =
            config.repositories.into_iter().find(|found| !places.repository(&found.name).pin().exists());
        match untrusted {
            Some(repository) => {
                let next = format!("interdict trust ROOT.json --name {}", repository.name);
                Failure::new(&NotTrusted { name: repository.name }, Exit::Usage)
                    .hint(format!("pin its root with `{next}`, then run `interdict sync`"))
            }
            None => Failure::new(&NoPolicy { state: places.state.clone() }, Exit::NoAnswer)
                .hint("fetch and verify it with `interdict sync`"),
        }
    }
}

impl Reading {
    /// When a repository was last refreshed, as far as that is remembered.
    pub fn refreshed_at(&self, held: &HeldRepository) -> Option<DateTime> {
        self.refreshed.iter().find(|(name, _)| *name == held.name)?.1
    }

    /// The moment at which waivers are judged: the one asked about, and never one before the last refresh where the clock is
    /// what is asked (`trust.md`, rule 9).
    pub fn lapses_at(&self, held: &HeldRepository, moment: DateTime, now: DateTime) -> DateTime {
        if moment == now {
            self.refreshed_at(held).map_or(now, |refreshed| refreshed.max(now))
        } else {
            moment
        }
    }

    /// Before which moment nothing lapses, by repository: where the clock is what is asked, when each was last refreshed.
    pub fn floors(&self, as_of: AsOf, now: DateTime) -> BTreeMap<String, DateTime> {
        let refreshed = self.refreshed.iter().filter(|_| as_of == AsOf::now(now));
        refreshed.filter_map(|(name, at)| Some((name.to_string(), (*at)?))).collect()
    }

    /// Asks for this client's own agency, now, and by date, without what was found on machines.
    pub fn asked<T>(&self, now: DateTime, ask: impl FnOnce(&Asked<'_>) -> T) -> T {
        let (as_of, profile, detections) = (AsOf::now(now), self.config.profile(), Detections::default());
        ask(&Asked {
            profile: &profile,
            detections: &detections,
            as_of,
            floors: &self.floors(as_of, now),
            grouping: Grouping::ByDate,
        })
    }

    /// The clock, or the last accepted refresh of any repository where that is later (`trust.md`, rule 9).
    pub fn not_before(&self, now: DateTime) -> DateTime {
        self.refreshed.iter().filter_map(|(_, refreshed)| *refreshed).fold(now, DateTime::max)
    }

    /// Why a repository is stale, if it is.
    pub fn staleness(
        &self,
        held: &HeldRepository,
        max_age: Option<LengthOfTime>,
        now: DateTime,
    ) -> Option<Staleness> {
        staleness(held, self.refreshed_at(held), max_age, now)
    }

    /// Why anything is stale.
    pub fn stale(&self, now: DateTime) -> Vec<Staleness> {
        self.generation.repositories.iter().filter_map(|held| self.staleness(held, None, now)).collect()
    }

    /// The repositories that are configured and of which nothing is held.
    pub fn missing(&self) -> Vec<RepositoryName> {
        let held = |name: &RepositoryName| self.generation.repositories.iter().any(|held| held.name == *name);
        let configured = self.config.repositories.iter().map(|configured| &configured.name);
        configured.filter(|name| !held(name)).cloned().collect()
    }

    /// Says on standard error what `status` would not end with 0 for, so that nobody takes a listing for the whole truth.
    pub fn warn(&self, world: &mut World, now: DateTime) -> io::Result<()> {
        for stale in self.stale(now) {
            warn(world, &format!("stale: {stale}; the last verified policy stays in force"))?;
        }
        for name in self.missing() {
            warn(world, &format!("repository {name}: configured, and nothing is held of it"))?;
        }
        let alarms: usize = self.generation.repositories.iter().map(|held| held.raised().len()).sum();
        if alarms > 0 {
            warn(world, &format!("alarms raised: {alarms}; see `interdict status`"))?;
        }
        Ok(())
    }
}

impl From<AdmissionError> for Failure {
    fn from(error: AdmissionError) -> Self {
        let failure = Self::new(&error, error.exit());
        match error.hint() {
            Some(hint) => failure.hint(hint),
            None => failure,
        }
    }
}

/// Says something on standard error that changes no result.
pub(super) fn warn(world: &mut World, text: &str) -> io::Result<()> {
    let label = world.terminal.paint(Paint::Warning, "warning:");
    writeln!(world.stderr, "{label} {}", escape_control(text))
}
