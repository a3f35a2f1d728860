//! The repository as the next publication starts from it: what clients hold today, expired or not.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use interdict_host::read::ReadError;
use interdict_host::write::{DiskError, Operation};
use interdict_schema::believe::{Believed, Document};
use interdict_schema::directive::resolve::{self, Acts};
use interdict_schema::directive::{Directive, DirectiveId};
use interdict_schema::dsse::Envelope;
use interdict_schema::entity::EntityList;
use interdict_schema::issuers::Issuers;
use interdict_schema::limits::ENVELOPE_LENGTH;
use interdict_schema::tuf::{Metadata, Root, Snapshot, TargetFile, Targets, Timestamp, TrustedSet, Version};
use interdict_schema::waiver::WaiverDocument;
use interdict_schema::{DateTime, Verified};
use thiserror::Error;

use super::Lifetimes;
use super::client_view::{self, ViewError};
use super::files::Files;
use super::relations::{ActsOn, Relations, acted_on};
use crate::publish::Change;

/// What is published.
pub struct Current {
    set: TrustedSet<'static>,
    issuers_envelope: Envelope,
    issuers: Verified<Issuers>,
    used: UsedVersions,
}

/// How far above the published version a file can be of an interrupted publication: each interruption uses one up.
const INTERRUPTIONS: Version = 1_000;

/// The versions of each role that have a file, referred to or not. A version is never used twice: the files of a
/// publication that was interrupted may have been copied elsewhere.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UsedVersions {
    /// Of targets.
    pub targets: BTreeSet<Version>,
    /// Of snapshots.
    pub snapshot: BTreeSet<Version>,
}

/// The version after the published one and after every one that an interrupted publication used.
///
/// A file far above is not ours, and following it would leave no versions: clients never go back (a fast-forward attack).
fn after(published: Version, used: &BTreeSet<Version>) -> Version {
    let most = published.saturating_add(INTERRUPTIONS);
    let highest = used.range(..=most).next_back().copied().unwrap_or_default();
    published.max(highest).saturating_add(1)
}

/// How far back a clock may be set between two publications, in seconds: what is signed then is valid for hardly less.
const CLOCK_SLACK: i64 = 3_600;

/// A clock that stands before the last publication: what it would date expires too early, and clients would refuse it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the clock stands at {now}, before the last publication at {published}")]
pub struct ClockBehind {
    /// What the clock says.
    pub now: DateTime,
    /// When timestamp and snapshot were signed, by their expiry.
    pub published: DateTime,
}

/// The revisions of documents of one kind that are listed, by id, ascending: target path and envelope.
pub type Chains = BTreeMap<DirectiveId, Vec<(String, Envelope)>>;

