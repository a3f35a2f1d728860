//! Every problem of a repository: what a client would refuse, and what the publisher should know.
//!
//! It reads as a client does and goes on where a client would stop. Nothing is changed.

use std::collections::{BTreeMap, BTreeSet};

use interdict_host::read::ReadError;
use interdict_host::write::{DiskError, Operation};
use interdict_schema::believe::{Believed, BrokenChain, Document, check_chain};
use interdict_schema::directive::resolve::{Acts, Rights};
use interdict_schema::directive::{Directive, DirectiveId};
use interdict_schema::entity::resolve::HeldRevisions;
use interdict_schema::entity::{EntityList, EntryReader, Gap, Lists, NotEntries};
use interdict_schema::in_force::{Held, in_force};
use interdict_schema::issuers::{Issuers, TARGET_PATH};
use interdict_schema::tuf::{Role, RoleType, TargetFile, TargetPath, TrustedSet};
use interdict_schema::waiver::{HeldWaiver, NoEffect, WaiverDocument, grant};
use interdict_schema::{DateTime, Verified};
use thiserror::Error;

use super::client_view::{self, ViewError};
use super::files::Folder;

/// Metadata that expires within this is worth a warning, in seconds.
const SOON: [(RoleType, i64); 4] = [
    (RoleType::Root, 60 * 86_400),
    (RoleType::Targets, 60 * 86_400),
    (RoleType::Snapshot, 4 * 86_400),
    (RoleType::Timestamp, 3 * 86_400),
];

/// How much a problem matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// A client refuses this, or does not get it.
    Refusal,
    /// Clients read on; the publisher should act.
    Warning,
}

