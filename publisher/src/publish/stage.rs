//! The decision: what is published next.
//!
//! Pure: the same inputs give the same stage. It believes every touched directive with the same functions as a client, over
//! its whole chain of revisions; where the list of issuers changes, or a touched directive has relations, every directive is touched.

use std::collections::BTreeMap;

use interdict_schema::believe::{Believed, Document, believe, check_chain, is_document};
use interdict_schema::directive::{Directive, DirectiveId, Revision, named_by};
use interdict_schema::dsse::Envelope;
use interdict_schema::entity::resolve::HeldRevisions;
use interdict_schema::entity::{self, EntityList, Lists};
use interdict_schema::issuers::{Issuers, TARGET_PATH};
use interdict_schema::tuf::{
    MetaFile, RoleName, RoleType, Root, Snapshot, TargetFile, Targets, Timestamp, TimestampMeta, Version,
};
use interdict_schema::waiver::{self, WaiverDocument};
use interdict_schema::{DateTime, Sha256, Verified};

use super::issuers::{NextIssuers, next};
use super::listing::{check_name, custom, custom_of_list, custom_of_waiver, file_name};
use super::{Change, StageRefusal, contradiction, waived};
use crate::repository::Lifetimes;
use crate::repository::client_view::VERIFIER;
use crate::repository::current::{Chains, Current, Touched};

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

/// Decides what is published next. `touched` are the published revisions of the touched documents:
/// [`Current::touched`].
///
/// # Errors
///
/// [`StageRefusal`]: the first reason why not.
pub fn stage(
    current: &Current,
    touched: &Touched,
    change: &Change,
    now: DateTime,
    lifetimes: &Lifetimes,
) -> Result<Stage, StageRefusal> {
    stage_under(current, current.root().signed(), touched, change, now, lifetimes)
}

