//! `interdict trust ROOT.json`

use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use interdict_host::example_keys::ExampleKeyError;
use interdict_host::exit::{Exit, Outcome};
use interdict_host::lock::Lock;
use interdict_host::owned::{NotOwned, Owner};
use interdict_host::read::{read_bounded, read_to_limit};
use interdict_host::terminal::Table;
use interdict_host::verifier::Provider;
use interdict_host::write::Mode;
use interdict_schema::Sha256;
use interdict_schema::key::PublicKey;
use interdict_schema::limits::ROOT_LENGTH;
use interdict_schema::tuf::{self, Metadata, RoleType, Root, TrustedSet};
use thiserror::Error;

use super::reading::warn;
use super::{Context, Failure};
use crate::config::RepositoryName;
use crate::enforce::admission::{self, AdmissionError};
use crate::enforce::journal::{self, Event};
use crate::places::{Places, RepositoryPlaces};
use crate::store::memory::{Memory, MemoryError};
use crate::store::{metadata, roots};

/// Pin a repository's root, after comparing its fingerprint by another channel
#[derive(Debug, Args)]
#[command(after_help = "Example: interdict trust root.json --fingerprint sha256:3f1c…")]
pub(super) struct Trust {
    /// The root: a file that came by a channel you trust, or - for standard input
    root: PathBuf,

    /// Which repository it is of
    #[arg(long, default_value = "main")]
    name: RepositoryName,

    /// The fingerprint that you were told, sha256:… ; required without a terminal
    #[arg(long, value_parser = fingerprint)]
    fingerprint: Option<Sha256>,

    /// Replace a pinned root, or acknowledge that the memory of what was seen is lost; known directives are kept
    #[arg(long = "replace-trust")]
    replaces: bool,
}

fn fingerprint(text: &str) -> Result<Sha256, String> {
    let digits = text.strip_prefix("sha256:").unwrap_or(text);
    digits.parse().map_err(|error| format!("{error}"))
}

#[derive(Debug, Error)]
enum TrustError {
    #[error("{} is longer than {ROOT_LENGTH} bytes", path.display())]
    TooLong { path: PathBuf },
    #[error("{} is not a root that is signed by its own threshold", path.display())]
    Root { path: PathBuf, source: tuf::Refusal },
    #[error("found the fingerprint sha256:{found}, wanted sha256:{wanted}")]
    Fingerprint { found: Sha256, wanted: Sha256 },
    #[error("the fingerprint has not been compared")]
    NotCompared,
    #[error("{name} is pinned to another root, sha256:{pinned}")]
    AlreadyPinned { name: RepositoryName, pinned: Sha256 },
    #[error("no repository is named {name}")]
    NotSetUp { name: RepositoryName },
    #[error("the root names an example key")]
    Example { source: ExampleKeyError },
}

impl Trust {
    pub(super) fn run(self, context: &mut Context<'_>) -> Result<Outcome, Failure> {
        let places = context.places()?;
        let config = Context::configured(&places)?;
        if config.repository(self.name.as_str()).is_none() {
            let error = TrustError::NotSetUp { name: self.name.clone() };
            return Err(Failure::new(&error, Exit::Usage)
                .hint(format!("`interdict setup URL --name {}` adds it", self.name)));
        }
        let bytes = self.read(context)?;
        let set = TrustedSet::new(&bytes, context.world.now()?, &Provider).map_err(|source| {
            Failure::new(&TrustError::Root { path: self.root.clone(), source }, Exit::Refused)
        })?;
        refuse_example_keys(context, set.root())?;
        // The user who syncs has a store of their own, in which root writes nothing (`trust.md`, rule 17).
        let theirs = context.world.is_root
            && matches!(Owner::of(context.world).look(&places.state), Err(NotOwned::Owner { .. }));
        let store = if theirs { admission::own(&places) } else { places.clone() };
        let outcome = self.pin_in(context, &store, &set)?;
        if context.world.is_root {
            self.pin_for_enforcement(context, &places, &set)?;
        }
        Ok(outcome)
    }

    /// Pins the root in a store.
    fn pin_in(
        &self,
        context: &mut Context<'_>,
        places: &Places,
        set: &TrustedSet<'_>,
    ) -> Result<Outcome, Failure> {
        let found = set.root().fingerprint();
        let places_of_name = places.repository(&self.name);
        let mode = Mode::Public;
        context.world.disk.create_dir_all_synced(&places.state, mode)?;
        let _lock = Lock::acquire(&places.lock())?;
        let pinned = pinned(&places_of_name)?;
        let memory = Memory::read(&places_of_name);
        // A fingerprint that was told is compared, whatever is pinned: it may be the pin that is wrong.
        let as_told = self.fingerprint.is_none_or(|wanted| wanted == found);
        if pinned == Some(found) && memory.is_ok() && as_told {
            writeln!(context.world.stdout, "{} is pinned to sha256:{found} already", self.name)?;
            return Ok(Outcome::done());
        }
        if let Some(pinned) = pinned.filter(|_| !self.replaces && as_told) {
            return Err(match memory {
                Err(error) if pinned == found => error.into(),
                _ => Failure::new(&TrustError::AlreadyPinned { name: self.name.clone(), pinned }, Exit::Usage)
                    .hint("if the authority has really begun anew, compare the new fingerprint with it and add --replace-trust"),
            });
        }
        show(context, set.root(), found)?;
        self.compare(context, found)?;
        self.pin(context, &places_of_name, set, memory)?;
        writeln!(context.world.stdout, "pinned {} to sha256:{found}\nnext: interdict sync", self.name)?;
        Ok(Outcome::done())
    }