/// One problem.
#[derive(Debug, Error)]
pub enum Problem {
    /// A client stops here.
    #[error(transparent)]
    View(#[from] ViewError),
    /// Metadata that is no longer valid.
    #[error("{role} expired at {expires}")]
    Expired {
        /// Whose metadata.
        role: RoleType,
        /// When.
        expires: DateTime,
    },
    /// Metadata that will soon be no longer valid.
    #[error("{role} expires at {expires}")]
    ExpiresSoon {
        /// Whose metadata.
        role: RoleType,
        /// When.
        expires: DateTime,
    },
    /// Revisions that do not follow each other.
    #[error("{id}")]
    Chain {
        /// The directive.
        id: DirectiveId,
        /// Where they do not.
        source: BrokenChain,
    },
    /// A name that some clients do not take.
    #[error("target path {path:?}, wanted letters, digits, dots, hyphens and underscores")]
    NotFlat {
        /// The name.
        path: String,
    },
    /// `custom` that is not what the envelope says.
    #[error("{path}: custom says other things than the directive")]
    Custom {
        /// The target path.
        path: String,
    },
    /// A directive that means a list which clients do not have.
    #[error("{id} means a list that is not there")]
    Gap {
        /// The directive.
        id: DirectiveId,
        /// What is missing.
        source: Gap,
    },
    /// A file of entries that is not what its list says.
    #[error("{path} is not the file of entries that its list names")]
    Entries {
        /// The target path.
        path: String,
        /// Why.
        source: NotEntries,
    },
    /// A waiver that clients hold and that frees nobody.
    #[error("{id} waives nothing of {waives}")]
    IdleWaiver {
        /// The waiver.
        id: DirectiveId,
        /// The directive that it is from.
        waives: DirectiveId,
        /// Why.
        source: NoEffect,
    },
    /// A file that nothing refers to: an interrupted publication leaves some.
    #[error("{file} is not referred to")]
    Unreferenced {
        /// Its name below `public/`.
        file: String,
    },
}

impl Problem {
    /// How much it matters.
    pub fn severity(&self) -> Severity {
        match self {
            Self::View(_)
            | Self::Expired { .. }
            | Self::Chain { .. }
            | Self::Gap { .. }
            | Self::Entries { .. } => Severity::Refusal,
            Self::ExpiresSoon { .. }
            | Self::NotFlat { .. }
            | Self::Custom { .. }
            | Self::IdleWaiver { .. }
            | Self::Unreferenced { .. } => Severity::Warning,
        }
    }
}

/// What was found.
#[derive(Debug, Default)]
pub struct Examination {
    /// Every problem, refusals as they came.
    pub problems: Vec<Problem>,
    /// Directives whose every revision was believed.
    pub directives: usize,
    /// Lists of identifiers whose every revision was believed.
    pub lists: usize,
    /// Waivers whose every revision was believed.
    pub waivers: usize,
    /// Targets that were read.
    pub targets: usize,
}

impl Examination {
    /// Whether a client would refuse something.
    pub fn is_refused(&self) -> bool {
        self.problems.iter().any(|problem| problem.severity() == Severity::Refusal)
    }
}

/// Reads a repository and lists what is wrong with it.
///
/// # Errors
///
/// [`ReadError`] where the folder itself cannot be read.
pub fn examine(folder: &Folder, now: DateTime) -> Result<Examination, ReadError> {
    let mut found = Examination::default();
    // As of a moment when nothing had expired, so that expiry does not hide the rest.
    let set = match client_view::trusted_set(folder, DateTime::EPOCH) {
        Ok(set) => set,
        Err(error) => {
            found.problems.push(error.into());
            return Ok(found);
        }
    };
    expiry(&set, now, &mut found);
    let issuers = match client_view::issuers(&set, folder) {
        Ok((_, issuers)) => Some(issuers),
        Err(error) => {
            found.problems.push(error.into());
            None
        }
    };
    targets(&set, folder, issuers.as_ref(), now, &mut found);
    unreferenced(&set, folder, &mut found)?;
    Ok(found)
}

fn expiry(set: &TrustedSet<'_>, now: DateTime, found: &mut Examination) {
    let expires = [
        Some((RoleType::Root, set.root().signed().expires())),
        set.timestamp().map(|metadata| (RoleType::Timestamp, metadata.signed().expires())),
        set.snapshot().map(|metadata| (RoleType::Snapshot, metadata.signed().expires())),
        set.targets().map(|metadata| (RoleType::Targets, metadata.signed().expires())),
    ];
    for (role, expires) in expires.into_iter().flatten() {
        let soon = SOON.iter().find(|(of, _)| *of == role).map_or(0, |(_, seconds)| *seconds);
        if expires <= now {
            found.problems.push(Problem::Expired { role, expires });
        } else if expires <= now.saturating_add_seconds(soon) {
            found.problems.push(Problem::ExpiresSoon { role, expires });
        }
    }
}

fn targets(
    set: &TrustedSet<'_>,
    folder: &Folder,
    issuers: Option<&Verified<Issuers>>,
    now: DateTime,
    found: &mut Examination,
) {
    let Some(listed) = set.targets().map(|metadata| &metadata.signed().targets) else { return };
    let mut directives = Kind::<Directive>::default();
    let mut lists = Kind::<EntityList>::default();
    let mut waivers = Kind::<WaiverDocument>::default();
    for (path, file) in listed {
        if path.parse::<TargetPath>().is_ok_and(|path| !path.is_flat()) {
            found.problems.push(Problem::NotFlat { path: path.clone() });
        }
        let view = View { set, folder, path, file };
        match issuers {
            Some(issuers) if directives.read(view, issuers, crate::publish::custom, found) => {}
            Some(issuers) if lists.read(view, issuers, crate::publish::custom_of_list, found) => {}
            Some(issuers) if waivers.read(view, issuers, crate::publish::custom_of_waiver, found) => {}
            // It was read, and complained about, before.
            _ if path == TARGET_PATH => {}
            _ => {
                if let Err(error) = client_view::target(set, folder, path, file) {
                    found.problems.push(error.into());
                }
            }
        }
        found.targets += 1;
    }
    found.directives = directives.check(found);
    found.lists = lists.check(found);
    found.waivers = waivers.check(found);
    if let Some(issuers) = issuers {
        idle_waivers(&directives, &waivers, issuers, now, found);
    }
    references(&directives, &lists, found);
    for list in lists.newest() {
        for (number, file) in list.document.value.attachments.iter().enumerate() {
            let Some(stated) = listed.get(&file.path) else { continue };
            let Some(reader) = EntryReader::of(list, number) else { continue };
            // A target that cannot be read was complained about before.
            let Ok(bytes) = client_view::target(set, folder, &file.path, stated) else { continue };
            if let Err(source) = reader.read_whole(&bytes, &mut |_| {}) {
                found.problems.push(Problem::Entries { path: file.path.clone(), source });
            }
        }
    }
}

/// A target that is looked at.
#[derive(Clone, Copy)]
struct View<'a> {
    set: &'a TrustedSet<'a>,
    folder: &'a Folder,
    path: &'a str,
    file: &'a TargetFile,
}

/// The documents of one kind.
struct Kind<D> {
    chains: BTreeMap<DirectiveId, Vec<Verified<Believed<D>>>>,
    broken: BTreeSet<DirectiveId>,
}

impl<D> Default for Kind<D> {
    fn default() -> Self {
        Self { chains: BTreeMap::new(), broken: BTreeSet::new() }
    }
}

impl<D: Document> Kind<D> {
    /// Whether a target is a document of this kind; if so, it is read and believed.
    fn read(
        &mut self,
        view: View<'_>,
        issuers: &Verified<Issuers>,
        custom: fn(&D) -> serde_json::Value,
        found: &mut Examination,
    ) -> bool {
        let View { set, folder, path, file } = view;
        let Some((id, _)) = D::named_by(path) else { return false };
        match client_view::document::<D>(set, folder, path, file, issuers) {
            Ok(believed) => {
                let says = custom(&believed.document.value);
                if file.custom.as_ref().is_some_and(|custom| *custom != says) {
                    found.problems.push(Problem::Custom { path: path.to_owned() });
                }
                self.chains.entry(id).or_default().push(believed);
            }
            Err(error) => {
                self.broken.insert(id);
                found.problems.push(error.into());
            }
        }
        true
    }

