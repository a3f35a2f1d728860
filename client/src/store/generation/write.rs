//! Writing a generation: build it where nobody looks, sync, rename, switch `current`.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use interdict_host::write::{Disk, DiskError, Mode};
use interdict_schema::Sha256;
use interdict_schema::believe::Document;
use interdict_schema::digest::RunningSha256;
use interdict_schema::policy::Form;
use interdict_schema::tuf::{Accepted, RoleName, RoleType};
use serde::Serialize;

use super::attachment;
use super::index::{DELEGATED, FORMAT, Index, IndexedDirective};
use super::read::{active_number, numbers};
use super::{Generation, Held, HeldFile, HeldRepository};
use crate::places::Places;

/// How many generations are kept, the active one included.
pub const KEPT: usize = 3;

/// Where a generation is built, beside the others.
const STAGING: &str = ".tmp-next";

/// The name of a policy file in a generation.
pub const fn file_name(form: Form) -> &'static str {
    match form {
        Form::Json => "policy.json",
        Form::JsonLines => "policy.jsonl",
        Form::Tsv => "policy.tsv",
    }
}

/// A generation before it has a number.
#[derive(Debug, Clone)]
pub struct Draft {
    /// Its repositories, by name.
    pub repositories: Vec<HeldRepository>,
}

/// Writes a generation and makes it the active one. Needs the lock.
///
/// # Errors
/// [`DiskError`]: the old generation is then still the active one, unless only the sync after the switch failed.
pub fn write(disk: &Disk, places: &Places, draft: Draft) -> Result<Generation, DiskError> {
    disk.create_dir_all_synced(&places.generations(), Mode::Public)?;
    disk.sweep_temporary(&places.generations())?;
    let numbers = numbers(places);
    let number = numbers.last().copied().unwrap_or(0).saturating_add(1);
    let mut generation = Generation { number, repositories: draft.repositories };
    let staging = places.generations().join(STAGING);
    let previous = active_number(places).ok().flatten().map(|number| places.generation(number));
    Builder { disk, folder: staging.clone(), previous, sums: BTreeMap::new() }.build(&generation)?;
    disk.sync_filesystem(&staging)?;
    disk.rename(&staging, &places.generation(number))?;
    // What was fetched has its place now; where it was put before the switch, a crash leaves nothing behind it.
    for held in &mut generation.repositories {
        let part = places.generation(number).join("repositories").join(held.name.as_str());
        for (digest, file) in &mut held.attachments {
            let path = part.join(attachment::FOLDER).join(digest.to_string());
            *file = HeldFile { path, incoming: None };
        }
    }
    disk.switch_symlink(&places.current(), &PathBuf::from(format!("generations/{number:06}")))?;
    let old = numbers.len().saturating_sub(KEPT.saturating_sub(1));
    for number in numbers.iter().take(old) {
        // The new generation is active already: an old one that stays is untidy and no failure.
        if let Err(error) = disk.remove_dir_all(&places.generation(*number)) {
            tracing::warn!(%error, "an old generation was not removed");
        }
    }
    Ok(generation)
}

struct Builder<'a> {
    disk: &'a Disk,
    folder: PathBuf,
    /// The active generation, whose unchanged files get a second name instead of a copy.
    previous: Option<PathBuf>,
    sums: BTreeMap<String, Sha256>,
}

