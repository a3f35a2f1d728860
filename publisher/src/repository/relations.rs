//! Which published directives end or change which: so that a publication reads those alone that it could contradict.
//!
//! Directives contradict one another only along such relations, through however many of them; so what has no way to another
//! along them, in either direction, cannot contradict it. The relations are kept in `memory/relations.json`, together with a
//! digest of the list of directives that they were read from. It is no more than a memory: where it is missing, or of another
//! list of directives, every directive is read again.
//!
//! Not here: what a contradiction is ([`interdict_schema::directive::resolve`]). Nothing here is believed: what is followed
//! is, by whoever reads it.

use std::collections::{BTreeMap, BTreeSet};

use interdict_host::read::read_bounded;
use interdict_host::write::{Disk, DiskError, Mode};
use interdict_schema::Sha256;
use interdict_schema::believe::Document as _;
use interdict_schema::directive::{Directive, DirectiveId, Relation};
use interdict_schema::limits::ENVELOPE_LENGTH;
use interdict_schema::tuf::TargetFile;
use serde::{Deserialize, Serialize};

use super::Repository;
use super::client_view::{self, ViewError};
use super::current::Current;
use super::files::Files;

/// The longest `relations.json` that is read, in bytes.
const LENGTH: u64 = 64_000_000;

/// For each directive, those that one of its revisions ends or changes.
pub type ActsOn = BTreeMap<DirectiveId, BTreeSet<DirectiveId>>;

/// The relations of the listed directives.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Relations {
    /// SHA-256 over the target paths and digests of the directives' files.
    listed: Sha256,
    acts_on: ActsOn,
}

/// The relations of a payload, and nothing else of it.
#[derive(Deserialize)]
struct Related {
    #[serde(default)]
    relations: Vec<Relation>,
}

/// The directives that these relations end or change.
pub fn acted_on(relations: &[Relation]) -> impl Iterator<Item = DirectiveId> {
    relations
        .iter()
        .filter(|relation| relation.ends() || relation.changes())
        .map(|relation| relation.target.id.clone())
}

impl Relations {
    /// Those of what is published: remembered, or else read.
    ///
    /// # Errors
    ///
    /// [`ViewError`]: a listed file that is missing or not what is listed.
    pub fn of(repository: &Repository, current: &Current, files: &dyn Files) -> Result<Self, ViewError> {
        let listed = digest(&current.targets().signed().targets);
        let remembered = read_bounded(&repository.relations_path(), LENGTH).ok();
        let remembered = remembered.and_then(|bytes| serde_json::from_slice::<Self>(&bytes).ok());
        match remembered.filter(|remembered| remembered.listed == listed) {
            Some(remembered) => Ok(remembered),
            None => Ok(Self { listed, acts_on: read(current, files)? }),
        }
    }

    /// Those of the next publication, which lists `targets` and adds documents with the relations `more`.
    #[must_use]
    pub fn next(&self, targets: &BTreeMap<String, TargetFile>, more: &ActsOn) -> Self {
        Self { listed: digest(targets), acts_on: merged(&self.acts_on, more) }
    }

    /// Remembers them.
    ///
    /// # Errors
    ///
    /// [`DiskError`].
    pub fn write(&self, disk: &Disk, repository: &Repository) -> Result<(), DiskError> {
        let bytes = serde_json::to_vec(self).expect("ids and digests are JSON");
        disk.replace_undurably(&repository.relations_path(), &bytes, Mode::Public)
    }

    /// Every directive that can be reached from these along relations, in either direction and with `more` besides those
    /// that are published; these too.
    pub fn reached(
        &self,
        from: impl IntoIterator<Item = DirectiveId>,
        more: &ActsOn,
    ) -> BTreeSet<DirectiveId> {
        let mut beside: BTreeMap<&DirectiveId, Vec<&DirectiveId>> = BTreeMap::new();
        for (source, targets) in self.acts_on.iter().chain(more) {
            for target in targets {
                beside.entry(source).or_default().push(target);
                beside.entry(target).or_default().push(source);
            }
        }
        let mut reached: BTreeSet<DirectiveId> = from.into_iter().collect();
        let mut waiting: Vec<DirectiveId> = reached.iter().cloned().collect();
        while let Some(id) = waiting.pop() {
            for next in beside.get(&id).into_iter().flatten() {
                if reached.insert((*next).clone()) {
                    waiting.push((*next).clone());
                }
            }
        }
        reached
    }
}

fn merged(one: &ActsOn, other: &ActsOn) -> ActsOn {
    let mut merged = one.clone();
    for (source, targets) in other.iter().filter(|(_, targets)| !targets.is_empty()) {
        merged.entry(source.clone()).or_default().extend(targets.iter().cloned());
    }
    merged
}

/// A digest of which files of directives are listed.
fn digest(targets: &BTreeMap<String, TargetFile>) -> Sha256 {
    let mut bytes = Vec::new();
    for (path, file) in targets.iter().filter(|(path, _)| Directive::named_by(path).is_some()) {
        bytes.extend_from_slice(path.as_bytes());
        bytes.push(0);
        bytes.extend(file.hashes.sha256.iter().flat_map(Sha256::as_bytes));
    }
    Sha256::of(&bytes)
}

/// Reads the relations of every listed revision of every directive.
fn read(current: &Current, files: &dyn Files) -> Result<ActsOn, ViewError> {
    let mut acts_on = ActsOn::new();
    for (path, listed) in &current.targets().signed().targets {
        let Some((id, _)) = Directive::named_by(path) else { continue };
        let envelope = client_view::envelope(current.set(), files, path, listed, ENVELOPE_LENGTH)?;
        // What cannot be read acts on nothing, and is believed by nobody.
        let related = serde_json::from_slice::<Related>(&envelope.payload);
        let targets: BTreeSet<_> = related.iter().flat_map(|related| acted_on(&related.relations)).collect();
        if !targets.is_empty() {
            acts_on.entry(id).or_default().extend(targets);
        }
    }
    Ok(acts_on)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

    use super::*;

    fn acts_on(edges: &[(&str, &str)]) -> ActsOn {
        let mut acts_on = ActsOn::new();
        for (source, target) in edges {
            acts_on.entry(source.parse().unwrap()).or_default().insert(target.parse().unwrap());
        }
        acts_on
    }

    #[test]
    fn what_is_reached_is_reached_in_either_direction_and_through_others() {
        let acts_on_of = acts_on(&[("D-2", "D-1"), ("D-3", "D-2"), ("D-8", "D-9")]);
        let relations = Relations { listed: Sha256::of(b""), acts_on: acts_on_of };
        let reached = |from: &str, more: &[(&str, &str)]| {
            let found = relations.reached([from.parse().unwrap()], &acts_on(more));
            found.iter().map(|id| id.as_str().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(reached("D-1", &[]), ["D-1", "D-2", "D-3"]);
        assert_eq!(reached("D-9", &[]), ["D-8", "D-9"]);
        assert_eq!(reached("D-5", &[]), ["D-5"]);
        assert_eq!(reached("D-5", &[("D-5", "D-9"), ("D-7", "D-8")]), ["D-5", "D-7", "D-8", "D-9"]);
    }
}
