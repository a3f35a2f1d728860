//! Carrying out what was signed: checked as a client would check it, then written; or nothing is.

use std::path::PathBuf;

use interdict_host::example_keys::ExampleKeys;
use interdict_host::exit::Outcome;
use interdict_host::key_file::KeyFile;
use interdict_host::read::read_bounded;
use interdict_host::signer::{Credentials, KeyUri};
use interdict_host::world::World;
use interdict_host::write::Mode;
use interdict_schema::ceremony::Kind;
use interdict_schema::dsse::Envelope;
use interdict_schema::issuers::TARGET_PATH;
use interdict_schema::limits::{METADATA_LENGTH, ROOT_LENGTH};
use interdict_schema::tuf::portable::{self, Unportable};
use interdict_schema::tuf::{Metadata, Role, RoleName, RoleType, Root, Targets, Version};
use interdict_schema::{DateTime, Sha256};
use serde::Serialize;
use tracing::info;

use super::first_root;
use crate::ceremony::{CeremonyRefusal, Opened, ROOT_NAME, Standing, TARGETS_NAME, standing};
use crate::cli::Failure;
use crate::cli::journaled::journaled;
use crate::cli::shared::NoName;
use crate::journal::{Deed, Verb};
use crate::keyring::{Keyring, SignRoleError};
use crate::publish::{
    Change, InstallOrder, Resign, SignStagedError, StageRefusal, Staged, check_entries, in_order, self_check,
    sign_succession, succeed,
};
use crate::repository::current::{Current, used_versions};
use crate::repository::files::{Files, Folder, NewFiles, Until};
use crate::repository::relations::Relations;
use crate::repository::{Repository, Settings, relative_to, write};

/// The longest attachment, in bytes.
const ATTACHMENT_LENGTH: u64 = 256_000_000;

/// What becomes of it.
#[derive(Debug)]
pub enum Prepared {
    /// It may go live.
    Ready(Box<Ready>),
    /// It is live already; the settings may be behind.
    Already(Box<Settled>),
    /// The targets' keys are elsewhere: the ceremony with the targets, for their holders to sign.
    Targets(Box<Opened>),
}

/// Signed files that a client would take, not yet written.
#[derive(Debug)]
pub struct Ready {
    new: NewFiles,
    relations: Option<Relations>,
    deed: Deed,
    /// While it is written: with the keys of both roots.
    between: Settings,
    settled: Settled,
}

/// What is there at the end.
#[derive(Debug)]
pub struct Settled {
    settings: Settings,
    report: Report,
}

/// What is live.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Whether anything was changed.
    pub changed: bool,
    /// The version of the newest root.
    pub root: Version,
    /// Its fingerprint.
    pub fingerprint: Sha256,
    /// The version of the targets.
    pub targets: Version,
    /// The version of the snapshot.
    pub snapshot: Version,
    /// The version of the timestamp.
    pub timestamp: Version,
    /// Target paths that are new, or have another file than before.
    pub published: Vec<String>,
}

/// What a ceremony is installed with.
pub struct Installation<'a> {
    /// Where.
    pub repository: &'a Repository,
    /// How it is published.
    pub settings: &'a Settings,
    /// The keys that were given, their paths absolute.
    pub given: &'a [KeyUri],
    /// Files that go with the documents, their paths absolute.
    pub attach: &'a [PathBuf],
    /// Signed envelopes that go live with it.
    pub envelopes: &'a [Envelope],
    /// What the journal calls it.
    pub verb: Verb,
    /// Now.
    pub now: DateTime,
}

