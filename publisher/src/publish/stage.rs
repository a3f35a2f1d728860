//! The decision: what is published next.
//!
//! Pure: the same inputs give the same stage. It believes every touched directive with the same functions as a client, over
//! its whole chain of revisions; where the list of issuers changes, every directive is touched.

use std::collections::BTreeMap;

use interdict_schema::believe::{Believed, believe, check_chain};
use interdict_schema::directive::{Directive, DirectiveId, named_by};
use interdict_schema::dsse::Envelope;
use interdict_schema::issuers::{Issuers, TARGET_PATH};
use interdict_schema::tuf::{
    MetaFile, RoleName, RoleType, Snapshot, TargetFile, Targets, Timestamp, TimestampMeta, Version,
};
use interdict_schema::{DateTime, Sha256, Verified};

use super::issuers::{NextIssuers, next};
use super::listing::{check_name, custom, file_name};
use super::{Change, StageRefusal};
use crate::repository::Lifetimes;
use crate::repository::client_view::VERIFIER;
use crate::repository::current::{Chains, Current};

/// What a change leads to.
#[must_use]
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stage {
    /// All of it is published already.
    Unchanged,
    /// The next metadata, unsigned, and the files to add.
    Next(Box<Staged>),
}

/// The next metadata, unsigned. A snapshot states the digest of the signed targets, and a timestamp that of the signed
/// snapshot, so each follows from the file before it.
#[must_use]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Staged {
    /// The next targets, where they change.
    pub targets: Option<Targets>,
    /// Files for `targets/`, by file name.
    pub files: BTreeMap<String, Vec<u8>>,
    /// Target paths that are new, or have another file than before.
    pub changed: Vec<String>,
    /// Target paths of forged documents, which are listed no longer.
    pub delisted: Vec<String>,
    /// How many signatures on a new envelope count for nothing, by target path: by nobody who may sign, or a key's second.
    pub idle_signatures: BTreeMap<String, usize>,
    /// The snapshot without the signed targets, where it changes.
    snapshot: Option<Snapshot>,
    timestamp: Timestamp,
}

impl Staged {
    /// The version of the snapshot, where it changes.
    pub fn snapshot_version(&self) -> Option<Version> {
        self.snapshot.as_ref().map(|snapshot| snapshot.version)
    }

    /// The version of the timestamp.
    pub fn timestamp_version(&self) -> Version {
        self.timestamp.version
    }

    /// The next snapshot, where it changes; `signed_targets` is the file of the next targets, where they change.
    pub fn snapshot(&self, signed_targets: Option<&[u8]>) -> Option<Snapshot> {
        let mut snapshot = self.snapshot.clone()?;
        if let (Some(targets), Some(bytes)) = (&self.targets, signed_targets) {
            let name = RoleName::from(RoleType::Targets).meta_name();
            snapshot.meta.insert(name, MetaFile::of(targets.version, bytes));
        }
        Some(snapshot)
    }

    /// The next timestamp; `signed_snapshot` is the file of the next snapshot, where it changes.
    pub fn timestamp(&self, signed_snapshot: Option<&[u8]>) -> Timestamp {
        let mut timestamp = self.timestamp.clone();
        if let (Some(snapshot), Some(bytes)) = (&self.snapshot, signed_snapshot) {
            timestamp.meta.snapshot = MetaFile::of(snapshot.version, bytes);
        }
        timestamp
    }
}