impl Builder<'_> {
    fn build(mut self, generation: &Generation) -> Result<(), DiskError> {
        self.folder("")?;
        self.folder("directives")?;
        self.folder("repositories")?;
        for held in &generation.repositories {
            self.repository(held)?;
        }
        for (_, held) in generation.directives() {
            // Two repositories with one directive: the first by name. Their issuers are separate in the policy.
            let file = format!("directives/{}.json", held.id());
            if !self.sums.contains_key(&file) {
                self.file(file, &held.newest().payload())?;
            }
        }
        self.policy(generation)?;
        self.file("status.json".into(), &status(generation))?;
        let mut file = self.disk.begin_new_unsynced(&self.folder.join("SHA256SUMS"), Mode::Public)?;
        for (name, digest) in &self.sums {
            file.write(format!("{digest}  {name}\n").as_bytes())?;
        }
        file.finish()
    }

    /// Writes the files for scripts as they are derived: the whole of one is several times as large as what it follows from.
    fn policy(&mut self, generation: &Generation) -> Result<(), DiskError> {
        let mut files = Vec::new();
        for form in Form::ALL {
            let file = self.disk.begin_new_unsynced(&self.folder.join(file_name(form)), Mode::Public)?;
            files.push((form, file, RunningSha256::default()));
        }
        generation.policy(&generation.texts()).write(&Form::ALL, |form, part| {
            let Some((_, file, digest)) = files.iter_mut().find(|(of, _, _)| *of == form) else {
                return Ok(());
            };
            digest.update(part);
            file.write(part)
        })?;
        for (form, file, digest) in files {
            file.finish()?;
            self.sums.insert(file_name(form).into(), digest.finish());
        }
        Ok(())
    }

    fn repository(&mut self, held: &HeldRepository) -> Result<(), DiskError> {
        let base = format!("repositories/{}", held.name);
        self.folder(&base)?;
        self.folder(&format!("{base}/envelopes"))?;
        let (root, _) = held.versions();
        let later = u64::try_from(held.roots.len().saturating_sub(1)).unwrap_or(0);
        let versions: Vec<u64> = (root.saturating_sub(later).saturating_add(1)..=root).collect();
        for (number, bytes) in held.roots.iter().enumerate() {
            let name = match number.checked_sub(1).and_then(|later| versions.get(later)) {
                Some(version) => format!("{version}.root.json"),
                None => "pinned.root.json".into(),
            };
            self.file(format!("{base}/{name}"), bytes)?;
        }
        let timestamp = self.metadata(&base, &held.metadata)?;
        for list in &held.issuers {
            self.file(format!("{base}/issuers.{}.json", list.version), &list.envelope)?;
        }
        for revision in held.directives.iter().flat_map(|directive| &directive.revisions) {
            let path = revision.believed.document.value.target_path();
            self.file(format!("{base}/envelopes/{path}"), &revision.envelope)?;
        }
        for revision in held.lists.iter().flat_map(|list| &list.revisions) {
            let path = revision.believed.document.value.target_path();
            self.file(format!("{base}/envelopes/{path}"), &revision.envelope)?;
        }
        for revision in held.waivers.iter().flat_map(|waiver| &waiver.revisions) {
            let path = revision.believed.document.value.target_path();
            self.file(format!("{base}/envelopes/{path}"), &revision.envelope)?;
        }
        if !held.attachments.is_empty() {
            self.folder(&format!("{base}/{}", attachment::FOLDER))?;
        }
        for (digest, file) in &held.attachments {
            // It was verified when it came; a copy that is damaged on the way is noticed whenever it is used.
            let name = format!("{base}/{}/{digest}", attachment::FOLDER);
            self.disk.link_or_copy(&file.path, &self.folder.join(&name))?;
            self.sums.insert(name, *digest);
        }
        let index = Index {
            format: FORMAT.into(),
            admitted_at: held.admitted_at,
            roots: versions,
            timestamp,
            issuers: held.issuers.iter().map(|list| list.version).collect(),
            refused_roles: held.refused_roles.iter().map(|role| role.as_str().to_owned()).collect(),
            directives: held.directives.iter().map(indexed).collect(),
            lists: held.lists.iter().map(indexed).collect(),
            waivers: held.waivers.iter().map(indexed).collect(),
            alarms: held.alarms.clone(),
            profile: held.profile.clone(),
            next_change: held.next_change,
        };
        self.file(format!("{base}/index.json"), &json(&index))
    }

    /// Writes the metadata but for the roots, and gives the digest of the timestamp. Delegated roles have a folder of their
    /// own: their names are other people's, and `index` is one that they may choose.
    fn metadata(&mut self, base: &str, metadata: &[Accepted]) -> Result<Sha256, DiskError> {
        let mut timestamp = Sha256::of(b"");
        if metadata.iter().any(|file| matches!(file.role(), RoleName::Delegated(_))) {
            self.folder(&format!("{base}/{DELEGATED}"))?;
        }
        for file in metadata {
            match file.role() {
                RoleName::Top(RoleType::Root) => {}
                RoleName::Top(role) => {
                    if *role == RoleType::Timestamp {
                        timestamp = Sha256::of(file.bytes());
                    }
                    self.file(format!("{base}/{}", file.file_name()), file.bytes())?;
                }
                RoleName::Delegated(_) => {
                    self.file(format!("{base}/{DELEGATED}/{}", file.file_name()), file.bytes())?;
                }
            }
        }
        Ok(timestamp)
    }

    fn folder(&self, name: &str) -> Result<(), DiskError> {
        self.disk.create_new_dir(&self.folder.join(name), Mode::Public)
    }

    fn file(&mut self, name: String, bytes: &[u8]) -> Result<(), DiskError> {
        let path = self.folder.join(&name);
        match self.previous.as_ref().map(|previous| previous.join(&name)).filter(|old| holds(old, bytes)) {
            Some(old) => self.disk.link_or_copy(&old, &path)?,
            None => self.disk.write_new_unsynced(&path, bytes, Mode::Public)?,
        }
        self.sums.insert(name, Sha256::of(bytes));
        Ok(())
    }
}

fn indexed<D: Document>(held: &Held<D>) -> IndexedDirective {
    IndexedDirective {
        id: held.id().clone(),
        issuers: held.revisions.iter().map(|revision| revision.issuers).collect(),
        marks: held.marks.clone(),
    }
}

/// Whether a file has exactly these bytes.
fn holds(path: &Path, bytes: &[u8]) -> bool {
    let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    let same_length = fs::symlink_metadata(path).is_ok_and(|found| found.is_file() && found.len() == length);
    same_length && interdict_host::read::read_bounded_nofollow(path, length).is_ok_and(|found| found == bytes)
}

/// `status.json`: what a script wants to know of the generation as a whole.
fn status(generation: &Generation) -> Vec<u8> {
    #[derive(Serialize)]
    struct Status<'a> {
        format: &'static str,
        generation: u64,
        repositories: Vec<RepositoryStatus<'a>>,
    }
    #[derive(Serialize)]
    struct RepositoryStatus<'a> {
        name: &'a str,
        admitted_at: interdict_schema::DateTime,
        fresh_until: interdict_schema::DateTime,
        root: u64,
        timestamp: u64,
        directives: usize,
        alarms: &'a [super::Alarm],
    }
    let repositories = generation.repositories.iter().map(|held| {
        let (root, timestamp) = held.versions();
        RepositoryStatus {
            name: held.name.as_str(),
            admitted_at: held.admitted_at,
            fresh_until: held.fresh_until,
            root,
            timestamp,
            directives: held.directives.len(),
            alarms: &held.alarms,
        }
    });
    json(&Status {
        format: "interdict-status/1",
        generation: generation.number,
        repositories: repositories.collect(),
    })
}

fn json<T: Serialize>(value: &T) -> Vec<u8> {
    let mut bytes = serde_json::to_vec_pretty(value).expect("the store's documents have only string keys");
    bytes.push(b'\n');
    bytes
}