impl Installation<'_> {
    /// Checks a ceremony against a repository, whose lock the caller holds, and signs what is signed here. Nothing is written.
    pub fn prepare(
        &self,
        opened: &Opened,
        keyring: &mut Keyring,
        credentials: &mut Credentials<'_>,
    ) -> Result<Prepared, Failure> {
        let folder = Folder::new(self.repository.public());
        let current = self.current(&folder, opened)?;
        let state = standing(opened, first_root(&folder)?, &current)?;
        opened.check_complete()?;
        let root = opened.root().unwrap_or(current.root().signed());
        let between = self.between(opened, root, keyring)?;
        let already = |between: Settings| {
            let settings = pruned(between, opened, root, keyring);
            Prepared::Already(Box::new(Settled { settings, report: report(&current) }))
        };
        let change = self.change(opened, state)?;
        let nothing = change == Change::default() && !state.root && !state.targets;
        if nothing && opened.file().kind != Kind::Documents {
            return Ok(already(between));
        }
        opened.check_expiry(self.now)?;
        current.check_clock(self.now, &between.lifetimes)?;
        let relations = Relations::of(self.repository, &current, &folder)?;
        let touched = current.touched(&folder, &change, &relations)?;
        check_entries(&change, &current, &folder)?;
        let also = Resign { targets: state.targets, snapshot: false };
        let mut staged = succeed(&current, root, (&touched, &change), also, self.now, &between.lifetimes)?;
        if staged.targets.is_none() && !state.root {
            return Ok(already(between));
        }
        let signed_targets = signed_targets(opened, state, &mut staged, &folder, &current)?;
        let roots = (current.root().signed(), root);
        let new = match sign_succession(&staged, roots, signed_targets, keyring, credentials) {
            Err(SignStagedError::Role(SignRoleError::TooFew { role: RoleType::Targets, .. }))
                if opened.targets().is_none() =>
            {
                let Some(targets) = &staged.targets else { return Err(CeremonyRefusal::NoBase.into()) };
                let with = opened.with_targets(targets, current.targets().signed().version)?;
                return Ok(Prepared::Targets(Box::new(with)));
            }
            new => new?,
        };
        let new = if state.root { self.with_root(opened, root, &folder, &current, new)? } else { new };
        let changed = staged.changed.iter().map(String::as_str);
        let set = self_check(Some(current.set()), &new, &folder, changed, self.now)?;
        let version = |version: Option<Version>| version.unwrap_or_default();
        let report = Report {
            changed: true,
            root: set.root().signed().version,
            fingerprint: set.root().fingerprint(),
            targets: version(set.targets().map(|it| it.signed().version)),
            snapshot: version(set.snapshot().map(|it| it.signed().version)),
            timestamp: version(set.timestamp().map(|it| it.signed().version)),
            published: staged.changed.clone(),
        };
        let next = staged.targets.as_ref();
        let deed = deed(self.verb, &new, opened, keyring).delisting(&staged.delisted);
        Ok(Prepared::Ready(Box::new(Ready {
            relations: next.map(|targets| relations.next(&targets.targets, change.acts_on())),
            new,
            deed,
            settled: Settled { settings: pruned(between.clone(), opened, root, keyring), report },
            between,
        })))
    }

    /// Writes what may go live, or what the settings are behind in. Gives what is live, and how the journal fared.
    pub fn write(&self, world: &mut World, prepared: Prepared) -> Result<Option<(Report, Outcome)>, Failure> {
        match prepared {
            Prepared::Targets(_) => Ok(None),
            Prepared::Already(settled) => {
                crate::cli::journaled::settled(world, self.repository)?;
                write_settings(world, self.repository, &settled.settings)?;
                Ok(Some((settled.report, Outcome::done())))
            }
            Prepared::Ready(ready) => {
                let Ready { new, relations, deed, between, settled } = *ready;
                let ((), told) = journaled(world, self.repository, &deed, |world| {
                    write_settings(world, self.repository, &between)?;
                    // Before it goes live: whatever is interrupted, this is then of another list, or of the one that is live.
                    if let Some(relations) = relations {
                        relations.write(&world.disk, self.repository)?;
                    }
                    write::write(&world.disk, self.repository, &new, settled.settings.compressed)?;
                    write_settings(world, self.repository, &settled.settings)
                })?;
                info!(repository = %self.repository.dir().display(), root = settled.report.root, "installed");
                Ok(Some((settled.report, told)))
            }
        }
    }

    /// What is published; where this very change of the root was interrupted half-way, what was before it.
    fn current(&self, folder: &Folder, opened: &Opened) -> Result<Current, Failure> {
        let used = used_versions(&self.repository.metadata()).map_err(|error| {
            Failure::from(error).hint("is this a repository? `interdict-publisher init DIR` makes one")
        })?;
        let error = match Current::read(folder, used.clone()) {
            Ok(current) => return Ok(current),
            Err(error) => error,
        };
        let (Some(root), Some(base)) = (opened.root(), &opened.file().base) else { return Err(error.into()) };
        let name = RoleName::from(RoleType::Root).versioned_file_name(root.version);
        let there = folder.metadata(&name, ROOT_LENGTH)?;
        let there = there.and_then(|bytes| super::parse_root(&bytes).ok());
        if there.is_none_or(|there| there.signed() != root) {
            return Err(error.into());
        }
        Ok(Current::read(&Until { root: base.root, below: folder }, used)?)
    }

    fn change(&self, opened: &Opened, state: Standing) -> Result<Change, Failure> {
        let mut change = Change::default();
        for (name, envelope) in opened.envelopes() {
            if name != TARGET_PATH {
                change.add_document(envelope)?;
            } else if state.issuers {
                change.issuers = Some(envelope);
            }
        }
        for envelope in self.envelopes {
            change.add_document(envelope.clone())?;
        }
        for path in self.attach {
            let name = path.file_name().and_then(|name| name.to_str());
            let name = name.ok_or_else(|| Failure::usage(NoName { path: path.clone() }))?;
            let bytes = read_bounded(path, ATTACHMENT_LENGTH)?;
            change.add_attachment(name.to_owned(), bytes)?;
        }
        Ok(change)
    }

    /// Puts the new root among the files; where an interrupted attempt left it, that file is it.
    fn with_root(
        &self,
        opened: &Opened,
        root: &Root,
        folder: &Folder,
        current: &Current,
        new: NewFiles,
    ) -> Result<NewFiles, Failure> {
        let name = RoleName::from(RoleType::Root).versioned_file_name(root.version);
        let bytes = match folder.metadata(&name, ROOT_LENGTH)? {
            Some(bytes) if super::parse_root(&bytes)?.signed() == root => bytes,
            Some(_) => {
                let version = root.version;
                return Err(CeremonyRefusal::VersionTaken { what: "root", version }.into());
            }
            None => opened.metadata(ROOT_NAME).unwrap_or_default(),
        };
        read_by_all(RoleType::Root, portable::root(root))?;
        read_by_all(RoleType::Root, portable::length(RoleType::Root, &bytes).err())?;
        let (new, order) = in_order(current, new, (name, bytes), folder, self.now);
        info!(last = order == InstallOrder::RootLast, "the order in which the root goes live");
        Ok(new)
    }

    /// The settings with what the ceremony changes, and with the keys that were given for the roles in which a root has them.
    fn between(&self, opened: &Opened, root: &Root, keyring: &Keyring) -> Result<Settings, Failure> {
        let mut settings = self.settings.clone();
        apply(&mut settings, opened)?;
        if opened.root().is_some() {
            add_keys(&mut settings, root, self.given, keyring);
        }
        Ok(settings)
    }
}