    /// Pins the root that was compared for enforcement too: beside the configuration, and in root's own store where there is one.
    fn pin_for_enforcement(
        &self,
        context: &mut Context<'_>,
        places: &Places,
        set: &TrustedSet<'_>,
    ) -> Result<(), Failure> {
        let (disk, now) = (context.world.disk.clone(), context.world.now()?);
        let path = places.root_pin(&self.name);
        let bytes = set.root().bytes();
        let known = admission::pin::read(places, &self.name, Owner::of(context.world));
        if !matches!(&known, Ok(Some(known)) if known == bytes) {
            admission::pin::write(&disk, places, &self.name, bytes)?;
            let (repository, fingerprint) = (self.name.to_string(), set.root().fingerprint());
            if let Err(error) =
                journal::record(places, context.world, &Event::Trust { repository, fingerprint })
            {
                warn(context.world, &format!("the journal has no entry of this: {error}"))?;
            }
        }
        let store = admission::own(places);
        if !store.state.exists() {
            return Ok(());
        }
        let _lock = Lock::acquire(&store.lock())?;
        match admission::pin::adopt(&disk, &store, (&self.name, &path), bytes, (now, &Provider)) {
            Ok(_) => Ok(()),
            Err(AdmissionError::Memory(lost)) if self.replaces => {
                self.pin(context, &store.repository(&self.name), set, Err(lost))
            }
            Err(error) => Err(error.into()),
        }
    }

    fn read(&self, context: &mut Context<'_>) -> Result<Vec<u8>, Failure> {
        if self.root.as_os_str() != "-" {
            return Ok(read_bounded(&context.world.resolve(&self.root), ROOT_LENGTH)?);
        }
        let read = read_to_limit(&mut context.world.stdin, ROOT_LENGTH)?;
        read.ok_or_else(|| Failure::new(&TrustError::TooLong { path: self.root.clone() }, Exit::Refused))
    }

    /// Nothing is pinned that nobody has compared (`trust.md`, rule 7).
    fn compare(&self, context: &mut Context<'_>, found: Sha256) -> Result<(), Failure> {
        let hint =
            "ask the authority for the fingerprint by another channel, then add --fingerprint sha256:…";
        match self.fingerprint {
            Some(wanted) if wanted == found => Ok(()),
            Some(wanted) => Err(Failure::new(&TrustError::Fingerprint { found, wanted }, Exit::Refused)
                .hint("do not use this root; find out where it came from")),
            None => {
                let question = "Is this the fingerprint that the authority told you by another channel? Type yes to pin it:";
                match context.world.ask(question)?.as_deref() {
                    Some("yes") => Ok(()),
                    _ => Err(Failure::new(&TrustError::NotCompared, Exit::Usage).hint(hint)),
                }
            }
        }
    }

    /// Memory first: a pin without a memory would count as a loss.
    fn pin(
        &self,
        context: &Context<'_>,
        places: &RepositoryPlaces,
        set: &TrustedSet<'_>,
        memory: Result<Memory, MemoryError>,
    ) -> Result<(), Failure> {
        let disk = &context.world.disk;
        let mut fresh = Memory::new(set.root().signed().version);
        match memory {
            Ok(known) => fresh.directives = known.directives,
            Err(error @ MemoryError::Damaged { .. }) if !self.replaces => return Err(error.into()),
            Err(MemoryError::Missing { .. } | MemoryError::Damaged { .. }) => {}
            Err(error @ MemoryError::Read(_)) => return Err(error.into()),
        }
        fresh.write(disk, places)?;
        metadata::drop_timestamp_and_snapshot(disk, places)?;
        let accepted = set.accepted();
        if let Some(root) = accepted.first() {
            roots::pin(disk, places, root)?;
        }
        Ok(())
    }
}

/// The fingerprint of the root that is pinned now; `None` where none is, or what is there is no root.
fn pinned(places: &RepositoryPlaces) -> Result<Option<Sha256>, Failure> {
    let stored = roots::read(places)?;
    let parsed = stored
        .and_then(|stored| Metadata::<Root>::parse(&stored.pin, &RoleType::Root.into(), ROOT_LENGTH).ok());
    Ok(parsed.map(|root| root.fingerprint()))
}

fn refuse_example_keys(context: &Context<'_>, root: &Metadata<Root>) -> Result<(), Failure> {
    for key in root.signed().keys.values().filter_map(|key| key.public()) {
        if let PublicKey::Ed25519(bytes) = key {
            context.examples.check(bytes).map_err(|source| {
                Failure::new(&TrustError::Example { source }, Exit::Refused).hint(
                    "anyone can sign with it; --allow-example-keys is for demonstrations and tests alone",
                )
            })?;
        }
    }
    Ok(())
}

fn show(context: &mut Context<'_>, root: &Metadata<Root>, fingerprint: Sha256) -> Result<(), Failure> {
    let signed = root.signed();
    let mut table = Table::new(&["role", "signatures", "key"]);
    for role in [RoleType::Root, RoleType::Targets, RoleType::Snapshot, RoleType::Timestamp] {
        let keys = signed.role(role);
        for (number, keyid) in keys.keyids.iter().enumerate() {
            let (name, needed) = if number == 0 {
                (role.as_str().to_owned(), format!("{} of {}", keys.threshold, keys.keyids.len()))
            } else {
                (String::new(), String::new())
            };
            table.row([name, needed, keyid.clone()]);
        }
    }
    let world = &mut *context.world;
    let table = table.render(&world.terminal);
    writeln!(
        world.stderr,
        "root version {}, valid until {}\n{table}\nfingerprint: sha256:{fingerprint}",
        signed.version, signed.expires
    )?;
    Ok(())
}