/// As [`stage`], where the list of issuers is believed by this root, which may be the next one.
///
/// # Errors
///
/// [`StageRefusal`]: the first reason why not.
pub(super) fn stage_under(
    current: &Current,
    root: &Root,
    touched: &Touched,
    change: &Change,
    now: DateTime,
    lifetimes: &Lifetimes,
) -> Result<Stage, StageRefusal> {
    let NextIssuers { issuers, envelope } = next(current, root, change.issuers.as_ref())?;
    let mut entries = current.targets().signed().targets.clone();
    let mut new = Entries { list: &mut entries, files: BTreeMap::new(), changed: Vec::new() };
    if let Some(envelope) = envelope {
        new.put(TARGET_PATH, envelope.to_bytes(), None);
    }
    for (path, bytes) in &change.attachments {
        new.attach(path, bytes)?;
    }
    let directives = next_chains::<Directive>(&touched.directives, &change.directives, &issuers)?;
    let lists = next_chains::<EntityList>(&touched.lists, &change.lists, &issuers)?;
    let waivers = next_chains::<WaiverDocument>(&touched.waivers, &change.waivers, &issuers)?;
    let forged = directives.forged.iter().chain(&lists.forged).chain(&waivers.forged);
    let delisted: Vec<String> = forged.cloned().collect();
    for path in &delisted {
        new.list.remove(path);
    }
    let mut idle_signatures = BTreeMap::new();
    for (path, envelope) in &change.lists {
        let Some(Text { document, idle }) = lists.texts.get(path) else { continue };
        if *idle > 0 {
            idle_signatures.insert(path.clone(), *idle);
        }
        let files = document.attachments.iter().map(|file| (&file.path, file.digest));
        new.check_attachment(path, files)?;
        new.put(path, envelope.to_bytes(), Some(custom_of_list(document)));
    }
    for (path, envelope) in &change.directives {
        let Some(Text { document, idle }) = directives.texts.get(path) else { continue };
        if *idle > 0 {
            idle_signatures.insert(path.clone(), *idle);
        }
        let answers = document.responses.iter();
        let answers = answers.flat_map(|response| response.document.iter().chain(&response.decision));
        let files = document.text.iter().chain(answers);
        new.check_attachment(path, files.filter_map(|file| Some((file.path.as_ref()?, file.digest))))?;
        check_lists(path, document, &lists, new.list)?;
        new.put(path, envelope.to_bytes(), Some(custom(document)));
    }
    for (path, envelope) in &change.waivers {
        let Some(Text { document, idle }) = waivers.texts.get(path) else { continue };
        if *idle > 0 {
            idle_signatures.insert(path.clone(), *idle);
        }
        let text = document.text.iter().filter_map(|file| Some((file.path.as_ref()?, file.digest)));
        new.check_attachment(path, text)?;
        let revisions = waivers.chains.get(&document.id).into_iter().flatten();
        for believed in revisions.filter(|it| it.document.value.revision == document.revision) {
            waived::check(path, believed, &directives.chains, &issuers, now)?;
        }
        new.put(path, envelope.to_bytes(), Some(custom_of_waiver(document)));
    }
    ids_apart(change, new.list)?;
    let Entries { files, changed, .. } = new;
    if entries == current.targets().signed().targets {
        return Ok(Stage::Unchanged);
    }
    contradiction::check(&directives.chains, &issuers, &touched.directives, current.issuers(), now)?;
    let targets = Targets {
        version: current.next_targets(),
        expires: lifetimes.targets.after(now),
        targets: entries,
        delegations: current.targets().signed().delegations.clone(),
    };
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
        if path == TARGET_PATH || is_document(path) {
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

    /// A document that names a file of this repository has to name the file that is there.
    fn check_attachment<'n>(
        &self,
        path: &str,
        named: impl Iterator<Item = (&'n String, Sha256)>,
    ) -> Result<(), StageRefusal> {
        for (name, wanted) in named {
            let found = self.list.get(name).and_then(|listed| listed.hashes.sha256);
            if found != Some(wanted) {
                let (path, attachment) = (path.to_owned(), name.clone());
                return Err(StageRefusal::Attachment { path, attachment, wanted, found });
            }
        }
        Ok(())
    }
}

/// A revision that is new, or that somebody else signed too.
struct Text<D> {
    document: D,
    /// Signatures on its envelope that count for nothing.
    idle: usize,
}

/// The documents of one kind as they will be.
struct Next<D> {
    /// The texts that are new, by target path.
    texts: BTreeMap<String, Text<D>>,
    /// The target paths of forged documents, which are listed no longer.
    forged: Vec<String>,
    /// Every touched document: its revisions, rising.
    chains: BTreeMap<DirectiveId, Vec<Verified<Believed<D>>>>,
}

/// Believes every revision of every touched document, old and new, under the list of issuers that will count.
fn next_chains<D: Document + Clone>(
    chains: &Chains,
    new: &BTreeMap<String, Envelope>,
    issuers: &Verified<Issuers>,
) -> Result<Next<D>, StageRefusal> {
    let mut next = Next { texts: BTreeMap::new(), forged: Vec::new(), chains: BTreeMap::new() };
    let mut by_id: BTreeMap<DirectiveId, Vec<(&String, &Envelope)>> = BTreeMap::new();
    for (path, envelope) in new {
        if let Some((id, _)) = D::named_by(path) {
            by_id.entry(id).or_default().push((path, envelope));
        }
    }
    let ids = chains.keys().chain(by_id.keys().filter(|id| !chains.contains_key(*id)));
    for id in ids {
        let mut revisions: BTreeMap<u32, Verified<Believed<D>>> = BTreeMap::new();
        let published = chains.get(id).map(Vec::as_slice).unwrap_or_default();
        for (path, envelope) in by_id.get(id).into_iter().flatten() {
            not_another_text(path, envelope, published, issuers)?;
            let believed = believe::<D>(envelope, path, issuers, &VERIFIER).map_err(|source| {
                StageRefusal::Directive { path: (*path).clone(), source: Box::new(source) }
            })?;
            let document = believed.document.value.clone();
            let revision = document.revision().number();
            match published.iter().find(|(of, _)| of == *path) {
                Some((_, there)) if adds_nobody(&believed, there, path, issuers) => {}
                _ => {
                    let idle =
                        envelope.signatures.len().saturating_sub(believed.payload.signed_by.keys.len());
                    next.texts.insert((*path).clone(), Text { document, idle });
                }
            }
            revisions.insert(revision, believed);
        }
        for (path, envelope) in published {
            if issuers.repudiates(&envelope.digest()) {
                if !new.contains_key(path) {
                    next.forged.push(path.clone());
                }
                continue;
            }
            let Some((_, revision)) = D::named_by(path) else { continue };
            if revisions.contains_key(&revision.number()) {
                continue;
            }
            let believed = believe::<D>(envelope, path, issuers, &VERIFIER)
                .map_err(|source| StageRefusal::Withdrawn { path: path.clone(), source: Box::new(source) })?;
            revisions.insert(revision.number(), believed);
        }
        check_chain(revisions.values().map(|believed| &**believed))
            .map_err(|source| StageRefusal::Chain { id: id.clone(), source })?;
        next.chains.insert(id.clone(), revisions.into_values().collect());
    }
    Ok(next)
}

/// A directive that means lists has to mean those that clients will have: its own issuer's, as new as it asks for, with
/// their files.
fn check_lists(
    path: &str,
    directive: &Directive,
    lists: &Next<EntityList>,
    listed: &BTreeMap<String, TargetFile>,
) -> Result<(), StageRefusal> {
    let held = lists
        .chains
        .values()
        .map(|revisions| HeldRevisions { revisions: revisions.iter().collect(), marks: Vec::new() });
    let files = listed.iter().filter_map(|(path, file)| Some((file.hashes.sha256?, path.clone())));
    let lists = Lists::new(held, files);
    let subjects = directive.subjects.iter();
    let mut gaps = subjects.flat_map(|subject| lists.of_subject(&directive.issuer, subject));
    match gaps.find_map(|resolved| resolved.gaps.into_iter().next()) {
        Some(source) => Err(StageRefusal::List { path: path.to_owned(), source }),
        None => Ok(()),
    }
}

/// What is new has to have an id that is not one of another kind of document.
fn ids_apart(change: &Change, listed: &BTreeMap<String, TargetFile>) -> Result<(), StageRefusal> {
    type NamedBy = fn(&str) -> Option<(DirectiveId, Revision)>;
    let kinds: [(&str, NamedBy); 3] =
        [("a directive", named_by), ("a list", entity::named_by), ("a waiver", waiver::named_by)];
    let new = change.directives.keys().filter_map(|path| named_by(path));
    let new = new.chain(change.lists.keys().filter_map(|path| entity::named_by(path)));
    let new = new.chain(change.waivers.keys().filter_map(|path| waiver::named_by(path)));
    for (id, _) in new {
        let begin = format!("{id}.");
        let paths = || listed.range(begin.clone()..).take_while(|(path, _)| path.starts_with(&begin));
        let is = |named: Option<(DirectiveId, _)>| named.is_some_and(|(named, _)| named == id);
        let there = |(_, named_by): &&(&str, NamedBy)| paths().any(|(path, _)| is(named_by(path)));
        let mut there = kinds.iter().filter(there);
        if let (Some((one, _)), Some((other, _))) = (there.next(), there.next()) {
            return Err(StageRefusal::IdTaken { id, one, other });
        }
    }
    Ok(())
}

/// Whether every officer whose signature counts on a new envelope signed the published one: an older envelope, or one with
/// useless signatures added, takes nobody's signature away.
fn adds_nobody<D: Document>(
    new: &Believed<D>,
    published: &Envelope,
    path: &str,
    issuers: &Verified<Issuers>,
) -> bool {
    believe::<D>(published, path, issuers, &VERIFIER).is_ok_and(|there| {
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