/// The settings without the keys that serve no longer; those that are not here cannot be told.
fn pruned(mut settings: Settings, opened: &Opened, root: &Root, keyring: &Keyring) -> Settings {
    if opened.root().is_none() {
        return settings;
    }
    settings.holders.retain(|keyid, _| root.keys.contains_key(keyid));
    for (role, uris) in settings.keys.by_role() {
        let serves = |uri: &KeyUri| {
            let part = keyring.part(uri).map(|part| part.keyid.clone());
            let keyid = part.or_else(|| {
                let file = KeyFile::read(uri.file()?, ExampleKeys::Allow).ok()?;
                Some(file.keyid().to_owned())
            });
            keyid.is_none_or(|keyid| root.role(role).keyids.contains(&keyid))
        };
        uris.retain(serves);
    }
    settings
}

/// Writes the settings where they are others than those on disk.
pub fn write_settings(world: &World, repository: &Repository, settings: &Settings) -> Result<(), Failure> {
    if Settings::read(repository).is_ok_and(|there| there == *settings) {
        return Ok(());
    }
    let mut relative = settings.clone();
    let dir = std::fs::canonicalize(repository.dir()).unwrap_or_else(|_| repository.dir().to_path_buf());
    for (_, uris) in relative.keys.by_role() {
        for uri in uris {
            if let Some(whole) = without_links(uri).file() {
                *uri = KeyUri::File(relative_to(&dir, whole));
            }
        }
    }
    world.disk.replace(&repository.settings_path(), &relative.to_bytes()?, Mode::Public)?;
    Ok(())
}

/// The same key file by the one path that has no links and no `..`; where it is not there, as it was named.
fn without_links(uri: &KeyUri) -> KeyUri {
    let whole = uri.file().and_then(|path| std::fs::canonicalize(path).ok());
    whole.map_or_else(|| uri.clone(), KeyUri::File)
}

