//! What a sync keeps as evidence of what it refused (`trust.md`, rules 13 and 22). It never fails a sync.

use interdict_schema::tuf::Refusal;

use super::Sync;
use super::judge::RefusedEnvelope;
use crate::store::evidence::{self, Refused};
use crate::store::generation::{Alarm, AlarmKind, HeldRepository};
use crate::store::metadata;
use crate::update::{Distrust, RefusedRole};

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

    /// Keeps a delegated role that was refused, and gives the alarm that says so.
    pub(super) fn role_alarm(&self, refused: RefusedRole) -> Alarm {
        let RefusedRole { role, file, why, bytes } = refused;
        let mut reason = why.to_string();
        if !matches!(why, Distrust::Metadata(_)) {
            reason = format!("{role}: {reason}");
        }
        let mut source = std::error::Error::source(&why);
        while let Some(cause) = source {
            reason = format!("{reason}: {cause}");
            source = cause.source();
        }
        tracing::info!(role = role.as_str(), reason, "a delegated role was refused");
        self.keep_evidence(why.kind(), &reason, &format!("metadata/{file}"), &bytes);
        self.keep_other(&why);
        let reason = format!("{reason}; what was held of it stays");
        Alarm { kind: AlarmKind::RefusedRole, directive: None, reason }
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