/// Decides what is published next. `chains` are the published revisions of the touched directives: those of
/// [`Change::ids`], or every one where the list of issuers changes.
///
/// # Errors
///
/// [`StageRefusal`]: the first reason why not.
pub fn stage(
    current: &Current,
    chains: &Chains,
    change: &Change,
    now: DateTime,
    lifetimes: &Lifetimes,
) -> Result<Stage, StageRefusal> {
    let NextIssuers { issuers, envelope } = next(current, change.issuers.as_ref())?;
    let mut entries = current.targets().signed().targets.clone();
    let mut new = Entries { list: &mut entries, files: BTreeMap::new(), changed: Vec::new() };
    if let Some(envelope) = envelope {
        new.put(TARGET_PATH, envelope.to_bytes(), None);
    }
    for (path, bytes) in &change.attachments {
        new.attach(path, bytes)?;
    }
    let mut texts = BTreeMap::new();
    let mut delisted = Vec::new();
    for path in next_chains(chains, change, &issuers, envelope.is_some(), &mut texts)? {
        new.list.remove(&path);
        delisted.push(path);
    }
    let mut idle_signatures = BTreeMap::new();
    for (path, envelope) in &change.directives {
        let Some(Text { directive, idle }) = texts.get(path) else { continue };
        if *idle > 0 {
            idle_signatures.insert(path.clone(), *idle);
        }
        new.check_attachment(path, directive)?;
        new.put(path, envelope.to_bytes(), Some(custom(directive)));
    }
    let Entries { files, changed, .. } = new;
    if entries == current.targets().signed().targets {
        return Ok(Stage::Unchanged);
    }
    let mut targets = current.targets().signed().clone();
    targets.targets = entries;
    targets.version = current.next_targets();
    targets.expires = lifetimes.targets.after(now);
    let staged = Staged {
        targets: Some(targets),
        files,
        changed,
        delisted,
        idle_signatures,
        snapshot: Some(next_snapshot(current, now, lifetimes)),
        timestamp: next_timestamp(current, now, lifetimes),
    };
    Ok(Stage::Next(Box::new(staged)))
}

/// What is signed anew without a change.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Resign {
    /// The targets, whatever is left of their lifetime.
    pub targets: bool,
    /// The snapshot, whatever is left of its lifetime.
    pub snapshot: bool,
}

/// Decides what a refresh signs anew: the timestamp always; the snapshot when less than half of its lifetime is left, or
/// when it was asked for, or when the targets are signed anew.
pub fn resign(current: &Current, what: Resign, now: DateTime, lifetimes: &Lifetimes) -> Staged {
    let targets = what.targets.then(|| {
        let mut targets = current.targets().signed().clone();
        targets.version = current.next_targets();
        targets.expires = lifetimes.targets.after(now);
        targets
    });
    let expires = current.snapshot().signed().expires;
    let again = what.snapshot || targets.is_some() || lifetimes.snapshot.is_half_spent(now, expires);
    Staged {
        targets,
        files: BTreeMap::new(),
        changed: Vec::new(),
        delisted: Vec::new(),
        idle_signatures: BTreeMap::new(),
        snapshot: again.then(|| next_snapshot(current, now, lifetimes)),
        timestamp: next_timestamp(current, now, lifetimes),
    }
}

/// The entries of the next targets, and the files that go with them.
struct Entries<'a> {
    list: &'a mut BTreeMap<String, TargetFile>,
    files: BTreeMap<String, Vec<u8>>,
    changed: Vec<String>,
}

impl Entries<'_> {
    fn put(&mut self, path: &str, bytes: Vec<u8>, custom: Option<serde_json::Value>) {
        let entry = TargetFile::of(&bytes, custom);
        if self.list.get(path) == Some(&entry) {
            return;
        }
        self.files.insert(file_name(path, &entry), bytes);
        self.list.insert(path.to_owned(), entry);
        self.changed.push(path.to_owned());
    }

    fn attach(&mut self, path: &str, bytes: &[u8]) -> Result<(), StageRefusal> {
        check_name(path)?;
        if path == TARGET_PATH || named_by(path).is_some() {
            return Err(StageRefusal::ReservedName { path: path.to_owned() });
        }
        let found = Sha256::of(bytes);
        match self.list.get(path).and_then(|listed| listed.hashes.sha256) {
            Some(published) if published != found => {
                Err(StageRefusal::AttachmentChanged { path: path.to_owned(), found, published })
            }
            _ => {
                self.put(path, bytes.to_vec(), None);
                Ok(())
            }
        }
    }

    /// A directive that names a file of this repository has to name the file that is there.
    fn check_attachment(&self, path: &str, directive: &Directive) -> Result<(), StageRefusal> {
        let named = directive.text.iter().chain(
            directive
                .responses
                .iter()
                .flat_map(|response| response.document.iter().chain(&response.decision)),
        );
        for attachment in named {
            let Some(name) = &attachment.path else { continue };
            let found = self.list.get(name).and_then(|listed| listed.hashes.sha256);
            if found != Some(attachment.digest) {
                return Err(StageRefusal::Attachment {
                    path: path.to_owned(),
                    attachment: name.clone(),
                    wanted: attachment.digest,
                    found,
                });
            }
        }
        Ok(())
    }
}

/// A revision that is new, or that somebody else signed too.
struct Text {
    directive: Directive,
    /// Signatures on its envelope that count for nothing.
    idle: usize,
}