/// What a ceremony says of lifetimes and holders.
pub fn apply(settings: &mut Settings, opened: &Opened) -> Result<(), Failure> {
    let file = opened.file();
    for (role, text) in &file.lifetimes {
        let lifetime = text.parse().map_err(Failure::usage)?;
        match role.as_str() {
            "root" => settings.lifetimes.root = lifetime,
            "targets" => settings.lifetimes.targets = lifetime,
            "snapshot" => settings.lifetimes.snapshot = lifetime,
            "timestamp" => settings.lifetimes.timestamp = lifetime,
            _ => {}
        }
    }
    if opened.root().is_some() {
        settings.holders.extend(file.holders.clone());
    }
    Ok(())
}

/// Names the keys that were given under the roles in which a root has them.
pub fn add_keys(settings: &mut Settings, root: &Root, given: &[KeyUri], keyring: &Keyring) {
    for uri in given {
        let Some(part) = keyring.part(uri) else { continue };
        for (role, uris) in settings.keys.by_role() {
            let there = uris.iter().any(|there| without_links(there) == without_links(uri));
            if root.role(role).keyids.contains(&part.keyid) && !there {
                uris.push(uri.clone());
            }
        }
    }
}

/// Adds the signatures of a role that are still missing, with the keys at hand.
pub fn sign_missing(
    opened: &mut Opened,
    role: RoleType,
    keyring: &mut Keyring,
    credentials: &mut Credentials<'_>,
) -> Result<(), Failure> {
    let of_targets = role == RoleType::Targets;
    for missing in opened.missing().into_iter().filter(|missing| (missing.of == "targets") == of_targets) {
        let most = missing.threshold.saturating_sub(missing.found);
        for signer in keyring.signers(role, &missing.keyids, most, credentials)? {
            opened.sign(signer)?;
        }
    }
    Ok(())
}

/// What the journal has of it.
pub fn deed(verb: Verb, new: &NewFiles, opened: &Opened, keyring: &Keyring) -> Deed {
    let deed = Deed::new(verb).installing(new).about(&format!("ceremony sha256:{}", opened.digest()));
    let deed = opened.file().holders.iter().fold(deed, |deed, (keyid, holder)| deed.called(keyid, holder));
    keyring.labels().fold(deed, |deed, (keyid, label)| deed.called(keyid, label))
}

/// The file of the targets that officers signed elsewhere. What is staged has to be the same, but for version and expiry.
fn signed_targets(
    opened: &Opened,
    state: Standing,
    staged: &mut Staged,
    folder: &Folder,
    current: &Current,
) -> Result<Option<Vec<u8>>, Failure> {
    let (Some(theirs), true) = (opened.targets(), state.targets) else { return Ok(None) };
    let version = theirs.version;
    let published = current.targets().signed().version;
    let moved = CeremonyRefusal::Moved { what: "the targets", found: version.saturating_sub(1), published };
    let Some(ours) = &staged.targets else { return Err(moved.into()) };
    let ours = Targets { version, expires: theirs.expires, ..ours.clone() };
    if ours != *theirs || version <= published {
        return Err(moved.into());
    }
    let name = RoleName::from(RoleType::Targets).versioned_file_name(version);
    let signed = match folder.metadata(&name, METADATA_LENGTH)? {
        None => opened.metadata(TARGETS_NAME),
        Some(bytes) => {
            let there = Metadata::<Targets>::parse(&bytes, &RoleType::Targets.into(), METADATA_LENGTH);
            match there {
                Ok(there) if there.signed() == theirs => Some(bytes),
                _ => return Err(CeremonyRefusal::VersionTaken { what: "targets", version }.into()),
            }
        }
    };
    staged.targets = Some(ours);
    Ok(signed)
}

fn read_by_all(role: RoleType, found: impl IntoIterator<Item = Unportable>) -> Result<(), StageRefusal> {
    match found.into_iter().next() {
        None => Ok(()),
        Some(source) => Err(StageRefusal::Unportable { role, source }),
    }
}

fn report(current: &Current) -> Report {
    Report {
        changed: false,
        root: current.root().signed().version,
        fingerprint: current.root().fingerprint(),
        targets: current.targets().signed().version(),
        snapshot: current.snapshot().signed().version(),
        timestamp: current.timestamp().signed().version(),
        published: Vec::new(),
    }
}