    /// How many have revisions that follow each other.
    fn check(&mut self, found: &mut Examination) -> usize {
        let mut whole = 0;
        for (id, revisions) in &mut self.chains {
            revisions.sort_by_key(|believed| believed.document.value.revision());
            match check_chain(revisions.iter().map(|believed| &**believed)) {
                Ok(()) if !self.broken.contains(id) => whole += 1,
                Err(source) if !self.broken.contains(id) => {
                    found.problems.push(Problem::Chain { id: id.clone(), source });
                }
                // What was refused above is what is missing here.
                _ => {}
            }
        }
        whole
    }

    fn newest(&self) -> impl Iterator<Item = &Verified<Believed<D>>> {
        self.chains.values().filter_map(|revisions| revisions.last())
    }
}

/// Whether every list that a directive in force means is there.
fn references(directives: &Kind<Directive>, lists: &Kind<EntityList>, found: &mut Examination) {
    let held = lists
        .chains
        .values()
        .map(|revisions| HeldRevisions { revisions: revisions.iter().collect(), marks: Vec::new() });
    // That a file is missing is said where it is looked for.
    let files = lists.chains.values().flatten().flat_map(|list| &list.document.value.attachments);
    let lists = Lists::new(held, files.map(|file| (file.digest, file.path.clone())));
    for directive in directives.newest().map(|believed| &believed.document.value) {
        if directive.is_ended() {
            continue;
        }
        for subject in &directive.subjects {
            let gaps = lists.of_subject(&directive.issuer, subject).flat_map(|resolved| resolved.gaps);
            let problem = |source| Problem::Gap { id: directive.id.clone(), source };
            found.problems.extend(gaps.map(problem));
        }
    }
}

/// Waivers in force that free nobody, although they have begun.
fn idle_waivers(
    directives: &Kind<Directive>,
    waivers: &Kind<WaiverDocument>,
    issuers: &Issuers,
    now: DateTime,
    found: &mut Examination,
) {
    let all = || directives.chains.values().flatten().map(|believed| Held { believed, acts: Acts::Fully });
    let waivers = waivers.chains.values().flatten().map(|believed| HeldWaiver { believed, marks: &[] });
    let rights = Rights::of(issuers);
    let mut in_force = in_force(all(), &rights, now);
    grant(&mut in_force, all(), waivers, &rights, &|_| now);
    for judged in in_force.waivers {
        match judged.effect {
            Ok(_) | Err(NoEffect::NotYet { .. } | NoEffect::Ended { .. } | NoEffect::TargetEnded { .. }) => {}
            Err(source) => {
                found.problems.push(Problem::IdleWaiver {
                    id: judged.document.id,
                    waives: judged.target,
                    source,
                });
            }
        }
    }
}

fn unreferenced(set: &TrustedSet<'_>, folder: &Folder, found: &mut Examination) -> Result<(), ReadError> {
    let listed: BTreeSet<String> = set
        .targets()
        .into_iter()
        .flat_map(|metadata| &metadata.signed().targets)
        .filter_map(|(path, file)| Some(set.target_request(&path.parse().ok()?, file).path))
        .collect();
    for name in names(folder, "targets")? {
        if !listed.contains(&name) {
            found.problems.push(Problem::Unreferenced { file: format!("targets/{name}") });
        }
    }
    let newest = |role: &str| match role {
        "root.json" => Some(set.root().signed().version),
        "snapshot.json" => set.snapshot().map(|metadata| metadata.signed().version),
        "targets.json" => set.targets().map(|metadata| metadata.signed().version),
        _ => None,
    };
    for name in names(folder, "metadata")? {
        // Older versions are kept for clients that are in the middle of reading them.
        let is_known = name == super::write::TIMESTAMP
            || name.split_once('.').is_some_and(|(version, role)| {
                version
                    .parse::<u64>()
                    .ok()
                    .zip(newest(role))
                    .is_some_and(|(version, newest)| version <= newest)
            });
        if !is_known {
            found.problems.push(Problem::Unreferenced { file: format!("metadata/{name}") });
        }
    }
    Ok(())
}

fn names(folder: &Folder, below: &str) -> Result<BTreeSet<String>, ReadError> {
    let path = folder.public().join(below);
    let failed = |error| DiskError::new(Operation::Read, &path, error);
    let mut names = BTreeSet::new();
    for entry in std::fs::read_dir(&path).map_err(failed)? {
        names.insert(entry.map_err(failed)?.file_name().to_string_lossy().into_owned());
    }
    Ok(names)
}