/// Believes every revision of every touched directive, old and new, under the list of issuers that will count. Gives the
/// texts of the new ones, and the target paths of forged documents, which are listed no longer.
fn next_chains(
    chains: &Chains,
    change: &Change,
    issuers: &Verified<Issuers>,
    all: bool,
    texts: &mut BTreeMap<String, Text>,
) -> Result<Vec<String>, StageRefusal> {
    let mut forged = Vec::new();
    let mut by_id: BTreeMap<DirectiveId, Vec<(&String, &Envelope)>> = BTreeMap::new();
    for (path, envelope) in &change.directives {
        if let Some((id, _)) = named_by(path) {
            by_id.entry(id).or_default().push((path, envelope));
        }
    }
    let ids = chains
        .keys()
        .filter(|id| all || change.ids.contains(*id))
        .chain(change.ids.iter().filter(|id| !chains.contains_key(*id)));
    for id in ids {
        let mut revisions: BTreeMap<u32, Verified<Believed>> = BTreeMap::new();
        let published = chains.get(id).map(Vec::as_slice).unwrap_or_default();
        for (path, envelope) in by_id.get(id).into_iter().flatten() {
            not_another_text(path, envelope, published, issuers)?;
            let believed = believe(envelope, path, issuers, &VERIFIER).map_err(|source| {
                StageRefusal::Directive { path: (*path).clone(), source: Box::new(source) }
            })?;
            let directive = believed.document.value.clone();
            let revision = directive.revision.number();
            match published.iter().find(|(of, _)| of == *path) {
                Some((_, there)) if adds_nobody(&believed, there, path, issuers) => {}
                _ => {
                    let idle =
                        envelope.signatures.len().saturating_sub(believed.payload.signed_by.keys.len());
                    texts.insert((*path).clone(), Text { directive, idle });
                }
            }
            revisions.insert(revision, believed);
        }
        for (path, envelope) in published {
            if issuers.repudiates(&envelope.digest()) {
                if !change.directives.contains_key(path) {
                    forged.push(path.clone());
                }
                continue;
            }
            let Some((_, revision)) = named_by(path) else { continue };
            if revisions.contains_key(&revision.number()) {
                continue;
            }
            let believed = believe(envelope, path, issuers, &VERIFIER)
                .map_err(|source| StageRefusal::Withdrawn { path: path.clone(), source: Box::new(source) })?;
            revisions.insert(revision.number(), believed);
        }
        check_chain(revisions.values().map(|believed| &**believed))
            .map_err(|source| StageRefusal::Chain { id: id.clone(), source })?;
    }
    Ok(forged)
}

/// Whether every officer whose signature counts on a new envelope signed the published one: an older envelope, or one with
/// useless signatures added, takes nobody's signature away.
fn adds_nobody(new: &Believed, published: &Envelope, path: &str, issuers: &Verified<Issuers>) -> bool {
    believe(published, path, issuers, &VERIFIER).is_ok_and(|there| {
        new.payload.digest == there.payload.digest
            && new.payload.signed_by.keys.iter().all(|key| there.payload.signed_by.keys.contains(key))
    })
}

/// A published revision keeps its payload for ever, unless that was forged; another envelope round it is welcome.
fn not_another_text(
    path: &str,
    envelope: &Envelope,
    published: &[(String, Envelope)],
    issuers: &Verified<Issuers>,
) -> Result<(), StageRefusal> {
    let Some((_, there)) = published.iter().find(|(of, _)| of == path) else { return Ok(()) };
    let (found, published) = (envelope.digest(), there.digest());
    if found == published || issuers.repudiates(&published) {
        Ok(())
    } else {
        Err(StageRefusal::Republished { path: path.to_owned(), found, published })
    }
}

fn next_snapshot(current: &Current, now: DateTime, lifetimes: &Lifetimes) -> Snapshot {
    let mut snapshot = current.snapshot().signed().clone();
    snapshot.version = current.next_snapshot();
    snapshot.expires = lifetimes.snapshot.after(now);
    snapshot
}

fn next_timestamp(current: &Current, now: DateTime, lifetimes: &Lifetimes) -> Timestamp {
    let held = current.timestamp().signed();
    Timestamp {
        version: held.version.saturating_add(1),
        expires: lifetimes.timestamp.after(now),
        meta: TimestampMeta { snapshot: held.snapshot().clone() },
    }
}