/// The published documents that a change touches.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Touched {
    /// Directives.
    pub directives: Chains,
    /// Lists of identifiers, those too that the directives of the change name.
    pub lists: Chains,
    /// Waivers that are documents of their own.
    pub waivers: Chains,
}

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

    /// The version of the next targets.
    pub fn next_targets(&self) -> Version {
        after(self.targets().signed().version, &self.used.targets)
    }

    /// The version of the next snapshot.
    pub fn next_snapshot(&self) -> Version {
        after(self.snapshot().signed().version, &self.used.snapshot)
    }

    /// Whether the clock stands after the last publication, or hardly before.
    ///
    /// When that was follows from expiry and lifetime. A lifetime that was shortened since makes it look later, so the
    /// earlier of two roles counts: whoever shortens both does one after the other.
    ///
    /// # Errors
    ///
    /// [`ClockBehind`].
    pub fn check_clock(&self, now: DateTime, lifetimes: &Lifetimes) -> Result<(), ClockBehind> {
        let timestamp = lifetimes.timestamp.before(self.timestamp().signed().expires);
        let snapshot = lifetimes.snapshot.before(self.snapshot().signed().expires);
        let published = timestamp.min(snapshot);
        if now.saturating_add_seconds(CLOCK_SLACK) < published {
            return Err(ClockBehind { now, published });
        }
        Ok(())
    }

    /// The ids of every document of a kind that is listed.
    pub fn ids<D: Document>(&self) -> BTreeSet<DirectiveId> {
        let listed = self.targets().signed().targets.keys();
        listed.filter_map(|path| D::named_by(path)).map(|(id, _)| id).collect()
    }

    /// Reads every listed revision of what a change touches, and of the directives that could contradict it; of everything
    /// where the list of issuers changes. `relations` are those of what is published.
    ///
    /// # Errors
    ///
    /// [`ViewError`]: a listed file that is missing or not what is listed.
    pub fn touched(
        &self,
        files: &dyn Files,
        change: &Change,
        relations: &Relations,
    ) -> Result<Touched, ViewError> {
        let (directives, lists, waivers) = if change.issuers.is_some() {
            (self.ids::<Directive>(), self.ids::<EntityList>(), self.ids::<WaiverDocument>())
        } else {
            let reached = relations.reached(change.directive_ids(), change.acts_on());
            (reached, change.list_ids(), change.waiver_ids())
        };
        let mut directives = self.chains::<Directive>(files, directives)?;
        // What is named and not listed is nothing that could be believed.
        directives.retain(|id, chain| !chain.is_empty() || change.directive_ids().contains(id));
        let lists = self.chains::<EntityList>(files, lists)?;
        Ok(Touched { directives, lists, waivers: self.chains::<WaiverDocument>(files, waivers)? })
    }

    /// Reads every listed revision of these documents.
    ///
    /// # Errors
    ///
    /// [`ViewError`]: a listed file that is missing or not what is listed.
    fn chains<D: Document>(
        &self,
        files: &dyn Files,
        ids: impl IntoIterator<Item = DirectiveId>,
    ) -> Result<Chains, ViewError> {
        ids.into_iter()
            .map(|id| {
                let chain = self
                    .revisions::<D>(&id)
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

    /// A document's listed revisions, ascending: target path, and what is stated of the file.
    pub fn revisions<D: Document>(&self, id: &DirectiveId) -> Vec<(&str, &TargetFile)> {
        let begin = format!("{id}.");
        let listed = self.targets().signed().targets.range(begin.clone()..);
        let mut found: Vec<_> = listed
            .take_while(|(path, _)| path.starts_with(&begin))
            .filter_map(|(path, file)| {
                let (named, revision) = D::named_by(path)?;
                (named == *id).then_some((revision, (path.as_str(), file)))
            })
            .collect();
        found.sort_unstable_by_key(|(revision, _)| *revision);
        found.into_iter().map(|(_, listed)| listed).collect()
    }

    /// The newest listed revision of a document.
    ///
    /// # Errors
    ///
    /// [`ViewError`]: it is missing, or not believed.
    pub fn newest<D: Document>(
        &self,
        files: &dyn Files,
        id: &DirectiveId,
    ) -> Result<Option<Verified<Believed<D>>>, ViewError> {
        let Some((path, listed)) = self.revisions::<D>(id).pop() else { return Ok(None) };
        client_view::document(&self.set, files, path, listed, &self.issuers).map(Some)
    }
}

impl Current {
    /// Every listed revision of every directive.
    ///
    /// # Errors
    ///
    /// [`ViewError`]: a listed directive that is missing, or not believed.
    pub fn everything(&self, files: &dyn Files) -> Result<Vec<Verified<Believed>>, ViewError> {
        let ids = self.ids::<Directive>();
        let listed = ids.iter().flat_map(|id| self.revisions::<Directive>(id));
        listed
            .map(|(path, file)| client_view::document(&self.set, files, path, file, &self.issuers))
            .collect()
    }

    /// Every listed revision of the directives that a draft names, of those that could contradict it, and of its own.
    ///
    /// # Errors
    ///
    /// [`ViewError`]: a listed directive that is missing, or not believed.
    pub fn related(
        &self,
        files: &dyn Files,
        draft: &Directive,
        relations: &Relations,
    ) -> Result<Vec<Verified<Believed>>, ViewError> {
        let named = draft.relations.iter().map(|relation| relation.target.id.clone());
        let own = ActsOn::from([(draft.id.clone(), acted_on(&draft.relations).collect())]);
        let ids = relations.reached(named.chain([draft.id.clone()]), &own);
        let listed = ids.iter().flat_map(|id| self.revisions::<Directive>(id));
        listed
            .map(|(path, file)| client_view::document(&self.set, files, path, file, &self.issuers))
            .collect()
    }
}

/// What lint and resolving want of them.
pub fn documents<'t>(texts: impl IntoIterator<Item = &'t Verified<Believed>>) -> Vec<resolve::Document<'t>> {
    texts
        .into_iter()
        .map(|text| resolve::Document {
            directive: &text.document.value,
            digest: text.payload.digest,
            acts: Acts::Fully,
        })
        .collect()
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
            "targets.json" => used.targets.insert(version),
            "snapshot.json" => used.snapshot.insert(version),
            _ => false,
        };
    }
    Ok(used)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_that_an_interrupted_publication_used_is_not_used_again() {
        assert_eq!(after(5, &BTreeSet::new()), 6);
        assert_eq!(after(5, &[1, 2, 3, 4, 5].into()), 6);
        assert_eq!(after(5, &[5, 6, 7].into()), 8);
    }

    #[test]
    fn a_file_far_above_does_not_use_up_the_versions() {
        assert_eq!(after(5, &[5, 6, 1_005].into()), 1_006);
        assert_eq!(after(5, &[5, 6, 1_006, Version::MAX].into()), 7);
    }
}
