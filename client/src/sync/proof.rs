//! What a sync keeps as evidence of what it refused (`trust.md`, rules 13 and 22). It never fails a sync.

use interdict_schema::tuf::Refusal;

use super::Sync;
use super::judge::RefusedEnvelope;
use crate::store::evidence::{self, Refused};
use crate::store::generation::{AlarmKind, HeldRepository};
use crate::store::metadata;
use crate::update::Distrust;

impl Sync<'_, '_> {
    /// Keeps the envelopes that were refused, and beside an equivocation the text that is held.
    pub(super) fn keep_refused(&self, refused: &[RefusedEnvelope], previous: Option<&HeldRepository>) {
        for refused in refused {
            tracing::info!(
                kind = refused.kind.as_str(),
                path = refused.path.as_str(),
                reason = refused.reason.as_str(),
                "an envelope was refused"
            );
            self.keep_evidence(
                refused.kind.as_str(),
                &refused.reason,
                &format!("targets/{}", refused.path),
                &refused.envelope,
            );
            let directives =
                previous.into_iter().flat_map(|held| &held.directives).flat_map(|held| &held.revisions);
            let lists = previous.into_iter().flat_map(|held| &held.lists).flat_map(|held| &held.revisions);
            let other = directives
                .map(|held| (held.believed.document.value.target_path(), &held.envelope))
                .chain(lists.map(|held| (held.believed.document.value.target_path(), &held.envelope)))
                .find(|(path, _)| *path == refused.path);
            if let (AlarmKind::Equivocation, Some((_, other))) = (refused.kind, other) {
                let reason = "the text that is held, beside the refused one";
                let file = format!("targets/{}", refused.path);
                self.keep_evidence(refused.kind.as_str(), reason, &file, other);
            }
        }
    }

    /// Of an equivocation both files are the proof: the one that is trusted is kept too (`trust.md`, rule 13).
    pub(super) fn keep_other(&self, why: &Distrust) {
        let Distrust::Metadata(Refusal::Equivocation { role, .. }) = why else { return };
        if let Ok(Some(trusted)) = metadata::read(&self.places.repository(self.name), role) {
            let file = format!("metadata/{}", role.file_name());
            self.keep_evidence(
                why.kind(),
                "the file that is trusted, beside the refused one",
                &file,
                &trusted,
            );
        }
    }

    pub(super) fn keep_evidence(&self, kind: &str, reason: &str, file: &str, bytes: &[u8]) {
        let source = self.fetch.source();
        let refused = Refused { kind, reason, file, source: &source, bytes, at: self.now };
        if let Err(error) = evidence::keep(self.disk, &self.places.repository(self.name).evidence(), refused)
        {
            tracing::warn!(%error, "evidence could not be kept");
        }
    }
}
