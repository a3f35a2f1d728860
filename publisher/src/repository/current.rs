//! The repository as the next publication starts from it: what clients hold today, expired or not.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use interdict_host::read::ReadError;
use interdict_host::write::{DiskError, Operation};
use interdict_schema::directive::{DirectiveId, named_by};
use interdict_schema::dsse::Envelope;
use interdict_schema::issuers::{Issuers, TARGET_PATH};
use interdict_schema::limits::ENVELOPE_LENGTH;
use interdict_schema::tuf::{Metadata, Root, Snapshot, TargetFile, Targets, Timestamp, TrustedSet, Version};
use interdict_schema::{DateTime, Verified};

use super::client_view::{self, ViewError};
use super::files::Files;

/// What is published.
pub struct Current {
    set: TrustedSet<'static>,
    issuers_envelope: Envelope,
    issuers: Verified<Issuers>,
    used: UsedVersions,
}

/// The highest version of each role that has a file, referred to or not. A version is never used twice: the files of
/// a publication that was interrupted may have been copied elsewhere.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct UsedVersions {
    /// Of targets.
    pub targets: Version,
    /// Of snapshots.
    pub snapshot: Version,
}

/// The revisions of directives that are listed, by id, ascending: target path and envelope.
pub type Chains = BTreeMap<DirectiveId, Vec<(String, Envelope)>>;

impl Current {
    /// Reads what is published, as a client would at a moment when nothing had expired.
    ///
    /// # Errors
    ///
    /// [`ViewError`]: the first thing that a client would refuse.
    pub fn read(files: &dyn Files, used: UsedVersions) -> Result<Self, ViewError> {
        let set = client_view::trusted_set(files, DateTime::EPOCH)?;
        let (issuers_envelope, issuers) = client_view::issuers(&set, files)?;
        Ok(Self { set, issuers_envelope, issuers, used })
    }

    /// The trusted metadata.
    pub fn set(&self) -> &TrustedSet<'static> {
        &self.set
    }

    /// The newest root.
    pub fn root(&self) -> &Metadata<Root> {
        self.set.root()
    }

    /// The timestamp.
    pub fn timestamp(&self) -> &Metadata<Timestamp> {
        self.set.timestamp().expect("a set that was read to the end has a timestamp")
    }

    /// The snapshot.
    pub fn snapshot(&self) -> &Metadata<Snapshot> {
        self.set.snapshot().expect("a set that was read to the end has a snapshot")
    }

    /// The top-level targets.
    pub fn targets(&self) -> &Metadata<Targets> {
        self.set.targets().expect("a set that was read to the end has targets")
    }

    /// Whose keys count.
    pub fn issuers(&self) -> &Verified<Issuers> {
        &self.issuers
    }

    /// The envelope of the list of issuers.
    pub fn issuers_envelope(&self) -> &Envelope {
        &self.issuers_envelope
    }

    /// The highest versions that have a file.
    pub fn used(&self) -> UsedVersions {
        self.used
    }

    /// The ids of every directive that is listed.
    pub fn ids(&self) -> BTreeSet<DirectiveId> {
        self.targets().signed().targets.keys().filter_map(|path| named_by(path)).map(|(id, _)| id).collect()
    }

    /// Reads every listed revision of these directives.
    ///
    /// # Errors
    ///
    /// [`ViewError`]: a listed file that is missing or not what is listed.
    pub fn chains(
        &self,
        files: &dyn Files,
        ids: impl IntoIterator<Item = DirectiveId>,
    ) -> Result<Chains, ViewError> {
        ids.into_iter()
            .map(|id| {
                let chain = self
                    .revisions(&id)
                    .into_iter()
                    .map(|(path, listed)| {
                        let envelope =
                            client_view::envelope(&self.set, files, path, listed, ENVELOPE_LENGTH)?;
                        Ok((path.to_owned(), envelope))
                    })
                    .collect::<Result<_, ViewError>>()?;
                Ok((id, chain))
            })
            .collect()
    }

    /// A directive's listed revisions, ascending: target path, and what is stated of the file.
    pub fn revisions(&self, id: &DirectiveId) -> Vec<(&str, &TargetFile)> {
        let begin = format!("{id}.");
        let listed = self.targets().signed().targets.range(begin.clone()..);
        let mut found: Vec<_> = listed
            .take_while(|(path, _)| path.starts_with(&begin))
            .filter_map(|(path, file)| {
                let (named, revision) = named_by(path)?;
                (named == *id).then_some((revision, (path.as_str(), file)))
            })
            .collect();
        found.sort_unstable_by_key(|(revision, _)| *revision);
        found.into_iter().map(|(_, listed)| listed).collect()
    }

    /// The newest listed revision of a directive.
    ///
    /// # Errors
    ///
    /// [`ViewError`]: it is missing, or not believed.
    pub fn newest(
        &self,
        files: &dyn Files,
        id: &DirectiveId,
    ) -> Result<Option<Verified<interdict_schema::believe::Believed>>, ViewError> {
        let Some((path, listed)) = self.revisions(id).pop() else { return Ok(None) };
        client_view::directive(&self.set, files, path, listed, &self.issuers).map(Some)
    }

    /// Whether the list of issuers is this very envelope.
    pub fn lists_issuers(&self, envelope: &Envelope) -> bool {
        self.targets().signed().targets.contains_key(TARGET_PATH) && self.issuers_envelope == *envelope
    }
}

/// Looks which versions of targets and snapshot metadata have a file.
///
/// # Errors
///
/// [`ReadError`] where the folder cannot be listed.
pub fn used_versions(metadata: &Path) -> Result<UsedVersions, ReadError> {
    let failed = |error| DiskError::new(Operation::Read, metadata, error);
    let mut used = UsedVersions::default();
    for entry in std::fs::read_dir(metadata).map_err(failed)? {
        let name = entry.map_err(failed)?.file_name();
        let Some((version, role)) = name.to_str().and_then(|name| name.split_once('.')) else { continue };
        let Ok(version) = version.parse::<Version>() else { continue };
        match role {
            "targets.json" => used.targets = used.targets.max(version),
            "snapshot.json" => used.snapshot = used.snapshot.max(version),
            _ => {}
        }
    }
    Ok(used)
}
